"""What a carrier makes of a lane: rests on the road, escorts, and vehicles of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.driving import drive_h
from doseline.model.transport import Carrier, Lane
from doseline.routes.clock import milliseconds

if TYPE_CHECKING:
    from doseline.model.network import Network

ROAD = "road"
MS_PER_HOUR = Decimal(3_600_000)

FLEET_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "lane": pl.Int32,  # row number in lanes
    "carrier": pl.Int32,  # row number in carriers
    "trip_h": pl.Float64,  # a vehicle is out, there and back, with its rests
    "packages_per_trip": pl.Int64,
}


def travel_h(lane: Lane, carrier: Carrier | None) -> float:
    """Departure to arrival: the lane's duration, and by road the rests that its carrier asks. [h]"""
    if carrier is None or lane.mode != ROAD:
        return lane.duration_h
    return drive_h(lane.duration_h, drive_h_max=carrier.drive_h_max, rest_h=carrier.rest_h)


def package_cost(lane: Lane, carrier: Carrier | None) -> Decimal:
    """Cost of one package on a full trip: the lane's cost and its share of the escorts. [currency]

    By road each escort is paid for the time there and back, rests included, and the packages of a
    full trip share that: escorts x cost per hour x 2 x travel time / packages per trip. An own
    fleet costs what the table says, like any other.
    """
    if carrier is None or lane.mode != ROAD:
        return lane.cost
    travel = milliseconds(travel_h(lane, carrier)) / MS_PER_HOUR
    escorts = carrier.escorts * carrier.escort_cost_per_h * 2 * travel
    return lane.cost + escorts / carrier.packages_per_trip


def carriers_of_lanes(network: Network) -> list[Carrier | None]:
    """The carrier of each lane, by row number."""
    carriers = network.by_key(Carrier)
    return [carriers[name] if name else None for name in network.frame("lanes")["carrier"]]


def fleet_trips(network: Network) -> pl.DataFrame:
    """Lanes whose carrier has so many vehicles, in the columns of ``FLEET_SCHEMA``."""
    numbers = {name: row for row, name in enumerate(network.frame("carriers")["carrier"])}
    lanes = zip(network.rows(Lane), carriers_of_lanes(network), strict=True)
    rows = [
        (row, numbers[by.carrier], 2 * travel_h(lane, by), by.packages_per_trip)
        for row, (lane, by) in enumerate(lanes)
        if by is not None and by.vehicles is not None
    ]
    return pl.DataFrame(rows, schema=FLEET_SCHEMA, orient="row")
