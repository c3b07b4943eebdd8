"""Hours at which staff work, and what of an infusion slot lies within them.

A role whose hours start when they end works all day, as does one without hours. Hours belong to
the date of the slot at the site; those that end before they start end on the next date. Who is not
at work on the weekday that applies has no minutes that day, which the plan's daily limit says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.treatment import Site, Staff
from doseline.routes.clock import MINUTES_PER_DAY, MS_PER_MINUTE, clock_minutes, utc_ms
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.network import Network
    from doseline.routes.timetable import Bools

OVERLAP_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "slot": pl.Int32,
    "site": pl.Int32,  # row number in sites
    "role": pl.String,
    "from_ms": pl.Int64,
    "until_ms": pl.Int64,  # at or before from_ms: they are not there at all
}


def overlaps(network: Network, slots: pl.DataFrame) -> pl.DataFrame:
    """When each role with hours works within each slot, in columns of ``OVERLAP_SCHEMA``.

    Args:
        network: Staff, sites and calendars.
        slots: Columns of ``SLOT_SCHEMA``.
    """
    some = network.frame("staff").filter(pl.col("start").ne_missing(pl.col("end")))
    bounded: dict[str, list[Staff]] = {}
    for row in network.replace(staff=some).rows(Staff):
        bounded.setdefault(row.site, []).append(row)
    if not bounded:
        return pl.DataFrame(schema=OVERLAP_SCHEMA)
    return pl.DataFrame(
        list(_overlaps(network, slots, bounded)), schema=OVERLAP_SCHEMA, orient="row"
    )


def _overlaps(
    network: Network, slots: pl.DataFrame, bounded: dict[str, list[Staff]]
) -> Iterator[tuple[int, int, str, int, int]]:
    sites, calendars = network.rows(Site), workdays(network)
    wanted = slots.select("slot", "site", "day", "start_ms", "end_ms")
    for slot, number, day, start_ms, end_ms in wanted.iter_rows():
        site = sites[number]
        weekday = calendars.weekday(site.calendar, day)
        for row in bounded.get(site.site, ()):
            if weekday not in weekday_numbers(row.weekdays):
                continue
            begin, end = clock_minutes(row.start), clock_minutes(row.end)
            end += MINUTES_PER_DAY if end < begin else 0
            from_ms = max(start_ms, utc_ms(site.zone, day, begin))
            yield slot, number, row.role, from_ms, min(end_ms, utc_ms(site.zone, day, end))


def without_common_hours(network: Network, slots: pl.DataFrame) -> Bools:
    """Whether the roles that a product needs are too briefly together in a slot: product x slot.

    They must be there together, within the slot, at least as long as the longest task of the
    product in routine. A role without minutes in ``tasks`` is not needed.

    Args:
        network: Tasks, staff, sites and calendars.
        slots: Columns of ``SLOT_SCHEMA``.
    """
    products = network.frame("products").select("product").with_row_index("number")
    found = np.zeros((products.height, slots.height), dtype=np.bool_)
    there = overlaps(network, slots)
    if there.is_empty():
        return found
    needed = network.frame("tasks").filter(pl.col("minutes") > 0)
    longest = needed.group_by("product").agg(longest=pl.col("minutes").max())
    common = (
        needed.select("product", "role")
        .join(there, on="role")
        .group_by("product", "slot")
        .agg(pl.col("from_ms").max(), pl.col("until_ms").min())
        .join(longest, on="product")
        .filter(pl.col("until_ms") - pl.col("from_ms") < pl.col("longest") * MS_PER_MINUTE)
        .join(products, on="product")
    )
    found[common["number"].to_numpy(), common["slot"].to_numpy()] = True
    return found
