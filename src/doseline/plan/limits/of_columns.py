"""Limits that depend on whose dose it is, not only on the option: quotas and reserved days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.limits.quotas import quota_limits
from doseline.plan.limits.reserved import reserved_limits

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.limits.rows import Limits
    from doseline.plan.orders.terms import Terms

LIMIT_SCHEMA = {
    "limit": pl.Int64,
    "kind": pl.String,
    "key": pl.String,
    "site": pl.Int32,
    "most": pl.Float64,
}
USE_SCHEMA = {"profile": pl.Int64, "option": pl.Int64, "limit": pl.Int64, "use": pl.Float64}


def column_limits_of(
    network: Network,
    options: Options,
    *,
    orders: pl.DataFrame,
    groups: pl.DataFrame,
    of_profile: dict[int, Terms],
    usable: pl.DataFrame,
    limits: Limits,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """All such limits, numbered on from those of options, and what one dose of a column takes.

    Args:
        network: Quotas, reservations, suites.
        options: Of the week.
        orders: The orders.
        groups: With ``profile``, ``site``, ``product``, ``kind``, ``count``.
        of_profile: Terms of the profiles that have any.
        usable: The options that can be used.
        limits: Those of the options.

    Returns:
        limit, kind, key, site, most; and profile, option, limit, use.
    """
    parts = []
    if not network.frame("quotas").is_empty():
        parts.append(quota_limits(network, groups, usable))
    if not network.frame("reservations").is_empty():
        parts.append(
            reserved_limits(
                network,
                options,
                orders=orders,
                groups=groups,
                of_profile=of_profile,
                usable=usable,
                limits=limits,
            )
        )
    if not parts:
        return pl.DataFrame(schema=LIMIT_SCHEMA), pl.DataFrame(schema=USE_SCHEMA)
    found, key = pl.concat(parts), ("kind", "key")
    rows = found.select("kind", "key", "site", "most").unique(key).sort("site", *key)
    rows = rows.with_row_index("limit", offset=limits.rows.height)
    rows = rows.select([pl.col(name).cast(kind) for name, kind in LIMIT_SCHEMA.items()])
    uses = found.join(rows.select("limit", *key), on=key).sort("limit", "profile", "option")
    return rows, uses.select([pl.col(name).cast(kind) for name, kind in USE_SCHEMA.items()])
