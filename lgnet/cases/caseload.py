"""How much everybody carries: open cases by colleague or by team, how heavy they are, what is late in them.

The weight is a stated rule, not a judgement: an open case counts 1; 1 more when its file is restricted; 1 more when an
in-depth assessment was made, as it is in complex situations. Of one household that the same colleague follows the
heaviest case counts, and half a point for each of the others.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from lgnet.cases.codes import AssessmentKind
from lgnet.cases.models import Assessment, Case, CaseMember, Goal
from lgnet.cases.plan_versions import goals_in_force
from lgnet.cases.selectors import listed_cases, without_signed_plan
from lgnet.cases.visibility import of_whole_cases
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission

QUIET_DAYS, LATELY_DAYS = 30, 90
WITH_OTHERS = 0.5  # for each more of a household


@dataclass
class Load:
    """One colleague or team: its numbers by name."""

    key: uuid.UUID
    name: str
    numbers: Counter[str] = field(default_factory=Counter)
    weight: float = 0

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]


def sees_caseload(user: User) -> bool:
    """Who works on cases, and the coordinator."""
    return bool(access_of(user).permissions & {Permission.WORK_ON_CASE, Permission.ASSIGN_CASE})


def quiet(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Of `listed_cases`: open, and nothing has happened for 30 days."""
    since = timezone.now() - timedelta(days=QUIET_DAYS)
    silent = Q(last_event_at__lt=since) | Q(last_event_at__isnull=True)
    return rows.filter(silent, status=Case.Status.OPEN)


def with_overdue_goals(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Open cases with a goal of the latest signed plan that should have been reached by now."""
    goals = goals_in_force().filter(
        plan__case=OuterRef("pk"), status=Goal.Status.OPEN, due_on__lt=timezone.localdate()
    )  # fmt: skip
    return rows.filter(Exists(goals), status=Case.Status.OPEN)


def opened_lately(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Taken in charge in the last 90 days, closed since or not."""
    return rows.filter(opened_on__gte=timezone.localdate() - timedelta(days=LATELY_DAYS))


def closed_lately(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Closed in the last 90 days."""
    return rows.filter(closed_on__gte=timezone.localdate() - timedelta(days=LATELY_DAYS))


# What each number counts; the list of cases filters by the same.
NARROWED: dict[str, Callable[[QuerySet[Any]], QuerySet[Any]]] = {
    "quiet": quiet, "unplanned": without_signed_plan, "overdue": with_overdue_goals, "opened": opened_lately,
    "closed": closed_lately,
}  # fmt: skip


def worked_on_by(rows: QuerySet[Any], member: User) -> QuerySet[Any]:
    """Cases in which somebody works now without managing them."""
    works = CaseMember.objects.filter(case=OuterRef("pk"), user=member, ends_at__isnull=True)
    return rows.filter(Exists(works), status=Case.Status.OPEN).exclude(manager=member)


def loads_by_colleague(user: User) -> list[Load]:
    """Everybody who manages or works on a case the user may list, the heaviest first."""
    loads = _loads(user, "manager")
    shown = listed_cases(user).filter(status=Case.Status.OPEN).order_by().values("pk")
    rows = CaseMember.objects.filter(case__in=shown, ends_at__isnull=True).values_list(
        "user_id", "user__full_name", "case__manager_id"
    )
    for key, name, manager in rows:
        if key != manager:
            loads.setdefault(key, Load(key, name)).numbers["member"] += 1
    return _heaviest_first(loads.values())


def loads_by_team(user: User) -> list[Load]:
    """The same by team."""
    return _heaviest_first(_loads(user, "team").values())


def _loads(user: User, by: str) -> dict[Any, Load]:
    name = {"manager": "manager__full_name", "team": "team__name"}[by]
    loads: dict[Any, Load] = {}
    rows = listed_cases(user).order_by()
    open_cases = rows.filter(status=Case.Status.OPEN)

    def load(key: Any, label: str) -> Load:
        return loads.setdefault(key, Load(key, label))

    for key, label in open_cases.values_list(by, name):
        load(key, label).numbers["managed"] += 1
    read = of_whole_cases(user, "pk")  # what is in a case is counted for who reads it
    for what, narrow in NARROWED.items():
        for key, label in narrow(rows.filter(read)).values_list(by, name):
            load(key, label).numbers[what] += 1
    for key, weight in _weights(open_cases.filter(read), by).items():
        loads[key].weight = weight
    return loads


def _weights(open_cases: QuerySet[Any], by: str) -> dict[Any, float]:
    in_depth = Assessment.objects.filter(case=OuterRef("pk"), kind=AssessmentKind.IN_DEPTH)
    found: dict[Any, dict[Any, list[int]]] = defaultdict(lambda: defaultdict(list))
    rows = open_cases.annotate(in_depth=Exists(in_depth))
    for key, pk, household, restricted, complex_one in rows.values_list(
        by, "pk", "person__household_id", "person__restricted", "in_depth"
    ):
        found[key][household or pk].append(1 + bool(restricted) + bool(complex_one))
    return {key: sum(weight_of(cases) for cases in homes.values()) for key, homes in found.items()}


def weight_of(cases: Sequence[int]) -> float:
    """The weight of the cases of one household: the heaviest, and half a point for each of the others."""
    return max(cases) + WITH_OTHERS * (len(cases) - 1) if cases else 0


def _heaviest_first(loads: Iterable[Load]) -> list[Load]:
    return sorted(loads, key=lambda one: (-one.weight, one.name, str(one.key)))
