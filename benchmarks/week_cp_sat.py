"""OR-Tools CP-SAT on a week's program, in a process of its own.

HiGHS and OR-Tools cannot live in one process, so the program comes as arrays in a file: run as
``python -m benchmarks.week_cp_sat FILE SECONDS GAP``; it prints one JSON object. CP-SAT knows whole
numbers only: coefficients and money are counted in thousandths, isotope in hundredths of a GBq, a
row's capacity is rounded up, so that its plan may be a little too good, never too bad.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from doseline.plan.solver.program import Program

_FINE = 1000.0
_DRAWN = 100.0
_WORKERS = 2


def cp_sat(program: Program, *, seconds: float, gap: float) -> dict[str, Any]:
    """Seconds, cost, bound and gap of CP-SAT on a program."""
    row, column, value = program.rows.entries()
    lower, upper = program.rows.bounds()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "week.npz"
        np.savez(
            file,
            row=row,
            column=column,
            value=value,
            lower=lower,
            upper=upper,
            cost=program.cost,
            most=program.upper,
            integer=program.integer,
        )
        arguments = ["-m", "benchmarks.week_cp_sat", str(file), str(seconds), str(gap)]
        told = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, check=True
        )
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def _solve(file: Path, *, seconds: float, gap: float) -> dict[str, Any]:
    """Solve the program of a file."""
    from ortools.sat.python import cp_model

    one = np.load(file)
    start = time.perf_counter()
    model = cp_model.CpModel()
    scale = np.where(one["integer"], 1.0, _DRAWN)
    variables = [
        model.new_int_var(0, int(np.ceil(most)), f"v{number}")
        for number, most in enumerate(one["most"] * scale)
    ]
    order = np.argsort(one["row"], kind="stable")
    row, column = one["row"][order], one["column"][order]
    value = np.rint(one["value"][order] / scale[column] * _FINE * _DRAWN).astype(np.int64)
    starts = np.searchsorted(row, np.arange(one["lower"].size + 1))
    for number, (least, most) in enumerate(zip(one["lower"], one["upper"], strict=True)):
        mine = slice(starts[number], starts[number + 1])
        terms = cp_model.LinearExpr.weighted_sum(
            [variables[at] for at in column[mine]], value[mine].tolist()
        )
        if np.isfinite(most):
            model.add(terms <= int(np.ceil(most * _FINE * _DRAWN)))
        if np.isfinite(least):
            model.add(terms >= int(np.floor(least * _FINE * _DRAWN)))
    money = np.rint(one["cost"] / scale * _FINE).astype(np.int64)
    model.minimize(cp_model.LinearExpr.weighted_sum(variables, money.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.relative_gap_limit = gap
    solver.parameters.num_workers = _WORKERS
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    found, bound = solver.objective_value / _FINE, solver.best_objective_bound / _FINE
    return {
        "seconds": time.perf_counter() - start,
        "status": solver.status_name(status),
        "objective": found,
        "bound": bound,
        "gap": (found - bound) / max(1.0, abs(found)),
    }


if __name__ == "__main__":
    print(json.dumps(_solve(Path(sys.argv[1]), seconds=float(sys.argv[2]), gap=float(sys.argv[3]))))
