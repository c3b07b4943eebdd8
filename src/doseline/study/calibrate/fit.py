"""Calibration itself: simulate over the prior, again where the targets point to, and draw.

Any simulation can be calibrated that gives the targets' values for factors and a seed: the network's
years, or a formula in a test. All points share their seeds (common random numbers), so that a
target is a smooth function of the factors; what the seeds share is counted as error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from doseline.model.chance import uniform
from doseline.study.calibrate.design import prior_points, shares
from doseline.study.calibrate.emulator import Emulator, emulate, terms_needed
from doseline.study.calibrate.posterior import STEPS, Draws, Region, sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.engine.world import Floats
    from doseline.study.calibrate.targets import Targets

_WIDER = 1.5
"""How far beyond the first posterior the second round of points reaches. [unitless]"""
_BEYOND = 0.5
"""How far beyond the points that were simulated a posterior may reach. [standard deviation]"""
_LEAST_REACH = 0.05
"""How far these reach at least, however sure the first posterior is. [standard deviation]"""
_CHECK_SEED = 1_000_003
"""Added to the seed for simulations that test the result: none that was fitted to."""


class Simulator(Protocol):
    """Values of all targets for some factors and a seed, shape (target,)."""

    def __call__(self, factors: Floats, seed: int) -> Floats:
        """Simulate once.

        Args:
            factors: One for each unknown. [unitless]
            seed: Seed of the replication.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is simulated."""

    seed: int = 1
    points: int | None = None
    """Points of the first round and as many of the second; None: by the number of unknowns."""
    seeds: int = 2
    """Replications of each point."""
    checks: int = 12
    """Draws of the posterior that are simulated again."""
    steps: int = STEPS
    """Steps of the walkers that are kept; half as many go before."""

    def points_for(self, unknowns: int) -> int:
        """Points of a round."""
        return 3 * terms_needed(unknowns) + 6 if self.points is None else self.points


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What calibration found."""

    points: Floats
    """Coordinates that were simulated, shape (points, unknown)."""
    values: Floats
    """Mean over the seeds, shape (points, target)."""
    emulator: Emulator
    draws: Draws
    checked_at: Floats
    """Draws that were simulated again, under other seeds, shape (checks, unknown)."""
    checked: Floats
    """What came of them, shape (checks, target)."""

    @property
    def emulator_misses(self) -> Floats:
        """Root mean square error of the emulator at those draws, shape (target,)."""
        missed: Floats = np.sqrt(
            np.nanmean((self.emulator(self.checked_at) - self.checked) ** 2, axis=0)
        )
        return missed


def fit(
    targets: Targets,
    simulator: Simulator,
    effort: Effort,
    *,
    told: Callable[[str, int, int], None] | None = None,
) -> Fitted:
    """Fit the unknowns to the targets for calibration.

    Args:
        targets: Unknowns and targets.
        simulator: Gives the targets' values.
        effort: How much is simulated.
        told: Told the stage, what is done and how much there is.

    Raises:
        NotSimulatedError: If a target has no value in most simulations.
        CalibrateNotInstalledError: If emcee is missing.
    """
    names = tuple(one.name for one in targets.targets)
    count = effort.points_for(len(targets.unknowns))
    runs = _Runs(targets, simulator, told, effort.seeds * 2 * count + effort.checks)
    seeds = [effort.seed + at for at in range(effort.seeds)]

    points = prior_points(targets.unknowns, count, seed=effort.seed)
    values, noise = runs.of(points, seeds)
    first = emulate(points, values, noise, names=names, usable=np.ones(len(points)))
    rough = sample(targets, first, seed=effort.seed, steps=max(effort.steps // 4, 50))
    around = _around(rough, targets, count, seed=effort.seed)
    again, noise = runs.of(around, seeds)

    points, values = np.concatenate([points, around]), np.concatenate([values, again])
    region = _region(targets, points, np.concatenate([rough.at, around]))
    near = region.holds(points).astype(np.float64)
    emulator = emulate(points, values, noise, names=names, usable=near)
    draws = sample(targets, emulator, seed=effort.seed, steps=effort.steps, within=region)
    checked_at = thinned(draws, effort.checks, seed=effort.seed)
    checks = [
        runs.of(at[None], [effort.seed + _CHECK_SEED + nth])[0][0]
        for nth, at in enumerate(checked_at)
    ]
    return Fitted(
        points=points,
        values=values,
        emulator=emulator,
        draws=draws,
        checked_at=checked_at,
        checked=np.array(checks).reshape(len(checked_at), len(names)),
    )


def thinned(draws: Draws, count: int, *, seed: int) -> Floats:
    """Some draws of the posterior, none twice, shape (count, unknown)."""
    rank = uniform(seed, "draws kept", np.arange(len(draws.at), dtype=np.uint64))
    chosen: Floats = draws.at[np.argsort(rank, kind="stable")[:count]]
    return chosen


def _region(targets: Targets, simulated: Floats, reached: Floats) -> Region:
    """Where the second stand-in is fitted and asked.

    As far as the first posterior reached, but hardly beyond what was simulated: a quadratic bends
    back there and meets a figure once more.
    """
    edge = np.array([one.edge for one in targets.unknowns])
    low = np.maximum(reached.min(axis=0), simulated.min(axis=0) - _BEYOND)
    high = np.minimum(reached.max(axis=0), simulated.max(axis=0) + _BEYOND)
    return Region(low=np.maximum(low, -edge), high=np.minimum(high, edge))


def _around(draws: Draws, targets: Targets, count: int, *, seed: int) -> Floats:
    """Points like the posterior's draws, further apart, where the prior allows them."""
    middle = draws.at.mean(axis=0)
    away = thinned(draws, count, seed=seed) - middle
    reach = np.abs(away).max(axis=0)
    even = 2.0 * shares(count, len(middle), seed=seed) - 1.0
    away = np.where(reach > 0.0, away, even)
    away *= np.maximum(_WIDER, _LEAST_REACH / np.abs(away).max(axis=0))
    edge = np.array([one.edge for one in targets.unknowns])
    middle = np.clip(middle, _LEAST_REACH - edge, edge - _LEAST_REACH)
    kept: Floats = np.clip(middle + away, -edge, edge)
    return kept


class _Runs:
    """Simulations, with a word on how far they are."""

    def __init__(
        self,
        targets: Targets,
        simulator: Simulator,
        told: Callable[[str, int, int], None] | None,
        count: int,
    ) -> None:
        self._targets, self._simulator, self._told = targets, simulator, told
        self._count, self._done = count, 0

    def of(self, points: Floats, seeds: list[int]) -> tuple[Floats, Floats]:
        """Mean values of points over seeds, and the standard error of such a mean by its seeds."""
        found = np.full((len(points), len(seeds), len(self._targets.targets)), np.nan)
        for at, factors in enumerate(self._targets.factors(points)):
            for nth, seed in enumerate(seeds):
                found[at, nth] = self._simulator(factors, seed)
                self._done += 1
                if self._told is not None:
                    self._told("stage_calibrate", self._done, self._count)
        several = len(seeds) > 1
        spread = found.var(axis=1, ddof=1) if several else np.zeros_like(found[:, 0])
        known = np.isfinite(spread).any(axis=0)
        variance = np.zeros(found.shape[2])
        variance[known] = np.nanmean(spread[:, known], axis=0) / len(seeds)
        return found.mean(axis=1), np.sqrt(variance)
