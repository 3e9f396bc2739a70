"""Columns and filters of the lists of plans: actions that wait, reviews that are due."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import CaseMember, Plan, PlanAction, ThingState
from lgnet.core.addresses import address_of
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import User

ALL = ("", _("all"))


class _OfCases(FilterForm):
    """By name or code, and whether of the user's own cases."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=80)
    mine = forms.BooleanField(label=_("of my cases"), required=False)
    case = "case"

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what was asked for."""
        data, person = self.cleaned_data, f"{self.case}__person__"
        if text := data.get("q"):
            rows = rows.filter(
                Q(**{f"{person}given_names__icontains": text}) | Q(**{f"{person}family_names__icontains": text})
                | Q(**{f"{person}nickname__icontains": text}) | Q(**{f"{person}pseudonym__iexact": text})
            )  # fmt: skip
        if data.get("mine"):
            own = CaseMember.objects.filter(user=self.user, ends_at__isnull=True).values("case")
            rows = rows.filter(**{f"{self.case}__in": own})
        return rows


class ActionFilter(_OfCases):
    """Which actions: waiting for somebody, still to do, done."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[
            ("waiting", _("late, or what they waited for came to nothing")), ("late", _("late")),
            ("failed", _("what they waited for came to nothing")), ("open", _("to do or under way")), ALL,
        ],
    )  # fmt: skip
    case = "goal__plan__case"

    def apply(self, rows: QuerySet[PlanAction]) -> QuerySet[PlanAction]:
        """Keep what was asked for."""
        state = self.cleaned_data.get("state")
        late, failed = Q(due_on__lt=timezone.localdate()), Q(thing=ThingState.FAILED)
        if state:
            rows = rows.filter(status__in=PlanAction.STILL)
        wanted = {"waiting": late | failed, "late": late, "failed": failed}
        return super().apply(rows.filter(wanted[state]) if state in wanted else rows)


class ReviewFilter(_OfCases):
    """Which plans: to be looked at again now, or with the scan still missing."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("due", _("review due")), ("scan", _("scan still missing")), ALL],
    )  # fmt: skip

    def apply(self, rows: QuerySet[Plan]) -> QuerySet[Plan]:
        """Keep what was asked for."""
        state = self.cleaned_data.get("state")
        if state == "due":
            rows = rows.filter(review_on__lte=timezone.localdate())
        elif state == "scan":
            rows = rows.filter(signed_how=Plan.Way.PAPER)
        return super().apply(rows)


def action_columns() -> list[Column]:
    """Until when, whose, who does it, how it stands. What is done is in the file, not in a list."""

    def who(row: PlanAction) -> str:
        return row.owner.full_name if row.owner else str(row.get_who_display())

    def state(row: PlanAction) -> str:
        return str(ThingState.FAILED.label) if row.asks_what_next else row.get_status_display()

    return [
        Column("due_on", _("By"), lambda row: row.due_on, sort="due_on"),
        Column("person", _("Who"), lambda row: row.goal.plan.case.person.name_as_used,
               link=lambda row: address_of("case_detail", row.goal.plan.case_id)),
        Column("code", _("Code"), lambda row: row.goal.plan.case.person.pseudonym, code=True),
        Column("does", _("Who does it"), who, sort="owner__full_name"),
        Column("team", _("Team"), lambda row: row.goal.plan.case.team.name, sort="goal__plan__case__team__name"),
        Column("state", _("State"), state,
               badge=lambda row: "danger" if row.is_late or row.asks_what_next else "neutral"),
    ]  # fmt: skip


def review_columns() -> list[Column]:
    """When it is looked at again, whose, which version, whether the scan is there."""

    def scan(row: Plan) -> str:
        return str(_("missing")) if row.waits_for_scan else ""

    return [
        Column("review_on", _("Next review"), lambda row: row.review_on, sort="review_on"),
        Column("person", _("Who"), lambda row: row.case.person.name_as_used,
               link=lambda row: address_of("plan_detail", row.pk)),
        Column("code", _("Code"), lambda row: row.case.person.pseudonym, code=True),
        Column("version", _("Version"), lambda row: row.version, sort="version"),
        Column("signed_on", _("Signed on"), lambda row: row.signed_on, sort="signed_on"),
        Column("manager", _("Case manager"), lambda row: row.case.manager.full_name, sort="case__manager__full_name"),
        Column("scan", _("Scan"), scan, badge=lambda row: "warning" if row.waits_for_scan else "neutral"),
    ]  # fmt: skip
