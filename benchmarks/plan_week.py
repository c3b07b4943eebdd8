"""The exact plan of a national week, against the same model as one monolithic MILP.

Run as ``python -m benchmarks.plan_week [orders] [seconds]``: orders of the week, and the time that
the monolith may take. Both stop at the same gap, on the same problem, in the same run; the monolith
is HiGHS over all columns, without our reductions, added rows and decomposition.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.plan.worlds import national, nuclides

from doseline.plan.fairness import Fairness
from doseline.plan.linear import Highs, solver_name
from doseline.plan.problem import problem_of
from doseline.plan.program import program_of
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from tests.plan.worlds import World

GAP = 0.005


def ours(one: World) -> dict[str, Any]:
    """Seconds, gap and cost of the plan."""
    start = time.perf_counter()
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=GAP)
    return {
        "seconds": time.perf_counter() - start,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "unserved": int(plan.flows["link"].is_not_null().sum()),
        "peak_gb": _peak_gb(),
    }


def monolith(one: World, *, seconds: float) -> dict[str, Any]:
    """The same for the monolithic program; it may run out of time."""
    start = time.perf_counter()
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    program = program_of(problem, problem.columns["column"].to_numpy())
    highs = Highs(
        cost=program.cost,
        lower=np.zeros(program.cost.size),
        upper=program.upper,
        rows=program.rows,
        integer=program.integer,
    )
    highs.option("mip_rel_gap", GAP)
    highs.option("time_limit", seconds)
    highs.highs.run()
    info = highs.highs.getInfo()
    found, bound = float(info.objective_function_value), float(info.mip_dual_bound)
    return {
        "seconds": time.perf_counter() - start,
        "columns": int(program.cost.size),
        "objective": found,
        "bound": bound,
        "gap": (found - bound) / max(1.0, abs(found)),
        "peak_gb": _peak_gb(),
    }


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main(arguments: list[str]) -> None:
    """Print one JSON object."""
    orders = int(arguments[0]) if arguments else 2000
    seconds = float(arguments[1]) if len(arguments) > 1 else 300.0
    one = national(orders=orders)
    mine, whole = ours(one), monolith(one, seconds=seconds)
    result = {
        "orders": orders,
        "options": one.options.rows.height,
        "asked_gap": GAP,
        "solver": solver_name(),
        "ours": mine,
        "monolith": whole,
        "times_faster": whole["seconds"] / mine["seconds"],
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
