"""The page of the free times: each time once and with whom, whole days until there are enough; nothing is left out."""

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lgnet.catalogue.models import TeamMembership
from lgnet.core.errors import DomainError
from lgnet.desks import appointment_booking as booking
from lgnet.desks import appointment_times as times
from lgnet.desks.appointment_absences import record_absence
from lgnet.desks.appointment_planning import create_room
from lgnet.desks.appointment_slots import Asked, free_days, free_slots, openings_for
from lgnet.desks.models import Appointment, AppointmentHold
from lgnet.network.models import Membership, User
from lgnet.network.roles import Role
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import make_partner, team_of
from tests.desks.planned import a_kind, an_opening, at
from tests.queries import count_queries

FRIDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 30)
NEW = reverse("appointment_new")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(at(FRIDAY, "08:00"), tick=False):
        yield


@pytest.fixture
def team(desk, make_user, partner):
    """Three who receive, by name."""
    made = [make_user(Role.DESK_OPERATOR, partner) for _number in range(3)]
    for one, name in zip(made, ("Ada", "Bruno", "Carla"), strict=True):
        one.full_name = name
        one.save()
    return made


@pytest.fixture
def counter(sign_in, desk_operator):
    return sign_in(desk_operator)


@pytest.fixture
def url(person, kind):
    return f"{NEW}?person={person.pk}&kind={kind.pk}"


def page_of(client, url, **asked):
    return client.get(url + "".join(f"&{name}={value}" for name, value in asked.items())).context["page"]


def on(page, day):
    return {time.clock: time.lines for time in dict(page.days).get(day, [])}


def book(by, kind, opening, day, clock, name="Nuvola"):
    who = register_person(by=by, team=kind.team, details=PersonDetails(nickname=f"{name} {day} {clock}"))
    return booking.book_appointment(by=by, person=who, kind=kind, opening_id=opening.pk, starts_at=at(day, clock))


def test_each_time_is_there_once_and_is_booked_with_who_has_fewest(counter, url, desk, desk_operator, kind, team):
    ada, bruno, carla = (an_opening(desk_operator, desk, kind, one) for one in team)
    assert on(page_of(counter, url), FRIDAY)["09:00"] == ["3 free"]
    assert dict(page_of(counter, url).days)[FRIDAY][0].key.startswith(str(ada.pk))  # all the same: by name
    book(desk_operator, kind, ada, FRIDAY, "11:00")
    page = page_of(counter, url)
    assert on(page, FRIDAY)["11:00"] == ["2 free"]
    assert {time.key.partition("@")[0] for time in dict(page.days)[FRIDAY]} == {str(bruno.pk)}
    assert {time.key.partition("@")[0] for time in dict(page.days)[MONDAY]} == {str(ada.pk)}  # of that day
    book(desk_operator, kind, bruno, FRIDAY, "11:00")
    assert on(page_of(counter, url), FRIDAY)["11:00"] == ["Carla"]
    data = {"record_id": "", "slot": dict(page_of(counter, url).days)[FRIDAY][0].key}
    assert counter.post(url, data).status_code == 302
    assert Appointment.objects.get(starts_at=at(FRIDAY, "09:00")).operator_id == carla.operator_id


def test_the_times_of_one_alone(counter, url, desk, desk_operator, kind, team):
    ada, _bruno, _carla = team
    an_opening(desk_operator, desk, kind, ada)
    page = counter.get(url)
    assert "operator" not in page.context["search"].fields  # there is no choice
    assert "language" not in page.context["search"].fields
    assert on(page.context["page"], FRIDAY)["09:00"] == []
    an_opening(desk_operator, desk, kind, team[1], from_clock=time(10), languages=["ar"])
    page = counter.get(url)
    assert [name for _pk, name in page.context["search"].fields["operator"].choices] == [
        "whoever is free",
        "Ada",
        "Bruno",
    ]
    assert [code for code, _name in page.context["search"].fields["language"].choices] == ["", "ar"]
    assert (on(page.context["page"], FRIDAY)["09:00"], on(page.context["page"], FRIDAY)["10:00"]) == (
        ["Ada"],
        ["2 free"],
    )
    assert on(page_of(counter, url, operator=ada.pk), FRIDAY)["10:00"] == []
    assert "09:00" not in on(page_of(counter, url, operator=team[1].pk), FRIDAY)
    assert on(page_of(counter, url, operator="nonsense"), FRIDAY)["10:00"] == ["2 free"]
    assert f"operator={ada.pk}" in counter.get(f"{url}&operator={ada.pk}").context["later_url"]


