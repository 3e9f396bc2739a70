"""Figures ready to be drawn: cards, lines of tables, sentences of comparison, and where every number leads."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from lgnet.core.periods import Quarter
from lgnet.indicators.figures import Figures
from lgnet.indicators.registry import Indicator, Kind, all_indicators
from lgnet.indicators.selectors import Choice, quarters_to_show
from lgnet.indicators.tallies import Value
from lgnet.network.models import Partner


@dataclass(frozen=True)
class Line:
    """The figures of one partner (None: the whole network) in one quarter, by code."""

    partner: Partner | None
    quarter: Quarter
    values: dict[str, Value | None]


@dataclass(frozen=True)
class Card:
    """One figure, big, with what it is compared with and where it leads."""

    indicator: Indicator
    value: Value | None
    compared: str
    since_start: str
    url: str
    evidence_url: str
    groups_url: str = ""

    @property
    def count(self) -> str:
        """How many rows."""
        return shown_number(self.value.count if self.value else None)

    @property
    def measured(self) -> str:
        """How many persons, or times, the days were measured."""
        number, named = self.value.count if self.value else 0, {"shown": self.count}
        if self.indicator.is_points:
            return ngettext("%(shown)s case compared", "%(shown)s cases compared", number) % named
        if self.indicator.kind == Kind.INTERVALS:
            return ngettext("measured %(shown)s time", "measured %(shown)s times", number) % named
        return ngettext("%(shown)s person measured", "%(shown)s persons measured", number) % named

    @property
    def median(self) -> str:
        """Half within so many days."""
        return shown_number(self.value.median if self.value else None)

    @property
    def nine_in_ten(self) -> str:
        """Nine in ten within so many days."""
        return shown_number(self.value.nine_in_ten if self.value else None)


@dataclass(frozen=True)
class Board:
    """Everything a page of figures shows of what was chosen."""

    choice: Choice
    figures: Figures

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever counted here."""
        return not self.figures.quarters(self.choice.key)

    @property
    def is_unknown(self) -> bool:
        """Whether figures were never computed, and there is too much to do it while somebody waits."""
        return self.figures.is_behind and self.figures.computed_at is None

    @property
    def read_at(self) -> datetime:
        """The moment of this page."""
        return timezone.now()

    @property
    def is_running(self) -> bool:
        """Whether the chosen quarter is still going on."""
        return self.choice.quarter == Quarter.of(timezone.localdate())

    def value(self, indicator: Indicator, quarter: Quarter) -> Value | None:
        """The figure of what was chosen in a quarter; None if it was never computed."""
        return self.figures.value(indicator, quarter.first_day, self.choice.key)

    @property
    def cache_key(self) -> str:
        """What the figures shown depend on, but for the language."""
        moment, today = self.figures.computed_at, timezone.localdate()
        return f"{self.figures.stamp} {moment} {self.choice.key} {self.choice.quarter} {today}"

    def parts(self) -> list[tuple["Section", list[Card]]]:
        """Every section with its figures in the chosen quarter."""
        return [(section, self.cards(section.area)) for section in SECTIONS]

    def cards(self, area: str) -> list[Card]:
        """The figures of an area in the chosen quarter."""
        return [self.card(one) for one in all_indicators() if one.area == area]

    def card(self, indicator: Indicator) -> Card:
        """The figure of the chosen quarter."""
        value, before = self.value(indicator, self.choice.quarter), self.value(indicator, previous(self.choice.quarter))
        since_start = ""
        if indicator.adds_up and value is not None:
            since_start = shown_number(self.figures.total(indicator, self.choice.key))
        return Card(
            indicator, value, compared(indicator, value, before, is_running=self.is_running), since_start,
            address("indicator_detail", self.choice, indicator=indicator),
            address("indicator_evidence", self.choice, indicator=indicator) if value and value.count else "",
            address("indicator_groups", self.choice, indicator=indicator) if indicator.groups else "",
        )  # fmt: skip

    def by_quarter(self) -> list[Line]:
        """One line for each quarter, the present one first."""
        return [
            Line(self.choice.partner, quarter, {one.code: self.value(one, quarter) for one in all_indicators()})
            for quarter in reversed(quarters_to_show(self.figures, self.choice))
        ]

    def by_partner(self) -> list[Line]:
        """One line for each partner in the chosen quarter; only of the whole network."""
        quarter = self.choice.quarter
        return [
            Line(
                partner, quarter,
                {one.code: self.figures.value(one, quarter.first_day, partner.pk) for one in all_indicators()},
            )
            for partner in self.choice.partners
        ]  # fmt: skip


def previous(quarter: Quarter) -> Quarter:
    """The quarter before."""
    return Quarter(quarter.year - (quarter.number == 1), (quarter.number - 2) % 4 + 1)


def quarter_name(quarter: Quarter) -> str:
    """A quarter as it is said."""
    return _("Q%(number)s %(year)s") % {"number": quarter.number, "year": quarter.year}


