"""Outings of the simulated cities: planned in blocks of weeks, driven, written down, now and then cancelled."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from lgnet.catalogue.models import Team, Zone
from lgnet.core.periods import at_clock
from lgnet.network.models import Membership, User
from lgnet.network.roles import Role
from lgnet.outreach.models import Outing, Stop
from lgnet.outreach.outing_log import LogEntry, end_outing, start_outing
from lgnet.outreach.outing_selectors import given_on, stop_at
from lgnet.outreach.outings import Halt, Plan, cancel_outing, plan_outing
from lgnet.outreach.positions import Position, coarse
from lgnet.outreach.services import Sighting, record_contact
from lgnet.outreach.shifts import Shift
from lgnet.outreach.stops import create_stop, describe_unit

DAYS = 70  # cities began to plan their outings on the platform so long ago
BUSY_DAYS = 21  # of the last weeks also those who gave no name are told
GIVEN, NEEDS = ("hot_drink", "food", "blanket", "hygiene_kit"), ("health", "legal", "housing", "orientation")
WEEKS, AHEAD = 4, timedelta(days=14)  # planned together, so long before the first
# When units go out, where the cities say so (DOMAIN 1.2); the others in the evening.
LATE = timedelta(hours=1)  # when somebody of the crew joins later
HOURS = {"roma": (time(9, 30), 8), "genova": (time(15), 5)}
EVENING = (time(18, 30), 5)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
WEEKDAYS = {"roma": (0, 1, 2, 3, 4), "genova": (0, 1, 3, 4), "latina": EVERY_DAY, "bari": EVERY_DAY}
USUAL_WEEKDAYS = (0, 2, 3, 4)
PLACES = ("fermata dell'autobus", "lato della farmacia", "piazzale", "davanti alla biblioteca")
WAYS = ("Autobus e metropolitana a due minuti", "Fermata del tram di fronte", "A piedi dalla stazione", "")
REASONS = ("Allerta meteo", "Furgone in officina", "Equipaggio malato")
INCIDENTS = (*[""] * 6, "Chiamata al 112 per un malore, ambulanza arrivata in dieci minuti.", "Gomma a terra.")
NOTES = ("", "", "", "Chiedono coperte per la prossima uscita.", "Mancano opuscoli in arabo.")
VOLUNTEERS = ("Volontaria Prova Uno", "Volontario Prova Due", "Tirocinante Prova")
VEHICLES = ("Furgone attrezzato", "Camper", "Minivan a nove posti")
EQUIPMENT = (
    "Tablet e stampante portatile\nRouter con SIM\nThermos e bicchieri\nKit igienici\nCassetta di primo soccorso"
)


class Rounds:
    """The outings of one mobile unit, each step an event at its own moment: `at(moment, act)`."""

    def __init__(
        self, unit: Team, crew: list[User], zones: list[Zone], *, seed: int,
        at: Callable[[datetime, Callable[[], None]], None],
    ) -> None:  # fmt: skip
        self.unit, self.crew, self.zones, self.at = unit, crew, zones, at
        self.rng = random.Random(f"{seed} outings {unit.partner.slug}")  # noqa: S311
        self.start, self.length = HOURS.get(unit.partner.slug, EVENING)
        self.weekdays = WEEKDAYS.get(unit.partner.slug, USUAL_WEEKDAYS)
        self.kilometres = self.rng.randint(8_000, 60_000)
        self.stops: list[Stop] = []
        self.now = timezone.now()
        self.outing: Outing | None = None  # the one that is out now
        self.has_begun = False
        self.met = 0

    @property
    def is_out(self) -> bool:
        """Whether the unit is on an outing now."""
        return self.outing is not None

    @property
    def contact_hour(self) -> int:
        """An hour at which the unit is out, with time left."""
        return self.start.hour + 1

    @property
    def zone_now(self) -> Zone | None:
        """The zone of the stop at which the unit is, if it is out and at one."""
        row = stop_at(self.outing, timezone.now()) if self.outing else None
        return row.stop.zone if row else None

    def begin(self, now: datetime) -> None:
        """Put the unit on the road from `DAYS` ago on, with outings planned beyond now."""
        self.now = now
        monday = timezone.localdate(now - timedelta(days=DAYS))
        monday -= timedelta(days=monday.weekday())
        self.at(at_clock(monday, time(9)), self._furnish)
        while at_clock(monday, time(10)) - AHEAD < now:
            planned_at = max(at_clock(monday, time(10)) - AHEAD, now - timedelta(days=DAYS))
            self.at(planned_at, lambda monday=monday: self._plan(monday))  # type: ignore[misc]
            monday += timedelta(weeks=WEEKS)

    def _furnish(self) -> None:
        """Vehicle and stops of the unit; as many as it has zones, up to six."""
        self.has_begun = True
        posts = Membership.objects.current().filter(partner=self.unit.partner, role=Role.COORDINATOR)
        if post := posts.select_related("user").first():
            describe_unit(
                by=post.user, team=self.unit, vehicle=self.rng.choice(VEHICLES),
                plate=f"ZZ {self.rng.randint(100, 999)} LG", equipment=EQUIPMENT,
            )  # fmt: skip
        for zone in self.rng.sample(self.zones, k=min(6, len(self.zones))):
            name, way = f"{zone.name}, {self.rng.choice(PLACES)}", self.rng.choice(WAYS)
            is_published = self.rng.random() < 0.7
            stop = create_stop(by=self.crew[0], zone=zone, name=name, directions=way, is_published=is_published)
            self.stops.append(stop)

    def _plan(self, monday: date) -> None:
        """The outings of some weeks: each weekday has its crew and its round of stops."""
        for weekday in self.weekdays:
            start = at_clock(monday + timedelta(days=weekday), self.start)
            end = start + timedelta(hours=self.length)
            if start <= timezone.now():
                continue
            visited = self.rng.sample(self.stops, k=min(3, len(self.stops)))
            share = timedelta(hours=self.length) / max(1, len(visited))
            halts = [
                Halt(stop, start + share * turn + timedelta(minutes=15), start + share * (turn + 1))
                for turn, stop in enumerate(visited)
            ]
            crew = self.rng.sample(self.crew, k=min(len(self.crew), 3))
            volunteers = [self.rng.choice(VOLUNTEERS)] if self.rng.random() < 0.5 else []
            shifts = {str(crew[-1].pk): Shift(joins_at=start + LATE)} if len(crew) > 2 else {}  # after another service
            plan = Plan(start, end, crew, volunteers, halts, shifts)
            first = plan_outing(by=crew[0], team=self.unit, plan=plan, weeks=WEEKS)
            for outing in Outing.objects.filter(series=first.series):
                self._drive(outing)

    def _drive(self, outing: Outing) -> None:
        """Most outings take place; a few are cancelled the day before, fewer are never started."""
        luck = self.rng.random()
        late = timedelta(minutes=self.rng.randint(0, 12))
        if luck < 0.04:
            self.at(outing.starts_at - timedelta(hours=20), lambda: self._cancel(outing))
        elif luck < 0.985:
            self.at(outing.starts_at + late, lambda: self._start(outing))
            self.at(outing.ends_at + late * 2, lambda: self._end(outing))

    def _cancel(self, outing: Outing) -> None:
        cancel_outing(by=self.crew[0], outing=outing, reason=self.rng.choice(REASONS))

    def _start(self, outing: Outing) -> None:
        start_outing(by=self.crew[0], outing=outing, started_at=_to_the_minute(), km_start=self.kilometres)
        self.outing = outing
        if timezone.now() > self.now - timedelta(days=BUSY_DAYS):
            for _number in range(self.rng.randint(2, 6)):
                minutes = self.rng.randint(10, self.length * 60 - 20)
                self.at(timezone.now() + timedelta(minutes=minutes), self._meet_somebody)

    def _meet_somebody(self) -> None:
        """Somebody unknown, or a group: most of those whom a unit meets give no name."""
        zone = self.zone_now
        if self.outing is None or zone is None:
            return
        sighting = Sighting(
            head_count=self.rng.choice((1, 1, 1, 2, 4)), given=self.rng.sample(GIVEN, self.rng.randint(1, 2)),
            needs=self.rng.sample(NEEDS, self.rng.randint(0, 1)), sleeping_rough=self.rng.choice((True, False, None)),
        )  # fmt: skip
        self.met += 1
        record_contact(
            by=self.crew[0], team=self.unit, zone=zone, occurred_at=timezone.now(), sighting=sighting,
            position=self._position(zone),
        )  # fmt: skip

    def _position(self, zone: Zone) -> Position | None:
        """Every third time somebody notes where it was; once in a long while still on the way home, far away."""
        if zone.latitude is None or zone.longitude is None or self.met % 3:
            return None
        east = 0.5 if self.met % 60 == 0 else self.met % 7 / 1000
        return Position(coarse(zone.latitude + self.met % 5 / 1000), coarse(zone.longitude + east))

    def _end(self, outing: Outing) -> None:
        self.kilometres += self.rng.randint(12, 60)
        supplies = {code: count + self.rng.randint(0, 6) for code, count in given_on(outing).items()}
        entry = LogEntry(
            self.kilometres, supplies, self.rng.choice(Outing.Weather.values[:3]), self.rng.choice(INCIDENTS),
            self.rng.choice(NOTES),
        )  # fmt: skip
        end_outing(by=self.crew[0], outing=outing, ended_at=_to_the_minute(), entry=entry)
        self.outing = None


def _to_the_minute() -> datetime:
    return timezone.now().replace(second=0, microsecond=0)
