"""The search over which runs open finds their best, and its bound holds, against enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from tests.plan.worlds import Size, nuclides, world

from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.solver.program import Program, program_of
from doseline.plan.solver.relaxed import Relaxed
from doseline.plan.solver.runs import RunSearch

SMALL = Size(orders=24, sites=3, batches=6, max_doses=(3, 8))


def program(seed: int) -> Program:
    one = world(seed, SMALL)
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    return program_of(problem, problem.columns["column"].to_numpy())


def least_of_all(one: Program) -> float:
    """The least relaxation over every choice of runs."""
    relaxed = Relaxed(one)
    choices = (np.array(choice) for choice in product((0.0, 1.0), repeat=one.runs))
    found = (relaxed.within_if_possible(choice, choice) for choice in choices)
    return min(answer.objective for answer in found if answer is not None)


@pytest.mark.parametrize("seed", range(4))
def test_the_best_runs_are_those_of_enumeration(seed: int) -> None:
    one = program(seed)
    relaxed = Relaxed(one)
    search = RunSearch(relaxed, relaxed.solve("relaxing").bound)
    ends = search.search(1e-6, node_limit=10_000)
    best = least_of_all(one)
    assert ends is not None
    assert ends.placed.objective == pytest.approx(best, rel=1e-7)
    assert search.bound == pytest.approx(best, rel=1e-7)


@pytest.mark.parametrize("limit", [0, 3, 6])
def test_a_search_that_is_cut_short_has_a_bound_that_holds(limit: int) -> None:
    one = program(2)
    relaxed = Relaxed(one)
    search = RunSearch(relaxed, relaxed.solve("relaxing").bound)
    ends = search.search(0.0, node_limit=limit)
    assert ends is not None
    assert search.bound <= least_of_all(one) * (1.0 + 1e-9)
    assert set(np.unique(ends.opened)) <= {0.0, 1.0}
