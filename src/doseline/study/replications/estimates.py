"""Means over replications with their intervals, and differences of scenarios under common seeds."""

from __future__ import annotations

import numpy as np
import polars as pl

from doseline.study.values import student_975

NAMES = ("measure", "of", "when")
"""What a number of a replication is known by."""

HEADLINE = (pl.col("measure") == "share") & (pl.col("of") == "in_time") & pl.col("when").is_null()
"""The number that a run is about: the share of the eligible treated in time."""


def estimates(told: pl.DataFrame) -> pl.DataFrame:
    """Mean of each number of each scenario, with its 95 % interval by Student's t.

    Args:
        told: Columns ``scenario``, ``seed`` and those of ``TOLD_SCHEMA``.

    Returns:
        scenario, measure, of, when, mean, half, replications; half is null where there are fewer
        than two replications.
    """
    return _means(told, "scenario", *NAMES)


def differences(told: pl.DataFrame, base: str) -> pl.DataFrame:
    """How far each other scenario is from the base, seed by seed: as :func:`estimates`."""
    by = ["seed", *NAMES]
    ours = told.filter(pl.col("scenario") == base).select(*by, before="value")
    others = told.filter(pl.col("scenario") != base)
    paired = others.join(ours, on=by, how="inner", nulls_equal=True).with_columns(
        value=pl.col("value") - pl.col("before")
    )
    return _means(paired.drop("before"), "scenario", *NAMES)


def widest_half(told: pl.DataFrame) -> float:
    """Half width of the headline's interval, of the scenario that is known least. [fraction]"""
    halves = estimates(told.filter(HEADLINE))["half"]
    if halves.is_empty() or halves.has_nulls():
        return float("inf")
    return float(np.max(halves.to_numpy()))


def _means(told: pl.DataFrame, *by: str) -> pl.DataFrame:
    """The mean of each group and half the width of its interval."""
    found = (
        told.drop_nulls("value")
        .group_by(by, maintain_order=True)
        .agg(
            # In the order of the seeds, so that the last bit of a sum is the same every time.
            mean=pl.col("value").sort_by("seed").mean(),
            spread=pl.col("value").sort_by("seed").std(ddof=1),
            replications=pl.len(),
        )
    )
    most = int(found["replications"].max() or 0) if found.height else 0  # type: ignore[arg-type]
    points = pl.Series([None, None, *(student_975(n - 1) for n in range(2, most + 1))])
    points = points.cast(pl.Float64)
    return found.with_columns(
        half=points.gather(found["replications"].cast(pl.UInt32))
        * found["spread"]
        / found["replications"].sqrt()
    ).select(*by, "mean", "half", "replications")
