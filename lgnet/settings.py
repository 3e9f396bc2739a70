"""All settings. What differs between installations comes from environment variables (docs/operations.md)."""

import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# Everything the platform writes: database, secret key, collected static files.
DATA_DIR = Path(env("LGNET_DATA_DIR", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """Return LGNET_SECRET_KEY, or the key kept in the data directory, made on first use."""
    if given := env("LGNET_SECRET_KEY", default=""):
        return given
    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(60))
        path.chmod(0o600)
    return path.read_text().strip()


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env.list("LGNET_OLD_SECRET_KEYS", default=[])  # still read: links, sessions, second steps
DEBUG = env.bool("LGNET_DEBUG", default=False)
ALLOWED_HOSTS = env.list("LGNET_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("LGNET_TRUSTED_ORIGINS", default=[])
# A demo has sign-ins with published passwords and asks for no second factor. Never with real people's data.
DEMO = env.bool("LGNET_DEMO", default=False)
SECOND_FACTOR_REQUIRED = env.bool("LGNET_SECOND_FACTOR", default=not DEMO)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "lgnet.core",
    "lgnet.audit",
    "lgnet.network",
    "lgnet.imports",
    "lgnet.files",
    "lgnet.catalogue",
    "lgnet.people",
    "lgnet.messaging",
    "lgnet.cases",
    "lgnet.outreach",
    "lgnet.desks",
    "lgnet.indicators",
    "lgnet.workspace",
    "lgnet.public",
    # after our own apps, so that our templates come first
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "bootstrap_italia_template",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "lgnet.core.middleware.IdleTimeoutMiddleware",
    "lgnet.core.middleware.LanguageMiddleware",
    "lgnet.core.middleware.SentDraftMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lgnet.network.middleware.SecondFactorMiddleware",
    "lgnet.core.middleware.BodyFirstMiddleware",
    "lgnet.audit.middleware.AuditReadsMiddleware",
    "lgnet.core.middleware.ReadOnlyMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lgnet.urls"
WSGI_APPLICATION = "lgnet.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "lgnet.workspace.navigation.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lgnet.core.templatetags.components",
            ],
        },
    }
]

FORM_RENDERER = "lgnet.core.widgets.Renderer"

# -- data ------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'lgnet.sqlite3'}")}
_database = DATABASES["default"]
_database["ATOMIC_REQUESTS"] = True
_database["CONN_MAX_AGE"] = 600
if _database["ENGINE"].endswith("sqlite3"):
    # Readers never wait for the writer (WAL); a writer takes its lock at once instead of failing half-way (IMMEDIATE).
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456; "
        "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
    }
