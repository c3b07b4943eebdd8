"""Ordered doses by how they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.parts import Figure, Table, number_column, records, text_column
from doseline.io.report.words import label, word
from doseline.model.ledger import DOSE_ENDINGS, INFUSED

if TYPE_CHECKING:
    import polars as pl

    from doseline.io.report.privacy import Privacy


def doses_figure(frame: pl.DataFrame, privacy: Privacy) -> Figure | None:
    """The dose account as bars; a dose is for one person, so small groups are not shown."""
    place = {ending: k for k, ending in enumerate(DOSE_ENDINGS)}
    rows = [row for row in records(frame, ("ending", "doses")) if row["doses"] is not None]
    rows.sort(key=lambda row: place.get(row["ending"], len(place)))
    if not rows:
        return None
    counts = [row["doses"] for row in rows]
    names = [label("ending", row["ending"]) for row in rows]
    told = list(zip(names, rows, privacy.counts(counts), privacy.hidden(counts), strict=True))
    title = word("chart.doses")
    drawn = [
        Bar(
            label=name,
            end=0.0 if gone else row["doses"],
            text=text,
            role="good" if row["ending"] in INFUSED else "loss",
        )
        for name, row, text, gone in told
    ]
    table = Table(
        caption=title,
        columns=[text_column("ending", "dose_account"), number_column("doses", "dose_account")],
        rows=[[name, text] for name, _, text, _ in told],
    )
    return Figure(
        key="doses",
        title=title,
        svg=bars(drawn, axis=word("axis.doses"), key="doses", title=title),
        tables=[table],
        define="dose_account",
    )
