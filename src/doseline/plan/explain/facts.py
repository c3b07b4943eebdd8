"""Facts that a plan has to respect, numbered, with what each dose takes of them.

A *fact* is one limit of a site or carrier, the vials or the activity of one run, one delivery of
isotope, one changeover of a line, a run that no isotope reaches, or the window of the order that
is asked about. Decay, shelf life, tolerance and licences to make, move and treat are no facts to
choose from: they decide which columns there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.solver.linear import INFINITY, Highs, Rows
from doseline.plan.supply.changeover import Conflicts
from doseline.plan.supply.isotope import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.explain.asked import Asked
    from doseline.plan.supply.batches import Supply

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

VIALS, ACTIVITY, LOT, NO_LOT, CHANGEOVER, WINDOW = (
    "vials",
    "activity",
    "lot",
    "no_lot",
    "changeover",
    "window",
)
"""Kinds of facts that are no limit of a site or carrier."""
SLACK = 1e-7
"""Rounding that a solver's plan may leave in a limit, relative."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where the facts of one kind lie among all."""

    start: int
    stop: int

    def __contains__(self, fact: int) -> bool:
        return self.start <= fact < self.stop

    @property
    def slice(self) -> slice:
        """The same as a slice."""
        return slice(self.start, self.stop)


class Facts:
    """All facts of a problem: how much of each there is, and who takes how much."""

    def __init__(self, asked: Asked) -> None:
        problem = self.problem = asked.problem
        self.asked = asked
        self.supply: Supply = problem.supply
        rows, runs = problem.limit_rows, self.supply.runs
        self.kinds, self.keys = rows["kind"].to_list(), rows["key"].to_list()
        self.sites = rows["site"].to_list()
        self.run: Ints = problem.columns["run"].to_numpy()
        self.group: Ints = problem.columns["group"].to_numpy()
        self.gbq: Floats = problem.columns["activity_gbq"].to_numpy()
        conflicts = Conflicts(self.supply.conflicts, runs.height)
        self.cliques = list(conflicts.cliques())
        sizes = (
            rows.height,
            runs.height,
            runs.height,
            self.supply.pools.height,
            runs.height,
            len(self.cliques),
            1,
        )
        ends = np.cumsum(sizes).tolist()
        spans = [Span(end - size, end) for end, size in zip(ends, sizes, strict=True)]
        self.limits, self.vials, self.activity, self.pools, self.no_lot = spans[:5]
        self.changeovers, (self.window, self.count) = spans[5], (ends[-1] - 1, ends[-1])
        self.most = np.zeros(self.count)
        self.most[self.limits.slice] = rows["most"].to_numpy()
        self.most[self.vials.slice] = runs["max_doses"].to_numpy()
        self.most[self.activity.slice] = runs["max_activity_gbq"].to_numpy()
        self.most[self.pools.slice] = self.supply.pools["capacity_gbq"].to_numpy()
        self._entries()
        fed = np.zeros(runs.height, dtype=bool)
        fed[self.supply.draws["run"].to_numpy()] = True
        # Vials that exist ask for no isotope.
        needy = np.zeros(runs.height, dtype=bool)
        needy[self.run[self.gbq > 0.0]] = True
        self.unfed = ~fed & needy
        self.pools_of = [
            np.unique(own["pool"].to_numpy())
            for own in (self.supply.draws.filter(pl.col("run") == run) for run in range(len(fed)))
        ]

    def _entries(self) -> None:
        """column, fact, use of all that is counted by columns; sorted by column."""
        uses, each = self.problem.uses(), np.arange(self.run.size)
        beyond = np.flatnonzero(self.asked.beyond)
        column = np.concatenate([uses["column"].to_numpy(), each, each, beyond])
        fact = np.concatenate(
            [
                uses["limit"].to_numpy(),
                self.vials.start + self.run,
                self.activity.start + self.run,
                np.full(beyond.size, self.window),
            ]
        )
        use = np.concatenate(
            [uses["use"].to_numpy(), np.ones(each.size), self.gbq, np.ones(beyond.size)]
        )
        order = np.argsort(column, kind="stable")
        self.entry_column, self.entry_fact = column[order], fact[order]
        self.entry_use = use[order]
        self.starts = np.searchsorted(self.entry_column, np.arange(self.run.size + 1))

    def kind(self, fact: int) -> str:
        """Kind of a fact: of its limit, or one of those above."""
        if fact in self.limits:
            return str(self.kinds[fact])
        named = (
            (self.vials, VIALS),
            (self.activity, ACTIVITY),
            (self.pools, LOT),
            (self.no_lot, NO_LOT),
            (self.changeovers, CHANGEOVER),
        )
        return next((kind for span, kind in named if fact in span), WINDOW)

    def of_column(self, column: int) -> tuple[Ints, Floats]:
        """Facts that a column takes from, and how much."""
        mine = slice(self.starts[column], self.starts[column + 1])
        return self.entry_fact[mine], self.entry_use[mine]

    def used(self, doses: Floats) -> Floats:
        """How much of each fact some doses take; isotope and changeovers are not counted here."""
        weight = self.entry_use * doses[self.entry_column]
        return sums(self.entry_fact, weight, self.count)

    def broken(self, doses: Floats, most: Floats | None = None) -> list[int]:
        """Facts that some doses do not respect.

        Args:
            doses: Doses of each column.
            most: How much of each fact there is; as planned if left out.
        """
        most = self.most if most is None else most
        over = self.used(doses) > most * (1.0 + SLACK) + SLACK
        found = np.flatnonzero(over).tolist()
        made = sums(self.run, doses, self.unfed.size) > 0.0
        found += (self.no_lot.start + np.flatnonzero(made & self.unfed)).tolist()
        clashing = [one for one, runs in enumerate(self.cliques) if made[runs].sum() > 1]
        found += [self.changeovers.start + one for one in clashing]
        need = sums(self.run, doses * self.gbq, self.unfed.size)
        return found + self._short(need, most[self.pools.slice])

    def _short(self, need: Floats, capacity: Floats) -> list[int]:
        """Deliveries that fall short of what runs need, with all that could stand in for them."""
        short = np.flatnonzero(isotope_short(self.supply, need, capacity) & ~self.unfed)
        reached = {int(pool) for run in short for pool in self.pools_of[run]}
        while True:
            linked = {
                int(pool)
                for pools in self.pools_of
                if not reached.isdisjoint(pools.tolist())
                for pool in pools
            }
            if linked <= reached:
                return [self.pools.start + pool for pool in sorted(reached)]
            reached |= linked


