"""What calling off or moving a dose costs after it was ordered: the commitment ladder."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.ordering import Commitment
from doseline.model.supply import Product
from doseline.plan.orders.ladder import rung
from doseline.rules import Charge, Payment, charged, to_cents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.network import Network
    from doseline.study.terms import Terms

_MS_PER_DAY = 86_400_000.0


def cancellation_fees(
    network: Network, terms: Terms, delivered: pl.DataFrame, currency: str
) -> Iterator[tuple[dict[str, Any], Payment]]:
    """The fee of each dose that its patient called off, with the row of the dose.

    Args:
        network: Ladders and prices.
        terms: Who makes what: a dose that is not bought has no price to pay a share of.
        delivered: Doses of the planned week; ``withdrawn`` says when the patient left.
        currency: Of the network.
    """
    if not network.frame("commitments").height or "withdrawn" not in delivered.columns:
        return
    products = network.by_key(Product)
    left_early = delivered.filter(pl.col("ending") == "withdrawn").sort("order")
    for row in left_early.iter_rows(named=True):
        product = products[row["product"]]
        ladder = [one for one in network.rows(Commitment) if one.product == product.product]
        days_left = (row["infuse"] - row["withdrawn"]).total_seconds() * 1e3 / _MS_PER_DAY
        step = rung(ladder, days_left)
        bought = terms.owner[row["line"]] is None
        price = terms.cost_from(row["line"], product, row["site"]) if bought else Decimal(0)
        if step is not None and price and step.fee_percent:
            yield row, charged(_fee(product, price, step, currency), currency=currency)


def promise_fees(
    network: Network, fees: pl.DataFrame, delivered: pl.DataFrame, currency: str
) -> Iterator[tuple[dict[str, Any], Payment]]:
    """The fee of each promise that the plan does not keep, with the row of the order.

    Args:
        network: Ladders and prices.
        fees: Those of the plan, columns of ``FEE_SCHEMA``.
        delivered: Doses of the planned week, unserved orders with them.
        currency: Of the network.
    """
    products = network.by_key(Product)
    steps = {(one.product, one.days_before): one for one in network.rows(Commitment)}
    rows = {row["order"]: row for row in delivered.iter_rows(named=True)}
    for fee in fees.sort("order").iter_rows(named=True):
        product, step = products[fee["product"]], steps[fee["product"], fee["days_before"]]
        what = "move_fee" if fee["why"] == "moved" else "cancellation_fee"
        charge = _fee(product, product.price, step, currency, what=what)
        yield rows[fee["order"]], charged(charge, currency=currency)


def _fee(
    product: Product,
    price: Decimal,
    step: Commitment,
    currency: str,
    *,
    what: str = "cancellation_fee",
) -> Charge:
    share = Decimal(str(step.fee_percent))
    return Charge(
        party_from="hospital",
        party_to="developer",
        what=what,
        amount=to_cents(price * share / 100),
        currency=currency,
        source=(
            f"commitments.{product.product}.{step.days_before}: {share.normalize():f} % of the price "
            f"from {step.days_before} days before the infusion ({step.evidence})"
        ),
    )
