"""Columns and filters of the lists of referrals and cases."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from lgnet.cases.caseload import NARROWED, worked_on_by
from lgnet.cases.models import Case, Receiver, Referral
from lgnet.cases.referral_clocks import receiver_of
from lgnet.cases.selectors import case_managers, without_signed_plan
from lgnet.cases.visibility import of_whole_cases
from lgnet.catalogue.models import Team
from lgnet.catalogue.selectors import team_ids_of
from lgnet.core.addresses import address_of
from lgnet.core.forms import offer_names
from lgnet.core.tables import Column, FilterForm
from lgnet.network.access import access_of
from lgnet.network.models import User
from lgnet.network.roles import Permission
from lgnet.people.models import NAMED

REFERRAL_KINDS = {
    "sent": "warning", "seen": "warning", "accepted": "info", "arrived": "success", "refused": "danger",
    "not_arrived": "danger", "closed": "neutral", "withdrawn": "neutral",
}  # fmt: skip
CASE_KINDS = {"open": "info", "closed": "neutral"}
ALL = ("", _("all"))
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
        choices=[
            ALL,
            ("open", _("expected: sent, seen or accepted")),
            ("unanswered", _("without an answer: sent or seen")),
            *Referral.Status.choices,
        ],
    )
    kind = forms.ChoiceField(
        label=_("Sent to"),
        required=False,
        choices=[
            ALL, ("inside", _("teams of the network")), ("outside", _("bodies outside the network")),
            *Receiver.Kind.choices,
        ],
    )  # fmt: skip
    late = forms.BooleanField(label=_("late: seen, answered or arrived"), required=False)

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
            rows = rows.filter(status__in=_STATES.get(status, [status]))
        if kind := data.get("kind"):
            rows = rows.filter(_SENT_TO.get(kind, Q(to_team__receiver__kind=kind)))
        if data.get("late"):
            rows = rows.filter(status__in=Referral.OPEN, due_at__lt=timezone.now())
        return rows


_STATES = {"open": Referral.OPEN, "unanswered": Referral.UNANSWERED}
_OUTSIDE = Q(to_team__kind=Team.Kind.OUTSIDE)
_SENT_TO = {"inside": ~_OUTSIDE, "outside": _OUTSIDE}


def who_is_sent(referral: Referral) -> str:
    """What the person is called, or that it is somebody unknown who carries a card."""
    if referral.person:
        return referral.person.name_as_used
    return referral.called or str(_("somebody unknown, with a card"))


STEPS = {
    Referral.Status.SENT: _("seen by %(day)s"), Referral.Status.SEEN: _("answer by %(day)s"),
    Referral.Status.ACCEPTED: _("arrival by %(day)s"),
}  # fmt: skip


def due_words(referral: Referral) -> str:
    """Which step is expected until when, and that it is late; nothing when none is."""
    step = STEPS.get(Referral.Status(referral.status))
    if referral.due_at is None or step is None:
        return ""
    words = str(step) % {"day": date_format(timezone.localtime(referral.due_at), "SHORT_DATE_FORMAT")}
    return str(_("late: %(step)s")) % {"step": words} if referral.is_late else words


def receiver_columns() -> list[Column]:
    """Who receives people: what it is, its e-mail, within how many days."""
    return [
        Column(
            "name",
            _("Who receives"),
            lambda t: t.name,
            link=lambda t: address_of("receiver_edit", t.pk),
            sort="name",
        ),
        Column("kind", _("Kind"), lambda t: receiver_of(t).get_kind_display() or t.get_kind_display(), sort="kind"),
        Column("email", _("E-mail"), lambda t: receiver_of(t).email),
        Column("seen_days", _("Seen within (working days)"), lambda t: receiver_of(t).seen_days),
        Column("answer_days", _("Answered within (days)"), lambda t: receiver_of(t).answer_days),
        Column("arrive_days", _("Arrived within (days)"), lambda t: receiver_of(t).arrive_days),
        Column("city", _("City"), lambda t: t.partner.short_name, export_only=True),
    ]


class ReceiverFilter(FilterForm):
    """Name, and which kind."""

    q = forms.CharField(label=_("Name"), required=False, max_length=80)
    kind = ReferralFilter.base_fields["kind"]

    def apply(self, rows: QuerySet[Team]) -> QuerySet[Team]:
        """Keep the teams asked for."""
        if text := self.cleaned_data.get("q"):
            rows = rows.filter(name__icontains=text)
        match self.cleaned_data.get("kind"):
            case "inside":
                rows = rows.exclude(kind=Team.Kind.OUTSIDE)
            case "outside":
                rows = rows.filter(kind=Team.Kind.OUTSIDE)
            case kind if kind:
                rows = rows.filter(receiver__kind=kind)
        return rows


def referral_columns(user: User) -> list[Column]:
    """Who, from where to where, since when, in which state; what waits for the reader is marked."""
    teams = team_ids_of(user)

    def link(referral: Referral) -> str:
        return address_of("referral_detail", referral.pk)

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
        Column(
            "due_at", _("Next step by"), due_words, badge=lambda r: "danger" if r.is_late else "",
            sort="due_at",
        ),
        Column("answered_at", _("Answered"), lambda r: r.answered_at),
        Column("come_at", _("When to come"), lambda r: r.come_at, export_only=True),
        Column("arrived_at", _("Arrived"), lambda r: r.arrived_at, export_only=True),
        Column("result", _("Result"), lambda r: r.get_result_display(), export_only=True),
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
    member = forms.ModelChoiceField(
        User.objects.none(), label=_("Works on it too"), required=False, empty_label=_("all")
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("all"))
    work = forms.ChoiceField(
        label=_("Work"), required=False,
        choices=[
            ALL, ("quiet", _("nothing for 30 days")), ("overdue", _("goals overdue")),
            ("opened", _("taken in charge in the last 90 days")), ("closed", _("closed in the last 90 days")),
        ],
    )  # fmt: skip
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
        offer_names(case_managers(user), "full_name", self.fields["manager"], self.fields["member"])
        partners = access_of(user).partner_ids(Permission.VIEW_CASES)
        teams = Team.objects.filter(partner__in=partners).exclude(kind=Team.Kind.OUTSIDE)
        offer_names(teams.order_by("name"), "name", self.fields["team"])

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the cases asked for; by what is in a case only those that the reader would read whole."""
        data = self.cleaned_data
        if data.get("plan") or data.get("work"):
            rows = rows.filter(of_whole_cases(self.user, "pk"))
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
        return self._of_caseload(rows)

    def _of_caseload(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        data = self.cleaned_data
        if member := data.get("member"):
            rows = worked_on_by(rows, member)
        if team := data.get("team"):
            rows = rows.filter(team=team)
        return NARROWED[data["work"]](rows) if data.get("work") else rows


def days_since(moment: Any) -> int | str:
    """Whole days from a moment to now, or nothing."""
    return (timezone.localdate() - timezone.localtime(moment).date()).days if moment else ""


# What `case_columns` reads, and who is logged as shown.
CASE_NAMES = (*(f"person__{name}" for name in NAMED), "team__name", "manager__full_name")


def with_names(cases: QuerySet[Any]) -> QuerySet[Any]:
    """The rows of the list, with no more of person, team and manager than `case_columns` shows."""
    own = [field.attname for field in Case._meta.concrete_fields]
    return cases.select_related(None).select_related("person", "team", "manager").only(*own, *CASE_NAMES)


def case_columns(user: User) -> list[Column]:
    """Name, team and manager for everybody of the city; the rest only where the reader may read the file.

    For who may assign cases the manager leads to the page that says who works on the case.
    """
    assigns = access_of(user).partner_ids(Permission.ASSIGN_CASE)

    def assign(case: Case) -> str | None:
        may = case.is_open and case.partner_id in assigns
        return address_of("case_team", case.pk) if may else None

    return [
        Column(
            "person", _("Person"), lambda c: c.person.name_as_used,
            link=lambda c: address_of("case_detail", c.pk), sort="person__family_names",
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
