"""What the files of the network may say: one entry for each kind of table, and how an entry is made of a table."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, get_type_hints

from lgnet.network.models import Partner

CITIES = {Partner.Kind.MUNICIPALITY, Partner.Kind.AGENCY}

Entry = TypeVar("Entry")


class NetworkFileError(ValueError):
    """A network file is not as it must be; the message names the file, the entry and what is wrong."""


@dataclass(frozen=True)
class Source:
    """Where a fact was made public; `url` is empty where the page has no known address."""

    title: str
    url: str


@dataclass(frozen=True)
class ProjectEntry:
    """The funded project."""

    code: str
    name: str
    programme: str
    specific_objective: str
    prog_code: str
    cup: str
    cost: Decimal
    months: int
    starts_on: date
    ends_on: date
    target_persons: int
    lead_name: str
    lead_department: str
    goal_it: str
    goal_en: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class AimEntry:
    """A specific objective or an expected result."""

    kind: str
    number: int
    text_it: str
    text_en: str


@dataclass(frozen=True)
class FigureEntry:
    """A public target or result of a partner."""

    measure: str
    label_it: str
    label_en: str
    value: Decimal
    period: str
    source: str
    is_target: bool = False


@dataclass(frozen=True)
class SiteEntry:
    """A place a partner has made public."""

    kind: str
    name: str
    source: str
    area: str = ""
    address: str = ""
    hours: str = ""


@dataclass(frozen=True)
class TeamEntry:
    """A team a partner has made public; `site` is the name of one of the partner's sites."""

    kind: str
    name: str
    source: str
    site: str = ""
    schedule: str = ""
    crew: str = ""


@dataclass(frozen=True)
class PartnerEntry:
    """A partner, or the lead authority; `sources` are ids of the table of sources."""

    slug: str
    name: str
    short_name: str
    kind: str
    modules: tuple[str, ...]
    sources: tuple[str, ...]
    istat_code: str = ""
    region: str = ""
    province: str = ""
    latitude: float | None = None
    longitude: float | None = None
    modules_note: str = ""
    figures: tuple[FigureEntry, ...] = ()
    sites: tuple[SiteEntry, ...] = ()
    teams: tuple[TeamEntry, ...] = ()

    @property
    def is_city(self) -> bool:
        """Whether the partner serves people itself."""
        return self.kind in CITIES


@dataclass(frozen=True)
class ZoneEntry:
    """A zone a city starts with; `partner` is a slug."""

    partner: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class ServiceEntry:
    """A service of the catalogue."""

    code: str
    area: str
    name_it: str
    name_en: str
    unit_it: str
    unit_en: str


@dataclass(frozen=True)
class DemoTeam:
    """A team made up for every city that runs `module` and has published none of that kind."""

    kind: str
    name: str
    module: str = ""
    schedule: str = ""
    crew: str = ""
    reach: str = ""
    site_kind: str = ""
    site_address: str = ""


@dataclass(frozen=True)
class NetworkFile:
    """All that the files say; it has been checked."""

    project: ProjectEntry
    aims: tuple[AimEntry, ...]
    sources: Mapping[str, Source]
    partners: tuple[PartnerEntry, ...]
    zones: tuple[ZoneEntry, ...]
    service_types: tuple[ServiceEntry, ...]
    demo_teams: tuple[DemoTeam, ...]


def as_table(value: Any, where: str) -> dict[str, Any]:
    """Return a value that is a table. Raises NetworkFileError if it is anything else."""
    if not isinstance(value, dict):
        raise NetworkFileError(f"{where}: must be a table")
    return value


def as_tables(value: Any, where: str) -> list[dict[str, Any]]:
    """Return a value that is a list of tables. Raises NetworkFileError if it is anything else."""
    if not isinstance(value, list):
        raise NetworkFileError(f"{where}: must be a list of tables")
    return [as_table(item, where) for item in value]


def make_entry(kind: type[Entry], raw: Any, where: str, /, **made: Any) -> Entry:
    """Make an entry of a table: no key unknown or missing, each value of the type its field has.

    `made` are values that are ready; all others come from the table. Raises NetworkFileError.
    """
    raw = as_table(raw, where)
    known = {field.name: field for field in fields(kind) if field.name not in made}  # type: ignore[arg-type]
    for name in sorted(raw.keys() - known.keys()):
        raise NetworkFileError(f"{where}: unknown key {name!r}")
    for name, field in known.items():
        if name not in raw and field.default is MISSING:
            raise NetworkFileError(f"{where}: missing key {name!r}")
    hints = get_type_hints(kind)
    values = {name: _value(hints[name], value, f"{where}: {name}") for name, value in raw.items()}
    return kind(**values, **made)


def _value(hint: Any, value: Any, where: str) -> Any:
    """Return a value of a file as its field holds it. An amount is text or a whole number, never a float."""
    exact = type(value)
    if hint is Decimal and exact in (int, str):
        try:
            return Decimal(value)
        except InvalidOperation as error:
            raise NetworkFileError(f"{where}: {value!r} is not a number") from error
    if hint in (float, float | None) and exact in (int, float):
        return float(value)
    if hint == tuple[str, ...] and exact is list and all(type(item) is str for item in value):
        return tuple(value)
    if hint is exact and (exact is not str or value.strip() == value):
        return value
    raise NetworkFileError(f"{where}: {value!r} is not what belongs here ({getattr(hint, '__name__', hint)})")
