"""Lines and delays of the engine of years agree with closed forms, within three standard errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.simulate import queue_theory as theory
from tests.simulate.queue_forms import EXPONENTIAL, FORMS, LOGNORMAL, station
from tests.simulate.queues import (
    END,
    Step,
    arrivals_at,
    link_of,
    poisson_times,
    queue_world,
    run,
)

from doseline.simulate.engine.outcome import Event, Fate, Outcome
from doseline.simulate.engine.world import Stage

REGIONS = 40


@pytest.mark.parametrize("name", FORMS)
def test_stations_wait_lose_and_are_left_as_theory_says(name: str) -> None:
    estimates = FORMS[name]().estimates(regions=REGIONS, seed=1)
    assert all(abs(one.deviation) <= 3.0 for one in estimates.values()), estimates


def delayed(law: Step, *, wave: float = 0.0) -> tuple[Outcome, int]:
    """400 regions with a delay and nothing else, and how many they are."""
    regions, weeks = 400, 26
    world = queue_world((law, END), regions=regions, weeks=weeks)
    t0, region = poisson_times(5.0 + wave, world.horizon, regions, seed=8)
    kept = np.random.default_rng(9).uniform(0.0, 5.0 + wave, len(t0)) < 5.0 + wave * np.sin(
        2.0 * math.pi / 91.0 * t0
    )
    return run(world, arrivals_at(t0[kept], region[kept]), seed=2), regions


@pytest.mark.parametrize(
    ("law", "mean"),
    [
        (Step(kind=Stage.DELAY, law=EXPONENTIAL, first=6.0), 6.0),
        (
            Step(kind=Stage.DELAY, law=LOGNORMAL, first=6.0, second=0.8),
            theory.moments_lognormal(6.0, 0.8)[0],
        ),
        (Step(kind=Stage.DELAY, first=6.0), 6.0),
    ],
)
def test_those_in_a_delay_are_poisson_whatever_its_law(law: Step, mean: float) -> None:
    # M/G/infinity: Poisson with mean rate x delay (Takacs 1962, ISBN 0-313-23357-8).
    outcome, regions = delayed(law)
    there = outcome.fate == Fate.UNDER_WAY
    assert abs(there.sum() - 5.0 * mean * regions) <= 3.0 * math.sqrt(5.0 * mean * regions)


def test_a_wave_of_arrivals_leaves_a_later_and_lower_wave_under_way() -> None:
    outcome, regions = delayed(Step(kind=Stage.DELAY, law=EXPONENTIAL, first=12.0), wave=4.0)
    per_day, horizon = 2.0 * math.pi / 91.0, 182.0
    expected = regions * theory.occupancy_of_a_wave(5.0, 4.0, per_day, 12.0, horizon)
    there = int((outcome.fate == Fate.UNDER_WAY).sum())
    assert abs(there - expected) <= 3.0 * math.sqrt(expected)
    assert abs(there - regions * 60.0) > 10.0 * math.sqrt(expected)  # not what no wave would leave


def test_the_line_on_a_monday_is_who_has_come_and_not_been_served() -> None:
    world = queue_world((station(2, EXPONENTIAL, 3.0), END), regions=4, weeks=60)
    t0, region = poisson_times(0.7, world.horizon, 4, seed=3)
    arrivals = arrivals_at(t0, region)
    outcome = run(world, arrivals)
    start = arrivals.t0 + outcome.wait[:, link_of(0)]
    mondays = 7.0 * np.arange(world.weeks)[:, np.newaxis]
    there = ((arrivals.t0 < mondays) & (start > mondays)).sum(axis=1)
    assert outcome.waiting.tolist() == there.tolist()
    assert there.max() > 10


def test_little_sum_of_waits_is_area_under_the_lines() -> None:
    # L = lambda W on the very path: Little 1961, doi:10.1287/opre.9.3.383; Stidham 1974,
    # doi:10.1287/opre.22.2.417.
    steps = (
        station(2, EXPONENTIAL, 1.0, slot=False),
        Step(kind=Stage.DELAY, law=LOGNORMAL, first=2.0, second=0.5),
        station(1, LOGNORMAL, 0.5, 0.4, slot=False),
        END,
    )
    world = queue_world(steps, regions=1, weeks=30)
    t0, _ = poisson_times(1.4, world.horizon, 1, seed=4)
    outcome = run(world, arrivals_at(t0, 0), log=10**6)
    area = {0: 0.0, 1: 0.0}
    length = {0: 0, 1: 0}
    before = 0.0
    for time, _, event, place in (*outcome.log, (world.horizon, 0, 0, 0)):
        for line in area:
            area[line] += length[line] * (time - before)
        before = time
        if event in (Event.JOINED, Event.STARTED):
            length[place] += 1 if event == Event.JOINED else -1
    assert area[0] == pytest.approx(outcome.wait[:, link_of(0)].sum(), rel=1e-9)
    assert area[1] == pytest.approx(outcome.wait[:, link_of(2)].sum(), rel=1e-9)
    assert min(area.values()) > 10.0


def test_little_mean_line_is_rate_times_mean_wait() -> None:
    # 12 weeks are three times what M/M/4 at 80 % remembers, so batches of them are independent.
    regions, rate, batches = 20, 3.2, 20
    world = queue_world((station(4, EXPONENTIAL), END), regions=regions, weeks=12 * batches + 12)
    t0, region = poisson_times(rate, world.horizon, regions, seed=5)
    outcome = run(world, arrivals_at(t0, region))
    means = outcome.waiting[12:].reshape(batches, 12).mean(axis=1) / regions
    expected = rate * theory.wait_mmc(rate, 1.0, 4)
    assert abs(means.mean() - expected) <= 3.0 * means.std(ddof=1) / math.sqrt(batches)
