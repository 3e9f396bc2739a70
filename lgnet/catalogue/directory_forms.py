"""Forms of the directory of services. Hours are typed as one writes them, and read by `hours_text`."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.directory import OfferDetails
from lgnet.catalogue.directory_codes import Access, Accessibility, Audience, Trait
from lgnet.catalogue.directory_places import PlaceDetails
from lgnet.catalogue.directory_selectors import sites_of, teams_of, types_by_area, zones_of
from lgnet.catalogue.hours_text import WeekHours, read_hours, write_hours
from lgnet.catalogue.models import Offer, OfferPlace, ServiceType, Site, Team, Zone
from lgnet.core.cells import Unreadable
from lgnet.core.forms import DayField, LgForm, LongTextField
from lgnet.core.languages import COMMON, language_choices
from lgnet.core.once import RecordIdField
from lgnet.network.models import Partner

TYPES = 3  # service types that can be said in the form; more if it has more
# The parts of the form, and with which field each begins.
PARTS = {
    "name": _("What it is"), "audiences": _("For whom and how"), "phone": _("How to reach it"),
    "site": _("Where and when"), "is_protected": _("Who sees it"),
}  # fmt: skip
HOURS_HELP = _("As you would write them: lun-ven 9-13, gio anche 15-17; dom chiuso. Leave it empty if nobody knows.")


class HoursField(forms.CharField):
    """Weekly hours as people write them. Gives `WeekHours`; an empty one has no spans."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 2, "dir": "ltr", "autocomplete": "off"})
        usual: dict[str, Any] = {"label": _("Weekly hours"), "required": False, "max_length": 500, "widget": widget}
        super().__init__(**usual | options)

    def clean(self, value: Any) -> WeekHours:
        """Read the hours. Raises ValidationError with what to write instead."""
        text = super().clean(value)
        try:
            return read_hours(text) if text else WeekHours((), None)
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error


def _boxes(label: Any, choices: Any, **options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **options
    )


class _CityForm(LgForm):
    """A form about a service of one city."""

    def __init__(self, *args: Any, partner: Partner, **options: Any) -> None:
        self.partner = partner
        super().__init__(*args, **options)


