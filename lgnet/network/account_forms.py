"""Forms of the sign-in pages: those of django-allauth in our look and words, with failures counted by axes."""

import struct
import time
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lgnet.core.forms import style
from lgnet.network.accounts import AccountAdapter
from lgnet.network.models import User

CODE_ATTRS = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


class _Ours:
    """Our labels, classes and lengths instead of placeholders; a page may have two of them, so ids have a prefix."""

    use_required_attribute = False
    labels: ClassVar[dict[str, str | Promise]] = {}
    helps: ClassVar[dict[str, str | Promise]] = {}

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("label_suffix", "")
        super().__init__(*args, **options)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")
            if isinstance(field, forms.CharField) and not isinstance(field, forms.JSONField):
                _limit(field, 1000 if isinstance(field.widget, forms.PasswordInput) else 254)
            style(field)


def _limit(field: forms.CharField, length: int) -> None:
    if field.max_length is None:
        limited = forms.CharField(max_length=length)
        field.max_length = length
        field.validators += [v for v in limited.validators if v not in field.validators]


_NEW_PASSWORD_HELP = _("At least 12 characters; a few words in a row are easy to remember and hard to guess.")


class LoginForm(_Ours, account.LoginForm):
    """Username or e-mail, and password."""

    labels = {"login": _("Username or e-mail"), "password": _("Password")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].widget.attrs |= {
            "autocomplete": "username", "autocapitalize": "none", "spellcheck": "false",
        }  # fmt: skip

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in, in one transaction. The password was checked before it began: that takes long, and on SQLite nobody
        else could write meanwhile.
        """
        with transaction.atomic():
            return super().login(request, redirect_url=redirect_url)


class ChangePasswordForm(_Ours, account.ChangePasswordForm):
    """The present password and the new one twice."""

    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }
    helps = {"password1": _NEW_PASSWORD_HELP}


class ResetPasswordForm(_Ours, account.ResetPasswordForm):
    """The address that the link is sent to."""

    labels = {"email": _("E-mail")}


class ResetPasswordKeyForm(_Ours, account.ResetPasswordKeyForm):
    """The new password twice, for somebody who followed the link."""

    labels = {"password1": _("New password"), "password2": _("New password again")}
    helps = {"password1": _NEW_PASSWORD_HELP}


class ReauthenticateForm(_Ours, account.ReauthenticateForm):
    """The password once more before something delicate."""

    labels = {"password": _("Password")}


class _CountedCode:
    """A code that is asked for only while the sign-in is not locked; a wrong one counts as a failed sign-in.

    A code of the app is good for once, whichever process sees it: those used while they last are kept with the secret.
    """

    user: User
    authenticator: Authenticator

    def clean_code(self) -> str:
        request = context.request
        credentials = {"username": self.user.username}
        if not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out, request.axes_credentials = True, credentials
            raise ValidationError(AccountAdapter.error_messages["too_many_login_attempts"])
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            self._use_once(code)
        return code

    def _use_once(self, code: str) -> None:
        kept = Authenticator.objects.select_for_update().get(pk=self.authenticator.pk)
        now, digits = time.time(), "".join(sign for sign in code if sign.isdigit())
        lasts = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
        used = {old: at for old, at in kept.data.get("used", {}).items() if now - at < lasts}
        if digits in used:
            raise ValidationError(AccountAdapter.error_messages["incorrect_code"])
        kept.data["used"] = used | {digits: int(now)}
        kept.save(update_fields=["data"])

    def _emit_authentication_failed(self, authenticator: Any) -> None:
        super()._emit_authentication_failed(authenticator)  # type: ignore[misc]
        user_login_failed.send(sender=__name__, credentials={"username": self.user.username}, request=context.request)


class AuthenticateForm(_Ours, _CountedCode, mfa.AuthenticateForm):
    """The code of the app, or a recovery code, after the password."""

    labels = {"code": _("Code of the app, or a recovery code")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].widget.attrs |= CODE_ATTRS | {"autofocus": True}


class ReauthenticateCodeForm(_Ours, _CountedCode, mfa.ReauthenticateForm):
    """A code once more before something delicate."""

    labels = {"code": _("Code of the app, or a recovery code")}


class ActivateTOTPForm(_Ours, totp.ActivateTOTPForm):
    """The first code of the app, which proves that it was set up well."""

    labels = {"code": _("Code that the app shows")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].widget.attrs |= CODE_ATTRS


_KEY_LENGTH = 20_000
_ODD_KEY = _("The key was not recognised. Try again, or use another way.")
# What the libraries raise on a key that is wrong, and on nonsense, which anybody may send.
_REFUSED = (
    ValidationError, AttributeError, LookupError, ArithmeticError, RecursionError, TypeError, ValueError, struct.error,
)  # fmt: skip


class CredentialField(forms.JSONField):
    """What the browser says of a key: an object, of a size that a key can have, that every database can keep."""

    widget = forms.HiddenInput
    default_error_messages = {"required": _ODD_KEY, "invalid": _ODD_KEY}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and (len(value) > _KEY_LENGTH or "\\u0000" in value):
            raise ValidationError(_ODD_KEY)
        try:
            found = super().to_python(value)
        except RecursionError:
            found = value
        if found is not None and not isinstance(found, dict):
            raise ValidationError(_ODD_KEY)
        return found


class _CheckedKey:
    """A key that is asked for; nonsense is refused like a wrong one, in our words."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _REFUSED:
            raise ValidationError(_ODD_KEY) from None


class AuthenticateWebAuthnForm(_CheckedKey, webauthn.AuthenticateWebAuthnForm):
    """A key as the second step."""

    credential = CredentialField()


class LoginWebAuthnForm(_CheckedKey, webauthn.LoginWebAuthnForm):
    """A passkey alone."""

    credential = CredentialField()


class ReauthenticateWebAuthnForm(_CheckedKey, webauthn.ReauthenticateWebAuthnForm):
    """A key once more before something delicate."""

    credential = CredentialField()


class AddWebAuthnForm(_Ours, webauthn.AddWebAuthnForm):
    """The name of the new key, and whether it replaces the password."""

    credential = CredentialField()
    labels = {"name": _("Name of the key"), "passwordless": _("Sign in with this key alone, without password")}
    helps = {"passwordless": _("The device will ask for its code, your finger or your face.")}

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except _REFUSED:
            raise ValidationError(_ODD_KEY) from None


class EditWebAuthnForm(_Ours, webauthn.EditWebAuthnForm):
    """The name of a key."""

    labels = {"name": _("Name of the key")}
