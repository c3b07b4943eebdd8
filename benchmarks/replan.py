"""A national week planned again after its fullest batch failed, against planning it from nothing.

Run as ``python -m benchmarks.replan [--quick]``. CPU seconds, plan and options in memory. Four
weeks: of 2,000 orders; and of 5,000 with batches too small for them all, so that vials are short;
with large batches, of which few run and each holds many doses; and with these and half the isotope.
The batch fails at its release, when the first batches of the week are made; and an hour before it
begins, when most of the week is still open; then, too, an order is added, like one that it was to
serve. The peer is the plan of the whole week from nothing, at
the gap of the planner, in the same run; it moves whom it likes: of two weeks, one without that batch
says how many. Then the commands as a user gives them, on an example: a process each, from its start
to the answer on the screen, and to the last page written.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

# Before polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = "1"

import polars as pl
from benchmarks.processes import example_plan, failed_batch, spent
from benchmarks.rows import Row, on_one_core, tell
from tests.plan.worlds import Size, nuclides, table, world

from doseline.model.events import parse_event
from doseline.plan.replan.week import replan
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from doseline.model.events import Event
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.model.replanned import Replanned

Result = TypeVar("Result")
GAP = 0.005
PROMISED_S = 5.0
"""What the project promises for a national week. [s]"""
_DOSE = ("batch", "suite", "infuse")
_LIKE = ("product", "site", "earliest", "latest", "payer", "kind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A national week of 800 sites."""

    name: str
    orders: int
    max_doses: tuple[int, int]
    isotope: float = 1.6
    cold: bool = False
    """Whether the week is planned from nothing without the batch, to count whom that moves."""


WEEKS = (
    Week(name="2,000 orders", orders=2000, max_doses=(66, 111), cold=True),
    Week(name="5,000 orders, short of vials", orders=5000, max_doses=(60, 90), cold=True),
    Week(name="5,000 orders, few batches", orders=5000, max_doses=(166, 277)),
    Week(name="5,000 orders, tight isotope", orders=5000, max_doses=(166, 277), isotope=0.8),
)
QUICK = (Week(name="60 orders", orders=60, max_doses=(2, 3), cold=True),)


def main() -> None:
    """Measure and tell."""
    on_one_core()
    quick = "--quick" in sys.argv[1:]
    rows = [row for week in (QUICK if quick else WEEKS) for row in measured(week, quick=quick)]
    tell([*rows, *commands("tiny" if quick else "us-lu177")])


def measured(week: Week, *, quick: bool) -> Iterator[Row]:
    """CPU time of both, the gap, and how many orders move."""
    size = Size(
        sites=20 if quick else 800,
        orders=week.orders,
        lines=5,
        batches=60,
        max_doses=week.max_doses,
        chairs=(1, 3),
        tight_isotope=week.isotope,
    )
    one = world(1, size)
    payers = table("payers", [{"payer": payer} for payer in one.orders["payer"].unique()])
    network = one.network.replace(orders=one.orders, payers=payers)
    plan, theirs = _timed(
        lambda: plan_week(network, one.options, one.orders, nuclides=nuclides(), gap=GAP)
    )
    batch = plan.batches.filter("open").sort("doses", "batch").row(-1, named=True)
    for what, event, at in _events(one.orders, plan, batch):
        found, mine = _timed(partial(_again, network, one.options, plan, event, at))
        yield Row(
            what=f"{week.name}: planned again after {what}",
            figure=mine,
            unit="s CPU",
            ratio=theirs / mine,
            peer="a plan of the week from nothing, CPU times faster",
        )
        moved = f"{week.name}, {what}: orders moved to another batch, day or suite"
        if week.cold and at == batch["release"]:
            number = network.frame("batches")["batch"].to_list().index(batch["batch"])
            left = one.options.rows.filter(pl.col("batch") != number)
            without = replace(one.options, rows=left)
            cold = plan_week(network, without, one.orders, nuclides=nuclides(), gap=GAP)
            yield Row(
                what=f"{moved}, those hit included",
                figure=found.counts["moved"],
                unit="orders",
                ratio=found.counts["moved"] / max(1, _moved(plan, cold)),
                peer="those that a plan from nothing without the batch moves, hours included",
            )
        else:
            yield Row(what=moved, figure=found.counts["moved"], unit="orders")
        yield Row(
            what=f"{week.name}, {what}: gap to the bound, of cost",
            figure=100.0 * found.plan.gap_of_cost,
            unit="%",
        )


def _events(
    orders: pl.DataFrame, plan: Plan, batch: dict[str, Any]
) -> Iterator[tuple[str, Event, datetime]]:
    """What happens to a plan and its fullest batch: in words, as an event, and when."""
    failed, before = f"a batch of {batch['doses']:,}", batch["start"] - timedelta(hours=1)
    event = parse_event(f"batch_failed:{batch['batch']}")
    yield f"{failed} failed", event, batch["release"]
    yield f"{failed} was called off an hour before its start", event, before
    served = plan.flows.filter(pl.col("batch") == batch["batch"])["order"]
    like = orders.filter(pl.col("order") == served[0]).row(0, named=True)
    given = ",".join(f"{name}={like[name]}" for name in _LIKE)
    yield (
        "an order was added an hour before its fullest batch",
        parse_event(f"order_added:added:{given}"),
        before,
    )


def _again(network: Network, options: Options, plan: Plan, event: Event, at: datetime) -> Replanned:
    """A plan after an event."""
    return replan(network, options, plan, [event], at=at, nuclides=nuclides(), gap=GAP)


def commands(example: str) -> list[Row]:
    """The commands on an example: planning, and planning again after its fullest batch failed."""
    with example_plan(example) as (plan, planning):
        event, at = failed_batch(plan)
        asked = ("--event", event, "--at", at, "-o", plan.with_name("again"))
        again = spent("replan", plan, *asked, "-q")
    peer = f"doseline plan {example}, CPU times faster"
    what = f"doseline replan, a plan of {example}, {event}"
    return [
        Row(
            what=f"{what}: until the answer is shown",
            figure=again.told_cpu_s,
            unit="s CPU",
            ratio=again.told_cpu_s / PROMISED_S,
            peer=f"the {PROMISED_S:g} s promised",
        ),
        Row(
            what="the whole process, every page written",
            figure=again.cpu_s,
            unit="s CPU",
            ratio=planning.cpu_s / again.cpu_s,
            peer=peer,
        ),
    ]


def _moved(before: Plan, after: Plan) -> int:
    """Orders served in both plans, at another batch, suite or hour."""
    both = before.flows.join(after.flows, on="order", suffix="_after")
    both = both.filter(pl.col("line").is_not_null() & pl.col("line_after").is_not_null())
    return both.filter(
        pl.any_horizontal(pl.col(name) != pl.col(f"{name}_after") for name in _DOSE)
    ).height


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What some work returns, and its CPU time. [s]"""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


if __name__ == "__main__":
    main()
