"""Calibration against formulas: closed-form posteriors, and known parameters found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from doseline.study.calibrate.design import at_shares, prior_points, shares
from doseline.study.calibrate.emulator import emulate, terms_needed, terms_of
from doseline.study.calibrate.errors import NotSimulatedError
from doseline.study.calibrate.fit import Effort, fit, thinned
from doseline.study.calibrate.posterior import sample
from doseline.study.calibrate.result import Calibrated
from doseline.study.calibrate.simulator import Period
from doseline.study.calibrate.targets import Target, Targets, Unknown

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Floats

DELAY = Unknown(name="delay", factor="a.b", prior="lognormal", low=0.5, high=2.0, source="x")
ROOM = Unknown(name="room", factor="a.c", prior="uniform", low=0.6, high=1.6, source="x")


def target(name: str, value: float, error: float, use: str = "calibration") -> Target:
    return Target(name=name, what="mean_days", value=value, error=error, use=use, source="x")


def test_a_line_has_the_posterior_of_the_textbook() -> None:
    # y = 3 + 2 x, x ~ N(0, 1), y = 4 +- 1: posterior N(0.4, 0.2) (conjugate normal).
    targets = Targets(unknowns=(DELAY,), targets=(target("y", 4.0, 1.0),))
    points = prior_points((DELAY,), 20, seed=1)
    emulator = emulate(
        points, 3 + 2 * points, np.zeros(1), names=("y",), usable=np.ones(len(points))
    )
    assert emulator.error[0] < 1e-9
    assert emulator.explained[0] == pytest.approx(1.0)
    draws = sample(targets, emulator, seed=1)
    assert draws.at.mean() == pytest.approx(0.4, abs=0.03)
    assert draws.at.std() == pytest.approx(np.sqrt(0.2), abs=0.03)
    assert 0.3 < draws.accepted < 0.9
    again = sample(targets, emulator, seed=1)
    assert (draws.at == again.at).all()


def test_without_information_the_posterior_is_the_prior() -> None:
    targets = Targets(unknowns=(DELAY, ROOM), targets=(target("y", 0.0, 1e6),))
    points = prior_points((DELAY, ROOM), 20, seed=1)
    emulator = emulate(
        points, points[:, :1], np.zeros(1), names=("y",), usable=np.ones(len(points))
    )
    factors = targets.factors(sample(targets, emulator, seed=3).at)
    assert np.quantile(factors[:, 0], [0.05, 0.95]) == pytest.approx([0.5, 2.0], rel=0.06)
    assert np.quantile(factors[:, 1], [0.05, 0.95]) == pytest.approx([0.65, 1.55], abs=0.03)


@pytest.mark.parametrize("unknown", [DELAY, ROOM])
@pytest.mark.parametrize("value", [7_000.0, -7_000.0])
def test_a_figure_out_of_reach_is_missed_and_takes_nothing_beyond_the_prior(
    unknown: Unknown, value: float
) -> None:
    targets = Targets(unknowns=(unknown,), targets=(target("y", value, 1.0),))
    found = fit(targets, lambda factors, seed: 50.0 * factors + seed % 2, Effort(points=8))
    factors = targets.factors(found.draws.at)[:, 0]
    edges = sorted(unknown.factors(np.array([-unknown.edge, unknown.edge])))
    assert edges[0] <= factors.min() <= factors.max() <= edges[1]
    assert found.checked.min() >= 50.0 * edges[0]
    assert found.checked.max() <= 50.0 * edges[1] + 1.0
    done = Calibrated(
        network="n",
        digest="d",
        version="v",
        targets=targets,
        period=Period(years=1.0, warm_up_weeks=None, scale=1.0),
        effort=Effort(points=8),
        fitted=found,
    )
    if unknown is ROOM or value > 0:
        assert np.median(factors) == pytest.approx(edges[1] if value > 0 else edges[0], rel=0.02)
        assert done.unknowns()["at_edge"].to_list() == [True]
    (row,) = done.met().iter_rows(named=True)
    assert not row["met"]
    assert found.checked.min() <= row["low"] <= row["high"] <= found.checked.max()


def test_points_fill_every_layer_and_priors_their_ranges() -> None:
    cube = shares(25, 3, seed=4)
    assert (np.sort((25 * cube).astype(int), axis=0) == np.arange(25)[:, None]).all()
    ends = at_shares((DELAY, ROOM), np.array([[0.05, 0.0], [0.5, 0.5], [0.95, 1.0]]))
    assert DELAY.factors(ends[:, 0]) == pytest.approx([0.5, 1.0, 2.0])
    assert ROOM.factors(ends[:, 1]) == pytest.approx([0.6, 1.1, 1.6])


def test_a_quadratic_is_exact_and_the_error_is_out_of_sample() -> None:
    points = prior_points((DELAY, ROOM), 40, seed=2)
    assert terms_of(points).shape[1] == terms_needed(2) == 6
    noise = np.random.default_rng(1).normal(0.0, 0.5, 40)
    values = np.stack([1 + points[:, 0] * points[:, 1], noise], axis=1)
    fitted = emulate(points, values, np.zeros(2), names=("a", "b"), usable=np.ones(40))
    assert fitted.error[0] < 1e-9
    # Noise is not predicted: its error out of sample is larger than its spread.
    assert fitted.error[1] > noise.std()
    assert fitted.explained[1] < 0.1
    # Left out one by one, by hand.
    rows = np.arange(40)
    missed = [
        noise[at]
        - (terms_of(points) @ np.linalg.lstsq(terms_of(points[rows != at]), noise[rows != at])[0])[
            at
        ]
        for at in range(40)
    ]
    assert fitted.error[1] == pytest.approx(np.sqrt(np.mean(np.square(missed))))


def test_a_target_without_values_is_refused() -> None:
    points = prior_points((DELAY,), 10, seed=1)
    with pytest.raises(NotSimulatedError, match="'y' has a value in 0 simulations"):
        emulate(points, np.full((10, 1), np.nan), np.zeros(1), names=("y",), usable=np.ones(10))


def noisy_line(factors: Floats, seed: int) -> Floats:
    """Wait of M/M/1 at load 0.6 / room, plus a delay of mean 20 days; patients differ by seed."""
    load = 0.6 / factors[1]
    chance = np.random.default_rng(seed)
    delay = 20.0 * factors[0]
    wait = 3.0 * load / (1.0 - load) if load < 1.0 else 60.0
    return np.array(
        [
            delay + wait + chance.normal(0, 0.4),
            wait + chance.normal(0, 0.3),
            delay + chance.normal(),
        ]
    )


def test_known_parameters_are_found_again_at_the_nominal_rate() -> None:
    names, errors = ("all", "wait", "delay"), (1.0, 0.8, 2.0)
    uses = ("calibration", "calibration", "validation")
    chance = np.random.default_rng(11)
    truths, inside, ranks = 25, np.zeros(2), []
    for nth in range(truths):
        at = at_shares((DELAY, ROOM), chance.uniform(0.02, 0.98, (1, 2)))
        truth = np.array([DELAY.factors(at[0, 0]), ROOM.factors(at[0, 1])])
        values = noisy_line(truth, 900 + nth) + chance.normal(0, errors)
        targets = Targets(
            unknowns=(DELAY, ROOM),
            targets=tuple(map(target, names, values, errors, uses)),
        )
        fitted = fit(targets, noisy_line, Effort(seed=nth, seeds=2, checks=2, steps=160))
        kept = targets.factors(thinned(fitted.draws, 200, seed=1))
        low, high = np.quantile(kept, [0.05, 0.95], axis=0)
        inside += (truth >= low) & (truth <= high)
        ranks.append((kept < truth).mean(axis=0))
    # Of 25 with a chance of 0.9 each, 19 or more are found in all but 1 % of cases.
    assert (inside >= 19).all()
    assert np.abs(np.mean(ranks, axis=0) - 0.5).max() < 3.3 / np.sqrt(12 * truths)
