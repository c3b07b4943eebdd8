"""What own vehicles carry to sites in a plan, and what else could have carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.transport import Carrier, Lane
from doseline.routes.carriage import ROAD, package_cost, travel_h
from doseline.routes.clock import MS_PER_HOUR

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network

PACKAGE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.String,
    "carrier": pl.String,
    "place": pl.String,  # line or hub where the vehicle starts
    "site": pl.String,
    "lane": pl.String,
    "release_ms": pl.Int64,  # the package is ready to leave, UTC ms
    "deadline_ms": pl.Int64,  # its slot starts, UTC ms
    "transport_index": pl.Float64,
    "leg_cost": pl.Float64,  # of the leg as the plan counts it, currency
    "other_cost": pl.Float64,  # more than now by the best way without own vehicles; null: none
}


def own_lanes(network: Network) -> pl.DataFrame:
    """lane, carrier, place, site, leg_cost [currency]: last legs on demand whose tours can be planned.

    They are those of own carriers with so many vehicles and costs by distance and time.
    """
    carriers = network.by_key(Carrier)
    scheduled = set(network.frame("departures")["lane"])
    sites = set(network.frame("sites")["site"])
    rows = []
    for lane in network.rows(Lane):
        by = carriers.get(lane.carrier or "")
        if by is None or not _toured(by) or lane.lane in scheduled or lane.to_place not in sites:
            continue
        cost = float(package_cost(lane, by))
        rows.append((lane.lane, by.carrier, lane.from_place, lane.to_place, cost))
    names = {"lane": pl.String, "carrier": pl.String, "place": pl.String, "site": pl.String}
    return pl.DataFrame(rows, schema={**names, "leg_cost": pl.Float64}, orient="row")


def _toured(carrier: Carrier) -> bool:
    """Whether tours of a carrier can be planned."""
    priced = carrier.cost_per_km is not None and carrier.cost_per_h is not None
    return carrier.own and carrier.vehicles is not None and priced


def packages(network: Network, plan: Plan) -> pl.DataFrame:
    """Doses whose last leg is of an own vehicle, columns of ``PACKAGE_SCHEMA``.

    The other way is the best lane of another carrier from the same start that comes in time. A
    lane that is late with some probability loses the dose where the delay, exponential with the
    lane's mean, exceeds the time to the slot; what that costs more is part of the other cost.

    Args:
        network: The network.
        plan: With the legs of each order.
    """
    last = plan.legs.filter(pl.col("leg") == pl.col("leg").max().over("order"))
    carried = (
        last.join(own_lanes(network), on="lane")
        .join(plan.flows.select("order", "infuse", "transport_index"), on="order")
        .with_columns(
            release_ms=pl.col("depart").dt.epoch("ms"), deadline_ms=pl.col("infuse").dt.epoch("ms")
        )
    )
    others = _other_ways(network, carried, plan.penalty)
    found = carried.join(others, on="order", how="left")
    found = found.sort("carrier", "place", "deadline_ms", "order")
    return found.select([pl.col(name).cast(kind) for name, kind in PACKAGE_SCHEMA.items()])


def _other_ways(network: Network, carried: pl.DataFrame, penalty: float) -> pl.DataFrame:
    """order, other_cost: of the cheapest lane of another carrier, its risk included. [currency]"""
    carriers = network.by_key(Carrier)
    own = set(own_lanes(network)["lane"])
    scheduled = set(network.frame("departures")["lane"])
    rows = []
    for lane in network.rows(Lane):
        if lane.mode != ROAD or lane.lane in scheduled:
            continue
        by = carriers.get(lane.carrier or "")
        rows.append(
            (
                *(lane.lane, lane.from_place, lane.to_place, float(package_cost(lane, by))),
                *(travel_h(lane, by), 1.0 - lane.on_time_percent / 100.0, lane.late_mean_h),
            )
        )
    names = ("by_lane", "place", "site", "by_cost", "hours", "late", "mean_h")
    lanes = pl.DataFrame(
        rows,
        schema={name: pl.String if at < 3 else pl.Float64 for at, name in enumerate(names)},
        orient="row",
    )
    slack_h = (pl.col("deadline_ms") - pl.col("release_ms")) / MS_PER_HOUR - pl.col("hours")
    risk = penalty * pl.col("late") * (-slack_h / pl.col("mean_h").clip(1e-9)).exp()
    ways = (
        carried.select("order", "lane", "place", "site", "release_ms", "deadline_ms", "leg_cost")
        .join(lanes, on=["place", "site"])
        .with_columns(slack_h=slack_h, risk=risk)
    )
    now = ways.filter(pl.col("lane") == pl.col("by_lane")).select("order", own_risk="risk")
    more = pl.col("by_cost") - pl.col("leg_cost") + (pl.col("risk") - pl.col("own_risk"))
    return (
        ways.filter(~pl.col("by_lane").is_in(list(own)) & (pl.col("slack_h") >= 0.0))
        .join(now, on="order")
        .group_by("order", maintain_order=True)
        .agg(other_cost=more.min())
    )