def place_name(choice: Choice) -> str:
    """The partner chosen, or the whole network."""
    return choice.partner.short_name if choice.partner else _("Whole network")


def address(
    name: str, choice: Choice, *, indicator: Indicator | None = None, partner: Partner | None = None,
    quarter: Quarter | None = None,
) -> str:  # fmt: skip
    """A page about what was chosen, or about another partner or quarter."""
    about = partner or choice.partner
    place = f"partner={about.slug}&" if about else ""
    return f"{_path(name, indicator.code if indicator else '')}?{place}quarter={quarter or choice.quarter}"


@cache
def _path(name: str, code: str) -> str:
    """A page has more than a hundred such links."""
    return reverse(name, args=[code] if code else [])


def compared(indicator: Indicator, value: Value | None, before: Value | None, *, is_running: bool) -> str:
    """How the figure stands to the one of the quarter before; a quarter still running is not judged."""
    if value is None or before is None or not before.count:
        return ""
    if indicator.is_spread:
        numbers = {"median": shown_number(before.median), "other": shown_number(before.nine_in_ten)}
        if indicator.is_points:
            text = _("Quarter before: median %(median)s, mean %(other)s")
        else:
            text = _("Quarter before: %(median)s, and 9 in 10 within %(other)s")
        return text % numbers
    if is_running:
        return _("Quarter before, whole: %(count)s") % {"count": shown_number(before.count)}
    change = value.count - before.count
    told = {"count": shown_number(before.count), "change": shown_number(abs(change))}
    if change > 0:
        return _("%(change)s more than in the quarter before (%(count)s)") % told
    if change < 0:
        return _("%(change)s fewer than in the quarter before (%(count)s)") % told
    return _("As many as in the quarter before")


def number(value: Decimal | int | None) -> int | float | None:
    """A figure as tables, spreadsheets and charts take it: whole if it is whole."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def shown_number(value: Decimal | int | None) -> str:
    """A figure in the reader's language."""
    plain = number(value)
    return "—" if plain is None else formats.number_format(plain, use_l10n=True, force_grouping=True)


@dataclass(frozen=True)
class Section:
    """Indicators that are read together."""

    area: str
    title: str | Promise
    text: str | Promise

    @property
    def indicators(self) -> list[Indicator]:
        """They, in their order."""
        return [one for one in all_indicators() if one.area == self.area]


# the parts of the pages of figures, one for each area of the definitions
SECTIONS = (
    Section(
        "counts", _lazy("Four counts that are never mixed"),
        _lazy("Contacts are not people, people met are not people taken in charge, and only some of these count for "
          "the fund. Each number is printed with its rule and opens onto its rows."),
    ),
    Section(
        "counted_apart", _lazy("Beside the participants: helped without being eligible"),
        _lazy("Nobody is refused help for the title to stay. Whoever was helped without being eligible for the fund is "
          "taken in charge like all others, is no participant, and is told apart here."),
    ),
    Section(
        "street", _lazy("In the street"),
        _lazy("Whom the mobile units meet for the first time and again, how many days pass between two meetings, and "
          "who comes with the card that a unit gave."),
    ),
    Section(
        "desk", _lazy("At the one-stop shop"),
        _lazy("Who comes, what is asked and answered, and who came to the appointment. How long people wait is in the "
          "report of the desks."),
    ),
    Section(
        "referrals", _lazy("Sent to other services"),
        _lazy("How many people were sent on, inside the network and outside, how soon they were accepted, and whether "
          "they came."),
    ),
    Section(
        "integration", _lazy("Integration and less exclusion"),
        _lazy("What changed for people: on the scale of ten domains, in their goals, in work and school, and what they "
          "say of the help."),
    ),
    Section(
        "housing", _lazy("Safer housing"),
        _lazy("How people are housed at the end of a case against its beginning, and whether it lasts."),
    ),
    Section(
        "timeliness", _lazy("How soon people are taken in charge"),
        _lazy("Days from the first contact: half of the people within the first number, 9 in 10 within the second."),
    ),
)  # fmt: skip


def described_in_words(board: Board, indicator: Indicator) -> str:
    """What the chart shows, for those who do not see it; the table has every number."""
    filled = [
        (quarter, value)
        for quarter in quarters_to_show(board.figures, board.choice)
        if (value := board.value(indicator, quarter)) and value.count
    ]
    if not filled:
        return _("Chart without data yet.")
    (first, begun), (last, ended) = filled[0], filled[-1]
    parts = {
        "label": indicator.label, "first": quarter_name(first), "last": quarter_name(last),
        "from": shown_number(begun.median if indicator.is_spread else begun.count),
        "to": shown_number(ended.median if indicator.is_spread else ended.count),
    }  # fmt: skip
    if indicator.is_spread:
        return _("%(label)s by quarter: median from %(from)s in %(first)s to %(to)s in %(last)s.") % parts
    return _("%(label)s by quarter: from %(from)s in %(first)s to %(to)s in %(last)s.") % parts
