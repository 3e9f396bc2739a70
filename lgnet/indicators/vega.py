"""Charts drawn on the server as SVG: described with Altair, drawn by vl-convert, no script and no request.

Blue and brown are told apart by people with every kind of colour blindness, and in black and white the brown line is
dashed. Every number is written beside its mark. Imported only when a chart is drawn.
"""

import json
from typing import Any

import altair as alt
import vl_convert

from lgnet.indicators.charts import ChartData

BLUE, PALE, BROWN, INK, LINE = "#0066cc", "#80b3e6", "#8a4b00", "#17324d", "#9fb1c4"
FONT = "Titillium Web, Arial, Helvetica, sans-serif"  # written with what the reader's machine has


def to_svg(data: ChartData) -> str:
    """The drawing."""
    chart = (_lines if data.series else _bars)(data)
    chart = chart.properties(width=300 if data.is_narrow else 760, height=_height(data))
    size = 15 if data.is_narrow else 13
    styled = (
        chart.configure(font=FONT, background="white", padding=8)
        .configure_view(strokeWidth=0)
        .configure_text(fontSize=size)
        .configure_axis(
            grid=False, ticks=False, domainColor=LINE, labelFontSize=size - 1, labelColor=INK, labelPadding=8,
            labelLineHeight=size + 2,
        )
    )  # fmt: skip
    return vl_convert.vegalite_to_svg(styled.to_dict())


def _height(data: ChartData) -> int:
    return 220 if data.is_narrow else 260


def _base(data: ChartData, room_below: int = 0) -> Any:
    axis = alt.Axis(title=None, labelAngle=0, labelExpr="split(datum.label, ' ')")
    return alt.Chart(alt.InlineData(values=data.rows)).encode(
        x=alt.X("quarter:N", scale=alt.Scale(domain=data.labels), axis=axis),
        y=alt.Y("value:Q", axis=None, scale=alt.Scale(zero=True, range=[_height(data) - room_below, 0])),
    )


def _bars(data: ChartData) -> Any:
    running = f"datum.quarter === {json.dumps(data.labels[-1])}"
    return alt.layer(
        _base(data).mark_bar(cornerRadiusEnd=2).encode(
            color=alt.condition(running, alt.value(PALE), alt.value(BLUE))
        ),
        _base(data).mark_text(dy=-8, color=INK).encode(text="shown:N"),
    )  # fmt: skip


def _lines(data: ChartData) -> Any:
    colour = alt.Color("series:N", scale=alt.Scale(domain=data.series, range=[BLUE, BROWN]), legend=None)
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=data.series, range=[[1, 0], [6, 4]]), legend=None)
    base = _base(data, room_below=26).encode(color=colour)  # the lower line has its numbers below
    last = json.dumps(data.rows[-1]["quarter"] if data.rows else "")
    return alt.layer(
        base.mark_line(strokeWidth=2.5).encode(strokeDash=dash),
        base.mark_point(filled=True, size=60, opacity=1),
        base.transform_filter(_is(data.series[0])).mark_text(dy=16).encode(text="shown:N"),
        base.transform_filter(_is(data.series[1])).mark_text(dy=-13).encode(text="shown:N"),
        base.transform_filter(f"datum.quarter === {last}")
        .mark_text(align="left", dx=16, fontWeight="bold")
        .encode(text="series:N"),
    )


def _is(series: str) -> str:
    return f"datum.series === {json.dumps(series)}"


def waits_svg(points: list[dict[str, Any]], *, limit: int, label: str, narrow: bool = False) -> str:
    """The share of people who have reached a step after so many days, as steps with their interval; `limit` is marked.

    `points` have `days`, `share`, `low` and `high`.
    """
    rows = [{"days": 0, "share": 0.0, "low": 0.0, "high": 0.0}, *points]
    last = max(limit * 2, min(max(row["days"] for row in rows), 365))
    x = alt.X("days:Q", title=label, scale=alt.Scale(domain=[0, last], clamp=True), axis=alt.Axis(tickCount=6))
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5, grid=True))
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x)
    mark = alt.Chart(alt.InlineData(values=[{"limit": limit}])).encode(x=alt.X("limit:Q"))
    chart = alt.layer(
        base.mark_area(color=PALE, opacity=0.35, interpolate="step-after").encode(
            y=alt.Y("low:Q", title=None), y2="high:Q"
        ),
        base.mark_line(color=BLUE, strokeWidth=2.5, interpolate="step-after").encode(y=y),
        mark.mark_rule(color=BROWN, strokeDash=[6, 4]),
        mark.mark_text(align="left", dx=6, y=12, color=BROWN).encode(text="limit:Q"),
    ).properties(width=270 if narrow else 760, height=220 if narrow else 260)
    styled = chart.configure(font=FONT, background="white", padding=8).configure_view(strokeWidth=0).configure_axis(
        domainColor=LINE, labelFontSize=14 if narrow else 12, labelColor=INK, titleColor=INK, gridColor="#e6ebf0"
    )  # fmt: skip
    return vl_convert.vegalite_to_svg(styled.to_dict())
