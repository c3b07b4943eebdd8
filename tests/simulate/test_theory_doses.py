"""Waiting lists for doses agree with closed forms, within three standard errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.simulate import queue_theory as theory
from tests.simulate.dose_worlds import Week, dose_world
from tests.simulate.queues import arrivals_at, poisson_times, run

from doseline.model.ledger import DOSE_ENDINGS
from doseline.simulate.engine.outcome import Fate

REGIONS, WEEKS, SETTLED = 30, 260, 100


def within(found: np.ndarray, expected: float) -> None:
    """The mean over independent regions is at most three standard errors off."""
    error = float(found.std(ddof=1)) / math.sqrt(len(found))
    assert abs(float(found.mean()) - expected) <= 3.0 * error, (found.mean(), expected, error)


@pytest.mark.parametrize(
    ("week", "per_week", "left"),
    [
        (Week(doses=5.0), 4.0, theory.left_over(4.0, 5)),
        (Week(chairs=5.0), 4.0, theory.left_over(4.0, 5)),
        (Week(doses=5.0, failure=0.15), 3.2, theory.left_over_of_failing(3.2, 5, 0.15, 300)),
        (
            Week(doses=5.0, release_failure=0.15),
            3.2,
            theory.left_over_of_failing(3.2, 5, 0.15, 300),
        ),
    ],
    ids=["run", "chairs", "failing run", "failing release"],
)
def test_those_left_each_week_are_as_many_as_theory_says(
    week: Week, per_week: float, left: float
) -> None:
    # Bailey 1954, doi:10.1111/j.2517-6161.1954.tb00149.x: the bulk-service queue of a clinic.
    world = dose_world(week, weeks=WEEKS, regions=REGIONS)
    t0, region = poisson_times(per_week / 7.0, world.horizon, REGIONS, seed=21)
    arrivals = arrivals_at(t0, region)
    outcome = run(world, arrivals, seed=5)
    ordered = np.ceil(arrivals.t0 / 7.0)
    served = np.floor(outcome.first_dose_day / 7.0)
    first, last = WEEKS - 160, WEEKS
    # One who stays from the week of the order to that of the dose is left in each week between.
    stayed = np.clip(np.minimum(served, last) - np.clip(ordered, first, last), 0, None)
    within(np.bincount(arrivals.region, stayed, REGIONS) / (last - first), left)


def test_failing_weeks_are_as_many_as_they_should_be_and_each_fails_whole() -> None:
    world = dose_world(Week(failure=0.1), weeks=WEEKS, regions=REGIONS)
    t0, region = poisson_times(1.0, world.horizon, REGIONS, seed=22)
    outcome = run(world, arrivals_at(t0, region), seed=6)
    made = outcome.run_doses > 0
    share = float(outcome.run_failed[made].mean())
    assert abs(share - 0.1) <= 3.0 * math.sqrt(0.1 * 0.9 / made.sum())
    failed_doses = outcome.run_doses[outcome.run_failed == 1].sum()
    assert outcome.endings.sum() - outcome.endings[:, 0].sum() == failed_doses


def test_late_doses_are_infused_lost_or_expired_by_their_shares() -> None:
    week = Week(on_time=0.6, usable=0.75, unexpired=0.9)
    t0, region = poisson_times(12.0, 280.0, 1, seed=24)
    ended = run(dose_world(week, weeks=80, regions=1), arrivals_at(t0, region), seed=7).endings[0]
    shares = {"infused": 0.6, "infused_late": 0.15, "transport": 0.15, "expired": 0.1}
    made = ended.sum()
    for ending, share in shares.items():
        error = math.sqrt(share * (1.0 - share) / made)
        assert abs(ended[DOSE_ENDINGS.index(ending)] / made - share) <= 3.0 * error


def test_late_doses_make_the_number_of_tries_geometric() -> None:
    world = dose_world(Week(on_time=0.7), weeks=80, regions=1)
    t0, region = poisson_times(12.0, 280.0, 1, seed=23)
    arrivals = arrivals_at(t0, region)
    outcome = run(world, arrivals, seed=7)
    tries = np.floor(outcome.first_dose_day / 7.0) - np.ceil(arrivals.t0 / 7.0)
    assert set(outcome.fate) == {Fate.TREATED}
    for failures in range(4):
        share = 0.7 * 0.3**failures
        error = math.sqrt(share * (1.0 - share) / len(tries))
        assert abs(float((tries == failures).mean()) - share) <= 3.0 * error


def test_who_exits_while_waiting_for_one_weekly_dose_is_one_less_to_wait() -> None:
    # Infusion two days after a Monday, orders spread evenly over the week before: the wait is
    # uniform over (2, 9] days, and exits are exponential.
    world = dose_world(Week(), weeks=60)
    t0, region = poisson_times(40.0, 350.0, 1, seed=24)
    random = np.random.default_rng(25)
    exit_after = random.exponential(30.0, len(t0))
    t0 = np.sort(t0)
    outcome = run(world, arrivals_at(t0, region, exit_day=t0 + exit_after), seed=8)
    expected = 1.0 - 30.0 / 7.0 * (math.exp(-2.0 / 30.0) - math.exp(-9.0 / 30.0))
    error = math.sqrt(expected * (1.0 - expected) / len(t0))
    assert abs(float((outcome.fate == Fate.LEFT).mean()) - expected) <= 3.0 * error
    withdrawn = int(outcome.endings.sum() - outcome.endings[0, 0])
    planned_in_vain = float((outcome.fate == Fate.LEFT).sum())
    assert 0 < withdrawn < planned_in_vain  # most exit before the Monday, without an order planned
