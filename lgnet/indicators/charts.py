"""Charts drawn on the server as SVG: described with Altair, drawn by vl-convert, no script and no request.

Blue and brown are told apart by people with every kind of colour blindness and in black and white: the brown line is
dashed. Every number is written beside its mark. The page shows the same numbers in a table.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from django.core.cache import cache
from django.utils.translation import gettext as _

from lgnet.core.languages import reader_language
from lgnet.core.periods import Quarter
from lgnet.indicators.boards import Board, number, quarter_name, shown_number
from lgnet.indicators.registry import Indicator
from lgnet.indicators.selectors import quarters_to_show

BLUE, PALE, BROWN, INK = "#0066cc", "#80b3e6", "#8a4b00", "#17324d"
FONT = "Titillium Web, Arial, Helvetica, sans-serif"  # drawn with what the reader's machine has
KEPT = 24 * 3600  # seconds
NARROW_QUARTERS = 6


@dataclass(frozen=True)
class Drawing:
    """An SVG, and a tag that changes with what is in it."""

    svg: str
    tag: str


def draw(board: Board, indicator: Indicator, *, narrow: bool) -> Drawing:
    """The chart of an indicator by quarter, for a wide screen and paper or for a phone. Drawn once for each content."""
    quarters = quarters_to_show(board.figures, board.choice)
    quarters = quarters[-NARROW_QUARTERS:] if narrow else quarters
    make = _days if indicator.is_days else _bars
    chart = make(board, indicator, quarters).properties(width=300 if narrow else 760, height=220 if narrow else 260)
    described = _styled(chart, narrow=narrow).to_dict()
    content = json.dumps(described, sort_keys=True) + reader_language()
    tag = hashlib.sha256(content.encode()).hexdigest()[:32]
    svg = cache.get(f"chart:{tag}")
    if svg is None:
        svg = vl_convert.vegalite_to_svg(described)
        cache.set(f"chart:{tag}", svg, KEPT)
    return Drawing(svg, tag)


def _label(quarter: Quarter, board: Board) -> str:
    """What stands under a quarter; broken into lines at its spaces."""
    name = quarter_name(quarter)
    running = quarter == quarters_to_show(board.figures, board.choice)[-1]
    return f"{name} {_('so far').replace(' ', chr(0xA0))}" if running else name


def _x(labels: list[str]) -> Any:
    return alt.X("quarter:N", sort=labels, axis=alt.Axis(title=None, labelAngle=0, labelExpr="split(datum.label, ' ')"))


def _bars(board: Board, indicator: Indicator, quarters: list[Quarter]) -> Any:
    rows = []
    for quarter in quarters:
        value = board.value(indicator, quarter)
        count = value.count if value else 0
        rows.append({"quarter": _label(quarter, board), "count": count, "shown": shown_number(count)})
    labels = [row["quarter"] for row in rows]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_x([str(label) for label in labels]), y=alt.Y("count:Q", axis=None, scale=alt.Scale(zero=True))
    )
    colour = alt.condition(f"datum.quarter === {json.dumps(labels[-1])}", alt.value(PALE), alt.value(BLUE))
    return alt.layer(
        base.mark_bar(cornerRadiusEnd=2).encode(color=colour),
        base.mark_text(dy=-8, color=INK).encode(text="shown:N"),
    )


def _days(board: Board, indicator: Indicator, quarters: list[Quarter]) -> Any:
    median, nine = _("median"), _("9 in 10 within")
    rows = []
    for quarter in quarters:
        value = board.value(indicator, quarter)
        if value and value.median is not None:
            for series, days in ((median, value.median), (nine, value.nine_in_ten)):
                label = _label(quarter, board)
                rows.append({"quarter": label, "series": series, "days": number(days), "shown": shown_number(days)})
    labels = [_label(quarter, board) for quarter in quarters]
    scale = alt.Scale(domain=[median, nine], range=[BLUE, BROWN])
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=_x(labels), y=alt.Y("days:Q", axis=None, scale=alt.Scale(zero=True)),
        color=alt.Color("series:N", scale=scale, legend=None),
    )  # fmt: skip
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=[median, nine], range=[[1, 0], [6, 4]]), legend=None)
    last = base.transform_filter(f"datum.quarter === {json.dumps(rows[-1]['quarter'] if rows else '')}")
    return alt.layer(
        base.mark_line(strokeWidth=2.5).encode(strokeDash=dash),
        base.mark_point(filled=True, size=60, opacity=1),
        base.mark_text(dy=-13).encode(text="shown:N"),
        last.mark_text(align="left", dx=16, fontWeight="bold").encode(text="series:N"),
    )


def _styled(chart: Any, *, narrow: bool) -> Any:
    size = 15 if narrow else 13
    return (
        chart.configure(font=FONT, background="white", padding=8)
        .configure_view(strokeWidth=0)
        .configure_text(fontSize=size)
        .configure_axis(
            grid=False, ticks=False, domainColor="#9fb1c4", labelFontSize=size - 1, labelColor=INK, labelPadding=8,
            labelLineHeight=size + 2,
        )
    )  # fmt: skip
