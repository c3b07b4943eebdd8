"""What a licence lets a site operate with on a day and administer in a year, by nuclide.

- *daily_use*: activity at administration on a date, times the factor of the nuclide, is no more
  than the daily operating quantity of the licence. The factor weighs toxicity and the way of
  operation as a rulebook says (``Options.use_factors``); 1 where it says nothing.
- *annual_use*: what was used in the year before the planned week, and the activity at
  administration of all its doses, is no more than the licence's annual use. No factor counts here.
  A dose that is infused after the week, even after the turn of the year, counts with it.

Of several licences of a site for a nuclide that state a limit the smallest counts, as it does for
possession.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.limits.staffing import numbered

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options

DAILY_USE, ANNUAL_USE = "daily_use", "annual_use"
"""Kinds of the limits."""


def use_limits(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """Limits on the activity that a site uses on a day and in a year, with their uses.

    Args:
        network: Licences and products.
        options: Slots, factors and week.
        usable: option, site, product, slot, activity_infuse_bq of the options that can be used.

    Returns:
        option, site, kind, key, most [GBq], use [GBq].
    """
    licences = _treating(network)
    given = (
        usable.select("option", "site", "product", "slot", gbq=pl.col("activity_infuse_bq") / 1e9)
        .join(options.slots.select("slot", "day"), on="slot")
        .join(_products(network, options), on="product")
    )
    return pl.concat([_daily(given, licences), _annual(given, licences, options.week)])


def _daily(given: pl.DataFrame, licences: pl.DataFrame) -> pl.DataFrame:
    """Weighted activity of each site and nuclide on a date, by the licences of that date."""
    held = (
        given.join(licences.drop_nulls("daily_gbq"), on=["site", "nuclide"])
        .filter(pl.col("day").is_between("valid_from", "valid_until"))
        .group_by("option", "site", "nuclide", "day", "gbq", "factor", maintain_order=True)
        .agg(most=pl.col("daily_gbq").min())
    )
    return held.select(
        "option",
        "site",
        kind=pl.lit(DAILY_USE),
        key=pl.format("{}|{}|{}", "site", "nuclide", "day"),
        most="most",
        use=pl.col("gbq") * pl.col("factor"),
    )


def _annual(given: pl.DataFrame, licences: pl.DataFrame, week: date) -> pl.DataFrame:
    """Activity of each site and nuclide, by the licences of the planned week."""
    left = (
        licences.drop_nulls("annual_gbq")
        .filter(pl.col("valid_from") <= week + timedelta(days=6), pl.col("valid_until") >= week)
        .group_by("site", "nuclide")
        .agg(left=(pl.col("annual_gbq") - pl.col("annual_used_gbq")).min().clip(0.0))
    )
    return given.join(left, on=["site", "nuclide"]).select(
        "option",
        "site",
        kind=pl.lit(ANNUAL_USE),
        key=pl.format("{}|{}|year", "site", "nuclide"),
        most="left",
        use="gbq",
    )


def _treating(network: Network) -> pl.DataFrame:
    """Licences to treat: site (row number), nuclide, dates and limits."""
    return (
        network.frame("licences")
        .filter(operation="treat")
        .join(numbered(network, "sites", "site"), left_on="holder", right_on="site")
        .select(
            "nuclide",
            "valid_from",
            "valid_until",
            "daily_gbq",
            "annual_gbq",
            "annual_used_gbq",
            site="number",
        )
    )


def _products(network: Network, options: Options) -> pl.DataFrame:
    """Product (row number), nuclide, factor."""
    products = network.frame("products").select("nuclide").with_row_index("product")
    factors = options.use_factors or (1.0,) * products.height
    return products.with_columns(
        pl.col("product").cast(pl.Int32), factor=pl.Series(factors, dtype=pl.Float64)
    )