else:
    _database["CONN_HEALTH_CHECKS"] = True
    # pages ask many short questions: compiling the plan of one takes longer than answering it
    _database["OPTIONS"] = {"options": "-c jit=off"}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# -- people who sign in ----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "full_name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "lgnet.network.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses that nobody here has
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {
    "login": "lgnet.network.account_forms.LoginForm",
    "change_password": "lgnet.network.account_forms.ChangePasswordForm",
    "reset_password": "lgnet.network.account_forms.ResetPasswordForm",
    "reset_password_from_key": "lgnet.network.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "lgnet.network.account_forms.ReauthenticateForm",
}
PASSWORD_RESET_TIMEOUT = 3600  # seconds that a link sent by mail is good for
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": False}  # failed sign-ins and codes are counted in the database, by axes
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.bool("LGNET_BEHIND_PROXY", default=False) else 0
MFA_ADAPTER = "lgnet.network.accounts.MFAAdapter"
MFA_FORMS = {
    "authenticate": "lgnet.network.account_forms.AuthenticateForm",
    "reauthenticate": "lgnet.network.account_forms.ReauthenticateCodeForm",
    "activate_totp": "lgnet.network.account_forms.ActivateTOTPForm",
    "authenticate_webauthn": "lgnet.network.account_forms.AuthenticateWebAuthnForm",
    "login_webauthn": "lgnet.network.account_forms.LoginWebAuthnForm",
    "reauthenticate_webauthn": "lgnet.network.account_forms.ReauthenticateWebAuthnForm",
    "add_webauthn": "lgnet.network.account_forms.AddWebAuthnForm",
    "edit_webauthn": "lgnet.network.account_forms.EditWebAuthnForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are proven by the invitation, not by allauth
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "LGNet"
MFA_TOTP_TOLERANCE = 1  # the code before and after is good too: clocks differ, and typing takes time
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_USERNAME_CALLABLE = "lgnet.network.accounts.lockout_name"
AXES_CLIENT_IP_CALLABLE = "lgnet.network.accounts.client_ip"
AXES_LOCKOUT_TEMPLATE = "network/locked_out.html"

# Signed out after this many seconds without a request; what was typed waits in a draft (core.drafts).
SESSION_COOKIE_AGE = env.int("LGNET_IDLE_SECONDS", default=1800)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# -- safety ----------------------------------------------------------------------------------------------------------

SECURE_HTTPS = env.bool("LGNET_HTTPS", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SECURE_SSL_REDIRECT = SECURE_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("LGNET_BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "lgnet.workspace.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],  # the design system carries one small icon font inside its style sheet
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = ["lgnet.files.uploads.MemoryUpload"]  # never in clear on the disk

# -- language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "it"
# Of pages for staff: their texts are complete in these two, so no request is answered with such a page in another one.
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
# Of public pages, of the card and of what the person helped reads: each by the name its speakers give it.
PUBLIC_LANGUAGES = [
    ("it", "Italiano"), ("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية"),
    ("uk", "Українська"), ("bn", "বাংলা"), ("ur", "اردو"),
]  # fmt: skip
LOCALE_PATHS = [BASE_DIR / "lgnet" / "locale", BASE_DIR / "lgnet" / "public" / "locale"]
TIME_ZONE = "Europe/Rome"
USE_TZ = True
FORMAT_MODULE_PATH = ["lgnet.core.formats"]

# -- titles to stay --------------------------------------------------------------------------------------------------

# What the eligibility manual may say otherwise (docs/adr/0026): from how many days before its end, and until how many
# days after it, the renewal of a title is asked for.
ELIGIBILITY_RULES = {
    "renewal_days_before": env.int("LGNET_RENEWAL_DAYS_BEFORE", default=60),
    "renewal_days_after": env.int("LGNET_RENEWAL_DAYS_AFTER", default=60),
}

# -- files and mail --------------------------------------------------------------------------------------------------

FILES_DIR = Path(env("LGNET_FILES_DIR", default=str(DATA_DIR / "files")))  # encrypted (lgnet.files)
FILE_KEY = env("LGNET_FILE_KEY", default="")  # without it the key of the files follows from the secret key
OLD_FILE_KEYS = env.list("LGNET_OLD_FILE_KEYS", default=[])  # still read

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env("LGNET_MAIL_FROM", default="LGNet <noreply@localhost>")

# -- messages to people helped, and to bodies outside -----------------------------------------------------------------

# Where people reach the platform: for links in messages, which no request is behind.
SITE_URL = env("LGNET_SITE_URL", default=f"http://127.0.0.1:{env('PORT', default='8000')}" if DEMO else "").rstrip("/")
SMS_GATEWAY = {
    "url": env("LGNET_SMS_URL", default=""),
    "method": env("LGNET_SMS_METHOD", default="POST"),
    "header": env("LGNET_SMS_HEADER", default=""),
    "format": env("LGNET_SMS_FORMAT", default="json"),
    "fields": env.json("LGNET_SMS_FIELDS", default={"to": "{to}", "text": "{text}", "reference": "{reference}"}),
    "id_field": env("LGNET_SMS_ID_FIELD", default="id"),
    "is_safe_to_repeat": env.bool("LGNET_SMS_IDEMPOTENT", default=False),
    "seconds": env.float("LGNET_SMS_SECONDS", default=10),
}
# What the gateway tells later, at /messages/receipts/<secret>; without a secret nobody is listened to.
SMS_RECEIPT_SECRET = env("LGNET_SMS_RECEIPT_SECRET", default="")
SMS_RECEIPT_FIELDS = {
    "id": "id", "reference": "reference", "status": "status", "from": "from", "text": "text",
} | env.json("LGNET_SMS_RECEIPT_FIELDS", default={})  # fmt: skip

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
