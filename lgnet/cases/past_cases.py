"""Cases that a city kept in another register: written as they were, each at once, and taken back while untouched.

Whoever brings them in need not work on them: she or he opens them for who does, and gets no file that was closed.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit.models import AuditEntry
from lgnet.cases.models import Case, CaseMember, CaseNote, FollowUp
from lgnet.cases.notes import write_first_note
from lgnet.cases.policies import works_on
from lgnet.cases.services import check_opening, end_case, missing_to_open, open_case, plan_follow_ups
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people import journey
from lgnet.people.days import check_day
from lgnet.people.models import FileMember, NoticeGiven, Person
from lgnet.people.policies import file_is_whole_for, is_hidden_from
from lgnet.people.records import record_notice, take_back_notice
from lgnet.people.services import STAYS_OPEN, close_file_for, lock, log_write, require

NEEDED = (Permission.OPEN_CASE, Permission.WORK_ON_CASE, Permission.CLOSE_CASE)
_OWN = frozenset({CaseMember, CaseNote, FollowUp})  # what a case brought in may have of its own


@dataclass(frozen=True)
class PastNotice:
    """The privacy notice that was given on paper, as the register tells it: on which day, in which language."""

    given_on: date
    language: str


@dataclass(frozen=True)
class PastCase:
    """A case as it was written down elsewhere; closed if it has a `closed_on`."""

    team: Team
    manager: User
    basis: str
    opened_on: date
    basis_note: str = ""
    closed_on: date | None = None
    outcome: str = ""
    destination: str = ""
    outcome_note: str = ""
    note: str = ""
    notice: PastNotice | None = None


def past_case_partners(user: User) -> frozenset[uuid.UUID]:
    """Cities where the user opens, works on and closes cases, and so brings in those of another register."""
    access = access_of(user)
    return frozenset.intersection(*(access.partner_ids(permission) for permission in NEEDED))


@transaction.atomic
def record_past_case(*, by: User, person: Person, past: PastCase, record_id: uuid.UUID) -> Case:
    """Take the person in charge as of that day and, if it has ended, close the case as of its last day.

    Of the follow-ups after it only those are planned that are still ahead. Raises as `open_case`, and DomainError for
    a file that is closed to the user or days that cannot be.
    """
    for permission in NEEDED:
        require(by, permission, person.partner)
    check_past_case(by, person, past)
    if notice := _notice_that_comes(person, past):
        record_notice(
            by=by, person=person, kind=NoticeGiven.Kind.PRIVACY, method=NoticeGiven.Method.PAPER,
            language=notice.language, given_on=notice.given_on, record_id=_notice_id(record_id),
        )  # fmt: skip
    case = open_case(
        by=by, person=person, team=past.team, manager=past.manager, basis=past.basis, basis_note=past.basis_note,
        opened_on=past.opened_on, ends_on=past.closed_on, record_id=record_id,
    )  # fmt: skip
    if past.note:
        write_first_note(by=by, case=case, words=past.note, record_id=note_id(case.pk))
    if past.closed_on:
        end_case(
            by=by, case=case, closed_on=past.closed_on, outcome=past.outcome, outcome_note=past.outcome_note,
            destination=past.destination,
        )  # fmt: skip
        plan_follow_ups(case, since=timezone.localdate())
    return case


def check_past_case(by: User, person: Person, past: PastCase) -> None:
    """Raise DomainError for what cannot be, at the field of PastCase; nothing is written."""
    if not file_is_whole_for(by, person):
        text = _("The file of this person is closed to you. Open it first, with the reason, then load the row again.")
        raise DomainError(text, field="person")
    check_opening(person, past.team, past.opened_on, ends_on=past.closed_on)
    if notice := _notice_that_comes(person, past):
        check_day(notice.given_on, "notice_on", person)
        if not notice.language:
            raise DomainError(_("Write in which language the notice was given."), field="notice_on")
    # also of who came from another city: her or his notice was given long ago
    if missing := missing_to_open(person, with_notice=notice is not None):
        raise DomainError(missing[0], field="person")
    if past.closed_on is None:
        if past.outcome or past.destination or past.outcome_note:
            raise DomainError(_("Write the day on which it was closed, or no outcome."), field="closed_on")
        return
    if past.closed_on > timezone.localdate():
        raise DomainError(_("This day is in the future."), field="closed_on")
    if past.closed_on < past.opened_on:
        raise DomainError(_("The case was opened only after this day."), field="closed_on")
    if past.outcome not in Case.Outcome.values:
        raise DomainError(_("Write the outcome with which it was closed."), field="outcome")


@transaction.atomic
def take_back_past_case(*, by: User, case: Case) -> None:
    """Take away a case that was brought in by mistake, with its note, its events and the file it opened.

    The notice that came with it goes too, unless the person has another case, which may have begun because of it.
    Raises DomainError when somebody has worked on it since, PermissionDenied for who neither brought it in nor works
    on it.
    """
    person = case.person
    if case.partner_id not in past_case_partners(by) or is_hidden_from(by, person):
        raise PermissionDenied(str(Permission.OPEN_CASE))
    if case.opened_by_id != by.pk and not works_on(by, case):
        raise PermissionDenied(str(Permission.WORK_ON_CASE))
    lock(person)
    case = Case.objects.select_for_update(of=("self",)).select_related("person__partner", "manager").get(pk=case.pk)
    _require_untouched(case)
    journey.void_many([case.pk], by=by, reason="the import was undone")
    for note in case.notes.all():
        log_write(AuditEntry.Action.DELETE, by, note, person)
        note.versions.all().delete()
        note.delete()
    case.follow_ups.all().delete()
    case.members.all().delete()
    _close_file(case)
    log_write(AuditEntry.Action.DELETE, by, case, person, detail={"opened": str(case.opened_on)})
    came = NoticeGiven.objects.filter(pk=_notice_id(case.pk)).select_related("person__partner", "partner").first()
    case.delete()
    if came and not Case.objects.filter(person=person).exists():
        take_back_notice(by=by, notice=came, reason="the import was undone")


def _notice_that_comes(person: Person, past: PastCase) -> PastNotice | None:
    """The notice that is recorded with the case: who was given one already keeps that."""
    return None if person.notices.filter(kind=NoticeGiven.Kind.PRIVACY).exists() else past.notice


def _notice_id(case_id: uuid.UUID) -> uuid.UUID:
    return uuid.uuid5(case_id, "notice")


def note_id(case_id: uuid.UUID) -> uuid.UUID:
    """The id of the note that came with a case."""
    return uuid.uuid5(case_id, "note")


def _require_untouched(case: Case) -> None:
    """What is written into a case is a row that points to it, whichever app it is of, or changes its own.

    That its own row was changed the log tells: `imports.services` looks there, for every kind.
    """
    members = list(case.members.all())
    as_it_came = len(members) == 1 and members[0].user_id == case.manager_id and members[0].ends_at is None
    notes_as_they_came = all(note.pk == note_id(case.pk) and note.number == 1 for note in case.notes.all())
    asked = case.follow_ups.exclude(done_on=None, last_tried_on=None).exists()
    if not as_it_came or not notes_as_they_came or asked or _has_more(case):
        raise DomainError(_("Somebody has worked on this case since: it stays. Close it on its page if it is wrong."))


def _has_more(case: Case) -> bool:
    others: list[Any] = [one for one in Case._meta.related_objects if one.related_model not in _OWN]
    return any(one.related_model.objects.filter(**{one.field.name: case}).exists() for one in others)


def _close_file(case: Case) -> None:
    """The manager had the file for this case; another case with the same person keeps it, as long as it would."""
    others = CaseMember.objects.filter(case__person=case.person_id, user=case.manager_id, ends_at__isnull=True)
    if others.filter(case__status=Case.Status.OPEN).exists():
        return
    after = STAYS_OPEN if others.exists() else timedelta()
    close_file_for(case.person, basis=FileMember.Basis.CASE, users=[case.manager], after=after)
