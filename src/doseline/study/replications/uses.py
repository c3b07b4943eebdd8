"""What is kept of a replication of scanners, rooms and staff, and of how long doses took.

- ``limit_use`` of a link: use of the limit of a site that is used most, mean of the sites; by year
  and of the whole time.
- ``limit_full`` of a link: share of the sites where that use is nine tenths or more; whole time.
- ``scanner_use`` of a product: scans over slots, all scanners together; by year and whole time.
- ``scanner_full`` of a product: share of the scanners that are used to nine tenths or more.
- ``delay_median``, ``delay_p90`` [d], ``delay_late`` of a class of site and a kind (``office/new``;
  ``/new``: of all), as in :mod:`doseline.study.years.delays`; no row for fewer than 11 doses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.study.replications.job import TOLD_SCHEMA

if TYPE_CHECKING:
    from doseline.study.years.account import YearAccount

FULL = 0.9
"""Use from which on a place counts as full (assumption: above it, lines grow fast). [unitless]"""
_YEAR = pl.date(pl.col("year"), 1, 1)
_ALWAYS = pl.lit(None, dtype=pl.Date)


def uses_of(account: YearAccount) -> pl.DataFrame:
    """Rows of ``TOLD_SCHEMA`` of scanners, limits of sites and delays.

    Args:
        account: Of one replication.
    """
    frames = account.frames
    # A site may have several limits of one link, each in its own unit: they are told apart here.
    limits = frames["limits"].with_columns(place=pl.int_range(pl.len()).over("year"))
    return pl.concat(
        [
            _limits(_used(limits, "place", "site", "link", part="used", whole="room")),
            _scanners(_used(frames["scanners"], "scanner", "product", part="scans", whole="slots")),
            _delays(frames["delays"]),
        ]
    )


def _used(frame: pl.DataFrame, *by: str, part: str, whole: str) -> pl.DataFrame:
    """Part and whole of each place that was open, by year and of all years (no ``when``)."""
    parts = [
        frame.group_by(when.alias("when"), *by, maintain_order=True).agg(
            part=pl.col(part).sum(), whole=pl.col(whole).sum()
        )
        for when in (_YEAR, _ALWAYS)
    ]
    return pl.concat(parts).filter(pl.col("whole") > 0)


def _limits(limits: pl.DataFrame) -> pl.DataFrame:
    """Of each site the limit that is used most."""
    share = pl.col("part") / pl.col("whole")
    sites = limits.group_by("when", "site", "link", maintain_order=True).agg(use=share.max())
    told = sites.group_by("when", pl.col("link").alias("of"), maintain_order=True)
    return _told(told.agg(limit_use=pl.col("use").mean(), limit_full=_full(pl.col("use"))))


def _scanners(scanners: pl.DataFrame) -> pl.DataFrame:
    part, whole = pl.col("part"), pl.col("whole")
    told = scanners.group_by("when", pl.col("product").alias("of"), maintain_order=True)
    return _told(told.agg(scanner_use=part.sum() / whole.sum(), scanner_full=_full(part / whole)))


def _full(use: pl.Expr) -> pl.Expr:
    """Share of the places that are full, of the whole time only."""
    return pl.when(pl.col("when").first().is_null()).then((use >= FULL).mean())


def _delays(delays: pl.DataFrame) -> pl.DataFrame:
    named = delays.with_columns(
        of=pl.concat_str("setting", "kind", separator="/"), when=_ALWAYS
    ).rename({name: f"delay_{name}" for name in ("median", "p90", "late")})
    return _told(named.select("of", "when", "delay_median", "delay_p90", "delay_late"))


def _told(frame: pl.DataFrame) -> pl.DataFrame:
    """One row a measure and cell that is told."""
    rows = frame.unpivot(index=["of", "when"], variable_name="measure").drop_nulls("value")
    return rows.select(pl.col(name).cast(kind) for name, kind in TOLD_SCHEMA.items())
