"""When something is open: midnight, the change of hour, seasons, exceptions, public holidays."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lgnet.catalogue.hours_text import read_hours
from lgnet.catalogue.opening import (
    ROME,
    Exceptional,
    OpenState,
    Timetable,
    WeekSpan,
    first_overlap,
    is_holiday,
    is_open_at,
    spans_on,
    state_at,
)


def rome(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME, fold=fold)


def table(text: str, **said) -> Timetable:
    return Timetable(week=read_hours(text).spans, **said)


def told(timetable: Timetable, moment: datetime) -> tuple[bool, str]:
    state = state_at(timetable, moment)
    return state.is_open, state.changes_at.astimezone(ROME).strftime("%d/%m %H:%M") if state.changes_at else ""


@pytest.mark.parametrize(
    ("moment", "is_open", "changes"),
    [
        ("2026-11-26 08:59", False, "26/11 09:00"), ("2026-11-26 09:00", True, "26/11 13:00"),
        ("2026-11-26 12:59", True, "26/11 13:00"), ("2026-11-26 13:00", False, "26/11 15:00"),
        ("2026-11-26 17:00", False, "27/11 09:00"), ("2026-11-27 13:00", False, "30/11 09:00"),
    ],
)  # fmt: skip
def test_open_closed_and_what_comes_next(moment, is_open, changes):
    assert told(table("lun-ven 9-13, gio anche 15-17"), rome(moment)) == (is_open, changes)


def test_a_night_belongs_to_the_day_on_which_it_begins():
    night = table("lun-ven 20-8")
    assert told(night, rome("2026-11-27 23:00")) == (True, "28/11 08:00")  # from Friday into Saturday
    assert told(night, rome("2026-11-28 07:59")) == (True, "28/11 08:00")
    assert told(night, rome("2026-11-28 20:00")) == (False, "30/11 20:00")
    closed = table("tutti i giorni 20-8", exceptions=(Exceptional(date(2026, 11, 28), date(2026, 11, 28)),))
    assert told(closed, rome("2026-11-28 07:00")) == (True, "28/11 08:00")  # it began on the 27th
    assert told(closed, rome("2026-11-28 21:00")) == (False, "29/11 20:00")


def test_spans_that_touch_are_one():
    always = table("h24", opens_on_holidays=True)
    assert state_at(always, rome("2026-11-26 10:00")) == OpenState(True, None)
    joined = table("lun-gio 9-24; mar-ven 0-6")
    assert told(joined, rome("2026-11-26 22:00")) == (True, "27/11 06:00")


def test_the_clocks_are_put_back():
    """On 25 October 2026 the hour from 2 to 3 comes twice: whoever closes at 2:30 closes at the second one."""
    night = table("sab 20-2:30")
    assert state_at(night, rome("2026-10-25 02:15", fold=0)).is_open
    assert state_at(night, rome("2026-10-25 02:15", fold=1)).is_open
    assert not is_open_at(night, rome("2026-10-25 02:30", fold=1))
    assert state_at(night, rome("2026-10-24 23:00")).changes_at == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    early = table("dom 2:30-5")
    assert state_at(early, rome("2026-10-25 01:00")).changes_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_clocks_are_put_forward():
    """On 29 March 2026 there is no time between 2 and 3: it is then the moment of the jump."""
    jump = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert state_at(table("sab 20-2:30"), rome("2026-03-28 23:00")).changes_at == jump
    assert state_at(table("dom 2:30-5"), rome("2026-03-29 01:00")).changes_at == jump
    assert (
        state_at(table("dom 2:10-2:40", opens_on_holidays=True), rome("2026-03-29 01:00"))
        .changes_at.astimezone(ROME)
        .day
        == 5
    )


def test_a_night_is_as_long_as_the_clocks_make_it():
    night = table("tutti i giorni 20-8", opens_on_holidays=True)
    for day, hours in ((date(2026, 10, 24), 13), (date(2026, 3, 28), 11), (date(2026, 11, 26), 12)):
        opens = datetime.combine(day, time(20), tzinfo=ROME)
        until = state_at(night, opens).changes_at
        assert until - opens.astimezone(UTC) == timedelta(hours=hours)


def test_public_holidays_and_the_patron():
    assert is_holiday(date(2026, 12, 8), "GE")
    assert is_holiday(date(2026, 4, 6), "")  # Easter Monday
    assert is_holiday(date(2026, 6, 24), "GE")  # the patron of Genoa, and of Turin
    assert not is_holiday(date(2026, 6, 24), "MI")
    assert is_holiday(date(2026, 12, 7), "MI")
    assert not is_holiday(date(2026, 12, 7), "nowhere")
    usual = table("tutti i giorni 9-13", province="GE")
    assert spans_on(usual, date(2026, 12, 8)) == ()
    assert spans_on(table("tutti i giorni 9-13", opens_on_holidays=True), date(2026, 12, 8)) == ((time(9), time(13)),)
    said = table(
        "tutti i giorni 9-13", exceptions=(Exceptional(date(2026, 12, 8), date(2026, 12, 8), ((time(10), time(12)),)),)
    )
    assert spans_on(said, date(2026, 12, 8)) == ((time(10), time(12)),)


def test_a_season_takes_the_place_of_the_usual_hours():
    summer = [
        WeekSpan(one.weekday, time(8), time(12), date(2026, 7, 1), date(2026, 8, 31))
        for one in read_hours("lun 9-13").spans
    ]
    seasonal = Timetable(week=(*read_hours("lun-ven 9-13").spans, *summer))
    assert spans_on(seasonal, date(2026, 7, 6)) == ((time(8), time(12)),)
    assert spans_on(seasonal, date(2026, 7, 7)) == ()
    assert spans_on(seasonal, date(2026, 9, 1)) == ((time(9), time(13)),)


def test_after_a_suspension():
    later = table("lun-ven 9-13", not_before=date(2026, 12, 1))
    assert told(later, rome("2026-11-26 10:00")) == (False, "01/12 09:00")
    assert state_at(Timetable(), rome("2026-11-26 10:00")) == OpenState(False, None)


def test_overlaps_are_found_also_over_the_end_of_the_week():
    assert first_overlap([(6, (time(22), time(6))), (0, (time(5), time(9)))])
    assert first_overlap([(0, (time(9), time(13))), (0, (time(12), time(14)))])
    assert first_overlap([(0, (time(9), time(13))), (0, (time(13), time(14))), (6, (time(22), time(9)))]) is None


days = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 95), st.integers(1, 95)), min_size=1, max_size=9)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days, st.integers(0, 730 * 24 * 60))
def test_the_next_change_is_a_change(spans, minutes):
    """What is told of the next change is true a minute before it and at it, whatever the week looks like."""
    quarter = [time(at // 4, at % 4 * 15) for at in range(96)]
    week = tuple(WeekSpan(day, quarter[start], quarter[(start + length) % 96]) for day, start, length in spans)
    timetable, moment = (
        Timetable(week=week, province="GE"),
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes),
    )
    state = state_at(timetable, moment)
    assert state.is_open == is_open_at(timetable, moment)
    if state.changes_at:
        assert state.changes_at > moment
        assert is_open_at(timetable, state.changes_at) != state.is_open
        assert is_open_at(timetable, state.changes_at - timedelta(seconds=1)) == state.is_open
