"""Horizontal bars, each from one value to another, with a text and perhaps an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt

from doseline.io.report.charts.paint import WIDTH, AnyChart, painted, room_px
from doseline.io.report.palette import stand_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from doseline.io.report.words import Word

_STEP = 24
_GAP_PX = 12.0
"""Left and right of the text of a bar. [px]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar."""

    label: Word
    start: float = 0.0
    end: float
    text: Word | None = None
    role: str
    low: float | None = None
    high: float | None = None


def bars(
    bars: Sequence[Bar],
    *,
    axis: Word,
    key: str,
    title: Word,
    ticks: Sequence[float] | None = None,
) -> Markup:
    """The bars as a drawing, in their order from top to bottom; ticks where they are not usual."""
    words = [axis, *(bar.label for bar in bars), *(bar.text for bar in bars if bar.text)]
    return painted(bar_chart(bars, axis, ticks), words, key=key, title=title)


def bar_chart(bars: Sequence[Bar], axis: Word, ticks: Sequence[float] | None = None) -> AnyChart:
    """The bars as a chart in English."""
    rows = [_row(bar) for bar in bars]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("label:N", sort=[bar.label.en for bar in bars], title=None).axis(
            ticks=False,
            domain=False,
            labelPadding=8,
            minExtent=room_px(bar.label for bar in bars),
        )
    )
    scale = alt.Scale(domain=_domain(bars), nice=False)
    x = alt.X("start:Q", title=axis.en, scale=scale).axis(tickCount=6)
    if ticks is not None:
        x = x.axis(values=list(ticks))
    drawn = base.mark_bar(height={"band": 0.62}).encode(
        x=x, x2="end:Q", color=alt.Color("colour:N", scale=None)
    )
    rules = (
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color=stand_in("ink"), strokeWidth=1.5)
        .encode(x="low:Q", x2="high:Q")
    )
    ends = (
        base.transform_filter("isValid(datum.low)")
        .transform_fold(["low", "high"], as_=["side", "tip"])
        .mark_tick(color=stand_in("ink"), thickness=1.5, size=8)
        .encode(x="tip:Q")
    )
    texts = base.mark_text(align="left", dx=6).encode(x="right:Q", text="text:N")
    return alt.layer(drawn, rules, ends, texts).properties(width=WIDTH, height=alt.Step(_STEP))


def _row(bar: Bar) -> dict[str, object]:
    return {
        "label": bar.label.en,
        "start": bar.start,
        "end": bar.end,
        "low": bar.low,
        "high": bar.high,
        "right": _right(bar),
        "text": bar.text.en if bar.text else "",
        "colour": stand_in(bar.role),
    }


def _right(bar: Bar) -> float:
    """Where a bar and its interval end."""
    return max(bar.start, bar.end, 0.0 if bar.high is None else bar.high)


def _domain(bars: Sequence[Bar]) -> list[float]:
    """From the smallest value to where the text of every bar has room."""
    edges = [edge for bar in bars for edge in (bar.start, bar.end, bar.low, 0.0)]
    low = min((edge for edge in edges if edge is not None), default=0.0)
    ends = [(_right(bar) - low) / (1.0 - _taken(bar)) for bar in bars]
    span = max(ends, default=0.0) or 1.0
    return [low - (0.03 * span if low < 0 else 0.0), low + span]


def _taken(bar: Bar) -> float:
    """Share of the width that the text of a bar takes. [unitless]"""
    return min(0.6, (room_px([bar.text]) + _GAP_PX) / WIDTH) if bar.text else 0.0
