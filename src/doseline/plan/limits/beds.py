"""Beds for patients who may not leave yet.

A dose of a product with nights, infused on a day, takes one bed of its suite on that day and on the
days after it, as many days as it has nights; on the day of discharge the bed is free again. The
chair is taken as well. Beds that patients of earlier weeks still take are not known, so a site's
doses of a planned week also take no more bed-nights than its beds have in seven days: the week can
be repeated every week.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options

BED = "bed"
"""Kind of the limit."""
NIGHTS_A_WEEK = 7


def bed_limits(network: Network, options: Options, placed: pl.DataFrame) -> pl.DataFrame:
    """Limits on beds of each suite and day, and on bed-nights of each site, with their uses.

    Args:
        network: Suites.
        options: Nights of each product.
        placed: option, site, product, suite, day of the options that can be used.

    Returns:
        option, site, kind, key, most [beds or bed-nights], use.
    """
    nights = pl.col("product").replace_strict(
        dict(enumerate(options.nights)), default=0, return_dtype=pl.Int64
    )
    suites = network.frame("suites").drop("suite").with_row_index("suite")
    named = suites.select(pl.col("suite").cast(pl.Int32), pl.col("beds").cast(pl.Float64))
    staying = placed.with_columns(nights=nights).filter(pl.col("nights") > 0)
    daily = (
        staying.join(named, on="suite", maintain_order="left")
        .with_columns(since=pl.int_ranges(0, pl.col("nights")))
        .explode("since")
        .with_columns(night=pl.col("day") + pl.col("since") * pl.lit(timedelta(days=1)))
        .select(
            "option",
            "site",
            kind=pl.lit(BED),
            key=pl.format("{}|{}", "suite", "night"),
            most="beds",
            use=pl.lit(1.0),
        )
    )
    weekly = staying.join(nights_a_week(network), on="site", maintain_order="left").select(
        "option",
        "site",
        kind=pl.lit(BED),
        key=pl.format("{}|week", "site"),
        most="nights_a_week",
        use=pl.col("nights").cast(pl.Float64),
    )
    return pl.concat([daily, weekly])


def nights_a_week(network: Network) -> pl.DataFrame:
    """Bed-nights that the suites of each site have in seven days: site (row number), nights_a_week."""
    numbers = {name: number for number, name in enumerate(network.frame("sites")["site"])}
    beds = network.frame("suites").group_by("site", maintain_order=True).agg(pl.col("beds").sum())
    return beds.select(
        pl.col("site").replace_strict(numbers, return_dtype=pl.Int32),
        nights_a_week=pl.col("beds").cast(pl.Float64) * NIGHTS_A_WEEK,
    )
