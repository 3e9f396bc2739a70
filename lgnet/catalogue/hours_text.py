"""Opening hours as people write them, read and written: "lun-ven 9-13, gio anche 15-17; sab chiuso".

Italian and English, long and short names, hours before days or after them. What could mean two things is refused with
the reason, never guessed: a door found closed costs somebody a day.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from lgnet.catalogue.opening import Span, WeekSpan, first_overlap
from lgnet.core.cells import Unreadable

DAYS = {
    "it": ("lun", "mar", "mer", "gio", "ven", "sab", "dom"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_EVERY_DAY = {"it": "tutti i giorni", "en": "every day"}
_ALL_DAY = {"it": "24 ore", "en": "24 hours"}
_WEEK = frozenset(range(7))
_MIDNIGHT = time()
_WHOLE_DAY: Span = (_MIDNIGHT, _MIDNIGHT)

# Kinds of words, those that stand within others first. Each is a pattern of what may be written.
_WORDS = {
    "always": (
        r"(?<![-\d])(?:24\s*ore\s*su\s*24|24\s*/\s*(?:24|7)|24\s*(?:ore|hours|h)|h\s*24)|sempre aperto|always open"
    ),
    "daily": (
        r"tutti i giorni|ogni giorno|tutta la settimana|every\s?day|daily|all week|(?:7|sette) giorni su (?:7|sette)"
        r"|7\s*su\s*7|7\s*/\s*7"
    ),
    "weekend": r"week-?\s?ends?|(?:il |nel )?fine settimana",
    "weekdays": r"weekdays|working days",
    "feriali": r"(?:giorni )?feriali",
    "holidays": r"(?:(?:nei|i|dei|di|e) )?(?:giorni )?(?:festivi|festivita)|(?:public |bank )?holidays",
    "except": r"tranne|eccetto|salvo|meno|esclus[oiae]|escl|except|excluding|excluded|but",
    "including": r"compres[oiae]|inclus[oiae]|incl|including|included",
    "closed": r"chius[oiae]|chiusura|riposo|closed",
    "day": (
        r"lun(?:edi)?|mar(?:tedi)?|mer(?:coledi)?|gio(?:vedi)?|ven(?:erdi)?|sab(?:ato)?|dom(?:enic(?:a|he))?"
        r"|mon(?:days?)?|tue(?:s(?:days?)?)?|wed(?:nesdays?)?|thu(?:r(?:s(?:days?)?)?)?|fri(?:days?)?|sat(?:urdays?)?"
        r"|sun(?:days?)?|lu|ma|me|gi|ve|sa|do|mo|tu|we|th|fr|su"
    ),
    "noon": r"mezzogiorno|noon",
    "midnight": r"mezzanotte|midnight",
    "to": r"fino (?:al|alle|all|a)|alle|all|al|a|to|till|until|thru|through",
    "also": r"anche|pure|also",
    "and": r"ed|e|and|poi|inoltre|then",
    "noise": (
        r"dalle|dall|dal|da|dai|from|ore|orari|orario|h|hours|aperto|aperti|aperta|apertura|open|opening|il|la|le"
        r"|lo|i|gli|l|the|di|del|della|dei|on|of|in|nel|nei|ogni|every|giorni|giorno|days|sono|siamo|we|are|mattin[oae]"
        r"|pomeriggi[oi]?|ser[ae]|nott[ei]|mornings?|afternoons?|evenings?|nights?|solo|only|soltanto"
    ),
}
_CLOCK = (
    r"(?:(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?|(?P<whole>\d{4}))(?!\d)"
    r"\s*(?P<half>[ap]\.?m\b\.?)?\s*h?(?![a-z])"
)
_TOKEN = re.compile(
    "|".join(f"(?P<{name}>(?:{words})(?![a-z]))" for name, words in _WORDS.items())
    + rf"|(?P<clock>{_CLOCK})|(?P<dash>-)|(?P<slash>/)|(?P<sep>[,;:+&|().\n])|(?P<space>\s+)|(?P<unknown>[^\s,;:/()-]+)"
)
_DAY_OF = {
    start: number
    for number, starts in enumerate(("lu mo", "ma tu", "me we", "gi th", "ve fr", "sa", "do su"))
    for start in starts.split()
}


class WeekHours(NamedTuple):
    """Hours that were read. `opens_on_holidays` is None where nothing is said of public holidays."""

    spans: tuple[WeekSpan, ...]
    opens_on_holidays: bool | None


def read_hours(text: str) -> WeekHours:
    """The hours of a week. Raises Unreadable, with what to write instead, for what cannot be read with certainty."""
    reading = _Reading()
    for kind, value in _things(_tokens(text)):
        reading.take(kind, value)
    reading.finish()
    spans = [(day, span) for day, span in reading.open if day not in reading.closed]
    if not spans:
        raise Unreadable(_("Write days and hours, like: lun-ven 9-13, gio anche 15-17."))
    if clash := first_overlap(spans):
        day, one, other = clash
        raise Unreadable(
            _("Two times overlap on %(day)s: %(one)s and %(other)s.")
            % {"day": DAYS["it"][day], "one": _span_text(one, "it"), "other": _span_text(other, "it")}
        )
    week = sorted((WeekSpan(day, *span) for day, span in spans), key=lambda one: (one.weekday, one.opens))
    return WeekHours(tuple(week), reading.holidays)


def write_hours(spans: Iterable[WeekSpan], language: str = "it") -> str:
    """The hours of a week in a line that `read_hours` reads back: "lun-ven 9:00-13:00, 15:00-17:00; sab 9:00-12:00"."""
    days: dict[int, list[Span]] = {}
    for one in sorted(spans, key=lambda span: (span.weekday, span.opens)):
        days.setdefault(one.weekday, []).append((one.opens, one.closes))
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, found in days.items():
        groups.setdefault(tuple(found), []).append(day)
    return "; ".join(
        f"{_days_text(numbers, language)} {', '.join(_span_text(span, language) for span in found)}"
        for found, numbers in groups.items()
    )


def _days_text(numbers: Sequence[int], language: str) -> str:
    if len(numbers) == 7:
        return _EVERY_DAY[language]
    names = DAYS[language]
    runs: list[list[int]] = []
    for day in numbers:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{names[run[0]]}-{names[run[-1]]}" if len(run) > 2 else ", ".join(names[day] for day in run) for run in runs
    )


def _span_text(span: Span, language: str) -> str:
    if span == _WHOLE_DAY:
        return _ALL_DAY[language]
    opens, closes = span
    end = "24:00" if closes == _MIDNIGHT else f"{closes.hour}:{closes:%M}"
    return f"{opens.hour}:{opens:%M}-{end}"


@dataclass
class _Reading:
    """What is understood so far. Hours follow their days, or stand before them if the text begins with hours."""

    open: list[tuple[int, Span]] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    holidays: bool | None = None
    days: set[int] = field(default_factory=set)
    spans: list[Span] = field(default_factory=list)
    hours_first: bool | None = None
    closing: bool = False

    def take(self, kind: str, value: Any) -> None:
        """Take in the next thing. Raises Unreadable."""
        match kind:
            case "days" if self.closing:
                self.closed |= value
            case "days":
                self._take_days(value)
            case "span":
                self._take_span(value)
            case "without":
                self.days -= value
            case "closed":
                self._take_closed()
            case "holidays":
                self.holidays = value

    def _take_days(self, days: set[int]) -> None:
        if self.hours_first is None:
            self.hours_first = False
        if not self.hours_first and self.spans:
            self._flush()
        self.days |= days

    def _take_span(self, span: Span) -> None:
        if self.closing:
            raise Unreadable(_("Write the days that are closed last: “lun-sab 9-13, dom chiuso”."))
        if self.hours_first is None:
            self.hours_first = True
        if self.hours_first and self.days:
            self._flush()
        self.spans.append(span)

    def _take_closed(self) -> None:
        if self.days and not self.spans:
            self.closed |= self.days
            self.days = set()
        else:
            if self.days or self.spans:
                self._flush()
            self.closing = True

    def finish(self) -> None:
        """What is left belongs together. Raises Unreadable for days without hours, or hours without days."""
        if self.spans == [_WHOLE_DAY] and not self.days and not self.open:
            self.days = set(_WEEK)
        if self.days or self.spans:
            self._flush()

    def _flush(self) -> None:
        if not self.days:
            hours = ", ".join(_span_text(span, "it") for span in self.spans)
            raise Unreadable(_("On which days is it open %(hours)s?") % {"hours": hours})
        if not self.spans:
            days = _days_text(sorted(self.days), "it")
            raise Unreadable(_("From when to when is it open on %(days)s?") % {"days": days})
        pairs = [(day, span) for day in sorted(self.days) for span in self.spans]
        self.open += [pair for pair in pairs if pair not in self.open]
        self.days, self.spans = set(), []


class _Token(NamedTuple):
    kind: str
    text: str
    clock: tuple[int, int, str] | None = None  # hour, minute, a or p of am and pm


def _plain(text: str) -> str:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    bare = re.sub(r"[‐‑‒–—−~→]", "-", bare).replace("'", " ").replace("’", " ")
    bare = re.sub(r"\s*-[\s-]*", "-", bare)
    return re.sub(r"(?<=[a-z])\.(?=\s|[-,;:/]|$)", "", bare)  # the point of "lun."


def _tokens(text: str) -> list[_Token]:
    """The text in pieces, without what says nothing. Raises Unreadable for a word that is not known."""
    found = []
    for match in _TOKEN.finditer(_plain(text)):
        kind = match.lastgroup or ""
        kind = next(name for name, value in match.groupdict().items() if value is not None and name not in _PARTS)
        if kind in {"space", "noise"}:
            continue
        if kind == "unknown":
            raise Unreadable(_("“%(word)s” is not understood in opening hours.") % {"word": match[0][:40]})
        if kind == "feriali":
            raise Unreadable(_("“Feriali” may or may not mean Saturday too. Write the days: lun-ven, or lun-sab."))
        found.append(_Token(kind, match[0].strip(), _clock_parts(match) if kind == "clock" else _named_clock(kind)))
    return [token._replace(kind="clock") if token.clock else token for token in found]


_PARTS = {"hour", "minute", "whole", "half"}


def _named_clock(kind: str) -> tuple[int, int, str] | None:
    return {"noon": (12, 0, ""), "midnight": (24, 0, "")}.get(kind)


def _clock_parts(match: re.Match[str]) -> tuple[int, int, str]:
    whole = match["whole"]
    hour, minute = (int(whole[:2]), int(whole[2:])) if whole else (int(match["hour"]), int(match["minute"] or 0))
    half = (match["half"] or "")[:1]
    if hour > 24 or minute > 59 or (hour == 24 and minute) or (half and not 1 <= hour <= 12):
        raise Unreadable(_("“%(written)s” is no time of the day.") % {"written": match[0].strip()})
    return hour, minute, half


def _things(tokens: list[_Token]) -> Iterator[tuple[str, Any]]:
    """Days, spans, and what is said of closing, in the order in which they are written."""
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind == "clock":
            yield "span", _span(tokens, at)
            at += 3
        elif token.kind in {"day", "weekend", "daily", "weekdays"}:
            days, at = _days(tokens, at)
            yield "days", days
        elif token.kind == "always":
            yield "span", _WHOLE_DAY
            at += 1
        elif token.kind in {"holidays", "except", "including", "closed"}:
            thing, at = _apart(tokens, at)
            yield thing
        elif token.kind in {"also", "and", "sep", "slash", "dash"}:
            at += 1
        else:
            raise Unreadable(_("“%(word)s” is not understood in opening hours.") % {"word": token.text})


def _span(tokens: list[_Token], at: int) -> Span:
    """The two times that begin here. Raises Unreadable when there is only one."""
    opens, between, closes = (*tokens[at : at + 3], None, None)[:3]
    is_pair = between and between.kind in {"dash", "to", "slash"}
    if not (is_pair and opens and opens.clock and closes and closes.clock):
        raise Unreadable(_("Until when, or from when? There is only one time: %(time)s.") % {"time": tokens[at].text})
    (hour, minute, half), (end_hour, end_minute, end_half) = opens.clock, closes.clock
    if end_half and not half and hour <= 12 and (hour % 12, minute) < (end_hour % 12, end_minute):
        half = end_half  # "1-5pm"
    start, end = _time(hour, minute, half), _time(end_hour, end_minute, end_half)
    if start == end and (start != _MIDNIGHT or hour == end_hour == 24):
        text = _("From %(time)s to the same time: is it open 24 hours? Write “24 ore”.")
        raise Unreadable(text % {"time": opens.text})
    return start, end


def _time(hour: int, minute: int, half: str) -> time:
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour % 24, minute)


def _days(tokens: list[_Token], at: int) -> tuple[set[int], int]:
    """The days that begin here, and where what follows them begins. Raises Unreadable for "lun/ven"."""
    token, after = tokens[at], at + 1
    if token.kind != "day":
        return {"daily": set(_WEEK), "weekend": {5, 6}, "weekdays": set(range(5))}[token.kind], after
    first = _DAY_OF[token.text[:2]]
    if after + 1 < len(tokens) and tokens[after + 1].kind == "day":
        last = _DAY_OF[tokens[after + 1].text[:2]]
        if tokens[after].kind in {"dash", "to"}:
            return {(first + step) % 7 for step in range((last - first) % 7 + 1)}, after + 2
        if tokens[after].kind == "slash" and not _is_list(tokens, at) and (last - first) % 7 > 1:
            written = f"{token.text}/{tokens[after + 1].text}"
            text = _("“%(written)s” may mean both days or all between them. Write “lun-ven” or “lun, ven”.")
            raise Unreadable(text % {"written": written})
    return {first}, after


def _is_list(tokens: list[_Token], at: int) -> bool:
    """Whether the days around here are more than two with slashes between: lun/mer/ven."""
    before = at > 1 and tokens[at - 1].kind == "slash" and tokens[at - 2].kind == "day"
    after = at + 4 < len(tokens) and tokens[at + 3].kind == "slash" and tokens[at + 4].kind == "day"
    return before or after


def _apart(tokens: list[_Token], at: int) -> tuple[tuple[str, Any], int]:
    """What is closed, left out, or said of public holidays, and where what follows begins. Raises Unreadable."""
    token, after = tokens[at], at + 1
    follows = tokens[after].kind if after < len(tokens) else ""
    before = next((one.kind for one in reversed(tokens[:at]) if one.kind != "sep"), "")
    if token.kind == "holidays":
        if follows in {"except", "closed", "including"}:
            return ("holidays", follows == "including"), after + 1
        if before in {"also", "closed"}:
            return ("holidays", before == "also"), after
        raise Unreadable(_("Write of public holidays whether it is open: “festivi esclusi” or “anche festivi”."))
    if follows == "holidays":
        return ("holidays", token.kind == "including"), after + 1
    if token.kind == "except":
        days: set[int] = set()
        while after < len(tokens) and tokens[after].kind in {"day", "weekend", "and", "sep"}:
            if tokens[after].kind in {"day", "weekend"}:
                found, after = _days(tokens, after)
                days |= found
            else:
                after += 1
        return ("without", days), after
    return (token.kind, None), after  # closed; or included, which says nothing by itself
