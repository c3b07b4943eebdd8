"""Rows that every plan satisfies and the relaxation may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import INFINITY, Highs, Rows

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Floats, Ints
    from doseline.plan.solver.program import Program

_VIOLATED = 1e-4
_MOST_SITES = 200
"""Sites looked at for one round of shortage rows."""


def opening_cuts(program: Program, values: Floats, done: set[int]) -> Rows:
    """Violated rows ``doses of a group from a run <= its orders, if the run opens``."""
    pair = program.group * program.runs + program.run
    pairs, inverse = np.unique(pair, return_inverse=True)
    doses = np.bincount(inverse, weights=values[program.doses], minlength=pairs.size)
    group, run = np.divmod(pairs, max(program.runs, 1))
    opened = values[program.opened]
    violated = np.flatnonzero(doses > program.count[group] * opened[run] + _VIOLATED)
    new = np.array([one for one in violated if int(pairs[one]) not in done], dtype=np.int64)
    done.update(int(pairs[one]) for one in new)
    rows = Rows()
    rows.add(lower=-INFINITY, upper=0.0, count=new.size)
    number = np.full(pairs.size, -1)
    number[new] = np.arange(new.size)
    mine = np.flatnonzero(number[inverse] >= 0)
    rows.fill(number[inverse[mine]], mine, 1.0)
    rows.fill(np.arange(new.size), program.opened.start + run[new], -program.count[group[new]])
    return rows


def shortage_cuts(program: Program, values: Floats, done: set[int]) -> Rows:
    """Violated rows ``penalties at a site >= the least that its own limits allow``.

    The least is found in whole numbers for one site at a time, with supply without limit, so that
    it holds for every plan. It tells a dose from half a dose where chairs are short.
    """
    left = values[program.unserved]
    partly = np.abs(left - np.rint(left)) > _VIOLATED
    sites = [int(site) for site in np.unique(program.site[partly]) if -1 - int(site) not in done]
    rows = Rows()
    for site in sites[:_MOST_SITES]:
        done.add(-1 - site)
        groups = np.flatnonzero(program.site == site)
        weight = program.cost[program.unserved][groups]
        least = _least_penalty(program, groups, weight)
        # Written over the smallest weight, so that the row's numbers stay near 1.
        unit = float(weight.min())
        if least > float(weight @ left[groups]) + _VIOLATED * unit:
            row = rows.add(lower=least / unit - 1e-9, upper=INFINITY, count=1)
            where = program.unserved.start + groups
            rows.fill(np.full(groups.size, row), where, weight / unit)
    return rows


def _least_penalty(program: Program, groups: Ints, weight: Floats) -> float:
    """The least penalty with which a site can do, if supply has no limit."""
    x = np.flatnonzero(np.isin(program.group, groups))
    limit, column, use = program.uses
    mine = np.isin(column, x)
    limits, row_of = np.unique(limit[mine], return_inverse=True)
    place = np.searchsorted(groups, program.group[x])
    rows = Rows()
    rows.add(lower=program.count[groups], upper=program.count[groups], count=groups.size)
    rows.fill(place, np.arange(x.size), 1.0)
    rows.fill(np.arange(groups.size), x.size + np.arange(groups.size), 1.0)
    first = rows.add(lower=-INFINITY, upper=program.most[limits], count=limits.size)
    rows.fill(first + row_of, np.searchsorted(x, column[mine]), use[mine])
    highs = Highs(
        cost=np.concatenate([np.zeros(x.size), weight]),
        lower=np.zeros(x.size + groups.size),
        upper=np.concatenate([program.upper[x], program.count[groups]]),
        rows=rows,
        integer=np.ones(x.size + groups.size, dtype=bool),
    )
    return highs.solve("looking at one site").bound
