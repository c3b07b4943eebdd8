"""Tours of the own vehicles for a plan, day by day, with what is better given to a carrier."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.transport import Carrier
from doseline.plan.tours.carried import packages
from doseline.plan.tours.route import route
from doseline.plan.tours.start import Package, Start

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.plan.tours.route import Trip

ITERATIONS = 2_000
"""Iterations of the search for each start."""

TOUR_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "carrier": pl.String,
    "place": pl.String,
    "tour": pl.String,  # carrier, place and number
    "stop": pl.Int32,  # from 1 on
    "order": pl.String,
    "site": pl.String,
    "leave": pl.Datetime("ms", "UTC"),  # of the tour
    "arrive": pl.Datetime("ms", "UTC"),
    "infuse": pl.Datetime("ms", "UTC"),
    "back": pl.Datetime("ms", "UTC"),
    "transport_index": pl.Float64,
}

SHARE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "order": pl.String,
    "carrier": pl.String,
    "place": pl.String,
    "site": pl.String,
    "way": pl.String,  # tour, carrier, direct or lost
    "leg_cost": pl.Float64,  # as the plan counts the leg, currency
    "cost": pl.Float64,  # its share of the tour, of the other way, or of the loss, currency
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tours:
    """Tours of one plan."""

    tours: pl.DataFrame
    """One row a package on a tour, columns of ``TOUR_SCHEMA``."""
    shares: pl.DataFrame
    """One row a package, columns of ``SHARE_SCHEMA``; the shares of a tour add up to its cost."""
    driven_km: float
    out_h: float
    """Hours that vehicles are out. [h]"""

    @property
    def cost(self) -> float:
        """What all last legs of own vehicles cost now, losses included. [currency]"""
        return float(self.shares["cost"].sum())

    @property
    def saved(self) -> float:
        """Less than the plan counts for the same legs; negative: more. [currency]"""
        return float(self.shares["leg_cost"].sum()) - self.cost

    @property
    def lost(self) -> int:
        """Packages that no way takes in time."""
        return self.shares.filter(way="lost").height


def tours_of(network: Network, plan: Plan, *, seed: int = 1) -> Tours:
    """The tours of a plan's own vehicles.

    Vehicles of a carrier are out within one day, by the clock of their start, and come back; a
    package that cannot make it so keeps the vehicle that the plan counts for it (*direct*). A package goes with a carrier where that costs less, its risk included. Starts of
    one carrier share its vehicles, the one with most packages first. The search proves no bound.

    Args:
        network: The network.
        plan: The plan, with the legs of each order.
        seed: Seed of the search.

    Raises:
        ToursNotInstalledError: If PyVRP is not there.
    """
    carried = packages(network, plan)
    taken: Counter[tuple[str, date]] = Counter()
    groups = carried.group_by("carrier", "place").len()
    order = groups.sort("len", "carrier", "place", descending=[True, False, False])
    legs: list[_Legs] = []
    for carrier, place, _ in order.iter_rows():
        rows = carried.filter(carrier=carrier, place=place).iter_rows(named=True)
        start = Start(
            network=network,
            carrier=network.by_key(Carrier)[carrier],
            place=place,
            packages=[Package(**row) for row in rows],
            penalty=plan.penalty,
            week=plan.week,
        )
        legs.append(_searched(start, taken, seed))
    tours = pl.DataFrame(
        [row for one in legs for row in one.tour_rows()], schema=TOUR_SCHEMA, orient="row"
    )
    shares = pl.DataFrame(
        [row for one in legs for row in one.share_rows()], schema=SHARE_SCHEMA, orient="row"
    )
    return Tours(
        tours=tours,
        shares=shares,
        driven_km=sum(one.driven_km() for one in legs),
        out_h=sum((trip.back - trip.leaves) / 3600 for one in legs for trip in one.trips),
    )


def _searched(start: Start, taken: Counter[tuple[str, date]], seed: int) -> _Legs:
    """The tours of one start, with the vehicles that other starts have left."""
    toured = [one for one in start.packages if start.can_tour(one)]
    left = {
        day: (start.carrier.vehicles or 0) - taken[start.carrier.carrier, day]
        for day in start.days()
    }
    days = [day for day, vehicles in left.items() if vehicles > 0]
    found = route(
        [start.stop(one) for one in toured] if days else [],
        [start.fleet(day, left[day]) for day in days],
        distance=start.roads.distance_m,
        duration=start.roads.duration_s,
        iterations=ITERATIONS,
        seed=seed,
    )
    trips = found.trips if found.feasible else ()
    used = {(trip.fleet, trip.vehicle) for trip in trips}
    taken.update((start.carrier.carrier, days[fleet]) for fleet, _ in used)
    return _Legs(start=start, toured=toured, trips=trips)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Legs:
    """The last legs of one start: on tours or not."""

    start: Start
    toured: Sequence[Package]
    """Packages as the trips number them."""
    trips: Sequence[Trip]

    def driven_km(self) -> float:
        return sum(self.start.driven_km(self._places(trip)) for trip in self.trips)

    def _places(self, trip: Trip) -> list[int]:
        return [self.start.place_of(self.toured[stop]) for stop in trip.stops]

    def tour_rows(self) -> Iterator[tuple[object, ...]]:
        """Rows of ``TOUR_SCHEMA``."""
        start = self.start
        for number, trip in enumerate(sorted(self.trips, key=lambda one: (one.leaves, one.stops))):
            name = f"{start.carrier.carrier} {start.place} {number + 1}"
            leave, back = start.instant(trip.leaves), start.instant(trip.back)
            for place, (stop, begins) in enumerate(zip(trip.stops, trip.starts, strict=True)):
                one = self.toured[stop]
                arrive, infuse = (
                    start.instant(begins),
                    start.instant(start.seconds(one.deadline_ms)),
                )
                yield (
                    *(one.carrier, one.place, name, place + 1, one.order, one.site),
                    *(leave, arrive, infuse, back, one.transport_index),
                )

    def share_rows(self) -> Iterator[tuple[object, ...]]:
        """Rows of ``SHARE_SCHEMA``."""
        shares = self._shares()
        toured = {one.order for one in self.toured}
        for one in self.start.packages:
            way, cost = shares.get(one.order, ("direct", one.leg_cost))
            if one.order in toured and one.order not in shares:
                way, cost = self._without_tour(one)
            yield one.order, one.carrier, one.place, one.site, way, one.leg_cost, cost

    def _shares(self) -> dict[str, tuple[str, float]]:
        """Each tour's cost shared by how far each stop is from the start."""
        found: dict[str, tuple[str, float]] = {}
        for trip in self.trips:
            places = self._places(trip)
            far = [float(self.start.roads.distance_m[0, place]) + 1.0 for place in places]
            cost = self.start.trip_cost(trip, self.toured)
            for stop, one in zip(trip.stops, far, strict=True):
                found[self.toured[stop].order] = ("tour", cost * one / sum(far))
        return found

    def _without_tour(self, one: Package) -> tuple[str, float]:
        """A package that no tour takes: by another way, or lost."""
        if one.other_cost is None:
            return "lost", self.start.penalty
        return "carrier", max(0.0, one.other_cost + one.leg_cost)
