"""The lanes of a network as arrays: from lines and hubs to hubs and sites."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

import numpy as np

from doseline.model.transport import Lane
from doseline.routes.carriage import carriers_of_lanes, package_cost, travel_h
from doseline.routes.clock import milliseconds
from doseline.routes.doors import doors
from doseline.routes.errors import UnknownPlaceError
from doseline.routes.timetable import timetable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.routes.doors import Doors
    from doseline.routes.timetable import Ints, Timetable

MODES = ("road", "air_cargo", "air_passenger")
"""Modes in the order of the codes of ``by_air``."""

MICRO = 1_000_000
"""Costs are whole millionths of the currency, so that sums are exact and ties are ties."""

RISK_UNITS = 1e12
_NEVER = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneGraph:
    """Lanes by row number, each from a place (lines first, then hubs) to a hub or a site."""

    names: list[str]
    zones: list[str]
    """Zone of the place where each lane starts."""
    places: int
    """Number of lines and hubs."""
    sites: int
    from_place: Ints
    to_place: Ints
    """Place where the lane ends, -1 if that is a site."""
    to_site: Ints
    """Site where the lane ends, -1 if that is a hub."""
    mode: Ints
    duration_ms: Ints
    """Departure to arrival, with the rests of the driver. [ms]"""
    handling_ms: Ints
    cost: Ints
    """Cost of a package, escorts included. [1e-6 currency]"""
    on_time: NDArray[np.float64]
    """Probability that a package arrives as planned. [unitless]"""
    risk: Ints
    """-ln of ``on_time`` in whole 1e-12, so that sums are exact; 1e15 if it never does."""
    late_mean_h: NDArray[np.float64]
    timetable: Timetable
    doors: Doors

    def onward(self) -> Ints:
        """Lanes that end at a hub, sorted by where they start."""
        return self._sorted(self.to_place >= 0, self.from_place)

    def last_mile(self) -> Ints:
        """Lanes that end at a site, sorted by it."""
        return self._sorted(self.to_site >= 0, self.to_site)

    def reached(self, legs_max: int) -> NDArray[np.bool_]:
        """Whether lanes lead from a place to a site at all, timetables apart: place x site."""
        step = np.zeros((self.places, self.places), dtype=np.bool_)
        ends = np.zeros((self.places, self.sites), dtype=np.bool_)
        onward, last = self.onward(), self.last_mile()
        step[self.from_place[onward], self.to_place[onward]] = True
        ends[self.from_place[last], self.to_site[last]] = True
        within = np.eye(self.places, dtype=np.bool_)
        for _ in range(legs_max - 1):
            within |= within @ step
        reached: NDArray[np.bool_] = within @ ends
        return reached

    @staticmethod
    def _sorted(chosen: NDArray[np.bool_], by: Ints) -> Ints:
        lanes = np.flatnonzero(chosen)
        return lanes[np.argsort(by[lanes], kind="stable")]


def lane_graph(network: Network, *, first: date, last: date) -> LaneGraph:
    """The lanes of a network with their departures between two dates; no pharmacy needs a licence.

    Args:
        network: The network.
        first: First date of departure, at the start of each lane.
        last: Last date of departure, included.

    Raises:
        UnknownPlaceError: If a lane starts or ends nowhere.
    """
    lanes = network.rows(Lane)
    places, zones = _places(network)
    sites = {name: row for row, name in enumerate(network.frame("sites")["site"])}
    starts = [_known(lane, "from_place", places) for lane in lanes]
    ends = {name: places[name] for name in network.frame("hubs")["hub"]} | sites
    for lane in lanes:
        _known(lane, "to_place", ends)
    on_time = [lane.on_time_percent / 100 for lane in lanes]
    run_by = list(zip(lanes, carriers_of_lanes(network), strict=True))
    lane_zones = [zones[start] for start in starts]
    return LaneGraph(
        names=[lane.lane for lane in lanes],
        zones=lane_zones,
        places=len(places),
        sites=len(sites),
        from_place=_ints(starts),
        to_place=_ints([-1 if lane.to_place in sites else places[lane.to_place] for lane in lanes]),
        to_site=_ints([sites.get(lane.to_place, -1) for lane in lanes]),
        mode=_ints([MODES.index(lane.mode) for lane in lanes]),
        duration_ms=_ints([milliseconds(travel_h(lane, by)) for lane, by in run_by]),
        handling_ms=_ints([milliseconds(lane.handling_h) for lane in lanes]),
        cost=_ints([round(package_cost(lane, by) * MICRO) for lane, by in run_by]),
        on_time=np.array(on_time, dtype=np.float64),
        risk=_ints([round(-math.log(p) * RISK_UNITS) if p > 0 else _NEVER for p in on_time]),
        late_mean_h=np.array([lane.late_mean_h for lane in lanes], dtype=np.float64),
        **_times(network, lane_zones, first=first, last=last, nuclide=None),
    )


def licensed_graph(
    graph: LaneGraph, network: Network, *, first: date, last: date, nuclide: str
) -> LaneGraph:
    """The same lanes, where pharmacies need a licence to distribute a nuclide.

    Args:
        graph: What :func:`lane_graph` makes of the network and the dates.
        network: The network.
        first: First date of departure, at the start of each lane.
        last: Last date of departure, included.
        nuclide: Nuclide of the packages.
    """
    times = _times(network, graph.zones, first=first, last=last, nuclide=nuclide)
    return dataclasses.replace(graph, **times)


class _Times(TypedDict):
    timetable: Timetable
    doors: Doors


def _times(
    network: Network, lane_zones: Sequence[str], *, first: date, last: date, nuclide: str | None
) -> _Times:
    """When lanes may be used."""
    hours = doors(network, first=first, last=last, lane_zones=lane_zones, nuclide=nuclide)
    leave = timetable(network, lane_zones=lane_zones, doors=hours, first=first, last=last)
    return {"timetable": leave, "doors": hours}


def _places(network: Network) -> tuple[dict[str, int], list[str]]:
    """Row number of each line and hub by name, and the zones of all."""
    lines, hubs = network.frame("lines"), network.frame("hubs")
    names = [*lines["line"], *hubs["hub"]]
    return {name: row for row, name in enumerate(names)}, [*lines["zone"], *hubs["zone"]]


def _known(lane: Lane, column: str, places: Mapping[str, int]) -> int:
    """The number of a place that a lane names.

    Raises:
        UnknownPlaceError: If there is no such place.
    """
    name = getattr(lane, column)
    if name not in places:
        allowed = "lines and hubs" if column == "from_place" else "hubs and sites"
        raise UnknownPlaceError(lane.lane, column, name, allowed=allowed)
    return places[name]


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)
