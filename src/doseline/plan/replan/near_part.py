"""A part of a week: the orders near an event are free, the doses of all others stay.

The doses that stay in a run become one dose of a group of its own, which takes their activity; what
they use of limits and vials is taken off. So the part is a problem like any other.

*Bound for the whole week.* Prices of the part's rows price every dose of the week. An order that
stays counts what its dose costs at these prices, or the cheapest other way that it has, or its
penalty, whichever is least; what opening a run costs beyond what its rows pay is shared by the
doses that stay in it, as far as each still prefers to stay. The sum is the value of a Lagrangean
relaxation of the whole week's program, so no plan of the week costs less (Geoffrion, 1974).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.solver.linear import INFINITY
from doseline.plan.solver.program import program_of
from doseline.plan.supply.isotope import sums

if TYPE_CHECKING:
    from doseline.plan.problem import Problem
    from doseline.plan.solver.linear import Bools, Floats, Ints, Rows
    from doseline.plan.solver.program import Program
    from doseline.plan.solver.relaxed import Relaxed

_NOWHERE = -1
"""Site, option, slot and profile of the doses that stay in a run."""
_NEVER = 1e3
"""Penalty of leaving what was infused, in terms of the largest penalty."""
_OVER = 1e-6
"""Share of a limit that is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a plan must keep apart from the problem's limits."""

    hit: Ints
    """Groups that events hit."""
    served: Ints
    """Groups that must be served: their doses were infused."""
    counted: Ints
    """Columns that move somebody whom no event hit."""
    dropped: Ints
    """Groups that no event hit: leaving one is a move too."""
    most: int | None
    """Most of these moves; None: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the week as a problem, and how it lies in the week."""

    near: Bools
    """Which groups are free."""
    problem: Problem
    columns: Ints
    """Column of the week behind each column but the last ones, which stand for doses that stay."""
    stays: Ints
    """Columns of the week that stay."""
    used: Floats
    """What they take of each limit of the week."""
    whole_sites: Bools
    """Of each free group: whether all orders of its site are free, and share no limit with others
    elsewhere."""

    def program(self, week: Week, kept: Ints | None = None, more: Rows | None = None) -> Program:
        """The program over some of the part's columns, those that stand for others included.

        Args:
            week: The week.
            kept: Columns of the part; None: all.
            more: Rows over the program of all columns, which hold here too.
        """
        own = np.arange(self.columns.size) if kept is None else kept
        extra = np.arange(self.columns.size, self.problem.columns.height)
        chosen = np.concatenate([own, extra])
        program = program_of(self.problem, chosen)
        if week.bounds.most is not None:
            row = program.rows.add(lower=-INFINITY, upper=float(week.bounds.most), count=1)
            moving = np.flatnonzero(week.counted[self.columns[own]])
            left = np.flatnonzero(week.dropped[self.near])
            for columns in (moving, program.unserved.start + left):
                program.rows.fill(np.full(columns.size, row), columns, 1.0)
        if more is not None:
            rest = np.arange(program.unserved.start, program.cost.size)
            numbers = np.full(self.problem.columns.height + rest.size, -1, dtype=np.int64)
            numbers[chosen] = np.arange(chosen.size)
            numbers[self.problem.columns.height :] = rest
            program.rows.append(more.renumbered(numbers))
        return program


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What a part's prices say of the whole week."""

    bound: float
    """No plan of the week costs less. [currency]"""
    slack: Floats
    """By how much each group prefers its dose to its next best way; of those that stay. [currency]"""
    sites: Ints
    """Sites at which the bound would be larger if all their orders were free."""


