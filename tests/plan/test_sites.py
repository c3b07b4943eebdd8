"""Planning site by site, as large weeks need it, gives valid bounds and plans as good as exact ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.plan.check.whole import faults
from tests.plan.oracle import best_plan
from tests.plan.test_against_oracle import bare_week, nuclides, week_of
from tests.plan.worlds import Size, case_of, world
from tests.plan.worlds import nuclides as lutetium

from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.solver.cuts import opening_cuts
from doseline.plan.solver.program import program_of
from doseline.plan.solver.relaxed import Relaxed
from doseline.plan.solver.sites import Sites
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.plan.solver.program import Program

EASY = Size(orders=20, sites=3, batches=8, max_doses=(2, 6))
SHORT = Size(orders=20, sites=4, batches=8, max_doses=(2, 5), tight_isotope=0.6)
RULED = Size(orders=24, sites=3, batches=10, max_doses=(2, 6), chairs=(2, 3), rules=True)
HELD = Size(orders=20, sites=3, batches=8, max_doses=(2, 6), possession=True)
WORLDS = (
    (EASY, 0),
    (EASY, 3),
    (SHORT, 1),
    (SHORT, 5),
    (RULED, 2),
    (RULED, 6),
    (HELD, 1),
    (HELD, 4),
)


@pytest.fixture
def site_by_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every week is planned as a large one."""
    monkeypatch.setattr("doseline.plan.solver.relaxed.LARGE", -1)
    monkeypatch.setattr("doseline.plan.solver.solve.LARGE", -1)
    monkeypatch.setattr("doseline.plan.solver.relaxed._FIRST", 1)


def plan_of(seed: int, size: Size, gap: float) -> Plan:
    one = world(seed, size)
    return plan_week(one.network, one.options, one.orders, nuclides=lutetium(), gap=gap)


def program(seed: int, size: Size) -> Program:
    one = world(seed, size)
    problem = problem_of(one.network, one.options, one.orders, nuclides=lutetium(), rule=Fairness())
    return program_of(problem, problem.columns["column"].to_numpy())


@pytest.mark.usefixtures("site_by_site")
@pytest.mark.parametrize("seed", range(0, 100, 5))
def test_a_tiny_week_planned_as_a_large_one_is_as_good_as_the_best_of_all(seed: int) -> None:
    week = bare_week(seed)
    orders = week.network.frame("orders")
    plan = plan_week(week.network, week.options, orders, nuclides=nuclides(), gap=0.0)
    best = best_plan(week_of(seed)).objective
    assert plan.bound <= best * (1.0 + 1e-6) + 1e-6
    assert plan.objective == pytest.approx(best, rel=1e-6)


@pytest.mark.parametrize(("size", "seed"), WORLDS)
def test_a_plan_site_by_site_keeps_every_limit_and_its_bound_holds(
    seed: int, size: Size, request: pytest.FixtureRequest
) -> None:
    exact = plan_of(seed, size, 0.0)
    request.getfixturevalue("site_by_site")
    one = world(seed, size)
    for gap in (0.0, 0.05):
        plan = plan_of(seed, size, gap)
        assert faults(case_of(plan, one)) == []
        assert plan.bound <= exact.objective * (1 + 1e-9)
        assert plan.objective >= exact.bound * (1 - 1e-9)
        assert plan.gap <= gap + 1e-9


@pytest.mark.usefixtures("site_by_site")
@pytest.mark.parametrize(("size", "seed"), WORLDS)
def test_whatever_the_prices_no_plan_costs_less_than_the_sites_say(seed: int, size: Size) -> None:
    exact = plan_of(seed, size, 0.0)
    mine = program(seed, size)
    sites, chance = Sites(mine), np.random.default_rng(seed)
    for scale in (0.0, 100.0, 10_000.0, 1e6):
        prices = -scale * chance.random(mine.rows.count)
        assert sites.priced(prices).bound <= exact.objective * (1 + 1e-9)


@pytest.mark.usefixtures("site_by_site")
@pytest.mark.parametrize(("size", "seed"), WORLDS)
def test_sites_say_no_less_than_the_relaxation_and_their_rows_cut_no_plan_off(
    seed: int, size: Size
) -> None:
    exact = plan_of(seed, size, 0.0)
    relaxed = Relaxed(program(seed, size))
    plain = relaxed.solve("relaxing")
    sites = Sites(relaxed.program)
    priced = sites.priced(relaxed.prices)
    assert priced.bound >= plain.bound - 1e-6 * abs(plain.bound)
    tighter = relaxed.with_rows(sites.rows(priced, plain.values))
    assert tighter.objective >= plain.objective - 1e-6 * abs(plain.objective)
    assert tighter.bound <= exact.objective * (1 + 1e-9)


@pytest.mark.parametrize(("size", "seed"), WORLDS)
def test_columns_that_join_give_the_relaxation_of_all(
    seed: int, size: Size, request: pytest.FixtureRequest
) -> None:
    mine = program(seed, size)
    whole = Relaxed(mine).strengthen(opening_cuts, lambda _: None, little=0.0)
    request.getfixturevalue("site_by_site")
    part = Relaxed(mine).strengthen(opening_cuts, lambda _: None, little=0.0)
    assert part.bound <= whole.objective * (1 + 1e-6)
    assert part.objective == pytest.approx(whole.objective, rel=1e-4)
