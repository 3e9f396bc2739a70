"""Team meetings while they are held and after: who was there, what was said and decided, minutes that are fixed."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lgnet.audit.models import AuditEntry
from lgnet.cases.line_merging import merged
from lgnet.cases.meeting_models import Addendum, AgendaItem, Attendance, Decision, TeamMeeting
from lgnet.cases.meeting_paper import complete_minutes
from lgnet.cases.meeting_selectors import next_meeting, readable_items
from lgnet.cases.meetings import fill_agenda, locked, locked_item, log_item, log_meeting
from lgnet.cases.policies import require_open
from lgnet.cases.task_models import Task
from lgnet.cases.tasks import add_task, end_task
from lgnet.catalogue.selectors import team_members
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.files.pdfs import CONTENT_TYPE
from lgnet.files.services import keep_file
from lgnet.network.models import User
from lgnet.people.services import log_write

State, Status = AgendaItem.State, TeamMeeting.Status


@transaction.atomic
def set_attendance(
    *, by: User, meeting: TeamMeeting, present: Iterable[User], seen: Iterable[User], guests: str, guests_seen: str
) -> TeamMeeting:  # fmt: skip
    """Tick who was there. `seen` and `guests_seen` are what the writer had before the eyes.

    Only what the writer changed is changed: what a colleague ticked or wrote meanwhile stands.
    """
    meeting = locked(by, meeting, Status.RUNNING)
    ticked, before = {user.pk for user in present}, {user.pk for user in seen}
    may_come = set(team_members(meeting.team).values_list("pk", flat=True)) | before
    if ticked - may_come:
        raise DomainError(_("Who is not of the team is a guest."), field="guests")
    for pk in ticked - before:
        Attendance.objects.get_or_create(meeting=meeting, user_id=pk)
    meeting.attendances.filter(user__in=before - ticked).delete()
    meeting.guests = merged(guests_seen, meeting.guests, guests)
    meeting.save(update_fields=["guests"])
    log_meeting(AuditEntry.Action.UPDATE, by, meeting, {"present": meeting.attendances.count()})
    return meeting


@transaction.atomic
def note_item(*, by: User, item: AgendaItem, said: str, seen: str) -> AgendaItem:
    """Write down what is said; `seen` is the text that the writer began from.

    Where a colleague has written meanwhile, the item holds what both wrote, and its text is another than was sent.
    """
    item = locked_item(by, item, Status.RUNNING)
    text = merged(seen, item.said, said)
    if text != item.said:
        item.said = text
        item.save(update_fields=["said"])
        log_item(AuditEntry.Action.UPDATE, by, item, {"said": len(text)})
    return item


@transaction.atomic
def decide(
    *, by: User, item: AgendaItem, words: str, owner: User, due_on: date, record_id: uuid.UUID | None = None
) -> Decision:
    """Record a decision with who does it and by when; on a case it is a task of that colleague at once.

    Sent twice (`record_id`) it is decided once. Raises DomainError without words, for a day that has passed, a closed
    case, or somebody who does not work on the case, or is not in the team where there is none.
    """
    item = locked_item(by, item, Status.RUNNING)
    if not words.strip():
        raise DomainError(_("Write what is to be done."), field="words")
    if due_on < timezone.localdate(item.meeting.starts_at):
        raise DomainError(_("This day is before the meeting."), field="due_on")
    if item.case is not None:
        require_open(item.case)
    elif not team_members(item.meeting.team).filter(pk=owner.pk).exists():
        raise DomainError(_("This colleague is not in the team."), field="owner")
    key = record_id or uuid7()

    def write() -> Decision:
        task = None
        if item.case is not None:
            task = add_task(
                by=by, case=item.case, words=words, owner=owner, due_on=due_on, origin=Task.Origin.DECISION,
                source_id=key,
            )  # fmt: skip
        made = Decision.objects.create(
            pk=key, item=item, words=words.strip(), owner=owner, due_on=due_on, task=task, decided_by=by
        )
        if item.state != State.DISCUSSED:
            item.state = State.DISCUSSED
            item.save(update_fields=["state"])
        _log_decision(AuditEntry.Action.CREATE, by, made, {"owner": str(owner), "due_on": due_on.isoformat()})
        return made

    return write_once(
        Decision, record_id, is_mine=lambda one: (one.decided_by_id, one.item_id) == (by.pk, item.pk), write=write
    )


@transaction.atomic
def withdraw_decision(*, by: User, decision: Decision) -> Decision:
    """Take back a decision while the meeting goes on; its task is not needed any more."""
    decision.item = locked_item(by, decision.item, Status.RUNNING)
    if decision.withdrawn_at is None:
        if decision.task is not None and decision.task.status == Task.Status.OPEN:
            end_task(by=by, task=decision.task, status=Task.Status.DROPPED, result=_("decision taken back"))
        decision.withdrawn_at, decision.withdrawn_by = timezone.now(), by
        decision.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _log_decision(AuditEntry.Action.UPDATE, by, decision, {"withdrawn": True})
    return decision


@transaction.atomic
def end_decision(*, by: User, decision: Decision) -> Decision:
    """A decision on a general point is carried out. One on a case ends with its task."""
    if decision.task_id is not None:
        raise DomainError(_("This is a task: it is ended there."))
    item = locked_item(by, decision.item, Status.RUNNING, Status.CLOSED)
    decision = Decision.objects.get(pk=decision.pk)
    decision.item = item
    if decision.withdrawn_at is not None:
        raise DomainError(_("This decision was taken back."))
    if decision.done_at is None:
        decision.done_at, decision.done_by = timezone.now(), by
        decision.save(update_fields=["done_at", "done_by"])
        _log_decision(AuditEntry.Action.UPDATE, by, decision, {"done": True})
    return decision


@transaction.atomic
def discuss_item(*, by: User, item: AgendaItem) -> AgendaItem:
    """It was talked about."""
    return _settle(by, item, State.DISCUSSED)


@transaction.atomic
def put_off_item(*, by: User, item: AgendaItem) -> AgendaItem:
    """Not today: it comes back in the next meeting by itself."""
    return _settle(by, item, State.PUT_OFF)


@transaction.atomic
def reopen_item(*, by: User, item: AgendaItem) -> AgendaItem:
    """It is still to be talked about after all."""
    return _settle(by, item, State.OPEN)


@transaction.atomic
def close_meeting(*, by: User, meeting: TeamMeeting) -> TeamMeeting:
    """Fix the minutes, keep them as PDF, and bring what was put off into the next meeting.

    An item with something said or decided counts as discussed. What the closer may not see and nobody settled is put
    off, so that it neither shows nor is lost. Raises DomainError when nobody was there, or an item is left open.
    """
    meeting = locked(by, meeting, Status.RUNNING)
    if not meeting.attendances.exists():
        raise DomainError(_("Tick who was there."))
    left = meeting.items.filter(state=State.OPEN)
    left.exclude(said="").update(state=State.DISCUSSED)
    mine = set(readable_items(by).filter(meeting=meeting).values_list("pk", flat=True))
    if forgotten := left.filter(pk__in=mine).count():
        text = ngettext(
            "%(count)s point is left: write what was said, or put it off.",
            "%(count)s points are left: write what was said, or put them off.", forgotten,
        )  # fmt: skip
        raise DomainError(text % {"count": forgotten})
    left.update(state=State.PUT_OFF)
    meeting.status, meeting.closed_at, meeting.closed_by = Status.CLOSED, timezone.now(), by
    meeting.minutes = keep_file(
        by=by, partner=meeting.partner, content=complete_minutes(meeting), content_type=CONTENT_TYPE
    )
    meeting.save(update_fields=["status", "closed_at", "closed_by", "minutes"])
    log_meeting(AuditEntry.Action.UPDATE, by, meeting, {"closed": True, "file": meeting.minutes.sha256})
    if following := next_meeting(meeting.team):
        fill_agenda(by=by, meeting=following)
    return meeting


@transaction.atomic
def add_addendum(
    *, by: User, meeting: TeamMeeting, words: str, item: AgendaItem | None = None, record_id: uuid.UUID | None = None
) -> Addendum:
    """Add to closed minutes, about one of their points or the whole; sent twice, it is added once."""
    meeting = locked(by, meeting, Status.CLOSED)
    if not words.strip():
        raise DomainError(_("Write what has to be added."), field="words")
    if item is not None and not readable_items(by).filter(pk=item.pk, meeting=meeting).exists():
        raise PermissionDenied(_("The file of this case is closed to you."))

    def write() -> Addendum:
        added = Addendum.objects.create(pk=record_id or uuid7(), meeting=meeting, item=item, words=words.strip(), by=by)
        log_meeting(AuditEntry.Action.UPDATE, by, meeting, {"addendum": str(added.pk)})
        return added

    return write_once(
        Addendum, record_id, is_mine=lambda one: (one.by_id, one.meeting_id) == (by.pk, meeting.pk), write=write
    )


def _settle(by: User, item: AgendaItem, state: str) -> AgendaItem:
    item = locked_item(by, item, Status.RUNNING)
    if item.state == State.TAKEN_OUT:
        raise DomainError(_("A colleague has taken this off the agenda."))
    if state != State.DISCUSSED and item.decisions.filter(withdrawn_at__isnull=True).exists():
        raise DomainError(_("Something was decided on it: take the decision back first."))
    item.state = state
    item.save(update_fields=["state"])
    log_item(AuditEntry.Action.UPDATE, by, item, {"state": state})
    return item


def _log_decision(action: str, by: User, decision: Decision, detail: dict[str, object]) -> None:
    if decision.item.case is not None:
        log_write(action, by, decision, decision.item.case.person, detail=detail)
    else:
        log_meeting(action, by, decision.item.meeting, detail | {"decision": str(decision.pk)})
