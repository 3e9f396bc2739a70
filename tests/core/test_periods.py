"""Midnights are moments that both databases take, whatever day was typed; addresses to go on to stay on this site."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from lgnet.core.addresses import safe_next
from lgnet.core.models import Draft
from lgnet.core.periods import midnight


def test_midnight_is_that_of_rome():
    assert midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert midnight(date(2026, 10, 25), days_later=1) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert midnight(date(2026, 3, 1), days_later=-1).date() == date(2026, 2, 28)


@given(st.dates(), st.integers(-4_000_000, 4_000_000))
def test_midnight_never_raises(day, days_later):
    moment = midnight(day, days_later=days_later)
    assert moment.astimezone(UTC).astimezone(ZoneInfo("Europe/Rome")) == moment


@pytest.mark.parametrize("day", [date.min, date.max])
@pytest.mark.parametrize("days_later", [-1, 0, 1])
def test_the_first_and_last_midnight_can_be_asked_of_the_database(db, day, days_later):
    moment = midnight(day, days_later=days_later)
    assert list(Draft.objects.filter(created_at__gte=moment, created_at__lt=moment)) == []


def asked(method: str, wanted: str) -> str:
    return safe_next(getattr(RequestFactory(), method)("/somewhere", {"next": wanted}), "/default")


@pytest.mark.parametrize("wanted", ["/", "/people?q=Ana+M%C3%BCller#x", "/è", "/a//b", "/x?next=http://y.example"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_path_of_this_site_is_where_somebody_is_sent_on_to(method, wanted):
    assert asked(method, wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    ["", "foo", "?", "home", "http://[", "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
     "https://evil.example/", "javascript:alert(1)", "/\t/evil.example", "/a\nb", "/\0", " /x", "/" + "a" * 3000],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_anything_else_is_not(method, wanted):
    assert asked(method, wanted) == "/default"
