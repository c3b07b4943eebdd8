"""Acceptance over all days together, and what one unit more of each resource would add to it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.treatment import ROLES, Staff
from doseline.plan.limits.beds import BED
from doseline.plan.limits.rows import CHAIR
from doseline.routes.clock import MS_PER_MINUTE
from doseline.study.headroom_count import most
from doseline.study.headroom_daily import RELEASE
from doseline.study.headroom_names import SITE_RESOURCES, STOPS
from doseline.study.headroom_room import MANY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.model.supply import Product
    from doseline.study.headroom_daily import Desk
    from doseline.study.headroom_room import Floats, Left

MORE_GBQ = 100.0
"""Isotope that one unit more adds to each delivery, as in the values of a run. [GBq]"""

PLAN_SCHEMA = {"day": pl.Date, "product": pl.String, "accepted": pl.Int64, "total": pl.Int64}
"""accepted: doses of the day; total: of the product up to and with that day."""
STOP_SCHEMA = {"stops": pl.String, "days": pl.Int64, "alone": pl.Int64, "more": pl.Int64}
"""stops: one resource, or several that stop the same days together, separated by spaces; days:
rows of ``days`` that it stops; alone: those that nothing else stops; more: doses that the
cumulative plan gains by one unit more of each, null where one has no unit."""


def plan_frame(
    desk: Desk, left: Left, *, days: Sequence[date], products: Sequence[Product]
) -> pl.DataFrame:
    """Columns of ``PLAN_SCHEMA``: each day accepts what the days before have left.

    On a day the products come in the order of their table.
    """
    left = left.copy()
    total = dict.fromkeys((product.product for product in products), 0)
    rows = []
    for day in days:
        for product in products:
            real = desk.real(product, day)
            count, taken = most(desk.room, left, real, desk.every, at_most=MANY)
            for at in np.flatnonzero(taken).tolist():
                left.take(desk.room, int(real[at]), int(taken[at]))
            total[product.product] += count
            rows.append((day, product.product, count, total[product.product]))
    return pl.DataFrame(rows, schema=PLAN_SCHEMA, orient="row")


def stop_frame(
    desk: Desk,
    left: Left,
    found: pl.DataFrame,
    plan: pl.DataFrame,
    *,
    days: Sequence[date],
    products: Sequence[Product],
) -> pl.DataFrame:
    """Columns of ``STOP_SCHEMA``, what stops most days first; sets of several after single ones.

    Args:
        desk: What was counted.
        left: What was left before anything was accepted.
        found: The days.
        plan: Acceptance over all days together.
        days: The window.
        products: The products asked for.
    """

    def accepted(of: Left) -> int:
        return sum(plan_frame(desk, of, days=days, products=products)["accepted"].to_list())

    ties = Counter(found["ties"])
    base, rows = plan["accepted"].sum(), []
    singles = [one for one in STOPS if any(one in row.split(" ") for row in ties)]
    for stops in (*singles, *(row for row in ties if " " in row)):
        more = _relaxed(desk, left, stops.split(" "))
        count = sum(
            ties[row]
            for row in ties
            if row == stops or (stops in singles and stops in row.split(" "))
        )
        gained = None if more is None else accepted(more) - base
        rows.append((stops, count, ties[stops], gained))
    rows.sort(key=lambda row: (-row[1], row[0].count(" "), STOPS.index(row[0].split(" ")[0])))
    return pl.DataFrame(rows, schema=STOP_SCHEMA, orient="row")


def _relaxed(desk: Desk, left: Left, stops: Sequence[str]) -> Left | None:
    """What is left with one unit more of each of some resources; None if one has no unit."""
    more = left.copy()
    for stop in stops:
        if stop in SITE_RESOURCES:
            more.limits += _one_more(desk, stop)
        elif stop == "batch":
            more.doses += 1.0
            more.activity_gbq += desk.room.activity_gbq.max(initial=0.0)
        elif stop == "isotope":
            more.more_gbq += MORE_GBQ
        else:
            return None
    return more


def _one_more(desk: Desk, resource: str) -> Floats:
    """What one unit adds to each limit: a chair, a person, a bed, room for a dose."""
    room = desk.room
    mine = desk.limits(BED if resource == RELEASE else resource)
    more, lengths_min, staff_min = np.zeros(mine.size), _slot_min(desk), _staff_min(desk, resource)
    for option in range(room.run.size):
        limit, use = room.uses_of(option)
        limit, use = limit[mine[limit]], use[mine[limit]]
        if resource == CHAIR:
            use = np.full(limit.size, lengths_min[room.slot[option]])
        elif resource in ROLES:
            weekday = int(room.day[option] - 1) % 7
            use = np.full(limit.size, staff_min.get(weekday, 0.0))
        more[limit] = np.maximum(more[limit], use)
    return more


def _slot_min(desk: Desk) -> Floats:
    """Length of each slot. [min]"""
    slots = desk.options.slots
    lengths: Floats = ((slots["end_ms"] - slots["start_ms"]) / MS_PER_MINUTE).to_numpy()
    return lengths


def _staff_min(desk: Desk, role: str) -> dict[int, float]:
    """Minutes that one person more of a role would give, by weekday."""
    return {
        weekday: row.hours_per_day * 60.0
        for row in desk.network.rows(Staff)
        if row.role == role
        for weekday in weekday_numbers(row.weekdays)
    }
