"""Which version of a plan is in force: the signed one that no newer signed one follows."""

from django.db.models import Exists, OuterRef, QuerySet

from lgnet.cases.models import Case, Goal, Plan, PlanAction

SIGNED = Plan.Status.SIGNED


def newer_signed(plan: str = "") -> Exists:
    """Whether a newer version was signed; `plan` is the path from the row to its plan, nothing for plans themselves."""
    path = f"{plan}__" if plan else ""
    return Exists(
        Plan.objects.filter(case=OuterRef(f"{path}case"), version__gt=OuterRef(f"{path}version"), status=SIGNED)
    )


def goals_in_force() -> QuerySet[Goal]:
    """Goals of the plans in force of open cases."""
    return Goal.objects.filter(
        ~newer_signed("plan"), plan__status=SIGNED, plan__case__status=Case.Status.OPEN
    )  # fmt: skip


def in_force() -> QuerySet[PlanAction]:
    """Actions of the plans in force of open cases."""
    return PlanAction.objects.filter(
        ~newer_signed("goal__plan"), goal__plan__status=SIGNED, goal__plan__case__status=Case.Status.OPEN
    )


def is_replaced(plan: Plan) -> bool:
    """Whether a newer version of this plan was signed."""
    return Plan.objects.filter(case=plan.case_id, version__gt=plan.version, status=SIGNED).exists()
