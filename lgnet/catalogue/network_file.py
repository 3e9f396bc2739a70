"""Reads and checks the files of lgnet/network/data: project, partners, zones, services, demo organisation.

The files are the one source of public facts; a fact is changed there, with its source, and loaded again.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_noop

import lgnet.network
from lgnet.catalogue.codes import MODULES
from lgnet.catalogue.models import ServiceType, Site, Team, Zone
from lgnet.catalogue.network_entries import (
    AimEntry,
    DemoTeam,
    FigureEntry,
    NetworkFile,
    NetworkFileError,
    PartnerEntry,
    ProjectEntry,
    ServiceEntry,
    SiteEntry,
    Source,
    TeamEntry,
    ZoneEntry,
    as_table,
    as_tables,
    make_entry,
)
from lgnet.network.models import Aim, Partner, PartnerFigure, Project

FOLDER = Path(lgnet.network.__file__).parent / "data"
# What a code of `modules_note` says. Stored in English and translated where it is shown.
MODULE_NOTES = {
    "": "",
    "common_steps": gettext_noop("No public detail was found: these are the steps that all cities share."),
    "earlier_edition": gettext_noop("Known from an earlier edition; no public detail on the present one was found."),
    "no_detail": gettext_noop("No public detail was found on what this partner does in particular."),
}
LATITUDES, LONGITUDES = (35.0, 47.5), (6.0, 19.0)  # of Italy

Row = dict[str, Any]


# -- reading -------------------------------------------------------------------------------------------------------


def read_network(folder: Path = FOLDER) -> NetworkFile:
    """Read and check the files of a folder. Raises NetworkFileError, which names the first entry that is wrong."""
    raw, where = _toml(folder, "network.toml"), "network.toml"
    _only(raw, {"sources", "project", "objective", "result", "partner"}, where)
    network = NetworkFile(
        project=make_entry(ProjectEntry, raw["project"], f"{where}, project"),
        aims=tuple(
            make_entry(AimEntry, aim, f"{where}, {kind} {number}", kind=kind)
            for kind in Aim.Kind.values
            for number, aim in enumerate(as_tables(raw[kind], f"{where}, {kind}"), 1)
        ),
        sources={
            key: make_entry(Source, value, f"{where}, source {key}")
            for key, value in as_table(raw["sources"], f"{where}, sources").items()
        },
        partners=tuple(_partner(value) for value in as_tables(raw["partner"], f"{where}, partner")),
        zones=tuple(_zones(_toml(folder, "zones.toml"))),
        service_types=tuple(_services(_toml(folder, "service_types.toml"))),
        demo_teams=tuple(_demo_teams(_toml(folder, "demo_organisation.toml"))),
    )
    _check(network)
    return network


def _toml(folder: Path, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NetworkFileError(f"{name}: {error}") from error


def _only(raw: Mapping[str, Any], names: set[str], where: str) -> None:
    """Refuse tables that are missing or that nobody knows."""
    for name in sorted(names ^ raw.keys()):
        raise NetworkFileError(f"{where}: {'missing' if name in names else 'unknown'} table {name!r}")


def _partner(raw: dict[str, Any]) -> PartnerEntry:
    where = f"network.toml, partner {raw.get('slug', '?')}"
    parts: dict[str, tuple[Any, ...]] = {}
    for key, entry in (("figure", FigureEntry), ("site", SiteEntry), ("team", TeamEntry)):
        parts[f"{key}s"] = tuple(
            make_entry(entry, part, f"{where}, {key} {part.get('name') or part.get('measure', '?')}")
            for part in as_tables(raw.get(key, []), f"{where}, {key}")
        )
    plain = {key: value for key, value in raw.items() if key not in {"figure", "site", "team"}}
    return make_entry(PartnerEntry, plain, where, **parts)


def _zones(raw: Mapping[str, Any]) -> Iterator[ZoneEntry]:
    for slug, zones in raw.items():
        for name, point in as_table(zones, f"zones.toml, {slug}").items():
            where = f"zones.toml, {slug}, {name}"
            if not (isinstance(point, list) and len(point) == 2):
                raise NetworkFileError(f"{where}: must be [latitude, longitude]")
            yield make_entry(ZoneEntry, {"latitude": point[0], "longitude": point[1]}, where, partner=slug, name=name)


def _services(raw: Mapping[str, Any]) -> Iterator[ServiceEntry]:
    for area, services in raw.items():
        for code, value in as_table(services, f"service_types.toml, {area}").items():
            yield make_entry(ServiceEntry, value, f"service_types.toml, {code}", code=code, area=area)


def _demo_teams(raw: Mapping[str, Any]) -> Iterator[DemoTeam]:
    where = "demo_organisation.toml"
    _only(raw, {"team"}, where)
    for value in as_tables(raw["team"], f"{where}, team"):
        yield make_entry(DemoTeam, value, f"{where}, team {value.get('name', '?')}")


# -- checking ------------------------------------------------------------------------------------------------------


def _check(network: NetworkFile) -> None:
    """Check what only the whole can tell: doubles, references, codes, and that every row fits its table."""
    partners = {partner.slug: partner for partner in network.partners}
    _once("partner", (partner.slug for partner in network.partners))
    _once("partner name", (partner.name for partner in network.partners))
    _once("ISTAT code", (partner.istat_code for partner in network.partners if partner.istat_code))
    _once("aim", ((aim.kind, aim.number) for aim in network.aims))
    _once("zone", ((zone.partner, zone.name) for zone in network.zones))
    _once("service", (service.code for service in network.service_types))
    if sum(partner.kind == Partner.Kind.LEAD for partner in network.partners) != 1:
        raise NetworkFileError("network.toml: there must be one partner of the kind 'lead'")
    for key, source in network.sources.items():
        if source.url and not source.url.startswith(("https://", "http://")):
            raise NetworkFileError(f"network.toml, source {key}: {source.url!r} is not an address")
    _known(network.project.sources, network.sources, "source", "network.toml, project")
    for partner in network.partners:
        _check_partner(partner, network.sources)
    for zone in network.zones:
        if zone.partner not in partners or not partners[zone.partner].is_city:
            raise NetworkFileError(f"zones.toml: {zone.partner!r} is not a city of the network")
        _check_point(zone.latitude, zone.longitude, f"zones.toml, {zone.partner}, {zone.name}")
    for team in network.demo_teams:
        _known([team.module] if team.module else [], MODULES, "module", f"demo_organisation.toml, team {team.name}")
    for model, row, where in _rows_to_fit(network):
        _fits(model, row, where)


def _check_partner(partner: PartnerEntry, sources: Mapping[str, Source]) -> None:
    where = f"network.toml, partner {partner.slug}"
    _known([partner.kind], Partner.Kind.values, "kind", where)
    if not re.fullmatch(r"[0-9]{6}" if partner.is_city else "", partner.istat_code):
        raise NetworkFileError(f"{where}: a city has an ISTAT code of 6 digits, others have none")
    if partner.is_city or partner.latitude is not None or partner.longitude is not None:
        _check_point(partner.latitude, partner.longitude, where)
    if not partner.sources:
        raise NetworkFileError(f"{where}: names no source")
    _known(partner.sources, sources, "source", where)
    _known(partner.modules, MODULES, "module", where)
    _known([partner.modules_note], MODULE_NOTES, "note", where)
    _once(f"figure of {partner.slug}", ((figure.measure, figure.period) for figure in partner.figures))
    _once(f"site of {partner.slug}", (site.name for site in partner.sites))
    _once(f"team of {partner.slug}", (team.name for team in partner.teams))
    # A figure, site or team may name only what its partner names, so that the partner's page shows every source.
    parts: tuple[FigureEntry | SiteEntry | TeamEntry, ...] = (*partner.figures, *partner.sites, *partner.teams)
    _known((part.source for part in parts), partner.sources, "source", where)
    for team in partner.teams:
        _known([team.site] if team.site else [], [site.name for site in partner.sites], "site", where)


def _check_point(latitude: float | None, longitude: float | None, where: str) -> None:
    for value, (low, high) in ((latitude, LATITUDES), (longitude, LONGITUDES)):
        if value is None or not low <= value <= high:
            raise NetworkFileError(f"{where}: {latitude}, {longitude} is not a point in Italy")


def _known(values: Iterable[str], known: Iterable[str], what: str, where: str) -> None:
    for value in values:
        if value not in known:
            raise NetworkFileError(f"{where}: unknown {what} {value!r}")


def _once(what: str, keys: Iterable[Hashable]) -> None:
    for key, count in Counter(keys).items():
        if count > 1:
            raise NetworkFileError(f"{what} {key!r} is there {count} times")


def _rows_to_fit(network: NetworkFile) -> Iterator[tuple[type[models.Model], Row, str]]:
    yield Project, project_row(network.project), "network.toml, project"
    for aim in network.aims:
        yield Aim, asdict(aim), f"network.toml, {aim.kind} {aim.number}"
    for partner in network.partners:
        where = f"network.toml, partner {partner.slug}"
        yield Partner, partner_row(partner, network.sources), where
        for figure in partner.figures:
            yield PartnerFigure, figure_row(figure, network.sources), f"{where}, figure {figure.measure}"
        for site in partner.sites:
            yield Site, site_row(site, network.sources), f"{where}, site {site.name}"
        for team in partner.teams:
            yield Team, team_row(team, network.sources), f"{where}, team {team.name}"
    for zone in network.zones:
        yield Zone, zone_row(zone), f"zones.toml, {zone.partner}, {zone.name}"
    for service in network.service_types:
        yield ServiceType, asdict(service), f"service_types.toml, {service.code}"
    for made_up in network.demo_teams:
        where = f"demo_organisation.toml, team {made_up.name}"
        yield Team, demo_team_row(made_up), where
        if made_up.site_kind:
            yield Site, {"kind": made_up.site_kind, "name": made_up.name, "address": made_up.site_address}, where


def _fits(model: type[models.Model], row: Row, where: str) -> None:
    """Refuse a row that its table would not take: an unknown kind, a text that is too long or empty."""
    apart = {field.name for field in model._meta.fields if field.is_relation} | {"modules", "sources"}
    try:
        model(**row).clean_fields(exclude=apart)
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise NetworkFileError(f"{where}: {name}: {messages[0]}") from error


# -- as the tables hold it -----------------------------------------------------------------------------------------


def project_row(project: ProjectEntry) -> Row:
    """The project as its table holds it."""
    return {name: value for name, value in asdict(project).items() if name != "sources"}


def partner_row(partner: PartnerEntry, sources: Mapping[str, Source]) -> Row:
    """A partner as its table holds it."""
    apart = {"figures", "sites", "teams"}
    return {name: value for name, value in asdict(partner).items() if name not in apart} | {
        "modules": list(partner.modules),
        "modules_note": MODULE_NOTES[partner.modules_note],
        "sources": [asdict(sources[key]) for key in partner.sources],
    }


def figure_row(figure: FigureEntry, sources: Mapping[str, Source]) -> Row:
    """A figure as its table holds it, without its partner."""
    source = sources[figure.source]
    row = {name: value for name, value in asdict(figure).items() if name != "source"}
    return row | {"source_title": source.title, "source_url": source.url}


def site_row(site: SiteEntry, sources: Mapping[str, Source]) -> Row:
    """A site as its table holds it, without its partner."""
    row = {name: value for name, value in asdict(site).items() if name != "source"}
    return row | {"is_published": True, "source_url": sources[site.source].url}


def team_row(team: TeamEntry, sources: Mapping[str, Source]) -> Row:
    """A team as its table holds it, without its partner and its site."""
    row = {name: value for name, value in asdict(team).items() if name not in {"source", "site"}}
    return row | {"source_url": sources[team.source].url}


def demo_team_row(team: DemoTeam) -> Row:
    """A made-up team as its table holds it, without its partner and its site."""
    return {name: getattr(team, name) for name in ("kind", "name", "schedule", "crew", "reach")}


def zone_row(zone: ZoneEntry) -> Row:
    """A zone as its table holds it, without its partner."""
    return {name: value for name, value in asdict(zone).items() if name != "partner"}
