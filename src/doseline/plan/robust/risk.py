"""How many doses of a plan are in time, exactly, if nothing is planned again.

A run fails with a probability, and with it all its doses; a dose whose run does not fail is in time
with the probability of its way (:func:`doseline.routes.options.build_options`), independently of
the others. So the doses in time of one run are a mixture of none and a sum of independent trials,
and those of the plan are the sum over its runs: both are convolutions of probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.model.flows import Plan
    from doseline.model.network import Network

    Floats = NDArray[np.float64]

_ROUNDING = 1e-12
_RUN = ("batch", "ready")


@dataclass(frozen=True, slots=True)
class InTime:
    """The distribution of the number of doses in time."""

    probability: Floats
    """Of each number, from 0 on. [unitless]"""

    @property
    def mean(self) -> float:
        """Expected number. [doses]"""
        return float(np.arange(self.probability.size) @ self.probability)

    def quantile(self, share: float) -> int:
        """The smallest number that is not exceeded with at least this probability. [doses]"""
        reached = np.cumsum(self.probability) >= share - _ROUNDING
        return int(np.argmax(reached)) if reached.any() else self.probability.size - 1

    def at_least(self, doses: int) -> float:
        """Probability of at least so many. [unitless]"""
        return float(min(1.0, self.probability[max(doses, 0) :].sum()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What may go wrong."""

    failure: float | None = None
    """Probability that a batch fails; None: each has its own, of table ``batches``. [unitless]"""
    late: bool = True
    """Whether doses may be late."""

    def of_batches(self, network: Network) -> pl.DataFrame:
        """Name and probability of failure (fails) of each batch."""
        own = pl.col("failure_percent") / 100.0
        stated = own if self.failure is None else pl.lit(self.failure)
        return network.frame("batches").select("batch", fails=stated.cast(pl.Float64))


def dose_chances(plan: Plan, network: Network, risk: Risk) -> pl.DataFrame:
    """One row a planned dose, in the plan's sequence.

    Args:
        plan: The plan.
        network: Failure of its batches.
        risk: What may go wrong.

    Returns:
        order, batch, ready, fails (of its batch), on_time (if it does not), in_time.
    """
    made = plan.flows.filter(pl.col("batch").is_not_null())
    on_time = pl.col("on_time") if risk.late else pl.lit(1.0)
    chances = made.join(risk.of_batches(network), on="batch", how="left", maintain_order="left")
    return chances.select("order", *_RUN, "fails", on_time=on_time).with_columns(
        in_time=(1.0 - pl.col("fails")) * pl.col("on_time")
    )


def in_time(chances: pl.DataFrame) -> InTime:
    """The distribution of doses in time.

    Args:
        chances: Of :func:`dose_chances`.
    """
    found = np.ones(1)
    for _, run in chances.group_by(_RUN, maintain_order=True):
        fails = float(run["fails"].to_numpy()[0])
        mixed = (1.0 - fails) * _successes(run["on_time"].to_numpy())
        mixed[0] += fails
        found = np.convolve(found, mixed)
    return InTime(found)


def worst_in_time(chances: pl.DataFrame, failures: int) -> int:
    """Doses in time if the fullest runs fail, so many of them, and nothing is late.

    Args:
        chances: Of :func:`dose_chances`.
        failures: Runs that fail.
    """
    made = chances.group_by(_RUN).agg(doses=pl.len())["doses"].sort(descending=True)
    return int(chances.height - made.head(failures).sum())


def _successes(probability: Floats) -> Floats:
    """Distribution of the number of successes of independent trials."""
    found = np.ones(1)
    for each in probability:
        found = np.convolve(found, [1.0 - each, each])
    return found
