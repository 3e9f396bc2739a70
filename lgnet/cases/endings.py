"""How a case ended, told together: housing from entry to exit, goals by area, whether the person was asked."""

from dataclasses import dataclass, field

from lgnet.cases.after_models import Helpfulness, HelpfulnessNotAsked
from lgnet.cases.ethos import Change, change_of_housing, housing_at_entry
from lgnet.cases.models import Case, Goal, Plan
from lgnet.catalogue.models import ServiceType
from lgnet.people.codes import HousingSituation

S = Goal.Status


@dataclass
class Area:
    """The goals of one area, by what became of them."""

    label: str
    reached: int = 0
    partly: int = 0
    not_reached: int = 0
    no_answer: int = 0  # nobody said what became of it

    @property
    def total(self) -> int:
        """How many goals there were."""
        return self.reached + self.partly + self.not_reached + self.no_answer


@dataclass
class Ending:
    """What came of a closed case."""

    entry: str
    exit: str
    change: Change
    areas: list[Area] = field(default_factory=list)
    said: Helpfulness | None = None
    not_asked: HelpfulnessNotAsked | None = None


def ending_of(case: Case) -> Ending:
    """How a case ended that the caller has opened."""
    before = housing_at_entry(case)
    plan = case.plans.filter(status=Plan.Status.SIGNED).order_by("-version").first()
    return Ending(
        entry=_words(before), exit=_words(case.housing_at_exit), change=change_of_housing(before, case.housing_at_exit),
        areas=areas_of(list(plan.goals.all())) if plan else [],
        said=Helpfulness.objects.filter(case=case).first(),
        not_asked=HelpfulnessNotAsked.objects.filter(case=case).first(),
    )  # fmt: skip


def areas_of(goals: list[Goal]) -> list[Area]:
    """The goals counted by area, in the order in which the areas come up."""
    found: dict[str, Area] = {}
    columns = {S.REACHED: "reached", S.PARTLY: "partly", S.NOT_REACHED: "not_reached", S.OPEN: "no_answer"}
    for goal in goals:
        area = found.setdefault(goal.area, Area(str(ServiceType.Area(goal.area).label)))
        name = columns[S(goal.status)]
        setattr(area, name, getattr(area, name) + 1)
    return list(found.values())


def _words(housing: str) -> str:
    return str(HousingSituation(housing).label) if housing else ""
