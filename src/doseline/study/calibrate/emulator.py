"""A stand-in for the simulation: each target as a quadratic of the unknowns, with its own error.

The error is tested out of sample: each point is predicted by the fit to all others (the residual of
a linear fit divided by 1 - leverage; Allen 1974, doi:10.1080/00401706.1974.10489157).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.study.calibrate.errors import NotSimulatedError

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Floats

_SPARE = 1.5
"""Simulations for each coefficient, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """Values of targets anywhere near the points that were simulated."""

    coefficients: Floats
    """Shape (term, target)."""
    error: Floats
    """Root mean square of predictions of points left out, shape (target,)."""
    noise: Floats
    """Error of what was simulated, from its own seeds: shape (target,)."""
    explained: Floats
    """Share of the variance of the points that the others predict, shape (target,). [unitless]"""

    def __call__(self, at: Floats) -> Floats:
        """Predicted values, shape (points, target)."""
        return terms_of(at) @ self.coefficients

    @property
    def variance(self) -> Floats:
        """Of a prediction: what the quadratic misses, and what the seeds share."""
        return self.error**2 + self.noise**2


def terms_needed(dimensions: int) -> int:
    """Coefficients of a full quadratic."""
    return (dimensions + 1) * (dimensions + 2) // 2


def terms_of(at: Floats) -> Floats:
    """1, each coordinate, and each product of two; shape (points, term)."""
    ones = np.ones((len(at), 1))
    first, second = np.triu_indices(at.shape[1])
    return np.concatenate([ones, at, at[:, first] * at[:, second]], axis=1)


def emulate(
    points: Floats, values: Floats, noise: Floats, *, names: tuple[str, ...], usable: Floats
) -> Emulator:
    """Fit a quadratic to each target.

    Args:
        points: Coordinates that were simulated, shape (points, unknown).
        values: What came of them, shape (points, target); NaN where a target has no value.
        noise: Standard error of a value by its seeds, shape (target,).
        names: Of the targets.
        usable: Weight of each point, 0 or 1, shape (points,).

    Raises:
        NotSimulatedError: If too few points have a value of a target.
    """
    terms = terms_of(points)
    needed = int(np.ceil(_SPARE * terms.shape[1]))
    coefficients, error, explained = [], [], []
    for at, name in enumerate(names):
        there = np.isfinite(values[:, at]) & (usable > 0)
        if there.sum() < needed:
            raise NotSimulatedError(name, int(there.sum()), needed)
        fitted, left_out = _fit(terms[there], values[there, at])
        spread = float(values[there, at].var())
        missed = float(np.mean(left_out**2))
        coefficients.append(fitted)
        error.append(np.sqrt(missed))
        explained.append(1.0 - missed / spread if spread > 0 else 1.0)
    return Emulator(
        coefficients=np.stack(coefficients, axis=1),
        error=np.array(error),
        noise=noise,
        explained=np.array(explained),
    )


def _fit(terms: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Coefficients of least squares, and the residual of each point predicted by the others."""
    basis, triangle = np.linalg.qr(terms)
    fitted: Floats = np.linalg.lstsq(triangle, basis.T @ values, rcond=None)[0]
    leverage = np.minimum((basis**2).sum(axis=1), 1.0 - 1e-9)
    return fitted, (values - terms @ fitted) / (1.0 - leverage)
