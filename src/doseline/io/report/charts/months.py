"""Months one after the other in panels below each other, with the band of the replications."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from doseline.io.report.charts.paint import WIDTH, painted
from doseline.io.report.charts.simulate import DASHES
from doseline.io.report.palette import SERIES, stand_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from markupsafe import Markup

    from doseline.io.report.charts.paint import AnyChart
    from doseline.io.report.words import Word

_HEIGHT = 120
_AXIS_PX = 46
"""Room for the numbers of every panel, so that months stand below each other. [px]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One month of one scenario."""

    when: date
    mean: float
    interval: tuple[float, float]
    """Low and high of the mean."""
    band: tuple[float, float]
    """Low and high of single replications."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One panel: its title, and the months of each scenario by name."""

    title: Word
    floor: float
    """What is less may not be told; the zone below it is grey."""
    months: Mapping[str, Sequence[Month]]


def months_drawn(
    panels: Sequence[Panel], *, start: date, axis: Word, key: str, title: Word
) -> Markup:
    """Panels as a drawing: the first scenario with its bands, the others as lines.

    Args:
        panels: From top to bottom; all have the same scenarios, at most four.
        start: First day of the cohort, marked in every panel.
        axis: What is measured.
        key: Part of the ids in the drawing; unique in the page.
        title: Its caption.
    """
    words = [axis, *(panel.title for panel in panels)]
    return painted(_chart(panels, start, axis), words, key=key, title=title)


def _chart(panels: Sequence[Panel], start: date, axis: Word) -> AnyChart:
    parts = [_panel(panel, start, axis) for panel in panels]
    return alt.vconcat(*parts, spacing=14)


def _panel(panel: Panel, start: date, axis: Word) -> AnyChart:
    names = list(panel.months)
    values = [row for name in names for row in _values(name, panel.months[name])]
    domain, roles = names, [stand_in(role) for role in SERIES[: len(names)]]
    first = [row for row in values if row["scenario"] == names[0]]
    days = [row["at"] for row in values]
    x = alt.X("at:T", title=None, scale=alt.Scale(domain=[min(days), max(days)])).axis(
        format="%Y-%m",
        grid=False,
        tickCount=8,
        labelFlush=False,
        labelOverlap="greedy",
        labelSeparation=12,
    )
    legend = None if len(names) < 2 else alt.Legend(symbolType="stroke", symbolStrokeWidth=3)
    colour = alt.Color("scenario:N", scale=alt.Scale(domain=domain, range=roles), legend=legend)
    dash = alt.StrokeDash(
        "scenario:N", scale=alt.Scale(domain=domain, range=list(DASHES[: len(names)])), legend=None
    )
    bands = alt.Chart(alt.InlineData(values=first)).encode(x=x)
    fill = stand_in(SERIES[0])
    drawn = [
        bands.mark_area(color=fill, opacity=opacity).encode(y=_height(low, axis), y2=f"{high}:Q")
        for low, high, opacity in (("least", "most", 0.16), ("low", "high", 0.34))
    ]
    lines = alt.Chart(alt.InlineData(values=values)).encode(
        x=x, y=_height("mean", axis), color=colour, strokeDash=dash
    )
    begins = alt.Chart(alt.InlineData(values=[{"at": start.isoformat()}])).encode(x="at:T")
    rule = begins.mark_rule(color=stand_in("soft"), strokeDash=[3, 3])
    zone = alt.Chart(alt.InlineData(values=[{"least": 0.0, "most": panel.floor}]))
    hidden = zone.mark_rect(color=stand_in("soft"), opacity=0.22).encode(
        y=_height("least", axis), y2="most:Q"
    )
    return alt.layer(hidden, *drawn, lines.mark_line(strokeWidth=2), rule).properties(
        width=WIDTH, height=_HEIGHT, title=panel.title.en
    )


def _height(name: str, axis: Word) -> alt.Y:
    return alt.Y(f"{name}:Q", title=axis.en).axis(minExtent=_AXIS_PX, tickCount=4)


def _values(name: str, months: Sequence[Month]) -> list[dict[str, Any]]:
    return [
        {
            "scenario": name,
            "at": month.when.isoformat(),
            "mean": round(month.mean, 4),
            **dict(zip(("low", "high"), _rounded(month.interval), strict=True)),
            **dict(zip(("least", "most"), _rounded(month.band), strict=True)),
        }
        for month in months
    ]


def _rounded(ends: tuple[float, float]) -> list[float]:
    return [round(end, 4) for end in ends]
