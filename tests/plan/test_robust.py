"""Hedged plans are the best of all combinations, and their chances those of all patterns."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.plan.hedged_weeks import HedgedWeek, PromisedWeek, risky
from tests.plan.oracle import Choice, best_plan
from tests.plan.oracle_penalty import weights
from tests.plan.small_weeks import NUCLIDES, small_week
from tests.plan.test_against_oracle import nuclides, taken_in

from doseline.model.demand import Order
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import Problem, problem_of
from doseline.plan.robust.curve import Asked, robust_plans
from doseline.plan.robust.hedged import column_chances, expected, worst
from doseline.plan.robust.risk import InTime, Risk
from doseline.plan.week import plan_problem, plan_week

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.flows import Plan
    from doseline.model.robust import RobustCurve

SEEDS = [seed for seed in range(24) if seed not in (6, 22)]
"""Two weeks have so many ways that trying all takes long."""
SHARES = (0.01, 0.3, 1.0)
RISK = Risk()


@cache
def bare(seed: int) -> HedgedWeek:
    half_life_h = {name: nuclides()[name].half_life_h for name in NUCLIDES}
    network, options = risky(*small_week(seed, half_life_h), seed)
    return HedgedWeek(
        network=network,
        options=options,
        orders=network.rows(Order),
        penalty={},
        half_life_h=half_life_h,
    )


@cache
def problem(seed: int) -> Problem:
    week = bare(seed)
    return problem_of(
        week.network,
        week.options,
        week.network.frame("orders"),
        nuclides=nuclides(),
        rule=Fairness(),
        by_chance=True,
    )


def solved(seed: int, hedged: Problem) -> Plan:
    week = bare(seed)
    orders = week.network.frame("orders")
    return plan_problem(hedged, week.network, week.options, orders, rule=Fairness(), gap=0.0)


def oracle(seed: int, worth: float = 0.0, failures: int | None = None) -> HedgedWeek:
    week = bare(seed)
    penalty = {name: each * problem(seed).penalty for name, each in weights(week).items()}
    return replace(week, penalty=penalty, worth=worth, failures=failures)


@cache
def curve(seed: int) -> RobustCurve:
    week = bare(seed)
    return robust_plans(
        week.network,
        week.options,
        week.network.frame("orders"),
        nuclides=nuclides(),
        levels=SHARES,
        failures=1,
        asked=Asked(share=0.5, probability=0.8),
        gap=0.0,
    )


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_expected_plan_is_the_best_over_all_patterns(seed: int, share: float) -> None:
    worth = share * problem(seed).penalty
    chances = column_chances(problem(seed), bare(seed).network, RISK)
    plan = solved(seed, expected(problem(seed), chances, worth))
    best = best_plan(oracle(seed, worth, None)).objective
    assert plan.objective == pytest.approx(best, rel=1e-6)
    assert plan.bound <= best * (1.0 + 1e-6) + 1e-6


@pytest.mark.parametrize("failures", [0, 1, 2])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_worst_case_plan_is_the_best_over_all_failures(seed: int, failures: int) -> None:
    worth = 0.3 * problem(seed).penalty
    chances = column_chances(problem(seed), bare(seed).network, RISK)
    plan = solved(seed, worst(problem(seed), chances, worth, failures))
    best = best_plan(oracle(seed, worth, failures)).objective
    assert plan.objective == pytest.approx(best, rel=1e-6)
    assert plan.bound <= best * (1.0 + 1e-6) + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_more_failures_never_cost_less(seed: int) -> None:
    worth = 0.3 * problem(seed).penalty
    chances = column_chances(problem(seed), bare(seed).network, RISK)
    objectives = [
        solved(seed, worst(problem(seed), chances, worth, failures)).objective
        for failures in range(4)
    ]
    assert all(np.diff(objectives) >= -1e-6 * max(objectives))


@pytest.mark.parametrize("seed", SEEDS)
def test_without_anything_to_fear_a_hedge_changes_nothing(seed: int) -> None:
    week = bare(seed)
    orders = week.network.frame("orders")
    plain = plan_week(week.network, week.options, orders, nuclides=nuclides(), gap=0.0)
    sure = column_chances(problem(seed), week.network, Risk(failure=0.0, late=False))
    for hedged in (
        expected(problem(seed), sure, problem(seed).penalty),
        worst(problem(seed), sure, problem(seed).penalty, 0),
        worst(problem(seed), column_chances(problem(seed), week.network, RISK), 0.0, 2),
    ):
        plan = solved(seed, hedged)
        assert plan.cost == pytest.approx(plain.cost, rel=1e-6)
        assert plan.flows["batch"].null_count() == plain.flows["batch"].null_count()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_distribution_is_that_of_all_patterns(seed: int) -> None:
    week, found = oracle(seed), curve(seed)
    for point, plan in enumerate(found.plans):
        taken = taken_in(week, plan)
        counted: dict[int, float] = defaultdict(float)
        for chance, ended in week.patterns(taken):
            counted[sum(ended.values())] += chance
        told = found.chances.filter(pl.col("point") == point)
        for number, chance in told.select("in_time", "probability").iter_rows():
            assert chance == pytest.approx(counted[number], abs=1e-12)
        row = found.points.row(point, named=True)
        mean = sum(number * chance for number, chance in counted.items())
        assert row["mean"] == pytest.approx(mean, abs=1e-9)
        kept = sum(chance for number, chance in counted.items() if number >= half(seed))
        assert row["probability"] == pytest.approx(kept, abs=1e-9)
        assert row["worst"] == fewest(taken, 1)


def half(seed: int) -> int:
    """Half of a week's orders, rounded up."""
    return -(-len(bare(seed).orders) // 2)


def fewest(taken: Sequence[Choice | None], failures: int) -> int:
    """Doses left if the fullest runs fail."""
    of_run = Counter(one.run for one in taken if one is not None)
    return of_run.total() - sum(doses for _, doses in of_run.most_common(failures))


@pytest.mark.parametrize("seed", SEEDS)
def test_robustness_has_a_price_and_the_curve_rises(seed: int) -> None:
    found = curve(seed)
    assert found.points["price"].min() == 0.0
    assert found.points["price"][0] <= 1e-6 * found.plans[0].objective
    for measure in ("mean", "low", "worst", "probability"):
        frontier = found.frontier(measure)
        assert frontier["price"].is_sorted()
        assert all(np.diff(frontier[measure].to_numpy()) > 0.0)
        assert frontier[measure].max() == found.points[measure].max()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_costs_its_objective_without_hedge_and_keeps_the_bound(seed: int) -> None:
    week = oracle(seed)
    for plan in curve(seed).plans:
        taken = taken_in(week, plan)
        assert week.cost(taken) == pytest.approx(plan.objective, rel=1e-6)
        assert plan.bound <= plan.objective


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_that_keeps_the_promise_costs_less_than_its_bound(seed: int) -> None:
    promise = curve(seed).promise
    assert promise is not None
    plain = {one.name: getattr(oracle(seed), one.name) for one in fields(HedgedWeek)}
    week = PromisedWeek(**plain, doses=promise.doses, probability=promise.probability)
    least = best_plan(week).objective
    assert promise.bound <= least * (1.0 + 1e-6) + 1e-6
    if promise.point is None:
        assert promise.reached < promise.probability
    else:
        assert promise.reached >= promise.probability - 1e-9
        assert curve(seed).plans[promise.point].objective >= least * (1.0 - 1e-6)


def test_quantiles_of_a_known_distribution() -> None:
    found = InTime(np.array([0.04, 0.01, 0.45, 0.5]))
    assert [found.quantile(share) for share in (0.01, 0.05, 0.051, 0.5, 0.9)] == [0, 1, 2, 2, 3]
    assert found.mean == pytest.approx(0.01 + 0.9 + 1.5)
    assert found.at_least(2) == pytest.approx(0.95)
    assert found.at_least(0) == pytest.approx(1.0)
    assert found.at_least(9) == 0.0
