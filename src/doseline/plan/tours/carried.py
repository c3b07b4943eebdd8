"""What own vehicles carry to sites in a plan, and what else could have carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.transport import Carrier, Lane
from doseline.routes.carriage import package_cost

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options

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


def packages(network: Network, options: Options, plan: Plan) -> pl.DataFrame:
    """Doses whose last leg is of an own vehicle, columns of ``PACKAGE_SCHEMA``.

    Args:
        network: The network.
        options: Those that the plan was made from.
        plan: With the legs of each order.
    """
    last = plan.legs.filter(pl.col("leg") == pl.col("leg").max().over("order"))
    flows = plan.flows.select("order", "batch", "infuse", "cost", "on_time", "transport_index")
    found = (
        last.join(own_lanes(network), on="lane")
        .join(flows, on="order")
        .join(_others(network, options), on=["batch", "site", "infuse"], how="left")
        .with_columns(
            release_ms=pl.col("depart").dt.epoch("ms"),
            deadline_ms=pl.col("infuse").dt.epoch("ms"),
            other_cost=pl.col("other")
            - pl.col("cost")
            + plan.penalty * (pl.col("on_time") - pl.col("other_on_time")).clip(0.0),
        )
        .sort("carrier", "place", "deadline_ms", "order")
    )
    return found.select([pl.col(name).cast(kind) for name, kind in PACKAGE_SCHEMA.items()])


def _others(network: Network, options: Options) -> pl.DataFrame:
    """batch, site, infuse, other [currency], other_on_time: the cheapest way without own vehicles.

    Its risk counts: of two ways, the one with the smaller cost is taken, and the plan's penalty
    weighs what it is late more often.
    """
    lanes = network.frame("lanes").with_row_index("number")
    own = lanes.filter(pl.col("lane").is_in(own_lanes(network)["lane"].implode()))["number"]
    last = pl.col("leg_lane").list.last().is_in(own.cast(pl.Int32).implode())
    ways = options.itineraries.filter(~last).select("itinerary")
    names = {
        table: pl.col(column).replace_strict(
            dict(enumerate(network.frame(table)[column])), return_dtype=pl.String
        )
        for table, column in (("batches", "batch"), ("sites", "site"))
    }
    return (
        options.feasible.join(ways, on="itinerary", how="semi")
        .sort("cost", "on_time", descending=[False, True])
        .unique(["batch", "site", "infuse_ms"], keep="first", maintain_order=True)
        .select(
            batch=names["batches"],
            site=names["sites"],
            infuse=pl.col("infuse_ms").cast(pl.Datetime("ms", "UTC")),
            other="cost",
            other_on_time="on_time",
        )
    )
