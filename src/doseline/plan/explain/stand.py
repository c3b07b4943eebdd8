"""What the plan that is explained counts, so that others can be held against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import Highs
from doseline.plan.solver.program import program_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.problem import Problem

    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """The figures of a plan in hand."""

    cost: float
    """[currency]"""
    objective: float
    """Cost and penalties of orders left. [currency]"""
    bound: float | None
    """No plan of the whole week has a smaller objective; None: that is not known. [currency]"""


def stand_of(problem: Problem, columns: Ints) -> Stand | None:
    """The figures of some doses by a problem's prices, isotope drawn as cheaply as can be.

    Args:
        problem: The problem.
        columns: Its column of each dose.

    Returns:
        The figures, without a bound; None if the doses do not respect the problem.
    """
    chosen, doses = np.unique(columns, return_counts=True)
    program = program_of(problem, chosen)
    lower, upper = np.zeros(program.cost.size), program.upper.copy()
    left = program.count - np.bincount(program.group, weights=doses, minlength=program.count.size)
    made = np.bincount(program.run, minlength=program.runs) > 0
    for mine, value in (
        (program.doses, doses),
        (program.unserved, left),
        (program.opened, made),
    ):
        lower[mine] = upper[mine] = value
    highs = Highs(cost=program.cost, lower=lower, upper=upper, rows=program.rows)
    answer = highs.solve_if_possible("counting the plan")
    if answer is None:
        return None
    return Stand(cost=program.money(answer.values), objective=answer.objective, bound=None)
