"""The doses of a plan as its options know them, and which of them events hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.errors import ForeignPlanError

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.replan.happened import Happened

_GBQ = 1e9


def doses_before(network: Network, options: Options, plan: Plan) -> pl.DataFrame:
    """One row a served order, in row numbers.

    Args:
        network: The planned network.
        options: Of its week; every way and slot of the plan is among them.
        plan: The plan.

    Returns:
        order, product, site, batch, ready_ms, start_ms, itinerary, depart_ms, arrive_ms, slot,
        suite, day, infuse_ms, activity_ready_bq (calibration), volume_ml, cost [currency].

    Raises:
        ForeignPlanError: If a dose is not among the options.
    """
    runs = plan.batches.select("batch", "ready", start_ms=_ms("start"))
    slots = options.slots.select("slot", "site", "suite", "day", infuse_ms="start_ms")
    ways = options.itineraries.select(
        "itinerary", "batch", "site", "lanes", "depart_ms", "arrive_ms"
    ).unique(["batch", "site", "lanes", "depart_ms", "arrive_ms"], keep="first")
    flows = plan.flows.filter(pl.col("line").is_not_null())
    found = (
        flows.join(runs, on=["batch", "ready"], how="left", maintain_order="left")
        .with_columns(
            _number(network, "products", "product"),
            _number(network, "sites", "site"),
            _number(network, "batches", "batch"),
            _number(network, "suites", "suite"),
            *(_ms(name).alias(f"{name}_ms") for name in ("ready", "depart", "arrive", "infuse")),
            activity_ready_bq=pl.col("activity_ready_gbq") * _GBQ,
        )
        .join(slots, on=["site", "suite", "infuse_ms"], how="left", maintain_order="left")
        .join(
            ways,
            on=["batch", "site", "lanes", "depart_ms", "arrive_ms"],
            how="left",
            maintain_order="left",
        )
    )
    strange = found.filter(pl.any_horizontal(pl.col("start_ms", "slot", "itinerary").is_null()))
    if strange.height:
        raise ForeignPlanError(strange["order"][0])
    return found.select(
        "order",
        "product",
        "site",
        "batch",
        "ready_ms",
        "start_ms",
        "itinerary",
        "depart_ms",
        "arrive_ms",
        "slot",
        "suite",
        "day",
        "infuse_ms",
        "activity_ready_bq",
        "volume_ml",
        "cost",
    )


def with_hits(
    before: pl.DataFrame, happened: Happened, runs: pl.DataFrame, at_ms: int
) -> pl.DataFrame:
    """The doses with the event that hits each, if one does.

    Args:
        before: Of :func:`doses_before`.
        happened: The events.
        runs: Of :func:`runs_of`, with the events of failed and low runs.
        at_ms: Instant up to which all has happened. [ms]

    Returns:
        The same rows with started, departed, infused; event (its text; empty: none), cut (the way
        is lost), gone (the dose is impossible as it was), freed (it
        need not go to its order) and given_up (it may not).
    """
    run_events = runs.select("batch", "ready_ms", "failed", "low")
    held = pl.DataFrame(
        [(one.order, str(one), one.until) for one in happened.held.values()],
        schema={"order": pl.String, "held": pl.String, "until": pl.Date},
        orient="row",
    )
    left = pl.DataFrame(
        list((happened.freed | happened.withdrawn).items()),
        schema={"order": pl.String, "left": pl.String},
        orient="row",
    )
    joined = (
        before.join(run_events, on=["batch", "ready_ms"], how="left", maintain_order="left")
        .join(
            happened.cancelled.rename({"event": "cut_by"}),
            on="itinerary",
            how="left",
            maintain_order="left",
        )
        .join(
            happened.closed.rename({"event": "closed_by"}),
            on="slot",
            how="left",
            maintain_order="left",
        )
        .join(held, on="order", how="left", maintain_order="left")
        .join(left, on="order", how="left", maintain_order="left")
        .with_columns(
            started=pl.col("start_ms") <= at_ms,
            departed=pl.col("depart_ms") <= at_ms,
            infused=pl.col("infuse_ms") <= at_ms,
        )
        .with_columns(
            held=pl.when(pl.col("day") < pl.col("until")).then("held"),
            cut_by=pl.when(pl.col("arrive_ms") > at_ms).then("cut_by"),
        )
    )
    hit = ["left", "held", "failed", "cut_by", "closed_by"]
    open_ = ~pl.col("infused")
    return joined.with_columns(
        event=pl.when(open_).then(pl.coalesce(*hit, "low")).fill_null(""),
        cut=open_ & pl.col("cut_by").is_not_null(),
        gone=open_ & pl.any_horizontal(pl.col(hit).is_not_null()),
        freed=open_ & pl.any_horizontal(pl.col("left", "held").is_not_null()),
        given_up=open_ & pl.col("left").is_not_null(),
    ).drop("left", "held", "until", "failed", "low", "cut_by", "closed_by")


def runs_of(network: Network, plan: Plan, happened: Happened, at_ms: int) -> pl.DataFrame:
    """The plan's runs and what became of each.

    Args:
        network: The planned network.
        plan: The plan.
        happened: The events.
        at_ms: Instant up to which all has happened. [ms]

    Returns:
        batch (row number), name, ready_ms, open, doses, activity_gbq; past (its start has passed),
        made (it was opened and started), failed and low (texts of events, or null), share.
    """
    on = ["name", "ready_ms"]
    failed = happened.failed.select(name="batch", ready_ms="ready_ms", failed="event")
    low = happened.low.select("ready_ms", "share", name="batch", low="event")
    past = pl.col("start_ms") <= at_ms
    return (
        plan.batches.select(
            _number(network, "batches", "batch"),
            "open",
            "doses",
            "activity_gbq",
            name="batch",
            ready_ms=_ms("ready"),
            start_ms=_ms("start"),
        )
        .join(failed, on=on, how="left", maintain_order="left")
        .join(low, on=on, how="left", maintain_order="left")
        .with_columns(past=past, made=past & pl.col("open"))
    )


def _number(network: Network, table: str, column: str) -> pl.Expr:
    names = network.frame(table)[column].to_list()
    numbers = {name: number for number, name in enumerate(names)}
    return pl.col(column).replace_strict(numbers, default=None, return_dtype=pl.Int32)


def _ms(name: str) -> pl.Expr:
    """An instant as UTC milliseconds."""
    return pl.col(name).dt.epoch("ms")
