"""Columns of tables of figures, made from the register, and of evidence."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from lgnet.core.tables import Column, Table
from lgnet.indicators.boards import Board, Line, address, number, place_name, quarter_name
from lgnet.indicators.evidence import Evidence
from lgnet.indicators.forms import EvidenceForm
from lgnet.indicators.registry import Indicator, Kind, all_indicators
from lgnet.indicators.selectors import Choice
from lgnet.indicators.tallies import Value
from lgnet.people.models import JourneyKind


class FigureTable(Table):
    """A table of figures: all its lines on one page; several may be on a page, told apart by `name`.

    `page` is the address of the page. Lines are made only when they are drawn, because pages keep what was drawn.
    """

    def __init__(self, *args: Any, name: str, page: str, **options: Any) -> None:
        self.name, self.page_url = name, page
        super().__init__(*args, **options)

    def _sorted(self, rows: Any) -> Any:
        return SimpleLazyObject(lambda: self._in_order(rows))

    def _in_order(self, rows: Sequence[Line]) -> list[Line]:
        column = next((c for c in self.all_columns if c.key == self.order.removeprefix("-")), None)
        if column is None:
            return list(rows)
        filled = [row for row in rows if column.value(row) is not None]
        filled.sort(key=column.value, reverse=self.order.startswith("-"))
        return filled + [row for row in rows if column.value(row) is None]

    @property
    def order(self) -> str:
        """The column it is sorted by, with a minus if falling; empty if none was asked for that there is."""
        asked = self.request.GET.get("sort", "")
        return asked if any(c.sort and asked in {c.key, f"-{c.key}"} for c in self.all_columns) else ""

    @cached_property
    def page_rows(self) -> list[Any]:
        """Every line."""
        return list(self.rows)

    def url(self, **changes: str) -> str:
        """The page with its order and changes, and nothing else of this address: what was drawn is kept for others."""
        query = ({"sort": self.order} if self.order else {}) | changes
        return "&".join([self.page_url, *(f"{key}={value}" for key, value in query.items())])

    @property
    def downloads(self) -> list[tuple[str, str]]:
        """Kind and address of each export of this table."""
        return [(kind.upper(), self.url(format=kind, table=self.name)) for kind in ("xlsx", "csv")]


class EvidenceTable(Table):
    """The rows behind a figure, as many as it counts."""

    def _sorted(self, rows: Evidence) -> Evidence:
        asked = self.request.GET.get("sort", "")
        return rows.sorted_by(asked.removeprefix("-"), falling=asked.startswith("-"))

    @property
    def is_filtered(self) -> bool:
        """A figure of 0 is an answer, not a search without results."""
        return False


def by_quarter(request: HttpRequest, board: Board, indicators: Sequence[Indicator] = ()) -> FigureTable:
    """One line for each quarter, with these indicators (none: all)."""
    first = Column(
        "quarter", _("Quarter"), lambda line: quarter_name(line.quarter), code=True,
        link=lambda line: address("indicator_list", board.choice, quarter=line.quarter),
    )  # fmt: skip
    title = _("Figures by quarter: %(place)s") % {"place": place_name(board.choice)}
    columns = [first, *_columns(board.choice, indicators)]
    return FigureTable(
        request,
        SimpleLazyObject(board.by_quarter),
        columns,
        title=title,
        name="quarters",
        page=_page(board, indicators),
    )


def by_partner(request: HttpRequest, board: Board, indicators: Sequence[Indicator] = ()) -> FigureTable:
    """One line for each partner in the chosen quarter, with these indicators (none: all)."""
    first = Column(
        "partner", _("City"), lambda line: line.partner.short_name, sort="partner",
        link=lambda line: address("indicator_list", board.choice, partner=line.partner),
    )  # fmt: skip
    title = _("Figures by city: %(quarter)s") % {"quarter": quarter_name(board.choice.quarter)}
    columns = [first, *_columns(board.choice, indicators, sort=True)]
    return FigureTable(
        request,
        SimpleLazyObject(board.by_partner),
        columns,
        title=title,
        name="partners",
        page=_page(board, indicators),
    )


def _page(board: Board, indicators: Sequence[Indicator]) -> str:
    if indicators:
        return address("indicator_detail", board.choice, indicator=indicators[0])
    return address("indicator_list", board.choice)


def _columns(choice: Choice, indicators: Sequence[Indicator], *, sort: bool = False) -> list[Column]:
    """Columns of these indicators; of all of them, 9 in 10 and how many were measured are only in the spreadsheet."""
    shown = indicators or tuple(all_indicators())
    return [column for one in shown for column in _columns_of(choice, one, sort=sort, whole=bool(indicators))]


def _columns_of(choice: Choice, indicator: Indicator, *, sort: bool, whole: bool) -> list[Column]:
    code, label = indicator.code, str(indicator.short)

    def column(key: str, label: str, part: Callable[[Value], Any], **options: Any) -> Column:
        def value(line: Line) -> Any:
            found = line.values[code]
            return None if found is None else number(part(found))

        return Column(key, label, value, link=_link(choice, indicator), sort=key if sort else "", **options)

    if indicator.is_points:
        median, mean, compared = _("%(step)s: median"), _("%(step)s: mean"), _("%(step)s: cases compared")
        return [
            column(f"{code}_median", median % {"step": label}, lambda value: value.median),
            column(f"{code}_mean", mean % {"step": label}, lambda value: value.nine_in_ten, export_only=not whole),
            column(code, compared % {"step": label}, lambda value: value.count, export_only=not whole),
        ]
    if not indicator.is_days:
        return [column(code, label, lambda value: value.count)]
    named, repeated = {"step": label}, indicator.kind == Kind.INTERVALS
    persons, times = _("%(step)s: persons measured"), _("%(step)s: times measured")
    return [
        column(f"{code}_median", _("%(step)s: median days") % named, lambda value: value.median),
        column(
            f"{code}_nine_in_ten",
            _("%(step)s: 9 in 10 within") % named,
            lambda value: value.nine_in_ten,
            export_only=not whole,
        ),
        column(code, (times if repeated else persons) % named, lambda value: value.count, export_only=not whole),
    ]


def _link(choice: Choice, indicator: Indicator) -> Callable[[Line], str | None]:
    def link(line: Line) -> str | None:
        value = line.values[indicator.code]
        if not (value and value.count):
            return None
        return address(
            "indicator_evidence", choice, indicator=indicator, partner=line.partner, quarter=line.quarter
        )  # fmt: skip

    return link


def evidence_table(request: HttpRequest, choice: Choice, evidence: Evidence, form: EvidenceForm) -> EvidenceTable:
    """The rows behind a figure."""
    title = f"{evidence.indicator.label}: {place_name(choice)}, {quarter_name(choice.quarter)}"
    if form.as_known:
        title += f", {form.cleaned_data['known']:%d.%m.%Y}"
    return EvidenceTable(
        request, evidence, _evidence_columns(choice, evidence.indicator), title=title, filters=form,
        empty_text=_("Nobody and nothing was counted in this quarter: the figure is 0."),
    )  # fmt: skip


def _evidence_columns(choice: Choice, indicator: Indicator) -> list[Column]:
    columns = [
        Column("who", _("Who"), lambda row: row.who or _("contact without identity"), code=True),
        Column("on", _("Day"), lambda row: row.on, sort="on"),
        Column("kind", _("What happened"), lambda row: _kind(row.kind), sort="kind"),
        Column("team", _("Team"), lambda row: row.team),
    ]
    if choice.partner is None:
        columns.insert(1, Column("partner", _("City"), lambda row: row.partner))
    if indicator.is_days:
        columns += [
            Column("first_kind", _("Began with"), lambda row: _kind(row.first_kind)),
            Column("first_on", _("First day"), lambda row: row.first_on, sort="first_on"),
            Column("days", _("Days"), lambda row: row.days, sort="days"),
        ]
    if indicator.is_points:
        columns += [
            Column("first_on", _("First day"), lambda row: row.first_on, sort="first_on"),
            Column("days", _("Change"), lambda row: row.change, sort="days"),
        ]
    if indicator.checks_title:
        columns.append(Column("checked_on", _("Title checked on"), lambda row: row.checked_on))
    return columns


def _kind(kind: str) -> str:
    return str(JourneyKind(kind).label) if kind else ""
