"""Free times: the change of hour, holidays, absences, rooms; and whatever is planned, nothing is in two places at once."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from dateutil.rrule import MO, WEEKLY, rrule
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from lgnet.catalogue.models import Team, TeamMembership
from lgnet.core.errors import DomainError
from lgnet.desks import appointment_booking as booking
from lgnet.desks.appointment_absences import record_absence, say_city_day, withdraw_absence
from lgnet.desks.appointment_calendar import closed_days, days_of, steps_of
from lgnet.desks.appointment_planning import (
    AlreadyBooked,
    KindDetails,
    OpeningPlan,
    change_opening,
    create_kind,
    create_opening,
    create_room,
)
from lgnet.desks.appointment_slots import free_slots, read_key
from lgnet.desks.models import Appointment, AppointmentHold, Opening
from lgnet.network.models import Membership, User
from lgnet.network.roles import Role
from lgnet.people.services import PersonDetails, register_person
from tests.conftest import make_partner, team_of
from tests.desks.planned import a_kind, an_opening, at, clocks, slots_on

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
NOW = at(date(2026, 10, 1), "08:00")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


# -- the change of hour ----------------------------------------------------------------------------------------------


def test_nine_is_nine_on_the_wall_before_and_after_the_change(desk, desk_operator, kind):
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=EVERY_DAY)
    saturday, sunday, monday = (date(2026, 10, day) for day in (24, 25, 26))
    for day in (saturday, sunday, monday):
        assert clocks(slots_on(kind, day))[0] == "09:00"
    hours = [slots_on(kind, day)[0].starts_at.astimezone(UTC).hour for day in (saturday, sunday, monday)]
    assert hours == [7, 8, 8]
    spring = [slots_on(kind, date(2028, 3, day))[0].starts_at.astimezone(UTC).hour for day in (25, 26, 27)]
    assert spring == [8, 7, 7]


def test_no_time_in_the_hour_that_is_skipped_or_comes_twice(desk, desk_operator, kind):
    an_opening(
        desk_operator, desk, kind, desk_operator, weekdays=[6], from_clock=time(1), until_clock=time(4),
    )  # fmt: skip
    assert clocks(slots_on(kind, date(2026, 10, 18))) == ["01:00", "01:30", "02:00", "02:30", "03:00", "03:30"]
    for day in (date(2026, 10, 25), date(2028, 3, 26)):
        found = slots_on(kind, day)
        assert clocks(found) == ["01:00", "01:30", "03:00", "03:30"]
        assert {slot.ends_at - slot.starts_at for slot in found} == {timedelta(minutes=30)}


def test_a_long_appointment_does_not_go_over_the_change(desk, desk_operator):
    kind = a_kind(desk_operator, desk, "Notte", minutes=120)
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=[6], from_clock=time(1), until_clock=time(5))
    assert clocks(slots_on(kind, date(2026, 10, 25))) == ["03:00"]
    assert clocks(slots_on(kind, date(2028, 3, 26))) == ["03:00"]


# -- closed days, absences, rooms ------------------------------------------------------------------------------------


def test_holidays_of_italy_and_of_the_patron_saint(partner):
    partner.province = "RM"
    days = closed_days(partner, date(2026, 6, 1), date(2026, 12, 31))
    assert {date(2026, 6, 2), date(2026, 6, 29), date(2026, 12, 8)} <= set(days)  # Saint Peter and Paul in Rome
    partner.province = "GE"
    assert date(2026, 6, 29) not in closed_days(partner, date(2026, 6, 1), date(2026, 6, 30))
    partner.province = ""
    assert date(2026, 12, 25) in closed_days(partner, date(2026, 12, 1), date(2027, 1, 31))
    assert date(2027, 1, 6) in closed_days(partner, date(2026, 12, 1), date(2027, 1, 31))


def test_a_city_opens_on_a_holiday_and_closes_on_another_day(desk, desk_operator, kind, coordinator, partner):
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=EVERY_DAY)
    all_saints, other = date(2026, 11, 1), date(2026, 11, 5)
    assert slots_on(kind, all_saints) == []
    assert slots_on(kind, other)
    say_city_day(by=coordinator, partner=partner, day=all_saints, is_open=True)
    say_city_day(by=coordinator, partner=partner, day=other, is_open=False, name="Allerta")
    assert slots_on(kind, all_saints)
    assert slots_on(kind, other) == []
    with pytest.raises(DomainError, match="past"):
        say_city_day(by=coordinator, partner=partner, day=date(2026, 9, 1), is_open=False)


def test_absences_of_operator_room_and_team(desk, desk_operator, kind, make_user, partner):
    day, colleague = date(2026, 10, 5), make_user(Role.DESK_OPERATOR, partner)
    room = create_room(by=desk_operator, team=desk, name="Stanza 1")
    an_opening(desk_operator, desk, kind, desk_operator, room=room)
    an_opening(desk_operator, desk, kind, colleague, mediator=desk_operator, from_clock=time(15), until_clock=time(16))

    def away(**who):
        return record_absence(
            by=desk_operator, team=desk, starts_at=at(day, "10:00"), ends_at=at(day, "15:15"), reason="other", **who
        )

    whole = ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "15:00", "15:30"]
    assert clocks(slots_on(kind, day)) == whole
    for who, left in (
        ({"operator": desk_operator}, ["09:00", "09:30", "15:30"]),  # as the mediator too
        ({"room": room}, ["09:00", "09:30", "15:00", "15:30"]),
        ({}, ["09:00", "09:30", "15:30"]),
    ):
        absence = away(**who)
        assert clocks(slots_on(kind, day)) == left
        withdraw_absence(by=desk_operator, absence=absence)
    assert clocks(slots_on(kind, day)) == whole
    with pytest.raises(DomainError, match="past"):
        record_absence(
            by=desk_operator, team=desk, starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=1),
            reason="other",
        )  # fmt: skip


def test_a_room_is_booked_once(desk, desk_operator, kind, make_user, partner, person):
    colleague, day = make_user(Role.DESK_OPERATOR, partner), date(2026, 10, 5)
    room = create_room(by=desk_operator, team=desk, name="Stanza 1")
    first = an_opening(desk_operator, desk, kind, desk_operator, room=room)
    an_opening(desk_operator, desk, kind, colleague, room=room)
    assert len(slots_on(kind, day)) == 12
    booking.book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=first.pk, starts_at=at(day, "09:00")
    )
    assert clocks(slots_on(kind, day))[0] == "09:30"


def test_openings_of_one_operator_do_not_overlap(desk, desk_operator, kind, partner):
    first = an_opening(desk_operator, desk, kind, desk_operator, weekdays=[0, 2])
    with pytest.raises(DomainError, match="receives people then already"):
        an_opening(desk_operator, desk, kind, desk_operator, weekdays=[2], from_clock=time(11), until_clock=time(13))
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=[2], from_clock=time(12), until_clock=time(13))
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=[1])
    with pytest.raises(DomainError, match="receives people then already"):
        change_opening(
            by=desk_operator, opening=first,
            plan=OpeningPlan([kind], desk_operator, time(9), time(12), first.starts_on, weekdays=[1]),
        )  # fmt: skip
    team = team_of(partner, "multidisciplinary")
    TeamMembership.objects.create(team=team, user=desk_operator, starts_on=date(2026, 1, 1))
    del desk_operator._own_teams
    other = a_kind(desk_operator, team, "Altro")
    with pytest.raises(DomainError, match="receives people then already"):
        an_opening(desk_operator, team, other, desk_operator, weekdays=[0])


def test_every_other_week_and_the_weeks_between(desk, desk_operator, kind):
    monday = date(2026, 10, 5)
    an_opening(desk_operator, desk, kind, desk_operator, weekdays=[0], every_weeks=2, starts_on=monday)
    with pytest.raises(DomainError):
        an_opening(desk_operator, desk, kind, desk_operator, weekdays=[0], every_weeks=2, starts_on=monday)
    an_opening(
        desk_operator, desk, kind, desk_operator, weekdays=[0], every_weeks=2, starts_on=monday + timedelta(days=7)
    )
    with pytest.raises(DomainError):
        an_opening(desk_operator, desk, kind, desk_operator, weekdays=[0], every_weeks=3, starts_on=monday)


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 8), st.sets(st.integers(0, 6)), st.integers(0, 900),
    st.one_of(st.none(), st.integers(0, 400)),
)  # fmt: skip
@settings(deadline=None)
def test_days_of_an_opening_are_those_on_which_it_is(starts_on, every_weeks, weekdays, later, lasts):
    ends_on = starts_on + timedelta(days=lasts) if lasts is not None else None
    opening = Opening(
        starts_on=starts_on, ends_on=ends_on if weekdays else starts_on, every_weeks=every_weeks,
        weekdays=sorted(weekdays),
    )  # fmt: skip
    first = starts_on + timedelta(days=later - 30)
    days = [first + timedelta(days=number) for number in range(60)]
    expected = {starts_on}
    if weekdays:  # of all days those that the standard of calendars tells
        begin, end = (datetime.combine(day, time()) for day in (starts_on, days[-1]))
        rule = rrule(WEEKLY, interval=every_weeks, byweekday=sorted(weekdays), wkst=MO, dtstart=begin)
        expected = {moment.date() for moment in rule.between(begin, end, inc=True)}
    expected = {day for day in expected if ends_on is None or not weekdays or day <= ends_on}
    assert days_of(opening, days[0], days[-1]) == [day for day in days if day in expected]


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"until_clock": time(8)}, "until_clock"), ({"until_clock": time(9, 20)}, "until_clock"),
        ({"from_clock": time(9, 3)}, "from_clock"), ({"every_weeks": 9}, "every_weeks"),
        ({"ends_on": date(2026, 9, 1)}, "ends_on"), ({"starts_on": date(2026, 9, 1)}, "starts_on"),
        ({"weekdays": [0], "starts_on": date(2026, 10, 6), "ends_on": date(2026, 10, 9)}, "ends_on"),
    ],
)  # fmt: skip
def test_openings_that_are_none(plan, field, desk, desk_operator, kind):
    with pytest.raises(DomainError) as refused:
        an_opening(desk_operator, desk, kind, desk_operator, **plan)
    assert refused.value.field == field


def test_who_is_booked_is_named_before_an_opening_changes(desk, desk_operator, kind, person):
    opening = an_opening(desk_operator, desk, kind, desk_operator)
    made = booking.book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(date(2026, 10, 5), "09:00")
    )
    plan = OpeningPlan([kind], desk_operator, time(10), time(12), opening.starts_on, weekdays=[0])
    with pytest.raises(AlreadyBooked) as asked:
        change_opening(by=desk_operator, opening=opening, plan=plan)
    assert asked.value.appointments == [made]


def test_the_key_of_a_time_is_read_back(desk, desk_operator, kind):
    opening = an_opening(desk_operator, desk, kind, desk_operator)
    slot = slots_on(kind, date(2026, 10, 5))[0]
    assert read_key(slot.key) == (opening.pk, slot.starts_at)
    for odd in ("", "x", "@", f"{opening.pk}@", "1@2026-10-05T07:00Z"):
        assert read_key(odd) is None


def test_the_database_refuses_what_the_code_would_not(desk, desk_operator, kind, person):
    opening = an_opening(desk_operator, desk, kind, desk_operator)
    made = booking.book_appointment(
        by=desk_operator, person=person, kind=kind, opening_id=opening.pk, starts_at=at(date(2026, 10, 5), "09:00")
    )
    hold = made.holds.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentHold.objects.create(partner=made.partner, resource=hold.resource, step=hold.step, appointment=made)


# -- whatever is planned and booked ----------------------------------------------------------------------------------

FIRST = date(2026, 10, 19)  # the week of the change of hour
OPENINGS = st.lists(
    st.tuples(
        st.integers(0, 1),  # who receives
        st.sampled_from([None, 0, 1]),  # in which room
        st.lists(st.integers(0, 6), max_size=4),
        st.integers(0, 22),
        st.integers(1, 6),
        st.integers(1, 2),
        st.sets(st.integers(0, 2), min_size=1),
    ),
    min_size=1, max_size=4,
)  # fmt: skip
ABSENCES = st.lists(st.tuples(st.sampled_from([None, 0, 1]), st.integers(0, 300), st.integers(1, 40)), max_size=2)
BOOKINGS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 500), st.integers(0, 3), st.booleans()), max_size=8)


class NothingIsInTwoPlaces(TestCase):
    """Openings, absences, bookings and cancellations at random: what holds after each of them."""

    def setUp(self):
        self.partner = make_partner("provaltina", "Provaltina")
        self.desk = team_of(self.partner, Team.Kind.DESK)
        self.operators = [self.colleague(number) for number in range(2)]
        details = [
            KindDetails("A", "legal", 30),
            KindDetails("B", "legal", 45),
            KindDetails("G", "legal", 60, places=2),
        ]
        boss = self.operators[0]
        self.kinds = [create_kind(by=boss, team=self.desk, details=one) for one in details]
        self.rooms = [create_room(by=boss, team=self.desk, name=f"Stanza {number}") for number in range(2)]
        names = ("Uno", "Due", "Tre", "Quattro")
        self.people = [register_person(by=boss, team=self.desk, details=PersonDetails(nickname=name)) for name in names]

    def colleague(self, number):
        user = User.objects.create(username=f"prova-{number}", full_name=f"Prova {number}")
        since = date(2026, 1, 1)
        Membership.objects.create(user=user, partner=self.partner, role=Role.DESK_OPERATOR, starts_on=since)
        TeamMembership.objects.create(team=self.desk, user=user, starts_on=since)
        return user

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(OPENINGS, ABSENCES, BOOKINGS)
    def test_whatever_happens(self, openings, absences, bookings):
        boss = self.operators[0]
        for operator, room, weekdays, hour, length, weeks, kinds in openings:
            plan = OpeningPlan(
                kinds=[self.kinds[number] for number in kinds], operator=self.operators[operator],
                from_clock=time(hour), until_clock=time(min(hour + length, 23), 55), starts_on=FIRST,
                weekdays=weekdays, every_weeks=weeks, room=None if room is None else self.rooms[room],
            )  # fmt: skip
            self.attempt(create_opening, by=boss, team=self.desk, plan=plan)
        for kind, choice, person, cancel in bookings:
            found = self.free(self.kinds[kind])
            if found:
                slot = found[choice % len(found)]
                made = self.attempt(
                    booking.book_appointment, by=boss, person=self.people[person], kind=slot.kind,
                    opening_id=slot.opening.pk, starts_at=slot.starts_at,
                )  # fmt: skip
                if made and cancel:
                    booking.cancel_appointment(by=boss, appointment=made, reason="person")
                self.check()
        for operator, start, length in absences:
            begin = at(FIRST, "00:00") + timedelta(hours=start)
            record_absence(
                by=boss, team=self.desk, starts_at=begin, ends_at=begin + timedelta(hours=length), reason="other",
                operator=None if operator is None else self.operators[operator], confirmed=True,
            )  # fmt: skip
            for kind in self.kinds:
                for slot in self.free(kind):
                    if operator is None or slot.opening.operator == self.operators[operator]:
                        assert slot.ends_at <= begin or begin + timedelta(hours=length) <= slot.starts_at
            self.check()

    def free(self, kind):
        return free_slots(kind, FIRST, FIRST + timedelta(days=13))

    def attempt(self, service, **arguments):
        try:
            return service(**arguments)
        except DomainError:
            return None

    def check(self):
        """No resource twice at one time, counted anew from the appointments; no free time over a booking."""
        booked = list(Appointment.objects.filter(status="booked"))
        sessions = {(one.group_id or one.pk): one for one in booked}.values()
        needs = [
            (who, step)
            for one in sessions
            for who in (one.operator_id, one.room_id)
            if who
            for step in steps_of(one.starts_at, one.ends_at)
        ]
        assert [need for need, times in Counter(needs).items() if times > 1] == []
        assert AppointmentHold.objects.count() == len(needs)
        for kind in self.kinds:
            for slot in self.free(kind):
                assert slot.left >= 1
                for one in booked:
                    if one.starts_at < slot.ends_at and slot.starts_at < one.ends_at:
                        same_group = one.kind_id == kind.pk and kind.is_group and one.starts_at == slot.starts_at
                        shared = {one.operator_id, one.room_id} & {slot.opening.operator_id, slot.opening.room_id}
                        assert not (shared - {None}) or same_group
