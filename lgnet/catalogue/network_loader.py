"""Loads the files of lgnet/network/data into the database; doing it again changes nothing.

Rows are found by their natural keys. A row that the files name is made to say what they say; what they do not name is
left alone, so a city's own zones, sites and teams stay, and so does whether something is active. A team is found by
the name that the files gave it, also under another one; once its city has changed it, it is the city's own.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

from lgnet.catalogue.models import ServiceType, Site, Team, Zone
from lgnet.catalogue.network_entries import DemoTeam, NetworkFile, PartnerEntry
from lgnet.catalogue.network_file import (
    FOLDER,
    Row,
    demo_team_row,
    figure_row,
    partner_row,
    project_row,
    read_network,
    site_row,
    team_row,
    zone_row,
)
from lgnet.network.models import Aim, Partner, PartnerFigure, Project

Rows = Iterable[tuple[PartnerEntry, Row]]


@dataclass(frozen=True)
class LoadReport:
    """How many rows a load has created, has changed and has found as they should be."""

    created: int
    changed: int
    unchanged: int


class _Load:
    """One load: writes rows and counts what it did."""

    def __init__(self) -> None:
        self.counts = {"created": 0, "changed": 0, "unchanged": 0}

    def put(
        self, model: type[models.Model], key: tuple[str, ...], rows: Iterable[Row],
        known: dict[Any, models.Model] | None = None, own: Callable[[Any], bool] = lambda _found: False,
    ) -> dict[Any, models.Model]:  # fmt: skip
        """Create what is missing and change what differs, unless it is the city's `own`; return all rows by their key.

        `known` are the rows that are there, by their key, where this is not told by the names of `key`.
        """
        if known is None:
            known = {tuple(getattr(found, name) for name in key): found for found in model._default_manager.all()}
        for row in rows:
            at = tuple(row[name] for name in key)
            if at not in known:
                known[at] = model._default_manager.create(**row)
                self.counts["created"] += 1
                continue
            is_own = own(known[at])
            differing = [name for name, value in row.items() if not is_own and getattr(known[at], name) != value]
            for name in differing:
                setattr(known[at], name, row[name])
            if differing:
                known[at].save(update_fields=differing)
            self.counts["changed" if differing else "unchanged"] += 1
        return known


@transaction.atomic
def load_network(*, demo: bool = False, folder: Path = FOLDER) -> LoadReport:
    """Load the files of a folder, all or nothing; with `demo`, the made-up organisation too.

    Raises NetworkFileError, before anything is written, if a file is not as it must be.
    """
    network = read_network(folder)
    load = _Load()
    load.put(Project, ("code",), [project_row(network.project)])
    load.put(Aim, ("kind", "number"), (asdict(aim) for aim in network.aims))
    load.put(ServiceType, ("code",), (asdict(service) for service in network.service_types))
    partners = load.put(Partner, ("slug",), (partner_row(partner, network.sources) for partner in network.partners))
    ids = {slug: partner.pk for (slug,), partner in partners.items()}
    load.put(PartnerFigure, ("partner_id", "measure", "period"), _of(ids, _figures(network)))
    zones = ({"partner_id": ids[zone.partner], **zone_row(zone)} for zone in network.zones)
    load.put(Zone, ("partner_id", "name"), zones)
    sites = load.put(Site, ("partner_id", "name"), _of(ids, _sites(network, demo=demo)))
    teams = (_at_site(row, sites) for row in _of(ids, _teams(network, demo=demo)))
    load.put(Team, ("partner_id", "name"), teams, known=_known_teams(), own=lambda team: not team.source_url)
    return LoadReport(**load.counts)


def _of(ids: dict[str, Any], rows: Rows) -> Iterator[Row]:
    """The rows, each with the id of its partner."""
    for partner, row in rows:
        yield {"partner_id": ids[partner.slug], **row}


def _known_teams() -> dict[Any, models.Model]:
    """Every team by its partner and its name, or better the name that the files gave it."""
    teams = list(Team.objects.all())
    by_name: dict[Any, models.Model] = {(team.partner_id, team.name): team for team in teams}
    return by_name | {(team.partner_id, team.loaded_as): team for team in teams if team.loaded_as}


def _at_site(row: Row, sites: dict[Any, models.Model]) -> Row:
    """The row of a team, with the id of its site in the place of its name, and its name once more to be found by."""
    name = row.pop("site")
    return row | {"site_id": sites[row["partner_id"], name].pk if name else None, "loaded_as": row["name"]}


def _figures(network: NetworkFile) -> Rows:
    for partner in network.partners:
        for figure in partner.figures:
            yield partner, figure_row(figure, network.sources)


def _sites(network: NetworkFile, *, demo: bool) -> Rows:
    for partner in network.partners:
        for site in partner.sites:
            yield partner, site_row(site, network.sources)
    for partner, team in _demo_teams(network) if demo else ():
        if team.site_kind:
            yield partner, {
                "kind": team.site_kind, "name": _name(team, partner), "address": team.site_address,
                "hours": team.schedule, "is_published": False,
            }  # fmt: skip


def _teams(network: NetworkFile, *, demo: bool) -> Rows:
    for partner in network.partners:
        for team in partner.teams:
            yield partner, {"site": team.site, **team_row(team, network.sources)}
    for partner, made_up in _demo_teams(network) if demo else ():
        name = _name(made_up, partner)
        yield (
            partner,
            {
                **demo_team_row(made_up),
                "name": name,
                "source_url": "",
                "site": name if made_up.site_kind else "",
            },
        )


def _demo_teams(network: NetworkFile) -> Iterator[tuple[PartnerEntry, DemoTeam]]:
    """Each made-up team with each city it is for."""
    for partner in network.partners:
        for team in network.demo_teams if partner.is_city else ():
            runs_it = not team.module or team.module in partner.modules
            if runs_it and team.kind not in {published.kind for published in partner.teams}:
                yield partner, team


def _name(team: DemoTeam, partner: PartnerEntry) -> str:
    return team.name.replace("{city}", partner.short_name)
