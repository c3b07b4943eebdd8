"""Who waits and what is given, month by month, with the band of the replications."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from doseline.io.report.charts.months import Month, Panel, months_drawn
from doseline.io.report.numbers import day, plain
from doseline.io.report.parts import Column, Figure, Table, text_column
from doseline.io.report.simulate_tables import DRAWN, KINDS, drawn_note, span, waiting_table
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.io.report.parts import Row
    from doseline.io.report.simulate_tables import View

_WEEKS = 365.25 / 12.0 / 7.0
"""Of a month. [week]"""


def waiting_figures(view: View) -> list[Figure]:
    """The waiting list, and infusions; a kind of under 11 people in every month has no panel."""
    waiting = _figure(
        view,
        key="simulate-waiting",
        measure="waiting_month",
        kinds=KINDS,
        people=1.0,
        notes=[
            word("simulate.note_band"),
            word("simulate.note_waiting", start=day(view.found.start)),
        ],
        more=[waiting_table(view)],
    )
    treated = _figure(
        view,
        key="simulate-treated",
        measure="treated_month",
        kinds=KINDS[:2],
        people=_WEEKS,
        notes=[word("simulate.note_band"), word("simulate.note_treated")],
        more=[],
    )
    return [*waiting, *treated]


def _figure(
    view: View,
    *,
    key: str,
    measure: str,
    kinds: Sequence[str],
    people: float,
    notes: Sequence[Word],
    more: Sequence[Table],
) -> list[Figure]:
    """A picture of a measure by month, a panel a kind.

    Args:
        view: What is known.
        key: Of the figure, and of its words.
        measure: Of the estimates.
        kinds: Of the measure, from top to bottom.
        people: People that a value of 1 stands for, for what is too small to be shown.
        notes: Below it.
        more: Tables beside that of the months.
    """
    name = key.replace("-", "_")
    panels = [panel for kind in kinds for panel in _panel(view, measure, kind, people)]
    title = word(f"simulate.{name}")
    if not panels:
        return []
    return [
        Figure(
            key=key,
            title=title,
            svg=months_drawn(
                panels,
                start=view.found.start,
                axis=word(f"simulate.axis_{name}"),
                key=key,
                title=title,
            ),
            tables=[*more, _table(view, measure, kinds, people, title)],
            notes=[*notes, *drawn_note(view)],
            define="waiting",
        )
    ]


def _panel(view: View, measure: str, kind: str, people: float) -> list[Panel]:
    floor = view.privacy.smallest / people
    months = {
        name: [
            _month(view, row, floor)
            for row in _whole_months(view, measure, name)
            if row["of"] == kind
        ]
        for name in view.found.names[:DRAWN]
    }
    if all(month.mean <= floor for month in months[view.found.base]):
        return []
    return [Panel(title=word(f"simulate.{measure}_{kind}"), months=months, floor=floor)]


def _month(view: View, row: Row, floor: float) -> Month:
    """A month; what is under the floor is told at the floor only."""
    mean, half, when = max(row["mean"], floor), row["half"], row["when"]
    if half is None or row["mean"] < floor:
        return Month(when=when, mean=mean, interval=(mean, mean), band=(mean, mean))
    low, high = single_run(mean, half, view.found.replications)
    return Month(
        when=when,
        mean=mean,
        interval=(max(mean - half, floor), mean + half),
        band=(max(low, floor), high),
    )


def single_run(mean: float, half: float, replications: int) -> tuple[float, float]:
    """Where another replication falls 19 times of 20, by Student's t, if they are normal.

    The interval of the mean of n is t s / sqrt(n), that of one more value t s sqrt(1 + 1 / n)
    (Hahn and Meeker, Statistical Intervals, 4.7).
    """
    wide = half * math.sqrt(replications + 1)
    return mean - wide, mean + wide


def _table(view: View, measure: str, kinds: Sequence[str], people: float, title: Word) -> Table:
    rows = _whole_months(view, measure, view.found.base)
    cells = {(row["of"], row["when"]): row for row in rows}
    return Table(
        caption=title,
        columns=[
            text_column("simulate_month"),
            *(Column(head=word(f"simulate.{measure}_{kind}"), define="waiting") for kind in kinds),
        ],
        rows=[
            [
                same(f"{when:%Y-%m}"),
                *(_cell(view, cells.get((kind, when)), people) for kind in kinds),
            ]
            for when in _months(cells)
        ],
    )


def _whole_months(view: View, measure: str, scenario: str) -> list[Row]:
    """Rows of months that end before the horizon: of the last, a week or two may be all there is."""
    last = view.found.horizon.replace(day=1)
    return [row for row in view.dated(measure, scenario) if row["when"] < last]


def _months(cells: dict[tuple[str, date], Row]) -> list[date]:
    return sorted({when for _, when in cells})


def _cell(view: View, row: Row | None, people: float) -> Word:
    if row is None:
        return same(plain(0.0))
    if view.privacy.hides(people * row["mean"]):
        return view.privacy.blank
    return span(row["mean"], row["half"], 1)
