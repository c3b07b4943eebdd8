"""What is kept of a replication by group of people: ``group_eligible`` and ``group_share``.

``of`` is what they are grouped by and the group: ``rural/1``, ``deprivation/5`` (1 least deprived),
``payer/0`` (row of the payer), ``sex/female``, ``age/65`` (from that age on) or ``age/unstated`` (of
products whose patients' ages the network does not tell apart). Of the whole time. In
a replication in which a group has fewer than 11 eligible people it has no row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.study.replications.job import TOLD_SCHEMA

if TYPE_CHECKING:
    from doseline.study.years.account import YearAccount

UNSTATED = "unstated"
_COUNTS = ("eligible", "in_time")


def groups_of(account: YearAccount) -> pl.DataFrame:
    """Rows of ``TOLD_SCHEMA`` by group.

    Args:
        account: Of one replication.
    """
    one_age = pl.col("age_from").n_unique().over("product") == 1
    mix = account.frames["mix"].with_columns(
        pl.when(one_age)
        .then(pl.lit(UNSTATED))
        .otherwise(pl.col("age_from").cast(pl.String))
        .alias("age")
    )
    groups = pl.concat(
        [
            account.frames["groups"].select("by", pl.col("group").cast(pl.String), *_COUNTS),
            _summed(mix, "sex", "sex"),
            _summed(mix, "age", "age"),
        ]
    ).filter(pl.col("eligible") > 0)
    of = pl.concat_str("by", "group", separator="/")
    measures = {
        "group_eligible": pl.col("eligible"),
        "group_share": pl.col("in_time") / pl.col("eligible"),
    }
    return pl.concat(
        groups.select(
            pl.lit(measure).alias("measure"),
            of.alias("of"),
            pl.lit(None, dtype=pl.Date).alias("when"),
            value.cast(TOLD_SCHEMA["value"]).alias("value"),
        )
        for measure, value in measures.items()
    )


def _summed(mix: pl.DataFrame, by: str, column: str) -> pl.DataFrame:
    """Sums over the other columns; nothing where a part of a sum may not be told."""
    return (
        mix.group_by(pl.col(column).cast(pl.String).alias("group"), maintain_order=True)
        .agg(
            pl.lit(by).alias("by"),
            *(
                pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()).alias(name)
                for name in _COUNTS
            ),
        )
        .select("by", "group", *_COUNTS)
    )
