"""A small world of journeys, written through the only writer of the journey."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from lgnet.cases.models import FollowUp
from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.periods import Quarter
from lgnet.indicators import changes, evidence, figures
from lgnet.network.models import Partner, User
from lgnet.network.roles import Role
from lgnet.people import journey
from lgnet.people.models import EligibilityCheck, JourneyEvent, JourneyKind, Person
from lgnet.people.services import rebuild_name_keys
from tests.conftest import team_of

PLANTED = "Zanzibarra"  # a family name that no page, spreadsheet or chart of figures may hold


@pytest.fixture(autouse=True)
def _nothing_remembered(settings: Any) -> None:
    """Every test begins like a fresh process."""
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": uuid.uuid4().hex}
    }
    for memory in (changes._remembered, evidence._remembered, figures._remembered):
        memory.clear()


def rome(day: date | str, hour: int = 12, minute: int = 0) -> datetime:
    day = date.fromisoformat(day) if isinstance(day, str) else day
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def day_in(quarters_ago: int, days: int = 10) -> date:
    """A day of a quarter so many before the present one."""
    quarter = Quarter.of(timezone.localdate())
    first = quarter.first_day
    for _number in range(quarters_ago):
        first = Quarter.of(first - timedelta(days=1)).first_day
    return min(first + timedelta(days=days), timezone.localdate())


class Recorder:
    """Writes what happened to people of one partner."""

    def __init__(self, partner: Partner, by: User) -> None:
        self.partner, self.by = partner, by
        self.writes_late = False  # everything is written now, whenever it happened

    def person(self, *, identified: bool = True, **values: Any) -> Person:
        known = {
            "given_names": "Amina", "family_names": PLANTED, "birth_date": date(1990, 1, 1), "gender": "f",
        } if identified else {"nickname": PLANTED}  # fmt: skip
        person = Person.objects.create(partner=self.partner, registered_by=self.by, **(known | values))
        rebuild_name_keys(person)
        return person

    def event(
        self, kind: str, at: date | datetime, person: Person | None = None, *, trace: uuid.UUID | None = None,
        recorded_at: datetime | None = None, team: Team.Kind = Team.Kind.DESK, value: float = 1,
        source: Any = None, service: str = "",
    ) -> JourneyEvent:  # fmt: skip
        moment = min(at if isinstance(at, datetime) else rome(at), timezone.now())
        with time_machine.travel(timezone.now() if self.writes_late else recorded_at or moment, tick=False):
            return journey.record(
                JourneyKind(kind), by=self.by, partner=self.partner, team=team_of(self.partner, team),
                source=source or person or self.by, person=person, trace=trace, occurred_at=moment, quantity=value,
                service_type=ServiceType.objects.filter(code=service).first() if service else None,
            )  # fmt: skip

    def check(self, person: Person, on: date, verdict: str, *, recorded_at: datetime | None = None) -> EligibilityCheck:
        with time_machine.travel(timezone.now() if self.writes_late else recorded_at or rome(on), tick=False):
            check = EligibilityCheck.objects.create(
                person=person, partner=self.partner, checked_on=on, checked_by=self.by, verdict=verdict,
                title_type="asylum_request",
            )  # fmt: skip
            self.event("eligibility_checked", rome(on), person, recorded_at=recorded_at or rome(on))
            return check


@pytest.fixture
def record(partner: Partner, desk_operator: User) -> Recorder:
    return Recorder(partner, desk_operator)


@pytest.fixture
def record_abroad(other_partner: Partner, make_user: Callable[..., User]) -> Recorder:
    return Recorder(other_partner, make_user(Role.DESK_OPERATOR, other_partner))


def write_a_bit_of_everything(record: Recorder, turns: int = 4) -> None:
    """People at every step of the way, in three quarters, with what is voided, anonymous and not eligible."""
    for turn in range(turns):
        known_for_long = uuid.uuid4()
        for ago in (2, 1, 0):
            record.event("contact", day_in(ago, turn), trace=known_for_long)
            trace = uuid.uuid4()
            record.event("contact", day_in(ago, turn))
            record.event("contact", day_in(ago, turn), trace=trace)
            record.event("contact", day_in(ago, turn + 1), trace=trace)
            record.event("referral_sent", day_in(ago, turn + 1), trace=trace)
            person = record.person(identified=turn % 4 != 3)
            record.event("contact", day_in(ago, turn), person)
            record.event("referral_sent", day_in(ago, turn), person, team=Team.Kind.MOBILE_UNIT)
            record.event("arrival", day_in(ago, 2 * turn + 1), person)
            record.event("registered", day_in(ago, 2 * turn + 1), person)
            record.event("request_made", day_in(ago, 2 * turn + 1), person)
            record.event("request_answered", day_in(ago, 2 * turn + 1 + turn % 2), person)
            record.event("referral_accepted", day_in(ago, turn + 3), person)
            record.event("appointment_missed" if turn % 3 else "appointment_kept", day_in(ago, 2 * turn + 4), person)
            record.event("mediation", day_in(ago, 2 * turn + 4), person)
            record.check(person, day_in(ago, 2 * turn + 2), "not_eligible" if turn % 4 == 2 else "eligible")
            record.event("case_opened", day_in(ago, 3 * turn + 3), person)
            record.event("plan_signed", day_in(ago, 4 * turn + 5), person)
            for later in range(min(ago, 1) + 1):
                record.event("service_delivered", day_in(ago - later, 5 * turn + 6), person)
            if turn < 2:
                write_what_changed(record, person, ago, turn)
            mistake = record.event("arrival", day_in(ago, 1), person)
            journey.void(mistake, by=record.by, reason="mistake")


def write_what_changed(record: Recorder, person: Person, ago: int, turn: int) -> None:
    """What is answered in a case and after it, within the quarter."""
    days = iter(range(3 * turn + 3, 80))

    def tell(kind: str, value: float = 1, **more: Any) -> None:
        record.event(kind, day_in(ago, next(days)), person, value=value, **more)

    for code in ("civic_orientation", "job_search"):
        named = {"area": "work", "name_it": code, "name_en": code}
        ServiceType.objects.get_or_create(code=code, defaults=named)
    asked = FollowUp()
    tell("scale_rated", 2.4)
    tell("housing_seen", 2, source=record.by)
    tell("scale_rated", 2.4 + turn % 3 - 1)
    tell("service_delivered", service="civic_orientation")
    tell("service_delivered", service="job_search")
    tell("goal_reached", 1 + turn)
    tell("case_closed", source=person)
    tell("housing_seen", 1, source=person)
    tell("help_rated", 1 + turn % 4)
    at = day_in(ago, next(days))
    record.event("followed_up", at, person, value=(3, 6, 12, 6)[turn % 4], source=asked)
    record.event("at_work", at, person, value=(3, 6, 12, 6)[turn % 4], source=asked)
    record.event("housing_seen", at, person, value=1, source=asked)


@pytest.fixture
def world(record: Recorder, record_abroad: Recorder) -> Recorder:
    """Two cities with a bit of everything."""
    write_a_bit_of_everything(record)
    write_a_bit_of_everything(record_abroad, turns=2)
    return record


@pytest.fixture
def network_user(make_user: Callable[..., User], db: None) -> User:
    """Somebody of the lead authority."""
    lead = Partner.objects.create(slug="lead", name="Ministero", short_name="Ministero", kind=Partner.Kind.LEAD)
    return make_user(Role.LEAD_AUTHORITY, lead)
