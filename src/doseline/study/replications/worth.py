"""What is kept of a replication's worth: money of each party, and what patients gained.

- ``revenue``, ``cost``, ``margin`` of a party, and ``money`` of a party and item (``payer/drug``):
  by year and of the whole time. [currency]
- ``gain_`` and a column of ``study.years.outcomes.GAINS_SCHEMA`` of a product, and of ``""``: of all
  products that a trial tells of. [patients, months, years]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.study.replications.job import TOLD_SCHEMA

if TYPE_CHECKING:
    from doseline.study.years.account import YearAccount

SIDES = ("revenue", "cost", "margin")
GAINED = (
    *("patients", "treated", "waited", "died_waiting", "progressed_waiting"),
    *("progression_free", "progression_free_at_once"),
    *("alive_low", "alive_high", "qaly_low", "qaly_high"),
)
_YEAR = pl.date(pl.col("year"), 1, 1)
_ALWAYS = pl.lit(None, dtype=pl.Date)


def worth_of(account: YearAccount) -> pl.DataFrame:
    """Rows of ``TOLD_SCHEMA`` of money and gains.

    Args:
        account: Of one replication.
    """
    frames = account.frames
    items = frames["money"].with_columns(of=pl.concat_str("party", "item", separator="/"))
    return pl.concat(
        [
            *(_by_year(frames["margins"], side, "party", side) for side in SIDES),
            _by_year(items, "money", "of", "amount"),
            _gains(frames["gains"]),
        ]
    )


def _by_year(frame: pl.DataFrame, measure: str, of: str, amount: str) -> pl.DataFrame:
    """Sums by year, and of all years."""
    parts = [
        frame.group_by(when.alias("when"), pl.col(of).alias("of"), maintain_order=True).agg(
            value=pl.col(amount).sum()
        )
        for when in (_YEAR, _ALWAYS)
    ]
    return _told(pl.concat(parts).with_columns(measure=pl.lit(measure)))


def _gains(gains: pl.DataFrame) -> pl.DataFrame:
    """Of each product, and of all together; what no trial tells is left out."""
    told = gains.filter("told").select(pl.col("product").alias("of"), pl.col(GAINED))
    # A sum over products of which some say nothing would be taken for that of all.
    complete = {
        name: pl.when(pl.col(name).is_not_null().all()).then(pl.col(name).sum()) for name in GAINED
    }
    together = told.select(pl.lit("").alias("of"), **complete) if told.height else told
    rows = pl.concat([told, together], how="vertical_relaxed").unpivot(
        index="of", variable_name="measure"
    )
    named = pl.concat_str(pl.lit("gain_"), "measure").alias("measure")
    return _told(rows.drop_nulls("value").with_columns(named, when=_ALWAYS))


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(name).cast(kind) for name, kind in TOLD_SCHEMA.items())
