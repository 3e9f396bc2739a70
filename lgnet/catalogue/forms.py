"""Forms of teams and of who works in them."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Site, Team
from lgnet.catalogue.selectors import Colleague
from lgnet.core.forms import DayField, LgForm, LgModelForm
from lgnet.core.once import RecordIdField
from lgnet.network.models import Partner, User

_LABELS = {
    "partner": _("Partner"), "kind": _("Kind"), "name": _("Name"), "site": _("Site"), "schedule": _("Days and hours"),
    "crew": _("Professions"), "reach": _("Address and telephone"),
}  # fmt: skip
_HELP = {
    "kind": _(
        "It says what the team may do: only a mobile unit records contacts, only a desk receives people. A service "
        "outside the network has no people here: first aid, a canteen, a shelter of others."
    ),
    "name": _("As colleagues of other teams know it: they choose it when they send somebody."),
    "crew": _("For example: educators, psychologists, mediators. Who works in it you say on its page."),
    "reach": _("If it has no site that tells them. They are printed on the cards of those who are sent there."),
}


class _TeamForm(LgModelForm):
    """What a team is; the service writes it."""

    class Meta:
        model = Team
        fields = ["kind", "name", "site", "schedule", "crew", "reach"]
        labels = _LABELS
        help_texts = _HELP

    def offer_sites(self, sites: Q) -> None:
        """Offer the sites that fit the condition, told apart by city."""
        field = cast(forms.ModelChoiceField, self.fields["site"])
        field.queryset = Site.objects.filter(sites).select_related("partner").order_by("partner__short_name", "name")
        field.empty_label = _("no site")

    def _post_clean(self) -> None:
        """Leave the row as it is: the service changes it."""


class TeamForm(_TeamForm):
    """A new team, at one of the partners whose staff the reader manages."""

    record_id = RecordIdField()

    class Meta(_TeamForm.Meta):
        fields = ["partner", *_TeamForm.Meta.fields]

    def __init__(self, *args: Any, partners: Sequence[Partner], **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_sites(Q(partner__in=partners, is_active=True))
        self.fields["kind"].choices = [("", _("Choose what it does")), *Team.Kind.choices]  # type: ignore[attr-defined]
        field = cast(forms.ModelChoiceField, self.fields["partner"])
        field.queryset = Partner.objects.filter(pk__in=[partner.pk for partner in partners]).order_by("short_name")
        if len(partners) == 1:
            field.widget, field.disabled, self.initial["partner"] = forms.HiddenInput(), True, partners[0].pk
        else:
            site = cast(forms.ModelChoiceField, self.fields["site"])
            site.label_from_instance = _with_city  # type: ignore[method-assign, assignment]


class TeamEditForm(_TeamForm):
    """Change a team; what it does is fixed once somebody has worked in it."""

    class Meta(_TeamForm.Meta):
        fields = [*_TeamForm.Meta.fields, "is_active"]
        labels = _LABELS | {"is_active": _("The team is active")}
        help_texts = _HELP | {
            "is_active": _("Closed, it stays in what was recorded, but nobody works in it and nobody is sent to it.")
        }

    def __init__(self, *args: Any, kind_is_fixed: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_sites(Q(partner=self.instance.partner_id, is_active=True) | Q(pk=self.instance.site_id))
        if kind_is_fixed:
            self.fields["kind"].disabled = True
            self.fields["kind"].help_text = _("Somebody has worked in it, so this stays.")


def _with_city(site: Site) -> str:
    return f"{site.partner.short_name} · {site.name}"


class _DaysForm(LgForm):
    """From when to when somebody works in a team."""

    record_id = RecordIdField()
    starts_on = DayField(label=_("From"), initial=timezone.localdate)
    ends_on = DayField(label=_("To"), required=False, help_text=_("Leave empty if it is not known."))


class AddColleagueForm(_DaysForm):
    """Put a colleague in this team: those in no team come first."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Colleague"), empty_label=_("Choose a colleague"))
    field_order = ("record_id", "user", "starts_on", "ends_on")

    def __init__(self, *args: Any, team: Team, free: list[Colleague], busy: list[Colleague], **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ModelChoiceField, self.fields["user"])
        # more than are offered: the service says why one will not do
        field.queryset = User.objects.filter(memberships__partner=team.partner_id).distinct()
        groups = ((_("In no team"), free), (_("In another team"), busy))
        field.choices = [
            ("", _("Choose a colleague")),
            *((label, [(str(one.user.pk), f"{one.user.full_name} · {one.roles}") for one in some])
              for label, some in groups if some),
        ]  # fmt: skip


class ChooseTeamForm(_DaysForm):
    """Put this colleague in a team; the usual one for the role is chosen already."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Which team"), empty_label=_("Choose a team"))
    back = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("record_id", "team", "starts_on", "ends_on", "back")

    def __init__(self, *args: Any, teams: list[Team], known: QuerySet[Team], **options: Any) -> None:
        super().__init__(*args, **options)
        field = cast(forms.ModelChoiceField, self.fields["team"])
        field.queryset = known  # the service says why one that is not offered will not do
        field.choices = [("", _("Choose a team")), *((str(team.pk), team.name) for team in teams)]


class LeaveForm(LgForm):
    """The last day in the team."""

    last_day = DayField(
        label=_("Last day"),
        initial=timezone.localdate,
        help_text=_("Today or an earlier day takes effect at once; a later day after that day."),
    )
