"""The referral, as the two teams of the network handle it: sent, seen, answered, arrived or not, closed."""

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases.card_codes import new_code
from lgnet.cases.models import Referral
from lgnet.cases.policies import may_answer, may_withdraw, works_with
from lgnet.cases.referral_clocks import next_due
from lgnet.cases.referral_moves import Said, change, check_said, lock_for, log, tell
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import FileMember, Person
from lgnet.people.services import identify_trace, open_file_for, require

Status = Referral.Status


@transaction.atomic
def send_referral(
    *, by: User, from_team: Team, to_team: Team, person: Person | None = None, trace: uuid.UUID | None = None,
    called: str = "", language: str = "", need: str = "", reason: str = "", sent_at: datetime | None = None,
    record_id: uuid.UUID | None = None, code: str = "", follows: Referral | None = None,
) -> Referral:  # fmt: skip
    """Send somebody to another team of the same city, with a card code.

    `person` for somebody registered, otherwise the `trace` of the anonymous contact. The receiving team gets the file,
    unless it is a service outside of the network: to that nothing is given but the card in the person's hand, until
    somebody sends it a link (`referral_links`). `follows` is the referral after which this one was needed.
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
        at = sent_at or timezone.now()
        referral = Referral(
            pk=record_id or uuid7(), partner=from_team.partner, from_team=from_team, to_team=to_team, person=person,
            trace=trace, code=code or new_code(), sent_by=by, sent_at=at, asked_at=at, language=language, need=need,
            called=called or (person.name_as_used if person else ""), reason=reason, follows=follows,
        )  # fmt: skip
        referral.due_at = next_due(referral)
        referral.save(force_insert=True)
        tell(referral, by=by, at=at)
        if person and not to_team.is_outside:
            open_file_for(person, team=to_team, basis=FileMember.Basis.REFERRAL)
        log(AuditEntry.Action.CREATE, by, referral, {"to": str(to_team)})
        return referral

    return write_once(Referral, record_id, is_mine=lambda sent: sent.sent_by_id == by.pk, write=send)


@transaction.atomic
def mark_seen(*, by: User, referral: Referral) -> Referral:
    """The receiving team of the network has read the referral; read again, or answered, nothing changes."""
    if referral.to_team.is_outside or not may_answer(by, referral):
        raise PermissionDenied(str(Permission.ANSWER_REFERRAL))
    if Referral.objects.select_for_update().get(pk=referral.pk).status != Status.SENT:
        return referral
    return change(referral, Status.SEEN, by=by)


@transaction.atomic
def accept_referral(
    *, by: User, referral: Referral, answer: str = "", come_at: datetime | None = None
) -> Referral:  # fmt: skip
    """The receiving team expects the person, perhaps at a day and hour. Raises DomainError as `change`."""
    _require(may_answer(by, referral), Permission.ANSWER_REFERRAL)
    return change(referral, Status.ACCEPTED, by=by, said=Said(answer, come_at))


@transaction.atomic
def refuse_referral(*, by: User, referral: Referral, answer: str) -> Referral:
    """The receiving team cannot take the person, and says why. Raises DomainError as `change`."""
    _require(may_answer(by, referral), Permission.ANSWER_REFERRAL)
    return change(referral, Status.REFUSED, by=by, said=Said(answer))


@transaction.atomic
def withdraw_referral(*, by: User, referral: Referral) -> Referral:
    """The sending team takes a referral back before the person has come; its card and link are no longer valid."""
    _require(may_withdraw(by, referral), Permission.SEND_REFERRAL)
    return change(referral, Status.WITHDRAWN, by=by)


@transaction.atomic
def mark_arrived(*, by: User, referral: Referral, person: Person, arrived_at: datetime) -> Referral:
    """The person came with the card, to whatever team of the city: nobody is sent away for having taken another door.

    An anonymous history now belongs to `person` (DESIGN 4.1). Raises DomainError for a card that was taken back or
    used, or is somebody else's, and for a moment before it was given.
    """
    require(by, Permission.ANSWER_REFERRAL, referral.partner)
    lock_for(referral, Status.ARRIVED)
    if referral.person_id and referral.person_id != person.pk:
        raise DomainError(_("This card was given to somebody else."), field="code")
    check_said(referral, Status.ARRIVED, Said(at=arrived_at))
    if referral.trace and not referral.person_id:
        identify_trace(by=by, trace=referral.trace, person=person, field="arrived_at")
        referral.refresh_from_db()
    return change(referral, Status.ARRIVED, by=by, said=Said(at=arrived_at))


@transaction.atomic
def mark_arrived_outside(*, by: User, referral: Referral, arrived_at: datetime | None = None) -> Referral:
    """The person has been at the service outside of the network, as the team that sent her or him has heard.

    Nobody needs to know who it is. Raises DomainError for a team of the network, a card taken back or used, and
    a moment before it was given or in the future.
    """
    _require(may_answer(by, referral), Permission.ANSWER_REFERRAL)
    if not referral.to_team.is_outside:
        raise DomainError(_("The team itself records that the person has come."))
    return change(referral, Status.ARRIVED, by=by, said=Said(at=arrived_at))


@transaction.atomic
def mark_not_arrived(*, by: User, referral: Referral, answer: str = "") -> Referral:
    """The person did not come, as one of the two teams knows. Raises DomainError as `change`."""
    _require(works_with(by, referral), Permission.ANSWER_REFERRAL)
    return change(referral, Status.NOT_ARRIVED, by=by, said=Said(answer))


@transaction.atomic
def reopen_referral(*, by: User, referral: Referral) -> Referral:
    """The sending team asks once more for somebody who did not come; the card is good again, the clocks begin anew."""
    _require(may_withdraw(by, referral), Permission.SEND_REFERRAL)
    return change(referral, Status.SENT, by=by)


@transaction.atomic
def close_referral(*, by: User, referral: Referral, result: str, answer: str = "") -> Referral:
    """One of the two teams says what came of it. Raises DomainError as `change`."""
    _require(works_with(by, referral), Permission.ANSWER_REFERRAL)
    return change(referral, Status.CLOSED, by=by, said=Said(answer, result=result))


def _require(allowed: bool, permission: Permission) -> None:
    if not allowed:
        raise PermissionDenied(str(permission))
