"""Forms of the set-up: rooms, kinds of appointment, openings, absences, days of the city."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType, Team
from lgnet.catalogue.selectors import team_members
from lgnet.core.forms import DayField, LgForm, MomentField
from lgnet.core.languages import COMMON, language_name
from lgnet.core.once import RecordIdField
from lgnet.desks.appointment_forms import WeekdaysField
from lgnet.desks.appointment_models import Absence, AppointmentKind, Opening, Room
from lgnet.desks.appointment_planning import MOST_WEEKS, KindDetails, OpeningPlan
from lgnet.desks.appointment_words import documents_choices
from lgnet.network.models import Membership, User
from lgnet.network.roles import TEAM_ROLES


class RoomForm(LgForm):
    """A room; once made it can be taken out of use."""

    record_id = RecordIdField()
    name = forms.CharField(label=_("Name"), max_length=60, help_text=_("As it says on the door."))
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class KindForm(LgForm):
    """What can be booked with a team."""

    record_id = RecordIdField()
    name_it = forms.CharField(label=_("Name in Italian"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    area = forms.ChoiceField(label=_("Area"), choices=ServiceType.Area.choices, initial=ServiceType.Area.ORIENTATION)
    way = forms.ChoiceField(label=_("How"), choices=AppointmentKind.Way.choices)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=5, max_value=480, initial=30)
    places = forms.IntegerField(
        label=_("Places"), min_value=1, max_value=200, initial=1, help_text=_("More than one makes it a group.")
    )
    booked_by_whom = forms.ChoiceField(
        label=_("Who books it"), choices=AppointmentKind.BookedBy.choices, initial=AppointmentKind.BookedBy.CITY
    )
    lead_hours = forms.IntegerField(
        label=_("Hours of notice"), min_value=0, max_value=720, initial=0,
        help_text=_("The person books at least so many hours before; who works here may book later."),
    )  # fmt: skip
    documents = forms.MultipleChoiceField(label=_("To bring"), required=False, widget=forms.CheckboxSelectMultiple)
    documents_note = forms.CharField(
        label=_("Also to bring"),
        max_length=200,
        required=False,
        help_text=_("Shown as you write it, in no other language."),
    )
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["documents"].choices = documents_choices(get_language() or "it")  # type: ignore[attr-defined]

    def details(self) -> KindDetails:
        """What the services want to know."""
        return KindDetails(**{name: self.cleaned_data[name] for name in KindDetails.__dataclass_fields__})


class ConfirmedField(forms.BooleanField):
    """Shown once somebody is booked whom the change would leave without anybody to receive them."""

    def __init__(self) -> None:
        super().__init__(label=_("I have seen who is booked: they will be moved"), required=False)


class OpeningForm(LgForm):
    """When an operator receives people."""

    record_id = RecordIdField()
    kinds = forms.ModelMultipleChoiceField(
        AppointmentKind.objects.none(), label=_("What can be booked"), widget=forms.CheckboxSelectMultiple
    )
    operator = forms.ModelChoiceField(User.objects.none(), label=_("Who receives"))
    from_clock = forms.TimeField(label=_("From hour"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    until_clock = forms.TimeField(label=_("Until hour"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    weekdays = WeekdaysField(label=_("Days of the week"), help_text=_("Leave empty for the first day alone."))
    every_weeks = forms.IntegerField(label=_("Every how many weeks"), min_value=1, max_value=MOST_WEEKS, initial=1)
    starts_on = DayField(label=_("First day"), initial=timezone.localdate)
    ends_on = DayField(label=_("Last day"), required=False)
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False)
    mediator = forms.ModelChoiceField(User.objects.none(), label=_("Mediator"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages in which people are received"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    confirmed = ConfirmedField()

    def __init__(self, *args: Any, team: Team, opening: Opening | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        kept = opening.kinds.values("pk") if opening else []
        in_use = Q(is_active=True) | Q(pk__in=kept)
        fields["kinds"].queryset = AppointmentKind.objects.filter(in_use, team=team)
        fields["operator"].queryset = team_members(team)
        rooms = Q(is_active=True) | Q(pk=opening.room_id if opening else None)
        fields["room"].queryset = Room.objects.filter(rooms, site=team.site_id)
        fields["mediator"].queryset = colleagues_of(team)
        fields["languages"].choices = [(code, language_name(code)) for code in COMMON]

    def plan(self) -> OpeningPlan:
        """What the services want to know."""
        return OpeningPlan(**{name: self.cleaned_data[name] for name in OpeningPlan.__dataclass_fields__})


class EndForm(LgForm):
    """Up to which day an opening lasts."""

    last_day = DayField(label=_("Last day"), initial=timezone.localdate)
    confirmed = ConfirmedField()


class AbsenceForm(LgForm):
    """Who or what is not there, from when to when."""

    record_id = RecordIdField()
    operator = forms.ModelChoiceField(
        User.objects.none(), label=_("Who"), required=False, empty_label=_("the whole team, or a room")
    )
    room = forms.ModelChoiceField(Room.objects.none(), label=_("Room"), required=False, empty_label=_("no room alone"))
    starts_at = MomentField(label=pgettext_lazy("absence", "From"))
    ends_at = MomentField(label=pgettext_lazy("absence", "Until"))
    reason = forms.ChoiceField(label=_("Reason"), choices=Absence.Reason.choices)
    confirmed = ConfirmedField()

    def __init__(self, *args: Any, team: Team, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["operator"].queryset = team_members(team)
        fields["room"].queryset = Room.objects.filter(is_active=True, site=team.site_id)


class CityDayForm(LgForm):
    """A day on which the city is closed, or open although it is a holiday."""

    day = DayField(label=_("Day"))
    is_open = forms.TypedChoiceField(
        label=_("On this day"), coerce=lambda text: text == "open",
        choices=[("closed", _("nobody is received")), ("open", _("people are received, although it is a holiday"))],
    )  # fmt: skip
    name = forms.CharField(label=_("Why"), required=False, max_length=80)
    confirmed = ConfirmedField()


def colleagues_of(team: Team) -> Any:
    """Who works for the city in a team, and may come along as a mediator."""
    posts = Membership.objects.current().filter(partner=team.partner_id, role__in=TEAM_ROLES, user__is_active=True)
    return User.objects.filter(pk__in=posts.values("user_id")).order_by("full_name")
