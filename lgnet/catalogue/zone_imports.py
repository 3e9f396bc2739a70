"""Importing the zones of a city from a spreadsheet."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Zone
from lgnet.catalogue.zones import ZONE, create_zone, remove_zone, zone_partners
from lgnet.core.cells import Unreadable, plain, read_number, read_text
from lgnet.core.errors import DomainError
from lgnet.core.spreadsheets import Cell
from lgnet.imports.kinds import ImportField, ImportKind, Values, each_undone, one_by_one, register
from lgnet.network.models import Partner, User

ITALY = {"latitude": (35, 48), "longitude": (6, 19)}


@dataclass
class _Known:
    partner: Partner
    there: set[str]
    in_file: set[str] = field(default_factory=set)


def _prepare(_user: User, partner: Partner) -> _Known:
    names = Zone.objects.filter(partner=partner).values_list("name", flat=True)
    return _Known(partner, {plain(name) for name in names})


def _find_existing(known: _Known, rows: Sequence[Values]) -> list[str]:
    return [row["name"] if plain(row["name"]) in known.there else "" for row in rows]


def _check(known: _Known, values: Values) -> None:
    name = plain(values["name"])
    if name in known.in_file:
        raise DomainError(_now("This name is twice in the file."), field="name")
    if (values.get("latitude") is None) != (values.get("longitude") is None):
        raise DomainError(_now("Write both latitude and longitude, or neither."), field="latitude")
    known.in_file.add(name)


def _make(by: User, known: _Known, values: Values) -> uuid.UUID:
    place = {name: values.get(name) for name in ITALY}
    return create_zone(by=by, partner=known.partner, name=values["name"], **place).pk


def _undo(by: User, record_id: uuid.UUID) -> None:
    if (zone := Zone.objects.filter(pk=record_id).first()) is None:
        raise DomainError(_now("It is no longer there."))
    remove_zone(by=by, zone=zone)


def _degrees(name: str) -> Any:
    least, most = ITALY[name]

    def read(cell: Cell, _known: Any) -> float | None:
        degrees = read_number(cell)
        if degrees is not None and not least <= degrees <= most:
            raise Unreadable(
                _now("In Italy this is between %(least)s and %(most)s. Are latitude and longitude swapped?")
                % {"least": least, "most": most}
            )
        return degrees

    return read


register(
    ImportKind(
        key="zones", label=_("Zones"), order=10, object_type=ZONE, url_name="stop_list", partners=zone_partners,
        lead=_("Neighbourhoods in which the units work: coarse on purpose."),
        fields=(
            ImportField("name", _("Zone"), lambda cell, _known: read_text(cell, 100), required=True,
                        names="nome|nome zona|nome della zona|quartiere|area|denominazione|zone name|neighbourhood"),
            ImportField("latitude", _("Latitude"), _degrees("latitude"), names="latitudine|lat|y",
                        help=_("The rough middle in degrees, for the map: 44,41. It is kept to about 100 metres.")),
            ImportField("longitude", _("Longitude"), _degrees("longitude"), names="longitudine|lon|long|lng|x",
                        help=_("In degrees: 8,93.")),
        ),
        prepare=_prepare, find_existing=_find_existing, check=_check, make=one_by_one(_make),
        undo=each_undone(_undo),
    )
)  # fmt: skip
