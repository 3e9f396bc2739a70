"""Moments as a clock on the wall shows them, days and long texts."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.utils import timezone, translation

from lgnet.core.forms import LONG_TEXT, DayField, LgForm, LongTextField, MomentField


class Sample(LgForm):
    at = MomentField(label="When", required=False)
    day = DayField(label="Day", required=False)
    text = LongTextField(label="Text", rows=6, required=False)


def read(text: str) -> datetime:
    form = Sample({"at": text})
    assert form.is_valid(), form.errors
    moment = form.cleaned_data["at"]
    assert moment.tzinfo == timezone.get_current_timezone()
    return moment.astimezone(UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-10-20T14:05", "2026-10-20T14:05:00", " 2026-10-20T14:05 "])
def test_a_moment_is_read_to_the_minute_in_the_time_of_rome(text):
    assert read(text) == utc(2026, 10, 20, 12, 5)


@pytest.mark.parametrize(
    ("now", "typed", "meant"),
    [
        (utc(2026, 10, 25, 0, 40), "2026-10-25T02:30", utc(2026, 10, 25, 0, 30)),  # the first time round: 02:40 now
        (utc(2026, 10, 25, 1, 10), "2026-10-25T02:30", utc(2026, 10, 25, 0, 30)),  # the second: 02:10 now
        (utc(2026, 10, 25, 1, 40), "2026-10-25T02:30", utc(2026, 10, 25, 1, 30)),  # the second: 02:40 now
        (utc(2026, 10, 25, 1, 30), "2026-10-25T02:30", utc(2026, 10, 25, 1, 30)),  # this very minute
        (utc(2026, 10, 26, 9, 0), "2026-10-25T02:30", utc(2026, 10, 25, 1, 30)),  # next day
        (utc(2026, 10, 24, 9, 0), "2026-10-25T02:30", utc(2026, 10, 25, 0, 30)),  # in the future, either way
        (utc(2026, 10, 26, 9, 0), "2026-10-25T01:59", utc(2026, 10, 24, 23, 59)),
        (utc(2026, 10, 26, 9, 0), "2026-10-25T03:00", utc(2026, 10, 25, 2, 0)),
    ],
)
def test_in_the_hour_that_comes_twice_the_latest_reading_that_is_not_in_the_future(time_machine, now, typed, meant):
    time_machine.move_to(now, tick=False)
    assert read(typed) == meant


def test_in_the_hour_that_is_skipped_the_moment_one_hour_later():
    moment = Sample({"at": "2026-03-29T02:30"})
    assert moment.is_valid()
    assert timezone.localtime(moment.cleaned_data["at"]).strftime("%H:%M") == "03:30"
    assert read("2026-03-29T02:30") == utc(2026, 3, 29, 1, 30)
    assert read("2026-03-29T01:59") == utc(2026, 3, 29, 0, 59)


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-13-01T10:00", "2026-10-25T25:00", "2026-10-25", "x" * 30_000, "٢٠٢٦", "\0", "0000-01-01T00:00"],
)
def test_what_is_no_moment_is_told_at_the_field(text):
    assert Sample({"at": text}).errors["at"] == ["Enter a valid date/time."]


@pytest.mark.parametrize("text", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_the_ends_of_time_are_moments_too(text):
    assert Sample({"at": text}).is_valid()


def test_a_moment_left_empty_is_none_unless_it_is_required():
    form = Sample({"at": ""})
    assert form.is_valid()
    assert form.cleaned_data["at"] is None
    with pytest.raises(forms.ValidationError, match="required"):
        MomentField().clean("")


@pytest.mark.parametrize("language", ["it", "en"])
def test_fields_are_drawn_as_the_browser_reads_them(language):
    with translation.override(language):
        at = utc(2026, 10, 20, 12, 5)
        html = Sample(initial={"at": at, "day": date(2026, 10, 20)}).as_p()
    assert 'value="2026-10-20T14:05"' in html
    assert 'type="datetime-local"' in html
    assert 'value="2026-10-20"' in html
    assert 'type="date"' in html
    assert 'rows="6"' in html
    assert 'dir="auto"' in html


def test_a_long_text_has_an_end():
    assert Sample({"text": "x" * LONG_TEXT}).is_valid()
    assert "at most 20000 characters" in Sample({"text": "x" * (LONG_TEXT + 1)}).errors["text"][0]
