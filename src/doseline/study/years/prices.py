"""What one infused dose of a site, product and payer moves between parties, as the rules say."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.demand import Payer
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.rules import charged, pay_many
from doseline.study.money import MONEY, supply_charge
from doseline.study.participation import dose_flow

if TYPE_CHECKING:
    from doseline.rules import Flow
    from doseline.study.prepare import Prepared
    from doseline.study.terms import Terms

_CELL = ("site", "product", "payer")
PRICE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(_CELL, pl.Int64),
    **dict.fromkeys(("party_from", "party_to", "what"), pl.String),
    "amount": MONEY,
    "rule": pl.String,
    "assumption": pl.Boolean,
}
_FACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "code": pl.String,
    "activity_bq": pl.Float64,
    "service_date": pl.Date,
    "payer": pl.String,
    "setting": pl.String,
    "locality": pl.String,
    "channel": pl.String,
    "nights": pl.Int64,
    "price": pl.Decimal(38, 2),
    "contract": pl.String,
    "cover": pl.String,
    "charge": pl.Decimal(38, 2),
    "discount": pl.Boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What doses cost and pay in the planned week; the same for every replication."""

    payments: pl.DataFrame
    """Payments of one dose of each cell, columns of ``PRICE_SCHEMA``. [currency]"""
    carriage: pl.DataFrame
    """site, product, line, rate: carriage by the cheapest way of the week (assumption). [currency]"""


def prices_of(prepared: Prepared) -> Prices:
    """The prices of every site, product and payer of a network.

    Doses have the prices and rules of the planned week's first day, whenever they are given; a
    dose comes from the line that terms expect it from (its own, else the cheapest).

    Args:
        prepared: The network, its rules, terms and options.
    """
    return Prices(payments=_payments(prepared), carriage=_carriage(prepared))


def _payments(prepared: Prepared) -> pl.DataFrame:
    """By rule, then as stated."""
    network, terms = prepared.network, prepared.terms
    payers = network.rows(Payer)
    cells, flows, bought = [], [], []
    for (at, site), (row, product) in itertools.product(
        enumerate(network.rows(Site)), enumerate(network.rows(Product))
    ):
        cost = terms.expected_cost(product, site.site)
        charges = _bought(prepared, product, site.site)
        for number, payer in enumerate(payers):
            cells.append((at, row, number))
            flows.append(_facts(dose_flow(terms, product, payer, site, cost)))
            bought += [(at, row, number, *charge) for charge in charges]
    frame = pl.DataFrame(flows, schema=_FACTS, orient="row")
    of = pl.DataFrame(cells, schema=dict.fromkeys(_CELL, pl.Int64), orient="row")
    decided = pay_many(prepared.reference.rulebook, frame).table()
    by_rule = of.with_row_index("flow").join(decided, on="flow", maintain_order="left_right")
    stated = pl.DataFrame(bought, schema=PRICE_SCHEMA, orient="row")
    return pl.concat([by_rule.select(pl.col(n).cast(k) for n, k in PRICE_SCHEMA.items()), stated])


def _carriage(prepared: Prepared) -> pl.DataFrame:
    """The cheapest way of each site and product, without the vial."""
    network = prepared.network
    names = network.frame("lines")["line"].to_list()
    vials = network.frame("batches").select(vial=pl.col("dose_cost").cast(pl.Float64))
    ways = prepared.options.feasible.select(
        *(pl.col(name).cast(pl.Int64) for name in ("site", "product", "line", "batch")), "cost"
    )
    return (
        ways.join(vials.with_row_index("batch").cast({"batch": pl.Int64}), on="batch")
        .sort("site", "product", "cost", "line")
        .group_by("site", "product", maintain_order=True)
        .agg(pl.col("line").first(), rate=(pl.col("cost") - pl.col("vial")).first())
        .with_columns(
            line=pl.col("line").replace_strict(
                list(range(len(names))), names, return_dtype=pl.String
            ),
            rate=pl.col("rate").clip(0.0).round(2).cast(MONEY),
        )
    )


def expected_line(terms: Terms, product: Product, site: str) -> str | None:
    """The line that a site expects a product from; None if no line makes it."""
    lines = terms.made_by.get(product.product, ())
    own = [line for line in lines if terms.owner[line] == site]
    return min(own or lines, key=lambda line: terms.cost_from(line, product, site), default=None)


def _bought(prepared: Prepared, product: Product, site: str) -> list[tuple[Any, ...]]:
    """What the hospital pays for the dose itself."""
    terms, currency = prepared.terms, prepared.reference.rulebook.currency
    line = expected_line(terms, product, site)
    charges = () if line is None else supply_charge(terms, product, site, line, currency)
    return [
        (
            *(one.party_from, one.party_to, one.what, one.amount),
            *(one.decision.rule, one.decision.rests_on_assumption),
        )
        for one in (charged(charge, currency=currency) for charge in charges)
    ]


def _facts(flow: Flow) -> tuple[Any, ...]:
    return tuple(getattr(flow, name) for name in _FACTS)
