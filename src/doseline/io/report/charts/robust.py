"""What robustness costs: doses in time against the price of each hedged plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from doseline.io.report.charts.paint import WIDTH, painted
from doseline.io.report.numbers import plain
from doseline.io.report.palette import SERIES, stand_in
from doseline.io.report.parts import Figure, Section, Table, number_column, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.charts.paint import AnyChart
    from doseline.io.report.parts import Row
    from doseline.model.robust import RobustCurve

_MEASURES = ("mean", "low", "worst")
_DASHES = ([1, 0], [7, 3], [2, 2])


def robust_section(curve: RobustCurve, currency: str) -> Section:
    """The plans found, each with what it costs and what it may bring."""
    rows = list(curve.points.sort("price", "point").iter_rows(named=True))
    title = word("robust_page.title")
    names = {measure: word(f"robust_page.{measure}") for measure in _MEASURES}
    axes = (word("robust_page.axis_price", currency=currency), word("robust_page.axis_doses"))
    chart = _chart(rows, names, axes)
    figure = Figure(
        key="robust",
        title=title,
        svg=painted(chart, [*names.values(), *axes], key="robust", title=title),
        tables=[_table(rows, currency, title)],
        define="dose_account",
    )
    said = word("robust_page.say", failures=plain(curve.failures), orders=plain(curve.orders))
    return Section(key="robust", say=[said], figures=[figure])


def _chart(rows: Sequence[Row], names: dict[str, Word], axes: tuple[Word, Word]) -> AnyChart:
    values = [
        {"price": round(row["price"], 2), "doses": row[measure], "what": names[measure].en}
        for measure in _MEASURES
        for row in rows
    ]
    domain = [names[measure].en for measure in _MEASURES]
    colours = [stand_in(one) for one in SERIES[: len(domain)]]
    base = alt.Chart(alt.InlineData(values=values)).encode(
        x=alt.X("price:Q", title=axes[0].en),
        y=alt.Y("doses:Q", title=axes[1].en, scale=alt.Scale(zero=False)),
        color=alt.Color("what:N", scale=alt.Scale(domain=domain, range=colours)),
    )
    dash = alt.StrokeDash(
        "what:N", scale=alt.Scale(domain=domain, range=[list(one) for one in _DASHES])
    )
    line = base.mark_line(strokeWidth=2).encode(strokeDash=dash)
    layers = alt.layer(line, base.mark_point(filled=True, size=50, opacity=1))
    return layers.properties(width=WIDTH, height=240)


def _table(rows: Sequence[Row], currency: str, title: Word) -> Table:
    """Every plan found, the cheapest first."""
    return Table(
        caption=title,
        columns=[
            text_column("robust_point"),
            text_column("robust_hedge"),
            number_column("robust_price", "gap_of_cost", currency=currency),
            number_column("robust_batches", "batch"),
            number_column("robust_mean", "dose_account"),
            number_column("robust_low", "dose_account"),
            number_column("robust_worst", "dose_account"),
        ],
        rows=[
            [
                same(str(row["point"])),
                label("robust_page.hedge", row["hedge"]),
                same(plain(row["price"])),
                same(plain(row["batches"])),
                same(plain(row["mean"], 1)),
                same(plain(row["low"])),
                same(plain(row["worst"])),
            ]
            for row in rows
        ],
    )
