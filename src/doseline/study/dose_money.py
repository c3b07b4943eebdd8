"""Money of each dose of the planned week: what every party earns and spends on it, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.ledger import PARTIES
from doseline.study.channels import channel_of
from doseline.study.money import MONEY
from doseline.study.outlays import outlays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.study.outlays import Outlay

_SIDES = ("revenue", "cost")
_DOSE = ("order", "product", "channel", "payer", "site", "ending")
DOSE_MONEY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(_DOSE, pl.String),
    "party": pl.String,
    **dict.fromkeys((*_SIDES, "margin"), MONEY),
    "currency": pl.String,
}
"""``order`` is null for what the week cost and no dose shares."""


def dose_money_frame(
    network: Network, plan: Plan, delivered: pl.DataFrame, paid: pl.DataFrame
) -> pl.DataFrame:
    """What each party earns and spends on each dose; columns of ``DOSE_MONEY_SCHEMA``.

    The margins of a dose sum to zero over the parties and outside; those of a party sum to its
    money of the week.

    Args:
        network: Costs, and how each product comes.
        plan: The week's batches, lots and flows.
        delivered: Doses of the planned week.
        paid: Payments, columns of ``PAYMENT_SCHEMA``.
    """
    stated = paid.select("order", "party_from", "party_to", "amount")
    shared = [row for one in outlays(network, plan, delivered) for row in _shared(one)]
    moved = pl.concat([stated, pl.DataFrame(shared, schema=stated.schema, orient="row")])
    sides = [
        moved.select("order", "amount", party=f"party_{way}", side=pl.lit(side))
        for way, side in (("to", "revenue"), ("from", "cost"))
    ]
    by_party = (
        pl.concat(sides)
        .group_by("order", "party")
        .agg(pl.col("amount").filter(pl.col("side") == side).sum().alias(side) for side in _SIDES)
    )
    return _named(network, delivered, by_party)


def _named(network: Network, delivered: pl.DataFrame, by_party: pl.DataFrame) -> pl.DataFrame:
    """The doses' facts beside their money, in the order of doses and parties."""
    channel = channel_of(network)
    facts = delivered.select(
        "order",
        "product",
        pl.col("product").replace_strict(channel, return_dtype=pl.String).alias("channel"),
        "payer",
        "site",
        "ending",
        place=pl.int_range(pl.len()),
    )
    return (
        by_party.join(facts, on="order", how="left")
        .sort("place", pl.col("party").cast(pl.Enum([*PARTIES, "outside"])), nulls_last=True)
        .with_columns(
            margin=pl.col("revenue") - pl.col("cost"),
            currency=pl.lit(network.settings.currency),
        )
        .select(pl.col(name).cast(kind) for name, kind in DOSE_MONEY_SCHEMA.items())
    )


def _shared(outlay: Outlay) -> Iterator[tuple[Any, ...]]:
    """order, who, to whom, amount: an outlay over the doses that share it."""
    # Rounded as the money of the week is, so that the doses sum to it.
    total = round(100 * pl.Series([outlay.amount]).round(2)[0])
    if not total:
        return
    shares = outlay.shares["share"].to_numpy()
    parties = outlay.party_from, outlay.party_to
    if not shares.sum() > 0:
        yield (None, *parties, Decimal(total).scaleb(-2))
        return
    for order, cents in zip(outlay.shares["order"], in_cents(total, shares), strict=True):
        if cents:
            yield (order, *parties, Decimal(int(cents)).scaleb(-2))


def in_cents(total: int, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """A total in whole cents in proportion to shares, the largest remainders rounded up.

    >>> in_cents(100, np.array([1.0, 1.0, 1.0])).tolist()
    [34, 33, 33]
    """
    exact = total * (shares / shares.sum())
    cents: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    first = np.argsort(cents - exact, kind="stable")
    cents[first[: total - int(cents.sum())]] += 1
    return cents
