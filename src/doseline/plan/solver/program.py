"""The mixed-integer program of a week: what each column and row of it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.solver.linear import INFINITY, Rows
from doseline.plan.supply.changeover import Conflicts

if TYPE_CHECKING:
    from doseline.plan.problem import Problem
    from doseline.plan.robust.hedge import Hedge
    from doseline.plan.solver.linear import Bools, Floats, Ints

_TOO_MUCH = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Minimise cost over doses x, unserved u, opened runs y and isotope drawn w, in that order.

    Rows: each group is served or left; a run makes no more vials, and no more activity at
    calibration, than it can if it opens; its vials hold no more activity than the isotope drawn
    XX
    """

    chosen: Ints
    """Number of the problem's column behind each x."""
    group: Ints
    run: Ints
    activity_gbq: Floats
    count: Floats
    """Orders of each group."""
    site: Ints
    """Site of each group."""
    runs: int
    draws: int
    pools: int
    cost: Floats
    """What each variable counts in the objective. [currency]"""
    extra: Floats
    """Share of the cost of each x that is no money spent. [currency]"""
    penalty: Floats
    """Share of the cost of each u that is no money spent: all but the fee. [currency]"""
    upper: Floats
    integer: Bools
    """x, u and y are whole; w is not."""
    rows: Rows
    conflicts: Conflicts
    uses: tuple[Ints, Ints, Floats]
    """Limits of sites and fleets: limit, x, use of each dose."""
    most: Floats
    """Right-hand side of each limit."""
    limits: Ints
    """Number of the problem's limit behind each."""
    hedge: Hedge | None = None
    """Against runs that fail; its variables come after w, and are not whole."""

    @property
    def doses(self) -> slice:
        """Where x lies among the variables."""
        return slice(0, self.chosen.size)

    @property
    def unserved(self) -> slice:
        """Where u lies."""
        return slice(self.chosen.size, self.chosen.size + self.count.size)

    @property
    def opened(self) -> slice:
        """Where y lies."""
        return slice(self.unserved.stop, self.unserved.stop + self.runs)

    @property
    def drawn(self) -> slice:
        """Where w lies."""
        return slice(self.opened.stop, self.opened.stop + self.draws)

    @property
    def hedging(self) -> slice:
        """Where the variables of the hedge lie."""
        return slice(self.drawn.stop, self.cost.size)

    def charged(self, prices: Floats) -> tuple[Floats, Floats, Floats]:
        """What a dose pays at some prices of the rows, in [currency].

        Args:
            prices: Of each row, and perhaps of rows added after them.

        Returns:
            For a vial of each run, for a GBq of each run, and for a unit of each limit.
        """
        vial, made, drawn = prices[self.count.size :][: 3 * self.runs].reshape(3, self.runs)
        first = self.count.size + 3 * self.runs + self.pools
        return vial, made + drawn, prices[first:][: self.most.size]

    @property
    def hopeless(self) -> float:
        """Penalties and fees of groups that no column serves: part of every plan. [currency]"""
        served = np.zeros(self.count.size, dtype=bool)
        served[self.group] = True
        return float((self.cost[self.unserved] * self.count)[~served].sum())

    def money(self, values: Floats) -> float:
        """What a plan costs apart from penalties, extras and hedge, at least 1, in [currency]."""
        spent = slice(0, self.drawn.stop)
        penalties = self.penalty @ values[self.unserved] + self.extra @ values[self.doses]
        return max(1.0, float(self.cost[spent] @ values[spent] - penalties))

    @property
    def step(self) -> float:
        """The most that one dose changes what the hedge adds: nearer is not worth a search."""
        return 0.0 if self.hedge is None else self.hedge.worth * float(self.hedge.weight.max())

    def hedged(self, doses: Ints) -> float:
        """What the hedge adds to the objective. [currency]"""
        if self.hedge is None:
            return 0.0
        return self.hedge.loss(doses, run=self.run, group=self.group, runs=self.runs)


def program_of(problem: Problem, chosen: Ints) -> Program:
    """The program over some of the problem's columns."""
    columns = problem.columns[chosen]
    group, run = columns["group"].to_numpy(), columns["run"].to_numpy()
    runs, draws = problem.supply.runs, problem.supply.draws
    count = problem.groups["count"].to_numpy().astype(np.float64)
    limits, numbers, uses, most = _limits(problem, columns)
    extra = columns["extra"].to_numpy()
    penalty = problem.groups["penalty"].to_numpy()
    cost = np.concatenate(
        [
            columns["cost"].to_numpy() + extra,
            penalty + problem.groups["fee"].to_numpy(),
            runs["fixed_cost"].to_numpy(),
            draws["price_per_gbq"].to_numpy(),
            *([] if problem.hedge is None else [problem.hedge.costs(runs.height)]),
        ]
    )
    capacity = problem.supply.pools["capacity_gbq"].to_numpy()
    program = Program(
        chosen=chosen,
        group=group,
        run=run,
        activity_gbq=columns["activity_gbq"].to_numpy(),
        count=count,
        site=problem.groups["site"].to_numpy(),
        runs=runs.height,
        draws=draws.height,
        pools=capacity.size,
        cost=cost,
        extra=extra,
        penalty=penalty,
        upper=np.concatenate(
            [
                *(count[group], count, np.ones(runs.height), capacity[draws["pool"].to_numpy()]),
                *([] if problem.hedge is None else [problem.hedge.most(runs.height, count)]),
            ]
        ),
        integer=np.arange(cost.size) < group.size + count.size + runs.height,
        rows=Rows(),
        conflicts=Conflicts(problem.supply.conflicts, runs.height),
        uses=(numbers, uses[0], uses[1]),
        most=most,
        limits=limits,
        hedge=problem.hedge,
    )
    _fill(program, problem)
    return program


