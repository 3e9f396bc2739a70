"""Importing the stops of a city from a spreadsheet."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Zone
from lgnet.core.cells import plain, read_choice, read_text, read_yes_no
from lgnet.core.errors import DomainError
from lgnet.imports.kinds import ImportField, ImportKind, Values, each_undone, one_by_one, register
from lgnet.imports.words import by_name
from lgnet.network.models import Partner, User
from lgnet.outreach.models import Stop
from lgnet.outreach.policies import stop_partners
from lgnet.outreach.removal import remove_stop
from lgnet.outreach.stops import STOP, create_stop

ZONE_NAMES = "zona|nome zona|quartiere|area|zona di contatto|neighbourhood"


@dataclass
class _Known:
    zones: dict[str, Zone]
    there: set[str]
    in_file: set[str] = field(default_factory=set)


def zones_by_name(partner: Partner) -> dict[str, Zone]:
    """The active zones of a city, as cells name them."""
    return by_name(Zone.objects.filter(partner=partner, is_active=True))


def zone_words(known: Any) -> list[str]:
    """The zones that may be written."""
    return [zone.name for zone in known.zones.values()]


def _prepare(_user: User, partner: Partner) -> _Known:
    names = Stop.objects.filter(partner=partner).values_list("name", flat=True)
    return _Known(zones_by_name(partner), {plain(name) for name in names})


def _find_existing(known: _Known, rows: Sequence[Values]) -> list[str]:
    return [row["name"] if plain(row["name"]) in known.there else "" for row in rows]


def _check(known: _Known, values: Values) -> None:
    name = plain(values["name"])
    if name in known.in_file:
        raise DomainError(_now("This name is twice in the file."), field="name")
    known.in_file.add(name)


def _make(by: User, _known: _Known, values: Values) -> uuid.UUID:
    return create_stop(
        by=by, zone=values["zone"], name=values["name"], directions=values.get("directions") or "",
        is_published=bool(values.get("is_published")),
    ).pk  # fmt: skip


def _undo(by: User, record_id: uuid.UUID) -> None:
    if (stop := Stop.objects.filter(pk=record_id).first()) is None:
        raise DomainError(_now("It is no longer there."))
    remove_stop(by=by, stop=stop)


register(
    ImportKind(
        key="stops", label=_("Stops"), order=20, object_type=STOP, url_name="stop_list", partners=stop_partners,
        lead=_("Coarse places where the mobile units stop. Never the place where somebody sleeps."),
        fields=(
            ImportField("name", _("Name"), lambda cell, _known: read_text(cell, 120), required=True,
                        names="nome|fermata|tappa|punto|luogo|stop|denominazione|nome fermata"),
            ImportField("zone", _("Zone"), lambda cell, known: read_choice(cell, known.zones), required=True,
                        names=ZONE_NAMES, allowed=zone_words, help=_("One of the zones of the city.")),
            ImportField("directions", _("How to get there"), lambda cell, _known: read_text(cell, 300),
                        names="come arrivare|indicazioni|mezzi|come si arriva|note|descrizione|directions"),
            ImportField("is_published", _("Published"), lambda cell, _known: read_yes_no(cell),
                        names="pubblicata|pubblicato|pubblica|pubblico|public|published",
                        help=_("Yes (or x) puts it on the public site.")),
        ),
        prepare=_prepare, find_existing=_find_existing, check=_check, make=one_by_one(_make),
        undo=each_undone(_undo),
    )
)  # fmt: skip
