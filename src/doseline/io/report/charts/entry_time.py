"""Steps of each route of entry over the years.

Drawn by our own functions: bars must stand exactly at their days, under one scale for all routes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from doseline.io.report.charts import svg
from doseline.io.report.charts.paint import framed
from doseline.io.report.numbers import day, hundredth, percent
from doseline.io.report.parts import Column, Figure, Row, Table, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

_LEFT_PX, _RIGHT_PX, _WIDTH_PX = 250.0, 930.0, 960.0
_TOP_PX, _ROW_PX, _BAR_PX = 24.0, 18.0, 12.0
_FAINTEST = 15
"""Least share of the colour that a step which seldom succeeds keeps. [%]"""
_FEW_YEARS = 12
"""Years up to which each has its own mark."""


@dataclass(slots=True)
class _Canvas:
    """The drawing while it grows downwards, and its scale of time."""

    first: date
    last: date
    y_px: float = _TOP_PX
    pieces: list[str] = field(default_factory=list)

    def x(self, when: date) -> float:
        """Where a day lies. [px]"""
        share = (when - self.first).days / max((self.last - self.first).days, 1)
        return _LEFT_PX + share * (_RIGHT_PX - _LEFT_PX)


def timeline_figure(
    steps: pl.DataFrame, routes: Mapping[str, Word], names: Mapping[tuple[str, str], Word]
) -> Figure | None:
    """The steps that may succeed, under the name of their route.

    Args:
        steps: Columns of ``ENTRY_SCHEMAS["steps"]``.
        routes: Name of each route.
        names: Name of each step, by route and step.
    """
    rows = [row for row in steps.iter_rows(named=True) if row["median"] is not None]
    if not rows:
        return None
    first = min(row["start"] for row in rows).replace(month=1, day=1)
    last = max(row["high"] for row in rows)
    canvas = _Canvas(first=first, last=last.replace(year=last.year + 1, month=1, day=1))
    for route, called in routes.items():
        mine = [row for row in rows if row["route"] == route]
        if mine:
            canvas.pieces.append(svg.text(4, canvas.y_px + 14, called, kind="gantt-head"))
            canvas.y_px += 20
        for row in mine:
            _bar(canvas, row, names[route, row["step"]])
        canvas.y_px += 6
    title = word("entry.timeline")
    drawn = svg.drawing(
        [*_ruler(canvas), *canvas.pieces], width_px=_WIDTH_PX, height_px=canvas.y_px + 8
    )
    return Figure(
        key="entry-time",
        title=title,
        svg=framed(drawn, key="entry-time", title=title),
        tables=[_table(steps, routes, names)],
        notes=[word("entry.say_timeline")],
    )


def _bar(canvas: _Canvas, row: Row, name: Word) -> None:
    """A step from its median start to its median end, with a line to the 90 % point."""
    start, end = canvas.x(row["start"]), canvas.x(max(row["median"], row["start"]))
    late = canvas.x(max(row["high"], row["start"]))
    chance = percent(row["succeeded"], 0)
    middle = canvas.y_px + _ROW_PX / 2
    shown = Word(f"{name.en}, {chance}", f"{name.zh}，{chance}")
    canvas.pieces.append(svg.text(_LEFT_PX - 8, middle + 4, shown, anchor="end", kind="gantt-name"))
    share = max(round(100 * row["succeeded"]), _FAINTEST)
    role = "good" if row["milestone"] else "first"
    about = word("entry.span", name=name, start=row["start"], end=row["median"], chance=chance)
    canvas.pieces.append(
        svg.rectangle(
            start,
            middle - _BAR_PX / 2,
            max(end - start, 3.0),
            _BAR_PX,
            kind="entry-bar",
            fill=f"color-mix(in srgb, var(--{role}) {share}%, var(--panel))",
            inside=svg.title(about),
        )
    )
    if late > end:
        canvas.pieces.append(
            f'<path stroke="var(--ink)" stroke-width="1.2" '
            f'd="M{svg.at(end)} {svg.at(middle)}H{svg.at(late)}"/>'
        )
    canvas.y_px += _ROW_PX


def _ruler(canvas: _Canvas) -> list[str]:
    """A line at the start of each year."""
    years = range(canvas.first.year, canvas.last.year + 1)
    every = 1 if len(years) <= _FEW_YEARS else 2
    pieces = []
    for year in years:
        x = canvas.x(date(year, 1, 1))
        pieces.append(
            f'<path stroke="var(--line)" d="M{svg.at(x)} {svg.at(_TOP_PX - 6)}'
            f'V{svg.at(canvas.y_px)}"/>'
        )
        if (year - canvas.first.year) % every == 0:
            pieces.append(svg.text(x, 13, same(year), anchor="middle", kind="gantt-day"))
    return pieces


def _table(
    steps: pl.DataFrame, routes: Mapping[str, Word], names: Mapping[tuple[str, str], Word]
) -> Table:
    return Table(
        caption=word("entry.table_timeline"),
        columns=[
            text_column("entry_route"),
            text_column("entry_step"),
            text_column("entry_milestone"),
            Column(head=word("head.entry_begun"), define="entry_begun"),
            Column(head=word("head.entry_succeeded"), define="entry_succeeded"),
            *(text_column(f"entry_{one}") for one in ("start", "low", "median", "high")),
        ],
        rows=[
            [
                routes[row["route"]],
                names[row["route"], row["step"]],
                label("milestone", row["milestone"]) if row["milestone"] else same("–"),
                same(hundredth(row["begun"], 0)),
                same(hundredth(row["succeeded"], 0)),
                *(same(day(row[one])) for one in ("start", "low", "median", "high")),
            ]
            for row in steps.iter_rows(named=True)
        ],
    )
