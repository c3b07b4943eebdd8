"""Explaining orders of a national week, against planning the whole week.

Run as ``python -m benchmarks.explain [--quick]``. CPU seconds of one core. The week is short of
vials, so that hundreds of orders are left and the facts in conflict reach over the whole country;
served orders are explained, too. Every repair told was solved again. Building delivery options is
apart; making the problem of them is told by itself. Then the command as a user gives it, on an
example: a process for each of some orders that are left and of some that are served.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, TypeVar

# Before polars starts its threads.
os.environ["POLARS_MAX_THREADS"] = "1"

from benchmarks.processes import example_plan, spent
from benchmarks.rows import Row, on_one_core, tell
from tests.plan.worlds import Size, nuclides, world

from doseline.io.plans import read_plan
from doseline.plan.explain.answer import explain_problem
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.week import plan_problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.explain.explanation import Explanation

Result = TypeVar("Result")
ASKED, QUICK_ASKED = 12, 3
PROCESSES = 4
PROMISED_S = 2.0
"""What the project promises for one order of a national week. [s]"""


def main() -> None:
    """Measure and tell."""
    on_one_core()
    quick = "--quick" in sys.argv[1:]
    size = Size(
        sites=30 if quick else 800,
        orders=80 if quick else 2000,
        lines=2 if quick else 5,
        batches=10 if quick else 60,
        max_doses=(4, 6) if quick else (20, 40),
        chairs=(1, 3),
        tight_isotope=1.6,
    )
    one, rule = world(1, size), Fairness()
    problem, build = _timed(
        lambda: problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=rule)
    )
    plan, whole = _timed(
        lambda: plan_problem(problem, one.network, one.options, one.orders, rule=rule)
    )
    missing = plan.flows["line"].is_null()
    left, served = plan.flows.filter(missing)["order"], plan.flows.filter(~missing)["order"]
    asked = QUICK_ASKED if quick else ASKED

    def explained(order: str) -> tuple[Explanation, float]:
        return _timed(lambda: explain_problem(problem, one.network, one.options, plan, order))

    told = [explained(order) for order in left.gather_every(max(1, left.len() // asked))]
    kept = [explained(order) for order in served.gather_every(max(1, served.len() // asked))]
    proven = sum(bool(one.conflict and one.conflict.irreducible) for one, _ in told)
    seconds = sorted(spent for _, spent in told)
    full = f"a plan of the week, its problem included ({left.len():,} orders left)"
    tell(
        [
            Row(
                what=f"an order that is left explained, median of {len(told)}, "
                f"{proven} conflicts proven irreducible for the whole week",
                figure=seconds[len(seconds) // 2],
                unit="s CPU",
                ratio=seconds[len(seconds) // 2] / (whole + build),
                peer=full,
            ),
            Row(
                what="the slowest of them",
                figure=seconds[-1],
                unit="s CPU",
                ratio=seconds[-1] / PROMISED_S,
                peer=f"the {PROMISED_S:g} s promised",
            ),
            Row(
                what="repairs that hold, of an order",
                figure=sum(len(one.repairs) for one, _ in told) / max(1, len(told)),
                unit="repairs",
            ),
            Row(
                what=f"a served order explained, slowest of {len(kept)}",
                figure=max(spent for _, spent in kept),
                unit="s CPU",
                ratio=max(spent for _, spent in kept) / (whole + build),
                peer=full,
            ),
            Row(what="making the problem of the options", figure=build, unit="s CPU"),
            *commands("tiny" if quick else "us-lu177"),
        ]
    )


def commands(example: str) -> list[Row]:
    """The command on an example, whole processes."""
    with example_plan(example) as (folder, planning):
        flows = read_plan(folder).plan.flows
        missing = flows["line"].is_null()
        left, served = (
            [
                spent("explain", folder, order).cpu_s
                for order in orders.gather_every(max(1, orders.len() // PROCESSES))
            ]
            for orders in (flows.filter(missing)["order"], flows.filter(~missing)["order"])
        )
    return [
        Row(
            what=f"doseline explain, a plan of {example}, {what}: slowest process of {len(cpu)}",
            figure=max(cpu),
            unit="s CPU",
            ratio=planning.cpu_s / max(cpu),
            peer=f"doseline plan {example}, CPU times faster",
        )
        for what, cpu in (("orders left", left), ("orders served", served))
        if cpu
    ]


def _timed(work: Callable[[], Result]) -> tuple[Result, float]:
    """What some work returns, and its CPU time. [s]"""
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


if __name__ == "__main__":
    main()
