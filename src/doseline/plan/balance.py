"""Where the activity of delivered doses went: made = infused + decayed + residual + waste."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.ledger import INFUSED

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable

STAGES = ("made", "infused", "decayed_in_transit", "decayed_waiting", "residual", "waste")
"""What is made at calibration equals the sum of the others."""

_MS_PER_HOUR = 3_600_000.0


def activity_at(activity: pl.Expr, elapsed_h: pl.Expr, half_life_h: pl.Expr) -> pl.Expr:
    """Activity that is left after some time, in the unit of ``activity``."""
    return activity * (2.0 ** (-elapsed_h / half_life_h))


def activity_balance(
    flows: pl.DataFrame, network: Network, *, nuclides: NuclideTable
) -> pl.DataFrame:
    """product, stage (:data:`STAGES`), activity_gbq: the account of every vial made.

    A vial waits from calibration to its departure and from its arrival to its infusion, and is in
    transit between. One that a failed batch lost is waste at calibration; one that transport lost or
    that expired on its way, on arrival; one whose patient was held, at its slot. Orders that were never made have no part.

    Args:
        flows: Delivered doses, columns of ``FLOW_SCHEMA`` with endings.
        network: Residual of each product.
        nuclides: Half-lives.
    """
    products = network.frame("products").select("product", "nuclide", "residual_percent")
    half_lives = {name: nuclides[name].half_life_h for name in products["nuclide"].unique()}
    made = (
        flows.filter(pl.col("batch").is_not_null())
        .join(products, on="product")
        .with_columns(
            half_life_h=pl.col("nuclide").replace_strict(half_lives, return_dtype=pl.Float64)
        )
    )
    infused = pl.col("ending").is_in(INFUSED)
    ready, depart, arrive = (_left(name) for name in ("ready", "depart", "arrive"))
    infuse = _left("infuse")
    failed = pl.col("ending") == "batch_failed"
    lost = pl.col("ending").is_in(["transport", "expired"])
    last = pl.when(failed).then(ready).when(lost).then(arrive).otherwise(infuse)
    kept = pl.col("residual_percent") / 100.0
    stages = made.select(
        "product",
        made=ready,
        infused=pl.when(infused).then(last * (1.0 - kept)).otherwise(0.0),
        decayed_in_transit=pl.when(failed).then(0.0).otherwise(depart - arrive),
        decayed_waiting=pl.when(failed)
        .then(0.0)
        .otherwise((ready - depart) + pl.when(lost).then(0.0).otherwise(arrive - infuse)),
        residual=pl.when(infused).then(last * kept).otherwise(0.0),
        waste=pl.when(infused).then(0.0).otherwise(last),
    )
    sums = stages.group_by("product", maintain_order=True).sum().sort("product")
    return sums.unpivot(STAGES, index="product", variable_name="stage", value_name="activity_gbq")


def _left(instant: str) -> pl.Expr:
    """Activity of each vial at one of its instants, in [GBq]."""
    age_h = (pl.col(instant) - pl.col("ready")).dt.total_milliseconds() / _MS_PER_HOUR
    return activity_at(pl.col("activity_ready_gbq"), age_h, pl.col("half_life_h"))
