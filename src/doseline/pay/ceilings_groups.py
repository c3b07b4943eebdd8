"""Segments with the same answer as one row, for tables that people read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from doseline.pay.ceilings import Ceilings

_SAME = (
    "payer",
    "share",
    "party",
    "binds",
    "ceiling",
    "facts",
    "assumed_share",
    "moved_by",
    "moved",
    "assumed",
)


def grouped_segments(found: Ceilings, product: str) -> list[dict[str, Any]]:
    """Rows of a product by payer and ceiling, the payers with most patients first.

    Each has the columns of the segments; ``setting``, ``locality`` and ``history`` are lists,
    ``floor`` is the mean over sites, ``assumed_share``
    that of the limit that binds, ``moved_by`` the parameter that moves it most, ``moved`` by how
    much for one percent, ``assumed`` whether it is an assumption.
    """
    mine = found.segments.filter(pl.col("product") == product)
    bound = found.limits.filter(pl.col("binds")).select(
        "segment",
        "assumed_share",
        "moved_by",
        "moved",
        pl.col("assumed_keys").list.contains(pl.col("moved_by")).alias("assumed"),
    )
    floors = pl.col("floor").cast(pl.Float64) * pl.col("sites")
    rows = (
        mine.join(bound, on="segment", how="left", maintain_order="left")
        .with_columns(pl.col("assumed_share").round(4))
        .group_by(*_SAME, maintain_order=True)
        .agg(
            *(
                pl.col(name).unique(maintain_order=True)
                for name in ("setting", "locality", "history")
            ),
            pl.col("sites").sum(),
            pl.col("patients").sum(),
            (floors.sum() / pl.col("sites").filter(pl.col("floor").is_not_null()).sum()).alias(
                "floor"
            ),
        )
        .sort("share", maintain_order=True, descending=True)
    )
    return [
        {
            **row,
            "floor": None if row["floor"] is None or math.isnan(row["floor"]) else row["floor"],
        }
        for row in rows.iter_rows(named=True)
    ]


def grouped_later(found: Ceilings, product: str) -> list[dict[str, Any]]:
    """Rows of a product by payer and by where hospitals take part once rates have followed."""
    mine = found.segments.filter(pl.col("product") == product)
    places = ("setting", "locality", "history")
    return (
        found.later.join(mine, on="segment", maintain_order="left")
        .group_by("payer", "low", "high", "facts", maintain_order=True)
        .agg(*(pl.col(name).unique(maintain_order=True) for name in places), pl.col("sites").sum())
        .to_dicts()
    )


def gaps(found: Ceilings, product: str) -> list[dict[str, Any]]:
    """Limits of a product whose prices have a gap, with the columns of their segments."""
    split = found.limits.filter(
        pl.col("stretches").list.len() > 1, pl.col("kind") != "dose_payment"
    )
    mine = found.segments.filter(pl.col("product") == product).drop("binds", "party", "ceiling")
    return (
        split.join(mine, on="segment")
        .unique(subset=["payer", "setting", "locality", "kind"], keep="first", maintain_order=True)
        .to_dicts()
    )


def half_price(found: Ceilings, product: str) -> float | None:
    """Highest price that reaches half of the patients whom the lowest price reaches; none if no end."""
    curve = found.curve.filter(pl.col("product") == product)
    if curve.is_empty() or not curve["patients"][0]:
        return None
    reached = curve.filter(pl.col("patients") >= curve["patients"][0] / 2)
    highest = reached["price"].cast(pl.Float64).max()
    return None if highest == curve["price"].cast(pl.Float64).max() else float(str(highest))
