"""Columns that the best plan never needs, removed with proof.

Only columns of one group and one run are compared, so the batch's vials and its fixed cost play no
part. Column *d* dominates *o* if it costs no more, ``extra`` included, and needs no more activity (ties: the lower
number). Three facts, each of which keeps an optimal integer plan:

1. *Same slot*: both use the same chair and staff minutes and the same activity of a day and year,
   so each dose on *o* can change to *d* where it stands.
2. *Enough dominators*: the other orders of the site number ``others``. If more than that many
   orders would be needed to fill every column that dominates *o*, then in any plan one of them has
   room, and a dose on *o* can move there. Each order is infused on one day, so the days' numbers
   add up; within a day, either some limit of the whole day is full, or the slots' chairs, or their
   staff's hours, are full one by one, which again add up. The dose that staff get is the same on
   every column of a group, so it stands in no dose's way.
3. Every move goes down a strict order, so it ends, in an optimal plan without removed columns.

Columns that touch a possession, fleet or conveyance limit are left alone: an earlier infusion may
come with another arrival or another vehicle. Fact 1 alone is used where beds, waste or the activity
of a year could bind: one slot takes the same of each, but other days take more or less. Facts 1-3
are about integer plans; the relaxation may rise, and its bound holds for the whole problem because
both have the same optimum.

Of the limits that depend on whose dose it is, a quota is used as much by every column of a group,
so it stands in no move's way. Columns that touch a day reserved for later cycles are compared by
fact 1 alone: one slot means one day of infusion, and so the same days for the cycles after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.limits.activity_use import ANNUAL_USE
from doseline.plan.limits.beds import BED
from doseline.plan.limits.conveyances import CONVEYANCE
from doseline.plan.limits.fleet import FLEET
from doseline.plan.limits.reserved import RESERVED
from doseline.plan.limits.rows import CHAIR, POSSESSION
from doseline.plan.limits.staffing import STAFF_DOSE, STAFF_HOURS
from doseline.plan.limits.waste import WASTE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from doseline.plan.problem import Problem

_NEVER = 1 << 40
"""Orders needed to fill what has no limit."""
_BY_WAY = (POSSESSION, FLEET, CONVEYANCE)
"""Limits of which two ways to one slot use different amounts."""
_ACROSS_DAYS = (BED, WASTE, ANNUAL_USE)
"""Limits of which a dose uses more than those of its own day."""
_OF_SLOT = (CHAIR, STAFF_HOURS)
"""Limits of one slot."""
_ANYWAY = (STAFF_DOSE,)
"""Limits of which all columns of a group use as much."""


def kept_columns(problem: Problem) -> NDArray[np.int64]:
    """Numbers of the columns that are kept, ascending."""
    blocked = _blocked(problem)
    tight = blocked.filter(pl.col("tight"))
    free = blocked.filter(~pl.col("tight"))
    cheapest = free.sort("cost", "column").unique(
        ["group", "run", "slot"], keep="first", maintain_order=True
    )
    comparable = cheapest.filter(~pl.col("across"))
    kept = cheapest.join(_outnumbered(comparable), on="column", how="anti")
    return pl.concat([kept["column"], tight["column"]]).sort().to_numpy()


def _blocked(problem: Problem) -> pl.DataFrame:
    """Each column that one dose fits, with the orders that would fill its slot and its day."""
    site = problem.groups.select("group", "site", "count")
    orders = problem.columns.select("group").unique().join(site, on="group")
    others = orders.group_by("site").agg(others=pl.col("count").sum() - 1)
    limits = problem.limits.rows.select("limit", "kind", "most")
    uses = problem.limits.uses.join(limits, on="limit")
    uses = _without_idle(problem, uses)
    uses = uses.with_columns(largest=pl.col("use").max().over("limit"))
    room = (pl.col("most") - pl.col("use")) / pl.col("largest")
    fills = pl.when(room < 0).then(0).otherwise((room + 1e-9).floor() + 1).cast(pl.Int64)
    slot = pl.col("kind").is_in(_OF_SLOT)
    whole = pl.col("kind").is_in((*_OF_SLOT, *_ANYWAY, *_BY_WAY, *_ACROSS_DAYS)).not_()
    per_option = (
        uses.with_columns(fills=fills)
        .group_by("option")
        .agg(
            slot_fills=pl.col("fills").filter(slot).min(),
            day_fills=pl.col("fills").filter(whole).min(),
            fits=pl.col("fills").min() > 0,
            tight=pl.col("kind").is_in(_BY_WAY).any(),
            across=pl.col("kind").is_in(_ACROSS_DAYS).any(),
        )
    )
    return (
        problem.columns.with_columns(cost=pl.col("cost") + pl.col("extra"))
        .join(per_option, on="option", how="left")
        .filter(pl.col("fits").fill_null(True))
        .with_columns(
            pl.col("slot_fills", "day_fills").fill_null(_NEVER),
            pl.col("tight").fill_null(False),
            across=pl.col("across").fill_null(False) | pl.col("column").is_in(_reserving(problem)),
        )
        .join(site.drop("count"), on="group")
        .join(others, on="site")
    )


def _reserving(problem: Problem) -> list[int]:
    """Columns that take chair minutes of days on which later cycles lie."""
    reserved = problem.column_limits.filter(pl.col("kind") == RESERVED).select("limit")
    if reserved.is_empty():
        return []
    own = problem.own_uses(problem.columns).join(reserved, on="limit", how="semi")
    return own["column"].unique().to_list()


def _without_idle(problem: Problem, uses: pl.DataFrame) -> pl.DataFrame:
    """The uses less those of beds, waste, vehicles and years that all orders together cannot fill."""
    new = pl.col("kind").is_in((BED, WASTE, FLEET, CONVEYANCE, ANNUAL_USE))
    asked = uses.filter(new)
    if asked.is_empty():
        return uses
    orders = problem.groups.group_by("site", "product").agg(pl.col("count").sum())
    largest = (
        asked.join(problem.usable.select("option", "site", "product"), on="option")
        .group_by("limit", "most", "site", "product")
        .agg(pl.col("use").max())
        .join(orders, on=["site", "product"])
    )
    in_all = largest.group_by("limit", "most").agg(at_most=(pl.col("use") * pl.col("count")).sum())
    idle = in_all.filter(pl.col("at_most") <= pl.col("most"))
    return uses.join(idle, on="limit", how="anti")


def _outnumbered(columns: pl.DataFrame) -> pl.DataFrame:
    """Columns whose dominators the other orders of the site cannot all fill."""
    mine = columns.select("column", "group", "run", "cost", "activity_gbq", "others")
    theirs = columns.select(
        "group",
        "run",
        "day",
        "slot",
        "cost",
        "activity_gbq",
        "slot_fills",
        "day_fills",
        by="column",
    )
    no_worse = (pl.col("cost_right") <= pl.col("cost")) & (
        pl.col("activity_gbq_right") <= pl.col("activity_gbq")
    )
    better = (pl.col("cost_right") < pl.col("cost")) | (
        pl.col("activity_gbq_right") < pl.col("activity_gbq")
    )
    dominators = mine.join(theirs, on=["group", "run"]).filter(
        no_worse & (better | (pl.col("by") < pl.col("column")))
    )
    by_day = dominators.group_by("column", "day", "others").agg(
        needed=pl.min_horizontal(pl.col("slot_fills").sum(), pl.col("day_fills").min())
    )
    needed = by_day.group_by("column", "others").agg(pl.col("needed").sum())
    return needed.filter(pl.col("needed") > pl.col("others")).select("column")
