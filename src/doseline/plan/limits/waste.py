"""Decay rooms and effluent tanks: what the doses of a week leave must fit, now and later.

A dose leaves so many litres of a kind of waste on the day of its infusion, and they are held for so
many days (table ``waste_streams``). Two limits for each store:

- *held*: what is there at the end of the week, the midnight seven days after its Monday: of the
  volume at the start what is not freed yet (it is freed evenly over the longest holding time of
  that kind of waste), and the litres of every planned dose that is not released by then.
- *steady*: what would be there if each week were like this one, litres x hold / 7 days (Little's
  law). So a week cannot take the room that the weeks after it need.

Volumes between are not looked at; nor is what the doses under way leave.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.treatment import WasteStore

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network

WASTE = "waste"
"""Kind of the limit."""
DAYS_A_WEEK = 7.0


def waste_limits(network: Network, placed: pl.DataFrame, *, week: date) -> pl.DataFrame:
    """Limits of each store of a site, with their uses.

    Args:
        network: Streams and stores.
        placed: option, site, product, day of the options that can be used.
        week: Monday of the planned week.

    Returns:
        option, site, kind, key, most [L], use [L].
    """
    filled = placed.join(_streams(network), on="product").join(
        _stores(network), on=["site", "waste"]
    )
    released = (pl.col("day") - pl.lit(week)).dt.total_days() + pl.col("hold_days")
    held = filled.filter(released > DAYS_A_WEEK).select(
        "option",
        "site",
        kind=pl.lit(WASTE),
        key=pl.format("{}|{}|held", "site", "waste"),
        most=(pl.col("capacity_l") - pl.col("left_l")).clip(0.0),
        use="litres",
    )
    steady = filled.select(
        "option",
        "site",
        kind=pl.lit(WASTE),
        key=pl.format("{}|{}|steady", "site", "waste"),
        most="capacity_l",
        use=steady_l(),
    )
    return pl.concat([held, steady])


def steady_l() -> pl.Expr:
    """Volume that one dose a week keeps filled, of columns ``litres`` and ``hold_days``. [L]"""
    return pl.col("litres") * pl.col("hold_days") / DAYS_A_WEEK


def steady_uses(network: Network) -> dict[str, dict[int, float]]:
    """Volume that one dose a week of each product (row number) keeps filled, by kind. [L]"""
    found: dict[str, dict[int, float]] = {}
    for kind, product, litres in (
        _streams(network).select("waste", "product", steady_l()).iter_rows()
    ):
        found.setdefault(kind, {})[product] = litres
    return found


def _streams(network: Network) -> pl.DataFrame:
    """What one dose leaves: product (row number), waste (its kind), litres, hold_days."""
    numbers = {name: number for number, name in enumerate(network.frame("products")["product"])}
    return network.frame("waste_streams").select(
        pl.col("product").replace_strict(numbers, return_dtype=pl.Int32),
        "litres",
        "hold_days",
        waste="kind",
    )


def _stores(network: Network) -> pl.DataFrame:
    """Stores: site (row number), waste, capacity_l, left_l (of the start, when the week ends)."""
    streams = network.frame("waste_streams")
    longest = dict(streams.group_by("kind").agg(pl.col("hold_days").max()).iter_rows())
    numbers = {name: number for number, name in enumerate(network.frame("sites")["site"])}
    rows = [
        (
            numbers[store.site],
            store.kind,
            store.capacity_l,
            store.held_l * _share_left(longest.get(store.kind, 0.0)),
        )
        for store in network.rows(WasteStore)
    ]
    schema = {
        "site": pl.Int32,
        "waste": pl.String,
        "capacity_l": pl.Float64,
        "left_l": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _share_left(hold_days: float) -> float:
    """Share of the opening volume that is still there after a week. [unitless]"""
    return max(0.0, 1.0 - DAYS_A_WEEK / hold_days) if hold_days > 0.0 else 0.0