def test_groups_tell_their_places_and_fill_up_one_after_the_other(counter, desk, desk_operator, team, person):
    kind = a_kind(desk_operator, desk, "Gruppo", places=3)
    url = f"{NEW}?person={person.pk}&kind={kind.pk}"
    _ada, bruno = (an_opening(desk_operator, desk, kind, one) for one in team[:2])
    assert on(page_of(counter, url), FRIDAY)["09:00"] == ["6 places"]
    book(desk_operator, kind, bruno, FRIDAY, "09:00")
    first, second, *_others = dict(page_of(counter, url).days)[FRIDAY]
    assert (first.lines, first.key.partition("@")[0]) == (["5 places"], str(bruno.pk))
    assert second.lines == ["6 places"]
    for number in range(2):
        book(desk_operator, kind, bruno, FRIDAY, "09:00", f"Prova {number}")
    assert on(page_of(counter, url), FRIDAY)["09:00"] == ["Ada", "3 places"]


def test_whole_days_until_there_are_enough_and_the_same_way_back(counter, url, desk, desk_operator, kind):
    an_opening(desk_operator, desk, kind, desk_operator, from_clock=time(9), until_clock=time(19))
    seen, address = [], url
    for _number in range(4):
        answer = counter.get(address)
        page, address = answer.context["page"], answer.context["later_url"]
        assert all(len(some) == 20 for _day, some in page.days)
        assert len(page.days) == 3
        seen.append([day for day, _some in page.days])
    workdays = [FRIDAY + timedelta(days=number) for number in range(30)]
    workdays = [day for day in workdays if day.weekday() < 5 and day != date(2026, 12, 8)]
    assert [day for days in seen for day in days] == workdays[:12]
    for days in seen[2::-1]:
        answer = counter.get(answer.context["earlier_url"])
        assert [day for day, _some in answer.context["page"].days] == days
    assert answer.context["is_first"]
    assert f'value="{FRIDAY}"' in counter.get(f"{url}&before=2026-12-02").content.decode()


def test_a_page_without_times_leads_on_and_back(counter, url, desk, desk_operator, kind):
    an_opening(desk_operator, desk, kind, desk_operator, starts_on=date(2027, 1, 11), weekdays=[0])
    answer = counter.get(url)
    assert "No free time in these two weeks" in answer.content.decode()
    assert "first=2026-12-11" in answer.context["later_url"]
    later = counter.get(answer.context["first_free_url"])
    assert later.context["page"].days[0][0] == date(2027, 1, 11)
    back = counter.get(later.context["earlier_url"]).context["page"]
    assert (back.first, back.last, back.days) == (date(2026, 12, 28), date(2027, 1, 10), [])
    for odd in ("nonsense", "2020-01-01", "9999-12-31"):
        assert page_of(counter, url, before=odd).first == FRIDAY


def test_no_more_is_asked_of_the_database_for_more_who_receive(counter, url, desk, desk_operator, kind, team):
    first = an_opening(desk_operator, desk, kind, team[0], until_clock=time(19))
    few = count_queries(counter, url)
    for one in team[1:]:
        an_opening(desk_operator, desk, kind, one, until_clock=time(19))
    for clock in ("09:00", "09:30", "10:00"):
        book(desk_operator, kind, first, MONDAY, clock)
    assert count_queries(counter, url) <= few  # more times: fewer days


# -- whatever is planned and booked ----------------------------------------------------------------------------------

FIRST = date(2026, 10, 19)  # the week of the change of hour
OPENINGS = st.lists(
    st.tuples(
        st.integers(0, 2), st.lists(st.integers(0, 6), max_size=4), st.integers(0, 22), st.integers(1, 8),
        st.integers(1, 2), st.integers(0, 40),
    ),
    min_size=1, max_size=6,
)  # fmt: skip
BOOKED = st.lists(st.integers(0, 900), max_size=8)


