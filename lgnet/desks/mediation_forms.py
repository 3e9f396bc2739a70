"""Forms of mediators: hours offered, a slot booked, how it ended, who is at the desk now."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType
from lgnet.core.forms import DayField, LgForm
from lgnet.core.languages import language_choices, language_name
from lgnet.core.once import RecordIdField
from lgnet.desks.mediation import Hours
from lgnet.desks.mediation_bookings import LONGEST
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, Way
from lgnet.desks.mediation_slots import Slot
from lgnet.network.models import Membership, Partner, User

LANGUAGES = 4
WEEKDAYS = [
    ("0", _("Monday")), ("1", _("Tuesday")), ("2", _("Wednesday")), ("3", _("Thursday")), ("4", _("Friday")),
    ("5", _("Saturday")), ("6", _("Sunday")),
]  # fmt: skip


def _clock(label: Any, **options: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, input_formats=["%H:%M", "%H:%M:%S"], **options)


class SpokenForm(LgForm):
    """A form with the languages that a mediator speaks."""

    language_1 = forms.ChoiceField(label=_("Language"))
    language_2 = forms.ChoiceField(label=_("Second language"), required=False)
    language_3 = forms.ChoiceField(label=_("Third language"), required=False)
    language_4 = forms.ChoiceField(label=_("Fourth language"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        spoken = [pair for pair in language_choices() if pair[0] != "it"]
        for number in range(1, LANGUAGES + 1):
            nothing = _("choose") if number == 1 else _("none")
            self.fields[f"language_{number}"].choices = [("", nothing), *spoken]  # type: ignore[attr-defined]

    def languages(self) -> list[str]:
        """The codes chosen."""
        named = (self.cleaned_data.get(f"language_{number}") for number in range(1, LANGUAGES + 1))
        return [code for code in named if code]


class OfferForm(SpokenForm):
    """Hours of a mediator."""

    record_id = RecordIdField()
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("City or body"), empty_label=None)
    mediator = forms.ModelChoiceField(
        User.objects.none(), label=_("Colleague"), required=False, empty_label=_("nobody with a sign-in"),
        help_text=_("A colleague finds the bookings in the own calendar."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Name of the mediator"),
        max_length=100,
        required=False,
        help_text=_("Empty: the name of the colleague."),
    )
    ways = forms.MultipleChoiceField(label=_("How"), choices=Way.choices, widget=forms.CheckboxSelectMultiple)
    reach = forms.ChoiceField(label=_("For whom"), choices=MediationOffer.Reach.choices, widget=forms.RadioSelect)
    starts_on = DayField(label=_("First day"))
    weekdays = forms.MultipleChoiceField(
        label=_("Every week on"), choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("None: on the first day only."),
    )  # fmt: skip
    ends_on = DayField(label=_("Last day"), required=False, help_text=_("Empty: until you stop it."))
    opens = _clock(_("From what time"))
    closes = _clock(_("Until what time"))
    slot_minutes = forms.TypedChoiceField(
        label=_("Length of a slot"), coerce=int, choices=[(n, f"{n} min") for n in (15, 20, 30, 45, 60, 90)], initial=30
    )
    how_to_join = forms.CharField(
        label=_("How to join"), max_length=300, required=False,
        help_text=_("The number to call, or the address of the video room. It is told to who has booked."),
    )  # fmt: skip
    field_order = (
        "record_id", "partner", "mediator", "name", "language_1", "language_2", "language_3", "language_4", "ways",
        "reach",
    )  # fmt: skip

    def __init__(self, *args: Any, partners: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        staff = Membership.objects.current().filter(partner__in=partners).values("user_id")
        people: Any = self.fields["mediator"]
        people.queryset = User.objects.filter(pk__in=staff, is_active=True).order_by("full_name")
        people.label_from_instance = lambda user: user.full_name
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]
        if len(partners) == 1:
            self.fields["partner"].widget = forms.HiddenInput()
            self.fields["partner"].initial = partners[0].pk

    def clean(self) -> dict[str, Any]:
        """Hours that end before they begin are said so."""
        data = super().clean() or {}
        if data.get("opens") and data.get("closes") and data["closes"] <= data["opens"]:
            self.add_error("closes", _("This is before the beginning."))
        return data

    def hours(self) -> Hours:
        """What is offered."""
        names = (
            "mediator",
            "name",
            "ways",
            "reach",
            "starts_on",
            "ends_on",
            "opens",
            "closes",
            "slot_minutes",
            "how_to_join",
        )
        data = {name: self.cleaned_data[name] for name in names}
        weekdays = [int(day) for day in self.cleaned_data["weekdays"]]
        return Hours(languages=self.languages(), weekdays=weekdays, **data)


class BookForm(LgForm):
    """A slot of a mediator."""

    record_id = RecordIdField()
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("For which city"), empty_label=None)
    language = forms.ChoiceField(label=_("Language"))
    way = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect)
    area = forms.ChoiceField(
        label=_("About"), choices=[("", _("not said")), *ServiceType.Area.choices], required=False,
        help_text=_("The mediator prepares with it. Write nobody's name anywhere here."),
    )  # fmt: skip
    reach_at = forms.CharField(
        label=_("Where the mediator reaches you"), max_length=100, required=False,
        help_text=_("The number of the desk, not of the person."),
    )  # fmt: skip

    def __init__(self, *args: Any, slot: Slot, partners: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["language"].choices = [(code, language_name(code)) for code in slot.offer.languages]
        is_own = any(partner.pk == slot.offer.partner_id for partner in partners)
        ways = [way for way in slot.offer.ways if is_own or way != Way.IN_PERSON]
        fields["way"].choices = [(way, Way(way).label) for way in ways]
        fields["way"].initial = ways[0] if ways else None
        fields["partner"].queryset = partners
        if len(partners) == 1:
            fields["partner"].widget = forms.HiddenInput()
            fields["partner"].initial = partners[0].pk


class CloseForm(LgForm):
    """How a mediation ended."""

    held = forms.ChoiceField(
        label=_("Did it take place?"), choices=[("yes", _("yes")), ("no", _("no"))], widget=forms.RadioSelect
    )
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=LONGEST)

    def __init__(self, *args: Any, booking: MediationBooking, **options: Any) -> None:
        length = int((booking.ends_at - booking.starts_at).total_seconds() // 60)
        options.setdefault("initial", {"minutes": booking.minutes or length})
        super().__init__(*args, **options)


class CancelForm(LgForm):
    """Why a slot is given back."""

    reason = forms.CharField(
        label=_("Why?"), max_length=200, help_text=_("Both cities read it: nobody's name, please.")
    )


class HereForm(SpokenForm):
    """A mediator is at the desk now."""

    record_id = RecordIdField()
    name = forms.CharField(label=_("Name of the mediator"), max_length=100)
    until = _clock(_("Until what time"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        hour = min(timezone.localtime().hour + 3, 23)
        self.fields["until"].initial = f"{hour:02}:{'59' if hour == 23 else '00'}"