class Week:
    """A whole week's problem, with the doses in hand."""

    def __init__(self, problem: Problem, same: Bools, bounds: Bounds) -> None:
        columns, groups = problem.columns, problem.groups
        self.problem, self.bounds, self.same = problem, bounds, same
        self.group, self.run = columns["group"].to_numpy(), columns["run"].to_numpy()
        self.option = columns["option"].to_numpy()
        self.extra = columns["extra"].to_numpy()
        self.cost = columns["cost"].to_numpy() + self.extra
        self.activity = columns["activity_gbq"].to_numpy()
        self.site = groups["site"].to_numpy()
        self.hand = np.full(groups.height, -1, dtype=np.int64)
        self.hand[self.group[same]] = np.flatnonzero(same)
        self.left = (groups["penalty"] + groups["fee"]).to_numpy()
        self.counted, self.dropped = np.zeros(columns.height, bool), np.zeros(groups.height, bool)
        self.counted[bounds.counted], self.dropped[bounds.dropped] = True, True
        self.served = np.zeros(groups.height, dtype=bool)
        self.served[bounds.served] = True
        self.limits = problem.limit_rows
        self.most = self.limits["most"].to_numpy()
        self._uses = tuple(
            problem.limits.uses[name].to_numpy() for name in ("option", "limit", "use")
        )
        own = problem.own_uses(columns)
        self._own = tuple(own[name].to_numpy() for name in ("column", "limit", "use"))

    def start(self) -> Bools:
        """Groups that are free from the start: those without a dose, and those that are hit."""
        near = self.hand < 0
        near[self.bounds.hit] = True
        near |= self._over(near)
        return near & ~self.served

    def part(self, near: Bools) -> Part:
        """The part in which some groups are free."""
        stays = self.hand[~near]
        used = self._used(stays)
        problem = self.problem
        number = np.cumsum(near) - 1
        columns = np.flatnonzero(near[self.group])
        own = problem.columns[columns].with_columns(
            group=pl.Series(number[self.group[columns]], dtype=pl.Int64)
        )
        groups = problem.groups.filter(pl.Series(near))
        more_groups, more_columns, runs = self._standing(stays, groups.height)
        limits, own_limits = problem.limits, problem.column_limits
        most = np.maximum(self.most - used, 0.0)
        first = limits.rows.height
        part = replace(
            problem,
            groups=pl.concat([groups, more_groups.select(groups.columns)]).with_columns(
                group=pl.int_range(pl.len(), dtype=pl.Int64)
            ),
            columns=pl.concat([own, more_columns.select(own.columns)]).with_columns(
                column=pl.int_range(pl.len(), dtype=pl.Int64)
            ),
            supply=replace(problem.supply, runs=runs),
            limits=replace(limits, rows=limits.rows.with_columns(most=pl.Series(most[:first]))),
            column_limits=own_limits.with_columns(most=pl.Series(most[first:], dtype=pl.Float64)),
        )
        return Part(
            near=near,
            problem=part,
            columns=columns,
            stays=stays,
            used=used,
            whole_sites=self._whole_sites(near, used),
        )

    def worth(self, part: Part, relaxed: Relaxed, bound: float) -> Worth:
        """What the prices of a part's relaxation say of the whole week.

        Args:
            part: The part.
            relaxed: Its relaxation, solved.
            bound: That of the relaxation. [currency]
        """
        program, prices = relaxed.program, relaxed.prices
        vial, made, limit = program.charged(prices)
        priced = np.zeros(self.most.size)
        priced[program.limits] = limit
        reduced = self.cost - vial[self.run] - made[self.run] * self.activity
        reduced -= self._charged(priced)
        budget = self._budget(program, prices)
        reduced -= np.where(self.counted, budget, 0.0)
        stays = ~part.near
        staying = reduced[part.stays]
        other = self.left[stays] - np.where(self.dropped[stays], budget, 0.0)
        next_best = np.full(part.near.size, np.inf)
        elsewhere = ~self.same & stays[self.group]
        np.minimum.at(next_best, self.group[elsewhere], reduced[elsewhere])
        slack = np.full(part.near.size, np.inf)
        slack[stays] = np.minimum(next_best[stays], other) - staying
        slack[self.served] = np.inf
        opening, shared = self._opening(part, relaxed, vial, slack)
        # A dose that stands for others is taken, so its price is its own, not its group's.
        own = int(part.near.sum())
        standing = relaxed.reduced_costs[program.doses][part.columns.size :]
        standing = standing + prices[own : program.count.size]
        # Beside doses that stay, a limit is cut to what whole doses can use; if these moved, it were
        # cut less. Where none stay, the cut holds for the whole week.
        used = part.used[program.limits]
        full = np.where(used > 0.0, self.most[program.limits], program.most)
        lost = limit * (program.most - (full - used))
        value = (
            bound
            - float(standing.sum())
            + float((staying + np.minimum(slack[stays], 0.0)).sum())
            + float(limit @ (full - program.most))
            + opening
        )
        movable = part.stays[~self.served[self.group[part.stays]]]
        moving = self.group[movable]
        slack[moving] -= shared[self.run[movable]] * np.maximum(slack[moving], 0.0)
        lossy = self.limits["site"].gather(
            program.limits[lost > _OVER * self.left.max(initial=1.0)]
        )
        return Worth(bound=value, slack=slack, sites=lossy.drop_nulls().unique().to_numpy())

    def _opening(
        self, part: Part, relaxed: Relaxed, vial: Floats, slack: Floats
    ) -> tuple[float, Floats]:
        """What opening runs adds to the bound, and the share of slack that each run takes."""
        program = relaxed.program
        small = relaxed.reduced_costs[program.opened]
        runs = self.problem.supply.runs["max_doses"].to_numpy().astype(np.float64)
        orders = float(self.problem.groups["count"].sum())
        there = part.problem.supply.runs["max_doses"].to_numpy().astype(np.float64)
        fewer = np.minimum(runs, orders) - np.minimum(there, program.count.sum())
        whole = small - self._standing_cuts(part, relaxed) + vial * fewer
        room = np.zeros(program.runs)
        finite = np.where(np.isfinite(slack), np.maximum(slack, 0.0), 0.0)
        np.add.at(room, self.run[part.stays], finite[self.group[part.stays]])
        # What was infused never leaves its run, so such a run is open whatever it costs.
        fixed = np.zeros(program.runs, dtype=bool)
        fixed[self.run[part.stays[self.served[self.group[part.stays]]]]] = True
        taken = np.where(fixed, np.maximum(whole, 0.0), np.minimum(np.maximum(whole, 0.0), room))
        value = taken + np.minimum(0.0, whole - taken) - np.minimum(0.0, small)
        share = np.where(fixed | (room <= 0.0), 0.0, taken / np.maximum(room, 1e-300))
        return float(value.sum()), share

    def _standing_cuts(self, part: Part, relaxed: Relaxed) -> Floats:
        """Prices of the rows that open a run because of the doses that stay in it."""
        program, prices = relaxed.program, relaxed.prices
        row, column, _ = relaxed.rows.entries()
        stand = np.arange(part.columns.size, program.chosen.size)
        mine = (
            (row >= program.rows.count)
            & (column >= stand[:1].sum())
            & (column < program.chosen.size)
        )
        priced = np.zeros(program.runs)
        if stand.size:
            np.add.at(priced, program.run[column[mine]], prices[row[mine]])
        return priced

    def _budget(self, program: Program, prices: Floats) -> float:
        """Price of one move more."""
        return float(prices[program.rows.count - 1]) if self.bounds.most is not None else 0.0

    def _charged(self, priced: Floats) -> Floats:
        """What each column pays for limits."""
        option, limit, use = self._uses
        options = self.problem.usable.height
        of_option = sums(option, use * priced[limit], options)
        column, limit, use = self._own
        charged: Floats = of_option[self.option] + sums(
            column, use * priced[limit], self.option.size
        )
        return charged

    def _used(self, columns: Ints) -> Floats:
        """What some doses take of each limit."""
        uses = self.problem.uses(self.problem.columns[columns])
        limit, use = uses["limit"].to_numpy(), uses["use"].to_numpy()
        return sums(limit, use, self.most.size)

    def _over(self, near: Bools) -> Bools:
        """Groups with a dose in hand that takes from a limit which these doses exceed."""
        hand = self.hand[~near]
        uses = self.problem.uses(self.problem.columns[hand])
        used = self._used(hand)
        over = np.flatnonzero(used > self.most * (1.0 + _OVER) + _OVER)
        hit = uses.filter(pl.col("limit").is_in(over))["column"].to_numpy()
        found = np.zeros(near.size, dtype=bool)
        found[self.group[hit]] = True
        return found

    def _whole_sites(self, near: Bools, used: Floats) -> Bools:
        """Which free groups are of sites that are free as a whole."""
        elsewhere = np.isin(self.site[near], np.unique(self.site[~near & ~self.served]))
        wide = self.limits["site"].is_null().to_numpy() & (used > 0.0)
        if not wide.any():
            return ~elsewhere
        mine = self.problem.columns.filter(pl.Series(near[self.group]))
        uses = self.problem.uses(mine).filter(pl.col("limit").is_in(np.flatnonzero(wide)))
        sites = self.site[self.group[uses["column"].unique().to_numpy()]]
        return ~elsewhere & ~np.isin(self.site[near], sites)

    def _standing(self, stays: Ints, first: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Groups and columns that stand for the doses that stay, and the runs with room for them."""
        runs = self.problem.supply.runs
        doses = np.bincount(self.run[stays], minlength=runs.height)
        sums = [
            np.bincount(self.run[stays], weights=value, minlength=runs.height)
            for value in (self.activity[stays], self.cost[stays], self.left[self.group[stays]])
        ]
        fixed = np.zeros(runs.height, dtype=bool)
        fixed[self.run[stays[self.served[self.group[stays]]]]] = True
        penalty = sums[2] + np.where(fixed, _NEVER * self.left.max(initial=1.0), 0.0)
        used = np.flatnonzero(doses)
        like: dict[str, pl.Expr | pl.Series] = {
            name: pl.lit(None, dtype=kind) for name, kind in self.problem.groups.schema.items()
        }
        groups = pl.DataFrame({"run": used}).select(
            **like
            | {
                "site": pl.lit(_NOWHERE, dtype=pl.Int32),
                "profile": pl.lit(_NOWHERE, dtype=self.problem.groups.schema["profile"]),
                "count": pl.lit(1, dtype=pl.Int64),
                "fee": pl.lit(0.0),
                "penalty": pl.Series(penalty[used], dtype=pl.Float64),
            }
        )
        kinds = self.problem.columns.schema
        blank: dict[str, pl.Expr | pl.Series] = {
            name: pl.lit(None, dtype=kind) for name, kind in kinds.items()
        }
        columns = pl.DataFrame({"at": used}).select(
            **blank
            | {
                "group": pl.int_range(first, first + pl.len(), dtype=pl.Int64),
                "option": pl.lit(_NOWHERE, dtype=kinds["option"]),
                "run": pl.Series(used, dtype=kinds["run"]),
                "cost": pl.Series(sums[1][used], dtype=pl.Float64),
                "extra": pl.lit(0.0),
                "activity_gbq": pl.Series(sums[0][used], dtype=pl.Float64),
            }
        )
        room = runs["max_doses"].to_numpy() - doses + (doses > 0)
        return groups, columns, runs.with_columns(max_doses=pl.Series(room, dtype=pl.Int64))
