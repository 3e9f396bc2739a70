"""Quiet hours by the clock on the wall, also in the nights in which it is moved; text messages counted."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.messaging.numbers import segments, sms_number
from lgnet.messaging.quiet import quiet_until

ROME = ZoneInfo("Europe/Rome")
NIGHT = (time(21), time(8))


def at(*parts, fold=0):
    return datetime(*parts, tzinfo=ROME, fold=fold)


@pytest.mark.parametrize(
    ("now", "hours", "ends"),
    [
        (at(2026, 11, 26, 20, 59), NIGHT, None),
        (at(2026, 11, 26, 21), NIGHT, at(2026, 11, 27, 8)),
        (at(2026, 11, 27, 7, 59), NIGHT, at(2026, 11, 27, 8)),
        (at(2026, 11, 27, 8), NIGHT, None),
        (at(2026, 11, 27, 13), (time(12, 30), time(15)), at(2026, 11, 27, 15)),
        (at(2026, 11, 27, 15), (time(12, 30), time(15)), None),
        # the clock is put back at 3:00 of 25 October 2026, put forward at 2:00 of 28 March 2027
        (at(2026, 10, 24, 23), NIGHT, datetime(2026, 10, 25, 7, tzinfo=UTC)),
        (at(2027, 3, 27, 23), NIGHT, datetime(2027, 3, 28, 6, tzinfo=UTC)),
        (at(2026, 10, 25, 2, 10, fold=1), (time(22), time(2, 30)), at(2026, 10, 25, 2, 30, fold=1)),
        (at(2027, 3, 28, 1, 50), (time(22), time(2, 30)), at(2027, 3, 28, 3, 30)),
    ],
)
def test_when_the_quiet_hours_end(now, hours, ends):
    found = quiet_until(now, *hours)
    assert (found and found.astimezone(UTC)) == (ends and ends.astimezone(UTC))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # however busy the machine is
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)), st.times(), st.times())  # noqa: DTZ001
def test_they_always_end_later_and_within_a_day(moment, starts, ends):
    now = moment.replace(tzinfo=UTC)
    until = quiet_until(now, starts, ends)
    if until is not None:
        assert timedelta(0) < until.astimezone(UTC) - now <= timedelta(hours=25)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a" * 160, 1), ("a" * 161, 2), ("à" * 160, 1), ("€" * 80, 1), ("€" * 81, 2), ("a" * 152 + "€" + "a" * 152, 3),
        ("ц" * 70, 1), ("ц" * 71, 2), ("ع" * 134, 2), ("ع" * 135, 3), ("😀" * 35, 1), ("😀" * 36, 2), ("", 1),
    ],
)  # fmt: skip
def test_how_many_text_messages_it_takes(text, number):
    assert segments(text) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("320 123 4567", "+393201234567"), ("0039 320 1234567", "+393201234567"), ("+880 1712 345678", "+8801712345678"),
        ("+380501234567", "+380501234567"), ("06 6988 1234", ""), ("12", ""), ("", ""), ("call me", ""),
    ],
)  # fmt: skip
def test_numbers_as_a_gateway_wants_them(typed, number):
    assert sms_number(typed) == number
