"""Doses demanded and served by week; which week is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from doseline.io.report.charts.paint import WIDTH, AnyChart, painted
from doseline.io.report.numbers import day
from doseline.io.report.palette import stand_in
from doseline.io.report.parts import Figure, Row, Table, number_column, records, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from doseline.io.report.privacy import Privacy

_NAMED_WEEKS = 17
"""At most so many weeks are named below the bars."""

_NAMES = ("week", "product", "demand", "served", "method")


def week_rows(frame: pl.DataFrame) -> list[Row]:
    """The weeks of the horizon, in order."""
    rows = [row for row in records(frame, _NAMES) if row["week"] is not None]
    return sorted(rows, key=lambda row: (row["product"] or "", row["week"]))


def weeks_figures(frame: pl.DataFrame, names: Mapping[str, Word], privacy: Privacy) -> list[Figure]:
    """For each product a bar a week of what was served, and a tick of what was demanded."""
    rows = week_rows(frame)
    products = dict.fromkeys(row["product"] for row in rows)
    return [
        _figure(
            f"weeks-{number}",
            names.get(product, same(product)),
            [row for row in rows if row["product"] == product],
            privacy,
        )
        for number, product in enumerate(products)
    ]


def _figure(key: str, name: Word, rows: Sequence[Row], privacy: Privacy) -> Figure:
    title = word("chart.weeks")
    full = Word(f"{title.en}: {name.en}", f"{title.zh}：{name.zh}")
    methods = {row["method"]: label("method", f"{row['method']}_short") for row in rows}
    words = [word("axis.doses"), *methods.values()]
    chart = _chart(rows, methods, words, privacy)
    return Figure(
        key=key,
        title=full,
        svg=painted(chart, words, key=key, title=full),
        tables=[_table(rows, full, privacy)],
        notes=[word("chart.weeks_desc")],
        define="aggregated",
    )


def _chart(
    rows: Sequence[Row], methods: Mapping[str, Word], words: Sequence[Word], privacy: Privacy
) -> AnyChart:
    values = [
        {
            "week": day(row["week"]),
            "served": None if privacy.hides(row["served"]) else row["served"],
            "demand": None if privacy.hides(row["demand"]) else row["demand"],
            "method": methods[row["method"]].en,
        }
        for row in rows
    ]
    weeks = [day(row["week"]) for row in rows]
    named = weeks[:: -(-len(weeks) // _NAMED_WEEKS)]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("week:O", title=None, scale=alt.Scale(domain=weeks)).axis(
            labelAngle=-45, grid=False, values=named
        )
    )
    domain = [one.en for one in methods.values()]
    roles = {"exact": "first", "aggregated": "lane"}
    colours = [stand_in(roles.get(method, "open")) for method in methods]
    bars = base.mark_bar().encode(
        y=alt.Y("served:Q", title=words[0].en),
        color=alt.Color("method:N", scale=alt.Scale(domain=domain, range=colours)),
    )
    ticks = base.mark_tick(color=stand_in("ink"), thickness=2, width={"band": 0.9}).encode(
        y="demand:Q"
    )
    return alt.layer(bars, ticks).properties(width=WIDTH, height=180)


def _table(rows: Sequence[Row], title: Word, privacy: Privacy) -> Table:
    return Table(
        caption=title,
        columns=[
            text_column("week"),
            number_column("demand", "dose_account"),
            number_column("served", "dose_account"),
            text_column("method", "exact"),
        ],
        rows=[
            [
                same(day(row["week"])),
                privacy.count(row["demand"]),
                privacy.count(row["served"]),
                label("method", f"{row['method']}_short"),
            ]
            for row in rows
        ],
    )
