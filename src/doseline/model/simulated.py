"""Years, simulated again and again: what is known of each scenario, and how precisely."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

ESTIMATE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "scenario": pl.String,
    "measure": pl.String,  # what is told: "share", "patients", "waiting", ...
    "of": pl.String,  # class, link, kind, place
    "when": pl.Date,  # first day of the year or week; null: the whole time
    "mean": pl.Float64,
    "half": pl.Float64,  # half width of the 95 % interval of the mean; null: one replication
    "replications": pl.UInt32,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A mean with its 95 % interval."""

    mean: float
    half: float | None
    """Half its width; None of one replication."""

    @property
    def low(self) -> float:
        """Lower end."""
        return self.mean - (self.half or 0.0)

    @property
    def high(self) -> float:
        """Upper end."""
        return self.mean + (self.half or 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedYears:
    """The answer of ``doseline simulate``."""

    scenarios: tuple[dict[str, str], ...]
    """Each scenario's name, variant, what-if and policies; the first is the base."""
    years: float
    """From the start of the cohort to the horizon, follow-up included. [year]"""
    warm_up_weeks: int
    start: date
    """First day of the cohort."""
    cohort_end: date
    """First day after it."""
    horizon: date
    seed: int
    """Of the first replication; each next one is one more."""
    replications: int
    most: int
    """Replications that were asked for at most."""
    precision: float | None
    """Half width of the headline's interval that was asked for. [percentage points]"""
    patients: float
    """Mean number of patients of a replication, warm-up and follow-up included."""
    estimates: pl.DataFrame
    """Columns of ``ESTIMATE_SCHEMA``."""
    differences: pl.DataFrame
    """The same: how far each other scenario is from the base, replication by replication."""
    digest: str
    """Of the network of the base."""
    engine: str = "compiled"
    """Machine code, or ``plain`` Python by the same rules."""

    @property
    def base(self) -> str:
        """Name of the first scenario."""
        return self.scenarios[0]["scenario"]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the scenarios, the base first."""
        return tuple(one["scenario"] for one in self.scenarios)

    def rows(self, scenario: str, measure: str, *, dated: bool = False) -> pl.DataFrame:
        """of, when, mean, half of a measure of a scenario: by year or week, or of the whole time."""
        when = pl.col("when")
        return self.estimates.filter(
            pl.col("scenario") == scenario,
            pl.col("measure") == measure,
            when.is_not_null() if dated else when.is_null(),
        ).select("of", "when", "mean", "half")

    def number(self, scenario: str, measure: str, of: str) -> Number | None:
        """One number of the whole time."""
        return _number(self.rows(scenario, measure).filter(pl.col("of") == of))

    def difference(self, scenario: str, measure: str, of: str) -> Number | None:
        """How far that number of a scenario is from the base's."""
        return _number(
            self.differences.filter(
                pl.col("scenario") == scenario,
                pl.col("measure") == measure,
                pl.col("of") == of,
                pl.col("when").is_null(),
            )
        )

    @property
    def half(self) -> float | None:
        """Half the width of the headline's interval in the scenario that is known least."""
        shares = [self.number(name, "share", "in_time") for name in self.names]
        halves = [one.half for one in shares if one is not None and one.half is not None]
        return max(halves, default=None)

    @property
    def precise(self) -> bool:
        """Whether the headline of every scenario is as precise as was asked for."""
        wanted, half = self.precision, self.half
        return wanted is not None and half is not None and 100.0 * half <= wanted


def _number(rows: pl.DataFrame) -> Number | None:
    if rows.is_empty():
        return None
    return Number(mean=rows["mean"][0], half=rows["half"][0])
