"""The rules of the indicators, one by one, on data made by hand."""

import statistics
import uuid
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lgnet.core.periods import Quarter
from lgnet.core.spreads import percentile
from lgnet.indicators.evidence import rows_of
from lgnet.indicators.figures import partner_figures
from lgnet.indicators.registry import find_indicator
from lgnet.people import journey
from lgnet.people.models import Person
from tests.indicators.conftest import rome

SPRING, SUMMER, AUTUMN = Quarter(2026, 2), Quarter(2026, 3), Quarter(2026, 4)


@pytest.fixture(autouse=True)
def _late_in_2026(time_machine):
    time_machine.move_to(rome("2026-12-20"), tick=False)


@pytest.fixture
def time_machine():
    import time_machine as clock

    class Mover:
        traveller = None

        def move_to(self, moment, *, tick):
            self.stop()
            self.traveller = clock.travel(moment, tick=tick)
            self.traveller.start()

        def stop(self):
            if self.traveller:
                self.traveller.stop()
                self.traveller = None

    mover = Mover()
    yield mover
    mover.stop()


def value(code, quarter, partner):
    one = find_indicator(code)
    found = partner_figures(partner.pk).value(one, quarter.first_day, partner.pk)
    assert found.count == len(rows_of(one, quarter, (partner.pk,)))
    return found


def count(code, quarter, partner):
    return value(code, quarter, partner).count


# -- contacts and persons reached ---------------------------------------------------------------------------------


def test_every_contact_counts_and_every_person_once(record, partner):
    person, trace = record.person(), uuid.uuid4()
    for day in ("2026-07-01", "2026-07-02", "2026-09-30"):
        record.event("contact", rome(day), person)
        record.event("contact", rome(day), trace=trace)
        record.event("contact", rome(day))
    record.event("arrival", rome("2026-08-01"), person)
    assert count("contacts", SUMMER, partner) == 9
    assert count("persons_reached", SUMMER, partner) == 2
    assert count("contacts", AUTUMN, partner) == count("persons_reached", AUTUMN, partner) == 0


def test_who_comes_again_in_another_quarter_is_reached_again(record, partner):
    person = record.person()
    record.event("arrival", rome("2026-05-01"), person)
    record.event("service_delivered", rome("2026-08-01"), person)
    assert count("persons_reached", SPRING, partner) == count("persons_reached", SUMMER, partner) == 1


@pytest.mark.parametrize("kind", ["referral_sent", "referral_accepted", "referral_refused", "outcome", "case_closed"])
def test_paper_is_not_a_meeting(record, partner, kind):
    record.event(kind, rome("2026-08-01"), record.person())
    assert count("persons_reached", SUMMER, partner) == 0


def test_identifying_a_trace_does_not_count_twice(record, partner):
    trace = uuid.uuid4()
    record.event("contact", rome("2026-07-03"), trace=trace)
    record.event("contact", rome("2026-07-09"), trace=trace)
    before = count("contacts", SUMMER, partner), count("persons_reached", SUMMER, partner)
    person = record.person()
    record.event("registered", rome("2026-07-20"), person)
    assert count("persons_reached", SUMMER, partner) == 2, "nobody knows yet that they are one"
    journey.identify(by=record.by, trace=trace, person=person)
    assert before == (2, 1)
    assert (count("contacts", SUMMER, partner), count("persons_reached", SUMMER, partner)) == (2, 1)
    assert value("days_to_case", SUMMER, partner).count == 0
    record.event("case_opened", rome("2026-08-02"), person)
    assert value("days_to_case", SUMMER, partner).median == 30, "from the first time in the street"


def test_each_city_counts_its_own(record, record_abroad, partner, other_partner):
    record.event("contact", rome("2026-07-03"), record.person())
    record_abroad.event("contact", rome("2026-07-03"), record_abroad.person())
    assert count("contacts", SUMMER, partner) == count("contacts", SUMMER, other_partner) == 1


def test_restricted_files_count_too(record, partner):
    person = record.person(restricted=True, restricted_reason="danger")
    record.event("case_opened", rome("2026-07-03"), person)
    assert count("taken_in_charge", SUMMER, partner) == 1


# -- edges of quarters, in Rome -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "quarter"),
    [
        (rome("2025-12-31", 23, 30), Quarter(2025, 4)),  # 22:30 in UTC
        (rome("2026-01-01", 0, 30), Quarter(2026, 1)),  # still 2025 in UTC
        (rome("2026-03-31", 23, 59), Quarter(2026, 1)),
        (rome("2026-04-01", 0, 0), Quarter(2026, 2)),
        (rome("2026-06-30", 23, 59), Quarter(2026, 2)),
        (rome("2026-07-01", 0, 1), Quarter(2026, 3)),
        (rome("2026-09-30", 23, 59), Quarter(2026, 3)),
    ],
)
def test_a_quarter_ends_at_midnight_in_rome(record, partner, moment, quarter):
    record.event("contact", moment, record.person())
    around = [quarter, quarter.next]
    for code in ("contacts", "persons_reached"):
        assert [count(code, one, partner) for one in around] == [1, 0]


