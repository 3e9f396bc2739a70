"""Columns and filters of the lists of referrals and cases."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Case, Referral
from lgnet.cases.selectors import case_managers, without_signed_plan
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.tables import Column, FilterForm
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission

REFERRAL_KINDS = {
    "sent": "warning", "accepted": "info", "arrived": "success", "refused": "danger", "withdrawn": "neutral",
}  # fmt: skip
CASE_KINDS = {"open": "info", "closed": "neutral"}
ALL = ("", _("all"))
LATE_DAYS = 7  # a referral should have its answer within a week (DOMAIN 8, result 2)
PLAN_DAYS = 60  # time to the first meeting on the plan, as in the national measure (DOMAIN 3)


class ReferralFilter(FilterForm):
    """Direction, state and how long it waits."""

    q = forms.CharField(label=_("Called, or code"), required=False, max_length=80)
    direction = forms.ChoiceField(
        label=_("Direction"),
        required=False,
        choices=[ALL, ("to", _("to my teams")), ("from", _("from my teams"))],
    )
    status = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[ALL, ("open", _("expected: sent or accepted")), *Referral.Status.choices],
    )
    late = forms.BooleanField(label=_("no answer for more than 7 days"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def apply(self, rows: QuerySet[Referral]) -> QuerySet[Referral]:
        """Keep the referrals asked for."""
        data, teams = self.cleaned_data, team_ids_of(self.user)
        if text := data.get("q"):
            rows = rows.filter(
                Q(called__icontains=text)
                | Q(Q(from_team__in=teams) | Q(to_team__in=teams), code__iexact=text)
                | Q(person__given_names__icontains=text)
                | Q(person__family_names__icontains=text)
            )
        if direction := data.get("direction"):
            rows = rows.filter(Q(to_team__in=teams) if direction == "to" else Q(from_team__in=teams))
        if status := data.get("status"):
            rows = rows.filter(status__in=Referral.OPEN if status == "open" else [status])
        if data.get("late"):
            limit = timezone.now() - timedelta(days=LATE_DAYS)
            rows = rows.filter(status=Referral.Status.SENT, sent_at__lt=limit)
        return rows


def who_is_sent(referral: Referral) -> str:
    """What the person is called, or that it is somebody unknown who carries a card."""
    if referral.person:
        return referral.person.name_as_used
    return referral.called or str(_("somebody unknown, with a card"))


def referral_columns(user: User) -> list[Column]:
    """Who, from where to where, since when, in which state; what waits for the reader is marked."""
    teams = team_ids_of(user)

    def link(referral: Referral) -> str:
        return reverse("referral_detail", args=[referral.pk])

    return [
        Column("sent_at", _("Sent"), lambda r: r.sent_at, sort="sent_at"),
        Column("who", _("Who"), who_is_sent, link=link),
        Column("code", _("Card"), lambda r: r.code if {r.from_team_id, r.to_team_id} & teams else None, code=True),
        Column("from_team", _("From"), lambda r: r.from_team.name, sort="from_team__name"),
        Column(
            "to_team", _("To"), lambda r: _("%(team)s (my team)") % {"team": r.to_team.name}
            if r.to_team_id in teams else r.to_team.name, sort="to_team__name",
        ),
        Column(
            "status", _("State"), lambda r: r.get_status_display(), badge=lambda r: REFERRAL_KINDS[r.status],
            sort="status",
        ),
        Column("answered_at", _("Answered"), lambda r: r.answered_at),
        Column("sent_by", _("Sent by"), lambda r: r.sent_by.full_name, export_only=True),
    ]  # fmt: skip


class CaseFilter(FilterForm):
    """Mine, of my team or of the city; state, manager, and what is late."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    whose = forms.ChoiceField(
        label=_("Whose"),
        required=False,
        choices=[ALL, ("mine", _("those I work on")), ("managed", _("those I manage")), ("team", _("of my team"))],
    )
    status = forms.ChoiceField(label=_("State"), required=False, choices=[ALL, *Case.Status.choices])
    manager = forms.ModelChoiceField(User.objects.none(), label=_("Case manager"), required=False, empty_label=_("all"))
    plan = forms.ChoiceField(
        label=_("Plan"),
        required=False,
        choices=[
            ALL,
            ("unsigned", _("open, no signed plan")),
            ("late", _("open, no signed plan for more than 60 days")),
        ],
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["manager"].queryset = case_managers(user)  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the cases asked for."""
        data = self.cleaned_data
        if text := data.get("q"):
            rows = rows.filter(
                Q(person__nickname__icontains=text)
                | Q(person__given_names__icontains=text)
                | Q(person__family_names__icontains=text)
                | Q(person__pseudonym__iexact=text)
            )
        match data.get("whose"):
            case "mine":
                rows = rows.filter(mine=True)
            case "managed":
                rows = rows.filter(manager=self.user)
            case "team":
                rows = rows.filter(team__in=team_ids_of(self.user))
        if status := data.get("status"):
            rows = rows.filter(status=status)
        if manager := data.get("manager"):
            rows = rows.filter(manager=manager)
        if plan := data.get("plan"):
            rows = without_signed_plan(rows, for_days=PLAN_DAYS if plan == "late" else 0)
        return rows


def days_since(moment: Any) -> int | str:
    """Whole days from a moment to now, or nothing."""
    return (timezone.localdate() - timezone.localtime(moment).date()).days if moment else ""


def case_columns(user: User) -> list[Column]:
    """Name, team and manager for everybody of the city; the rest only where the reader may read the file.

    For who may assign cases the manager leads to the page that says who works on the case.
    """
    assigns = access_of(user).partner_ids(Permission.ASSIGN_CASE)

    def assign(case: Case) -> str | None:
        may = case.is_open and case.partner_id in assigns
        return reverse("case_team", args=[case.pk]) if may else None

    return [
        Column(
            "person", _("Person"), lambda c: c.person.name_as_used,
            link=lambda c: reverse("case_detail", args=[c.pk]), sort="person__family_names",
        ),
        Column("pseudonym", _("Code"), lambda c: c.person.pseudonym, code=True),
        Column("team", _("Team"), lambda c: c.team.name, sort="team__name"),
        Column("manager", _("Case manager"), lambda c: c.manager.full_name, link=assign, sort="manager__full_name"),
        Column(
            "status", _("State"), lambda c: c.get_status_display(), badge=lambda c: CASE_KINDS[c.status], sort="status"
        ),
        Column("opened_on", _("In charge since"), lambda c: c.opened_on, sort="opened_on"),
        Column(
            "last_event", _("Days since last event"), lambda c: days_since(c.last_event_at) if c.file_open else ""
        ),
        Column("closed_on", _("Closed"), lambda c: c.closed_on if c.file_open else "", export_only=True),
        Column("outcome", _("Outcome"), lambda c: c.get_outcome_display() if c.file_open else "", export_only=True),
    ]  # fmt: skip
