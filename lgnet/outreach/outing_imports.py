"""Importing outings from a spreadsheet: the shifts of the next months, or the register of the past."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team, TeamMembership
from lgnet.core.cells import Unreadable, as_text, is_empty, plain, read_choice, read_clock, read_day
from lgnet.core.errors import DomainError
from lgnet.core.periods import at_clock, is_too_old
from lgnet.core.spreadsheets import Cell
from lgnet.imports.kinds import ImportField, ImportKind, Values, each_undone, one_by_one, register
from lgnet.imports.words import by_name
from lgnet.network.models import Partner, User
from lgnet.outreach.models import Outing, Stop
from lgnet.outreach.outing_forms import not_before
from lgnet.outreach.outing_log import record_past_outing
from lgnet.outreach.outing_selectors import units_to_run
from lgnet.outreach.outings import AHEAD, OUTING, Halt, Plan, plan_outing
from lgnet.outreach.policies import stop_partners
from lgnet.outreach.removal import remove_outing

_PARTS = re.compile(r"[;\n+]|,(?!\d)")
_TIMED = re.compile(
    r"(?:(?P<before>\d{1,2}[:.]\d{2})\s*)?(?P<name>.*?)(?:\s*\(?(?P<after>\d{1,2}[:.]\d{2})\)?)?", re.DOTALL
)
MOST_ROWS = 300  # each is planned by itself: more take too long for one request
UNIT_NAMES = "unita|unita mobile|unita di strada|squadra|equipe|team|mobile unit"


@dataclass
class _Known:
    units: dict[str, Team]
    stops: dict[str, Stop]
    places: list[TeamMembership]
    taken: dict[uuid.UUID, list[tuple[datetime, datetime]]]

    def members_on(self, team: Team, day: date) -> dict[str, User]:
        """Who was in the unit on that day, by name."""
        return {
            plain(place.user.full_name): place.user
            for place in self.places
            if place.team_id == team.pk and place.starts_on <= day <= (place.last_day or day)
        }


def only_unit(units: dict[str, Team], values: Values) -> Team:
    """The unit that is written, or the only one. Raises DomainError when it has to be written."""
    team: Team | None = values.get("team")
    if team is None and len(units) == 1:
        team = next(iter(units.values()))
    if team is None:
        raise DomainError(_now("Write which unit it was."), field="team")
    return team


def _prepare(user: User, partner: Partner) -> _Known:
    units = list(units_to_run(user).filter(partner=partner))
    taken: dict[uuid.UUID, list[tuple[datetime, datetime]]] = {unit.pk: [] for unit in units}
    rows = Outing.objects.filter(team__in=units, cancelled_at=None)
    for team, start, end in rows.values_list("team", "starts_at", "ends_at"):
        taken[team].append((start, end))
    places = TeamMembership.objects.filter(team__in=units).select_related("user")
    return _Known(by_name(units), by_name(Stop.objects.filter(partner=partner)), list(places), taken)


def _hours(values: Values) -> tuple[datetime, datetime]:
    start = at_clock(values["day"], values["since"])
    return start, not_before(start, values["day"], values["until"])


def _find_existing(known: _Known, rows: Sequence[Values]) -> list[str]:
    starts = {team: {start for start, _end in hours} for team, hours in known.taken.items()}
    found = []
    for values in rows:
        start, _end = _hours(values)
        team = values.get("team") or (next(iter(known.units.values())) if len(known.units) == 1 else None)
        there = team is not None and start in starts.get(team.pk, ())
        found.append(f"{team.name}, {timezone.localtime(start):%d/%m/%Y %H:%M}" if there and team else "")
    return found


def _check(known: _Known, values: Values) -> None:
    values["team"] = team = only_unit(known.units, values)
    start, end = _hours(values)
    if is_too_old(start) or start > timezone.now() + AHEAD:
        raise DomainError(_now("Check the year."), field="day")
    if start <= timezone.now() < end:
        raise DomainError(_now("This outing is going on now: start it on its page."), field="day")
    if end == start:
        raise DomainError(_now("The end is not after the start."), field="until")
    if any(begins < end and start < finishes for begins, finishes in known.taken[team.pk]):
        raise DomainError(_now("The unit has another outing at this time, here or in the file."), field="day")
    for _stop, clock in values.get("stops") or []:
        if clock and not start <= not_before(start, values["day"], clock) < end:
            raise DomainError(_now("A stop is outside of the hours of the outing."), field="stops")
    known.taken[team.pk].append((start, end))


def _make(by: User, known: _Known, values: Values) -> uuid.UUID:
    start, end = _hours(values)
    members = known.members_on(values["team"], timezone.localdate(start))
    names = list(dict.fromkeys(values.get("crew") or []))
    halts = [
        Halt(stop, not_before(start, values["day"], clock) if clock else start)
        for stop, clock in values.get("stops") or []
    ]
    crew = [members[plain(name)] for name in names if plain(name) in members]
    plan = Plan(start, end, crew, [name for name in names if plain(name) not in members], halts)
    service = record_past_outing if end <= timezone.now() else plan_outing
    return service(by=by, team=values["team"], plan=plan).pk


def _undo(by: User, record_id: uuid.UUID) -> None:
    outing = Outing.objects.filter(pk=record_id).select_related("team").first()
    if outing is None:
        raise DomainError(_now("It is no longer there."))
    remove_outing(by=by, outing=outing)


def _read_names(cell: Cell, _known: Any) -> list[str] | None:
    parts = [" ".join(part.split())[:120] for part in _PARTS.split(as_text(cell))]
    return [part for part in parts if not is_empty(part)] or None


def _read_stops(cell: Cell, known: _Known) -> list[tuple[Stop, time | None]] | None:
    if is_empty(cell):
        return None
    found = []
    for part in _PARTS.split(as_text(cell)):
        match = _TIMED.fullmatch(part.strip())
        if match is None or is_empty(match["name"].strip(" -–:")):
            continue
        stop = read_choice(match["name"].strip(" -–:"), known.stops)
        if stop:
            found.append((stop, read_clock(match["before"] or match["after"])))
    return found or None


def _show_stops(stops: list[tuple[Stop, time | None]]) -> list[str]:
    return [f"{clock:%H:%M} {stop.name}" if clock else stop.name for stop, clock in stops]


def _read_unit(cell: Cell, known: Any) -> Team | None:
    try:
        return read_choice(cell, known.units)
    except Unreadable as error:
        raise Unreadable(f"{error} " + _now("Only units that are yours can be written.")) from error


def unit_field(**given: Any) -> ImportField:
    """The column of the unit; it may be missing when there is only one."""
    return ImportField(
        "team", _("Unit"), _read_unit, names=UNIT_NAMES, help=_("May be left out when you have only one."),
        allowed=lambda known: [unit.name for unit in known.units.values()], **given,
    )  # fmt: skip


def clock_words(clock: time) -> str:
    """A time of the day, as the preview shows it."""
    return f"{clock:%H:%M}"


register(
    ImportKind(
        key="outings", label=_("Outings"), order=30, object_type=OUTING, url_name="outing_list",
        partners=stop_partners, most_rows=MOST_ROWS,
        lead=_("The shifts of the next months, or the register of the past: past outings count as done."),
        fields=(
            unit_field(),
            ImportField("day", _("Day"), lambda cell, _known: read_day(cell), required=True,
                        names="data|giorno|date|data uscita|data turno"),
            ImportField("since", _("From"), lambda cell, _known: read_clock(cell), required=True, show=clock_words,
                        names="dalle|da|ora inizio|inizio|dalle ore|ore da|start|begins at"),
            ImportField("until", _("To"), lambda cell, _known: read_clock(cell), required=True, show=clock_words,
                        names="alle|a|ora fine|fine|alle ore|ore a|end|ends at",
                        help=_("An end earlier than the start means the next day.")),
            ImportField("stops", _("Stops"), _read_stops, show=_show_stops,
                        names="tappe|fermate|itinerario|percorso|luoghi",
                        allowed=lambda known: [stop.name for stop in known.stops.values()],
                        help=_("Separated by semicolons, each perhaps with its time: 19:30 Piazza; 21:00 Stazione.")),
            ImportField("crew", _("Crew"), _read_names,
                        names="equipaggio|operatori|personale|turnisti|operatore|nomi|staff",
                        help=_("Names, separated by commas. Who is not in the unit is kept as a volunteer.")),
        ),
        prepare=_prepare, find_existing=_find_existing, check=_check, make=one_by_one(_make),
        undo=each_undone(_undo),
    )
)  # fmt: skip
