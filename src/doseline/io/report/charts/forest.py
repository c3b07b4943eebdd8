"""Dots with their intervals in panels below each other, each panel with a line to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from doseline.io.report.charts.paint import WIDTH, painted, room_px
from doseline.io.report.palette import stand_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from doseline.io.report.charts.paint import AnyChart
    from doseline.io.report.words import Word

_STEP = 24
_GAP_PX = 12.0
"""Left of the text of a row. [px]"""
_MARGIN = 0.06
"""Room left and right of the widest interval, of what is shown. [unitless]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One row of a panel."""

    label: Word
    mean: float
    low: float
    high: float
    text: Word
    role: str
    """Its colour; what it means is told by the side of the line as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dots:
    """One panel: its title, its rows, and the value that they are compared with."""

    title: Word
    rows: Sequence[Dot]
    against: float


def forest(
    panels: Sequence[Dots], *, key: str, title: Word, shared_axis: Word | None = None
) -> Markup:
    """Panels as a drawing.

    Args:
        panels: From top to bottom.
        key: Part of the ids in the drawing; unique in the page.
        title: Its caption.
        shared_axis: What is measured, where all panels have the same scale.
    """
    rows = [row for panel in panels for row in panel.rows]
    words = [*(panel.title for panel in panels), *(row.label for row in rows)]
    words += [row.text for row in rows] + ([shared_axis] if shared_axis else [])
    names, texts = room_px(row.label for row in rows), room_px(row.text for row in rows)
    domains = [_domain(panel) for panel in panels]
    if shared_axis:
        lows, highs = zip(*domains, strict=True)
        domains = [(min(lows), max(highs))] * len(panels)
    axes = [None] * (len(panels) - 1) + [shared_axis.en if shared_axis else None]
    parts = [
        _panel(panel, domain, names, WIDTH - texts - _GAP_PX, axis)
        for panel, domain, axis in zip(panels, domains, axes, strict=True)
    ]
    chart: AnyChart = alt.vconcat(*parts, spacing=12)
    return painted(chart, words, key=key, title=title)


def _panel(
    panel: Dots, domain: tuple[float, float], names_px: float, width: float, axis: str | None
) -> AnyChart:
    labels = [row.label.en for row in panel.rows]
    base = alt.Chart(alt.InlineData(values=[_values(row) for row in panel.rows])).encode(
        y=alt.Y("label:N", sort=labels, title=None).axis(
            ticks=False, domain=False, labelPadding=8, minExtent=names_px, maxExtent=names_px
        ),
        color=alt.Color("colour:N", scale=None),
    )
    scale = alt.Scale(domain=list(domain), range=[0, width], nice=False)
    x = alt.X("low:Q", title=axis, scale=scale).axis(tickCount=6, titleAnchor="start")
    against = alt.Chart(alt.InlineData(values=[{"at": panel.against}]))
    return alt.layer(
        against.mark_rule(color=stand_in("soft"), strokeWidth=1.5).encode(x="at:Q"),
        base.mark_rule(strokeWidth=2.5).encode(x=x, x2="high:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x="mean:Q"),
        base.mark_text(align="left").encode(
            x=alt.value(width + _GAP_PX), text="text:N", color=alt.value(stand_in("ink"))
        ),
    ).properties(width=WIDTH, height=alt.Step(_STEP), title=panel.title.en)


def _values(row: Dot) -> dict[str, Any]:
    return {
        "label": row.label.en,
        "mean": round(row.mean, 6),
        "low": round(row.low, 6),
        "high": round(row.high, 6),
        "text": row.text.en,
        "colour": stand_in(row.role),
    }


def _domain(panel: Dots) -> tuple[float, float]:
    """From the lowest to the highest of what is shown, with some room."""
    low = min(panel.against, *(row.low for row in panel.rows))
    high = max(panel.against, *(row.high for row in panel.rows))
    room = _MARGIN * (high - low) or 1.0
    return low - room, high + room
