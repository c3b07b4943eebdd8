"""Limits of a planned week apart from supply, as rows over options.

- *chair*: chair minutes of a slot; *staff*: minutes of a role at a site and day, who finished
  training by then included. Both are longer at a site that is new to a product
  (:mod:`doseline.plan.learning`).
- *bed* (:mod:`doseline.plan.beds`), *possession* (:mod:`doseline.plan.possession`), *waste*
  (:mod:`doseline.plan.waste`), *fleet* (:mod:`doseline.plan.fleet`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.treatment import Staff
from doseline.plan.beds import BED, bed_limits
from doseline.plan.fleet import FLEET, fleet_limits, trips
from doseline.plan.learning import time_factors
from doseline.plan.possession import possession_limits
from doseline.plan.waste import WASTE, waste_limits
from doseline.routes.workdays import with_weekday

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

CHAIR, STAFF, POSSESSION = "chair", "staff", "possession"
LINK_OF_LIMIT = {
    FLEET: "transport",
    POSSESSION: "licence_or_possession",
    WASTE: "licence_or_possession",
    CHAIR: "no_suite",
    STAFF: "no_suite",
    BED: "no_suite",
}
"""Link of the ledger that each kind of limit belongs to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits, and how much of each one dose of an option uses."""

    rows: pl.DataFrame
    """limit, kind, key, site (row number; null: of a carrier), most [min, beds, GBq, L or h].

    The key says where and when: slot of a chair; site, role and day of staff; suite and day, or
    site and "week", of beds; site, nuclide and instant of possession; site, kind and "held" or
    "steady" of waste; carrier and day of a fleet. Waste, and the bed-nights of a "week", count
    all doses of the planned week together."""
    uses: pl.DataFrame
    """option, limit, use [as most]: of one dose."""


def limits_of(
    network: Network,
    options: Options,
    usable: pl.DataFrame,
    demand: pl.DataFrame,
    *,
    nuclides: NuclideTable,
) -> Limits:
    """All limits that the usable options touch.

    Args:
        network: The network.
        options: Whose slots, itineraries and nights are meant, and the planned week.
        usable: Options that can be used, with ``option``, ``site``, ``product``, ``slot``,
            ``itinerary`` and the columns of instants and activities of ``OPTION_SCHEMA``.
        demand: site, product, count: orders that might be placed there. Only possession limits
            that they could reach are stated.
        nuclides: Half-lives.
    """
    placed = _placed(network, options, usable)
    parts = [_chairs(placed), _staff(network, placed)]
    if any(options.nights):
        parts.append(bed_limits(network, options, placed))
    if not network.frame("waste_stores").is_empty():
        parts.append(waste_limits(network, placed, week=options.week))
    parts.append(fleet_limits(usable, trips(network, options)))
    parts.append(possession_limits(network, usable, demand, week=options.week, nuclides=nuclides))
    uses = pl.concat([part for part in parts if part.height] or parts[:1])
    key = ("kind", "key")
    rows = uses.select("kind", "key", "site", "most").unique(key).sort("site", *key)
    rows = rows.with_row_index("limit").with_columns(pl.col("limit").cast(pl.Int64))
    joined = uses.join(rows.select("limit", *key), on=key).filter(pl.col("use") > 0.0)
    return Limits(rows=rows, uses=joined.select("option", "limit", "use").sort("limit", "option"))


def _placed(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """Usable options with the slot, suite and day in which each is infused, and how it takes."""
    products = network.frame("products").with_row_index("number")
    slots = options.slots.select("slot", "suite", "day", minutes="chair_min")
    placed = (
        usable.select("option", "site", "product", "slot")
        .join(slots, on="slot", maintain_order="left")
        .join(
            products.select("chair_min", product=pl.col("number").cast(pl.Int32)),
            on="product",
            maintain_order="left",
        )
    )
    factors = time_factors(network)
    if factors.is_empty():
        return placed.with_columns(factor=pl.lit(1.0))
    return placed.join(
        factors, on=["site", "product"], how="left", maintain_order="left"
    ).with_columns(pl.col("factor").fill_null(1.0))


def _part(
    frame: pl.DataFrame, kind: str, key: pl.Expr, most: pl.Expr, use: pl.Expr
) -> pl.DataFrame:
    """Limits of one kind beside the options that use them."""
    return frame.select(
        "option",
        "site",
        kind=pl.lit(kind),
        key=key.cast(pl.String),
        most=most.cast(pl.Float64),
        use=use.cast(pl.Float64),
    )


def _chairs(placed: pl.DataFrame) -> pl.DataFrame:
    """Chair minutes of each slot of a suite; bookings are taken off where slots are made."""
    use = pl.col("chair_min") * pl.col("factor")
    return _part(placed, CHAIR, pl.col("slot"), pl.col("minutes"), use)


def _staff(network: Network, placed: pl.DataFrame) -> pl.DataFrame:
    """Minutes of each role at a site on a day; a role that a site lacks has none.

    On a make-up workday those work who work on the weekday that it runs as.
    """
    tasks = (
        network.frame("tasks")
        .join(_numbered(network, "products", "product"), on="product")
        .filter(pl.col("minutes") > 0)
        .select("number", "role", need="minutes")
    )
    staff = pl.DataFrame(
        [
            (row.site, row.role, day + 1, float(row.count), row.hours_per_day)
            for row in network.rows(Staff)
            for day in weekday_numbers(row.weekdays)
        ],
        schema={
            "site": pl.String,
            "role": pl.String,
            "weekday": pl.Int8,
            "count": pl.Float64,
            "hours": pl.Float64,
        },
        orient="row",
    )
    staff = staff.join(_numbered(network, "sites", "site"), on="site").drop("site")
    need = with_weekday(network, placed.join(tasks, left_on="product", right_on="number"))
    both = need.join(
        staff,
        left_on=["site", "role", "weekday"],
        right_on=["number", "role", "weekday"],
        how="left",
    ).with_columns(pl.col("count", "hours").fill_null(0.0))
    both = _with_trained(network, both)
    key = pl.format("{}|{}|{}", "site", "role", "day")
    have = pl.col("count") * pl.col("hours") * 60.0
    return _part(both, STAFF, key, have, pl.col("need") * pl.col("factor"))


def _with_trained(network: Network, need: pl.DataFrame) -> pl.DataFrame:
    """The same with those added to ``count`` who have finished their training by ``day``."""
    training = network.frame("training")
    if training.is_empty():
        return need
    trained = training.join(_numbered(network, "sites", "site"), on="site").select(
        "role", "ready", more=pl.col("count").cast(pl.Float64), site="number"
    )
    when = ("site", "role", "day")
    more = (
        need.select(when)
        .unique()
        .join(trained, on=["site", "role"])
        .filter(pl.col("ready") <= pl.col("day"))
        .group_by(when)
        .agg(pl.col("more").sum())
    )
    return need.join(more, on=when, how="left").with_columns(
        pl.col("count") + pl.col("more").fill_null(0.0)
    )


def _numbered(network: Network, table: str, column: str) -> pl.DataFrame:
    """Names of a table's rows with their row numbers."""
    frame = network.frame(table).with_row_index("number")
    return frame.select(pl.col("number").cast(pl.Int32), column)
