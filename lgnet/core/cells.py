"""What people write in the cells of a spreadsheet, read as what they mean.

Each `read_…` returns None for an empty cell and raises Unreadable, with a reason in plain words, for what it cannot
read. A cell is a plain value as `core.spreadsheets` gives it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from lgnet.core.spreadsheets import Cell

Value = TypeVar("Value")

_ERRORS = frozenset(
    ["#N/A", "#N/D", "#VALUE!", "#VALORE!", "#REF!", "#RIF!", "#DIV/0!", "#NAME?", "#NOME?", "#NUM!", "#NULL!"]
)  # as Excel shows them, also in Italian
_EMPTY = frozenset({"", "-", "--", "—", "/", "//", "n.d.", "nd", "n/d"})
_YES = frozenset({"si", "s", "yes", "y", "x", "vero", "true", "1", "v", "✓", "✔"})
_NO = frozenset({"no", "n", "falso", "false", "0"})
_MONTHS = {
    name[:3]: number
    for number, names in enumerate(
        ("gennaio january", "febbraio february", "marzo march", "aprile april", "maggio may", "giugno june",
         "luglio july", "agosto august", "settembre september", "ottobre october", "novembre november",
         "dicembre december"), start=1,
    )
    for name in names.split()
}  # fmt: skip
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})(?:[, ].*)?")
_DAY_IN_WORDS = re.compile(r"(\d{1,2})[°º]?\s+([a-z]{3,})\.?\s+(\d{4})", re.IGNORECASE)
_WEEKDAY = re.compile(r"^[a-zà-ù]{3,9}\.?,?\s+(?=\d)", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:h|ore|alle|dalle)?\.?\s*(\d{1,2})(?:\s*[:.h]\s*(\d{2})(?:[:.]\d{2})?)?\s*(?:h|ore)?", re.IGNORECASE
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2100  # near the ends of the calendar moments cannot be reckoned with
_FIRST_SERIAL, _LAST_SERIAL = 36_526, 73_050  # 2000 to 2099, as Excel counts days


class Unreadable(ValueError):
    """A cell that cannot be read; its text says why, and what would be right."""


def plain(text: object) -> str:
    """A text for comparing: small letters, no accents, words one space apart."""
    return _plain(str(text))


@lru_cache(maxsize=4096)  # a column says the same few words again and again
def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).casefold()
    letters = "".join(sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign))
    return " ".join(letters.split())


def is_empty(cell: Cell) -> bool:
    """Whether nothing is meant: nothing written, or one of the signs for it."""
    return cell is None or (isinstance(cell, str) and cell.strip().casefold() in _EMPTY)


def as_text(cell: Cell) -> str:
    """A cell as a reader would see it."""
    match cell:
        case None:
            text = ""
        case bool():
            text = _("yes") if cell else _("no")
        case datetime():
            text = f"{cell:%d/%m/%Y}" if cell.time() == time() else f"{cell:%d/%m/%Y %H:%M}"
        case date():
            text = f"{cell:%d/%m/%Y}"
        case time():
            text = f"{cell:%H:%M}"
        case float():
            text = str(int(cell)) if cell.is_integer() else str(cell).replace(".", ",")
        case _:
            text = str(cell)
    return text


def read_text(cell: Cell, longest: int) -> str | None:
    """A text on one line."""
    if is_empty(cell):
        return None
    return _whole_text(" ".join(as_text(cell).split()), longest)


def read_long_text(cell: Cell, longest: int) -> str | None:
    """A text of some lines."""
    return None if is_empty(cell) else _whole_text(as_text(cell).strip(), longest)


def _whole_text(text: str, longest: int) -> str:
    if text.upper() in _ERRORS:
        raise Unreadable(_("The spreadsheet shows an error here."))
    if len(text) > longest:
        raise Unreadable(_("This text is longer than %(most)s characters.") % {"most": longest})
    return text


def read_day(cell: Cell) -> date | None:
    """A day: a real date, 2026-03-05, 05/03/2026, 5.3.26, 5 marzo 2026, or the number that Excel keeps for it."""
    day = None if is_empty(cell) else _some_day(cell)
    if day and not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise Unreadable(_("Check the year."))
    return day


def _some_day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _FIRST_SERIAL <= cell <= _LAST_SERIAL:
        return date(1899, 12, 30) + timedelta(days=int(cell))
    if isinstance(cell, str) and (found := _day_in(_WEEKDAY.sub("", cell.strip()))):
        return found
    raise Unreadable(_("This is no day. Write it like 05/03/2026."))


def _day_in(text: str) -> date | None:
    if match := _ISO_DAY.fullmatch(text):
        year, month, day = match.groups()
    elif match := _DAY.fullmatch(text):
        day, month, year = match.groups()
    elif match := _DAY_IN_WORDS.fullmatch(text):
        day, month, year = match[1], str(_MONTHS.get(plain(match[2])[:3], 0)), match[3]
    else:
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        raise Unreadable(_("There is no such day in the calendar.")) from None


def read_clock(cell: Cell) -> time | None:
    """A time of the day: a real time, 21:30, 21.30, ore 21, or the part of a day that Excel keeps for it."""
    if is_empty(cell):
        return None
    if isinstance(cell, datetime):
        return cell.time().replace(second=0, microsecond=0)
    if isinstance(cell, time):
        return cell.replace(second=0, microsecond=0, tzinfo=None)
    if isinstance(cell, float) and 0 <= cell < 1:
        minutes = round(cell * 1440) % 1440
        return time(minutes // 60, minutes % 60)
    match = _CLOCK.fullmatch(as_text(cell).strip().replace(",", "."))
    if match and int(match[1]) < 24 and int(match[2] or 0) < 60:
        return time(int(match[1]), int(match[2] or 0))
    raise Unreadable(_("This is no time of the day. Write it like 21:30."))


def read_yes_no(cell: Cell) -> bool | None:
    """Yes (sì, s, x, vero, 1) or no."""
    if is_empty(cell):
        return None
    text = plain(cell) or str(cell).strip()
    if isinstance(cell, bool) or text in _YES | _NO:
        return cell if isinstance(cell, bool) else text in _YES
    raise Unreadable(_("Write yes or no."))


def read_number(cell: Cell) -> float | None:
    """A number, with a comma or a point before its decimals."""
    if is_empty(cell):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    text = as_text(cell).replace(" ", "").replace(" ", "")
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", text):
        raise Unreadable(_("This is no number."))
    return float(text)


def read_whole(cell: Cell, least: int, most: int) -> int | None:
    """A whole number between two."""
    number = read_number(cell)
    if number is None:
        return None
    if not number.is_integer() or not least <= number <= most:
        raise Unreadable(_("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return int(number)


def read_choice(cell: Cell, choices: Mapping[str, Value]) -> Value | None:
    """One of `choices`, found by its `plain` name. Says which is most like it when none is it."""
    if is_empty(cell):
        return None
    wanted = plain(as_text(cell))
    if wanted in choices:
        return choices[wanted]
    text = _("“%(written)s” is not known here.") % {"written": as_text(cell)[:60]}
    if near := nearest(wanted, choices):
        text += " " + _("Is it “%(near)s”?") % {"near": near}
    raise Unreadable(text)


def read_choices(cell: Cell, choices: Mapping[str, Value]) -> list[Value] | None:
    """Some of `choices`, separated by commas, semicolons, pluses or lines; each once, in the order written."""
    if is_empty(cell):
        return None
    whole = as_text(cell)
    if plain(whole) in choices:  # a name with a comma in it
        return [choices[plain(whole)]]
    parts = [part for part in re.split(r"[,;+/|\n]", whole) if plain(part)]
    found = [read_choice(part, choices) for part in parts]
    return list(dict.fromkeys(one for one in found if one is not None))


def nearest(wanted: str, names: Iterable[str]) -> str:
    """The name most like what was written, if one is near enough that it may be meant."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  only for who mistyped

    if len(wanted) < 3:
        return ""
    best: Any = process.extractOne(wanted, list(names), scorer=fuzz.WRatio, score_cutoff=78)
    return best[0] if best else ""
