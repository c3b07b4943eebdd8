"""What relaxing a link by its unit is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.numbers import NOTHING, plain
from doseline.io.report.parts import Figure, Row, Table, number_column, records, span, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    import polars as pl

_NAMES = (
    "link",
    "unit",
    "at",
    "patients",
    "low",
    "high",
    "money",
    "money_low",
    "money_high",
    "patients_downstream",
    "pairs",
)


def value_rows(frame: pl.DataFrame) -> list[Row]:
    """The links that were re-run, most valuable first."""
    rows = [row for row in records(frame, _NAMES) if row["patients"] is not None]
    return sorted(rows, key=lambda row: -row["patients"])


def values_figure(frame: pl.DataFrame, currency: str) -> Figure | None:
    """The gains as bars with their intervals, or nothing where no link was re-run."""
    rows = value_rows(frame)
    if not rows:
        return None
    title = word("chart.values")
    drawn = [
        Bar(
            label=label("link", row["link"]),
            end=row["patients"],
            low=row["low"],
            high=row["high"],
            text=same(plain(row["patients"], 1)),
            role="good",
        )
        for row in rows
    ]
    return Figure(
        key="values",
        title=title,
        svg=bars(drawn, axis=word("axis.gained"), key="values", title=title),
        tables=[_table(rows, currency, title)],
        define="value",
    )


def _table(rows: list[Row], currency: str, title: Word) -> Table:
    return Table(
        caption=title,
        columns=[
            text_column("link", "link"),
            text_column("unit", "value"),
            text_column("at"),
            number_column("gained", "value"),
            number_column("interval", "interval"),
            number_column("gained_down", "downstream"),
            number_column("money", "value", currency=currency),
            number_column("money_interval", "interval", currency=currency),
            number_column("pairs", "value"),
        ],
        rows=[
            [
                label("link", row["link"]),
                label("unit", row["unit"]),
                same(row["at"] or NOTHING),
                same(plain(row["patients"], 1)),
                span(row["low"], row["high"], 1),
                same(plain(row["patients_downstream"], 1)),
                same(plain(row["money"])),
                span(row["money_low"], row["money_high"]),
                same(plain(row["pairs"])),
            ]
            for row in rows
        ],
    )
