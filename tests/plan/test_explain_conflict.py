"""A conflict is one, and each fact of it is needed: by enumeration over small worlds."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.plan.explain_oracle import possible
from tests.plan.worlds import Size, nuclides, world

from doseline.plan.explain.asked import asked_of
from doseline.plan.explain.conflict import blocked_ways, moving_conflict, standing_conflict
from doseline.plan.explain.facts import Facts
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.week import plan_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doseline.plan.explain.conflict import Way

SMALL = Size(sites=2, orders=5, lines=1, products=1, batches=3, max_doses=(1, 2), chairs=(1, 1))
WORLDS = [
    *((seed, SMALL) for seed in range(8)),
    *((seed, replace(SMALL, tight_isotope=0.35, max_doses=(2, 3))) for seed in range(8)),
    *((seed, replace(SMALL, sites=1, batches=4, max_doses=(3, 4))) for seed in range(8)),
    *((seed, replace(SMALL, possession=True, max_doses=(2, 3))) for seed in range(4)),
    *((seed, replace(SMALL, sites=1, orders=7, max_doses=(5, 6))) for seed in range(4)),
    *((seed, replace(SMALL, products=2, batches=4, rules=True)) for seed in range(4)),
]


def left_of(seed: int, size: Size) -> Iterator[Facts]:
    """The facts around each order that a small week leaves."""
    one = world(seed, size)
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    plan = plan_problem(problem, one.network, one.options, one.orders, rule=Fairness(), gap=0.0)
    for order in plan.flows.filter(pl.col("link").is_not_null())["order"]:
        yield Facts(asked_of(problem, one.network, one.options, plan, order))


@pytest.mark.parametrize(("seed", "size"), WORLDS)
def test_no_assignment_serves_the_order_and_without_any_fact_one_does(
    seed: int, size: Size
) -> None:
    for facts in left_of(seed, size):
        standing = standing_conflict(blocked_ways(facts, facts.asked.own))
        found = moving_conflict(facts, standing)
        if not facts.asked.own.size:
            assert found.infeasible
            assert not found.facts
        elif found.infeasible:
            assert found.irreducible
            assert not possible(facts, found.facts), found.facts
            for fact in found.facts:
                assert possible(facts, set(found.facts) - {fact}), (found.facts, fact)
        else:
            assert found.doses is not None
            assert facts.broken(found.doses) == []
            assert possible(facts, range(facts.count))


@pytest.mark.parametrize(("seed", "size"), WORLDS[::3])
def test_the_fewest_facts_block_every_way_as_things_stand(seed: int, size: Size) -> None:
    for facts in left_of(seed, size):
        ways = blocked_ways(facts, facts.asked.own)
        found = standing_conflict(ways)
        named = sorted({fact for blocked, pools in ways.values() for fact in (*blocked, *pools)})
        if not ways or not found.infeasible:
            continue
        least = next(
            size
            for size in range(len(named) + 1)
            if any(_blocks(ways.values(), few) for few in combinations(named, size))
        )
        assert len(found.facts) == least
        assert _blocks(ways.values(), found.facts)


def _blocks(ways: Iterable[Way], few: Iterable[int]) -> bool:
    """Whether every way is blocked by one of some facts, or by all its deliveries."""
    chosen = set(few)
    return all(
        not chosen.isdisjoint(blocked) or (bool(pools) and chosen.issuperset(pools))
        for blocked, pools in ways
    )
