"""What is known of choices of runs holds for each of them, against their own exact solutions."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.plan.test_runs import program

from doseline.plan.solver.choices import Choices
from doseline.plan.solver.linear import Highs
from doseline.plan.solver.relaxed import Relaxed
from doseline.plan.solver.sites import Sites

if TYPE_CHECKING:
    from doseline.plan.solver.linear import Floats
    from doseline.plan.solver.program import Program

CLOSE = 1.0 + 1e-9
SEEDS = range(4)


def choices_of(one: Program) -> list[Floats]:
    return [np.array(choice) for choice in product((0.0, 1.0), repeat=one.runs)]


def exact(one: Program, opened: Floats) -> float:
    """The best whole plan with these runs, by the solver alone."""
    lower, upper = np.zeros(one.upper.size), one.upper.copy()
    lower[one.opened] = upper[one.opened] = opened
    highs = Highs(cost=one.cost, lower=lower, upper=upper, rows=one.rows, integer=one.integer)
    highs.option("mip_rel_gap", 0.0)
    return highs.solve("testing").objective


@pytest.mark.parametrize("seed", SEEDS)
def test_a_line_touches_the_relaxation_of_its_own_choice_and_exceeds_no_other(seed: int) -> None:
    one = program(seed)
    relaxed, choices = Relaxed(one), Choices(one)
    value = {}
    for opened in choices_of(one)[::3]:
        value[tuple(opened)] = relaxed.within(opened, opened).objective
        choices.learn(relaxed)
        assert choices.at(opened) >= value[tuple(opened)] / CLOSE
    for opened in choices_of(one):
        found = value.get(tuple(opened)) or relaxed.within(opened, opened).objective
        assert choices.at(opened) <= found * CLOSE


@pytest.mark.parametrize("seed", SEEDS)
def test_no_line_of_sites_exceeds_a_whole_plan_whatever_the_prices(seed: int) -> None:
    one = program(seed)
    relaxed, choices = Relaxed(one), Choices(one, Sites(one))
    chance = np.random.default_rng(seed)
    for opened in choices_of(one)[5::9]:
        relaxed.within(opened, opened)
        choices.learn_of_sites(relaxed.prices, opened)
        choices.learn_of_sites(relaxed.prices * chance.uniform(0.5, 1.5), opened)
    for opened in choices_of(one):
        assert choices.at(opened) <= exact(one, opened) * CLOSE


def test_the_least_choice_is_that_of_all_that_are_left() -> None:
    one = program(3)
    relaxed, choices = Relaxed(one), Choices(one)
    for opened in choices_of(one)[::5]:
        relaxed.within(opened, opened)
        choices.learn(relaxed)
    rising = sorted(choices_of(one), key=choices.at)
    for opened in rising[:3]:
        found, bound = choices.least(np.inf, 0.0)
        assert found is not None
        assert choices.at(found) == pytest.approx(choices.at(opened), rel=1e-9)
        assert bound == pytest.approx(choices.at(opened), rel=1e-7)
        choices.leave_out(found)
    near = min(
        (one for one in choices_of(one) if 0 < np.abs(one - rising[0]).sum() <= 1), key=choices.at
    )
    found, _ = choices.least(np.inf, 0.0, (rising[0], 1.0))
    assert found is not None
    assert choices.at(found) >= min(choices.at(near), choices.at(rising[3])) / CLOSE
    assert np.abs(found - rising[0]).sum() <= 1.0
