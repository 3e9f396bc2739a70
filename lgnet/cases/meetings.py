"""Team meetings before they begin: planned, their agenda filled by itself and by hand, put in order."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.cases.agenda import BY_HAND, DISAGREE, PUT_OFF, Reason, reasons_of
from lgnet.cases.meeting_models import AgendaItem, TeamMeeting
from lgnet.cases.meeting_selectors import is_in, next_meeting, readable_items
from lgnet.cases.models import Case
from lgnet.cases.policies import require_open, require_works_on
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of, team_members
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.periods import days_later, midnight
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.services import require

MOST_AHEAD = timedelta(days=366)
WRITTEN_UP = timedelta(days=30)  # minutes of a meeting that was can be written so much later
MOST_AT_ONCE = 12
REPEATS = (0, 7, 14)  # days

State, Status = AgendaItem.State, TeamMeeting.Status


@transaction.atomic
def plan_meeting(
    *, by: User, team: Team, starts_at: datetime, chair: User, place: str = "", every: int = 0, times: int = 1,
    record_id: uuid.UUID | None = None,
) -> TeamMeeting:  # fmt: skip
    """Plan a meeting, or `times` of them `every` 7 or 14 days; those of the series that are there already stay.

    Gives the first one; a form sent twice (`record_id`) plans once. Raises DomainError for a moment too far away or
    taken, a chair of another team, or an odd repetition.
    """
    _require_meets(by, team)
    _check_plan(team, starts_at, chair)
    if every not in REPEATS or not 1 <= times <= MOST_AT_ONCE:
        raise DomainError(_("From 1 to %(most)s meetings.") % {"most": MOST_AT_ONCE}, field="times")

    def make(moment: datetime, pk: uuid.UUID) -> TeamMeeting:
        meeting = TeamMeeting.objects.create(
            pk=pk, partner=team.partner, team=team, starts_at=moment, place=place.strip(), chair=chair, planned_by=by
        )
        log_meeting(AuditEntry.Action.CREATE, by, meeting, {"team": str(team), "starts_at": moment.isoformat()})
        return meeting

    def write() -> TeamMeeting:
        Team.objects.select_for_update().get(pk=team.pk)  # who plans at this moment too waits here
        taken = set(_standing_meetings(team).values_list("starts_at", flat=True))
        if starts_at in taken:
            raise DomainError(_("This team meets at this moment already."), field="starts_at")
        first = make(starts_at, record_id or uuid7())
        for number in range(1, times if every else 1):
            if (moment := days_later(starts_at, every * number)) not in taken:
                make(moment, uuid7())
        return first

    return write_once(
        TeamMeeting, record_id, is_mine=lambda one: (one.planned_by_id, one.team_id) == (by.pk, team.pk), write=write
    )


@transaction.atomic
def change_meeting(*, by: User, meeting: TeamMeeting, starts_at: datetime, chair: User, place: str = "") -> TeamMeeting:
    """Move a planned meeting, or change where it is and who leads it. Raises DomainError as `plan_meeting`."""
    meeting = locked(by, meeting, Status.PLANNED)
    _check_plan(meeting.team, starts_at, chair)
    if _standing_meetings(meeting.team).filter(starts_at=starts_at).exclude(pk=meeting.pk).exists():
        raise DomainError(_("This team meets at this moment already."), field="starts_at")
    before = {"starts_at": meeting.starts_at, "place": meeting.place, "chair": meeting.chair}
    meeting.starts_at, meeting.place, meeting.chair = starts_at, place.strip(), chair
    meeting.save(update_fields=["starts_at", "place", "chair"])
    after = {"starts_at": starts_at, "place": meeting.place, "chair": chair}
    log_meeting(AuditEntry.Action.UPDATE, by, meeting, {"changes": audit.changes(before, after)})
    return meeting


@transaction.atomic
def call_off_meeting(*, by: User, meeting: TeamMeeting) -> TeamMeeting:
    """A planned meeting does not take place; what was on its agenda comes back in the next one."""
    meeting = locked(by, meeting, Status.PLANNED)
    meeting.items.filter(state=State.OPEN).update(state=State.PUT_OFF)
    meeting.status = Status.CALLED_OFF
    meeting.save(update_fields=["status"])
    log_meeting(AuditEntry.Action.UPDATE, by, meeting, {"called_off": True})
    return meeting


@transaction.atomic
def fill_agenda(*, by: User | None, meeting: TeamMeeting) -> list[AgendaItem]:
    """Put on the agenda what was put off and what the register of reasons finds; give what is new.

    Done again it adds only what is new: what is there keeps its place, what was taken out by hand stays out.
    """
    if by is None:
        meeting = _lock(meeting)
        require_status(meeting, *TeamMeeting.OPEN)
    else:
        meeting = locked(by, meeting, *TeamMeeting.OPEN)
    there = {item.case_id: item for item in meeting.items.filter(case__isnull=False)}
    new = _bring_back(meeting, there)
    for case_id, found in reasons_of(meeting.team).items():
        reasons = [_stored(code, reason) for code, reason in found]
        if item := there.get(case_id):
            _add_reasons(item, reasons)
        else:
            new.append(_put(meeting, case_id=case_id, reasons=reasons))
    if new:
        log_meeting(AuditEntry.Action.UPDATE, by, meeting, {"agenda": len(new)})
    return new


@transaction.atomic
def put_on_agenda(*, by: User, case: Case, words: str, disagreement: bool = False) -> AgendaItem:
    """Ask that a case be talked about at the next meeting of its team, with a word why; sent twice, it says it once.

    What was decided on it in the meeting under way stands: it is then for the one after.
    Raises DomainError without words, for a closed case, or when no meeting is planned.
    """
    require_works_on(by, case)
    require_open(case)
    words = _some(words, _("Say in a few words why."))
    meeting = next_meeting(case.team, but_decided=case)
    if meeting is None:
        raise DomainError(_("No meeting of the team is planned yet. Plan one first."))
    meeting = _lock(meeting)
    require_status(meeting, *TeamMeeting.OPEN)
    item = meeting.items.filter(case=case).first()
    reason = [DISAGREE if disagreement else BY_HAND, timezone.localdate().isoformat(), words]
    if item is None:
        item = _put(meeting, case_id=case.pk, reasons=[reason], by=by, disagreement=disagreement)
    else:
        item.disagreement = item.disagreement or disagreement
        item.state = State.OPEN  # also one that was taken out, or is discussed already: it is asked for anew
        item.save(update_fields=["disagreement", "state"])
        _add_reasons(item, [reason])
    log_item(AuditEntry.Action.UPDATE, by, item, {"put": True, "disagreement": disagreement})
    return item


@transaction.atomic
def add_point(*, by: User, meeting: TeamMeeting, words: str, record_id: uuid.UUID | None = None) -> AgendaItem:
    """Put a general point on the agenda, about no case; sent twice (`record_id`), it is there once."""
    meeting = locked(by, meeting, *TeamMeeting.OPEN)
    words = _some(words, _("Write what it is about."))

    def write() -> AgendaItem:
        item = _put(meeting, words=words, by=by, pk=record_id)
        log_item(AuditEntry.Action.CREATE, by, item)
        return item

    return write_once(
        AgendaItem, record_id, is_mine=lambda one: (one.put_by_id, one.meeting_id) == (by.pk, meeting.pk), write=write
    )


@transaction.atomic
def mark_disagreement(*, by: User, item: AgendaItem, disagreement: bool) -> AgendaItem:
    """Say that colleagues see this case or point differently, or that they do not any more."""
    item = locked_item(by, item, *TeamMeeting.OPEN)
    item.disagreement = disagreement
    item.save(update_fields=["disagreement"])
    log_item(AuditEntry.Action.UPDATE, by, item, {"disagreement": disagreement})
    return item


@transaction.atomic
def take_out(*, by: User, item: AgendaItem) -> AgendaItem:
    """Take an item off the agenda: it does not come back in this meeting by itself. Not one with decisions."""
    item = locked_item(by, item, *TeamMeeting.OPEN)
    if item.said or item.decisions.filter(withdrawn_at__isnull=True).exists():
        raise DomainError(_("Something was said or decided on it already."))
    item.state = State.TAKEN_OUT
    item.save(update_fields=["state"])
    log_item(AuditEntry.Action.UPDATE, by, item, {"state": State.TAKEN_OUT})
    return item


@transaction.atomic
def move_item(*, by: User, item: AgendaItem, up: bool) -> AgendaItem:
    """Change places with the item before or after, of those that the mover sees; at the end nothing changes."""
    item = locked_item(by, item, *TeamMeeting.OPEN)
    seen = list(readable_items(by).filter(meeting=item.meeting_id).exclude(state=State.TAKEN_OUT))
    at = next(number for number, one in enumerate(seen) if one.pk == item.pk)
    other = seen[at + (-1 if up else 1)] if 0 <= at + (-1 if up else 1) < len(seen) else None
    if other is not None:
        for one, position in ((item, other.position), (other, item.position)):
            AgendaItem.objects.filter(pk=one.pk).update(position=position)
        item.position = other.position
    return item


@transaction.atomic
def start_meeting(*, by: User, meeting: TeamMeeting) -> TeamMeeting:
    """The team sits down: the agenda is filled once more, minutes can be written. Begun already, nothing changes."""
    meeting = locked(by, meeting, *TeamMeeting.OPEN)
    if meeting.status == Status.PLANNED:
        fill_agenda(by=by, meeting=meeting)
        meeting.status, meeting.started_at = Status.RUNNING, timezone.now()
        meeting.save(update_fields=["status", "started_at"])
        meeting.attendances.get_or_create(user=by)
        log_meeting(AuditEntry.Action.UPDATE, by, meeting, {"started": True})
    return meeting


# -- what the other services of meetings use too ----------------------------------------------------------------------


def locked(by: User, meeting: TeamMeeting, *statuses: str) -> TeamMeeting:
    """The meeting as it is now; who writes in it too waits. Raises PermissionDenied, or DomainError for its state."""
    if not is_in(by, meeting):
        raise PermissionDenied(_("Only the team that meets writes here."))
    meeting = _lock(meeting)
    require_status(meeting, *statuses)
    return meeting


def locked_item(by: User, item: AgendaItem, *statuses: str) -> AgendaItem:
    """The item as it is now, of a meeting in one of `statuses`, for who may read it. Raises as `locked`."""
    meeting = locked(by, item.meeting, *statuses)
    found = readable_items(by).filter(pk=item.pk).select_related("case__person", "case__partner").first()
    if found is None:
        raise PermissionDenied(_("The file of this case is closed to you."))
    found.meeting = meeting
    return found


def require_status(meeting: TeamMeeting, *statuses: str) -> None:
    """Raise DomainError, in words, unless the meeting is in one of `statuses`."""
    if meeting.status not in statuses:
        told = {
            Status.PLANNED: _("The meeting has not begun yet."),
            Status.RUNNING: _("The meeting is under way already."),
            Status.CLOSED: _("The meeting is closed: its minutes are only added to."),
            Status.CALLED_OFF: _("The meeting was called off."),
        }
        raise DomainError(told[Status(meeting.status)])


def log_meeting(action: str, by: User | None, meeting: TeamMeeting, detail: dict[str, object] | None = None) -> None:
    """Write the audit row of a change to a meeting."""
    audit.record(
        action, by=by, object_type="cases.teammeeting", object_id=meeting.pk, partner_id=meeting.partner_id,
        detail=detail,
    )  # fmt: skip


def log_item(action: str, by: User | None, item: AgendaItem, detail: dict[str, object] | None = None) -> None:
    """Write the audit row of a change to an item; on a case it belongs to the file of the person."""
    audit.record(
        action, by=by, object_type="cases.agendaitem", object_id=item.pk, partner_id=item.meeting.partner_id,
        person_id=item.case.person_id if item.case else None, detail=detail,
    )  # fmt: skip


def _lock(meeting: TeamMeeting) -> TeamMeeting:
    found = TeamMeeting.objects.select_for_update(of=("self",)).select_related("team", "partner", "chair")
    return found.get(pk=meeting.pk)


def _require_meets(by: User, team: Team) -> None:
    require(by, Permission.WORK_ON_CASE, team.partner_id)
    if team.pk not in team_ids_of(by):
        raise PermissionDenied(_("Only the team that meets writes here."))


def _check_plan(team: Team, starts_at: datetime, chair: User) -> None:
    now = timezone.now()
    if not now - WRITTEN_UP <= starts_at <= now + MOST_AHEAD:
        raise DomainError(_("Choose a day from 30 days ago to a year from now."), field="starts_at")
    if not team_members(team).filter(pk=chair.pk).exists():
        raise DomainError(_("Whoever leads the meeting is in the team."), field="chair")


def _standing_meetings(team: Team) -> QuerySet[TeamMeeting]:
    return TeamMeeting.objects.filter(team=team).exclude(status=Status.CALLED_OFF)


def _some(words: str, otherwise: str) -> str:
    if not words.strip():
        raise DomainError(otherwise, field="words")
    return words.strip()


def _stored(code: str, reason: Reason) -> list[str]:
    return [code, reason.since.isoformat(), reason.detail]


def _add_reasons(item: AgendaItem, reasons: Iterable[list[str]]) -> None:
    known = {tuple(reason) for reason in item.reasons}
    if fresh := [reason for reason in reasons if tuple(reason) not in known]:
        item.reasons = [*item.reasons, *fresh]
        item.save(update_fields=["reasons"])


def _put(
    meeting: TeamMeeting, *, case_id: uuid.UUID | None = None, words: str = "", reasons: list[list[str]] | None = None,
    by: User | None = None, disagreement: bool = False, came_from: AgendaItem | None = None,
    pk: uuid.UUID | None = None,
) -> AgendaItem:  # fmt: skip
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    return AgendaItem.objects.create(
        pk=pk or uuid7(), meeting=meeting, case_id=case_id, words=words, reasons=reasons or [], put_by=by,
        disagreement=disagreement, came_from=came_from, position=last + 1,
    )  # fmt: skip


def _bring_back(meeting: TeamMeeting, there: dict[uuid.UUID | None, AgendaItem]) -> list[AgendaItem]:
    """What earlier meetings put off, or nobody held, and no meeting has taken up since; gives what is new here."""
    put_off = Q(state=State.PUT_OFF, meeting__status__in=(Status.CLOSED, Status.CALLED_OFF))
    never_held = Q(
        state=State.OPEN, meeting__status=Status.PLANNED, meeting__starts_at__lt=midnight(timezone.localdate())
    )
    waiting = AgendaItem.objects.filter(
        put_off | never_held, meeting__team=meeting.team_id, meeting__starts_at__lt=meeting.starts_at,
        went_to__isnull=True,
    )  # fmt: skip
    new = []
    for before in waiting.select_related("meeting", "case").order_by("meeting__starts_at", "position", "id"):
        if before.case is not None and not before.case.is_open:
            continue
        again = [PUT_OFF, timezone.localdate(before.meeting.starts_at).isoformat(), ""]
        kept = [reason for reason in before.reasons if reason[0] != PUT_OFF]
        if item := there.get(before.case_id) if before.case_id else None:
            AgendaItem.objects.filter(pk=item.pk, came_from__isnull=True).update(came_from=before)
            _add_reasons(item, [again])
            continue
        item = _put(
            meeting, case_id=before.case_id, words=before.words, reasons=[again, *kept], by=before.put_by,
            disagreement=before.disagreement, came_from=before,
        )  # fmt: skip
        there[before.case_id] = item
        new.append(item)
    return new
