"""An independent look at tours: every window, load and length counted again, stop by stop."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from doseline.plan.tours.route import Fleet, Ints, Routed, Stop, Trip


def faults(
    found: Routed, stops: Sequence[Stop], fleets: Sequence[Fleet], distance: Ints, duration: Ints
) -> list[str]:
    """Sentences about everything that tours break, and about a cost that does not add up."""
    told = [*_visits(found, len(stops))]
    for trip in found.trips:
        told += [*_trip(trip, stops, fleets[trip.fleet], duration)]
    for fleet, one in enumerate(fleets):
        vehicles = {trip.vehicle for trip in found.trips if trip.fleet == fleet}
        if len(vehicles) > one.vehicles:
            told.append(f"fleet {fleet} has {one.vehicles} vehicles and {len(vehicles)} are out")
    told += [*_vehicles(found, fleets)]
    cost = cost_of(found, stops, fleets, distance)
    if cost != found.cost:
        told.append(f"the cost is {cost}, not {found.cost}")
    return told


def cost_of(found: Routed, stops: Sequence[Stop], fleets: Sequence[Fleet], distance: Ints) -> int:
    """Fixed, distance and duration costs and the prizes of those left."""
    cost = sum(stops[one].prize or 0 for one in found.left)
    for trip in found.trips:
        rows = [0, *(stops[one].place for one in trip.stops), 0]
        length = sum(int(distance[a, b]) for a, b in itertools.pairwise(rows))
        cost += fleets[trip.fleet].distance_cost * length
    for vehicle in {trip.vehicle for trip in found.trips}:
        trips = [trip for trip in found.trips if trip.vehicle == vehicle]
        fleet = fleets[trips[0].fleet]
        out = max(trip.back for trip in trips) - min(trip.leaves for trip in trips)
        cost += fleet.fixed_cost + fleet.duration_cost * out
    return cost


def _visits(found: Routed, count: int) -> Iterator[str]:
    visited = sorted(stop for trip in found.trips for stop in trip.stops)
    if sorted([*visited, *found.left]) != list(range(count)):
        yield "not every stop is visited once or left"


def _trip(trip: Trip, stops: Sequence[Stop], fleet: Fleet, duration: Ints) -> Iterator[str]:
    for dimension, most in enumerate(fleet.capacity):
        if sum(stops[one].load[dimension] for one in trip.stops) > most:
            yield f"vehicle {trip.vehicle} carries too much"
    now, row = trip.leaves, 0
    if now < max(stops[one].release for one in trip.stops):
        yield f"vehicle {trip.vehicle} leaves before its load is ready"
    for number, begins in zip(trip.stops, trip.starts, strict=True):
        one = stops[number]
        arrives = now + int(duration[row, one.place])
        if begins < max(arrives, one.earliest):
            yield f"stop {number} begins before the vehicle is there"
        if begins > one.latest:
            yield f"stop {number} begins too late"
        now, row = begins + one.service, one.place
    if trip.back < now + int(duration[row, 0]):
        yield f"vehicle {trip.vehicle} is back before it can be"


def _vehicles(found: Routed, fleets: Sequence[Fleet]) -> Iterator[str]:
    for vehicle in {trip.vehicle for trip in found.trips}:
        trips = sorted(
            (trip for trip in found.trips if trip.vehicle == vehicle), key=lambda one: one.leaves
        )
        fleet = fleets[trips[0].fleet]
        if trips[0].leaves < fleet.opens or trips[-1].back > fleet.closes:
            yield f"vehicle {vehicle} is out outside its hours"
        if trips[-1].back - trips[0].leaves > fleet.longest:
            yield f"vehicle {vehicle} is out too long"
        for one, after in itertools.pairwise(trips):
            if after.leaves < one.back:
                yield f"vehicle {vehicle} leaves before it is back"
