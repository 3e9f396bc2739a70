"""What the page of a meeting shows of each point: who, why it is here, what happened lately, what was decided."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from lgnet.cases.agenda import label_of
from lgnet.cases.meeting_models import AgendaItem, Decision, TeamMeeting
from lgnet.cases.meeting_selectors import ON, note_read_of, readable_items, standing
from lgnet.cases.models import Case, CaseMember
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import JourneyEvent

EVENTS, BEFORE = 3, 5  # shown of each case


@dataclass
class Point:
    """An item as its card shows it."""

    item: Any
    reasons: list[tuple[str, date, str]]
    events: list[JourneyEvent] = field(default_factory=list)
    before: list[Decision] = field(default_factory=list)
    workers: list[User] = field(default_factory=list)
    may_decide: bool = False
    form: Any = None

    @property
    def case(self) -> Case | None:
        """The case it is about, or none."""
        found: Case | None = self.item.case
        return found


def points_of(user: User, meeting: TeamMeeting) -> list[Point]:
    """The points that the reader may see, in order; each read of a case is logged. As many queries for many."""
    rows = readable_items(user).filter(meeting=meeting, state__in=ON)
    items = list(
        rows.select_related("case__person", "case__manager", "put_by").prefetch_related(standing(), "addenda__by")
    )
    cases = [item.case for item in items if item.case is not None]
    events, before, workers = _events(cases), _before(meeting, cases), _workers(cases)
    works_here = meeting.partner_id in access_of(user).partner_ids(Permission.WORK_ON_CASE)
    points = []
    for item in items:
        note_read_of(user, item)
        point = Point(item, reasons_in_words(item), may_decide=item.case is None)
        if item.case is not None:
            point.events, point.before = events[item.case.person_id], before[item.case_id]
            point.workers = workers[item.case_id]
            point.may_decide = works_here and item.case.is_open and user in point.workers
        points.append(point)
    return points


def reasons_in_words(item: AgendaItem) -> list[tuple[str, date, str]]:
    """Why it is on the agenda: each reason in words, the day since when, what else is told."""
    return [(label_of(code), date.fromisoformat(since), words) for code, since, words in item.reasons]


def _events(cases: Iterable[Case]) -> dict[uuid.UUID, list[JourneyEvent]]:
    number = Window(RowNumber(), partition_by="person", order_by=F("occurred_at").desc())
    rows = JourneyEvent.objects.filter(person__in=[case.person_id for case in cases], voided_at__isnull=True)
    found: dict[Any, list[JourneyEvent]] = defaultdict(list)
    latest = rows.annotate(number=number).filter(number__lte=EVENTS)
    for event in latest.select_related("service_type", "team").order_by("-occurred_at"):
        found[event.person_id].append(event)
    return found


def _before(meeting: TeamMeeting, cases: Iterable[Case]) -> dict[Any, list[Decision]]:
    rows = Decision.objects.filter(item__case__in=[case.pk for case in cases], withdrawn_at__isnull=True)
    found: dict[Any, list[Decision]] = defaultdict(list)
    for one in rows.exclude(item__meeting=meeting).select_related("item", "owner", "task").order_by("-created_at"):
        if len(found[one.item.case_id]) < BEFORE:
            found[one.item.case_id].append(one)
    return found


def _workers(cases: Iterable[Case]) -> dict[Any, list[User]]:
    rows = CaseMember.objects.filter(case__in=[case.pk for case in cases], ends_at__isnull=True)
    found: dict[Any, list[User]] = defaultdict(list)
    for row in rows.select_related("user").order_by("user__full_name"):
        found[row.case_id].append(row.user)
    return found
