"""The relaxation begun from the doses in hand: its bound holds, and its ways and stops are right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.plan.replan_worlds import asked, best, events_for, planned
from tests.plan.test_replan import again, instant

from doseline.plan.replan import nearby
from doseline.plan.replan.in_hand import InHand
from doseline.plan.replan.near_part import Week
from doseline.plan.replan.week import _bounds
from doseline.plan.solver import relaxed as relaxations
from doseline.plan.solver.sites import Sites

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.replan.problem import Asked

SEEDS = range(12)
ROUNDING = 1e-7


def question(seed: int) -> Asked:
    one, plan = planned(seed)
    at = instant(seed)
    return asked(one, plan, events_for(seed, plan, at), at)


def in_hand(seed: int, most: int | None = None) -> InHand:
    told = question(seed)
    return InHand(Week(told.problem, told.same.to_numpy(), _bounds(told, most)))


def silent(_: str) -> None:
    """No progress."""


@pytest.fixture
def by_price(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ways join where prices ask for them, in the smallest week too."""
    monkeypatch.setattr(relaxations, "LARGE", 0)


@pytest.mark.usefixtures("by_price")
@pytest.mark.parametrize("seed", SEEDS)
def test_ways_that_join_by_price_give_the_best_answer(seed: int) -> None:
    one, plan = planned(seed)
    at = instant(seed)
    events = events_for(seed, plan, at)
    for most in (None, 1):
        found = again(seed, events, at, most_moves=most)
        least = best(asked(one, plan, events, at), most)
        assert found.plan.bound <= least * (1.0 + ROUNDING)
        assert found.plan.objective == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_in_a_large_week_the_bound_holds_and_the_plan_is_no_better_than_the_best(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, plan = planned(seed)
    at = instant(seed)
    events = events_for(seed, plan, at)
    monkeypatch.setattr(relaxations, "LARGE", 0)
    for name in ("_FEW", "_MANY", "_MOST"):
        monkeypatch.setattr(nearby, name, 0)
    found = again(seed, events, at)
    least = best(asked(one, plan, events, at))
    assert found.plan.bound <= least * (1.0 + ROUNDING)
    assert found.plan.objective >= least * (1.0 - ROUNDING)
    parts = found.cost_after + found.penalty_after + found.move_total
    assert found.plan.objective == pytest.approx(parts, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_early_stop_adds_fewer_rows_and_a_bound_no_larger_than_the_best(seed: int) -> None:
    told = question(seed)
    least = best(told) - told.sunk
    exact, coarse = in_hand(seed), in_hand(seed)
    _, near = exact.bounded(silent, spare=0.0)
    _, far = coarse.bounded(silent, spare=1e12)
    assert far <= least * (1.0 + ROUNDING)
    assert near <= least * (1.0 + ROUNDING)
    assert coarse.cuts <= exact.cuts


@pytest.mark.parametrize("seed", SEEDS)
def test_the_slack_of_an_order_is_no_more_than_moving_it_costs(seed: int) -> None:
    """No plan that moves one order is cheaper than the bound and what the order prefers to stay."""
    told = question(seed)
    relaxed = in_hand(seed)
    _, bound = relaxed.bounded(silent, spare=0.0)
    slack, week = relaxed.slack(), relaxed.week
    firm = np.flatnonzero((week.hand >= 0) & ~week.served & (slack > 1.0))[:3]
    for group in firm:
        columns = np.arange(told.problem.columns.height)
        moved = _without(told, columns[columns != week.hand[group]])
        assert best(moved) - told.sunk >= (bound + slack[group]) * (1.0 - ROUNDING)


@pytest.mark.parametrize("seed", SEEDS)
def test_ways_that_the_relaxation_uses_and_the_doses_in_hand_are_looked_at(seed: int) -> None:
    relaxed = in_hand(seed)
    answer, _ = relaxed.bounded(silent, spare=0.0)
    kept, program, values = nearby._near(relaxed, answer, 4)
    used = np.flatnonzero(answer.values[relaxed.program.doses] > 1e-4)
    assert np.isin(used, kept).all()
    assert np.isin(np.flatnonzero(relaxed.week.same), kept).all()
    assert float(program.cost @ values) == pytest.approx(answer.objective, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_blocks_that_are_not_looked_at_count_no_more_than_they_cost(seed: int) -> None:
    relaxed = in_hand(seed)
    relaxed.bounded(silent, spare=0.0)
    sites = Sites(relaxed.program)
    every = sites.priced(relaxed.prices)
    only = np.arange(sites.blocks.size) % 2 == 0
    some = sites.priced(relaxed.prices, only=only)
    assert some.least[only] == pytest.approx(every.least[only])
    assert (some.least <= every.least + 1e-6 * np.abs(every.least) + 1e-6).all()
    assert some.bound <= every.bound + 1e-6 * abs(every.bound)


def _without(told: Asked, kept: NDArray[np.int64]) -> Asked:
    """The question without some columns."""
    columns = told.problem.columns[kept].with_columns(column=pl.int_range(pl.len(), dtype=pl.Int64))
    problem = replace(told.problem, columns=columns)
    return replace(told, problem=problem, same=told.same.gather(kept))
