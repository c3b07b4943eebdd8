"""The search over one relaxation finds what enumeration of the runs finds, within its bound."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from doseline.plan.solver.linear import Answer, Highs, Rows, stop_at
from doseline.plan.solver.nodes import Space, search

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RUNS, ORDERS, CHAIRS = 4, 5, 2.0


def week(seed: int) -> tuple[Floats, Floats, Rows]:
    """Orders to runs that cost something to open, two orders of three on chairs; some of it tight."""
    chance = np.random.default_rng(seed)
    size = ORDERS * RUNS + RUNS
    cost = np.concatenate([chance.uniform(1, 9, ORDERS * RUNS), chance.uniform(5, 20, RUNS)])
    rows, x = Rows(), np.arange(ORDERS * RUNS)
    rows.add(lower=1.0, upper=1.0, count=ORDERS)
    rows.fill(x // RUNS, x, 1.0)
    first = rows.add(lower=-np.inf, upper=0.0, count=RUNS)
    rows.fill(first + x % RUNS, x, 1.0)
    most = chance.integers(1, 4, RUNS).astype(float)
    rows.fill(first + np.arange(RUNS), ORDERS * RUNS + np.arange(RUNS), -most)
    first = rows.add(lower=-np.inf, upper=CHAIRS, count=2)
    rows.fill(first + x % 2, x, chance.choice([0.7, 1.0, 1.3], x.size))
    return cost, np.ones(size), rows


def placed(cost: Floats, upper: Floats, rows: Rows, least: Floats, many: Floats) -> Answer | None:
    """Whole doses within bounds of the runs, by the solver."""
    lower, most = np.zeros(upper.size), upper.copy()
    lower[-RUNS:], most[-RUNS:] = least, many
    whole = np.ones(upper.size, dtype=bool)
    highs = Highs(cost=cost, lower=lower, upper=most, rows=rows, integer=whole)
    stop_at(highs, 0.0, node_limit=1000)
    return highs.solve_if_possible("placing")


def enumerated(cost: Floats, upper: Floats, rows: Rows) -> float:
    """The least cost over every set of open runs."""
    sides = (np.array(share, dtype=float) for share in product((0, 1), repeat=RUNS))
    found = (placed(cost, upper, rows, share, share) for share in sides)
    return min((one.objective for one in found if one is not None), default=np.inf)


@pytest.mark.parametrize("near", [0.0, 3.0])
@pytest.mark.parametrize("seed", range(12))
def test_the_search_is_near_the_least_cost_of_all_sets_of_runs(seed: int, near: float) -> None:
    cost, upper, rows = week(seed)
    highs = Highs(cost=cost, lower=np.zeros(upper.size), upper=upper, rows=rows)
    space = Space(
        integer=np.ones(upper.size, dtype=bool),
        runs=ORDERS * RUNS + np.arange(RUNS),
        lower=np.zeros(upper.size),
        upper=upper,
        placed=lambda least, most: placed(cost, upper, rows, least, most),
    )
    least = enumerated(cost, upper, rows)
    found, proven = search(highs, space, near=near)
    assert proven
    if found is None:
        assert least == np.inf
        return
    assert found.bound <= least + 1e-6
    assert least - 1e-6 <= found.objective <= least + near + 1e-6
    assert float(cost @ np.rint(found.values)) == pytest.approx(found.objective)
    again, proven = search(highs, space, near=near, best=found)
    assert proven
    assert again is not None
    assert again.objective <= found.objective
    assert again.bound <= least + 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_at_higher_costs_a_search_goes_on_from_the_nodes_of_the_one_before(seed: int) -> None:
    cost, upper, rows = week(seed)
    dearer = cost + np.random.default_rng(seed).choice([0.0, 4.0], cost.size)
    highs = Highs(cost=cost, lower=np.zeros(upper.size), upper=upper, rows=rows)
    costs = [cost]
    space = Space(
        integer=np.ones(upper.size, dtype=bool),
        runs=ORDERS * RUNS + np.arange(RUNS),
        lower=np.zeros(upper.size),
        upper=upper,
        placed=lambda least, most: placed(costs[-1], upper, rows, least, most),
    )
    first, proven = search(highs, space, near=2.0)
    assert proven
    assert bool(space.left) == (first is not None)
    costs.append(dearer)
    highs.price_columns(np.arange(cost.size), dearer)
    found, proven = search(highs, space, near=0.0)
    least = enumerated(dearer, upper, rows)
    assert proven
    assert (found is None) == (least == np.inf)
    if found is not None:
        assert found.objective == pytest.approx(least)
        assert found.bound <= least + 1e-6


def test_a_few_doses_in_part_are_rounded_up_and_the_bounds_of_the_relaxation_stay() -> None:
    """One order early or late, and another, in hours that do not hold both early."""
    cost, upper = np.array([-3.0, -2.0, 1.0]), np.ones(3)
    rows = Rows()
    rows.add(lower=-np.inf, upper=1.6, count=1)
    rows.fill(np.zeros(2, dtype=np.int64), np.arange(2), np.array([1.0, 1.2]))
    rows.add(lower=1.0, upper=1.0, count=1)
    rows.fill(np.ones(2, dtype=np.int64), np.array([0, 2]), 1.0)
    asked: list[Floats] = []

    def never(least: Floats, most: Floats) -> Answer | None:
        asked.extend((least, most))
        return None

    space = Space(
        integer=np.ones(3, dtype=bool),
        runs=np.empty(0, dtype=np.int64),
        lower=np.zeros(3),
        upper=upper,
        placed=never,
    )
    highs = Highs(cost=cost, lower=np.zeros(3), upper=upper, rows=rows)
    # The relaxation is (1, 0.5, 0) at -4; whole are (1, 0, 0) at -3, after (0, 1, 1) at -1.
    found, proven = search(highs, space, near=3.0)
    assert proven
    assert found is not None
    assert (found.values.tolist(), found.objective, found.bound) == ([0.0, 1.0, 1.0], -1.0, -4.0)
    assert not asked
    assert highs.solve("again").objective == pytest.approx(-4.0)
    assert search(highs, space, near=0.5) == (None, True)
    assert len(asked) == 2
