"""Forms of the street: few fields, everything optional but zone and moment."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.forms import offer_receivers
from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.core.forms import LgForm, MomentField
from lgnet.core.languages import language_choices
from lgnet.core.once import RecordIdField
from lgnet.network.models import User
from lgnet.outreach import selectors
from lgnet.outreach.models import Contact
from lgnet.outreach.positions import DegreeField, read_position
from lgnet.outreach.services import Sighting
from lgnet.people.codes import AgeBand, Gender
from lgnet.people.models import Person
from lgnet.people.selectors import living_id, visible_persons

GIVEN_AREAS = (ServiceType.Area.FIRST_HELP, ServiceType.Area.PRACTICAL)
NOT_STATED = ("", _("not known"))


def spoken_languages() -> list[tuple[Any, Any]]:
    """Languages in the reader's own, looked up only when they are needed: there are hundreds."""
    return [NOT_STATED, *language_choices()]


class Who(TextChoices):
    """Whom the unit met."""

    ANONYMOUS = "anonymous", _("Somebody unknown")
    NICKNAME = "nickname", _("Somebody with a nickname")
    MET = "met", _("Somebody met before")
    REGISTERED = "registered", _("A registered person")
    GROUP = "group", _("A group")


class ContactForm(LgForm):
    """A street contact on one screen: where and when, who, needs, given, sleeping rough, next step; the rest folded."""

    record_id = RecordIdField()
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Unit"), empty_label=None)
    zone = forms.ModelChoiceField(Zone.objects.none(), label=_("Zone"), empty_label=_("Choose the zone"))
    occurred_at = MomentField(label=_("When"))
    who = forms.ChoiceField(
        label=_("Who"), choices=Who.choices, widget=forms.RadioSelect, initial=Who.ANONYMOUS, required=False
    )
    nickname = forms.CharField(label=_("Called"), max_length=80, required=False)
    earlier = forms.UUIDField(label=_("Met before"), required=False)
    person = forms.UUIDField(label=_("Registered person"), required=False)
    head_count = forms.IntegerField(label=_("How many people"), min_value=1, max_value=500, initial=1, required=False)
    needs = forms.MultipleChoiceField(
        label=_("Needs"), choices=ServiceType.Area.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    given = forms.MultipleChoiceField(label=_("Given now"), widget=forms.CheckboxSelectMultiple, required=False)
    sleeping_rough = forms.TypedChoiceField(
        label=_("Sleeps in the street?"),
        choices=(("yes", _("yes")), ("no", _("no")), NOT_STATED),
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )
    next_step = forms.CharField(label=_("Next step"), max_length=300, required=False)
    gender = forms.ChoiceField(label=_("Gender"), choices=[NOT_STATED, *Gender.choices], required=False)
    age_band = forms.ChoiceField(label=_("Apparent age"), choices=[NOT_STATED, *AgeBand.choices], required=False)
    language = forms.ChoiceField(label=_("Language"), choices=spoken_languages, required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), max_length=20_000, required=False)
    latitude = DegreeField(label=_("Latitude"), most=90)
    longitude = DegreeField(label=_("Longitude"), most=180)

    def __init__(
        self, *args: Any, user: User, units: Iterable[Team], services: Iterable[ServiceType], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.units = list(units)
        self._field("team").queryset = Team.objects.filter(pk__in=[u.pk for u in self.units]).select_related("partner")
        self._field("zone").queryset = selectors.zones_for(self.units)
        self.services = [service for service in services if service.area in GIVEN_AREAS]
        self._field("given").choices = [(service.code, service.name) for service in self.services]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Read who was met: only what belongs to the chosen kind counts."""
        data = super().clean() or self.cleaned_data
        team = data.get("team")
        who = data.get("who") or Who.ANONYMOUS
        data["met_contact"], data["known_person"], data["position"] = None, None, read_position(self)
        if who == Who.NICKNAME and not data.get("nickname"):
            self.add_error("nickname", _("Write what the person is called, or choose “Somebody unknown”."))
        if who == Who.MET and team:
            data["met_contact"] = self._met(team)
        if who == Who.REGISTERED and team:
            data["known_person"] = self._registered(team)
        if who == Who.GROUP and (data.get("head_count") or 1) < 2:
            self.add_error("head_count", _("How many people were there? A group is two or more."))
        if who != Who.NICKNAME:
            data["nickname"] = ""
        if who != Who.GROUP:
            data["head_count"] = 1
        return data

    def _met(self, team: Team) -> Contact | None:
        pk = self.cleaned_data.get("earlier")
        contact = selectors.get_met(self.user, team, pk) if pk else None
        if contact is None:
            self.add_error("earlier", _("Choose whom you met, or choose “Somebody unknown”."))
        return contact

    def _registered(self, team: Team) -> Person | None:
        pk: uuid.UUID | None = self.cleaned_data.get("person")
        person = visible_persons(self.user).filter(pk=living_id(pk), partner=team.partner_id).first() if pk else None
        if person is None:
            self.add_error("person", _("Search and choose the person, or choose “Somebody unknown”."))
        return person

    def sighting(self) -> Sighting:
        """What was seen and done."""
        data = self.cleaned_data
        names = ("nickname", "head_count", "gender", "age_band", "language", "needs", "given", "next_step", "note")
        return Sighting(sleeping_rough=data["sleeping_rough"], **{name: data[name] for name in names})

    def arguments(self) -> dict[str, Any]:
        """Arguments of `services.record_contact`, apart from `by`."""
        data = self.cleaned_data
        return {
            "team": data["team"],
            "zone": data["zone"],
            "occurred_at": cast(datetime, data["occurred_at"]),
            "sighting": self.sighting(),
            "position": data["position"],
            "person": data["known_person"],
            "earlier": data["met_contact"],
            "record_id": data["record_id"],
        }


class ContactReferForm(LgForm):
    """Send the person just met to another team, with a card."""

    to_team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Send to"), empty_label=None, widget=forms.RadioSelect
    )
    need = forms.ChoiceField(label=_("Main need"), choices=[NOT_STATED, *ServiceType.Area.choices], required=False)
    reason = forms.CharField(
        label=_("What do you ask the colleagues?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=20_000,
        required=False,
        help_text=_("The team that receives the person reads this; a service outside the network does not."),
    )

    def __init__(self, *args: Any, receivers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_receivers(cast(forms.ModelChoiceField, self.fields["to_team"]), receivers)
        if self.initial.get("to_team") is None and (first := next(iter(receivers), None)):
            self.initial["to_team"] = first.pk


class StreetCardForm(ContactReferForm):
    """A card that the app has shown with no signal: its code is one of those given out to the device."""

    code = forms.CharField(label=_("Card"), max_length=8, required=False)


class IdentifyForm(LgForm):
    """The registered person whom a contact was with."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who is it?"), error_messages={"required": _("Search and choose the person.")}
    )

    def __init__(self, *args: Any, user: User, contact: Contact, **options: Any) -> None:
        super().__init__(*args, **options)
        persons = visible_persons(user).filter(partner=contact.partner_id)
        cast(forms.ModelChoiceField, self.fields["person"]).queryset = persons


def now_to_the_minute() -> datetime:
    """The local moment as the field shows it."""
    return timezone.localtime().replace(second=0, microsecond=0)
