"""Limits of sites in a planned week: chairs, staff and possession, as rows over options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.treatment import Staff
from doseline.plan.possession import possession_limits

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

CHAIR, STAFF, POSSESSION = "chair", "staff", "possession"
LINK_OF_LIMIT = {
    CHAIR: "no_suite",
    STAFF: "no_suite",
    POSSESSION: "licence_or_possession",
}
"""Link of the ledger that each kind of limit belongs to."""

LIMIT_SCHEMA = {"kind": pl.String, "key": pl.String, "site": pl.Int32, "most": pl.Float64}
USE_SCHEMA = {"option": pl.Int64, "limit": pl.Int64, "use": pl.Float64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits, and how much of each one dose of an option uses."""

    rows: pl.DataFrame
    """limit, kind, key, site (row number), most [min or GBq]."""
    uses: pl.DataFrame
    """option, limit, use [min or GBq]."""


def limits_of(
    network: Network,
    options: Options,
    usable: pl.DataFrame,
    demand: pl.DataFrame,
    *,
    nuclides: NuclideTable,
) -> Limits:
    """All limits of sites that the usable options touch.

    Args:
        network: The network.
        options: Whose slots are meant.
        usable: Options that can be used, with ``option``, ``site``, ``product``, ``slot`` and the
            columns of instants and activities of ``OPTION_SCHEMA``.
        demand: site, product, count: orders that might be placed there.
        nuclides: Half-lives.
    """
    placed = _placed(network, options, usable)
    parts = [_chairs(placed), _staff(network, placed)]
    parts.append(possession_limits(network, usable, demand, week=options.week, nuclides=nuclides))
    uses = pl.concat([part for part in parts if part.height] or parts[:1])
    key = ("kind", "key")
    rows = uses.select("kind", "key", "site", "most").unique(key).sort("site", *key)
    rows = rows.with_row_index("limit").with_columns(pl.col("limit").cast(pl.Int64))
    joined = uses.join(rows.select("limit", *key), on=key).filter(pl.col("use") > 0.0)
    return Limits(rows=rows, uses=joined.select("option", "limit", "use").sort("limit", "option"))


def _placed(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """Usable options with the slot, suite and day in which each is infused."""
    products = network.frame("products").with_row_index("number")
    slots = options.slots.select("slot", "suite", "day", minutes="chair_min")
    return (
        usable.select("option", "site", "product", "slot")
        .join(slots, on="slot", maintain_order="left")
        .join(
            products.select("chair_min", product=pl.col("number").cast(pl.Int32)),
            on="product",
            maintain_order="left",
        )
    )


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
    return _part(placed, CHAIR, pl.col("slot"), pl.col("minutes"), pl.col("chair_min"))


def _staff(network: Network, placed: pl.DataFrame) -> pl.DataFrame:
    """Minutes of each role at a site on a day; a role that a site lacks has none."""
    tasks = (
        network.frame("tasks")
        .join(_numbered(network, "products", "product"), on="product")
        .filter(pl.col("minutes") > 0)
        .select("number", "role", need="minutes")
    )
    staff = pl.DataFrame(
        [
            {"site": row.site, "role": row.role, "weekday": day + 1, "have": _minutes(row)}
            for row in network.rows(Staff)
            for day in weekday_numbers(row.weekdays)
        ],
        schema={"site": pl.String, "role": pl.String, "weekday": pl.Int8, "have": pl.Float64},
    )
    staff = staff.join(_numbered(network, "sites", "site"), on="site").drop("site")
    need = placed.join(tasks, left_on="product", right_on="number").with_columns(
        weekday=pl.col("day").dt.weekday()
    )
    both = need.join(
        staff,
        left_on=["site", "role", "weekday"],
        right_on=["number", "role", "weekday"],
        how="left",
    ).with_columns(pl.col("have").fill_null(0.0))
    key = pl.format("{}|{}|{}", "site", "role", "day")
    return _part(both, STAFF, key, pl.col("have"), pl.col("need"))


def _minutes(row: Staff) -> float:
    """Minutes that a role has on a day on which it works."""
    return row.count * row.hours_per_day * 60.0


def _numbered(network: Network, table: str, column: str) -> pl.DataFrame:
    """Names of a table's rows with their row numbers."""
    frame = network.frame(table).with_row_index("number")
    return frame.select(pl.col("number").cast(pl.Int32), column)
