"""What the targets say of the unknowns: draws by an ensemble of walkers.

The likelihood is normal in each target that is fitted; its variance is that of the published
figure, of what the emulator misses, and of the seeds that the simulations share. Walkers move as
Goodman and Weare (2010, doi:10.2140/camcos.2010.5.65), by the library emcee.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.study.calibrate.design import shares
from doseline.study.calibrate.errors import CalibrateNotInstalledError

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Bools, Floats
    from doseline.study.calibrate.emulator import Emulator
    from doseline.study.calibrate.targets import Targets

WALKERS, STEPS = 32, 1000
"""Walkers, and their steps that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Where the stand-in for the simulation may be asked: a box of coordinates."""

    low: Floats
    """Shape (unknown,)."""
    high: Floats

    def holds(self, at: Floats) -> Bools:
        """Whether points of shape (points, unknown) lie in it."""
        inside: Bools = np.all((at >= self.low) & (at <= self.high), axis=1)
        return inside

    def spread(self, share: Floats) -> Floats:
        """Points of the unit cube, stretched over it."""
        points: Floats = self.low + (self.high - self.low) * share
        return points


def whole_prior(targets: Targets) -> Region:
    """All that the priors believe possible."""
    edge = np.array([one.edge for one in targets.unknowns])
    return Region(low=-edge, high=edge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draws:
    """Draws of the posterior."""

    at: Floats
    """Coordinates, shape (draw, unknown)."""
    log_posterior: Floats
    """Up to a constant, shape (draw,)."""
    autocorrelation: float
    """Steps until a walker has forgotten where it was."""
    accepted: float
    """Share of moves that were made. [unitless]"""

    @property
    def independent(self) -> float:
        """Draws that are worth as much as independent ones."""
        return len(self.at) / max(self.autocorrelation, 1.0)


def log_posterior(targets: Targets, emulator: Emulator, at: Floats) -> Floats:
    """Logarithm of the posterior density of points of shape (points, unknown), up to a constant."""
    fitted = list(targets.used_for("calibration"))
    value = np.array([targets.targets[one].value for one in fitted])
    error = np.array([targets.targets[one].error for one in fitted])
    variance = error**2 + emulator.variance[fitted]
    with np.errstate(over="ignore", invalid="ignore"):
        missed = (emulator(at)[:, fitted] - value) ** 2 / variance
        found: Floats = targets.log_prior(at) - 0.5 * missed.sum(axis=1)
    return np.where(np.isnan(found), -np.inf, found)


def sample(
    targets: Targets,
    emulator: Emulator,
    *,
    seed: int,
    steps: int = STEPS,
    within: Region | None = None,
) -> Draws:
    """Draw from the posterior; the same seed gives the same draws.

    Args:
        targets: Unknowns with their priors, and figures to meet.
        emulator: Stands in for the simulation.
        seed: Seed of the walkers.
        steps: Steps that are kept; half as many go before and are forgotten.
        within: Where the emulator may be asked; None: over the whole prior.

    Raises:
        CalibrateNotInstalledError: If emcee is missing.
    """
    try:
        import emcee
    except ImportError as error:
        raise CalibrateNotInstalledError from error
    count = len(targets.unknowns)
    walkers = max(WALKERS, 2 * count + 2)
    region = whole_prior(targets) if within is None else within

    def density(at: Floats) -> Floats:
        return np.where(region.holds(at), log_posterior(targets, emulator, at), -np.inf)

    sampler = emcee.EnsembleSampler(walkers, count, density, vectorize=True)
    sampler.random_state = np.random.RandomState(seed % 2**32).get_state()
    start = region.spread(shares(walkers, count, seed=seed))
    state = sampler.run_mcmc(start, steps // 2)
    sampler.reset()
    sampler.run_mcmc(state, steps)
    times = sampler.get_autocorr_time(quiet=True, tol=0)
    return Draws(
        at=sampler.get_chain(flat=True),
        log_posterior=sampler.get_log_prob(flat=True),
        autocorrelation=float(np.max(np.nan_to_num(times, nan=steps))),
        accepted=float(np.mean(sampler.acceptance_fraction)),
    )
