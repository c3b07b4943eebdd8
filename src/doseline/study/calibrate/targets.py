"""What is not known of a network, and what is known of the world: priors and targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from doseline.simulate.engine.world import Floats

PRIORS = ("lognormal", "uniform")
USES = ("calibration", "validation")
MEASURES = (
    *("median_days", "mean_days", "share_within", "share_treated"),
    *("median_doses", "mean_doses", "waiting", "doses_per_year"),
)
"""What a target may be about."""
COUNTS = ("waiting", "doses_per_year")
"""Those of them that grow with the network."""
FARTHEST = 3.5
"""Standard deviations of a log-normal prior beyond which nothing is looked for: one in 2,000."""
Z90 = 1.6448536269514722
"""95 % point of the standard normal distribution: a range of 90 % reaches so many errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A factor on a column of a network that is not known, with what is believed of it before."""

    name: str
    factor: str
    """``table.column``, as in a variant of a network."""
    prior: str
    """``lognormal``: 90 % of it lie between low and high; ``uniform``: all."""
    low: float
    high: float
    source: str

    @property
    def middle(self) -> float:
        """Where the coordinate is 0."""
        if self.prior == "uniform":
            return (self.low + self.high) / 2.0
        return float(np.sqrt(self.low * self.high))

    def factors(self, at: Floats) -> Floats:
        """Factors at coordinates: 0 is the middle of the prior.

        Args:
            at: Standard normal for ``lognormal``; -1 to 1 for ``uniform``.
        """
        if self.prior == "uniform":
            return self.middle + (self.high - self.low) / 2.0 * np.clip(at, -1.0, 1.0)
        spread = np.log(self.high / self.low) / (2.0 * Z90)
        found: Floats = self.middle * np.exp(spread * at)
        return found

    @property
    def edge(self) -> float:
        """The coordinate beyond which, on both sides, nothing is believed possible."""
        return 1.0 if self.prior == "uniform" else FARTHEST

    def log_prior(self, at: Floats) -> Floats:
        """Logarithm of the prior density of coordinates, up to a constant."""
        if self.prior == "uniform":
            return np.where(np.abs(at) <= 1.0, 0.0, -np.inf)
        return -0.5 * at**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A published figure that the simulation should meet."""

    name: str
    what: str
    """One of ``MEASURES``."""
    value: float
    error: float
    """Standard error. [unit of the value]"""
    use: str
    """``calibration``: fitted; ``validation``: only compared."""
    source: str
    product: str | None = None
    """All products together if None."""
    within_days: float | None = None
    """For ``share_within``. [d]"""
    links: tuple[str, ...] = ()
    """For days: only the time at these links of the ledger; empty: all from the clock start."""
    on: date | None = None
    """For ``waiting``: a day; None: the mean over the cohort's weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """A file of unknowns and targets."""

    unknowns: tuple[Unknown, ...]
    targets: tuple[Target, ...]

    def used_for(self, use: str) -> tuple[int, ...]:
        """Rows of the targets of one use."""
        return tuple(at for at, one in enumerate(self.targets) if one.use == use)

    def factors(self, at: Floats) -> Floats:
        """Factors at coordinates; both have shape (points, unknown)."""
        columns = [one.factors(at[:, of]) for of, one in enumerate(self.unknowns)]
        return np.stack(columns, axis=1)

    def log_prior(self, at: Floats) -> Floats:
        """Logarithm of the prior density of points of shape (points, unknown)."""
        columns = [one.log_prior(at[:, of]) for of, one in enumerate(self.unknowns)]
        summed: Floats = np.sum(columns, axis=0)
        return summed
