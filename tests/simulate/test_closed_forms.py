"""Where theory has a formula, the simulation agrees within three standard errors."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.simulate.worlds import a_calendar, a_pathway, demand_network

from doseline.io.folder import load
from doseline.model.chance import normal, uniform
from doseline.model.demand import GATES, Gate, Payer
from doseline.simulate.calendar import calendar
from doseline.simulate.catchment import Catchment, choose
from doseline.simulate.cohort import Episodes, draw_episodes, poisson_quantile
from doseline.simulate.pathway import delay, pathway
from doseline.simulate.queue import fifo_starts

TINY = Path(__file__).parents[2] / "examples" / "tiny"
WEEKLY = 365.25 / 7.0
ONE_PRODUCT = a_pathway(
    payer_shares=np.array([[0.3, 1.0]]),
    exit_median_days=np.array([344.0]),
)


def within(found: float, expected: float, standard_error: float) -> None:
    """The difference is at most three standard errors."""
    assert abs(found - expected) <= 3.0 * standard_error, (found, expected, standard_error)


def drawn(per_week: float, regions: int) -> tuple[Episodes, int]:
    """Episodes of many like regions, and the number of region-weeks."""
    weeks = a_calendar()
    network = demand_network({f"r{n}": per_week * WEEKLY for n in range(regions)})
    return draw_episodes(network, ONE_PRODUCT, weeks, seed=11), regions * weeks.weeks


@pytest.mark.parametrize("per_week", [0.02, 0.7, 6.0, 40.0])
def test_arrivals_have_the_mean_and_the_variance_of_poisson(per_week: float) -> None:
    episodes, cells = drawn(per_week, 100)
    week = np.floor(episodes.t0 / 7.0).astype(np.int64)
    counts = np.bincount(episodes.region * (cells // 100) + week, minlength=cells)
    within(float(counts.mean()), per_week, math.sqrt(per_week / cells))
    # The fourth central moment of Poisson is m (1 + 3 m).
    spread = math.sqrt((per_week * (1.0 + 3.0 * per_week) - per_week**2) / cells)
    within(float(counts.var()), per_week, spread)


def test_clocks_start_evenly_over_the_week() -> None:
    episodes, _ = drawn(6.0, 100)
    part = episodes.t0 / 7.0 % 1.0
    within(float(part.mean()), 0.5, math.sqrt(1.0 / 12.0 / len(part)))
    within(float((part < 0.25).mean()), 0.25, math.sqrt(0.25 * 0.75 / len(part)))


def test_payers_have_their_shares() -> None:
    episodes, _ = drawn(6.0, 100)
    share = float((episodes.payer == 0).mean())
    within(share, 0.3, math.sqrt(0.3 * 0.7 / episodes.count))


@pytest.mark.parametrize("times_median", [0.25, 1.0, 2.0, 4.0])
def test_clinical_exits_are_exponential_with_their_median(times_median: float) -> None:
    episodes, _ = drawn(6.0, 100)
    survival = episodes.exit_day - episodes.t0
    expected = 2.0**-times_median
    left = float((survival > 344.0 * times_median).mean())
    within(left, expected, math.sqrt(expected * (1 - expected) / episodes.count))


@pytest.mark.parametrize("mean", [1e-6, 0.02, 1.0, 17.5, 300.0, 690.0])
def test_the_poisson_quantile_is_the_smallest_count_that_reaches_the_probability(
    mean: float,
) -> None:
    probability = np.array([0.0, 1e-9, 0.1, 0.5, 0.9, 0.999, 1.0 - 1e-12])
    for p, count in zip(probability, poisson_quantile(probability, np.array(mean)), strict=True):
        below = math.fsum(poisson(k, mean) for k in range(int(count)))
        assert below < p or count == 0
        assert below + poisson(int(count), mean) >= p * (1.0 - 1e-12)


def poisson(count: int, mean: float) -> float:
    """Probability of a count."""
    return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))


def test_a_draw_next_to_one_ends() -> None:
    largest = np.array([1.0 - 2.0**-53])
    assert poisson_quantile(largest, np.array([0.01])) < 12
    assert poisson_quantile(largest, np.array([600.0])) < 900


@pytest.mark.parametrize("load_share", [0.3, 0.6, 0.8, 0.9])
def test_a_queue_of_random_requests_waits_as_pollaczek_and_khinchine_say(
    load_share: float,
) -> None:
    # M/D/1: mean wait rho / (2 mu (1 - rho)); one counter is one independent replication.
    counters, requests, settled, rate = 200, 4000, 1000, 2.0
    gaps = uniform(3, "gaps", np.arange(counters * requests, dtype=np.uint64))
    gaps = -np.log1p(-gaps.reshape(counters, requests)) / (load_share * rate)
    times = np.cumsum(gaps, axis=1)
    starts = fifo_starts(
        times.ravel(), np.repeat(np.arange(counters), requests), np.full(counters, rate)
    )
    waits = (starts.reshape(times.shape) - times)[:, settled:].mean(axis=1)
    expected = load_share / (2.0 * rate * (1.0 - load_share))
    within(float(waits.mean()), expected, float(waits.std(ddof=1)) / math.sqrt(counters))


def test_a_queue_beyond_its_capacity_grows_by_what_exceeds_it() -> None:
    # Requests every half day at one slot a day: the n-th waits n / 2 days, exactly.
    times = np.arange(400) / 2.0
    starts = fifo_starts(times, np.zeros(400, np.int64), np.array([1.0]))
    assert (starts - times).tolist() == (np.arange(400) / 2.0).tolist()


def test_counters_do_not_see_each_other() -> None:
    counters = 3000
    requested = uniform(1, "asked", np.arange(9000, dtype=np.uint64)) * 100.0
    counter = np.arange(9000) % counters
    rate = np.full(counters, 1.0 / 7.0)
    alone = np.empty(9000)
    for at in range(0, counters, 500):
        of = counter == at
        alone[of] = fifo_starts(requested[of], np.zeros(of.sum(), np.int64), rate[:1])
    together = fifo_starts(requested, counter, rate)
    chosen = counter % 500 == 0
    np.testing.assert_allclose(together[chosen], alone[chosen], rtol=0, atol=1e-8)


@pytest.mark.parametrize("gate", ["referral", "imaging", "board", "scheduling"])
def test_delays_of_a_gate_have_its_median_and_its_90_percent_point(gate: str) -> None:
    network = load(TINY)
    path, at = pathway(network), GATES.index(gate)
    (row,) = [one for one in network.rows(Gate) if one.gate == gate]
    z = normal(1, f"{gate} delay", np.arange(40_000, dtype=np.uint64))
    days = delay(np.full(z.size, path.median_days[0, at]), path.sigma[0, at], z)
    within(float((days <= row.median_days).mean()), 0.5, 0.5 / math.sqrt(z.size))
    within(float((days <= row.p90_days).mean()), 0.9, 0.3 / math.sqrt(z.size))


def test_authorisation_has_its_median_and_its_90_percent_point() -> None:
    network = load(TINY)
    path, payer = pathway(network), network.rows(Payer)[1]
    z = normal(2, "authorisation delay", np.arange(40_000, dtype=np.uint64))
    days = delay(path.authorisation_median[1:2], path.authorisation_sigma[1:2], z)
    within(float((days <= payer.median_days).mean()), 0.5, 0.5 / math.sqrt(z.size))
    within(float((days <= payer.p90_days).mean()), 0.9, 0.3 / math.sqrt(z.size))
    none = delay(path.authorisation_median[:1], path.authorisation_sigma[:1], z)
    assert (none == 0.0).all()


def test_places_draw_by_their_size_over_distance_and_twenty_kilometres() -> None:
    near = Catchment(
        places=np.array([[2, 0, 1]]),
        km=np.array([[10.0, 40.0, 280.0]]),
        size=np.array([4.0, 10.0, 1.0]),
    )
    draws = uniform(1, "site", np.arange(60_000, dtype=np.uint64))
    zero = np.zeros(draws.size, np.int64)
    chosen = choose(near, zero, np.ones((draws.size, 3), np.bool_), draws)
    pull = np.array([4.0 / 60.0, 10.0 / 300.0, 1.0 / 30.0])  # of places 0, 1, 2
    for place, share in enumerate(pull / pull.sum()):
        spread = math.sqrt(share * (1 - share) / draws.size)
        within(float((chosen == place).mean()), float(share), spread)
    shut = np.tile(np.array([True, False, True]), (draws.size, 1))
    assert 0 not in choose(near, zero, shut, draws)
    assert set(choose(near, zero, ~shut & False, draws).tolist()) == {-1}


def test_follow_up_reaches_w_of_the_last_of_the_cohort() -> None:
    for in_time_days in (1, 84, 180, 181, 400):
        weeks = calendar(
            cohort_start=date(2026, 4, 6), cohort_weeks=4, warm_up_weeks=8,
            in_time_days=in_time_days,
        )  # fmt: skip
        assert weeks.horizon_day - weeks.cohort_days[1] >= max(in_time_days, 180)
        assert weeks.origin == date(2026, 4, 6) - timedelta(weeks=8)
        assert weeks.date_of(weeks.cohort_days[0]) == date(2026, 4, 6)
        assert [weeks.week_of(weeks.monday(n)) for n in (0, 5, 20)] == [0, 5, 20]
