"""The rules of the street: new and again, days between sightings, cards and who came with them."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine

from lgnet.catalogue.models import Team
from lgnet.core.periods import Quarter
from lgnet.indicators.evidence import rows_of
from lgnet.indicators.figures import all_figures, partner_figures
from lgnet.indicators.registry import find_indicator
from lgnet.indicators.tallies import value_of
from lgnet.people import journey
from tests.indicators.conftest import rome

SPRING, SUMMER, AUTUMN = Quarter(2026, 2), Quarter(2026, 3), Quarter(2026, 4)
STREET = Team.Kind.MOBILE_UNIT


@pytest.fixture(autouse=True)
def _late_in_2026():
    with time_machine.travel(rome("2026-12-20"), tick=False):
        yield


def value(code, quarter, partner, moment=None):
    """The figure of now, or as known at a moment; as many rows are behind it."""
    one = find_indicator(code)
    if moment:
        found = value_of(one, all_figures([partner.pk], as_known=moment)[partner.pk].spread(code, quarter.first_day))
    else:
        found = partner_figures(partner.pk).value(one, quarter.first_day, partner.pk)
    assert found.count == len(rows_of(one, quarter, (partner.pk,), as_known=moment))
    return found


def counts(code, partner, moment=None):
    return [value(code, quarter, partner, moment).count for quarter in (SPRING, SUMMER, AUTUMN)]


@pytest.fixture(params=["person", "trace"])
def somebody(request, record):
    """Somebody registered, or somebody who is known by a nickname only: both can be told again."""
    return {"person": record.person()} if request.param == "person" else {"trace": uuid.uuid4()}


def met(record, who, *days, **more):
    for day in days:
        record.event("contact", rome(day, 20), team=STREET, **who, **more)


def sent(record, who, at, team=STREET):
    return record.event("referral_sent", at, team=team, **who)


# -- new and again ----------------------------------------------------------------------------------------------------


def test_new_once_and_again_in_every_later_quarter(record, partner, somebody):
    met(record, somebody, "2026-05-01", "2026-05-02", "2026-08-01", "2026-08-09", "2026-10-03")
    assert counts("street_new", partner) == [1, 0, 0]
    assert counts("street_returning", partner) == [0, 1, 1]


def test_who_skips_a_quarter_comes_back(record, partner, somebody):
    met(record, somebody, "2026-05-01", "2026-10-03")
    assert counts("street_returning", partner) == [0, 0, 1]


def test_who_cannot_be_told_again_is_neither(record, partner):
    met(record, {}, "2026-05-01", "2026-08-01")
    for code in ("street_new", "street_returning", "days_between_sightings"):
        assert counts(code, partner) == [0, 0, 0]


def test_known_at_the_desk_and_new_in_the_street(record, partner):
    who = {"person": record.person()}
    record.event("arrival", rome("2026-05-01"), **who)
    met(record, who, "2026-08-01")
    assert counts("street_new", partner) == [0, 1, 0]
    assert counts("street_returning", partner) == [0, 0, 0]


def test_new_and_again_are_all_who_were_met_in_the_street(record, partner):
    for first in range(6):
        met(record, {"trace": uuid.uuid4()}, *[f"2026-0{month}-11" for month in range(4 + first % 4, 10, 2)])
    together = [
        sum(pair) for pair in zip(counts("street_new", partner), counts("street_returning", partner), strict=True)
    ]
    assert together == counts("persons_reached", partner)


def test_two_nicknames_of_one_person_mend_the_figure_but_not_what_was_known(record, partner):
    one, other = uuid.uuid4(), uuid.uuid4()
    met(record, {"trace": one}, "2026-05-01")
    met(record, {"trace": other}, "2026-08-01")
    assert counts("street_new", partner) == [1, 1, 0]
    person = record.person()
    for trace in (one, other):
        journey.identify(by=record.by, trace=trace, person=person)
    assert counts("street_new", partner) == [1, 0, 0]
    assert counts("street_returning", partner) == [0, 1, 0]
    assert counts("street_new", partner, rome("2026-12-01")) == [1, 1, 0], "as it was known"


# -- days between sightings -------------------------------------------------------------------------------------------


def test_days_since_the_sighting_before(record, partner, somebody):
    met(record, somebody, "2026-07-01", "2026-07-01", "2026-07-04", "2026-07-14", "2026-10-02", "2026-10-02")
    summer, autumn = value("days_between_sightings", SUMMER, partner), value("days_between_sightings", AUTUMN, partner)
    assert (summer.count, float(summer.median), float(summer.nine_in_ten)) == (2, 6.5, 9.3)
    assert (autumn.count, autumn.median) == (1, 80)


def test_days_are_those_of_the_calendar_in_rome(record, partner, somebody):
    record.event("contact", rome("2026-10-24", 23, 50), **somebody)
    record.event("contact", rome("2026-10-25", 0, 10), **somebody)
    record.event("contact", rome("2026-10-26", 0, 10), **somebody)
    assert (
        value("days_between_sightings", AUTUMN, partner).count,
        value("days_between_sightings", AUTUMN, partner).median,
    ) == (2, 1)


def test_a_sighting_taken_back_joins_the_days_on_its_two_sides(record, partner, somebody):
    met(record, somebody, "2026-07-01", "2026-07-14")
    mistake = record.event("contact", rome("2026-07-04", 20), **somebody)
    assert value("days_between_sightings", SUMMER, partner).count == 2
    journey.void(mistake, by=record.by, reason="mistake")
    now = value("days_between_sightings", SUMMER, partner)
    assert (now.count, now.median) == (1, 13)
    assert value("days_between_sightings", SUMMER, partner, rome("2026-12-01")).count == 2


# -- cards ------------------------------------------------------------------------------------------------------------


def test_only_cards_of_mobile_units_count(record, partner, somebody):
    sent(record, somebody, rome("2026-07-01"))
    sent(record, somebody, rome("2026-07-02"), team=Team.Kind.DESK)
    record.event("arrival", rome("2026-07-03"), **somebody)
    assert counts("street_referrals", partner) == counts("street_referrals_arrived", partner) == [0, 1, 0]


def test_who_came_counts_in_the_quarter_of_the_card(record, partner, somebody):
    sent(record, somebody, rome("2026-06-30", 21))
    assert counts("street_referrals_arrived", partner) == [0, 0, 0]
    record.event("arrival", rome("2026-07-10"), **somebody)
    assert counts("street_referrals", partner) == counts("street_referrals_arrived", partner) == [1, 0, 0]
    assert counts("street_referrals_arrived", partner, rome("2026-07-09")) == [0, 0, 0]


def test_of_two_cards_only_the_one_that_was_followed_by_an_arrival(record, partner, somebody):
    sent(record, somebody, rome("2026-05-01"))
    sent(record, somebody, rome("2026-08-01"))
    record.event("arrival", rome("2026-08-03"), **somebody)
    record.event("arrival", rome("2026-08-13"), **somebody)
    assert counts("street_referrals", partner) == [1, 1, 0]
    assert counts("street_referrals_arrived", partner) == [0, 1, 0]


def test_who_came_before_the_card_did_not_come_with_it(record, partner, somebody):
    record.event("arrival", rome("2026-07-01", 10), **somebody)
    sent(record, somebody, rome("2026-07-01", 20))
    record.event("registered", rome("2026-07-02"), **somebody)
    assert counts("street_referrals_arrived", partner) == [0, 0, 0]


def test_seconds_decide_nothing(record, partner, somebody):
    sent(record, somebody, rome("2026-07-01", 10) + timedelta(seconds=40))
    record.event("arrival", rome("2026-07-01", 10), **somebody)
    assert counts("street_referrals_arrived", partner) == [0, 1, 0]


def test_who_was_at_a_service_outside_of_the_network(record, partner, somebody):
    sent(record, somebody, rome("2026-07-01", 20))
    record.event("referral_arrived", rome("2026-07-02"), **somebody)
    assert counts("street_referrals_arrived", partner) == [0, 1, 0]


def test_taken_in_charge_by_the_team_without_the_desk(record, partner):
    who = {"person": record.person()}
    sent(record, who, rome(date(2026, 7, 1), 21))
    record.event("case_opened", rome(date(2026, 7, 1), 12), **who)
    assert counts("street_referrals_arrived", partner) == [0, 1, 0], "of the opening only the day is known"
