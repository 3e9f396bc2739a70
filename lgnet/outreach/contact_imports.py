"""Importing the register of contacts that a mobile unit kept on paper or in a spreadsheet."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import ServiceType, Team, Zone
from lgnet.catalogue.selectors import service_types
from lgnet.core.cells import (
    Unreadable,
    is_empty,
    plain,
    read_choice,
    read_choices,
    read_clock,
    read_day,
    read_long_text,
    read_number,
    read_text,
    read_whole,
    read_yes_no,
)
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.languages import language_name
from lgnet.core.periods import at_clock, is_too_old, moment_of
from lgnet.core.spreadsheets import Cell
from lgnet.imports.kinds import ImportField, ImportKind, Values, register
from lgnet.imports.words import by_name, language_words, words_of
from lgnet.network.access import access_of
from lgnet.network.models import Partner, User
from lgnet.network.roles import Permission
from lgnet.outreach.corrections import CONTACT
from lgnet.outreach.forms import GIVEN_AREAS
from lgnet.outreach.models import Contact
from lgnet.outreach.outing_imports import clock_words, only_unit, unit_field
from lgnet.outreach.registers import Met, record_contacts, void_contacts
from lgnet.outreach.selectors import units_of
from lgnet.outreach.services import Sighting
from lgnet.outreach.stop_imports import ZONE_NAMES, zone_words, zones_by_name
from lgnet.people.codes import AgeBand, Gender

_BANDS = ((14, AgeBand.CHILD), (18, AgeBand.TEEN), (30, AgeBand.YOUNG), (45, AgeBand.ADULT), (61, AgeBand.MIDDLE))
_GENDERS = {Gender.FEMALE: "donna|femmina|f|female|woman", Gender.MALE: "uomo|maschio|m|male|man",
            Gender.NON_BINARY: "non binario|nb|altro"}  # fmt: skip
_AGES = {AgeBand.CHILD: "bambino|bambina|minore di 14", AgeBand.TEEN: "minore|minorenne|adolescente|msna",
         AgeBand.YOUNG: "giovane|giovane adulto|young", AgeBand.ADULT: "adulto|adulta|adult",
         AgeBand.ELDER: "anziano|anziana|over 60|elderly|60"}  # fmt: skip
_AREAS = {
    ServiceType.Area.FIRST_HELP: "prima assistenza|bassa soglia|pasto|coperta|cibo|vestiti|indumenti",
    ServiceType.Area.ORIENTATION: "orientamento|informazioni|accompagnamento",
    ServiceType.Area.LEGAL: "legale|documenti|permesso di soggiorno|avvocato|assistenza legale",
    ServiceType.Area.HEALTH: "salute|sanitario|sanitaria|medico|cure|dipendenze",
    ServiceType.Area.PSYCHOLOGICAL: "psicologico|psicologica|supporto psicologico",
    ServiceType.Area.LANGUAGE: "italiano|lingua|lingua italiana|corso di italiano|scuola",
    ServiceType.Area.WORK: "lavoro|formazione|tirocinio",
    ServiceType.Area.HOUSING: "casa|alloggio|accoglienza|dormitorio|posto letto|posto per dormire",
    ServiceType.Area.SOCIAL: "sociale|servizi sociali|assistente sociale",
    ServiceType.Area.PRACTICAL: "docce|doccia|lavanderia|bisogni pratici|igiene",
}
_SAME = ("nickname", "gender", "age_band", "language", "next_step", "note")


@dataclass
class _Known:
    units: dict[str, Team]
    zones: dict[str, Zone]
    genders: dict[str, str]
    ages: dict[str, str]
    languages: dict[str, str]
    areas: dict[str, str]
    given: dict[str, str]
    given_names: dict[str, str]
    traces: dict[tuple[uuid.UUID, str], uuid.UUID] = field(default_factory=dict)  # of this file, by unit and name


def contact_partners(user: User) -> frozenset[uuid.UUID]:
    """Cities for which the user records contacts."""
    return access_of(user).partner_ids(Permission.RECORD_CONTACT)


def _prepare(user: User, partner: Partner) -> _Known:
    things = [thing for thing in service_types() if thing.area in GIVEN_AREAS]
    given = words_of([(thing.code, thing.name_it) for thing in things])
    given |= words_of([(thing.code, thing.name_en) for thing in things])
    return _Known(
        units=by_name(units_of(user).filter(partner=partner)), zones=zones_by_name(partner),
        genders=words_of(Gender.choices, _GENDERS), ages=words_of(AgeBand.choices, _AGES), languages=language_words(),
        areas=words_of(ServiceType.Area.choices, _AREAS), given=given,
        given_names={thing.code: thing.name for thing in things},
    )  # fmt: skip


def _moment(values: Values) -> datetime:
    """When it was; of a day without a time, noon, as everywhere."""
    clock: time | None = values.get("clock")
    return at_clock(values["day"], clock) if clock else moment_of(values["day"])


def _key(values: Values, team: Team | None, moment: datetime) -> tuple[Any, ...]:
    """What two equal rows of a register have in common."""
    texts = tuple(values.get(name) or "" for name in _SAME)
    lists = tuple(tuple(sorted(values.get(name) or [])) for name in ("needs", "given"))
    whole = moment.replace(second=0, microsecond=0)
    place = (team.pk if team else None, values["zone"].pk, whole, values.get("head_count") or 1)
    return (*place, values.get("sleeping_rough"), *texts, *lists)


def _find_existing(known: _Known, rows: Sequence[Values]) -> list[str]:
    """Of equal rows, as many are there already as there are equal contacts: a register may well have twins."""
    only = next(iter(known.units.values())) if len(known.units) == 1 else None
    moments = [_moment(values) for values in rows]
    if not rows:
        return []
    names = ("team", "zone", "occurred_at", "head_count", "sleeping_rough", *_SAME, "needs", "given")
    last = max(moments) + timedelta(minutes=1)
    near = Contact.objects.standing().filter(occurred_at__gte=min(moments), occurred_at__lt=last)
    there: Counter[tuple[Any, ...]] = Counter()
    for team, zone, at, *same, needs, given in near.filter(team__in=known.units.values()).values_list(*names):
        lists = tuple(sorted(needs)), tuple(sorted(given))
        there[team, zone, at.replace(second=0, microsecond=0), *same, *lists] += 1
    found = []
    for values, moment in zip(rows, moments, strict=True):
        key = _key(values, values.get("team") or only, moment)
        there[key] -= 1
        found.append(_told(values, moment) if there[key] >= 0 else "")
    return found


def _told(values: Values, moment: datetime) -> str:
    told = f"{timezone.localtime(moment):%d/%m/%Y %H:%M}, {values['zone'].name} {values.get('nickname') or ''}"
    return told.strip()


def _check(known: _Known, values: Values) -> None:
    values["team"] = only_unit(known.units, values)
    moment = _moment(values)
    if moment > timezone.now():
        raise DomainError(_now("This moment is in the future."), field="day")
    if is_too_old(moment):
        raise DomainError(_now("Check the year: this is too long ago."), field="day")
    if (values.get("head_count") or 1) > 1 and values.get("nickname"):
        raise DomainError(_now("A group has no name: write each person you know on a row."), field="nickname")


def _make(by: User, known: _Known, rows: Sequence[Values]) -> list[uuid.UUID]:
    made: dict[int, uuid.UUID] = {}
    for team in known.units.values():
        places = [at for at, values in enumerate(rows) if values["team"].pk == team.pk]
        if places:
            contacts = record_contacts(by=by, team=team, rows=[_met(known, rows[at]) for at in places])
            made |= {at: contact.pk for at, contact in zip(places, contacts, strict=True)}
    return [made[at] for at in range(len(rows))]


def _met(known: _Known, values: Values) -> Met:
    nickname = values.get("nickname") or ""
    sighting = Sighting(
        nickname=nickname, head_count=values.get("head_count") or 1, sleeping_rough=values.get("sleeping_rough"),
        needs=values.get("needs") or (), given=values.get("given") or (),
        **{name: values.get(name) or "" for name in ("gender", "age_band", "language", "next_step", "note")},
    )  # fmt: skip
    trace = known.traces.setdefault((values["team"].pk, plain(nickname)), uuid7()) if nickname else None
    return Met(values["zone"], _moment(values), sighting, trace)


def _undo(by: User, record_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    return void_contacts(by=by, pks=record_ids, reason=_now("the import was undone"))


def _read_age(cell: Cell, known: _Known) -> str | None:
    """A band by its name, or the band of an age in years."""
    try:
        years = None if is_empty(cell) else read_number(cell)
    except Unreadable:
        return read_choice(cell, known.ages)
    if years is None or not 0 <= years <= 110:
        return read_choice(cell, known.ages)
    return next((band for above, band in _BANDS if years < above), AgeBand.ELDER)


def _read_language(cell: Cell, known: _Known) -> str | None:
    return next(iter(read_choices(cell, known.languages) or []), None)


def _read_clock(cell: Cell, _known: _Known) -> time | None:
    return read_clock(cell)


def _read_nickname(cell: Cell, _known: _Known) -> str | None:
    """A name; of signs only (?, ***) it is none, or all who are called so would be one person."""
    text = read_text(cell, 80)
    return text if text and plain(text) else None


def _labels(choices: Any) -> Any:
    """For the preview: the labels of values."""
    names = dict(choices)
    return lambda value: [names.get(one, one) for one in value] if isinstance(value, list) else names.get(value, value)


_FIELDS = (
    ImportField("day", _("Day"), lambda cell, _known: read_day(cell), required=True,
                names="data|giorno|date|data contatto|data del contatto|data uscita"),
    ImportField("clock", _("Time"), _read_clock, show=clock_words, names="ora|orario|ore|time|ora contatto",
                help=_("Without a time, noon of the day.")),
    ImportField("zone", _("Zone"), lambda cell, known: read_choice(cell, known.zones), required=True,
                names=ZONE_NAMES + "|luogo|luogo contatto", allowed=zone_words,
                help=_("One of the zones of the city.")),
    unit_field(),
    ImportField("nickname", _("Called"), _read_nickname,
                names="nome|soprannome|nickname|detto|chiamato|persona|nominativo",
                help=_("In one file, the same name in the same unit is the same person.")),
    ImportField("head_count", _("How many people"), lambda cell, _known: read_whole(cell, 1, 500),
                names="numero|n|n persone|numero persone|persone|quante persone|quanti|numero contatti|people"),
    ImportField("gender", _("Gender"), lambda cell, known: read_choice(cell, known.genders),
                names="genere|sesso|m f|sex", show=_labels(Gender.choices),
                allowed=lambda _known: [str(label) for label in Gender.labels]),
    ImportField("age_band", _("Apparent age"), _read_age, names="eta|eta apparente|fascia di eta|fascia eta|age",
                show=_labels(AgeBand.choices), allowed=lambda _known: [str(label) for label in AgeBand.labels],
                help=_("A band, or a number of years.")),
    ImportField("language", _("Language"), _read_language, names="lingua|lingua parlata|lingue|language spoken",
                show=language_name, help=_("Its name in Italian or English. Of several the first is kept.")),
    ImportField("needs", _("Needs"), lambda cell, known: read_choices(cell, known.areas),
                names="bisogni|bisogno|bisogni rilevati|richieste|richiesta|needs seen",
                show=_labels(ServiceType.Area.choices), help=_("Separated by commas or semicolons."),
                allowed=lambda _known: [str(label) for label in ServiceType.Area.labels]),
    ImportField("given", _("Given now"), lambda cell, known: read_choices(cell, known.given),
                names="dato|beni distribuiti|consegnato|distribuito|dato sul posto|materiali|beni|given",
                allowed=lambda known: list(known.given_names.values()), help=_("Separated by commas or semicolons.")),
    ImportField("sleeping_rough", _("Sleeps in the street?"), lambda cell, _known: read_yes_no(cell),
                names="dorme in strada|in strada|senza dimora|sfd|dorme fuori|sleeping rough|rough sleeper"),
    ImportField("next_step", _("Next step"), lambda cell, _known: read_text(cell, 300),
                names="prossimo passo|passo successivo|da fare|azione successiva|invio"),
    ImportField("note", _("Note"), lambda cell, _known: read_long_text(cell, 20_000),
                names="nota|note|osservazioni|annotazioni|commenti|notes|remarks"),
)  # fmt: skip
register(
    ImportKind(
        key="contacts", label=_("Street contacts"), order=40, object_type=CONTACT, url_name="contact_list",
        partners=contact_partners, fields=_FIELDS,
        lead=_("The register that the unit has kept so far. Each row becomes a contact, recorded now by you."),
        prepare=_prepare, find_existing=_find_existing, check=_check, make=_make, undo=_undo,
    )
)  # fmt: skip
