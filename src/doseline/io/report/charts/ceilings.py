"""Patients reached against the price of a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from doseline.io.report.charts.paint import WIDTH, painted
from doseline.io.report.numbers import plain
from doseline.io.report.palette import SERIES, stand_in
from doseline.io.report.parts import Column, Figure, Table, number_column
from doseline.io.report.privacy import Privacy
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.charts.paint import AnyChart
    from doseline.io.report.parts import Row

_LINES = ("bought", "own")
_DASHES = ([1, 0], [7, 3])


def leading(head: str, define: str, **values: object) -> Column:
    """A column of numbers that leads to one of this page's own definitions."""
    return Column(head=word(f"head.{head}", **values), define=define)


def reach_figure(
    rows: Sequence[Row], product: Word, *, price: float, currency: str, key: str
) -> Figure:
    """The curve of one product, with the price of today and every point as a table.

    Args:
        rows: price, patients, own, cannot_pay, sites, in order of price.
        product: What the product is called.
        price: That of today. [currency]
        currency: Its code.
        key: Part of ids in the page.
    """
    names = {name: word(f"ceilings.{name}") for name in _LINES}
    title = word("ceilings.curve", product=product)
    axes = word("ceilings.axis_price", currency=currency), word("ceilings.axis_patients")
    chart = _chart(rows, names, axes, price)
    return Figure(
        key=key,
        title=title,
        svg=painted(chart, [*names.values(), *axes], key=key, title=title),
        tables=[_table(rows, currency, title)],
        notes=[word("ceilings.today")],
        define="reached",
    )


def _chart(
    rows: Sequence[Row], names: dict[str, Word], axes: tuple[Word, Word], price: float
) -> AnyChart:
    values = [
        {"price": float(row["price"]), "patients": _drawn(row[column]), "what": names[name].en}
        for row in rows
        for name, column in (("bought", "patients"), ("own", "own"))
    ]
    domain = [names[name].en for name in _LINES]
    colours = [stand_in(one) for one in SERIES[: len(domain)]]
    line = (
        alt.Chart(alt.InlineData(values=values))
        .mark_line(strokeWidth=2.2)
        .encode(
            x=alt.X("price:Q", title=axes[0].en),
            y=alt.Y("patients:Q", title=axes[1].en),
            color=alt.Color("what:N", scale=alt.Scale(domain=domain, range=colours)),
            strokeDash=alt.StrokeDash(
                "what:N", scale=alt.Scale(domain=domain, range=[list(one) for one in _DASHES])
            ),
        )
    )
    rule = (
        alt.Chart(alt.InlineData(values=[{"price": price}]))
        .mark_rule(color=stand_in("soft"), strokeDash=[3, 3])
        .encode(x="price:Q")
    )
    return alt.layer(rule, line).properties(width=WIDTH, height=260)


def _drawn(people: float) -> float:
    """Patients as they are drawn: none where they are too few to be shown."""
    return 0.0 if Privacy().hides(people) else people


def _table(rows: Sequence[Row], currency: str, title: Word) -> Table:
    few = Privacy()
    return Table(
        caption=title,
        columns=[
            leading("ceilings_price", "ceiling", currency=currency),
            *(leading(f"ceilings_{name}", "reached") for name in (*_LINES, "cannot_pay")),
            number_column("ceilings_offering"),
        ],
        rows=[
            [
                same(plain(float(row["price"]), 2)),
                *(few.count(row[name]) for name in ("patients", "own", "cannot_pay")),
                same(plain(row["sites"])),
            ]
            for row in rows
        ],
    )
