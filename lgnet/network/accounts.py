"""How people sign in: the hooks of django-allauth (pages, mails, second factor) and of django-axes (lock-out)."""

import base64
import hashlib
import ipaddress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lgnet.network import mails
from lgnet.network.models import User

_MISMATCH = _("The name or the password is not right.")  # one text for everything: nobody learns who has a sign-in
# What is said after an action, by allauth's name of the message; the others are not worth a line.
_SAID = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_activated.txt": _("The codes of your app are asked for from now on."),
    "mfa/messages/totp_deactivated.txt": _("The codes of your app are no longer asked for."),
    "mfa/messages/webauthn_added.txt": _("The key is added."),
    "mfa/messages/webauthn_removed.txt": _("The key is removed."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes: keep them on paper."),
}
# What a mail tells the owner of a sign-in, by allauth's name of the notice.
_NOTICES = {
    "account/email/password_changed": _("The password was changed."),
    "account/email/password_reset": _("The password was set anew, through a link sent by mail."),
    "mfa/email/totp_activated": _("An app that makes codes was set up for the second step."),
    "mfa/email/totp_deactivated": _("The app that makes codes was removed from the second step."),
    "mfa/email/webauthn_added": _("A passkey or security key was added."),
    "mfa/email/webauthn_removed": _("A passkey or security key was removed."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made."),
}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by username or e-mail. Nobody signs up: people are invited (services.invite_colleague)."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "invalid_login": _MISMATCH,
        "incorrect_code": _("The code is not right. Codes last half a minute: wait for the next one and try again."),
        "incorrect_password": _("The password is not right."),
        "enter_current_password": _("This is not your present password."),
        "invalid_password_reset": _("This link is no longer valid. Ask for a new one."),
        "too_many_login_attempts": _("Too many attempts. Try again in a quarter of an hour."),
        "rate_limited": _("Too many requests in a short time. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a sign-in is made by accepting an invitation."""
        return False

    def get_login_stages(self) -> list[str]:
        """After the password only the second factor may follow."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page about one's own sign-in."""
        return reverse("mfa_index")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words, or not at all."""
        said = message or _SAID.get(message_template or "")
        if said:
            super().add_message(request, level, extra_tags=extra_tags, message=str(said))

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """Send the link after the request has succeeded, to the address kept for the user."""
        mails.send_after_commit(
            to=user.email,
            language=user.language,
            subject=_("A new password for LGNet"),
            template="network/mail/password_reset.txt",
            context={"user": user, "link": context["password_reset_url"]},
        )

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner that something about the sign-in has changed."""
        notice = _NOTICES.get(template_prefix)
        if notice and user.email:
            mails.send_security_notice(user=user, notice=notice)


class MFAAdapter(DefaultMFAAdapter):
    """Second factors; their secrets are encrypted in the database with a key made from SECRET_KEY."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": _("Recovery codes come with a second step: set up one first."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret from the database."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  allauth's name
        """The name offered for a new key."""
        return gettext("My key")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site that a passkey is for."""
        return super().get_public_key_credential_rp_entity() | {"name": "LGNet"}


def _cipher() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"lgnet second factor " + force_bytes(key)).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def client_ip(request: HttpRequest) -> str:
    """The address of the client, behind as many proxies as the settings trust; empty when unknown."""
    return get_client_ip(request) or ""


def line_of(address: str) -> str:
    """What tries are counted by: the address; of IPv6 the network that one line has, for every device has many."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if known.version == 6:
        known = ipaddress.ip_network((known, 64), strict=False).network_address
    return str(known)


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name that failed sign-ins are counted under: the same for username and e-mail, in whatever case."""
    given = credentials or {}
    name = given.get("username") or given.get("email") or request.POST.get("login") or ""
    name = str(name).strip().casefold()[:254]
    if "@" in name:
        username = User.objects.filter(email__iexact=name).values_list("username", flat=True).first()
        name = username.casefold() if username else name
    return name
