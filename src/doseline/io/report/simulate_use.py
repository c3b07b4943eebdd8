"""How far lines, scanners, rooms and isotope were used: one bar each, and lines year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.charts.simulate import Line, line_figure
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Figure
from doseline.io.report.simulate_tables import lines_table, percent_span, sites_table
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.io.report.parts import Row
    from doseline.io.report.simulate_tables import View

_MOST = 12
"""Rows of a kind that the picture shows."""
_TICKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
_DRAWN = 4
"""Lines of a picture by year."""


def use_figures(view: View) -> list[Figure]:
    """Use of what there is, of the whole time and of lines by year; nothing where nothing is."""
    drawn = [
        *_bars(view, "line_use", "simulate.use_line", "first"),
        *_bars(view, "scanner_use", "simulate.use_scanner", "third"),
        *_limits(view),
        *_bars(view, "isotope_use", "simulate.use_isotope", "loss"),
    ]
    if not drawn:
        return []
    title = word("simulate.use")
    return [
        Figure(
            key="simulate-use",
            title=title,
            svg=bars(
                drawn,
                axis=word("simulate.axis_use"),
                key="simulate-use",
                title=title,
                ticks=_TICKS,
            ),
            tables=[lines_table(view), sites_table(view)],
            notes=[word("simulate.note_use")],
            define="use",
        ),
        *_lines_by_year(view),
    ]


def _bars(view: View, measure: str, name: str, role: str) -> list[Bar]:
    """The most used first."""
    rows = sorted(view.whole(measure), key=lambda row: (-row["mean"], row["of"]))[:_MOST]
    return [_bar(word(name, name=row["of"]), row, role) for row in rows]


def _limits(view: View) -> list[Bar]:
    """Limits of sites by what they are of, all sites together, and how many are full."""
    full = {row["of"]: row["mean"] for row in view.whole("limit_full")}
    rows = sorted(view.whole("limit_use"), key=lambda row: (-row["mean"], row["of"]))
    return [
        _bar(
            word(f"simulate_use.{row['of']}"),
            row,
            "fourth",
            full=word("simulate.use_full", share=plain(100.0 * full[row["of"]], 1)),
        )
        for row in rows
        if row["of"] in full
    ]


def _bar(name: Word, row: Row, role: str, full: Word | None = None) -> Bar:
    mean, half = 100.0 * row["mean"], 100.0 * (row["half"] or 0.0)
    share = same(f"{percent_span(row['mean'], row['half']).en} %")
    return Bar(
        label=name,
        end=mean,
        low=max(mean - half, 0.0) if half else None,
        high=min(mean + half, 100.0) if half else None,
        text=word("simulate.use_text", share=share, full=full) if full else share,
        role=role,
    )


def _lines_by_year(view: View) -> list[Figure]:
    """The lines that make most, by year."""
    made = sorted(view.whole("line_doses"), key=lambda row: (-row["mean"], row["of"]))
    rows = view.dated("line_use")
    if len({row["when"] for row in rows}) < 2:
        return []
    lines = [
        Line(name=same(one["of"]), points=_points([row for row in rows if row["of"] == one["of"]]))
        for one in made[:_DRAWN]
    ]
    return [
        line_figure(
            lines,
            key="simulate-lines",
            title=word("simulate.use_lines"),
            axis=word("simulate.axis_use"),
            tables=[lines_table(view)],
            define="use",
            yearly=True,
        )
    ]


def _points(rows: Sequence[Row]) -> list[tuple[date, float, float, float]]:
    return [
        (
            row["when"],
            100.0 * row["mean"],
            max(100.0 * (row["mean"] - (row["half"] or 0.0)), 0.0),
            min(100.0 * (row["mean"] + (row["half"] or 0.0)), 100.0),
        )
        for row in rows
    ]
