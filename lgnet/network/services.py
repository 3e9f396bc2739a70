"""Changes of memberships and of sign-ins. Each is checked against policies, logged, and atomic."""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.core.periods import is_too_old
from lgnet.network import mails
from lgnet.network.access import can
from lgnet.network.models import Membership, Partner, User
from lgnet.network.policies import may_manage, may_manage_sign_in, may_switch_off
from lgnet.network.roles import Permission, Role

MEMBERSHIP = "network.membership"
USER = "network.user"
_TERMS = ("profile", "employer", "starts_on", "ends_on", "ended_at")


@transaction.atomic
def open_membership(
    *,
    by: User | None,
    user: User,
    partner: Partner,
    role: Role | str,
    profile: str = "",
    employer: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give `user` a role at `partner`; who may is checked by the caller, which holds the invitation.

    Raises DomainError when the dates are in the wrong order or the user has the role then already.
    """
    membership = Membership(
        user=user, partner=partner, role=role, profile=profile, employer=employer.strip(),
        starts_on=starts_on or timezone.localdate(), ends_on=ends_on,
    )  # fmt: skip
    _check_dates(membership)
    membership.save()
    _log(AuditEntry.Action.CREATE, by, membership, {"user": str(user), "role": str(role)})
    return membership


@transaction.atomic
def change_membership(
    *, by: User, membership: Membership, profile: str, employer: str, starts_on: date, ends_on: date | None
) -> Membership:
    """Correct profession, employer and dates of a membership that has not ended.

    Raises PermissionDenied for whoever does not manage it, DomainError when it has ended, when the dates make no
    sense, or when the city would be left without a coordinator by one of its own.
    """
    membership = _locked(by, membership)
    before = _terms(membership)
    if membership.state == "ended":
        raise DomainError(_("This membership has ended. Invite the person again."))
    membership.profile, membership.employer = profile, employer.strip()
    membership.starts_on, membership.ends_on = starts_on, ends_on
    _check_dates(membership)
    if ends_on and ends_on < timezone.localdate():
        raise DomainError(_("To end it now or in the past, use “End”."), field="ends_on")
    _keep_a_coordinator(by, membership, before)
    membership.save(update_fields=["profile", "employer", "starts_on", "ends_on"])
    _log(AuditEntry.Action.UPDATE, by, membership, {"changes": audit.changes(before, _terms(membership))})
    return membership


@transaction.atomic
def end_membership(*, by: User, membership: Membership, last_day: date) -> Membership:
    """End a membership: at once when `last_day` is today or earlier, otherwise after that day.

    Raises PermissionDenied for whoever does not manage it, DomainError when it has ended already, when `last_day` is
    before its start, or when the city would be left without a coordinator by one of its own.
    """
    membership = _locked(by, membership)
    before = _terms(membership)
    today = timezone.localdate()
    if membership.state == "ended":
        raise DomainError(_("This membership has ended already."))
    if membership.state == "planned" and last_day <= today:
        membership.ends_on, membership.ended_at = membership.starts_on, timezone.now()
    else:
        membership.ends_on = last_day
        membership.ended_at = timezone.now() if last_day <= today else None
    if membership.ends_on < membership.starts_on:
        raise DomainError(_("The last day is before the first."), field="last_day")
    if not membership.ended_at:
        _check_dates(membership)
    _keep_a_coordinator(by, membership, before)
    membership.save(update_fields=["ends_on", "ended_at"])
    _log(AuditEntry.Action.UPDATE, by, membership, {"changes": audit.changes(before, _terms(membership))})
    return membership


@transaction.atomic
def deactivate_user(*, by: User, user: User) -> User:
    """Switch off the sign-in of somebody who has no membership any more; open sessions end at once.

    Raises DomainError while there is one, PermissionDenied for whoever never managed the user.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if Membership.objects.open().filter(user=user).exists():
        raise DomainError(_("End the memberships first, also those at other partners."))
    _switch(by, user, is_active=False)
    return user


@transaction.atomic
def reactivate_user(*, by: User, user: User) -> User:
    """Switch the sign-in of a former colleague on again, so that an invitation can be accepted."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _switch(by, user, is_active=True)
    return user


@transaction.atomic
def reset_second_factor(*, by: User, user: User) -> User:
    """Remove every second factor of somebody who has lost theirs; a new one is asked for at the next sign-in.

    Raises PermissionDenied unless every post of the user is managed by `by`, and for oneself.
    """
    if not may_manage_sign_in(by, user):
        raise PermissionDenied
    Authenticator.objects.filter(user=user).delete()
    for partner_id in set(Membership.objects.open().filter(user=user).values_list("partner_id", flat=True)):
        audit.record(
            AuditEntry.Action.UPDATE, by=by, object_type=USER, object_id=user.pk, partner_id=partner_id,
            detail={"user": str(user), "what": "second factor reset"},
        )  # fmt: skip
    if user.email:
        notice = gettext_lazy("{name} removed the second step of your sign-in. Set up a new one at the next sign-in.")
        mails.send_security_notice(user=user, notice=format_lazy(notice, name=by.full_name))
    return user


def _switch(by: User, user: User, *, is_active: bool) -> None:
    if not may_switch_off(by, user):
        raise PermissionDenied
    before, user.is_active = user.is_active, is_active
    user.save(update_fields=["is_active"])
    for partner_id in set(Membership.objects.filter(user=user).values_list("partner_id", flat=True)):
        audit.record(
            AuditEntry.Action.UPDATE, by=by, object_type=USER, object_id=user.pk, partner_id=partner_id,
            detail={"user": str(user), "changes": audit.changes({"is_active": before}, {"is_active": is_active})},
        )  # fmt: skip


def _locked(by: User, membership: Membership) -> Membership:
    """Read the row again, locked together with its partner, so that two coordinators cannot end each other."""
    Partner.objects.select_for_update().get(pk=membership.partner_id)
    fresh = Membership.objects.select_for_update(of=("self",)).select_related("partner", "user").get(pk=membership.pk)
    if not may_manage(by, fresh):
        raise PermissionDenied
    return fresh


def _check_dates(membership: Membership) -> None:
    start, end = membership.starts_on, membership.ends_on
    if is_too_old(start):
        raise DomainError(_("Check the year: this is too long ago."), field="starts_on")
    if end and end < start:
        raise DomainError(_("The last day is before the first."), field="ends_on")
    others = Membership.objects.filter(
        user=membership.user, partner=membership.partner, role=membership.role, ended_at__isnull=True
    ).exclude(pk=membership.pk)
    overlap = others.filter(_stays_until(start))
    if end:
        overlap = overlap.filter(starts_on__lte=end)
    if overlap.exists():
        raise DomainError(_("This person has this role in those days already."), field="starts_on")


def _keep_a_coordinator(by: User, membership: Membership, before: dict[str, Any]) -> None:
    """A city's own coordinator goes sooner only if another one is there and stays at least as long; the network may."""
    if membership.role != Role.COORDINATOR or can(by, Permission.APPOINT_COORDINATORS):
        return
    would_stay, stays = before["ends_on"] or date.max, membership.ends_on or date.max
    is_away_first = before["starts_on"] <= timezone.localdate() < membership.starts_on
    if not membership.ended_at and stays >= would_stay and not is_away_first:
        return
    others = Membership.objects.current().filter(partner=membership.partner, role=Role.COORDINATOR)
    as_long = Q(ends_on__isnull=True) if before["ends_on"] is None else _stays_until(before["ends_on"])
    if not others.exclude(pk=membership.pk).filter(as_long).exists():
        raise DomainError(
            _("The city would be left without a coordinator. Invite another one first, or ask the network's support.")
        )


def _stays_until(day: date) -> Q:
    return Q(ends_on__isnull=True) | Q(ends_on__gte=day)


def _terms(membership: Membership) -> dict[str, Any]:
    return {name: getattr(membership, name) for name in _TERMS}


def _log(action: AuditEntry.Action, by: User | None, membership: Membership, detail: dict[str, Any]) -> None:
    audit.record(
        action, by=by, object_type=MEMBERSHIP, object_id=membership.pk, partner_id=membership.partner_id,
        detail={"user": str(membership.user)} | detail,
    )  # fmt: skip
