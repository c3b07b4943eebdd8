"""The exact plan of a national week, against other ways to plan the same week.

Run as ``python -m benchmarks.plan_week [orders] [seconds] [sites]``: orders of the week, the time
that the monolith may take (0: it is left out), and treatment sites. All plan the same problem in the
same run:

- *monolith*: HiGHS over all columns as one MILP, without our reductions, added rows and
  decomposition, to the gap that ours proves;
- *greedy*: a dispatcher who gives each order the earliest slot (:mod:`benchmarks.week_greedy`);
- *CP-SAT* on a small week, which a week of up to 2,000 orders adds
  (:mod:`benchmarks.week_cp_sat`).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from benchmarks.week_cp_sat import cp_sat
from benchmarks.week_greedy import dispatched
from tests.plan.worlds import Size, national, nuclides, world

from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.solver.linear import Highs, solver_name
from doseline.plan.solver.program import program_of
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from tests.plan.worlds import World

    from doseline.plan.problem import Problem
    from doseline.plan.solver.program import Program

GAP = 0.005
SMALL = Size(orders=200, sites=40, lines=3, batches=20, max_doses=(8, 20), tight_isotope=1.2)
"""A week that CP-SAT takes on."""
WITH_SMALL = 2_000
"""Orders up to which the small week is planned as well."""


def compared(one: World, *, seconds: float) -> dict[str, Any]:
    """Every way to plan a week."""
    mine = ours(one)
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    found = {"ours": mine, "greedy": dispatched(problem)}
    if seconds > 0.0:
        found["monolith"] = monolith(whole_of(problem), seconds=seconds, gap=mine["gap"])
    found["greedy"]["times ours"] = found["greedy"]["objective"] / mine["objective"]
    lowest = min(each["objective"] for each in found.values())
    return {**found, "bound holds": bool(mine["bound"] <= lowest * (1.0 + 1e-9))}


def ours(one: World) -> dict[str, Any]:
    """Seconds, gap and cost of the plan."""
    start, work = time.perf_counter(), time.process_time()
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=GAP)
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - work,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        # Penalties hide what money could be saved: the same distance as a share of money alone.
        "gap of money": (plan.objective - plan.bound) / max(1.0, plan.cost),
        "unserved": int(plan.flows["link"].is_not_null().sum()),
        "peak_gb": _peak_gb(),
    }


def monolith(program: Program, *, seconds: float, gap: float) -> dict[str, Any]:
    """The same for the monolithic program; it may run out of time."""
    start, work = time.perf_counter(), time.process_time()
    highs = Highs(
        cost=program.cost,
        lower=np.zeros(program.cost.size),
        upper=program.upper,
        rows=program.rows,
        integer=program.integer,
    )
    highs.option("mip_rel_gap", gap)
    highs.option("time_limit", seconds)
    highs.highs.run()
    info = highs.highs.getInfo()
    found, bound = float(info.objective_function_value), float(info.mip_dual_bound)
    return {
        "seconds": time.perf_counter() - start,
        "cpu_seconds": time.process_time() - work,
        "columns": int(program.cost.size),
        "objective": found,
        "bound": bound,
        "gap": (found - bound) / max(1.0, abs(found)),
        "peak_gb": _peak_gb(),
    }


def whole_of(problem: Problem) -> Program:
    """The program over every column."""
    return program_of(problem, problem.columns["column"].to_numpy())


def small_week(*, seconds: float) -> dict[str, Any]:
    """A small week by every way, CP-SAT too."""
    one = world(1, SMALL)
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    found = compared(one, seconds=seconds)
    found["cp_sat"] = cp_sat(whole_of(problem), seconds=seconds, gap=GAP)
    return {"orders": SMALL.orders, **found}


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main(arguments: list[str]) -> None:
    """Print one JSON object."""
    orders = int(arguments[0]) if arguments else 2000
    seconds = float(arguments[1]) if len(arguments) > 1 else 300.0
    sites = int(arguments[2]) if len(arguments) > 2 else 800
    one = national(orders=orders, sites=sites)
    result = {
        "orders": orders,
        "sites": sites,
        "options": one.options.rows.height,
        "asked_gap": GAP,
        "solver": solver_name(),
        "load before": os.getloadavg()[0],
        **compared(one, seconds=seconds),
    }
    if "monolith" in result:
        result["times_faster"] = result["monolith"]["seconds"] / result["ours"]["seconds"]
    if orders <= WITH_SMALL:
        result["small"] = small_week(seconds=seconds)
    result["load after"] = os.getloadavg()[0]
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