class OfferForm(_CityForm):
    """What is said of a service, without where and when."""

    name = forms.CharField(label=_("Name"), max_length=150, help_text=_("As people look for it: “Corso di italiano”."))
    description = LongTextField(
        label=_("What it is"), required=False, rows=3, max_length=2000,
        help_text=_("Short sentences, in Italian. Other languages come later. No address of a protected place."),
    )  # fmt: skip
    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Team that offers it"), required=False, empty_label=_("another body"),
    )  # fmt: skip
    provider = forms.CharField(
        label=_("Other body that offers it"), required=False, max_length=150, help_text=_("If it is no team of yours.")
    )
    audiences = _boxes(_("For whom"), Audience.choices)
    eligibility = forms.CharField(label=_("Who can come, in words"), required=False, max_length=500)
    access = _boxes(_("How to come in"), Access.choices)
    documents = forms.CharField(label=_("Documents to bring"), required=False, max_length=500)
    is_free = forms.BooleanField(label=_("It is free"), required=False, initial=True)
    cost = forms.CharField(label=_("What it costs, if it is not free"), required=False, max_length=200)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    email = forms.EmailField(label=_("E-mail"), required=False)
    web = forms.URLField(label=_("Web page"), required=False, max_length=300, assume_scheme="https")
    languages = _boxes(_("Languages spoken there"), ())
    accessibility = _boxes(_("Accessibility"), Accessibility.choices)
    is_protected = forms.BooleanField(
        label=_("Protected place"), required=False,
        help_text=_("A shelter, a centre against violence: its address is told to nobody outside of your staff."),
    )  # fmt: skip
    is_published = forms.BooleanField(
        label=pgettext_lazy("a service", "Published"), required=False,
        help_text=_("Everybody sees it, in eight languages. Otherwise only the staff of your city does."),
    )  # fmt: skip

    def __init__(self, *args: Any, partner: Partner, offer: Offer | None = None, **options: Any) -> None:
        if offer is not None:
            options["initial"] = _said(offer) | options.get("initial", {})
        super().__init__(*args, partner=partner, **options)
        cast(forms.ModelChoiceField, self.fields["team"]).queryset = teams_of(partner)
        self._add_types(self.initial.get("types", []))
        self._offer_languages(self.initial.get("languages", []))

    def _add_types(self, chosen: Sequence[Any]) -> None:
        """Choices of what kind of service it is, by area; the first is needed."""
        self.known = {str(kind.pk): kind for kinds in types_by_area().values() for kind in kinds}
        self.known |= {str(kind.pk): kind for kind in chosen}
        groups: list[Any] = [
            (ServiceType.Area(area).label, [(str(kind.pk), kind.name) for kind in kinds])
            for area, kinds in types_by_area().items()
        ]
        self.type_fields = [f"type_{at + 1}" for at in range(max(TYPES, len(chosen)))]
        for at, name in enumerate(self.type_fields):
            empty = ("", _now("choose") if at == 0 else "—")
            label = _("It is also") if at else _("Kind of service")
            field = forms.ChoiceField(label=label, choices=[empty, *groups], required=at == 0)
            field.widget.attrs["class"] = "form-select"
            field.initial = str(chosen[at].pk) if at < len(chosen) else ""
            self.fields[name] = field
        first = ["name", *self.type_fields]
        self.order_fields([*first, *(name for name in self.fields if name not in first)])

    def _offer_languages(self, chosen: Sequence[str]) -> None:
        names = dict(language_choices())
        shown = [*COMMON, *(code for code in chosen if code not in COMMON)]
        cast(Any, self.fields["languages"]).choices = [(code, names.get(code, code)) for code in shown]

    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields that are seen, under the heading of each part."""
        found: list[tuple[Any, list[forms.BoundField]]] = []
        for bound in self.visible_fields():
            if bound.name in PARTS:
                found.append((PARTS[bound.name], []))
            found[-1][1].append(bound)
        return found

    def details(self) -> OfferDetails:
        """What the service takes."""
        data = self.cleaned_data
        types = [self.known[data[name]] for name in self.type_fields if data.get(name)]
        names = (
            "name", "description", "team", "provider", "audiences", "languages", "access", "accessibility",
            "eligibility", "documents", "is_free", "cost", "phone", "email", "web", "is_protected", "is_published",
        )  # fmt: skip
        return OfferDetails(types=list(dict.fromkeys(types)), **{name: data[name] for name in names})


class PlaceForm(_CityForm):
    """Where a service is, and its usual hours."""

    site = forms.ModelChoiceField(
        Site.objects.none(), label=_("Site"), required=False, empty_label=_("no site of ours")
    )
    place_name = forms.CharField(label=_("Name of the place"), required=False, max_length=150)
    address = forms.CharField(
        label=_("Address"), required=False, max_length=200, help_text=_("If it is not that of the site.")
    )
    directions = forms.CharField(
        label=_("How to get there"), required=False, max_length=300, help_text=_("Bus, entrance, floor, bell.")
    )
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), required=False, empty_label=_("not said"))
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, min_value=35, max_value=48,
        help_text=_("For the map, to about 100 metres. Without it, the middle of the zone is shown."),
    )  # fmt: skip
    longitude = forms.FloatField(label=_("Longitude"), required=False, min_value=6, max_value=19)
    hours = HoursField(help_text=HOURS_HELP)
    opens_on_holidays = forms.BooleanField(
        label=_("Open on public holidays too"), required=False,
        help_text=_("Otherwise it is closed on those of Italy and on the patron's day, unless an exception says so."),
    )  # fmt: skip

    def __init__(self, *args: Any, partner: Partner, place: OfferPlace | None = None, **options: Any) -> None:
        if place is not None:
            options["initial"] = _where(place) | options.get("initial", {})
        super().__init__(*args, partner=partner, **options)
        cast(forms.ModelChoiceField, self.fields["site"]).queryset = sites_of(partner)
        cast(forms.ModelChoiceField, self.fields["zone"]).queryset = zones_of(partner)

    def place_details(self) -> PlaceDetails:
        """What the service takes."""
        data = self.cleaned_data
        hours: WeekHours = data["hours"]
        names = ("site", "address", "directions", "zone", "latitude", "longitude")
        on_holidays = data["opens_on_holidays"] or bool(hours.opens_on_holidays)
        return PlaceDetails(
            name=data["place_name"], hours=hours.spans, opens_on_holidays=on_holidays,
            **{name: data[name] for name in names},
        )  # fmt: skip

    @property
    def says_where(self) -> bool:
        """Whether a place is described at all."""
        data = self.cleaned_data
        return any(data[name] for name in ("site", "place_name", "address", "directions", "zone")) or bool(
            data["hours"].spans
        )


class NewOfferForm(PlaceForm, OfferForm):
    """A new service with its first place."""

    record_id = RecordIdField()

    def __init__(self, *args: Any, partner: Partner, **options: Any) -> None:
        super().__init__(*args, partner=partner, **options)
        where = list(PlaceForm.base_fields)
        last = ["is_protected", "is_published"]
        self.order_fields([*(name for name in self.fields if name not in (*where, *last)), *where, *last])

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        place = self.place_details() if self.says_where else None
        return {"details": self.details(), "place": place, "record_id": self.cleaned_data["record_id"]}


class NewPlaceForm(PlaceForm):
    """One more place of a service."""

    record_id = RecordIdField()


class SuspendForm(LgForm):
    """Suspend a service, or end it."""

    kind = forms.ChoiceField(
        label=_("What happens?"), choices=[("suspend", _("It is not there for now")), ("end", _("It has ended"))],
        initial="suspend", widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("Colleagues read it; the public does not."))
    until = DayField(
        label=_("Last day without it"), required=False,
        help_text=_("If it is known: the day after, the service is there again by itself."),
    )  # fmt: skip


class SeasonForm(LgForm):
    """Weekly hours between two days."""

    first_day = DayField(label=pgettext_lazy("first day", "From"))
    last_day = DayField(label=pgettext_lazy("last day", "To"))
    hours = HoursField(required=True, help_text=_("They take the place of the usual hours in these days."))


class ExceptionForm(LgForm):
    """Days on which a place is closed or has other hours."""

    record_id = RecordIdField()
    first_day = DayField(label=pgettext_lazy("first day", "From"))
    last_day = DayField(label=pgettext_lazy("last day", "To"), required=False, help_text=_("Empty: one day."))
    hours = forms.CharField(
        label=_("Hours"), required=False, max_length=100, help_text=_("9-12, 14-16. Empty: closed.")
    )
    note = forms.CharField(
        label=_("Note for the public"), required=False, max_length=200, help_text=_("In Italian: “chiuso per ferie”.")
    )

    def clean_hours(self) -> Any:
        """The spans of one day. Raises ValidationError."""
        text = self.cleaned_data["hours"]
        if not text or text.strip().casefold() in {"chiuso", "closed"}:
            return ()
        try:
            return tuple((one.opens, one.closes) for one in read_hours(f"lun {text}").spans if one.weekday == 0)
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error

    def arguments(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        data["spans"], data["last_day"] = data.pop("hours"), data["last_day"] or data["first_day"]
        return data


class TextsForm(LgForm):
    """Name and description of a service in the public languages beside Italian."""

    def __init__(self, *args: Any, offer: Offer, **options: Any) -> None:
        super().__init__(*args, **options)
        known = {text.language: text for text in offer.texts.all()}
        self.languages = [(code, name) for code, name in settings.PUBLIC_LANGUAGES if code != "it"]
        for code, language in self.languages:
            text = known.get(code)
            attrs = {"dir": "auto", "lang": code}
            line = forms.TextInput(attrs=attrs | {"class": "form-control"})
            name = forms.CharField(max_length=150, required=False, widget=line)
            name.label = _now("Name · %(language)s") % {"language": language}
            area = forms.Textarea(attrs=attrs | {"rows": 3, "class": "form-control"})
            about = forms.CharField(max_length=2000, required=False, widget=area)
            about.label = _now("What it is · %(language)s") % {"language": language}
            name.initial, about.initial = (text.name, text.description) if text else ("", "")
            self.fields |= {f"name_{code}": name, f"description_{code}": about}

    def texts(self) -> dict[str, tuple[str, str]]:
        """Name and description by language."""
        data = self.cleaned_data
        return {code: (data[f"name_{code}"], data[f"description_{code}"]) for code, _name in self.languages}


def _said(offer: Offer) -> dict[str, Any]:
    names = (
        "name", "description", "team", "provider", "eligibility", "documents", "is_free", "cost", "phone", "email",
        "web", "is_protected", "is_published",
    )  # fmt: skip
    return {name: getattr(offer, name) for name in names} | {
        "types": list(offer.types.all()), "audiences": offer.codes(Trait.AUDIENCE),
        "languages": offer.codes(Trait.LANGUAGE), "access": offer.codes(Trait.ACCESS),
        "accessibility": offer.codes(Trait.ACCESSIBILITY),
    }  # fmt: skip


def _where(place: OfferPlace) -> dict[str, Any]:
    names = ("site", "address", "directions", "zone", "latitude", "longitude", "opens_on_holidays")
    hours = write_hours(one.as_span() for one in place.hours.all() if one.first_day is None)
    return {name: getattr(place, name) for name in names} | {"place_name": place.name, "hours": hours}
