"""Chair minutes on the days to which later cycles move.

A limit is stated for each suite and day that a later cycle of an ordered patient could take, and
for each day of this week's slots on which others hold a reservation. It is shared by the cycles
that come to lie there and by this week's infusions in that suite on that day. Booked minutes, and
reservations of patients without an order this week, are taken off first.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.opening import Booking, Reservation
from doseline.model.supply import Product
from doseline.model.treatment import Suite
from doseline.plan.limits.rows import CHAIR
from doseline.plan.orders.chains import leaders
from doseline.routes.slots import open_minutes

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.limits.rows import Limits
    from doseline.plan.orders.terms import Terms

RESERVED = "reserved"
"""Kind of the limit."""
_LATER = {
    "profile": pl.Int64,
    "day": pl.Date,
    "suite": pl.String,
    "on": pl.Date,
    "use": pl.Float64,
}
_USE = ("profile", "option", "site", "suite", "on", "use")


def reserved_limits(
    network: Network,
    options: Options,
    *,
    orders: pl.DataFrame,
    groups: pl.DataFrame,
    of_profile: dict[int, Terms],
    usable: pl.DataFrame,
    limits: Limits,
) -> pl.DataFrame:
    """Limits of chair minutes where later cycles come to lie, with the columns that use them.

    Args:
        network: Suites, bookings, reservations.
        options: Their slots.
        orders: Whose reservations move with them.
        groups: With ``profile``, ``site``, ``product``, ``count``.
        of_profile: Terms of the profiles that have any.
        usable: option, site, product, slot of the options that can be used.
        limits: What one dose of an option takes of its chair.

    Returns:
        profile, option, kind, key, site (null if sites share it), most [min], use.
    """
    minutes = _minutes(network)
    fixed = _fixed(network, orders, minutes)
    later = _later(network, groups, of_profile, minutes)
    placed = _placed(network, options, usable)
    keys = pl.concat(
        [
            later.select("suite", "on"),
            pl.DataFrame(
                list(fixed), schema={"suite": pl.String, "on": pl.Date}, orient="row"
            ).join(placed.select("suite", on="day"), on=["suite", "on"], how="semi"),
        ]
    ).unique()
    uses = pl.concat([_moved(groups, later, placed), _infused(groups, keys, placed, limits)])
    free = _free(network, keys, fixed)
    binding = _binding(uses, groups, free)
    several = pl.col("site").n_unique().over("suite", "on") > 1
    return (
        uses.join(binding, on=["suite", "on"])
        .group_by("profile", "option", "site", "suite", "on", "most", maintain_order=True)
        .agg(pl.col("use").sum())
        .select(
            "profile",
            "option",
            kind=pl.lit(RESERVED),
            key=pl.format("{}|{}", "suite", "on"),
            site=pl.when(~several).then("site"),
            most="most",
            use="use",
        )
    )


def _minutes(network: Network) -> dict[tuple[str, str], float]:
    """Chair minutes of one cycle by product and suite, turnover included; past learning. [min]"""
    return {
        (product.product, suite.suite): float(product.chair_min + suite.turnover_min)
        for product in network.rows(Product)
        for suite in network.rows(Suite)
    }


def _fixed(
    network: Network, orders: pl.DataFrame, minutes: dict[tuple[str, str], float]
) -> dict[tuple[str, date], float]:
    """Minutes that patients without an order hold, by suite and day. [min]"""
    moving = leaders(orders)
    found: dict[tuple[str, date], float] = defaultdict(float)
    for row in network.rows(Reservation):
        if (row.patient, row.product) not in moving:
            found[row.suite, row.day] += minutes[row.product, row.suite]
    return found


def _later(
    network: Network,
    groups: pl.DataFrame,
    of_profile: dict[int, Terms],
    minutes: dict[tuple[str, str], float],
) -> pl.DataFrame:
    """profile, day of infusion, suite, on (day of a later cycle), use [min]."""
    products = network.frame("products")["product"].to_list()
    product_of = dict(groups.select("profile", "product").iter_rows())
    rows = [
        (profile, day, one.suite, one.day, minutes[products[product_of[profile]], one.suite])
        for profile, terms in of_profile.items()
        for day, chain in terms.later
        for one in chain
    ]
    return pl.DataFrame(rows, schema=_LATER, orient="row")


def _placed(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """option, site, product, suite (name), day of the options that can be used."""
    names = dict(enumerate(network.frame("suites")["suite"]))
    slots = options.slots.select("slot", "suite", "day")
    return (
        usable.select("option", "site", "product", "slot")
        .join(slots, on="slot")
        .with_columns(pl.col("suite").replace_strict(names, return_dtype=pl.String))
    )


def _moved(groups: pl.DataFrame, later: pl.DataFrame, placed: pl.DataFrame) -> pl.DataFrame:
    """What later cycles take if an order is served by an option."""
    whose = groups.select("profile", "site", "product").unique()
    return (
        later.join(whose, on="profile")
        .join(placed.drop("suite"), on=["site", "product", "day"])
        .select(_USE)
    )


def _infused(
    groups: pl.DataFrame, keys: pl.DataFrame, placed: pl.DataFrame, limits: Limits
) -> pl.DataFrame:
    """What this week's infusions take on days on which later cycles lie."""
    chairs = limits.rows.filter(pl.col("kind") == CHAIR).select("limit")
    taken = limits.uses.join(chairs, on="limit", how="semi").select("option", "use")
    whose = groups.select("profile", "site", "product").unique()
    return (
        placed.rename({"day": "on"})
        .join(keys, on=["suite", "on"], how="semi")
        .join(taken, on="option")
        .join(whose, on=["site", "product"])
        .select(_USE)
    )


def _free(
    network: Network, keys: pl.DataFrame, fixed: dict[tuple[str, date], float]
) -> pl.DataFrame:
    """suite, on, most: chair minutes that are not booked or held by others. [min]"""
    suites = network.by_key(Suite)
    booked = {(row.suite, row.day): row.minutes for row in network.rows(Booking)}
    rows = []
    for suite, day in keys.sort("suite", "on").iter_rows():
        minutes = suites[suite].chairs * open_minutes(suites[suite])
        free = minutes - booked.get((suite, day), 0) - fixed.get((suite, day), 0.0)
        rows.append((suite, day, max(0.0, float(free))))
    schema = {"suite": pl.String, "on": pl.Date, "most": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _binding(uses: pl.DataFrame, groups: pl.DataFrame, free: pl.DataFrame) -> pl.DataFrame:
    """The limits that all orders together could pass, each on its largest use."""
    orders = groups.group_by("profile").agg(pl.col("count").sum())
    largest = uses.group_by("profile", "suite", "on").agg(pl.col("use").max())
    in_all = (
        largest.join(orders, on="profile")
        .group_by("suite", "on")
        .agg(at_most=(pl.col("use") * pl.col("count")).sum())
    )
    return (
        free.join(in_all, on=["suite", "on"])
        .filter(pl.col("at_most") > pl.col("most"))
        .drop("at_most")
    )
