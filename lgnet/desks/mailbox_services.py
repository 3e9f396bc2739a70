"""Mail kept for a person: the mailbox, letters that come, hand-overs, what goes back after the term."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import is_too_old, midnight
from lgnet.core.words import one_line
from lgnet.desks.mailbox_models import POSTE_RESTANTE
from lgnet.desks.mailbox_words import mail_has_come
from lgnet.desks.models import Letter, Mailbox, MailHandover
from lgnet.desks.policies import counts_at
from lgnet.messaging.models import OutgoingMessage
from lgnet.messaging.services import cancel_messages, write_to_person
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, JourneyKind, Person
from lgnet.people.policies import is_hidden_from
from lgnet.people.services import lock, log_write

KEPT = timedelta(days=30)  # a letter that nobody fetched goes back after it
USUAL_TERM = timedelta(days=180)  # of an agreement, if no other day is said
LONGEST_TERM = timedelta(days=5 * 366)  # a later day is a slip of the finger
MAIL_HAS_COME = "mail_has_come"


@transaction.atomic
def open_mailbox(
    *, by: User, team: Team, person: Person, kind: str, number: str = "", starts_on: date | None = None,
    ends_on: date | None = None, signed_on: date | None = None, record_id: uuid.UUID | None = None,
) -> Mailbox:  # fmt: skip
    """Keep the mail of a person at a desk from a day to a day; a form sent twice opens one.

    Raises DomainError when the person has such a mailbox already, the number is taken, or the days make no sense.
    """
    _require_keeps(by, team, person)
    first = starts_on or timezone.localdate()
    last = ends_on or first + USUAL_TERM
    if kind not in Mailbox.Kind.values:
        raise DomainError(_("Choose the kind from the list."), field="kind")
    if person.partner_id != team.partner_id:
        raise DomainError(_("This person is registered in another city."))
    _check_days(first, last, signed_on)

    def write() -> Mailbox:
        lock(person)
        _lock_numbers(team)
        box = Mailbox(
            pk=record_id or uuid7(), partner_id=team.partner_id, site_id=team.site_id, team=team, person=person,
            kind=kind, number=one_line(number), starts_on=first, ends_on=last, signed_on=signed_on, opened_by=by,
        )  # fmt: skip
        _check_free(box)
        box.save(force_insert=True)
        log_write(AuditEntry.Action.CREATE, by, box, person, detail={"kind": kind, "until": str(last)})
        return box

    def is_mine(box: Mailbox) -> bool:
        return (box.opened_by_id, box.person_id) == (by.pk, person.pk)

    try:
        return write_once(Mailbox, record_id, is_mine=is_mine, write=write)
    except IntegrityError:  # a colleague opened it at this moment
        raise DomainError(_("A colleague has just opened this mailbox, or taken this number.")) from None


@transaction.atomic
def renew_mailbox(*, by: User, mailbox: Mailbox, ends_on: date, number: str, signed_on: date | None = None) -> Mailbox:
    """Give a mailbox a later last day, another number, or the day on which the agreement was signed.

    Raises DomainError when it is closed, the number is taken, or the days make no sense.
    """
    box = _locked(by, mailbox)
    _check_days(box.starts_on, ends_on, signed_on)
    before = {name: str(getattr(box, name) or "") for name in ("ends_on", "number", "signed_on")}
    box.ends_on, box.number, box.signed_on = ends_on, one_line(number), signed_on
    _lock_numbers(box.team)
    _check_free(box)
    box.save(update_fields=["ends_on", "number", "signed_on"])
    after = {name: str(getattr(box, name) or "") for name in before}
    changes = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
    log_write(AuditEntry.Action.UPDATE, by, box, box.person, detail={"changes": changes})
    return box


@transaction.atomic
def close_mailbox(*, by: User, mailbox: Mailbox) -> Mailbox:
    """Keep no more mail for the person. Raises DomainError when it is closed, or while letters wait in it."""
    box = _locked(by, mailbox)
    if box.letters.filter(status=Letter.Status.WAITING).exists():
        raise DomainError(_("Letters wait in it: hand them over or send them back first."))
    box.closed_on, box.closed_by = timezone.localdate(), by
    box.save(update_fields=["closed_on", "closed_by"])
    cancel_messages(about=box)
    log_write(
        AuditEntry.Action.UPDATE, by, box, box.person, detail={"changes": {"closed_on": ["", str(box.closed_on)]}}
    )
    return box


@transaction.atomic
def receive_letter(
    *, by: User, mailbox: Mailbox, arrived_on: date | None = None, sender: str = "", is_registered: bool = False,
    record_id: uuid.UUID | None = None,
) -> Letter:  # fmt: skip
    """A letter came for the person, who is told once a day where it is safe; sent twice, it is one letter.

    The message names neither sender nor service. Raises DomainError when the mailbox is closed, or for a day in the
    future or too long ago.
    """
    box = _locked(by, mailbox)
    day = arrived_on or timezone.localdate()
    if day > timezone.localdate():
        raise DomainError(_("This day is in the future."), field="arrived_on")
    if is_too_old(day):
        raise DomainError(_("Check the year: this is too long ago."), field="arrived_on")

    def write() -> Letter:
        letter = Letter.objects.create(
            pk=record_id or uuid7(), partner_id=box.partner_id, mailbox=box, arrived_on=day, sender=one_line(sender),
            is_registered=is_registered, keep_until=day + KEPT, received_by=by,
        )  # fmt: skip
        log_write(AuditEntry.Action.CREATE, by, letter, box.person, detail={"registered": is_registered})
        if letter.keep_until >= timezone.localdate():
            _tell_person(by, box, letter)
        return letter

    return write_once(Letter, record_id, is_mine=lambda letter: letter.mailbox_id == box.pk, write=write)


@transaction.atomic
def hand_over(
    *, by: User, mailbox: Mailbox, letters: Collection[uuid.UUID], handed_to: str = "", signed_on_paper: bool = False,
    record_id: uuid.UUID | None = None,
) -> MailHandover:  # fmt: skip
    """Give letters to the person, or to whom the person sent (`handed_to`); it is one collection in the journey.

    Sent twice, it is done once. Raises DomainError without letters, and for one that does not wait in this mailbox.
    """
    box = _locked(by, mailbox, or_closed=True)

    def write() -> MailHandover:
        waiting = list(box.letters.select_for_update().filter(pk__in=letters, status=Letter.Status.WAITING))
        if not letters or len(waiting) != len(set(letters)):
            raise DomainError(_("Choose letters that wait in this mailbox."), field="letters")
        now = timezone.now()
        handover = MailHandover.objects.create(
            pk=record_id or uuid7(), mailbox=box, handed_at=now, handed_to=one_line(handed_to),
            signed_on_paper=signed_on_paper, letter_count=len(waiting), handed_by=by,
        )  # fmt: skip
        Letter.objects.filter(pk__in=[letter.pk for letter in waiting]).update(
            status=Letter.Status.HANDED_OVER, handover=handover
        )
        _tell_journey(by, box, handover, now)
        _forget_message_if_empty(box)
        detail = {"letters": len(waiting), "to_somebody_else": bool(handover.handed_to)}
        log_write(AuditEntry.Action.CREATE, by, handover, box.person, detail=detail)
        return handover

    return write_once(MailHandover, record_id, is_mine=lambda row: row.mailbox_id == box.pk, write=write)


@transaction.atomic
def undo_handover(*, by: User, handover: MailHandover) -> MailHandover:
    """Letters were not handed over after all, said within the day: they wait again. Twice is once.

    Raises DomainError on a later day.
    """
    box = _locked(by, handover.mailbox, or_closed=True)
    handover = MailHandover.objects.select_for_update().get(pk=handover.pk)
    if handover.voided_at:
        return handover
    if timezone.localdate(handover.handed_at) != timezone.localdate():
        raise DomainError(_("Only what was handed over today can be taken back."))
    if box.closed_on:
        raise DomainError(_("The mailbox is closed."))
    handover.voided_at, handover.voided_by = timezone.now(), by
    handover.save(update_fields=["voided_at", "voided_by"])
    handover.letters.update(status=Letter.Status.WAITING, handover=None)
    for event in JourneyEvent.objects.filter(source_id=handover.pk, voided_at__isnull=True):
        journey.void(event, by=by, reason="mail was not handed over")
    log_write(AuditEntry.Action.UPDATE, by, handover, box.person, detail={"changes": {"voided": ["", "yes"]}})
    return handover


@transaction.atomic
def send_back(*, by: User, letter: Letter) -> Letter:
    """A letter goes back to its sender. Raises DomainError for one that does not wait."""
    box = _locked(by, letter.mailbox, or_closed=True)
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.status != Letter.Status.WAITING:
        raise DomainError(_("This letter does not wait any more."))
    letter.status, letter.returned_on, letter.returned_by = Letter.Status.RETURNED, timezone.localdate(), by
    letter.save(update_fields=["status", "returned_on", "returned_by"])
    _forget_message_if_empty(box)
    log_write(AuditEntry.Action.UPDATE, by, letter, box.person, detail={"changes": {"status": ["waiting", "returned"]}})
    return letter


# -- rules -----------------------------------------------------------------------------------------------------------


def _require_keeps(by: User, team: Team, person: Person) -> None:
    if not counts_at(by, team) or is_hidden_from(by, person):
        raise PermissionDenied(str(Permission.COUNT_SERVICES))


def _locked(by: User, mailbox: Mailbox, *, or_closed: bool = False) -> Mailbox:
    """The mailbox, locked; a colleague who works on it at this moment waits."""
    _require_keeps(by, mailbox.team, mailbox.person)
    rows = Mailbox.objects.select_for_update(of=("self",)).select_related("person__partner", "team", "site", "partner")
    box = rows.get(pk=mailbox.pk)
    if box.closed_on and not or_closed:
        raise DomainError(_("The mailbox is closed."))
    return box


def _check_days(first: date, last: date, signed_on: date | None) -> None:
    today = timezone.localdate()
    if is_too_old(first):
        raise DomainError(_("Check the year: this is too long ago."), field="starts_on")
    if first > today + LONGEST_TERM:
        raise DomainError(_("Check the year: this is too far ahead."), field="starts_on")
    if last < first:
        raise DomainError(_("The last day is before the first."), field="ends_on")
    if last > today + LONGEST_TERM:
        raise DomainError(_("Check the year: this is too far ahead."), field="ends_on")
    if signed_on and signed_on > today:
        raise DomainError(_("This day is in the future."), field="signed_on")
    if signed_on and is_too_old(signed_on):
        raise DomainError(_("Check the year: this is too long ago."), field="signed_on")


def _lock_numbers(team: Team) -> None:
    """Numbers of boxes of one desk are given one after the other."""
    Team.objects.select_for_update().get(pk=team.pk)


def _check_free(box: Mailbox) -> None:
    open_boxes = Mailbox.objects.filter(closed_on__isnull=True).exclude(pk=box.pk)
    if open_boxes.filter(person=box.person, kind=box.kind).exists():
        raise DomainError(_("This person has such a mailbox already."), field="kind")
    if box.number and open_boxes.filter(team=box.team, number=box.number).exists():
        raise DomainError(_("This number is taken."), field="number")


def _tell_person(by: User, box: Mailbox, letter: Letter) -> None:
    """One message a day at most, until the day the letter goes back."""
    today = OutgoingMessage.objects.filter(
        about_id=box.pk, kind=MAIL_HAS_COME, created_at__gte=midnight(timezone.localdate())
    )
    if today.exclude(status=OutgoingMessage.Status.CANCELLED).exists():
        return
    day = f"{letter.keep_until:%d/%m/%Y}"
    write_to_person(
        by=by, person=box.person, kind=MAIL_HAS_COME, about=box, key=f"mail:{letter.pk}",
        compose=lambda language: mail_has_come(language, day), expires_at=midnight(letter.keep_until, days_later=1),
    )  # fmt: skip


def _forget_message_if_empty(box: Mailbox) -> None:
    if not box.letters.filter(status=Letter.Status.WAITING).exists():
        cancel_messages(about=box, kind=MAIL_HAS_COME)


def _tell_journey(by: User, box: Mailbox, handover: MailHandover, moment: datetime) -> None:
    service = ServiceType.objects.get(code=POSTE_RESTANTE)
    journey.record(
        JourneyKind.SERVICE_DELIVERED, by=by, partner=box.partner, site=box.site, team=box.team, source=handover,
        person=box.person, service_type=service, occurred_at=moment,
    )  # fmt: skip
