"""Where the activity of the planned week goes between calibration and the patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.study.prepare import Prepared

STAGES = (
    "decayed_before_departure",
    "decayed_on_the_way",
    "decayed_at_the_site",
    "at_administration",
)


def decay_frame(prepared: Prepared, plan: Plan) -> pl.DataFrame:
    """product, stage, activity_gbq, share: activity at calibration of all planned doses, by stage."""
    flows = plan.flows.filter(pl.col("line").is_not_null())
    products = prepared.network.frame("products").select("product", "nuclide")
    half_lives = pl.DataFrame(
        {
            "nuclide": products["nuclide"].unique(maintain_order=True),
            "half_life_h": [
                prepared.reference.nuclides[name].half_life_h
                for name in products["nuclide"].unique(maintain_order=True)
            ],
        }
    )
    known = flows.join(products, on="product").join(half_lives, on="nuclide")
    made = pl.col("activity_ready_gbq")
    left = known.with_columns(
        _left("depart").alias("departs"),
        _left("arrive").alias("arrives"),
        _left("infuse").alias("given"),
    )
    stages = left.select(
        "product",
        (made - pl.col("departs")).alias(STAGES[0]),
        (pl.col("departs") - pl.col("arrives")).alias(STAGES[1]),
        (pl.col("arrives") - pl.col("given")).alias(STAGES[2]),
        pl.col("given").alias(STAGES[3]),
    )
    table = (
        stages.group_by("product", maintain_order=True)
        .agg(pl.all().sum())
        .unpivot(index="product", variable_name="stage", value_name="activity_gbq")
    )
    whole = pl.col("activity_gbq").sum().over("product")
    order = pl.Enum(STAGES)
    return table.with_columns((pl.col("activity_gbq") / whole).alias("share")).sort(
        "product", pl.col("stage").cast(order)
    )


def _left(until: str) -> pl.Expr:
    """Activity left of what was made, at an instant. [GBq]"""
    hours = (pl.col(until) - pl.col("ready")).dt.total_milliseconds() / 3_600_000.0
    return pl.col("activity_ready_gbq") * (2.0 ** (-hours / pl.col("half_life_h")))
