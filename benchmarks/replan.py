"""A national week planned again after its fullest batch failed, against planning it from nothing.

Run as ``python -m benchmarks.replan [orders]``. The batch fails at its release, when the first
batches of the week are made. The peer is a cold plan of the whole week at the gap of the planner,
in the same run; it knows nothing of what has happened, and moves whom it likes.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
from tests.plan.worlds import national, nuclides

from doseline.model.events import parse_event
from doseline.plan.replan.week import replan
from doseline.plan.solver.linear import solver_name
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from doseline.model.flows import Plan

GAP = 0.005
_DOSE = ("batch", "suite", "infuse")


def measured(orders: int) -> dict[str, Any]:
    """Seconds of both, and how many orders each moves."""
    one = national(orders=orders)
    network = one.network.replace(orders=one.orders)
    plan = plan_week(network, one.options, one.orders, nuclides=nuclides(), gap=GAP)
    batch = plan.batches.filter("open").sort("doses", "batch").row(-1, named=True)
    event = parse_event(f"batch_failed:{batch['batch']}")
    start = time.process_time()
    found = replan(
        network, one.options, plan, [event], at=batch["release"], nuclides=nuclides(), gap=GAP
    )
    mine = time.process_time() - start
    number = network.frame("batches")["batch"].to_list().index(batch["batch"])
    left = one.options.rows.filter(pl.col("batch") != number)
    start = time.process_time()
    cold = plan_week(
        network, replace(one.options, rows=left), one.orders, nuclides=nuclides(), gap=GAP
    )
    theirs = time.process_time() - start
    return {
        "seconds": mine,
        "cold_seconds": theirs,
        "times_faster": theirs / mine,
        "hit": batch["doses"],
        "moved": found.counts["moved"],
        "others_moved": found.others_moved,
        "lost": found.counts["lost"],
        "gap_of_cost": found.plan.gap_of_cost,
        "cold_moved": _moved(plan, cold),
    }


def _moved(before: Plan, after: Plan) -> int:
    """Orders served in both plans, at another batch, suite or hour."""
    both = before.flows.join(after.flows, on="order", suffix="_after")
    both = both.filter(pl.col("line").is_not_null() & pl.col("line_after").is_not_null())
    return both.filter(
        pl.any_horizontal(pl.col(name) != pl.col(f"{name}_after") for name in _DOSE)
    ).height


def main(arguments: list[str]) -> None:
    """Print one JSON object."""
    orders = int(arguments[0]) if arguments else 2000
    result = {"orders": orders, "solver": solver_name(), **measured(orders)}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