def isotope_short(supply: Supply, need_gbq: Floats, capacity_gbq: Floats) -> Bools:
    """Runs for whose vials the deliveries do not suffice, as few GBq short as can be.

    Args:
        supply: Pools and draws.
        need_gbq: Activity in the vials of each run at calibration. [GBq]
        capacity_gbq: What each pool holds. [GBq]
    """
    _, short = _drawn(supply, need_gbq, capacity_gbq, more=np.zeros(need_gbq.size))
    return np.asarray(short > SLACK * np.maximum(1.0, need_gbq))


def isotope_room(supply: Supply, need_gbq: Floats, runs: Ints) -> Floats:
    """How much more activity each of some runs could make, all others as planned, in [GBq].

    Args:
        supply: Pools and draws.
        need_gbq: Activity in the vials of each run at calibration. [GBq]
        runs: The runs that are asked about.
    """
    room = np.zeros(need_gbq.size)
    capacity = supply.pools["capacity_gbq"].to_numpy()
    draws = supply.draws
    could = draws["per_gbq"].to_numpy() * capacity[draws["pool"].to_numpy()]
    all_of = sums(draws["run"].to_numpy(), could, need_gbq.size)
    for run in runs:
        most = np.zeros(need_gbq.size)
        most[run] = all_of[run]
        room[run] = _drawn(supply, need_gbq, capacity, more=most)[0][run]
    return room


def _drawn(
    supply: Supply, need: Floats, capacity: Floats, *, more: Floats
) -> tuple[Floats, Floats]:
    """Activity that runs make beyond their needs, and what they lack.

    Nothing is made beyond the needs at the price of a lack elsewhere.

    Args:
        supply: Pools and draws.
        need: Of each run. [GBq]
        capacity: Of each pool. [GBq]
        more: Most that each run makes beyond its need. [GBq]
    """
    pool, run = supply.draws["pool"].to_numpy(), supply.draws["run"].to_numpy()
    runs, each = need.size, np.arange(need.size)
    beyond, lack = pool.size + each, pool.size + runs + each
    rows = Rows()
    # Rounding of the plan is no shortage.
    first = rows.add(lower=need * (1.0 - SLACK), upper=INFINITY, count=runs)
    rows.fill(first + run, np.arange(pool.size), supply.draws["per_gbq"].to_numpy())
    rows.fill(first + each, beyond, -1.0)
    rows.fill(first + each, lack, 1.0)
    first = rows.add(lower=-INFINITY, upper=capacity, count=capacity.size)
    rows.fill(first + pool, np.arange(pool.size), 1.0)
    highs = Highs(
        cost=np.concatenate([np.zeros(pool.size), -np.ones(runs), np.full(runs, 10.0)]),
        lower=np.zeros(pool.size + 2 * runs),
        upper=np.concatenate([np.full(pool.size, INFINITY), more, np.full(runs, INFINITY)]),
        rows=rows,
    )
    values = highs.solve("drawing isotope").values
    return values[beyond], values[lack]
