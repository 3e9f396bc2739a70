"""Importing services from the spreadsheet in which a city keeps them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.directory import OfferDetails, normal_phone, remove_offer
from lgnet.catalogue.directory_codes import Access, Audience
from lgnet.catalogue.directory_places import PlaceDetails, create_offer_at
from lgnet.catalogue.directory_selectors import OFFER, kept_partners
from lgnet.catalogue.hours_text import WeekHours, read_hours, write_hours
from lgnet.catalogue.models import Offer, ServiceType, Site, Team, Zone
from lgnet.core.cells import (
    Unreadable,
    as_text,
    is_empty,
    plain,
    read_choice,
    read_choices,
    read_long_text,
    read_text,
    read_yes_no,
)
from lgnet.core.errors import DomainError
from lgnet.core.languages import language_choices, language_name
from lgnet.core.spreadsheets import Cell
from lgnet.imports.kinds import ImportField, ImportKind, Values, each_undone, one_by_one, register
from lgnet.imports.words import by_name, words_of
from lgnet.network.models import Partner, User

# Kinds of service as lists name them, for the words that are not those of our catalogue.
_TYPES = {
    "italian_course": "italiano|corsi di italiano|lingua italiana|l2|italiano l2",
    "legal_advice": "legale|sportello legale|assistenza legale|avvocato",
    "health_visit": "ambulatorio|visite mediche|medico|salute|sanità",
    "shower": "docce",
    "laundry": "lavanderia",
    "food": "mensa|pasti|cibo|distribuzione pasti",
    "clothes": "vestiti|guardaroba|abiti",
    "emergency_bed": "dormitorio|posto letto|accoglienza notturna|posti letto",
    "job_search": "lavoro|sportello lavoro",
    "orientation_interview": "orientamento|sportello|informazioni|segretariato sociale",
    "psychological_interview": "psicologo|sostegno psicologico|psicologia",
    "residence_permit": "permesso di soggiorno",
    "civil_registration": "residenza|anagrafe|residenza virtuale",
    "protected_shelter": "rifugio|centro antiviolenza",
    "poste_restante": "posta|fermo posta",
    "luggage": "deposito",
    "housing_search": "casa|abitare|alloggio",
}
_AUDIENCES = {
    Audience.EVERYBODY: "tutti|chiunque|aperto a tutti|all|anyone",
    Audience.WOMEN: "donna|solo donne|female",
    Audience.MEN: "uomo|solo uomini|male",
    Audience.FAMILIES: "famiglie|nuclei familiari|famiglia|families",
    Audience.MINORS_ALONE: "msna|minori|minori stranieri non accompagnati|minors",
    Audience.YOUNG_ADULTS: "giovani|neomaggiorenni",
    Audience.ASYLUM_SEEKERS: "richiedenti asilo|richiedenti|richiedenti protezione",
    Audience.PROTECTED: "rifugiati|titolari di protezione|protezione internazionale|refugees",
    Audience.PERMIT_HOLDERS: "regolari|con permesso|titolari di permesso",
    Audience.ADULTS: "maggiorenni|adulto",
    Audience.WITHOUT_PAPERS: "irregolari|senza documenti|senza permesso|undocumented",
    Audience.HOMELESS: "senza dimora|senzatetto|homeless",
    Audience.VICTIMS: "vittime|vittime di tratta|vittime di violenza",
}
_FREE = {"gratis", "gratuito", "gratuita", "free", "0", "nessuno", "no", "0 euro"}
_ACCESS = {
    Access.WALK_IN: "libero|accesso libero|accesso diretto|senza appuntamento|diretto",
    Access.APPOINTMENT: "appuntamento|su appuntamento|con appuntamento|prenotazione|su prenotazione",
    Access.REFERRAL: "invio|su invio|segnalazione|su segnalazione|tramite servizi",
    Access.PHONE: "telefono|telefonico|per telefono|telefonare", Access.ONLINE: "internet|online|on line|web",
}  # fmt: skip


@dataclass
class _Known:
    partner: Partner
    types: dict[str, Any]
    audiences: dict[str, Any]
    access: dict[str, Any]
    languages: dict[str, Any]
    sites: dict[str, Site]
    zones: dict[str, Zone]
    teams: dict[str, Team]
    there: set[tuple[str, str]]
    in_file: set[tuple[str, str]] = field(default_factory=set)


def _prepare(_user: User, partner: Partner) -> _Known:
    kinds = list(ServiceType.objects.filter(is_active=True))
    by_code = {kind.code: kind for kind in kinds}
    types = {plain(name): kind for kind in kinds for name in (kind.code, kind.name_it, kind.name_en)}
    for code, words in _TYPES.items():
        if code in by_code:
            types |= {plain(word): by_code[code] for word in words.split("|") if plain(word) not in types}
    offers = Offer.objects.filter(partner=partner).select_related("team", "partner")
    return _Known(
        partner, types, words_of(Audience.choices, _AUDIENCES), words_of(Access.choices, _ACCESS),
        words_of(language_choices()) | _language_names(), by_name(Site.objects.filter(partner=partner, is_active=True)),
        by_name(Zone.objects.filter(partner=partner, is_active=True)),
        by_name(Team.objects.filter(partner=partner, is_active=True)),
        {(plain(one.name), plain(one.team.name if one.team else one.provider)) for one in offers},
    )  # fmt: skip


def _language_names() -> dict[str, str]:
    """Languages by their names in Italian and English."""
    from babel import Locale  # noqa: PLC0415  only for an import

    return {plain(name): code for one in ("en", "it") for code, name in Locale(one).languages.items() if len(code) <= 3}


def _key(values: Values) -> tuple[str, str]:
    return plain(values["name"]), plain(values.get("provider") or "")


def _find_existing(known: _Known, rows: Sequence[Values]) -> list[str]:
    return [row["name"] if _key(row) in known.there else "" for row in rows]


def _check(known: _Known, values: Values) -> None:
    if _key(values) in known.in_file:
        raise DomainError(_now("This name is twice in the file."), field="name")
    known.in_file.add(_key(values))


def _make(by: User, known: _Known, values: Values) -> uuid.UUID:
    provider, cost = values.get("provider") or "", values.get("cost")
    team = known.teams.get(plain(provider))
    hours: WeekHours | None = values.get("hours")
    details = OfferDetails(
        name=values["name"], types=values["types"], description=values.get("description") or "", team=team,
        provider="" if team else provider, audiences=values.get("audiences") or (),
        languages=values.get("languages") or (), access=values.get("access") or (),
        eligibility=values.get("eligibility") or "",
        documents=values.get("documents") or "", is_free=not cost, cost=cost or "", phone=values.get("phone") or "",
        email=values.get("email") or "", web=values.get("web") or "", is_protected=bool(values.get("is_protected")),
        is_published=bool(values.get("is_published")),
    )  # fmt: skip
    place = PlaceDetails(
        site=known.sites.get(plain(values.get("place") or "")), name=values.get("place") or "",
        address=values.get("address") or "", directions=values.get("directions") or "", zone=values.get("zone"),
        hours=hours.spans if hours else (), opens_on_holidays=bool(hours and hours.opens_on_holidays),
    )  # fmt: skip
    is_somewhere = place != PlaceDetails()
    return create_offer_at(by=by, partner=known.partner, details=details, place=place if is_somewhere else None).pk


def _undo(by: User, record_id: uuid.UUID) -> None:
    if (offer := Offer.objects.filter(pk=record_id).first()) is None:
        raise DomainError(_now("It is no longer there."))
    remove_offer(by=by, offer=offer)


def _partners(user: User) -> frozenset[uuid.UUID]:
    return frozenset(kept_partners(user).values_list("pk", flat=True))


def _read_hours(cell: Cell, _known: Any) -> WeekHours | None:
    return None if is_empty(cell) else read_hours(as_text(cell))


def _read_phone(cell: Cell, _known: Any) -> str | None:
    if is_empty(cell):
        return None
    try:
        return normal_phone(as_text(cell))
    except DomainError as error:
        raise Unreadable(str(error)) from error


def _read_email(cell: Cell, _known: Any) -> str | None:
    text = read_text(cell, 254)
    try:
        EmailValidator()(text or "a@example.org")
    except ValidationError as error:
        raise Unreadable(_now("This is no e-mail address.")) from error
    return text


def _read_web(cell: Cell, _known: Any) -> str | None:
    text = read_text(cell, 290)
    if text and not urlsplit(text).scheme:
        text = f"https://{text}"
    try:
        URLValidator(schemes=["http", "https"])(text or "https://example.org")
    except ValidationError as error:
        raise Unreadable(_now("This is no address of a web page.")) from error
    return text


def _read_cost(cell: Cell, _known: Any) -> str | None:
    """What it costs; nothing for what is free."""
    text = read_text(cell, 200)
    return (
        None
        if text and plain(text) in {"gratis", "gratuito", "gratuita", "free", "0", "nessuno", "no", "0 euro"}
        else text
    )


def _shown_names(values: Sequence[Any]) -> str:
    return ", ".join(str(getattr(one, "name", one)) for one in values)


def _text(longest: int) -> Any:
    return lambda cell, _known: read_text(cell, longest)


_FIELDS = (
    ImportField(
        "name", _("Name"), _text(150), required=True,
        names="nome|servizio|nome del servizio|denominazione|service|service name",
    ),
    ImportField(
        "types", _("Kind of service"), lambda cell, known: read_choices(cell, known.types), required=True,
        names="tipo|tipologia|tema|ambito|categoria|area|topic|type|category", show=_shown_names,
        allowed=lambda known: sorted({kind.name for kind in known.types.values()}),
        help=_("One or more, separated by commas."),
    ),
    ImportField(
        "provider", _("Offered by"), _text(150),
        names="ente|gestore|chi lo offre|organizzazione|associazione|provider|organisation|organization",
    ),
    ImportField(
        "description", _("What it is"), lambda cell, _known: read_long_text(cell, 2000),
        names="descrizione|cosa offre|description|note",
    ),
    ImportField("place", _("Name of the place"), _text(150), names="sede|luogo|place|location|site"),
    ImportField("address", _("Address"), _text(200), names="indirizzo|via|dove|address"),
    ImportField(
        "zone", _("Zone"), lambda cell, known: read_choice(cell, known.zones), names="zona|quartiere|neighbourhood",
        show=lambda zone: zone.name, allowed=lambda known: [zone.name for zone in known.zones.values()],
    ),
    ImportField(
        "directions", _("How to get there"), _text(300), names="come arrivare|indicazioni|mezzi|directions|transport"
    ),
    ImportField(
        "hours", _("Weekly hours"), _read_hours, names="orari|orario|giorni e orari|apertura|quando|hours",
        help=_("As you would write them: lun-ven 9-13, gio anche 15-17."), show=lambda hours: write_hours(hours.spans),
    ),
    ImportField(
        "audiences", _("For whom"), lambda cell, known: read_choices(cell, known.audiences),
        names="per chi|destinatari|target|a chi è rivolto|utenza|audience|for whom",
        allowed=lambda _known: [str(one.label) for one in Audience], help=_("Several, separated by commas."),
        show=lambda codes: ", ".join(str(Audience(code).label) for code in codes),
    ),
    ImportField("eligibility", _("Who can come, in words"), _text(500), names="requisiti|condizioni|eligibility"),
    ImportField(
        "access", _("How to come in"), lambda cell, known: read_choices(cell, known.access),
        names="accesso|modalità di accesso|come si accede|access",
        allowed=lambda _known: [str(one.label) for one in Access],
        show=lambda codes: ", ".join(str(Access(code).label) for code in codes),
    ),
    ImportField(
        "languages", _("Languages spoken there"), lambda cell, known: read_choices(cell, known.languages),
        names="lingue|lingua|lingue parlate|languages|language", help=_("Several, separated by commas."),
        show=lambda codes: ", ".join(language_name(code) for code in codes),
    ),
    ImportField("documents", _("Documents to bring"), _text(500), names="documenti|cosa portare|documents"),
    ImportField("cost", _("Cost"), _read_cost, names="costo|tariffa|prezzo|cost|price"),
    ImportField("phone", _("Telephone"), _read_phone, names="telefono|tel|cellulare|recapito|phone|telephone"),
    ImportField("email", _("E-mail"), _read_email, names="mail|posta elettronica|email|e mail"),
    ImportField("web", _("Web page"), _read_web, names="sito|sito web|link|web|website|url"),
    ImportField(
        "is_protected", _("Protected place"), lambda cell, _known: read_yes_no(cell),
        names="protetto|luogo protetto|indirizzo segreto|riservato|protected",
    ),
    ImportField(
        "is_published", _("Published for everybody"), lambda cell, _known: read_yes_no(cell),
        names="pubblicato|pubblico|published|public",
    ),
)  # fmt: skip

register(
    ImportKind(
        key="services", label=_("Services of the directory"), order=20, object_type=OFFER, url_name="offer_list",
        partners=_partners, lead=_("What is offered in the city: where, when, for whom, in which languages."),
        fields=_FIELDS,
        prepare=_prepare, find_existing=_find_existing, check=_check, make=one_by_one(_make),
        undo=each_undone(_undo),
    )
)  # fmt: skip
