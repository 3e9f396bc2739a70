"""What people write in cells."""

from datetime import date, datetime, time

import pytest
from django.utils import translation

from lgnet.core import cells
from lgnet.core.cells import Unreadable
from lgnet.core.sealed import Broken, seal, unseal

NAIVE = datetime(2025, 3, 5, 21)  # noqa: DTZ001  a spreadsheet knows no zone


@pytest.mark.parametrize(
    "written",
    ["2025-03-05", "2025-3-5 21:30", "05/03/2025", "5/3/25", "5.3.2025", "05-03-2025", "5 marzo 2025", "5 mar 2025",
     "mercoledì 5 marzo 2025", "mer 05/03/2025", "5 March 2025", date(2025, 3, 5), NAIVE, 45721,
     45721.9],
)  # fmt: skip
def test_days(written):
    assert cells.read_day(written) == date(2025, 3, 5)


@pytest.mark.parametrize(
    "written",
    ["31/02/2025", "ieri", "2025", 12, "32/1/2025", "5 foo 2025", True, "05/03/202", "01/01/0001", "9999-12-31",
     date(1899, 12, 31)],
)  # fmt: skip
def test_what_is_no_day(written):
    with pytest.raises(Unreadable):
        cells.read_day(written)


@pytest.mark.parametrize(
    "written", ["21:30", "21.30", "21:30:00", "ore 21:30", "21h30", time(21, 30), 21.5 / 24, "h 21.30"]
)
def test_times(written):
    assert cells.read_clock(written) == time(21, 30)


def test_whole_hours_and_what_is_no_time():
    assert cells.read_clock("21") == cells.read_clock(21) == cells.read_clock("ore 21") == time(21)
    for written in ("25:00", "21:70", "sera", 21.3):  # 21.3 may be 21:30 or 21:18: nobody knows
        with pytest.raises(Unreadable):
            cells.read_clock(written)


def test_yes_no_numbers_and_nothing():
    assert [cells.read_yes_no(one) for one in ("Sì", "si", "X", "vero", True, 1, "✓")] == [True] * 7
    assert [cells.read_yes_no(one) for one in ("No", "n", "falso", False, 0)] == [False] * 5
    assert [cells.read_number(one) for one in ("44,41", "44.41", "1.234,5", "-3", 7)] == [44.41, 44.41, 1234.5, -3, 7]
    assert cells.read_whole("3", 1, 500) == cells.read_whole(3.0, 1, 500) == 3
    for read in (cells.read_day, cells.read_clock, cells.read_yes_no, cells.read_number):
        assert [read(one) for one in (None, "", " - ", "n.d.", "/")] == [None] * 5
    for read, written in ((cells.read_yes_no, "forse"), (cells.read_number, "tanti"), (cells.read_number, "1e5")):
        with pytest.raises(Unreadable):
            read(written)
    with pytest.raises(Unreadable, match="from 1 to 500"):
        cells.read_whole("2,5", 1, 500)


def test_choices_say_what_may_be_meant():
    choices = {"stazione principe": 1, "via pre": 2, "lavoro, casa": 3} | {"lavoro casa": 3}
    assert cells.read_choice("  STAZIONE   Príncipe ", choices) == 1
    assert cells.read_choices("Via Pré; stazione principe, via pre", choices) == [2, 1]
    assert cells.read_choices("Lavoro, casa", choices) == [3]
    with pytest.raises(Unreadable, match="Is it “stazione principe”"):
        cells.read_choice("Stazone Principe", choices)
    with pytest.raises(Unreadable, match=r"“Luna” is not known here\.$"):
        cells.read_choice("Luna", choices)


def test_texts():
    assert cells.read_text(" a \n b ", 10) == "a b"
    assert cells.read_long_text("a\nb ", 10) == "a\nb"
    assert cells.as_text(5.0) == "5"
    assert cells.as_text(NAIVE) == "05/03/2025 21:00"
    for text, words in (("x" * 11, "longer than 10"), ("#N/D", "shows an error")):
        with pytest.raises(Unreadable, match=words):
            cells.read_text(text, 10)
    with translation.override("it"):
        assert cells.plain("Unità  Mòbile-1") == "unita mobile 1"


def test_what_is_sealed_is_opened_here_only(settings):
    sealed = seal(b"note", purpose="import")
    assert b"note" not in sealed
    assert unseal(sealed, purpose="import") == b"note"
    for spoilt, purpose in ((sealed, "other"), (sealed[:-1] + b"x", "import"), (b"", "import")):
        with pytest.raises(Broken):
            unseal(spoilt, purpose=purpose)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert unseal(sealed, purpose="import") == b"note"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Broken):
        unseal(sealed, purpose="import")
