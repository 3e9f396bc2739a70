"""The referral: sent, accepted or refused, arrived."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.card_codes import new_code
from lgnet.cases.models import Referral
from lgnet.cases.policies import may_answer
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import FileMember, JourneyKind, Person
from lgnet.people.services import close_file_for, identify_trace, open_file_for, require


@transaction.atomic
def send_referral(
    *, by: User, from_team: Team, to_team: Team, person: Person | None = None, trace: uuid.UUID | None = None,
    called: str = "", language: str = "", need: str = "", reason: str = "", sent_at: datetime | None = None,
    record_id: uuid.UUID | None = None, code: str = "",
) -> Referral:  # fmt: skip
    """Send somebody to another team of the same city, with a card code.

    `person` for somebody registered, otherwise the `trace` of the anonymous contact. The receiving team gets the file,
    unless it is a service outside of the network: to that nothing is given but the card in the person's hand.
    `record_id` is made with the form, so that a form sent twice gives one card; `code` is of a card that was shown
    already (card_codes.use_code), otherwise it gets a new one. Raises DomainError when the teams do not fit.
    """
    require(by, Permission.SEND_REFERRAL, from_team.partner)
    if from_team.pk not in team_ids_of(by):
        raise PermissionDenied(str(Permission.SEND_REFERRAL))
    if to_team.partner_id != from_team.partner_id:
        raise DomainError(_("The team belongs to another city."), field="to_team")
    if to_team.pk == from_team.pk:
        raise DomainError(_("Choose another team."), field="to_team")

    def send() -> Referral:
        referral = Referral.objects.create(
            pk=record_id or uuid7(), partner=from_team.partner, from_team=from_team, to_team=to_team, person=person,
            trace=trace, code=code or new_code(), sent_by=by, sent_at=sent_at or timezone.now(),
            called=called or (person.name_as_used if person else ""), language=language, need=need, reason=reason,
        )  # fmt: skip
        _record(JourneyKind.REFERRAL_SENT, by, referral, referral.sent_at, team=from_team)
        if person and not to_team.is_outside:
            open_file_for(person, team=to_team, basis=FileMember.Basis.REFERRAL)
        _log(AuditEntry.Action.CREATE, by, referral, {"to": str(to_team)})
        return referral

    return write_once(Referral, record_id, is_mine=lambda sent: sent.sent_by_id == by.pk, write=send)


@transaction.atomic
def accept_referral(*, by: User, referral: Referral, answer: str = "") -> Referral:
    """The receiving team expects the person."""
    return _answer(by, referral, Referral.Status.ACCEPTED, JourneyKind.REFERRAL_ACCEPTED, answer)


@transaction.atomic
def refuse_referral(*, by: User, referral: Referral, answer: str) -> Referral:
    """The receiving team cannot take the person, and says why."""
    if not answer.strip():
        raise DomainError(_("Say why, so that the colleagues can look for another way."), field="answer")
    return _answer(by, referral, Referral.Status.REFUSED, JourneyKind.REFERRAL_REFUSED, answer)


@transaction.atomic
def withdraw_referral(*, by: User, referral: Referral) -> Referral:
    """The sending team takes an unanswered referral back; its card is no longer valid."""
    require(by, Permission.SEND_REFERRAL, referral.partner)
    if referral.from_team_id not in team_ids_of(by):
        raise PermissionDenied(str(Permission.SEND_REFERRAL))
    _require_status(referral, Referral.OPEN)
    referral.status, referral.answered_by, referral.answered_at = Referral.Status.WITHDRAWN, by, timezone.now()
    referral.save(update_fields=["status", "answered_by", "answered_at"])
    _take_file_back(referral)
    _log(AuditEntry.Action.UPDATE, by, referral, {"status": referral.status})
    return referral


@transaction.atomic
def mark_arrived(*, by: User, referral: Referral, person: Person, arrived_at: datetime) -> Referral:
    """The person came with the card, to whatever team of the city: nobody is sent away for having taken another door.

    An anonymous history now belongs to `person` (DESIGN 4.1). Raises DomainError for a card that was taken back or
    used, or is somebody else's, and for a moment before it was given.
    """
    require(by, Permission.ANSWER_REFERRAL, referral.partner)
    _require_status(referral, Referral.USABLE)
    if referral.person_id and referral.person_id != person.pk:
        raise DomainError(_("This card was given to somebody else."), field="code")
    _check_after_sent(referral, arrived_at)
    if referral.trace and not referral.person_id:
        identify_trace(by=by, trace=referral.trace, person=person, field="arrived_at")
        referral.refresh_from_db()
    referral.status, referral.arrived_at = Referral.Status.ARRIVED, arrived_at
    if referral.answered_at is None:
        referral.answered_by, referral.answered_at = by, arrived_at
    referral.save(update_fields=["status", "arrived_at", "answered_by", "answered_at"])
    if not referral.to_team.is_outside:
        open_file_for(person, team=referral.to_team, basis=FileMember.Basis.REFERRAL)
    _log(AuditEntry.Action.UPDATE, by, referral, {"status": referral.status})
    return referral


@transaction.atomic
def mark_arrived_outside(*, by: User, referral: Referral, arrived_at: datetime | None = None) -> Referral:
    """The person has been at the service outside of the network, as the team that sent her or him has heard.

    Nobody needs to know who it is. Raises DomainError for a team of the network, a card taken back or used, and
    a moment before it was given or in the future.
    """
    if not may_answer(by, referral):
        raise PermissionDenied(str(Permission.ANSWER_REFERRAL))
    if not referral.to_team.is_outside:
        raise DomainError(_("The team itself records that the person has come."))
    _require_status(referral, Referral.OPEN)
    if arrived_at:
        _check_after_sent(referral, arrived_at)
        if arrived_at > timezone.now():
            raise DomainError(_("This moment is in the future."), field="arrived_at")
    referral.status, referral.arrived_at = Referral.Status.ARRIVED, arrived_at or timezone.now()
    referral.save(update_fields=["status", "arrived_at"])
    _record(JourneyKind.REFERRAL_ARRIVED, by, referral, referral.arrived_at, team=referral.to_team)
    _log(AuditEntry.Action.UPDATE, by, referral, {"status": referral.status})
    return referral


def _answer(by: User, referral: Referral, status: Referral.Status, kind: JourneyKind, answer: str) -> Referral:
    if not may_answer(by, referral):
        raise PermissionDenied(str(Permission.ANSWER_REFERRAL))
    _require_status(referral, (Referral.Status.SENT,))
    referral.status, referral.answered_by, referral.answered_at = status, by, timezone.now()
    referral.answer = answer.strip()
    referral.save(update_fields=["status", "answered_by", "answered_at", "answer"])
    _record(kind, by, referral, referral.answered_at, team=referral.to_team)
    _log(AuditEntry.Action.UPDATE, by, referral, {"status": str(status)})
    if status == Referral.Status.REFUSED:
        _take_file_back(referral)
    return referral


def _take_file_back(referral: Referral) -> None:
    """The team that does not take the person loses the file, unless it has it for another reason."""
    if referral.person:
        close_file_for(referral.person, team=referral.to_team, basis=FileMember.Basis.REFERRAL)


def _require_status(referral: Referral, allowed: tuple[str, ...]) -> None:
    """Raise DomainError for another status; what others wrote since the referral was read is taken over."""
    locked = Referral.objects.select_for_update().get(pk=referral.pk)  # a second answer waits here
    if locked.status not in allowed:
        label = Referral.Status(locked.status).label
        raise DomainError(_("This referral was answered in the meantime: %(status)s.") % {"status": label})
    for name in ("person_id", "trace", "answer", "answered_by_id", "answered_at"):
        setattr(referral, name, getattr(locked, name))


def _check_after_sent(referral: Referral, arrived_at: datetime) -> None:
    if arrived_at < referral.sent_at.replace(second=0, microsecond=0):  # people type hours and minutes
        raise DomainError(_("The card was given only after this moment."), field="arrived_at")


def _record(kind: JourneyKind, by: User, referral: Referral, at: datetime, *, team: Team) -> None:
    journey.record(
        kind, by=by, partner=referral.partner, team=team, source=referral, person=referral.person, trace=referral.trace,
        occurred_at=at,
    )  # fmt: skip


def _log(action: AuditEntry.Action, by: User, referral: Referral, detail: dict[str, str]) -> None:
    audit.record(
        action, by=by, object_type="cases.referral", object_id=referral.pk, partner_id=referral.partner_id,
        person_id=referral.person_id, detail=detail,
    )  # fmt: skip
