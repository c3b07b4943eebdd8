"""What orders bring with them apart from their window: days ruled out, promises, later cycles.

Orders with the same terms, product, site, kind and window are alike. Terms are worked out for every
day of the week's slots, so they do not depend on the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.supply import Product
from doseline.plan.orders.chains import INTERVAL_MISSED, Held, chains_of, keeps_interval, leaders
from doseline.plan.orders.cutoffs import TOO_LATE, cutoffs_of
from doseline.plan.orders.ladder import MAY_NOT_MOVE, promise_fee, promise_rung

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options

SELDOM_IN_TIME = "seldom_in_time"
OWN_REFUSALS = {
    INTERVAL_MISSED: "patient_scheduling",
    TOO_LATE: "ordering_rules",
    MAY_NOT_MOVE: "ordering_rules",
    SELDOM_IN_TIME: "transport",
}
"""Link of each reason for which an order itself rules out a day, in the order in which they are
checked; a day keeps the first that holds."""
_OPTIONAL = ("last_infusion", "ordered", "promised")
REFUSED_SCHEMA = {"profile": pl.Int64, "day": pl.Date, "reason": pl.String}


@dataclass(frozen=True, slots=True)
class Terms:
    """What one order brings with it."""

    refused: tuple[tuple[date, str], ...] = ()
    """Days that it rules out, each with the reason."""
    promised: date | None = None
    """Day promised, if leaving it costs a fee."""
    fee: float = 0.0
    """What infusing it on another day, or leaving it, costs. [currency]"""
    later: tuple[tuple[date, tuple[Held, ...]], ...] = ()
    """Days of infusion, each with the days on which its later cycles then are."""

    def text(self) -> str:
        """The same as a text, by which orders are told apart; empty without terms."""
        if self == Terms():
            return ""
        refused = " ".join(f"{day}:{reason}" for day, reason in self.refused)
        later = " ".join(
            f"{day}:" + ",".join(f"{one.suite}@{one.day}" for one in chain)
            for day, chain in self.later
        )
        return f"{refused}|{self.promised or ''}|{self.fee!r}|{later}"


def terms_of(network: Network, options: Options, orders: pl.DataFrame) -> list[Terms]:
    """The terms of each order, in their sequence.

    Args:
        network: Intervals, cut-offs, ladders, reservations.
        options: Their slots say which days count.
        orders: The orders; columns of terms may be missing.
    """
    reserved = not network.frame("reservations").is_empty()
    given = [name for name in _OPTIONAL if name in orders.columns]
    given = [name for name in given if orders[name].null_count() < orders.height]
    if options.slots.is_empty() or not (reserved or given):
        return [Terms()] * orders.height
    first, last = options.slots.select(first=pl.col("day").min(), last=pl.col("day").max()).row(0)
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    of_order = _asking(network, orders, days)
    blank = dict.fromkeys(_OPTIONAL)
    return [of_order({**blank, **row}) for row in orders.iter_rows(named=True)]


def _asking(
    network: Network, orders: pl.DataFrame, days: Sequence[date]
) -> Callable[[dict[str, Any]], Terms]:
    """What gives the terms of one order, with tables read once."""
    products, cutoffs, chains = network.by_key(Product), cutoffs_of(network), chains_of(network)
    zones = dict(network.frame("sites").select("site", "zone").iter_rows())
    leading = leaders(orders)

    def of_order(row: dict[str, Any]) -> Terms:
        product, promised = products.get(row["product"]), row["promised"]
        if product is None or row["site"] not in zones:
            return Terms()
        step = promise_rung(network, product.product, promised) if promised else None
        leads = leading[row["patient"], product.product] == row["order"]
        chain = chains.of(row["patient"], product.product) if leads else ()
        refused, later = [], []
        for day in days:
            moved = chains.moved(chain, product, day)
            last, ordered = row["last_infusion"], row["ordered"]
            if moved is None or (last is not None and not keeps_interval(product, last, day)):
                refused.append((day, INTERVAL_MISSED))
            elif ordered and cutoffs.missed(product, day, ordered, zones[row["site"]]):
                refused.append((day, TOO_LATE))
            elif step is not None and not step.may_move and day != promised:
                refused.append((day, MAY_NOT_MOVE))
            elif moved:
                later.append((day, moved))
        fee = float(promise_fee(product, step))
        return Terms(tuple(refused), promised if fee else None, fee, tuple(later))

    return of_order


def with_profiles(groups: pl.DataFrame, terms: Sequence[Terms]) -> pl.DataFrame:
    """Groups with ``promised``, ``fee`` and ``profile``.

    Args:
        groups: With ``site``, ``product``, ``kind`` and ``terms``, a text.
        terms: Those of all orders.
    """
    known = {one.text(): one for one in terms} | {"": Terms()}
    texts = groups["terms"].to_list()
    alike = ("site", "product", "kind", "terms")
    profiles = groups.select(alike).unique().sort(alike).with_row_index("profile")
    return groups.join(
        profiles.with_columns(pl.col("profile").cast(pl.Int64)),
        on=alike,
        how="left",
        maintain_order="left",
    ).with_columns(
        promised=pl.Series([known[text].promised for text in texts], dtype=pl.Date),
        fee=pl.Series([known[text].fee for text in texts], dtype=pl.Float64),
    )


def profile_terms(groups: pl.DataFrame, terms: Sequence[Terms]) -> dict[int, Terms]:
    """The terms of each profile that has any."""
    known = {one.text(): one for one in terms}
    rows = groups.filter(pl.col("terms") != "").select("profile", "terms").unique().sort("profile")
    return {profile: known[text] for profile, text in rows.iter_rows()}


def refused_days(of_profile: dict[int, Terms]) -> pl.DataFrame:
    """profile, day, reason: the days that orders rule out themselves."""
    rows = [
        (profile, day, reason)
        for profile, terms in of_profile.items()
        for day, reason in terms.refused
    ]
    return pl.DataFrame(rows, schema=REFUSED_SCHEMA, orient="row")


def allowed(found: pl.DataFrame, groups: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """Columns on days that the orders do not rule out, each with the fee of leaving a promised day.

    Args:
        found: With ``group``, ``day`` and ``cost`` [currency].
        groups: With ``profile``, ``promised``, ``fee``.
        refused: Of :func:`refused_days`.
    """
    if not refused.is_empty():
        profiles = groups.select("group", "profile")
        found = found.join(profiles, on="group", how="left", maintain_order="left")
        found = found.join(refused, on=["profile", "day"], how="anti", maintain_order="left")
    promised = groups.filter(pl.col("fee") > 0.0).select("group", "promised", "fee")
    if promised.is_empty():
        return found
    fee = pl.when(pl.col("day") != pl.col("promised")).then("fee").otherwise(0.0)
    return found.join(promised, on="group", how="left", maintain_order="left").with_columns(
        cost=pl.col("cost") + fee.fill_null(0.0)
    )
