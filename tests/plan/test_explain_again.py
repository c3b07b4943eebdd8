"""What one kept program answers to many questions is what a fresh one answers to each."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.plan.worlds import Size, nuclides, world

from doseline.plan.explain import again
from doseline.plan.explain.again import Again
from doseline.plan.explain.asked import asked_of
from doseline.plan.explain.facts import Facts
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.week import plan_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from doseline.plan.explain.again import Found
    from doseline.plan.explain.contracted import Contracted

    Question = tuple[NDArray[np.int64] | None, Mapping[int, float], bool]

TIGHT = Size(sites=6, orders=40, batches=4, max_doses=(3, 5), chairs=(1, 2))
SEEDS = range(1, 7)


@lru_cache
def facts(seed: int) -> Facts:
    """Of that of a few orders, left or served, which has the most ways in its window."""
    one, rule = world(seed, TIGHT), Fairness()
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=rule)
    plan = plan_problem(problem, one.network, one.options, one.orders, rule=rule)
    left = plan.flows.filter(plan.flows["line"].is_null())["order"].to_list()
    some = [*left[:3], *plan.flows["order"].to_list()[:3]]
    asked = [asked_of(problem, one.network, one.options, plan, order) for order in some]
    return Facts(max(asked, key=lambda one: int((~one.beyond[one.own]).sum())))


def questions(of: Facts) -> Iterator[Question]:
    """Each way alone and all together, the order free or not, with more of each of its limits."""
    own = of.asked.own
    inside = own[~of.asked.beyond[own]]
    yield None, {}, True
    for column in inside.tolist()[:4]:
        taken, use = of.of_column(column)
        for fact, much in zip(taken.tolist(), use.tolist(), strict=True):
            if fact in of.limits:
                yield np.array([column]), {fact: float(of.most[fact]) + much}, False
                yield None, {fact: float(of.most[fact]) + 2.0 * much}, True
        yield np.array([column]), {}, True
    yield inside, {}, False


def fresh(of: Facts) -> Again:
    """One that makes the program anew for each question, with the changes in its tables."""

    class Fresh(Again):
        def _small(self, most: Mapping[int, float]) -> tuple[Contracted, dict[int, float]]:
            return self._made(self._changed(most)), {}

    return Fresh(of, [])


def objective(found: Found | None) -> tuple[float, float] | None:
    return None if found is None else (found.objective, found.bound)


@pytest.mark.parametrize("free", [40, again.MOST_COLUMNS])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_kept_program_answers_as_a_fresh_one(
    seed: int, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With all orders free, and with most of them where they are."""
    monkeypatch.setattr(again, "MOST_COLUMNS", free)
    of = facts(seed)
    kept, asked = Again(of, []), 0
    slack = again._NEAR_MOVES * kept._move_price
    for ways, most, drop in questions(of):
        one = kept.solve(ways=ways, most=most, drop=drop, calm=False)
        other = fresh(of).solve(ways=ways, most=most, drop=drop, calm=False)
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            # Each is near the least objective, which is no less than either bound.
            assert one.bound <= other.objective + 1e-6
            assert other.bound <= one.objective + 1e-6
            assert abs(one.objective - other.objective) <= slack
            assert kept.holds(one, most)
        asked += 1
    assert asked > 3
    # Nothing of the questions is left in the kept program.
    assert kept.solve(ways=None, drop=True, calm=False) is not None
    before, after = (
        objective(each.solve(ways=None, drop=True, calm=False)) for each in (fresh(of), kept)
    )
    assert before is not None
    assert after is not None
    assert abs(before[0] - after[0]) <= slack
