"""Where the activity went: the budget of the week, and the chain of a vial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from doseline.io.report.charts.bars import Bar, bars
from doseline.io.report.charts.paint import WIDTH, standalone
from doseline.io.report.numbers import THIN, percent, plain
from doseline.io.report.palette import SERIES, stand_in
from doseline.io.report.parts import Figure, Row, Table, number_column, records, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

_NAMES = ("product", "stage", "activity_gbq", "share")
_UNITS = ((1e12, "TBq"), (1e9, "GBq"), (1e6, "MBq"), (1e3, "kBq"), (1.0, "Bq"))


def decay_figures(frame: pl.DataFrame, names: Mapping[str, Word]) -> list[Figure]:
    """The budget of each product: what was made, each loss hung below it, what was infused."""
    rows = [row for row in records(frame, _NAMES) if row["activity_gbq"] is not None]
    products = dict.fromkeys(row["product"] for row in rows)
    return [
        _figure(
            f"decay-{number}",
            names.get(product, same(product)),
            [row for row in rows if row["product"] == product and row["stage"] != "made"],
        )
        for number, product in enumerate(products)
    ]


def _figure(key: str, name: Word, rows: Sequence[Row]) -> Figure:
    made = sum(row["activity_gbq"] for row in rows)
    shares = [row["activity_gbq"] / made if made else 0.0 for row in rows]
    drawn = [Bar(label=label("stage", "made"), end=100.0, text=_gbq(made, 1.0), role="sum")]
    level = 100.0
    for row, share in sorted(zip(rows, shares, strict=True), key=lambda one: _infused(one[0])):
        text = _gbq(row["activity_gbq"], share)
        if _infused(row):
            drawn.append(Bar(label=_stage(row), end=100 * share, text=text, role="good"))
        else:
            low = level - 100 * share
            drawn.append(Bar(label=_stage(row), start=low, end=level, text=text, role="loss"))
            level = low
    title = word("chart.decay")
    full = Word(f"{title.en}: {name.en}", f"{title.zh}：{name.zh}")
    return Figure(
        key=key,
        title=full,
        svg=bars(drawn, axis=word("axis.activity_share"), key=key, title=full),
        tables=[_table(rows, shares, full)],
        define="activity_account",
    )


def _infused(row: Row) -> bool:
    return bool(row["stage"] == "infused")


def _stage(row: Row) -> Word:
    return label("stage", row["stage"])


def _gbq(activity_gbq: float, share: float) -> Word:
    return same(f"{plain(activity_gbq, 1)}{THIN}GBq ({percent(share)})")


def _table(rows: Sequence[Row], shares: Sequence[float], title: Word) -> Table:
    return Table(
        caption=title,
        columns=[
            text_column("stage", "activity_account"),
            number_column("activity", "activity_account"),
            number_column("share_activity", "activity_account"),
        ],
        rows=[
            [_stage(row), same(plain(row["activity_gbq"], 1)), same(plain(100 * share, 1))]
            for row, share in zip(rows, shares, strict=True)
        ],
    )


def decay_chain_svg(table: pl.DataFrame, *, language: str = "en") -> str:
    """Activity of each nuclide over time as an SVG file of its own, in light colours.

    Args:
        table: hours [h], nuclide, activity_bq [Bq], one row for each hour and nuclide.
        language: ``en`` or ``zh``.
    """
    rows = records(table, ("hours", "nuclide", "activity_bq"))
    largest = max((row["activity_bq"] for row in rows), default=1.0)
    size, unit = next((one for one in _UNITS if largest >= one[0]), _UNITS[-1])
    nuclides = list(dict.fromkeys(row["nuclide"] for row in rows))
    words = [word("axis.hours"), word("axis.activity", unit=unit), word("chart.decay_chain")]
    values = [
        {"hours": row["hours"], "nuclide": row["nuclide"], "activity": row["activity_bq"] / size}
        for row in rows
    ]
    dashes = [[1, 0], [7, 3], [2, 2], [9, 3, 2, 3]]
    kinds = range(len(nuclides))
    chart = (
        alt.Chart(alt.InlineData(values=values), title=words[2].en)
        .mark_line(strokeWidth=2.2)
        .encode(
            x=alt.X("hours:Q", title=words[0].en),
            y=alt.Y("activity:Q", title=words[1].en),
            color=alt.Color(
                "nuclide:N",
                scale=alt.Scale(
                    domain=nuclides, range=[stand_in(SERIES[k % len(SERIES)]) for k in kinds]
                ),
            ),
            strokeDash=alt.StrokeDash(
                "nuclide:N",
                scale=alt.Scale(domain=nuclides, range=[dashes[k // 4 % 4] for k in kinds]),
            ),
        )
        .properties(width=WIDTH, height=320)
    )
    return standalone(chart, words, language=language)