# -- taken in charge ----------------------------------------------------------------------------------------------


def test_a_second_case_counts_in_its_quarter_only_once(record, partner):
    person = record.person()
    for day in ("2026-04-02", "2026-06-20", "2026-07-05"):
        record.event("case_opened", rome(day), person)
    assert count("taken_in_charge", SPRING, partner) == count("taken_in_charge", SUMMER, partner) == 1


def test_received_at_the_desk_is_not_taken_in_charge(record, partner):
    record.event("arrival", rome("2026-07-05"), record.person())
    assert count("taken_in_charge", SUMMER, partner) == 0


# -- participants -------------------------------------------------------------------------------------------------


def participants(partner):
    return [count("participants", one, partner) for one in (SPRING, SUMMER, AUTUMN)]


@pytest.fixture
def served(record):
    person = record.person()
    record.event("service_delivered", rome("2026-05-10"), person)
    return person


def test_eligible_identified_and_served(record, partner, served):
    record.check(served, date(2026, 5, 1), "eligible")
    assert participants(partner) == [1, 0, 0]


def test_each_person_counts_once_in_the_project(record, partner, served):
    record.check(served, date(2026, 5, 1), "eligible")
    record.event("service_delivered", rome("2026-05-11"), served)
    record.event("service_delivered", rome("2026-08-11"), served)
    record.check(served, date(2026, 8, 1), "eligible")
    assert participants(partner) == [1, 0, 0]


@pytest.mark.parametrize("verdict", ["not_eligible", "pending"])
def test_not_without_an_eligible_check(record, partner, served, verdict):
    assert participants(partner) == [0, 0, 0]
    record.check(served, date(2026, 5, 1), verdict)
    assert participants(partner) == [0, 0, 0]


def test_not_without_a_service(record, partner):
    person = record.person()
    record.check(person, date(2026, 5, 1), "eligible")
    record.event("arrival", rome("2026-05-02"), person)
    record.event("case_opened", rome("2026-05-03"), person)
    assert participants(partner) == [0, 0, 0]


@pytest.mark.parametrize("missing", ["given_names", "family_names", "birth_date", "gender"])
def test_not_without_identity(record, partner, missing):
    person = record.person(**{missing: None if missing == "birth_date" else ""})
    record.check(person, date(2026, 5, 1), "eligible")
    record.event("service_delivered", rome("2026-05-10"), person)
    assert not Person.objects.get(pk=person.pk).is_identified
    assert participants(partner) == [0, 0, 0]


def test_a_check_covers_the_whole_of_its_quarter(record, partner, served):
    record.check(served, date(2026, 6, 30), "eligible")
    assert participants(partner) == [1, 0, 0]


def test_a_check_of_the_next_quarter_comes_too_late(record, partner, served):
    record.check(served, date(2026, 7, 1), "eligible")
    assert participants(partner) == [0, 0, 0]
    record.event("service_delivered", rome("2026-10-01"), served)
    assert participants(partner) == [0, 0, 1], "with the next service"


def test_the_day_of_the_service_decides(record, partner, served):
    record.check(served, date(2026, 4, 2), "not_eligible")
    assert participants(partner) == [0, 0, 0]
    record.check(served, date(2026, 6, 2), "eligible")
    assert participants(partner) == [1, 0, 0], "no day of issue is known: good for the quarter"
    record.check(served, date(2026, 6, 2), "not_eligible", recorded_at=rome("2026-06-03"))
    assert participants(partner) == [0, 0, 0], "of two on one day the one written later"
    record.check(served, date(2026, 5, 10), "eligible")
    assert participants(partner) == [1, 0, 0], "eligible on the day, whatever came after it"


def test_who_is_served_and_not_eligible_is_counted_apart(record, partner, served):
    def apart():
        return [count("helped_not_eligible", one, partner) for one in (SPRING, SUMMER, AUTUMN)]

    assert (apart(), participants(partner)) == ([1, 0, 0], [0, 0, 0])
    record.check(served, date(2026, 5, 1), "eligible")
    assert (apart(), participants(partner)) == ([0, 0, 0], [1, 0, 0])
    record.check(served, date(2026, 9, 1), "not_eligible")
    record.event("service_delivered", rome("2026-10-02"), served)
    assert (apart(), participants(partner)) == ([0, 0, 1], [1, 0, 0])


