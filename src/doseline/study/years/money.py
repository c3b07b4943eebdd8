"""Money of years by party: payments as rules decide them, and what making and giving doses costs.

As ``doseline run`` counts a week: the payments of a dose times the doses given, exact to the cent;
each batch that was made at its fixed cost, each vial at its cost, isotope as drawn, carriage by the
cheapest way of the typical week, and the table of costs. Prices are those of the planned week in
every year: neither inflation nor discount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.ledger import PARTIES
from doseline.study.money import MONEY
from doseline.study.years.dosed import counted
from doseline.study.years.outlays import MOVED_SCHEMA, outlays_of_years

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.study.years.dosed import Dosed
    from doseline.study.years.prices import Prices
    from doseline.study.years.world import Years

YEAR_MONEY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "year": pl.Int64,
    "party": pl.String,
    "item": pl.String,
    "amount": MONEY,
    "currency": pl.String,
}
_CELL = ["site", "product", "payer"]


def money_of_years(years: Years, prices: Prices, given: Dosed, outcome: Outcome) -> pl.DataFrame:
    """year, party, item, amount, currency: received is positive; each year sums to zero.

    Args:
        years: The network over years.
        prices: What its doses pay and cost (:func:`doseline.study.years.prices.prices_of`).
        given: The infusions.
        outcome: What became of doses and isotope.
    """
    spent = outlays_of_years(years, prices, outcome, given)
    moved = pl.concat(
        [
            _paid(given, prices.payments),
            pl.DataFrame(list(spent), schema=MOVED_SCHEMA, orient="row"),
        ]
    )
    sides = [
        moved.select("year", party=f"party_{way}", item="item", amount=sign * pl.col("amount"))
        for way, sign in (("to", 1), ("from", -1))
    ]
    return (
        pl.concat([side.cast({"amount": MONEY}) for side in sides])
        .group_by("year", "party", "item")
        .agg(pl.col("amount").sum())
        .with_columns(currency=pl.lit(years.network.settings.currency))
        .sort("year", pl.col("party").cast(pl.Enum([*PARTIES, "outside"])), "item")
        .select(pl.col(name).cast(kind) for name, kind in YEAR_MONEY_SCHEMA.items())
    )


def margins_of(money: pl.DataFrame) -> pl.DataFrame:
    """year, party, revenue, cost, margin, currency: of every party and outside, from the money."""
    amount = pl.col("amount")
    return (
        money.group_by("year", "party", "currency", maintain_order=True)
        .agg(
            revenue=amount.filter(amount > 0).sum(),
            cost=-amount.filter(amount < 0).sum(),
            margin=amount.sum(),
        )
        .select("year", "party", "revenue", "cost", "margin", "currency")
    )


def _paid(given: Dosed, prices: pl.DataFrame) -> pl.DataFrame:
    """Payments of a dose times the doses of its cell in each year."""
    counts = counted(given.years, given.doses, _CELL).cast({"doses": pl.Decimal(38, 0)})
    return (
        counts.join(prices, on=_CELL, how="inner")
        .group_by("year", "party_from", "party_to", "what")
        .agg(amount=(pl.col("amount") * pl.col("doses")).sum())
        .select(
            "year",
            "party_from",
            "party_to",
            pl.col("what").alias("item"),
            pl.col("amount").cast(MONEY),
        )
    )
