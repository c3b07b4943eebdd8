"""What planning again changed, order by order, and where each vial goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.ordering import Commitment
from doseline.model.replanned import CHANGE_SCHEMA
from doseline.model.supply import Product
from doseline.plan.orders.ladder import infusion_days, promise_fee, rung

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.plan.replan.happened import Happened
    from doseline.plan.replan.problem import Asked

_DOSE = ("batch", "ready", "depart", "infuse", "suite", "lanes", "cost")
_NEAR = 1e-6
"""Difference of activities that is rounding. [unitless]"""
_CALLED_OFF = ("patient_held", "patient_withdrawn", "dose_freed", "suite_closed")
"""Events on the site's or the patient's side: the dose counts as called off."""


def change_frame(
    network: Network,
    before: Plan,
    after: Plan,
    asked: Asked,
    happened: Happened,
    *,
    vial_of: pl.DataFrame,
    at: datetime,
) -> pl.DataFrame:
    """One row an order of the new plan, columns of ``CHANGE_SCHEMA``.

    Args:
        network: With the orders that were added.
        before: The plan in hand.
        after: The new plan.
        asked: What was solved.
        happened: The events.
        vial_of: order, vial, vial_of of orders that get a vial that exists.
        at: Instant from which the week was planned again.
    """
    joined = _beside(network, before, after, asked, vial_of).with_columns(
        withdrawn=pl.col("order").is_in(list(happened.withdrawn)),
        new=pl.col("order").is_in(list(happened.added)),
    )
    told = _named(_compared(joined))
    fees = _fees(network, told, after, at)
    fee = pl.col("order").replace_strict(fees, default=0.0, return_dtype=pl.Float64)
    return told.with_columns(fee=fee).select(
        [pl.col(name).cast(kind) for name, kind in CHANGE_SCHEMA.items()]
    )


def vial_frame(network: Network, asked: Asked, vial_of: pl.DataFrame, after: Plan) -> pl.DataFrame:
    """batch, vial_of, site, order, activity_gbq: the vials that exist, and who gets each."""
    batches = network.frame("batches").select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("number"), batch_name="batch"
    )
    sites = network.frame("sites").select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("number"), site_name="site"
    )
    filled = after.flows.select("order", "activity_ready_gbq")
    return (
        asked.vials.vials.rename({"order": "made_for"})
        .join(asked.runs.select("batch", "ready_ms", "low"), on=["batch", "ready_ms"], how="left")
        .sort("vial")
        .join(vial_of.select("vial", "order"), on="vial", how="left", maintain_order="left")
        .join(filled, on="order", how="left", maintain_order="left")
        .join(batches, left_on="batch", right_on="number", how="left", maintain_order="left")
        .join(sites, left_on="site", right_on="number", how="left", maintain_order="left")
        .select(
            "order",
            batch="batch_name",
            vial_of="made_for",
            site="site_name",
            activity_gbq=pl.coalesce(
                "activity_ready_gbq",
                pl.when(pl.col("low").is_null()).then(pl.col("activity_ready_bq") / 1e9),
            ),
        )
        .select("batch", "vial_of", "site", "order", "activity_gbq")
    )


def _beside(
    network: Network, before: Plan, after: Plan, asked: Asked, vial_of: pl.DataFrame
) -> pl.DataFrame:
    """Each order with the dose that it had (``..._before``) and the one that it has."""
    had = before.flows.select(
        "order",
        *(pl.col(name).alias(f"{name}_before") for name in _DOSE),
        activity_before_gbq="activity_infuse_gbq",
    ).with_columns(day_before=_days(network, before, pl.col("order")))
    has = after.flows.select(
        "order",
        "patient",
        "product",
        "site",
        "kind",
        *_DOSE,
        "link",
        "reason",
        activity_gbq="activity_infuse_gbq",
    ).with_columns(day=_days(network, after, pl.col("order")))
    windows = network.frame("orders").select("order", "earliest", "latest")
    label = network.frame("products").select("product", label_gbq="activity_gbq")
    return (
        has.join(had, on="order", how="left", maintain_order="left")
        .join(windows, on="order", how="left", maintain_order="left")
        .join(label, on="product", how="left", maintain_order="left")
        .join(asked.before.select("order", "event"), on="order", how="left", maintain_order="left")
        .join(vial_of.select("order", "vial_of"), on="order", how="left", maintain_order="left")
        .with_columns(
            pl.col("event").fill_null(""),
            pl.col("cost", "cost_before").fill_null(0.0),
            vial_of=pl.when(pl.col("vial_of") != pl.col("order")).then("vial_of"),
        )
    )


def _days(network: Network, plan: Plan, order: pl.Expr) -> pl.Expr:
    return order.replace_strict(
        infusion_days(network, plan.flows), default=None, return_dtype=pl.Date
    )


def _compared(joined: pl.DataFrame) -> pl.DataFrame:
    """What differs between the dose before and after."""
    parts = {
        "batch": _other("batch") | _other("ready"),
        "day": _other("day"),
        "hour": ~_other("day") & _other("infuse"),
        "suite": _other("suite"),
        "way": _other("lanes") | _other("depart"),
        "activity": (pl.col("activity_gbq") / pl.col("activity_before_gbq") - 1.0).abs() > _NEAR,
        "vial": pl.col("vial_of").is_not_null(),
    }
    both = pl.col("infuse_before").is_not_null() & pl.col("infuse").is_not_null()
    named = [
        pl.when(both & differs.fill_null(value=False)).then(pl.lit(name))
        for name, differs in parts.items()
    ]
    return joined.with_columns(what=pl.concat_str(named, separator=" ", ignore_nulls=True))


def _other(name: str) -> pl.Expr:
    return (pl.col(name) != pl.col(f"{name}_before")).fill_null(value=False)


def _named(compared: pl.DataFrame) -> pl.DataFrame:
    """What became of each order."""
    had, has = pl.col("infuse_before").is_not_null(), pl.col("infuse").is_not_null()
    moved = _other("batch") | _other("ready") | _other("day") | _other("suite")
    change = (
        pl.when("new")
        .then(pl.lit("added"))
        .when("withdrawn")
        .then(pl.lit("withdrawn"))
        .when(had & ~has)
        .then(pl.lit("lost"))
        .when(~has)
        .then(pl.lit("waiting"))
        .when(pl.col("vial_of").is_not_null())
        .then(pl.lit("swapped"))
        .when(~had)
        .then(pl.lit("saved"))
        .when(moved)
        .then(pl.lit("moved"))
        .when(pl.col("what") == "")
        .then(pl.lit("unchanged"))
        .when(pl.col("what") == "activity")
        .then(pl.lit("partial_yield"))
        .otherwise(pl.lit("adjusted"))
    )
    both = had & has
    still = pl.col("change").is_in(("unchanged", "waiting"))
    return compared.with_columns(change=change).with_columns(
        cause=pl.when(still)
        .then(pl.lit(""))
        .when((pl.col("event") != "") | pl.col("new"))
        .then(pl.lit("event"))
        .when(had)
        .then(pl.lit("makes_room"))
        .otherwise(pl.lit("finds_room")),
        days_moved=pl.when(both).then((pl.col("day") - pl.col("day_before")).dt.total_days()),
        inside_window=pl.when(has).then(pl.col("day").is_between("earliest", "latest")),
        label_percent=100.0 * pl.col("activity_gbq") / pl.col("label_gbq"),
        cost_change=pl.col("cost") - pl.col("cost_before"),
        new_identity_check=pl.col("vial_of").is_not_null(),
    )


def _fees(network: Network, told: pl.DataFrame, after: Plan, at: datetime) -> dict[str, float]:
    """Fee of each order by the commitment ladder. [currency]

    Where the order names a promised day, it is that of the plan; else that of the rung on which the
    instant lies, for doses that the site or patient called off or put off to another day.
    """
    fees = dict(after.fees.select("order", "amount").iter_rows())
    ladders = network.rows(Commitment)
    if not ladders:
        return fees
    products = network.by_key(Product)
    off = told.filter(
        pl.col("event").str.split(":").list.first().is_in(_CALLED_OFF)
        & pl.col("infuse_before").is_not_null()
        & (pl.col("infuse").is_null() | (pl.col("day") != pl.col("day_before")))
    )
    for order, name, infuse in off.select("order", "product", "infuse_before").iter_rows():
        days_left = (infuse - at).total_seconds() / 86_400.0
        ladder = [one for one in ladders if one.product == name]
        fees.setdefault(order, float(promise_fee(products[name], rung(ladder, days_left))))
    return fees
