"""What is kept of a replication of rooms and chairs: how far the limits of sites were used.

- ``limit_use`` of a link: uses over room, all sites together, of the whole time.
- ``limit_full`` of a link: share of the sites that use nine tenths of their room or more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.study.replications.job import TOLD_SCHEMA

if TYPE_CHECKING:
    from doseline.study.years.account import YearAccount

FULL = 0.9
"""Use from which on a site counts as full (assumption: above it, lines grow fast). [unitless]"""


def uses_of(account: YearAccount) -> pl.DataFrame:
    """Rows of ``TOLD_SCHEMA`` of the limits of sites.

    Args:
        account: Of one replication.
    """
    measures = {
        "limit_use": pl.col("used").sum() / pl.col("room").sum(),
        "limit_full": (pl.col("share") >= FULL).mean(),
    }
    open_ones = account.frames["limits"].filter(pl.col("room") > 0)
    used = open_ones.group_by(pl.col("link").alias("of"), maintain_order=True).agg(**measures)
    return used.unpivot(index="of", variable_name="measure").select(
        pl.col("measure").cast(pl.String),
        "of",
        pl.lit(None, dtype=pl.Date).alias("when"),
        pl.col("value").cast(TOLD_SCHEMA["value"]),
    )
