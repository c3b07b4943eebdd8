"""What is kept of a replication by month: who waits, and how many doses are given.

- ``waiting_month`` of a kind (new, continuing, line): patients, mean over the month's Mondays.
- ``treated_month`` of a kind (new, continuing): infusions a week, mean over the weeks that begin in
  the month, so that months of four and of five Mondays can be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.study.replications.job import TOLD_SCHEMA

if TYPE_CHECKING:
    from doseline.study.years.account import YearAccount


def months_of(account: YearAccount) -> pl.DataFrame:
    """Rows of ``TOLD_SCHEMA`` by month.

    Args:
        account: Of one replication.
    """
    frames = account.frames
    served = frames["weeks"].group_by("week", "kind", maintain_order=True).agg(pl.sum("served"))
    return pl.concat(
        [
            _monthly(frames["waiting"], "waiting_month", "patients"),
            _monthly(served, "treated_month", "served"),
        ]
    )


def _monthly(weeks: pl.DataFrame, measure: str, value: str) -> pl.DataFrame:
    """Means of the weeks of each month."""
    month = pl.col("week").dt.truncate("1mo").alias("when")
    rows = weeks.group_by(month, pl.col("kind").alias("of"), maintain_order=True).agg(
        value=pl.col(value).mean()
    )
    told = rows.with_columns(measure=pl.lit(measure))
    return told.select(pl.col(name).cast(kind) for name, kind in TOLD_SCHEMA.items())
