"""The shortest times between places, for checks; routes compute the real itineraries."""

from __future__ import annotations

import heapq
import math
import zoneinfo
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from doseline.model.checks_base import minutes
from doseline.model.columns import weekday_numbers
from doseline.model.driving import drive_h
from doseline.model.network import Network

WEEK_MIN = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Leg:
    """One lane as a step from its start."""

    to_place: str
    travel_min: float
    """Departure to arrival. [min]"""
    handling_min: float
    """Hand-over before an on-demand leg. [min]"""
    departures: tuple[tuple[float, float], ...]
    """Minute of the week and cut-off before it, for scheduled legs; empty: on demand. [min]"""

    def arrival_min(self, ready_min: float) -> float:
        """Arrival of what is ready at some minute; the timetable repeats weekly. [min]"""
        if not self.departures:
            return ready_min + self.handling_min + self.travel_min
        waits = (
            (depart - cutoff - ready_min) % WEEK_MIN + cutoff for depart, cutoff in self.departures
        )
        return ready_min + min(waits) + self.travel_min

    def fastest_min(self) -> float:
        """Time it takes when the departure is just right. [min]"""
        handling = min((cutoff for _, cutoff in self.departures), default=self.handling_min)
        return handling + self.travel_min


def legs_from(network: Network) -> dict[str, list[Leg]]:
    """Legs by the place where they start."""
    departures = _departures(network)
    lanes = network.frame("lanes")
    found: dict[str, list[Leg]] = defaultdict(list)
    carriers = {row["carrier"]: row for row in network.frame("carriers").iter_rows(named=True)}
    for row in lanes.iter_rows(named=True):
        travel_h, carrier = row["duration_h"], carriers.get(row["carrier"])
        if carrier is not None and row["mode"] == "road":
            travel_h = drive_h(
                travel_h, drive_h_max=carrier["drive_h_max"], rest_h=carrier["rest_h"]
            )
        times = tuple(departures.get(row["lane"], ()))
        found[row["from_place"]].append(
            Leg(row["to_place"], 60 * travel_h, 60 * row["handling_h"], times)
        )
    return found


def fastest_h(legs: dict[str, list[Leg]], start: str) -> dict[str, float]:
    """The least time from a place to every place it reaches, waiting for nothing. [h]"""
    reached = _spread(legs, start, 0.0, lambda leg, now: now + leg.fastest_min())
    return {place: arrival / 60 for place, arrival in reached}


def first_arrival_h(
    legs: dict[str, list[Leg]], start: str, ready_min: float, places: frozenset[str]
) -> float:
    """Time from a minute of the week to the first arrival at any of some places. [h]"""
    for place, arrival in _spread(legs, start, ready_min, Leg.arrival_min):
        if place in places:
            return (arrival - ready_min) / 60
    return math.inf


def utc_minute(network: Network, zone: str, weekday: int, clock: str) -> float:
    """Minute, from Monday 00:00 UTC of the planned week, of a wall time in that week. [min]"""
    monday = network.settings.plan_week
    wall = datetime.combine(
        monday + timedelta(days=weekday), time.fromisoformat(clock), zoneinfo.ZoneInfo(zone)
    )
    start = datetime.combine(monday, time(), UTC)
    return (wall.astimezone(UTC) - start).total_seconds() / 60


def zone_of(network: Network) -> dict[str, str]:
    """Time zone by name of a source, line, hub or site."""
    found: dict[str, str] = {}
    for table, key in (
        ("sources", "source"),
        ("lines", "line"),
        ("hubs", "hub"),
        ("sites", "site"),
    ):
        frame = network.frame(table)
        found.update(zip(frame[key], frame["zone"], strict=True))
    return found


def _spread(
    legs: dict[str, list[Leg]],
    start: str,
    ready_min: float,
    arrival: Callable[[Leg, float], float],
) -> Iterator[tuple[str, float]]:
    """Places in the order in which they are reached, with the minute (Dijkstra)."""
    queue = [(ready_min, start)]
    done: set[str] = set()
    while queue:
        now, place = heapq.heappop(queue)
        if place in done:
            continue
        done.add(place)
        yield place, now
        for leg in legs.get(place, ()):
            if leg.to_place not in done:
                heapq.heappush(queue, (arrival(leg, now), leg.to_place))


def _departures(network: Network) -> dict[str, list[tuple[float, float]]]:
    """Minute of the week and cut-off of each departure, by lane. [min]"""
    zones = zone_of(network)
    lanes = network.frame("lanes")
    start_of = dict(zip(lanes["lane"], lanes["from_place"], strict=True))
    monday = {
        zone: utc_minute(network, zone, 0, "00:00")
        for zone in {zones[start] for start in start_of.values()}
    }
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    columns = ("lane", "weekdays", "depart", "cutoff_min")
    for lane, weekdays, depart, cutoff_min in (
        network.frame("departures").select(columns).iter_rows()
    ):
        zero = monday[zones[start_of[lane]]] + minutes(depart)
        found[lane] += [(zero + 1440 * day, cutoff_min) for day in weekday_numbers(weekdays)]
    return found
