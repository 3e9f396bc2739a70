"""Figures as they were known: nothing written later changes them, and what changed since is in the figure of now."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from lgnet.core.periods import Quarter
from lgnet.indicators.evidence import rows_of
from lgnet.indicators.figures import all_figures, partner_figures
from lgnet.indicators.models import Figure
from lgnet.indicators.registry import all_indicators, find_indicator
from lgnet.indicators.services import SETTLED, refresh
from lgnet.indicators.tallies import value_of
from lgnet.people import journey
from lgnet.people.models import Person
from lgnet.people.services import PersonDetails, update_person
from tests.indicators.conftest import rome, write_a_bit_of_everything

SUMMER = Quarter(2026, 3)
FROZEN = rome("2026-10-05", 8)


@pytest.fixture(autouse=True)
def _november():
    with time_machine.travel(rome("2026-11-20"), tick=True):
        yield


def known(code, partner, moment, quarter=SUMMER):
    one = find_indicator(code)
    found = value_of(one, all_figures([partner.pk], as_known=moment)[partner.pk].spread(code, quarter.first_day))
    assert found.count == len(rows_of(one, quarter, (partner.pk,), as_known=moment))
    return found


def now(code, partner, quarter=SUMMER):
    return partner_figures(partner.pk).value(find_indicator(code), quarter.first_day, partner.pk)


def test_what_is_written_late_is_not_in_what_was_known(record, partner):
    record.event("contact", rome("2026-07-01"))
    record.event("contact", rome("2026-07-02"), recorded_at=rome("2026-10-20"))
    assert known("contacts", partner, FROZEN).count == 1
    assert now("contacts", partner).count == 2


def test_what_is_voided_later_stays_in_what_was_known(record, partner):
    mistake = record.event("case_opened", rome("2026-07-01"), record.person())
    journey.void(mistake, by=record.by, reason="wrong person")
    assert known("taken_in_charge", partner, FROZEN).count == 1
    assert now("taken_in_charge", partner).count == 0


def test_a_correction_moves_the_figure_of_now_alone(record, partner):
    person = record.person()
    record.event("contact", rome("2026-07-01"), person)
    arrival = record.event("arrival", rome("2026-07-21"), person)
    before = known("days_to_desk", partner, FROZEN)
    journey.correct(arrival, by=record.by, reason="a slip of the pen", occurred_at=rome("2026-07-06"))
    assert known("days_to_desk", partner, FROZEN) == before
    assert (before.median, now("days_to_desk", partner).median) == (20, 5)


def test_who_was_identified_later_was_not_known_to_be_one(record, partner):
    trace, person = uuid.uuid4(), record.person()
    record.event("contact", rome("2026-07-01"), trace=trace)
    record.event("arrival", rome("2026-07-21"), person)
    journey.identify(by=record.by, trace=trace, person=person)
    assert known("persons_reached", partner, FROZEN).count == 2
    assert now("persons_reached", partner).count == 1
    assert known("days_to_desk", partner, FROZEN).count == 0
    assert now("days_to_desk", partner).median == 20


def test_a_check_written_later_was_not_known(record, partner):
    person = record.person()
    record.event("service_delivered", rome("2026-07-01"), person)
    record.check(person, date(2026, 7, 2), "eligible", recorded_at=rome("2026-11-02"))
    assert known("participants", partner, FROZEN).count == 0
    assert now("participants", partner).count == 1


def details_of(person, **changes):
    names = ("nickname", "given_names", "family_names", "birth_date", "gender")
    return replace(PersonDetails(**{name: getattr(person, name) for name in names}), **changes)


def test_an_identity_completed_later_was_not_known(record, partner):
    person = record.person(gender="", birth_date=None)
    record.event("service_delivered", rome("2026-07-01"), person)
    record.check(person, date(2026, 7, 2), "eligible")
    assert now("participants", partner).count == 0
    update_person(by=record.by, person=person, details=details_of(person, gender="f"))
    assert now("participants", partner).count == 0, "the date of birth is still missing"
    between = timezone.now()
    update_person(by=record.by, person=person, details=details_of(person, birth_date=date(1990, 1, 1)))
    assert known("participants", partner, FROZEN).count == known("participants", partner, between).count == 0
    assert now("participants", partner).count == 1


def test_an_identity_corrected_later_was_known_as_it_was(record, partner):
    person = record.person()
    record.event("service_delivered", rome("2026-07-01"), person)
    record.check(person, date(2026, 7, 2), "eligible")
    update_person(by=record.by, person=person, details=details_of(person, given_names="Aminata"))
    update_person(by=record.by, person=person, details=details_of(person, birth_date=None))
    assert known("participants", partner, FROZEN).count == 1
    assert now("participants", partner).count == 0


def test_a_note_written_later_leaves_the_identity_as_it_was(record, partner):
    person = record.person()
    record.event("service_delivered", rome("2026-07-01"), person)
    record.check(person, date(2026, 7, 2), "eligible")
    update_person(by=record.by, person=person, details=details_of(person, note="Waits at the library", gender="f"))
    assert known("participants", partner, FROZEN).count == now("participants", partner).count == 1


def test_the_query_for_identity_says_what_the_person_says(record, partner):
    for missing in ("given_names", "family_names", "birth_date", "gender", None):
        values = {missing: None if missing == "birth_date" else ""} if missing else {}
        person = record.person(**values)
        record.event("service_delivered", rome("2026-07-01"), person)
        record.check(person, date(2026, 7, 2), "eligible")
    identified = [person for person in Person.objects.all() if person.is_identified]
    assert now("participants", partner).count == len(identified) == 1


# -- stored, and taken on to now --------------------------------------------------------------------------------------


def everything(partner):
    figures = partner_figures(partner.pk)
    quarters = [Quarter(2026, number).first_day for number in (1, 2, 3, 4)]
    return {(one.code, q): figures.value(one, q, partner.pk) for one in all_indicators() for q in quarters}


def test_nothing_stored_half_stored_and_all_stored_are_the_same(record, partner, other_partner):
    write_a_bit_of_everything(record)
    expected = everything(partner)
    assert sum(value.count for value in expected.values()) > 50
    for moment in ("2026-05-01", "2026-07-15", "2026-10-03", "2026-11-19"):
        refresh(now=rome(moment, 13))
        assert everything(partner) == expected, moment
    record.writes_late = True
    write_a_bit_of_everything(record, turns=1)
    changed = everything(partner)
    assert changed != expected
    refresh(now=timezone.now() + SETTLED)
    assert everything(partner) == changed
    assert partner_figures(partner.pk).changes == 0


def checked(record, person):
    record.writes_late = True
    record.check(person, date(2026, 7, 3), "eligible")


def unchecked(record, person):
    record.writes_late = True
    record.check(person, date(2026, 7, 4), "not_eligible")


def unnamed(record, person):
    update_person(by=record.by, person=person, details=details_of(person, gender=""))


def named(record, person):
    update_person(by=record.by, person=person, details=details_of(person, gender="f"))


def unserved(record, person):
    journey.void(person.journey.get(kind="service_delivered"), by=record.by, reason="mistake")


@pytest.mark.parametrize(
    ("gender", "eligible", "change", "counts"),
    [
        ("f", False, checked, (0, 1)), ("f", True, unchecked, (1, 0)), ("f", True, unnamed, (1, 0)),
        ("", True, named, (0, 1)), ("f", True, unserved, (1, 0)),
    ],
)  # fmt: skip
def test_whatever_is_written_after_storing_is_taken_in(record, partner, gender, eligible, change, counts):
    person = record.person(gender=gender)
    record.event("service_delivered", rome("2026-07-01"), person)
    if eligible:
        record.check(person, date(2026, 7, 2), "eligible")
    refresh()
    assert now("participants", partner).count == counts[0]
    change(record, person)
    assert now("participants", partner).count == counts[1]
    refresh(now=timezone.now() + SETTLED)
    assert now("participants", partner).count == counts[1]


def test_a_case_opened_a_minute_ago_is_in(record, partner):
    refresh()
    record.event("case_opened", timezone.now() - timedelta(minutes=1), record.person())
    assert now("taken_in_charge", partner, Quarter.of(timezone.localdate())).count == 1


def test_the_figures_stored_are_those_shown(record, partner):
    write_a_bit_of_everything(record)
    refresh(now=timezone.now() + SETTLED)
    shown = partner_figures(partner.pk)
    for figure in Figure.objects.filter(partner=partner):
        value = shown.value(find_indicator(figure.indicator), figure.quarter, partner.pk)
        assert figure.base == value.count
        assert figure.value == (value.median if find_indicator(figure.indicator).is_spread else value.count)
        assert figure.nine_in_ten == value.nine_in_ten
    assert not Figure.objects.filter(base=0).exclude(quarter=Quarter.of(timezone.localdate()).first_day).exists()


def test_the_network_is_the_sum_of_its_cities(record, record_abroad, partner, other_partner):
    write_a_bit_of_everything(record)
    write_a_bit_of_everything(record_abroad, turns=2)
    refresh()
    network = Figure.objects.filter(partner__isnull=True)
    assert network.exists()
    for figure in network:
        parts = Figure.objects.filter(indicator=figure.indicator, quarter=figure.quarter, partner__isnull=False)
        assert figure.base == sum(part.base for part in parts)


def test_an_indicator_that_was_never_computed_is_not_shown_as_0(record, partner):
    record.event("contact", rome("2026-07-01"))
    refresh()
    Figure.objects.filter(indicator="contacts").delete()
    assert now("contacts", partner) is None
    assert now("persons_reached", partner).count == 0
