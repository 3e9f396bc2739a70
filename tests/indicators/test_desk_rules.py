"""The rules of the desk and of referrals: a request and its answer, a referral and its acceptance, are of one record."""

import uuid
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from lgnet.core.ids import uuid7
from lgnet.core.periods import Quarter
from lgnet.indicators.definitions import desk, referrals
from lgnet.indicators.evidence import rows_of
from lgnet.indicators.figures import partner_figures
from lgnet.indicators.registry import all_indicators, find_indicator
from lgnet.people import journey
from lgnet.people.models import JourneyKind, Person
from tests.indicators.conftest import rome

SUMMER, AUTUMN = Quarter(2026, 3), Quarter(2026, 4)


@pytest.fixture(autouse=True)
def _late_in_2026():
    with time_machine.travel(rome("2026-12-20"), tick=False):
        yield


@pytest.fixture
def happened(record):
    """Return a function that writes an event of one record, and returns the id of that record."""

    def happened(kind, at, *, source=None, person=None, trace=None):
        pk = source or uuid7()
        journey.record(
            JourneyKind(kind), by=record.by, partner=record.partner, source=Person(pk=pk), person=person, trace=trace,
            occurred_at=min(at, timezone.now()),
        )  # fmt: skip
        return pk

    return happened


def counts(code, partner):
    one, found = find_indicator(code), partner_figures(partner.pk)
    numbers = [found.value(one, quarter.first_day, partner.pk).count for quarter in (SUMMER, AUTUMN)]
    assert numbers == [len(rows_of(one, quarter, (partner.pk,))) for quarter in (SUMMER, AUTUMN)]
    return numbers


def test_each_request_finds_its_own_answer(record, partner, happened):
    amina = record.person()
    for topic_answered_after in (0, 3, None):
        asked = happened("request_made", rome("2026-07-10", 9), person=amina)
        if topic_answered_after is not None:
            happened("request_answered", rome(f"2026-07-{10 + topic_answered_after}", 10), source=asked, person=amina)
    assert counts("desk_requests", partner) == [3, 0]
    assert counts("desk_answered_on_the_spot", partner) == [1, 0]


def test_a_request_of_somebody_unknown_counts(record, partner, happened):
    trace = uuid.uuid4()
    asked = happened("request_made", rome("2026-10-10", 9), trace=trace)
    happened("request_answered", rome("2026-10-10", 9, 30), source=asked, trace=trace)
    assert counts("desk_requests", partner) == counts("desk_answered_on_the_spot", partner) == [0, 1]
    assert counts("persons_reached", partner) == [0, 0]  # to ask is not to be met


@pytest.mark.parametrize(("days", "is_soon"), [(0, True), (7, True), (8, False)])
def test_accepted_within_seven_days_of_the_calendar(record, partner, happened, days, is_soon):
    amina = record.person()
    sent = happened("referral_sent", rome("2026-07-10", 9), person=amina)
    happened("referral_accepted", rome(f"2026-07-{10 + days}", 18), source=sent, person=amina)
    assert counts("referrals_sent", partner) == [1, 0]
    assert counts("referrals_accepted_in_7_days", partner) == [int(is_soon), 0]


def test_what_was_accepted_before_it_was_sent_once_more_is_accepted_once(record, partner, happened):
    amina = record.person()
    sent = happened("referral_sent", rome("2026-07-01"), person=amina)
    happened("referral_accepted", rome("2026-07-02"), source=sent, person=amina)
    happened("referral_not_arrived", rome("2026-07-05"), source=sent, person=amina)
    happened("referral_sent", rome("2026-07-06"), source=sent, person=amina)
    assert counts("referrals_sent", partner) == [2, 0]
    assert counts("referrals_accepted_in_7_days", partner) == [1, 0]


def test_an_answer_is_of_the_time_it_was_asked_last(record, partner, happened):
    amina = record.person()
    sent = happened("referral_sent", rome("2026-07-01"), person=amina)
    happened("referral_sent", rome("2026-07-04"), source=sent, person=amina)
    happened("referral_accepted", rome("2026-07-05"), source=sent, person=amina)
    assert counts("referrals_accepted_in_7_days", partner) == [1, 0]


def test_another_referral_that_was_accepted_is_another_referral(record, partner, happened):
    amina = record.person()
    happened("referral_sent", rome("2026-07-10"), person=amina)
    second = happened("referral_sent", rome("2026-07-11"), person=amina)
    happened("referral_accepted", rome("2026-07-12"), source=second, person=amina)
    assert counts("referrals_sent", partner) == [2, 0]
    assert counts("referrals_accepted_in_7_days", partner) == [1, 0]


def test_a_refusal_is_no_acceptance_and_a_service_that_simply_receives_has_accepted(record, partner, happened):
    amina, omar = record.person(), record.person()
    refused = happened("referral_sent", rome("2026-10-01"), person=amina)
    happened("referral_refused", rome("2026-10-02"), source=refused, person=amina)
    received = happened("referral_sent", rome("2026-10-01"), person=omar)
    happened("referral_arrived", rome("2026-10-05"), source=received, person=omar)
    assert counts("referrals_accepted_in_7_days", partner) == [0, 1]
    assert counts("referrals_arrived", partner) == [0, 1]


def test_came_counts_in_the_quarter_of_the_referral(record, partner, happened):
    amina = record.person()
    happened("referral_sent", rome("2026-09-28"), person=amina)
    happened("arrival", rome("2026-10-03"), person=amina)
    assert counts("referrals_arrived", partner) == [1, 0]
    assert counts("desk_arrivals", partner) == [0, 1]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("appointment_kept", "appointments_kept"),
        ("appointment_missed", "appointments_missed"),
        ("mediation", "mediations"),
    ],
)
def test_what_is_counted_as_it_happens(record, partner, happened, kind, code):
    happened(kind, rome("2026-07-10"), person=record.person())
    voided = happened(kind, rome("2026-07-11"), person=record.person())
    journey.void_many([voided], by=record.by, reason="mistake")
    assert counts(code, partner) == [1, 0]


def test_every_indicator_of_these_areas_is_tested_here():
    areas = {desk.__name__.rpartition(".")[2], referrals.__name__.rpartition(".")[2]}
    codes = {one.code for one in all_indicators() if one.area in areas}
    text = Path(__file__).read_text(encoding="utf-8")
    assert {code for code in codes if f'"{code}"' not in text} == set()
