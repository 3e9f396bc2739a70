"""What holds for every indicator of the register."""

import pytest
from django.utils.text import slugify

from lgnet.core.periods import Quarter
from lgnet.indicators.boards import SECTIONS
from lgnet.indicators.evidence import rows_of
from lgnet.indicators.figures import partner_figures
from lgnet.indicators.journeys import Scope, read_journeys
from lgnet.indicators.registry import Kind, all_indicators, find_indicator, indicator
from lgnet.people.models import JourneyKind
from tests.indicators.conftest import day_in

INDICATORS = list(all_indicators())
each = pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.code)


def test_the_four_counts_come_first_and_apart():
    assert [one.code for one in INDICATORS[:4]] == ["contacts", "persons_reached", "taken_in_charge", "participants"]
    assert len({one.rule for one in INDICATORS}) == len(INDICATORS)


@each
def test_everything_is_told(one):
    assert len(one.definition) >= 2
    assert one.rule.endswith(".")
    assert len(one.rule) < 130, "the rule stands under a number"
    assert str(one.label)
    assert str(one.short)
    assert str(one.unit)
    assert 1 <= one.result <= 8
    assert one.code == slugify(one.code)
    assert one.code != "methodology"
    assert len(one.code) <= 60
    assert set(one.placed_by) | set(one.looks_at) <= set(JourneyKind.values)
    assert one in next(section for section in SECTIONS if section.area == one.area).indicators


def test_a_code_is_used_once():
    with pytest.raises(ValueError, match="contacts"):

        @indicator(label="x", unit="x", kind=Kind.ROWS, result=1, placed_by=[JourneyKind.CONTACT])
        def contacts(journey):
            """Again."""


def test_without_a_definition_there_is_no_indicator():
    with pytest.raises(ValueError, match="undefined"):

        @indicator(label="x", unit="x", kind=Kind.ROWS, result=1, placed_by=[JourneyKind.CONTACT])
        def undefined(journey):
            return []

    assert find_indicator("undefined") is None


@each
def test_the_value_is_what_its_rows_say(one, world, partner):
    for ago in range(4):
        _compare_with_rows(one, ago, partner)


def _compare_with_rows(one, ago, partner):
    quarter = Quarter.of(day_in(ago))
    rows = rows_of(one, quarter, (partner.pk,))
    value = partner_figures(partner.pk).value(one, quarter.first_day, partner.pk)
    assert value.count == len(rows)
    if one.kind == Kind.PERSONS:
        assert len({found.subject for found in rows}) == len(rows)
        assert all(found.subject for found in rows)
    parts = [partner_figures(partner.pk).value(part, quarter.first_day, partner.pk).count for part in one.grouped]
    assert sum(parts) == (value.count if parts else 0), "every row is in one group"
    for part, count in zip(one.grouped, parts, strict=True):
        assert len(rows_of(part, quarter, (partner.pk,))) == count
    if one.is_points:
        assert (value.median is None) == (value.nine_in_ten is None) == (not rows)
    if one.is_days:
        assert (value.median is None) == (not rows)
        assert all(found.row.days >= 0 for found in rows)
    first = 2 if one.code == "street_returning" else 3  # nobody comes back in the first quarter
    assert rows or ago >= first


@each
def test_the_kinds_it_says_are_enough(one, world, partner):
    """Evidence reads only those kinds, of only those people; all of everybody gives the same rows."""
    all_rows = {
        (found.event.pk, found.days, found.quarter)
        for journey in read_journeys(Scope((partner.pk,)))
        for found in one.rows(journey)
    }
    by_quarter = {
        (found.row.event.pk, found.row.days, found.row.quarter)
        for ago in range(4)
        for found in rows_of(one, Quarter.of(day_in(ago)), (partner.pk,))
    }
    assert by_quarter == all_rows
    assert all_rows
