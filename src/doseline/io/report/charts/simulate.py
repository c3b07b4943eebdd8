"""Lines over years and weeks with the interval of their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from doseline.io.report.charts.paint import WIDTH, painted
from doseline.io.report.palette import SERIES, stand_in
from doseline.io.report.parts import Figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.io.report.charts.paint import AnyChart
    from doseline.io.report.parts import Table
    from doseline.io.report.words import Word

_MOST_POINTS = 260
"""Weeks that a line shows at most; of more, every second, third, ... is drawn."""
DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its name, and a mean with its interval at each day."""

    name: Word
    points: Sequence[tuple[date, float, float, float]]
    """Day, mean, low, high."""


def line_figure(
    lines: Sequence[Line],
    *,
    key: str,
    title: Word,
    axis: Word,
    tables: Sequence[Table],
    notes: Sequence[Word] = (),
    define: str = "",
    yearly: bool = False,
) -> Figure:
    """Lines as a figure.

    Args:
        lines: At most four.
        key: Part of the ids in the drawing; unique in the page.
        title: Its caption.
        axis: What is measured.
        tables: The same numbers.
        notes: Sentences below it.
        define: Key of the definition of its numbers.
        yearly: Whether days are years.
    """
    words = [axis, *(one.name for one in lines)]
    chart = _chart(lines, axis, yearly=yearly)
    return Figure(
        key=key,
        title=title,
        svg=painted(chart, words, key=key, title=title),
        tables=tables,
        notes=notes,
        define=define,
    )


def _chart(lines: Sequence[Line], axis: Word, *, yearly: bool) -> AnyChart:
    values = [row for line in lines for row in _values(line, yearly=yearly)]
    domain = [line.name.en for line in lines]
    colours = [stand_in(role) for role in SERIES[: len(domain)]]
    scale = alt.Scale(domain=domain, range=colours)
    x: Any = alt.X("at:O", title=None).axis(labelAngle=0, grid=False)
    if not yearly:
        x = alt.X("at:T", title=None).axis(
            format="%Y-%m",
            grid=False,
            tickCount=8,
            labelFlush=False,
            labelOverlap="greedy",
            labelSeparation=12,
        )
    # A stroke shows the dashes by which lines are told apart without colours.
    legend = None if len(domain) < 2 else alt.Legend(symbolType="stroke", symbolStrokeWidth=3)
    base = alt.Chart(alt.InlineData(values=values))
    drawn = base.mark_line(strokeWidth=2, point=yearly).encode(
        x=x,
        y=alt.Y("mean:Q", title=axis.en),
        color=alt.Color("line:N", scale=scale, legend=legend),
        strokeDash=alt.StrokeDash(
            "line:N", scale=alt.Scale(domain=domain, range=DASHES[: len(domain)])
        ),
    )
    ends = [
        _ends(line, colour, yearly=yearly).encode(x=x, y="low:Q", y2="high:Q")
        for line, colour in zip(lines, colours, strict=True)
    ]
    return alt.layer(*ends, drawn).properties(width=WIDTH, height=240)


def _ends(line: Line, colour: str, *, yearly: bool) -> alt.Chart:
    """Intervals of one line, whose colour is no scale's: the legend is that of the lines."""
    chart = alt.Chart(alt.InlineData(values=_values(line, yearly=yearly)))
    drawn: alt.Chart = (
        chart.mark_rule(strokeWidth=1.5, color=colour)
        if yearly
        else chart.mark_area(opacity=0.2, color=colour)
    )
    return drawn


def _values(line: Line, *, yearly: bool) -> list[dict[str, Any]]:
    every = 1 if yearly else -(-len(line.points) // _MOST_POINTS)
    return [
        {
            "at": str(when.year) if yearly else when.isoformat(),
            "mean": round(mean, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "line": line.name.en,
        }
        for when, mean, low, high in line.points[:: max(every, 1)]
    ]
