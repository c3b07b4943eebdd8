"""Why an order is left after events: by what took its options away, where none is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from doseline.model.options import Options
    from doseline.plan.replan.happened import Happened
    from doseline.plan.replan.problem import Asked

LINK_OF_EVENT = {
    "already_made": "ordering_rules",
    "batch_did_not_run": "batch_failed",
    "departure_cancelled": "transport",
    "suite_was_closed": "no_suite",
    "patient_on_hold": "patient_scheduling",
    "called_off": "patient_scheduling",
    "yield_too_low": "batch_failed",
}
"""Link of each reason that only an event brings; of several, an order keeps the last that holds,
as the option that came furthest decides."""
_TOGETHER, _TOO_DEAR = "several_limits_together", "costs_more_than_penalty"
NO_MOVES_LEFT = ("patient_scheduling", "no_moves_left")
"""Link and reason of an order that would fit if more orders could be moved."""


def with_reasons(
    flows: pl.DataFrame, asked: Asked, options: Options, happened: Happened
) -> pl.DataFrame:
    """The flows with the reasons that events bring.

    Args:
        flows: Of the new plan.
        asked: What was solved.
        options: Before events reduced them.
        happened: The events.
    """
    left = flows.filter(pl.col("line").is_null())
    if left.is_empty():
        return flows
    told = _of_hopeless(left, asked, options, happened)
    told |= dict.fromkeys(_short_of_yield(left, asked), "yield_too_low")
    told |= {order: "called_off" for order in left["order"] if order in happened.withdrawn}
    found = pl.DataFrame(
        [(order, LINK_OF_EVENT[reason], reason) for order, reason in told.items()],
        schema={"order": pl.String, "new_link": pl.String, "new_reason": pl.String},
        orient="row",
    )
    return (
        flows.join(found, on="order", how="left", maintain_order="left")
        .with_columns(
            link=pl.coalesce("new_link", "link"), reason=pl.coalesce("new_reason", "reason")
        )
        .select(flows.columns)
    )


def _short_of_yield(left: pl.DataFrame, asked: Asked) -> list[str]:
    """Orders whose batch gave too little, and that only that stands in the way of."""
    low = asked.runs.filter(pl.col("low").is_not_null())
    hit = asked.before.join(low, on=["batch", "ready_ms"], how="semi")
    only = left.filter(pl.col("reason").is_in((_TOGETHER, _TOO_DEAR)))
    return only.join(hit, on="order", how="semi")["order"].to_list()


def _of_hopeless(
    left: pl.DataFrame, asked: Asked, options: Options, happened: Happened
) -> dict[str, str]:
    """Reason of each order without a column that had a usable option before."""
    with_column = asked.problem.columns.select("group").unique()
    groups = (
        asked.problem.groups.join(with_column, on="group", how="anti")
        .join(left.select(apart="order"), on="apart", how="semi")
        .select("site", "product", "earliest", "latest", order="apart")
    )
    if groups.is_empty():
        return {}
    coded = _coded(_had(groups, asked, options, happened), happened)
    rank = {reason: number for number, reason in enumerate(LINK_OF_EVENT)}
    coded = coded.with_columns(rank=pl.col("reason").replace_strict(rank, return_dtype=pl.Int64))
    last = coded.sort("rank").unique("order", keep="last")
    return dict(last.select("order", "reason").iter_rows())


def lost_ways(
    asked: Asked, options: Options, happened: Happened, order: str, *, at_ms: int
) -> dict[str, int]:
    """Ways in an order's window that are gone, by what took each away.

    Args:
        asked: What is left of the week.
        options: Before events reduced them.
        happened: The events.
        order: Name of the order.
        at_ms: Instant up to which all has happened. [ms]
    """
    group = asked.problem.groups.filter(pl.col("apart") == order)
    named = group.select("site", "product", "earliest", "latest", order="apart")
    coded = _coded(_had(named, asked, options, happened), happened)
    gone = (pl.col("reason") != "already_made") | pl.col("past") | (pl.col("infuse_ms") <= at_ms)
    lost = (
        coded.filter(gone).group_by("reason").len().sort("len", "reason", descending=[True, False])
    )
    return dict(lost.iter_rows())


def _had(groups: pl.DataFrame, asked: Asked, options: Options, happened: Happened) -> pl.DataFrame:
    """The ways that some orders had in their windows before anything happened.

    Args:
        groups: order, site, product, earliest, latest.
        asked: What is left of the week.
        options: Before events reduced them.
        happened: The events.
    """
    runs = asked.runs.select("batch", "ready_ms", "past", failed=pl.col("failed").is_not_null())
    until = {one.order: one.until for one in happened.held.values()}
    return (
        options.feasible.join(groups, on=["site", "product"])
        .join(options.slots.select("slot", "day"), on="slot")
        .filter(pl.col("day").is_between("earliest", "latest"))
        .join(runs, on=["batch", "ready_ms"], how="left")
        .with_columns(
            until=pl.col("order").replace_strict(until, default=None, return_dtype=pl.Date)
        )
    )


def _coded(had: pl.DataFrame, happened: Happened) -> pl.DataFrame:
    """The ways with the reason for which each is gone; the last one where nothing else is."""
    held = (pl.col("day") < pl.col("until")).fill_null(value=False)
    code = (
        pl.when(held)
        .then(pl.lit("patient_on_hold"))
        .when(pl.col("slot").is_in(happened.closed["slot"].implode()))
        .then(pl.lit("suite_was_closed"))
        .when(pl.col("itinerary").is_in(happened.cancelled["itinerary"].implode()))
        .then(pl.lit("departure_cancelled"))
        .when("failed")
        .then(pl.lit("batch_did_not_run"))
        .otherwise(pl.lit("already_made"))
    )
    return had.with_columns(reason=code)
