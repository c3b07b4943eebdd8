"""A dispatcher that plans a week as a person at a desk would: each order in turn, as early as it can.

Orders that cost most to leave come first, then those that may wait least. Each takes the earliest
slot in which it fits, there the cheapest way; a batch opens when its first dose is asked for, and
isotope is taken from the cheapest delivery that still has some. Nothing is ever taken back.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.plan.solver.program import program_of

if TYPE_CHECKING:
    from doseline.plan.problem import Problem
    from doseline.plan.solver.program import Program

_TOO_MUCH = 1e-9


def dispatched(problem: Problem) -> dict[str, Any]:
    """Seconds, cost and orders left of the dispatcher's week."""
    start = time.perf_counter()
    program = program_of(problem, problem.columns["column"].to_numpy())
    desk = _Desk(problem, program)
    first = problem.columns.select("day", "slot", "cost").to_numpy()
    order = np.lexsort((first[:, 2], first[:, 1], first[:, 0], program.group))
    bounds = np.searchsorted(program.group[order], np.arange(program.count.size + 1))
    penalty = program.cost[program.unserved]
    latest = problem.groups["latest"].to_physical().to_numpy()
    money, left = 0.0, 0
    for group in np.lexsort((latest, -penalty)):
        ways = order[bounds[group] : bounds[group + 1]]
        for _ in range(int(program.count[group])):
            taken = next((int(x) for x in ways if desk.takes(int(x))), None)
            left += taken is None
            money += float(penalty[group] if taken is None else program.cost[taken])
    return {
        "seconds": time.perf_counter() - start,
        "objective": money + desk.spent,
        "unserved": left,
    }


class _Desk:
    """What is still free while orders are placed."""

    def __init__(self, problem: Problem, program: Program) -> None:
        runs, draws = problem.supply.runs, problem.supply.draws
        self.run, self.activity = program.run, program.activity_gbq
        self.vials = runs["max_doses"].to_numpy().astype(np.float64)
        self.made = runs["max_activity_gbq"].to_numpy().copy()
        self.fixed = runs["fixed_cost"].to_numpy()
        self.isotope = problem.supply.pools["capacity_gbq"].to_numpy().copy()
        self.ways: dict[int, list[tuple[float, int, float]]] = {}
        for row in draws.iter_rows(named=True):
            price = row["price_per_gbq"] / row["per_gbq"]
            self.ways.setdefault(row["run"], []).append((price, row["pool"], row["per_gbq"]))
        limit, x, use = program.uses
        self.room = program.most.copy()
        order = np.argsort(x, kind="stable")
        self.limit, self.use = limit[order], use[order]
        self.first = np.searchsorted(x[order], np.arange(program.chosen.size + 1))
        self.conflicts = program.conflicts
        self.opened: set[int] = set()
        self.spent = 0.0

    def takes(self, x: int) -> bool:
        """Whether a dose fits; if so, it is taken."""
        run, activity = int(self.run[x]), float(self.activity[x])
        mine = slice(self.first[x], self.first[x + 1])
        if np.any(self.use[mine] > self.room[self.limit[mine]] + _TOO_MUCH):
            return False
        if self.vials[run] < 1.0 or self.made[run] < activity:
            return False
        new = run not in self.opened
        if new and not self.opened.isdisjoint(self.conflicts.excluded(run).tolist()):
            return False
        drawn = self._drawn(run, activity)
        if drawn is None:
            return False
        for pool, amount, cost in drawn:
            self.isotope[pool] -= amount
            self.spent += cost
        self.room[self.limit[mine]] -= self.use[mine]
        self.vials[run] -= 1.0
        self.made[run] -= activity
        if new:
            self.opened.add(run)
            self.spent += float(self.fixed[run])
        return True

    def _drawn(self, run: int, activity: float) -> list[tuple[int, float, float]] | None:
        """Pool, amount and cost of the isotope for a dose; None if there is too little."""
        drawn, need = [], activity
        for price, pool, per in sorted(self.ways.get(run, ())):
            here = min(need, float(self.isotope[pool]) * per)
            if here > 0.0:
                drawn.append((pool, here / per, here * price))
                need -= here
        return drawn if need <= _TOO_MUCH * activity else None
