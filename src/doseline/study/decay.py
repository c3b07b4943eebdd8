"""Where the activity of the planned week went: the dose account in becquerel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.balance import STAGES, activity_balance

if TYPE_CHECKING:
    from doseline.study.prepare import Prepared

_MADE = STAGES[0]


def decay_frame(prepared: Prepared, delivered: pl.DataFrame) -> pl.DataFrame:
    """product, stage, activity_gbq, share: what became of all that was made of each product."""
    balance = activity_balance(
        delivered, prepared.network, nuclides=prepared.reference.nuclides
    ).filter(pl.col("stage") != _MADE)
    whole = pl.col("activity_gbq").sum().over("product")
    return balance.with_columns((pl.col("activity_gbq") / whole).alias("share"))


def activity_frame(decay: pl.DataFrame) -> pl.DataFrame:
    """ending, activity_gbq: the same for all products together."""
    return (
        decay.group_by(pl.col("stage").alias("ending"), maintain_order=True)
        .agg(pl.col("activity_gbq").sum())
        .select("ending", "activity_gbq")
    )
