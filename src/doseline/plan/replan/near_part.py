"""A whole week's problem with the doses in hand, and parts of it in which few orders are free.

In a part, the doses that stay in a run become one dose of a group of its own, which takes their
activity; what they use of limits and vials is taken off. So the part is a problem like any other.
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
    from doseline.plan.solver.linear import Bools, Floats, Ints
    from doseline.plan.solver.program import Program

_NOWHERE = -1
"""Site, option, slot and profile of the doses that stay in a run."""
_NEVER = 1e3
"""Penalty of leaving what was infused, in terms of the largest penalty."""


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

    def program(self, week: Week) -> Program:
        """The program over the part's columns, those that stand for others included.

        Args:
            week: The week.
        """
        program = program_of(self.problem, np.arange(self.problem.columns.height))
        return week.with_budget(program, self.columns, np.flatnonzero(self.near))


class Week:
    """A whole week's problem, with the doses in hand."""

    def __init__(self, problem: Problem, same: Bools, bounds: Bounds) -> None:
        columns, groups = problem.columns, problem.groups
        self.bounds, self.same = bounds, same
        self.group, self.run = columns["group"].to_numpy(), columns["run"].to_numpy()
        self.extra = columns["extra"].to_numpy()
        self.cost = columns["cost"].to_numpy() + self.extra
        self.activity = columns["activity_gbq"].to_numpy()
        self.hand = np.full(groups.height, -1, dtype=np.int64)
        self.hand[self.group[same]] = np.flatnonzero(same)
        self.left = (groups["penalty"] + groups["fee"]).to_numpy()
        self.counted, self.dropped = np.zeros(columns.height, bool), np.zeros(groups.height, bool)
        self.counted[bounds.counted], self.dropped[bounds.dropped] = True, True
        self.served = np.zeros(groups.height, dtype=bool)
        self.served[bounds.served] = True
        # What was infused stays, also where a limit no longer allows it.
        infused = _used(problem, self.hand[self.served])
        self.most = np.maximum(problem.limit_rows["most"].to_numpy(), infused)
        self.problem = _with_most(problem, self.most)

    def program(self, columns: Ints) -> Program:
        """The program of the whole week over some columns; what was infused keeps its dose.

        Args:
            columns: Numbers of columns, with those of the doses in hand.
        """
        program = program_of(self.problem, columns)
        upper = program.upper.copy()
        upper[program.doses][(self.served[self.group] & ~self.same)[columns]] = 0.0
        upper[program.unserved][self.served] = 0.0
        free = replace(program, upper=upper)
        return self.with_budget(free, columns, np.arange(self.left.size))

    def with_budget(self, program: Program, columns: Ints, groups: Ints) -> Program:
        """A program with the row that limits moves as its last, if they are limited.

        Args:
            program: The program.
            columns: Column of the week behind each of its first doses.
            groups: Group of the week behind each of its first groups.
        """
        if self.bounds.most is not None:
            rows = program.rows
            row = rows.add(lower=-INFINITY, upper=float(self.bounds.most), count=1)
            moving = np.flatnonzero(self.counted[columns])
            left = program.unserved.start + np.flatnonzero(self.dropped[groups])
            for at in (moving, left):
                rows.fill(np.full(at.size, row), at, 1.0)
        return program

    def part(self, near: Bools) -> Part:
        """The part in which some groups are free."""
        stays = self.hand[~near]
        problem = self.problem
        number = np.cumsum(near) - 1
        columns = np.flatnonzero(near[self.group])
        own = problem.columns[columns].with_columns(
            group=pl.Series(number[self.group[columns]], dtype=pl.Int64)
        )
        groups = problem.groups.filter(pl.Series(near))
        more_groups, more_columns, runs = self._standing(stays, groups.height)
        part = replace(
            _with_most(problem, np.maximum(self.most - _used(problem, stays), 0.0)),
            groups=pl.concat([groups, more_groups.select(groups.columns)]).with_columns(
                group=pl.int_range(pl.len(), dtype=pl.Int64)
            ),
            columns=pl.concat([own, more_columns.select(own.columns)]).with_columns(
                column=pl.int_range(pl.len(), dtype=pl.Int64)
            ),
            supply=replace(problem.supply, runs=runs),
        )
        return Part(near=near, problem=part, columns=columns, stays=stays)

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


def _used(problem: Problem, columns: Ints) -> Floats:
    """What some doses take of each limit."""
    uses = problem.uses(problem.columns[columns])
    limit, use = uses["limit"].to_numpy(), uses["use"].to_numpy()
    return sums(limit, use, problem.limit_rows.height)


def _with_most(problem: Problem, most: Floats) -> Problem:
    """The problem with other right-hand sides of its limits."""
    limits, own = problem.limits, problem.column_limits
    first = limits.rows.height
    return replace(
        problem,
        limits=replace(limits, rows=limits.rows.with_columns(most=pl.Series(most[:first]))),
        column_limits=own.with_columns(most=pl.Series(most[first:], dtype=pl.Float64)),
    )
