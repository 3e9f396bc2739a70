"""Whatever happens, in whatever order: stored figures taken on to now are the same as counted from scratch."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.cases import services as cases
from lgnet.catalogue.models import Team, Zone
from lgnet.core.errors import DomainError
from lgnet.core.periods import Quarter, quarters_between
from lgnet.desks.services import receive_new_person, record_arrival
from lgnet.indicators import changes, evidence, figures
from lgnet.indicators.evidence import rows_of
from lgnet.indicators.figures import all_figures, network_figures, partner_figures
from lgnet.indicators.registry import all_indicators
from lgnet.indicators.services import SETTLED, refresh
from lgnet.indicators.tallies import value_of
from lgnet.network.models import User
from lgnet.outreach.services import Sighting, record_contact, refer_contact
from lgnet.people import journey
from lgnet.people.models import JourneyEvent, Person
from lgnet.people.records import record_eligibility, record_notice
from lgnet.people.services import PersonDetails, update_person
from tests.conftest import team_of
from tests.indicators.conftest import rome

START = rome("2026-03-20", 10)
# what happens, to whom (of those there are), and how many hours later
STEPS = st.tuples(
    st.sampled_from([
        "anonymous", "nickname", "again", "refer", "arrive", "new", "new", "complete", "spoil", "eligible", "not_eligible", "late_check",
        "open", "sign", "serve", "serve", "close", "void", "refresh",
    ]),
    st.integers(0, 7),
    st.sampled_from([0, 1, 30, 24 * 7, 24 * 40]),
)  # fmt: skip


@dataclass
class Work:
    """Two people of a city who do everything, and what they have done."""

    partner: Any
    street: User
    desk: User
    manager: User
    service_type: Any
    contacts: list[Any] = field(default_factory=list)
    persons: list[Person] = field(default_factory=list)
    cases: list[Any] = field(default_factory=list)

    def team(self, kind: str) -> Team:
        return team_of(self.partner, kind)

    def do(self, what: str, which: int) -> None:
        with transaction.atomic():
            getattr(self, what)(which)

    def anonymous(self, which: int) -> None:
        self.contact(Sighting(head_count=1 + which % 3))

    def nickname(self, which: int) -> None:
        self.contact(Sighting(nickname=f"Nuvola {which}"))

    def again(self, which: int) -> None:
        self.contact(Sighting(), earlier=self.contacts[which % len(self.contacts)])

    def contact(self, sighting: Sighting, **who: Any) -> None:
        zone = Zone.objects.get(partner=self.partner)
        team = self.team(Team.Kind.MOBILE_UNIT)
        made = record_contact(
            by=self.street, team=team, zone=zone, occurred_at=timezone.now(), sighting=sighting, **who
        )  # fmt: skip
        self.contacts.append(made)

    def refer(self, which: int) -> None:
        contact = self.contacts[which % len(self.contacts)]
        refer_contact(by=self.street, contact=contact, to_team=self.team(Team.Kind.DESK))

    def new(self, which: int) -> None:
        referral = next((c.referral for c in self.contacts if c.referral and c.referral.person_id is None), None)
        details = PersonDetails(
            given_names="Amina", family_names="Prova", gender="f" if which % 2 else "",
            birth_date=date(1990, 1, 1) if which % 3 else None,
        )  # fmt: skip
        visit = receive_new_person(
            by=self.desk, team=self.team(Team.Kind.DESK), details=details, referral=referral if which % 2 else None
        )  # fmt: skip
        record_notice(
            by=self.desk, person=visit.person, kind="privacy", method="spoken", language="fr",
            given_on=timezone.localdate(),
        )  # fmt: skip
        for contact in self.contacts:
            contact.refresh_from_db()
        self.persons.append(visit.person)

    def arrive(self, which: int) -> None:
        record_arrival(by=self.desk, team=self.team(Team.Kind.DESK), person=self.whom(which))

    def whom(self, which: int) -> Person:
        return self.persons[which % len(self.persons)]

    def complete(self, which: int) -> None:
        self.change(which, gender="f", birth_date=date(1991, 1, 1))

    def spoil(self, which: int) -> None:
        self.change(which, gender="")

    def change(self, which: int, **changes: Any) -> None:
        person = Person.objects.get(pk=self.whom(which).pk)
        names = ("nickname", "given_names", "family_names", "birth_date", "gender")
        details = replace(PersonDetails(**{name: getattr(person, name) for name in names}), **changes)
        update_person(by=self.desk, person=person, details=details)

    def eligible(self, which: int, verdict: str = "eligible", days_ago: int = 0) -> None:
        record_eligibility(
            by=self.desk, person=self.whom(which), checked_on=timezone.localdate() - timedelta(days=days_ago),
            title_type="asylum_request" if verdict == "eligible" else "none", verdict=verdict,
        )  # fmt: skip

    def not_eligible(self, which: int) -> None:
        self.eligible(which, "not_eligible")

    def late_check(self, which: int) -> None:
        self.eligible(which, days_ago=60)

    def open(self, which: int) -> None:
        team = self.team(Team.Kind.MULTIDISCIPLINARY)
        opened = timezone.localdate() - timedelta(days=which)
        self.cases.append(
            cases.open_case(
                by=self.desk, person=self.whom(which), team=team, manager=self.manager, basis="desk", opened_on=opened
            )
        )

    def case(self, which: int) -> Any:
        case = self.cases[which % len(self.cases)]
        case.refresh_from_db()
        return case

    def sign(self, which: int) -> None:
        plan = cases.save_plan(by=self.manager, case=self.case(which), goals=[cases.GoalDraft("work", "A job")])
        cases.sign_plan(by=self.manager, plan=plan, signed_on=timezone.localdate(), language="it")

    def serve(self, which: int) -> None:
        day = timezone.localdate() - timedelta(days=which)
        cases.deliver_service(
            by=self.manager, case=self.case(which), service_type=self.service_type, delivered_on=day
        )  # fmt: skip

    def close(self, which: int) -> None:
        cases.close_case(
            by=self.manager, case=self.case(which), closed_on=timezone.localdate(), outcome="moved"
        )  # fmt: skip

    def void(self, which: int) -> None:
        events = JourneyEvent.objects.filter(voided_at__isnull=True).order_by("recorded_at", "pk")
        journey.void(events[which], by=self.desk, reason="mistake")

    def refresh(self, which: int) -> None:
        refresh(now=timezone.now() + (SETTLED if which % 2 else timedelta()))


@pytest.fixture
def work(partner, outreach_operator, desk_operator, case_worker, service_type) -> Work:
    return Work(partner, outreach_operator, desk_operator, case_worker, service_type)


@contextmanager
def undone():
    """Everything inside is rolled back, in the database and in the memory of the process."""
    for memory in (changes._remembered, evidence._remembered, figures._remembered):
        memory.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def compare(partner) -> None:
    """Now by difference, now from scratch, and by the rows: all the same; for the network too."""
    one_city, network = partner_figures(partner.pk), network_figures((partner.pk,), Quarter(2026, 3).first_day)
    scratch = all_figures([partner.pk], as_known=timezone.now())
    for quarter in quarters_between(START.date() - timedelta(days=100), timezone.localdate()):
        for one in all_indicators():
            expected = value_of(one, scratch[partner.pk].spread(one.code, quarter.first_day))
            assert one_city.value(one, quarter.first_day, partner.pk) == expected, (one.code, quarter)
            assert network.value(one, quarter.first_day, None) == expected, (one.code, quarter)
            assert len(rows_of(one, quarter, (partner.pk,))) == expected.count, (one.code, quarter)


# begins with nobody, or with somebody at a step of the whole way
BEGINNINGS = st.integers(0, 6).map(
    lambda length: [(what, 1, 30) for what in ("new", "complete", "open", "eligible", "serve", "sign")[:length]]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.builds(list.__add__, BEGINNINGS, st.lists(STEPS, min_size=6, max_size=24)))
def test_figures_taken_on_to_now_are_those_counted_from_scratch(work, steps):
    fresh = replace(work, contacts=[], persons=[], cases=[])
    with undone(), time_machine.travel(START, tick=False) as clock:
        for number, (what, which, hours) in enumerate(steps):
            clock.shift(timedelta(hours=hours, seconds=1))
            try:
                fresh.do(what, which)
            except (DomainError, ZeroDivisionError, IndexError):
                continue  # the services refuse it, or there is nobody yet
            if number % 5 == 4:
                compare(fresh.partner)
        compare(fresh.partner)


def test_the_steps_do_happen(work):
    """The property above is worth something only if its steps are taken."""
    done = []
    with time_machine.travel(START, tick=False) as clock:
        for what in (
            "anonymous", "nickname", "again", "refer", "new", "arrive", "complete", "eligible", "open", "sign", "serve",
            "spoil", "late_check", "not_eligible", "void", "refresh", "close",
        ):  # fmt: skip
            clock.shift(timedelta(hours=30))
            work.do(what, 1 if what != "serve" else 0)
            done.append(what)
        compare(work.partner)
        with pytest.raises(ZeroDivisionError):
            replace(work, persons=[]).do("arrive", 0)
    assert len(done) == 17
