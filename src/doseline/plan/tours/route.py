"""Tours from one place: release times, windows, several trips a vehicle, stops that may be left.

The search is PyVRP's iterated local search (Wouda, Lan and Kool 2024, INFORMS Journal on
Computing 36(4)). It stops after a number of iterations, never by a clock, so the same stops give
the same tours. It proves no bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.plan.tours.errors import ToursNotInstalledError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

FOREVER = 1 << 40
"""An instant that never comes. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One visit that is wanted. Times count from any one instant."""

    place: int
    """Row of the matrices; row 0 is where tours start and end."""
    release: int = 0
    """Its load is ready at the start from then on. [s]"""
    earliest: int = 0
    """Service starts at this or later. [s]"""
    latest: int = FOREVER
    """Service starts at this or earlier. [s]"""
    service: int = 0
    """Length of the service. [s]"""
    load: tuple[int, ...] = ()
    """Use of each capacity of the vehicle."""
    prize: int | None = None
    """What leaving it costs, as the fleet's costs; None: it may not be left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Like vehicles that start and end at row 0."""

    vehicles: int
    capacity: tuple[int, ...] = ()
    opens: int = 0
    """No vehicle leaves before. [s]"""
    closes: int = FOREVER
    """All are back by then. [s]"""
    longest: int = FOREVER
    """A vehicle is out at most so long, its waits included. [s]"""
    fixed_cost: int = 0
    """Of each vehicle that is used."""
    distance_cost: int = 1
    """Of one unit of distance."""
    duration_cost: int = 0
    """Of one second out."""
    many_trips: bool = True
    """Whether a vehicle may come back for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One way out and back."""

    fleet: int
    """Number of the fleet."""
    vehicle: int
    """Counted over all fleets."""
    number: int
    """Counted from 0 for each vehicle."""
    leaves: int
    """[s]"""
    back: int
    """[s]"""
    stops: tuple[int, ...]
    """Numbers of the stops, in turn."""
    starts: tuple[int, ...]
    """When the service of each starts. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """The best tours that were found."""

    trips: tuple[Trip, ...]
    left: tuple[int, ...]
    """Numbers of the stops that no tour visits."""
    cost: int
    """Fixed, distance and duration costs, and the prizes of those left."""
    feasible: bool
    """Whether all windows, loads and lengths hold; tours that break one are not for use."""


def route(
    stops: Sequence[Stop],
    fleets: Sequence[Fleet],
    *,
    distance: Ints,
    duration: Ints,
    iterations: int = 20_000,
    seed: int = 1,
    seconds: float | None = None,
) -> Routed:
    """Tours of least cost, as far as the search finds them.

    Args:
        stops: Wanted visits, shape (n).
        fleets: The vehicles, by kind or by day.
        distance: From row to row, shape (places, places).
        duration: From row to row, shape (places, places). [s]
        iterations: Iterations of the search.
        seed: Seed of the search.
        seconds: Stop after this time instead; the answer then depends on the machine. [s]

    Raises:
        ToursNotInstalledError: If PyVRP is not there.
    """
    if not stops:
        return Routed(trips=(), left=(), cost=0, feasible=True)
    try:
        import pyvrp

        from doseline.plan.tours.search import search
    except ImportError as error:
        raise ToursNotInstalledError from error
    data = _data(pyvrp, stops, fleets, distance, duration)
    found = search(data, iterations=iterations, seconds=seconds, seed=seed)
    return _routed(found, len(stops))


def _data(
    pyvrp: Any, stops: Sequence[Stop], fleets: Sequence[Fleet], distance: Ints, duration: Ints
) -> Any:
    """The problem in PyVRP's words."""
    clients = [
        pyvrp.Client(
            location=one.place,
            delivery=list(one.load),
            service_duration=one.service,
            tw_early=one.earliest,
            tw_late=one.latest,
            release_time=one.release,
            prize=one.prize or 0,
            required=one.prize is None,
        )
        for one in stops
    ]
    kinds = [
        pyvrp.VehicleType(
            num_available=fleet.vehicles,
            capacity=list(fleet.capacity),
            fixed_cost=fleet.fixed_cost,
            tw_early=fleet.opens,
            tw_late=fleet.closes,
            shift_duration=fleet.longest,
            unit_distance_cost=fleet.distance_cost,
            unit_duration_cost=fleet.duration_cost,
            reload_depots=[0] if fleet.many_trips else [],
        )
        for fleet in fleets
    ]
    return pyvrp.ProblemData(
        [pyvrp.Location(0.0, 0.0) for _ in range(len(distance))],
        clients,
        [pyvrp.Depot(0)],
        kinds,
        [np.ascontiguousarray(distance, dtype=np.int64)],
        [np.ascontiguousarray(duration, dtype=np.int64)],
    )


def _routed(found: Any, count: int) -> Routed:
    """PyVRP's answer in our words."""
    best = found.best
    trips = [
        trip
        for vehicle, one in enumerate(best.routes())
        for trip in _trips(one.vehicle_type(), vehicle, list(one.schedule()))
    ]
    visited = {stop for trip in trips for stop in trip.stops}
    left = tuple(stop for stop in range(count) if stop not in visited)
    feasible = bool(best.is_feasible())
    return Routed(
        trips=tuple(trips),
        left=left,
        cost=int(found.cost()) if feasible else FOREVER,
        feasible=feasible,
    )


def _trips(fleet: int, vehicle: int, schedule: list[Any]) -> list[Trip]:
    """A vehicle's day cut where it comes back."""
    found: list[Trip] = []
    leaves, stops, starts = schedule[0].end_time, list[int](), list[int]()
    for one in schedule[1:]:
        if one.is_client():
            stops.append(one.idx)
            starts.append(one.start_time)
            continue
        if stops:
            found.append(
                Trip(
                    fleet=fleet,
                    vehicle=vehicle,
                    number=len(found),
                    leaves=leaves,
                    back=one.start_time,
                    stops=tuple(stops),
                    starts=tuple(starts),
                )
            )
        leaves, stops, starts = one.end_time, [], []
    return found
