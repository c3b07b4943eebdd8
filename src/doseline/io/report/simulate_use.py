"""How far lines, scanners, rooms and isotope were used: one bar each, and lines year by year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.charts.simulate import Line, line_figure
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Figure, Table, number_column, text_column
from doseline.io.report.simulate_tables import lines_table, percent_span, sites_table
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from doseline.io.report.parts import Row
    from doseline.io.report.simulate_tables import View

_MOST = 12
"""Rows of a kind that the picture shows."""
_TICKS = (0.0, 20.0, 40.0, 60.0, 80.0, 100.0)
_DRAWN = 4
"""Lines of a picture by year."""
_EACH = 2
"""Of these for scanners, and for limits of sites."""


def use_figures(view: View) -> list[Figure]:
    """Use of what there is, of the whole time and by year; nothing where nothing is."""
    drawn = [
        *_bars(view, "line_use", "simulate.use_line", "first"),
        *_shared(view, "scanner", _scanners, "third"),
        *_shared(view, "limit", _limits, "fourth"),
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
            tables=[_places_table(view), lines_table(view), sites_table(view)],
            notes=[word("simulate.note_use")],
            define="use",
        ),
        *_lines_by_year(view),
        *_places_by_year(view),
    ]


def _scanners(product: str) -> Word:
    return word("simulate.use_scanner", name=product)


def _limits(link: str) -> Word:
    return word(f"simulate_use.{link}")


def _bars(view: View, measure: str, name: str, role: str) -> list[Bar]:
    """The most used first."""
    rows = sorted(view.whole(measure), key=lambda row: (-row["mean"], row["of"]))[:_MOST]
    return [_bar(word(name, name=row["of"]), row, role) for row in rows]


def _shared(view: View, what: str, name: Callable[[str], Word], role: str) -> list[Bar]:
    """Places of a kind together, the most used first, and how many of them are full."""
    full = {row["of"]: row["mean"] for row in view.whole(f"{what}_full")}
    rows = sorted(view.whole(f"{what}_use"), key=lambda row: (-row["mean"], row["of"]))
    return [
        _bar(
            name(row["of"]),
            row,
            role,
            full=word(f"simulate.{what}_full", share=plain(100.0 * full[row["of"]], 1)),
        )
        for row in rows[:_MOST]
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
    lines = [Line(name=same(one["of"]), points=_points(rows, one["of"])) for one in made[:_DRAWN]]
    return _by_year("simulate-lines", lines, rows, lines_table(view))


def _places_by_year(view: View) -> list[Figure]:
    """Scanners and limits of sites, those that are used most."""
    lines = []
    for what, name in (("scanner", _scanners), ("limit", _limits)):
        rows = view.dated(f"{what}_use")
        most = sorted(view.whole(f"{what}_use"), key=lambda row: (-row["mean"], row["of"]))
        lines += [
            Line(name=name(one["of"]), points=_points(rows, one["of"])) for one in most[:_EACH]
        ]
    return _by_year("simulate-places", lines, view.dated("limit_use"), _places_table(view))


def _by_year(key: str, lines: Sequence[Line], rows: Sequence[Row], table: Table) -> list[Figure]:
    """Lines over years, where there are at least two."""
    if len({row["when"] for row in rows}) < 2:
        return []
    return [
        line_figure(
            lines,
            key=key,
            title=word(f"simulate.use_{key.partition('-')[2]}"),
            axis=word("simulate.axis_use"),
            tables=[table],
            define="use",
            yearly=True,
        )
    ]


def _places_table(view: View) -> Table:
    """Use of scanners and of limits of sites by year."""
    cells = {
        (what, row["of"], row["when"]): row
        for what in ("scanner", "limit")
        for row in view.dated(f"{what}_use")
    }
    names = {"scanner": _scanners, "limit": _limits}
    return Table(
        caption=word("simulate.use_places"),
        columns=[
            text_column("simulate_place"),
            text_column("simulate_year"),
            number_column("simulate_use", "use"),
        ],
        rows=[
            [names[what](of), same(when.year), percent_span(row["mean"], row["half"])]
            for (what, of, when), row in sorted(cells.items(), key=lambda one: one[0])
        ],
    )


def _points(rows: Sequence[Row], of: str) -> list[tuple[date, float, float, float]]:
    return [
        (
            row["when"],
            100.0 * row["mean"],
            max(100.0 * (row["mean"] - (row["half"] or 0.0)), 0.0),
            min(100.0 * (row["mean"] + (row["half"] or 0.0)), 100.0),
        )
        for row in rows
        if row["of"] == of
    ]
