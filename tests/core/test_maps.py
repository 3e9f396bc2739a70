"""Maps: in proportion, north up, names that never lie over each other, for the zones of every city."""

import tomllib
from itertools import combinations
from math import isclose
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from lgnet.core.maps import EMPTY, NARROW, WIDE, Place, draw_map

ZONES = tomllib.loads(Path("lgnet/network/data/zones.toml").read_text(encoding="utf-8"))


def places(city, value=lambda number: number * 7, covered=True):
    return [
        Place(name, *middle, value(number), str(value(number)), covered, url=f"/street?zone={number}")
        for number, (name, middle) in enumerate(ZONES[city].items())
    ]


def test_without_places_there_is_no_map():
    assert draw_map([]) is None


@pytest.mark.parametrize("sheet", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("city", ZONES)
def test_every_name_has_its_place(city, sheet):
    drawn = draw_map(places(city, value=lambda number: 10_000 * (number + 1)), sheet)
    boxes = [mark.box for mark in drawn.marks]
    assert all(boxes), "every zone is named"
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]
    for mark in drawn.marks:
        assert mark.box.left >= 0
        assert mark.box.right <= sheet.width
        assert mark.box.top >= 0
        assert mark.box.bottom <= sheet.height
        assert 0 < mark.x < sheet.width
        assert 0 < mark.y < sheet.height


def test_area_goes_with_the_number_and_north_is_up():
    found = {mark.place.name: mark for mark in draw_map([
        Place("south", 44.0, 8.9, 100, "100", True), Place("north", 44.1, 8.9, 25, "25", True),
        Place("east", 44.0, 9.0, 0, "0", True), Place("empty", 44.05, 8.9, 0, "0", False),
    ]).marks}  # fmt: skip
    assert isclose(found["south"].radius, 2 * found["north"].radius, rel_tol=0.01)
    assert found["north"].y < found["south"].y == found["east"].y
    assert found["east"].x > found["south"].x
    assert found["empty"].radius == EMPTY


def test_distances_are_true_in_both_directions():
    # at 60 degrees north a degree of longitude is half as long as one of latitude
    drawn = draw_map([Place(str(n), *at, 1, "1", True) for n, at in enumerate([(60, 10), (60, 10.2), (60.1, 10)])])
    west, east, north = sorted(drawn.marks, key=lambda mark: mark.place.name)
    assert isclose(east.x - west.x, west.y - north.y, rel_tol=0.01)
    assert drawn.bar_text.endswith("km")
    kilometres = int(drawn.bar_text.split()[0])
    assert isclose(drawn.bar / kilometres, (west.y - north.y) / 11.132, rel_tol=0.01)


def test_one_zone_is_a_map_too():
    (mark,) = draw_map([Place("only", 44.0, 8.9, 3, "3", True)]).marks
    assert mark.box


@pytest.mark.parametrize("language", ["it", "en"])
def test_numbers_of_the_drawing_have_no_comma(language):
    from django.utils import translation

    with translation.override(language):
        text = render_to_string("core/map.html", {"map": draw_map(places("genova")), "size": "wide", "label": "x"})
    assert 'x="' in text
    assert not [
        part for part in text.split('"')[1::2] if part.replace(",", "").replace(".", "").isdigit() and "," in part
    ]
    assert "<a id=" in text
    assert "style=" not in text
