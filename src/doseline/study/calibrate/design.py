"""Where to simulate: points spread evenly over the prior, the same for the same seed."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.chance import uniform

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Floats
    from doseline.study.calibrate.targets import Unknown

_EDGE = 0.01
"""Share of a prior at each end where nothing is simulated."""


def shares(count: int, dimensions: int, *, seed: int) -> Floats:
    """A Latin hypercube: of so many points, one in each of as many layers of every dimension.

    Args:
        count: Points.
        dimensions: Unknowns.
        seed: Seed of the design.

    Returns:
        Points in the unit cube, shape (count, dimensions).
    """
    layers = np.arange(count, dtype=np.uint64)
    columns = []
    for of in range(dimensions):
        order = np.argsort(uniform(seed, f"design/order/{of}", layers), kind="stable")
        inside = uniform(seed, f"design/inside/{of}", layers)
        columns.append((order + inside) / count)
    return np.stack(columns, axis=1)


def prior_points(unknowns: tuple[Unknown, ...], count: int, *, seed: int) -> Floats:
    """Coordinates spread evenly over the prior, shape (count, unknown)."""
    cube = shares(count, len(unknowns), seed=seed)
    return at_shares(unknowns, _EDGE + (1.0 - 2.0 * _EDGE) * cube)


def at_shares(unknowns: tuple[Unknown, ...], share: Floats) -> Floats:
    """Coordinates below which a share of each prior lies, shape (points, unknown)."""
    normal = np.vectorize(NormalDist().inv_cdf, otypes=[np.float64])
    columns = [
        2.0 * share[:, of] - 1.0 if one.prior == "uniform" else normal(share[:, of])
        for of, one in enumerate(unknowns)
    ]
    return np.stack(columns, axis=1)
