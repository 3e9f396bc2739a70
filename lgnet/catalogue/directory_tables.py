"""Columns and filters of the directory of services."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from lgnet.catalogue.directory_codes import CHOICES, Access, Audience, Trait
from lgnet.catalogue.directory_models import STALE
from lgnet.catalogue.directory_selectors import (
    areas_of,
    kept_partners,
    open_offers,
    open_state,
    own_partner_ids,
)
from lgnet.catalogue.hours_text import write_hours
from lgnet.catalogue.models import Offer, OfferTrait, ServiceType
from lgnet.catalogue.opening import ROME, OpenState
from lgnet.core.addresses import address_of
from lgnet.core.cells import plain
from lgnet.core.dates import day_words
from lgnet.core.languages import COMMON, language_choices, language_name
from lgnet.core.tables import Column, FilterForm
from lgnet.network.models import Partner, User

ALL = ("", _("all"))
STATE_KINDS = {"active": "success", "suspended": "warning", "ended": "neutral", "stale": "warning"}


def open_words(state: OpenState | None) -> str:
    """Whether it is open, and until or from when, in words; empty where no hours are known."""
    if state is None:
        return ""
    if state.changes_at is None:
        return _now("open now, day and night") if state.is_open else pgettext("a place", "closed")
    local = state.changes_at.astimezone(ROME)
    when = {"time": f"{local:%H:%M}", "day": day_words(local, "EEE d MMM")}
    if state.is_open:
        return (_now("open until %(time)s") if _is_near(local) else _now("open until %(day)s, %(time)s")) % when
    return (_now("opens at %(time)s") if _is_today(local) else _now("opens %(day)s at %(time)s")) % when


def codes_in_words(offer: Offer, kind: Trait) -> str:
    """The codes of one kind in the reader's language."""
    if kind == Trait.LANGUAGE:
        return ", ".join(language_name(code) for code in offer.codes(kind))
    known = CHOICES[kind]
    return ", ".join(str(known(code).label) for code in offer.codes(kind) if code in known.values)


def state_of(offer: Offer) -> tuple[str, str]:
    """The state in words, and the colour word of its badge: what is to be checked says so."""
    state = offer.state
    if state == Offer.Status.SUSPENDED and offer.suspended_until:
        day = date_format(offer.suspended_until, "SHORT_DATE_FORMAT")
        return _now("suspended until %(day)s") % {"day": day}, STATE_KINDS[state]
    if state == Offer.Status.ACTIVE and offer.is_stale:
        return _now("to be checked"), STATE_KINDS["stale"]
    return str(Offer.Status(state).label), STATE_KINDS[state]