class TheSameLittleByLittle(TestCase):
    """Openings and bookings at random: days looked through one after the other tell what all at once tell."""

    def setUp(self):
        self.partner = make_partner("provaltina", "Provaltina")
        self.desk = team_of(self.partner, "desk")
        self.operators = [self.colleague(number) for number in range(3)]
        boss = self.operators[0]
        self.kinds = [a_kind(boss, self.desk, "A", minutes=30), a_kind(boss, self.desk, "G", minutes=45, places=2)]
        self.room = create_room(by=boss, team=self.desk, name="Stanza 1")
        self.person = register_person(by=boss, team=self.desk, details=PersonDetails(nickname="Nuvola"))

    def colleague(self, number):
        user = User.objects.create(username=f"prova-{number}", full_name=f"Prova {number}")
        since = date(2026, 1, 1)
        Membership.objects.create(user=user, partner=self.partner, role=Role.DESK_OPERATOR, starts_on=since)
        TeamMembership.objects.create(team=self.desk, user=user, starts_on=since)
        return user

    @settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(OPENINGS, BOOKED, st.integers(0, 30))
    def test_whatever_happens(self, openings, booked, begin):
        boss = self.operators[0]
        with time_machine.travel(at(FIRST - timedelta(days=3), "08:00"), tick=False):
            for operator, weekdays, hour, length, weeks, later in openings:
                try:
                    an_opening(
                        boss, self.desk, self.kinds, self.operators[operator], from_clock=time(hour),
                        until_clock=time(min(hour + length, 23), 55), weekdays=weekdays, every_weeks=weeks,
                        starts_on=FIRST + timedelta(days=later), room=self.room if operator == 2 else None,
                    )  # fmt: skip
                except DomainError:
                    continue
            record_absence(
                by=boss, team=self.desk, starts_at=at(FIRST, "10:00"), ends_at=at(FIRST, "12:00"), reason="other",
                operator=boss,
            )  # fmt: skip
            for choice in booked:
                kind = self.kinds[choice % 2]
                if found := free_slots(kind, FIRST, FIRST + timedelta(days=13)):
                    slot = found[choice % len(found)]
                    self.book(boss, kind, slot)
            for kind in self.kinds:
                self.check(kind, FIRST + timedelta(days=begin))

    def book(self, boss, kind, slot):
        who = register_person(by=boss, team=self.desk, details=PersonDetails(nickname=f"P {slot.key}"))
        booking.book_appointment(by=boss, person=who, kind=kind, opening_id=slot.opening.pk, starts_at=slot.starts_at)

    def check(self, kind, first):
        last = first + timedelta(days=41)
        whole = free_slots(kind, first, last)
        little = [slot for day in free_days(kind, first, last, Asked()) for slot in day.slots]
        assert [slot.key for slot in little] == [slot.key for slot in whole]
        days = [timezone.localdate(slot.starts_at) for slot in whole]
        assert [day.day for day in free_days(kind, first, last, Asked())] == sorted(set(days))
        for one in sorted(set(days))[:3]:
            alone = free_slots(kind, one, one)
            assert [slot.key for slot in alone] == [slot.key for slot in whole if slot.day == one]
        moments = {}
        for slot in whole:
            moments.setdefault(slot.starts_at, slot.key)
        assert [slot.key for slot in free_slots(kind, first, last, once=True)] == list(moments.values())
        even = [slot for day in free_days(kind, first, last, Asked(even=True)) for slot in day.slots]
        assert sorted(slot.key for slot in even) == sorted(slot.key for slot in whole)
        for slot, other in pairwise(even):
            if slot.starts_at == other.starts_at:
                assert self.busy(slot) <= self.busy(other)
        self.check_pages(kind, first, last, list(moments))

    def busy(self, slot):
        day = timezone.localdate(slot.starts_at)
        held = AppointmentHold.objects.filter(resource=slot.opening.operator_id, step__date=day)
        return held.values("appointment", "group").distinct().count()

    def check_pages(self, kind, first, last, moments):
        """Page after page every moment once, and not one between the pages; and so backwards."""
        openings, found, day = openings_for(kind, first), [], first
        while day <= last:
            page = times.times_from(kind, day, Asked(even=True), openings)
            found += [(one, time.clock) for one, some in page.days for time in some]
            assert all(page.first <= one <= page.last for one, _some in page.days)
            day = page.last + timedelta(days=1)
        here = [timezone.localtime(moment) for moment in moments]
        expected = [(moment.date(), f"{moment:%H:%M}") for moment in here]
        assert [pair for pair in found if pair[0] <= last] == expected
        found, day = [], last
        while day >= first:
            page = times.times_before(kind, first, day, Asked(even=True), openings)
            found = [(one, time.clock) for one, some in page.days for time in some] + found
            day = page.first - timedelta(days=1)
        assert found == expected