def _fill(program: Program, problem: Problem) -> None:
    """All rows of the program."""
    rows, x = program.rows, np.arange(program.chosen.size)
    groups, each_run = np.arange(program.count.size), np.arange(program.runs)
    first = rows.add(lower=program.count, upper=program.count, count=groups.size)
    rows.fill(first + program.group, x, 1.0)
    rows.fill(first + groups, program.unserved.start + groups, 1.0)
    runs, draws = problem.supply.runs, problem.supply.draws
    orders = float(program.count.sum())
    vials = np.minimum(runs["max_doses"].to_numpy().astype(np.float64), orders)
    for most, use in (
        (vials, np.ones(x.size)),
        (runs["max_activity_gbq"].to_numpy(), program.activity_gbq),
    ):
        first = rows.add(lower=-INFINITY, upper=0.0, count=program.runs)
        rows.fill(first + program.run, x, use)
        rows.fill(first + each_run, program.opened.start + each_run, -most)
    first = rows.add(lower=-INFINITY, upper=0.0, count=program.runs)
    each_draw = program.drawn.start + np.arange(program.draws)
    rows.fill(first + program.run, x, program.activity_gbq)
    rows.fill(first + draws["run"].to_numpy(), each_draw, -draws["per_gbq"].to_numpy())
    capacity = problem.supply.pools["capacity_gbq"].to_numpy()
    first = rows.add(lower=-INFINITY, upper=capacity, count=capacity.size)
    rows.fill(first + draws["pool"].to_numpy(), each_draw, 1.0)
    limit, column, use = program.uses
    first = rows.add(lower=-INFINITY, upper=program.most, count=program.most.size)
    rows.fill(first + limit, column, use)
    for clique in program.conflicts.cliques():
        row = rows.add(lower=-INFINITY, upper=1.0, count=1)
        rows.fill(np.full(clique.size, row), program.opened.start + clique, 1.0)
    if program.hedge is not None:
        program.hedge.fill(
            rows,
            first=program.hedging.start,
            run=program.run,
            group=program.group,
            runs=program.runs,
        )


def _limits(
    problem: Problem, columns: pl.DataFrame
) -> tuple[Ints, Ints, tuple[Ints, Floats], Floats]:
    """Limits that could bind over some columns: number, place and x of each use, right-hand sides.

    A limit holds whatever is planned if it holds with every order on its largest use; it is left
    out. Whole minutes are cut to a multiple of the uses' greatest common divisor, which no whole
    number of doses can tell from the limit itself.
    """
    numbered = columns.select("column", "group").with_row_index("x")
    uses = numbered.join(problem.uses(columns), on="column")
    groups = problem.groups.select("group", "count")
    largest = uses.group_by("limit", "group").agg(pl.col("use").max()).join(groups, on="group")
    possible = largest.group_by("limit").agg(at_most=(pl.col("use") * pl.col("count")).sum())
    binding = (
        possible.join(problem.limit_rows.select("limit", "most"), on="limit")
        .filter(pl.col("at_most") > pl.col("most") + _TOO_MUCH)
        .sort("limit")
        .with_row_index("number")
    )
    found = uses.join(binding.select("limit", "number"), on="limit").sort("number", "x")
    number, use = found["number"].to_numpy().astype(np.int64), found["use"].to_numpy()
    most = _whole(binding["most"].to_numpy(), number, use)
    limits = binding["limit"].to_numpy()
    return limits, number, (found["x"].to_numpy().astype(np.int64), use), most


def _whole(most: Floats, number: Ints, use: Floats) -> Floats:
    """Right-hand sides cut to what whole numbers of doses can use, where uses are whole."""
    odd = np.bincount(number[use != np.rint(use)], minlength=most.size) > 0
    used = np.bincount(number, minlength=most.size) > 0
    steps = np.ones(most.size)
    if used.any():
        starts = np.searchsorted(number, np.flatnonzero(used))
        steps[used] = np.gcd.reduceat(np.rint(use).astype(np.int64), starts)
        steps[odd] = 1.0
    cut = np.floor((most + _TOO_MUCH) / steps) * steps
    return np.where(used & ~odd, cut, most)
