"""Share of the cohort treated within W days, for W from 28 to 180."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from doseline.io.report.charts.paint import WIDTH, AnyChart, painted
from doseline.io.report.numbers import plain
from doseline.io.report.palette import SERIES, stand_in
from doseline.io.report.parts import (
    Figure,
    Row,
    Table,
    number_column,
    records,
    span,
    text_column,
)
from doseline.io.report.words import Word, listed, same, word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

_NAMES = ("product", "days", "share", "low", "high")
_DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3])
_TABLE_STEP_DAYS = 7
_FEW = 4
"""Up to so many products have a band each, and one below the other in the legend."""


def curve_figure(
    frame: pl.DataFrame, names: Mapping[str, Word], limits: Mapping[str, int]
) -> Figure | None:
    """A line with its band for each product, and its W as an upright line.

    Args:
        frame: product, days, share, low, high.
        names: Name of each product.
        limits: W of each product. [d]
    """
    rows = [row for row in records(frame, _NAMES) if row["share"] is not None]
    if not rows:
        return None
    products = list(dict.fromkeys(row["product"] for row in rows))
    called = {product: names.get(product, same(product)) for product in products}
    title = word("chart.curve")
    limit_words = _limit_words(called, limits)
    axes = (word("axis.days"), word("axis.share"))
    chart = _chart(rows, called, [limits[p] for p in products if p in limits], axes)
    return Figure(
        key="curve",
        title=title,
        svg=painted(chart, [*called.values(), *axes], key="curve", title=title),
        tables=[_table(rows, called, set(limits.values()), title)],
        notes=limit_words,
        define="w",
    )


def _limit_words(called: Mapping[str, Word], limits: Mapping[str, int]) -> list[Word]:
    """W of the products, those with the same one in one sentence."""
    same_days: dict[int, list[Word]] = {}
    for product, name in called.items():
        if product in limits:
            same_days.setdefault(limits[product], []).append(name)
    return [
        word("chart.curve_limit", product=listed(names), days=days)
        for days, names in same_days.items()
    ]


def _chart(
    rows: Sequence[Row], called: Mapping[str, Word], limits: Sequence[int], axes: tuple[Word, Word]
) -> AnyChart:
    values = [
        {
            "product": called[row["product"]].en,
            "days": row["days"],
            **{name: _percent(row[name]) for name in ("share", "low", "high")},
        }
        for row in rows
    ]
    domain = [one.en for one in called.values()]
    colours = [stand_in(SERIES[k % len(SERIES)]) for k in range(len(domain))]
    # Neither colour nor dash alone tells two products apart where there are many.
    dashes = [list(_DASHES[(k + k // len(SERIES)) % len(_DASHES)]) for k in range(len(domain))]
    colour = alt.Color("product:N", scale=alt.Scale(domain=domain, range=colours)).legend(
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolOpacity=1,
        symbolFillColor="transparent",
        columns=1 if len(domain) <= _FEW else 2,
    )
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("days:Q", title=axes[0].en, scale=alt.Scale(zero=False, nice=False))
    )
    y = alt.Y("share:Q", title=axes[1].en, scale=alt.Scale(domain=[0, 100]))
    band = base.mark_area(opacity=0.18).encode(
        y=alt.Y("low:Q", title=axes[1].en), y2="high:Q", color=colour
    )
    line = base.mark_line(strokeWidth=2.2).encode(
        y=y,
        color=colour,
        strokeDash=alt.StrokeDash("product:N", scale=alt.Scale(domain=domain, range=dashes)),
    )
    marks = [{"days": limit} for limit in sorted(set(limits))]
    rule = (
        alt.Chart(alt.InlineData(values=marks))
        .mark_rule(color=stand_in("soft"), strokeDash=[3, 3])
        .encode(x="days:Q")
    )
    layers = (band, rule, line) if len(domain) <= _FEW else (rule, line)
    return alt.layer(*layers).properties(width=WIDTH, height=300)


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)


def _table(rows: Sequence[Row], called: Mapping[str, Word], limits: set[int], title: Word) -> Table:
    """Every week, and each W."""
    first = min(row["days"] for row in rows)
    last = max(row["days"] for row in rows)
    shown = [
        row
        for row in rows
        if (row["days"] - first) % _TABLE_STEP_DAYS == 0
        or row["days"] in limits
        or row["days"] == last
    ]
    return Table(
        caption=title,
        columns=[
            text_column("product"),
            number_column("days", "w"),
            number_column("share_treated", "in_time"),
            number_column("interval_percent", "interval"),
        ],
        rows=[
            [
                called[row["product"]],
                same(plain(row["days"])),
                same(plain(_percent(row["share"]), 1)),
                span(_percent(row["low"]), _percent(row["high"]), 1),
            ]
            for row in shown
        ],
    )
