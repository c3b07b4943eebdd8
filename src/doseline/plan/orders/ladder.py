"""The commitment ladder: what it costs not to keep the day that was promised for a dose.

The rung is that of the days from the day as of which the plan counts to the day promised. Moving
the dose to another day and calling it off cost the same fee, a share of the product's price.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.flows import FEE_SCHEMA, Note
from doseline.model.ordering import Commitment
from doseline.model.supply import Product

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from doseline.model.network import Network

MAY_NOT_MOVE = "promise_may_not_move"
"""Reason: the dose is promised for another day, and may no longer be moved."""


def rung(ladder: Iterable[Commitment], days_left: float) -> Commitment | None:
    """The rung that applies so many days before the infusion; none before the first.

    A rung applies from its days on until the next one, which has fewer.
    """
    reached = [row for row in ladder if days_left <= row.days_before]
    return min(reached, key=lambda row: row.days_before, default=None)


def promise_rung(network: Network, product: str, promised: date) -> Commitment | None:
    """The rung of a dose that is promised for a day; none if nothing is committed yet.

    Args:
        network: Ladders and the day as of which the plan counts.
        product: The product's name.
        promised: Day promised.
    """
    as_of = network.settings.plan_as_of or network.settings.plan_week
    ladder = [one for one in network.rows(Commitment) if one.product == product]
    return rung(ladder, (promised - as_of).days)


def promise_fee(product: Product, step: Commitment | None) -> Decimal:
    """What leaving or moving a dose costs on a rung, in whole cents. [currency]"""
    # Who asks about a plan without promises waits for no rules.
    from doseline.rules import to_cents

    share = Decimal(str(step.fee_percent)) if step is not None else Decimal(0)
    return to_cents(product.price * share / 100)


def fee_frame(network: Network, orders: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    """The fees of a plan, one row an order whose promise it does not keep, if that costs anything.

    Args:
        network: Ladders and prices.
        orders: The orders; without a column ``promised`` there is no fee.
        flows: The plan's flows; a day is that of the infusion at the site.

    Returns:
        Columns of ``FEE_SCHEMA``.
    """
    rows = []
    if "promised" in orders.columns:
        days = infusion_days(network, flows)
        products = network.by_key(Product)
        held = orders.filter(pl.col("promised").is_not_null())
        for order, name, promised in held.select("order", "product", "promised").iter_rows():
            step = promise_rung(network, name, promised)
            fee = promise_fee(products[name], step)
            if step is not None and fee and days.get(order) != promised:
                day = days.get(order)
                why = "moved" if day is not None else "called_off"
                share, currency = step.fee_percent, network.settings.currency
                known = (order, name, promised, day, step.days_before, share)
                rows.append((*known, float(fee), currency, why))
    return pl.DataFrame(rows, schema=FEE_SCHEMA, orient="row")


def infusion_days(network: Network, flows: pl.DataFrame) -> dict[str, date]:
    """Day of the infusion at its site of each order that a plan serves."""
    zones = dict(network.frame("sites").select("site", "zone").iter_rows())
    zone = pl.col("site").replace_strict(zones, return_dtype=pl.String)
    served = flows.filter(pl.col("infuse").is_not_null()).select("order", "infuse", zone=zone)
    return {
        order: day
        for (zone_name,), mine in served.group_by("zone")
        for order, day in mine.select(
            "order", pl.col("infuse").dt.convert_time_zone(str(zone_name)).dt.date()
        ).iter_rows()
    }


def fee_notes(fees: pl.DataFrame, currency: str) -> tuple[Note, ...]:
    """What the fees come to, for the notes of a plan; nothing without fees."""
    if fees.is_empty():
        return ()
    values = {"amount": f"{fees['amount'].sum():,.2f}", "currency": currency}
    return (Note(key="fees", values=values),)