def test_a_later_check_takes_no_participant_away(record, partner, served):
    record.check(served, date(2026, 5, 1), "eligible")
    record.check(served, date(2026, 8, 1), "not_eligible")
    record.event("service_delivered", rome("2026-08-11"), served)
    assert participants(partner) == [1, 0, 0]


def test_a_check_written_late_counts_by_its_day(record, partner, served):
    record.check(served, date(2026, 5, 1), "eligible", recorded_at=rome("2026-11-01"))
    assert participants(partner) == [1, 0, 0]


def test_a_voided_service_does_not_count(record, partner):
    person = record.person()
    record.check(person, date(2026, 5, 1), "eligible")
    mistake = record.event("service_delivered", rome("2026-05-10"), person)
    record.event("service_delivered", rome("2026-08-10"), person)
    assert participants(partner) == [1, 0, 0]
    journey.void(mistake, by=record.by, reason="mistake")
    assert participants(partner) == [0, 1, 0]


# -- days ---------------------------------------------------------------------------------------------------------


def test_days_to_the_desk(record, partner):
    waits = [0, 0, 3, 7, 8, 21, 44]
    for wait in waits:
        person = record.person()
        record.event("contact", rome(date(2026, 5, 28), 20), person)
        record.event("contact", rome(date(2026, 5, 29), 20), person)
        record.event("arrival", rome(date(2026, 5, 28) + timedelta(days=wait), 20), person)
        record.event("arrival", rome("2026-07-20"), person)
    in_spring = [wait for wait in waits if wait <= 33]
    found = value("days_to_desk", SPRING, partner)
    assert (found.count, found.median) == (len(in_spring), statistics.median(in_spring))
    assert float(found.nine_in_ten) == pytest.approx(statistics.quantiles(in_spring, n=10, method="inclusive")[8])
    assert value("days_to_desk", SUMMER, partner).median == 44, "the quarter of the arrival"


def test_who_came_to_the_desk_first_is_not_measured(record, partner):
    person = record.person()
    record.event("arrival", rome("2026-07-01"), person)
    record.event("contact", rome("2026-07-05"), person)
    record.event("arrival", rome("2026-07-09"), person)
    assert value("days_to_desk", SUMMER, partner).count == 0


def test_days_to_case_and_plan_begin_wherever_the_person_was_first_met(record, partner):
    for first in ("contact", "arrival", "registered"):
        person = record.person()
        record.event(first, rome("2026-07-01"), person)
        record.event("registered", rome("2026-07-11"), person)
        record.event("case_opened", rome("2026-07-15"), person)
        record.event("plan_signed", rome("2026-08-01"), person)
        record.event("case_opened", rome("2026-10-15"), person)
        record.event("plan_signed", rome("2026-11-01"), person)
    case, plan = value("days_to_case", SUMMER, partner), value("days_to_plan", SUMMER, partner)
    assert (case.count, case.median, case.nine_in_ten) == (3, 14, 14)
    assert (plan.count, plan.median, plan.nine_in_ten) == (3, 31, 31)
    assert value("days_to_case", AUTUMN, partner).count == 0, "later cases are not measured"


def test_a_case_dated_before_the_first_meeting_is_not_measured(record, partner):
    person = record.person()
    record.event("case_opened", rome("2026-07-01"), person)
    record.event("registered", rome("2026-07-05"), person)
    assert value("days_to_case", SUMMER, partner).count == 0


def test_days_are_those_of_the_calendar_also_when_clocks_change(record, partner):
    person = record.person()
    record.event("contact", rome("2026-10-24", 23, 50), person)
    record.event("arrival", rome("2026-10-26", 0, 10), person)
    assert value("days_to_desk", AUTUMN, partner).median == 2


@given(st.lists(st.integers(0, 900), min_size=2, max_size=60))
def test_percentiles_are_those_of_the_standard_library(numbers):
    spread = {number: numbers.count(number) for number in numbers}
    assert float(percentile(spread, Fraction(1, 2))) == statistics.median(numbers)
    nine = statistics.quantiles(numbers, n=10, method="inclusive")[8]
    assert float(percentile(spread, Fraction(9, 10))) == pytest.approx(nine, abs=0.005)


def test_of_nothing_there_is_no_percentile():
    assert percentile({}, Fraction(1, 2)) is None
    assert percentile({3: 0}, Fraction(1, 2)) is None
    assert percentile({3: 1}, Fraction(9, 10)) == 3


def test_the_clock_of_these_tests():
    assert timezone.localdate() == date(2026, 12, 20)
