"""The chart of an indicator: what is in it, and the drawing of that, made once."""

import hashlib
import json
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from lgnet.core.periods import Quarter
from lgnet.indicators.boards import Board, number, quarter_name, shown_number
from lgnet.indicators.registry import Indicator
from lgnet.indicators.selectors import quarters_to_show
from lgnet.indicators.tallies import Value

KEPT = 24 * 3600  # seconds that a process keeps a drawing
NARROW_QUARTERS = 6  # on a phone


@dataclass(frozen=True)
class ChartData:
    """Labels along the quarters, and one row for each mark: quarter, series, value, and the value as it is written."""

    labels: list[str]
    rows: list[dict[str, Any]]
    series: list[str]  # none for bars, two for lines
    is_narrow: bool


@dataclass(frozen=True)
class Drawing:
    """An SVG, and a tag that changes with it."""

    svg: str
    tag: str


def draw(board: Board, indicator: Indicator, *, narrow: bool) -> Drawing:
    """The chart of an indicator by quarter, for a wide screen and paper or for a phone."""
    data = chart_data(board, indicator, narrow=narrow)
    key = f"chart:{hashlib.sha256(json.dumps(asdict(data), sort_keys=True).encode()).hexdigest()}"
    drawing: Drawing | None = cache.get(key)
    if drawing is None:
        from lgnet.indicators.vega import to_svg  # noqa: PLC0415  # a second of imports that only a new chart needs

        svg = to_svg(data)
        drawing = Drawing(svg, hashlib.sha256(svg.encode()).hexdigest()[:32])
        cache.set(key, drawing, KEPT)
    return drawing


def chart_data(board: Board, indicator: Indicator, *, narrow: bool) -> ChartData:
    """What is drawn: every quarter that is shown, for a phone only the last ones."""
    quarters = quarters_to_show(board.figures, board.choice)
    running = quarters[-1]
    quarters = quarters[-NARROW_QUARTERS:] if narrow else quarters
    series = _series(indicator)
    rows: list[dict[str, Any]] = []
    for quarter in quarters:
        value = board.value(indicator, quarter)
        rows += [
            {"quarter": _label(quarter, running), "series": name, "value": number(one), "shown": shown_number(one)}
            for name, one in _marks(value, series)
            if one is not None
        ]
    return ChartData([_label(quarter, running) for quarter in quarters], rows, series, narrow)


def _series(indicator: Indicator) -> list[str]:
    if indicator.is_points:
        return [_("median"), _("mean")]
    return [_("half within"), _("9 in 10 within")] if indicator.is_days else []


def _marks(value: Value | None, series: list[str]) -> list[tuple[str, Decimal | int | None]]:
    if value is None:
        return []
    if series:
        return list(zip(series, (value.median, value.nine_in_ten), strict=True))
    return [("", value.count)]


def _label(quarter: Quarter, running: Quarter) -> str:
    """What stands under a quarter; it is broken into lines at its spaces."""
    so_far = f" {_('so far').replace(' ', chr(0xA0))}" if quarter == running else ""
    return quarter_name(quarter) + so_far
