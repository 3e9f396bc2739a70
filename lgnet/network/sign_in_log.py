"""What happens around signing in, written to the log: the only signals that are listened to."""

import uuid
from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.http import HttpRequest

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.network.accounts import client_ip, lockout_name
from lgnet.network.models import Membership, User

USER = "network.user"


def connect() -> None:
    """Start listening; called once, when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="log sign-in")
    user_logged_out.connect(_signed_out, dispatch_uid="log sign-out")
    user_login_failed.connect(_failed, dispatch_uid="log failed sign-in")
    for signal, word in (
        (password_changed, "password changed"),
        (password_reset, "password set by mail"),
        (authenticator_added, "second factor added"),
        (authenticator_removed, "second factor removed"),
        (authenticator_reset, "recovery codes made"),
    ):
        signal.connect(_changed(word), weak=False, dispatch_uid=f"log {word}")


@transaction.atomic
def log_about_user(action: AuditEntry.Action, user: User, *, by: User | None, detail: dict[str, Any]) -> None:
    """Write one row in the log of every partner that `user` works for, or one row of no partner."""
    partners: list[uuid.UUID | None] = [*_partners_of(user)] or [None]
    for partner_id in partners:
        audit.record(action, by=by, object_type=USER, object_id=user.pk, partner_id=partner_id, detail=detail)


def _partners_of(user: User) -> list[uuid.UUID]:
    rows = Membership.objects.open().filter(user_id=user.pk).order_by("partner_id")
    return list(rows.values_list("partner_id", flat=True).distinct())


def _signed_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    log_about_user(AuditEntry.Action.SIGN_IN, user, by=user, detail=_from(request))


def _signed_out(sender: Any, request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        log_about_user(AuditEntry.Action.SIGN_OUT, user, by=user, detail=_from(request))


def _failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if request is None:
        return
    name = lockout_name(request, credentials)
    detail = _from(request) | {"name": name}
    user = User.objects.filter(username__iexact=name).first()
    if user:
        log_about_user(AuditEntry.Action.SIGN_IN_FAILED, user, by=None, detail=detail)
    else:
        audit.record(
            AuditEntry.Action.SIGN_IN_FAILED, by=None, object_type=USER, object_id=None, detail={"ip": detail["ip"]}
        )


def _changed(word: str) -> Any:
    def log(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
        log_about_user(AuditEntry.Action.UPDATE, user, by=user, detail=_from(request) | {"what": word})

    return log


def _from(request: HttpRequest | None) -> dict[str, Any]:
    return {"ip": client_ip(request) if request else ""}
