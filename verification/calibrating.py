"""Calibration: known factors of a simulated network are found again as often as is claimed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from verification.outcome import Outcome

from doseline.io.folder import load
from doseline.study.calibrate.design import at_shares, prior_points
from doseline.study.calibrate.emulator import emulate
from doseline.study.calibrate.fit import thinned
from doseline.study.calibrate.posterior import sample
from doseline.study.calibrate.simulator import Period, YearsSimulator
from doseline.study.calibrate.targets import Target, Targets, Unknown
from doseline.study.reference import reference_for

TINY = Path(__file__).parents[1] / "examples" / "tiny"
POINTS, SEEDS, TRUTHS = 24, 3, 60
STANDARD_ERRORS = 3.0

UNKNOWNS = (
    Unknown(
        name="delays",
        factor="pathways.median_days",
        prior="lognormal",
        low=0.7,
        high=1.6,
        source="made up",
    ),
    Unknown(
        name="clinical exit",
        factor="products.exit_median_days",
        prior="uniform",
        low=0.4,
        high=2.0,
        source="made up",
    ),
)
FIGURES = (("days", "mean_days"), ("treated", "share_treated"))


def recovery() -> Outcome:
    """Factors drawn from the prior are found again from one simulation of theirs each.

    Simulation-based calibration (Talts et al. 2018, arXiv:1804.06788): of truths from the prior, 90 %
    lie in the posterior's 90 % range, and the rank of the truth among the draws is uniform. The
    error of a figure is the noise of a simulation; all truths share one emulator.
    """
    bare = Targets(unknowns=UNKNOWNS, targets=_figures(np.zeros(2), np.ones(2)))
    network = load(TINY)
    simulator = YearsSimulator(
        network, reference_for(network), bare, Period(years=1.6, warm_up_weeks=10, scale=4.0)
    )
    points = prior_points(UNKNOWNS, POINTS, seed=1)
    found = np.array(
        [[simulator(at, seed) for seed in range(SEEDS)] for at in bare.factors(points)]
    )
    noise = np.sqrt(found.var(axis=1, ddof=1).mean(axis=0))
    names = tuple(name for name, _ in FIGURES)
    emulator = emulate(
        points, found.mean(axis=1), noise / np.sqrt(SEEDS), names=names, usable=np.ones(POINTS)
    )
    chance = np.random.default_rng(5)
    ranks = []
    for nth in range(TRUTHS):
        truth = bare.factors(at_shares(UNKNOWNS, chance.uniform(0.01, 0.99, (1, 2))))
        targets = Targets(
            unknowns=UNKNOWNS, targets=_figures(simulator(truth[0], 1000 + nth), noise)
        )
        draws = sample(targets, emulator, seed=nth, steps=300)
        kept = targets.factors(thinned(draws, 199, seed=nth))
        ranks.append((kept < truth).mean(axis=0))
    share = float(((np.array(ranks) > 0.05) & (np.array(ranks) < 0.95)).mean())
    uneven = np.abs(np.mean(ranks, axis=0) - 0.5).max() * np.sqrt(12 * TRUTHS)
    # The two factors of a truth are not independent, so that each truth counts once.
    error = np.sqrt(0.9 * 0.1 / TRUTHS)
    assert abs(share - 0.9) <= STANDARD_ERRORS * error, share
    assert uneven <= STANDARD_ERRORS, uneven
    return Outcome(
        cases=f"{TRUTHS} truths, {POINTS * SEEDS + TRUTHS} simulations",
        tolerance=f"90 % within {STANDARD_ERRORS:g} standard errors; ranks uniform",
        largest=f"{100 * share:.0f} % inside; mean rank off by {uneven:.1f} standard errors",
        source="factors that were drawn",
    )


def _figures(values: np.ndarray, errors: np.ndarray) -> tuple[Target, ...]:
    return tuple(
        Target(
            name=name, what=what, value=value, error=error, use="calibration", source="simulated"
        )
        for (name, what), value, error in zip(
            FIGURES, values.tolist(), errors.tolist(), strict=True
        )
    )
