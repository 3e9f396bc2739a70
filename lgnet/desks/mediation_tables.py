"""Columns and filters of the lists of mediators: offers, bookings, counts."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType
from lgnet.core.addresses import address_of
from lgnet.core.forms import DayField
from lgnet.core.languages import language_choices, language_name
from lgnet.core.periods import midnight
from lgnet.core.tables import Column, FilterForm
from lgnet.desks.mediation_forms import WEEKDAYS
from lgnet.desks.mediation_models import MediationBooking, MediationOffer, Way
from lgnet.desks.policies import mediation_partners
from lgnet.network.models import User

ALL = ("", _("all"))
STATUS_KINDS = {"booked": "info", "held": "success", "not_held": "warning", "cancelled": "neutral"}
TO_CLOSE = "to_close"
DIRECTIONS = [ALL, ("asked", _("we asked")), ("given", _("we gave"))]


def languages_in_words(codes: list[str]) -> str:
    """The names of languages."""
    return ", ".join(language_name(code) for code in codes)


def days_in_words(offer: MediationOffer) -> str:
    """The days of the week of an offer, or nothing for one on a single day."""
    names = dict(WEEKDAYS)
    return ", ".join(str(names[str(day)]) for day in offer.weekdays)


def ways_in_words(offer: MediationOffer) -> str:
    """How the mediator takes part."""
    return ", ".join(str(Way(way).label) for way in offer.ways)


def _state(offer: MediationOffer) -> tuple[str, str]:
    if offer.stopped_at:
        return str(_("stopped")), "neutral"
    if offer.ends_on and offer.ends_on < timezone.localdate():
        return str(pgettext_lazy("mediation", "over")), "neutral"
    return str(pgettext_lazy("mediation", "offered")), "success"


class OfferFilter(FilterForm):
    """Mediator, language, whether it runs."""

    q = forms.CharField(label=_("Mediator"), required=False, max_length=100)
    reach = forms.ChoiceField(label=_("For whom"), required=False, choices=[ALL, *MediationOffer.Reach.choices])
    running = forms.BooleanField(label=_("not stopped"), required=False)

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the offers asked for."""
        data = self.cleaned_data
        rows = rows.filter(name__icontains=data["q"]) if data.get("q") else rows
        rows = rows.filter(reach=data["reach"]) if data.get("reach") else rows
        return rows.filter(stopped_at__isnull=True) if data.get("running") else rows


def offer_columns() -> list[Column]:
    """Who, which languages, when, for whom, how much is booked."""
    return [
        Column(
            "name", _("Mediator"), lambda o: o.name, sort="name",
            link=lambda o: address_of("mediation_offer_detail", o.pk),
        ),
        Column("languages", _("Languages"), lambda o: languages_in_words(o.languages)),
        Column("ways", _("How"), ways_in_words),
        Column("reach", _("For whom"), lambda o: o.get_reach_display(), sort="reach"),
        Column("starts_on", _("First day"), lambda o: o.starts_on, sort="starts_on"),
        Column("ends_on", _("Last day"), lambda o: o.ends_on, sort="ends_on"),
        Column("weekdays", _("Every week on"), days_in_words),
        Column("hours", _("Hours"), lambda o: f"{o.opens:%H:%M}–{o.closes:%H:%M}", sort="opens"),
        Column("ahead", _("Booked from now on"), lambda o: o.ahead, sort="ahead"),
        Column("state", _("State"), lambda o: _state(o)[0], badge=lambda o: _state(o)[1]),
        Column("slot_minutes", _("Length of a slot"), lambda o: o.slot_minutes, export_only=True),
    ]  # fmt: skip


class BookingFilter(FilterForm):
    """Mediator, direction, language, state, days."""

    q = forms.CharField(label=_("Mediator"), required=False, max_length=100)
    direction = forms.ChoiceField(label=_("Direction"), required=False, choices=DIRECTIONS)
    language = forms.ChoiceField(label=_("Language"), required=False)
    status = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[ALL, (TO_CLOSE, _("over, not said how it ended")), *MediationBooking.Status.choices],
    )  # fmt: skip
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["language"].choices = [ALL, *language_choices()]  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the bookings asked for."""
        data, own = self.cleaned_data, mediation_partners(self.user)
        exact: dict[str, Any] = {"offer__name__icontains": data.get("q"), "language": data.get("language")}
        if direction := data.get("direction"):
            exact["partner__in" if direction == "asked" else "offer__partner__in"] = own
        if (status := data.get("status")) == TO_CLOSE:
            exact |= {"status": MediationBooking.Status.BOOKED, "ends_at__lt": timezone.now()}
        elif status:
            exact["status"] = status
        if since := data.get("since"):
            exact["starts_at__gte"] = midnight(since)
        if until := data.get("until"):
            exact["starts_at__lt"] = midnight(until, days_later=1)
        return rows.filter(**{name: value for name, value in exact.items() if value})


def booking_columns(user: User) -> list[Column]:
    """When, in which language, who asked and who gave, how it ended; for whom only in the city that asked."""
    own = mediation_partners(user)

    def person(booking: Any) -> str:
        return booking.person.name_as_used if booking.person and booking.partner_id in own else ""

    return [
        Column(
            "starts_at", _("Begins"), lambda b: b.starts_at, sort="starts_at",
            link=lambda b: address_of("mediation_booking", b.pk),
        ),
        Column("language", _("Language"), lambda b: language_name(b.language), sort="language"),
        Column("way", _("How"), lambda b: b.get_way_display(), sort="way"),
        Column("mediator", _("Mediator"), lambda b: b.offer.name, sort="offer__name"),
        Column("asked", _("Asked by"), lambda b: b.partner.short_name, sort="partner__short_name"),
        Column("given", _("Given by"), lambda b: b.offer.partner.short_name, sort="offer__partner__short_name"),
        Column("person", _("Person"), person),
        Column(
            "status", _("State"), lambda b: b.get_status_display(), badge=lambda b: STATUS_KINDS[b.status],
            sort="status",
        ),
        Column("minutes", _("Minutes"), lambda b: b.minutes, sort="minutes"),
        Column(
            "area", _("About"), lambda b: ServiceType.Area(b.area).label if b.area else "", export_only=True
        ),
    ]  # fmt: skip


class CountFilter(FilterForm):
    """Days. The counting itself is asked for with them (views)."""

    q = None  # type: ignore[assignment]
    since = DayField(label=pgettext_lazy("first day", "From"), required=False)
    until = DayField(label=pgettext_lazy("last day", "To"), required=False)


def count_columns() -> list[Column]:
    """Language, both cities, how many and for how long."""
    return [
        Column("language", _("Language"), lambda row: language_name(row["language"])),
        Column("asked", _("Asked by"), lambda row: row["partner__short_name"]),
        Column("given", _("Given by"), lambda row: row["offer__partner__short_name"]),
        Column("booked", _("Bookings"), lambda row: row["booked"]),
        Column("held", _("Took place"), lambda row: row["held"]),
        Column("missed", _("Did not take place"), lambda row: row["missed"]),
        Column("minutes", _("Minutes"), lambda row: row["total"] or 0),
    ]
