"""The relaxation of a whole week, begun from the doses in hand.

All orders of the week are in one linear program, each with the way that it has; other ways join
where they are worth it at its prices. The first basis is the plan in hand, from which few steps lead
to the optimum if little happened.

*Runs that stay open.* A run that makes doses in hand is open. To close it would save no more than
its reduced cost, and each of its doses would lose what it prefers it by to its next best way. Rows
``dose of an order from the run <= 1, if the run opens`` may take as much as that for their price, so
closing counts only where the reduced cost is more than all these together: there the run is let go,
and what is left of the difference is taken off the bound (Geoffrion, Lagrangean relaxation, 1974).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.cuts import opening_cuts
from doseline.plan.solver.linear import Rows
from doseline.plan.solver.relaxed import Relaxed
from doseline.plan.solver.sites import Sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.plan.replan.near_part import Week
    from doseline.plan.solver.linear import Answer, Bools, Floats, Ints
    from doseline.plan.solver.program import Program

_WHOLE = 1e-4
"""Share of an order that is rounding."""
_LITTLE = 1e-6
"""Relative rise of the relaxation below which no more rows are added."""
_SITE_ROUNDS = 3
"""Times that rows of sites are looked for."""
_MANY = 80_000
"""Columns of sites beyond which only sites where somebody is left in part are looked at."""
_NEAR = 0.1
"""Share of such a rise that ways which have not joined may be worth. [unitless]"""
_STRATEGY, _DUAL, _PRIMAL = "simplex_strategy", 1, 4
_RELEASED = 4
"""Times that runs are let go."""


class InHand(Relaxed):
    """The relaxation of a whole week from the doses in hand."""

    def __init__(self, week: Week) -> None:
        """Put the week's program together.

        Args:
            week: The week.
        """
        self.week = week
        super().__init__(week.program(np.arange(week.group.size)))
        program = self.program
        self.kept = np.bincount(week.run[week.same], minlength=program.runs) > 0
        """Runs that are held open."""
        self._hold()
        self._begin()

    def bounded(self, log: Callable[[str], None], *, spare: float) -> tuple[Answer, float]:
        """The relaxation with the rows that it needs, and a bound for the whole week.

        Args:
            log: Called with a line of progress.
            spare: Rise of the bound below which no more rows are added; with one, rows of sites are
                looked for once. [currency]
        """
        self.near = spare * _NEAR
        answer = self.solve("relaxing")
        little = max(_LITTLE, spare / max(1.0, abs(answer.objective)))
        answer = self._strengthened(log, little=little)
        for _ in range(1 if spare else _SITE_ROUNDS):
            rows = self._site_rows(answer)
            if not rows.count:
                break
            answer = self.with_rows(rows)
            log(f"sites: {answer.objective:,.2f} with {rows.count} rows")
        if self.cuts and not spare:
            answer = self._strengthened(log, little=little)
        return answer, answer.bound - float(self._lost()[0].sum())

    def slack(self) -> Floats:
        """By how much each order prefers its dose in hand, after what its run takes. [currency]"""
        share = self._lost()[1]
        slack = self._preferred()
        has = np.flatnonzero((self.week.hand >= 0) & ~self.week.served)
        slack[has] -= share[self.week.run[self.week.hand[has]]] * np.maximum(slack[has], 0.0)
        return slack

    def join(self, columns: Ints) -> None:
        """Look at more columns; few steps of the primal simplex take them in once rows are there.

        Args:
            columns: Numbers of columns of the program.
        """
        super().join(columns)
        if columns.size and self.cuts:
            self.highs.option(_STRATEGY, _PRIMAL)

    def with_rows(self, rows: Rows) -> Answer:
        """Solve with more rows, which every plan satisfies.

        Args:
            rows: The rows.
        """
        self.highs.option(_STRATEGY, _DUAL)
        return super().with_rows(rows)

    def _bound_runs(self, least: Floats, most: Floats) -> None:
        self.highs.option(_STRATEGY, _DUAL)
        super()._bound_runs(least, most)

    def _first(self) -> Bools:
        if not self.large:
            return super()._first()
        first = np.ones(self.program.cost.size, dtype=bool)
        first[self.program.doses] = self.week.same
        return first

    def _hold(self) -> None:
        self._bound_runs(self.kept.astype(np.float64), np.ones(self.program.runs))

    def _begin(self) -> None:
        """Start from the basis in which every order keeps its dose, or is left."""
        program, hand = self.program, self.week.hand
        columns = np.full(program.cost.size, -1)
        columns[np.where(hand < 0, program.unserved.start + np.arange(hand.size), hand)] = 0
        columns[program.opened][self.kept] = 1
        rows = np.zeros(program.rows.count, dtype=np.int64)
        rows[: hand.size] = -1
        draws = self.week.problem.supply.draws
        run = draws["run"].to_numpy()
        price = (draws["price_per_gbq"] / draws["per_gbq"]).to_numpy()
        order = np.lexsort((price, run))
        drawn, first = np.unique(run[order], return_index=True)
        used = self.kept[drawn]
        columns[program.drawn.start + order[first][used]] = 0
        rows[hand.size + 2 * program.runs + drawn[used]] = 1
        self.highs.start_at(columns[self._columns], rows)

    def _strengthened(self, log: Callable[[str], None], *, little: float) -> Answer:
        """The relaxation with rows that open runs; runs are let go that may pay to close."""
        answer = self.strengthen(opening_cuts, log, little=little)
        for _ in range(_RELEASED):
            lost = self._lost()[0]
            if lost.sum() <= little * abs(answer.objective):
                break
            self.kept &= lost <= 0.0
            self._hold()
            answer = self.strengthen(opening_cuts, log, little=little)
        return answer

    def _preferred(self) -> Floats:
        """By how much each order prefers its dose in hand to its next best way. [currency]"""
        week, program = self.week, self.program
        reduced = self.reduced_costs
        doses = np.where(program.upper[program.doses] > 0.0, reduced[program.doses], np.inf)
        other = np.full(week.hand.size, np.inf)
        np.minimum.at(other, week.group[~week.same], doses[~week.same])
        other = np.minimum(other, reduced[program.unserved])
        slack = np.zeros(week.hand.size)
        has = np.flatnonzero(week.hand >= 0)
        slack[has] = other[has] - doses[week.hand[has]]
        slack[week.served] = np.inf
        return slack

    def _lost(self) -> tuple[Floats, Floats]:
        """What the bound loses by each run held open, and the share of its doses' slack it takes."""
        program, week = self.program, self.week
        reduced = self.reduced_costs[program.opened]
        slack = self._preferred()
        room, fixed = np.zeros(program.runs), np.zeros(program.runs, dtype=bool)
        free = np.flatnonzero((week.hand >= 0) & ~week.served)
        np.add.at(room, week.run[week.hand[free]], np.maximum(slack[free], 0.0))
        # What was infused never leaves its run, so such a run is open whatever it costs.
        fixed[week.run[week.hand[week.served]]] = True
        saved = np.where(self.kept & ~fixed, np.maximum(reduced, 0.0), 0.0)
        share = np.minimum(saved, room) / np.maximum(room, 1e-300)
        return saved - np.minimum(saved, room), share

    def _site_rows(self, answer: Answer) -> Rows:
        """Violated rows of sites with a dose in part."""
        program = self.program
        columns, sites = self._in_part(answer)
        if not sites.size:
            return Rows()
        some = self.week.program(columns)
        blocks = Sites(some)
        only = np.isin(blocks.blocks, sites)
        priced = blocks.priced(_prices(program, self.prices, some), only=only)
        tail = np.arange(program.unserved.start, program.cost.size)
        numbers = np.concatenate([columns, tail])
        found = blocks.rows(
            replace(priced, least=np.where(only, priced.least, -np.inf)), answer.values[numbers]
        )
        row, column, value = found.entries()
        rows = Rows(lower=found.lower, upper=found.upper, count=found.count)
        rows.fill(row, numbers[column], value)
        return rows

    def _in_part(self, answer: Answer) -> tuple[Ints, Ints]:
        """Columns of the sites with a dose in part, if an order is left in part, and the sites."""
        program = self.program
        left, doses = answer.values[program.unserved], answer.values[program.doses]
        waiting = np.unique(program.site[_odd(left)])
        if not waiting.size:
            return np.empty(0, dtype=np.int64), waiting
        sites = np.union1d(waiting, program.site[program.group[_odd(doses)]])
        columns = np.flatnonzero(np.isin(program.site, sites)[program.group])
        if columns.size > _MANY:
            columns = np.flatnonzero(np.isin(program.site, waiting)[program.group])
            return columns, waiting
        return columns, sites


def _odd(values: Floats) -> Bools:
    """Which values are no whole numbers."""
    odd: Bools = np.abs(values - np.rint(values)) > _WHOLE
    return odd


def _prices(program: Program, prices: Floats, some: Program) -> Floats:
    """Prices of the rows of a program over some of the columns.

    Args:
        program: The program over all columns.
        prices: Of its rows, and perhaps of rows added after them.
        some: The program over some, with the same groups, runs and pools.
    """
    first = program.count.size + 3 * program.runs + program.pools
    of_limit = np.zeros(max(program.limits.max(initial=-1), some.limits.max(initial=-1)) + 1)
    of_limit[program.limits] = prices[first:][: program.most.size]
    last = prices[first + program.most.size : program.rows.count]
    return np.concatenate([prices[:first], of_limit[some.limits], last])
