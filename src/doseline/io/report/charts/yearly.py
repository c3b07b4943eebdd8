"""Bars of calendar years in small panels, two beside each other, each with its own scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import altair as alt

from doseline.io.report.charts.paint import WIDTH, painted
from doseline.io.report.palette import stand_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from doseline.io.report.charts.paint import AnyChart
    from doseline.io.report.words import Word

_COLUMNS = 2
_HEIGHT = 96
_AXIS_PX = 56
"""Room for the numbers of every panel. [px]"""
_ROW_PX, _COLUMN_PX = 62, 96
"""Room between plotting areas, for titles and axes. [px]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearBar:
    """A year's mean with its interval."""

    year: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPanel:
    """One panel."""

    title: Word
    bars: Sequence[YearBar]


def years_drawn(panels: Sequence[YearPanel], *, axis: Word, key: str, title: Word) -> Markup:
    """Panels as a drawing; what is below zero has the colour of a loss.

    Args:
        panels: In the order of reading.
        axis: What is measured.
        key: Part of the ids in the drawing; unique in the page.
        title: Its caption.
    """
    words = [axis, *(panel.title for panel in panels)]
    years = sorted({str(bar.year) for panel in panels for bar in panel.bars})
    parts = [_panel(panel, years, axis) for panel in panels]
    return painted(_beside(parts), words, key=key, title=title)


def _beside(parts: Sequence[AnyChart]) -> AnyChart:
    chart: AnyChart = alt.concat(
        *parts, columns=_COLUMNS, bounds="flush", spacing={"row": _ROW_PX, "column": _COLUMN_PX}
    )
    return chart


def _panel(panel: YearPanel, years: Sequence[str], axis: Word) -> AnyChart:
    values = [
        {
            "year": str(bar.year),
            "mean": round(bar.mean, 6),
            "low": round(bar.low, 6),
            "high": round(bar.high, 6),
            "colour": stand_in("good" if bar.mean >= 0 else "loss"),
        }
        for bar in panel.bars
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("year:O", title=None, scale=alt.Scale(domain=years)).axis(
            labelAngle=0, grid=False, labelOverlap=True
        )
    )
    y = alt.Y("mean:Q", title=axis.en).axis(minExtent=_AXIS_PX, tickCount=4)
    bars = base.mark_bar(width={"band": 0.6}).encode(y=y, color=alt.Color("colour:N", scale=None))
    rules = base.mark_rule(color=stand_in("ink"), strokeWidth=1.5).encode(y="low:Q", y2="high:Q")
    zero = alt.Chart(alt.InlineData(values=[{"at": 0}])).mark_rule(color=stand_in("soft"))
    return alt.layer(bars, rules, zero.encode(y="at:Q")).properties(
        width=(WIDTH - _COLUMN_PX) / _COLUMNS, height=_HEIGHT, title=panel.title.en
    )