class OfferFilter(FilterForm):
    """Words of the name; city; topic; for whom; language; how to come in; open now; to be checked; state."""

    q = forms.CharField(label=_("Name, kind or provider"), required=False, max_length=80)
    city = forms.ChoiceField(label=_("City"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False, choices=[ALL, *ServiceType.Area.choices])
    audience = forms.ChoiceField(label=_("For whom"), required=False, choices=[ALL, *Audience.choices])
    language = forms.ChoiceField(label=_("Language"), required=False)
    access = forms.ChoiceField(label=_("How to come in"), required=False, choices=[ALL, *Access.choices])
    now = forms.BooleanField(label=_("Open now"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("active or suspended")), ("stale", _("to be checked")), ("suspended", _("suspended")),
                 ("ended", _("ended")), ("internal", pgettext_lazy("a service", "not published")), ("all", _("all"))],
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.own = own_partner_ids(user)
        cities = Partner.objects.filter(kind__in=(Partner.Kind.MUNICIPALITY, Partner.Kind.AGENCY)).order_by(
            "short_name"
        )
        names = [(str(city.pk), city.short_name) for city in cities]
        self.has_own = any(pk in {str(one) for one in self.own} for pk, _name in names)
        first = ("", _("mine")) if self.has_own else ALL
        self.fields["city"].choices = [first, *names, ("all", _("all"))]  # type: ignore[attr-defined]
        spoken = dict(language_choices())
        self.fields["language"].choices = [ALL, *((code, spoken[code]) for code in COMMON)]  # type: ignore[attr-defined]

    def apply(self, rows: QuerySet[Offer]) -> QuerySet[Offer]:
        """Keep the services asked for."""
        data = self.cleaned_data
        for word in plain(data.get("q") or "").split():
            rows = rows.filter(search_text__contains=word)
        rows = self._of_city(rows, data.get("city") or "")
        if topic := data.get("topic"):
            rows = rows.filter(
                Exists(Offer.types.through.objects.filter(offer=OuterRef("pk"), servicetype__area=topic))
            )
        for kind in (Trait.AUDIENCE, Trait.LANGUAGE, Trait.ACCESS):
            if code := data.get(kind.value):
                codes = [code, Audience.EVERYBODY] if kind == Trait.AUDIENCE else [code]
                rows = rows.filter(Exists(OfferTrait.objects.filter(offer=OuterRef("pk"), kind=kind, code__in=codes)))
        rows = rows.filter(_in_state(data.get("state") or ""))
        if data.get("now"):
            rows = rows.filter(pk__in=[one.pk for one in open_offers(rows, timezone.now())])
        return rows

    def _of_city(self, rows: QuerySet[Offer], city: str) -> QuerySet[Offer]:
        if city == "all" or (not city and not self.has_own):
            return rows
        return rows.filter(partner__in=[city] if city else self.own)


def offer_columns(user: User, moment: datetime) -> list[Column]:
    """What it is, who offers it, for whom, where, whether it is open; the rest in the spreadsheet."""
    own = len(own_partner_ids(user)) == 1
    return [
        Column("name", _("Name"), lambda o: o.told_name, sort="name", link=_page),
        Column("provider", _("Offered by"), lambda o: o.provider_name),
        Column("topic", _("Topic"), lambda o: ", ".join(str(area.label) for area in areas_of(o))),
        Column("audience", _("For whom"), lambda o: codes_in_words(o, Trait.AUDIENCE)),
        Column("where", _("Where"), _places),
        Column("open", _("Now"), lambda o: open_words(open_state(o, moment)), badge=lambda o: _open_kind(o, moment)),
        Column("city", _("City"), lambda o: o.partner.short_name, sort="partner__short_name", export_only=own),
        Column("languages", _("Languages"), lambda o: codes_in_words(o, Trait.LANGUAGE), export_only=True),
        Column("access", _("How to come in"), lambda o: codes_in_words(o, Trait.ACCESS), export_only=True),
        Column("types", _("Kind of service"), _types, export_only=True),
        Column("address", _("Address"), _addresses, export_only=True),
        Column("hours", _("Weekly hours"), _hours, export_only=True),
        Column("eligibility", _("Who can come, in words"), lambda o: o.eligibility, export_only=True),
        Column("documents", _("Documents to bring"), lambda o: o.documents, export_only=True),
        Column("cost", _("Cost"), lambda o: _now("free") if o.is_free else o.cost, export_only=True),
        Column("phone", _("Telephone"), lambda o: o.phone, export_only=True),
        Column("email", _("E-mail"), lambda o: o.email, export_only=True),
        Column("web", _("Web page"), lambda o: o.web, export_only=True),
        Column("accessibility", _("Accessibility"), lambda o: codes_in_words(o, Trait.ACCESSIBILITY), export_only=True),
        Column("published", pgettext_lazy("a service", "Published"), lambda o: o.is_published, export_only=True),
        Column("checked_on", _("Checked on"), lambda o: o.checked_on, sort="checked_on"),
        Column("state", _("State"), lambda o: state_of(o)[0], badge=lambda o: state_of(o)[1], sort="status"),
    ]  # fmt: skip


def _page(offer: Offer) -> str:
    return address_of("offer_detail", offer.pk)


def new_offer_url(user: User) -> str:
    """Where the user adds a service; empty for who keeps no directory."""
    return reverse("offer_new") if kept_partners(user).exists() else ""


def _in_state(state: str) -> Q:
    today, status = timezone.localdate(), Offer.Status
    off = Q(status=status.SUSPENDED) & (Q(suspended_until__isnull=True) | Q(suspended_until__gte=today))
    match state:
        case "stale":
            return Q(checked_on__lt=today - STALE) & ~Q(status=status.ENDED)
        case "suspended":
            return off
        case "ended":
            return Q(status=status.ENDED)
        case "internal":
            return Q(is_published=False) & ~Q(status=status.ENDED)
        case "all":
            return Q()
    return ~Q(status=status.ENDED)


def _types(offer: Offer) -> str:
    return ", ".join(kind.name for kind in offer.types.all())


def _places(offer: Offer) -> str:
    """Names of places and zones, without those of secret ones."""
    told = []
    for place in offer.places.all():
        if not place.is_secret:
            told += [place.title or place.full_address, place.zone.name if place.zone else ""]
    return ", ".join(dict.fromkeys(part for part in told if part))


def _addresses(offer: Offer) -> str:
    """Addresses for a spreadsheet, which goes anywhere: never that of a secret place."""
    return " · ".join(place.full_address for place in offer.places.all() if not place.is_secret and place.full_address)


def _hours(offer: Offer) -> str:
    said = [
        write_hours(one.as_span() for one in place.hours.all() if not one.first_day) for place in offer.places.all()
    ]
    return " · ".join(one for one in said if one)


def _open_kind(offer: Offer, moment: datetime) -> str:
    state = open_state(offer, moment)
    return "" if state is None else "success" if state.is_open else "neutral"


def _is_today(local: datetime) -> bool:
    return local.date() == timezone.localdate()


def _is_near(local: datetime) -> bool:
    return (local.date() - timezone.localdate()).days < 2 and (_is_today(local) or local.hour < 12)
