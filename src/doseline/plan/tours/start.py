"""The tours from one start of one carrier, as a problem for the search and back."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from doseline.model.travel import zone_of
from doseline.physics.limits import limit
from doseline.plan.tours.roads import Roads, roads
from doseline.plan.tours.route import Fleet, Stop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.transport import Carrier
    from doseline.plan.tours.route import Trip

UNLOADING_S = 600
"""Time at a site to hand over one package (policy value). [s]"""
MONEY = 1_000
"""Parts of the currency in which the search counts."""
DEAR = 10.0
"""Leaving a package that nobody else brings costs the search so many vehicles of its own. What is
really lost, an order, would drown all else that the search looks at (policy value)."""
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """One dose on its last leg: a row of ``PACKAGE_SCHEMA``."""

    order: str
    carrier: str
    place: str
    site: str
    lane: str
    release_ms: int
    deadline_ms: int
    transport_index: float
    leg_cost: float
    other_cost: float | None


@dataclass(frozen=True, kw_only=True)
class Start:
    """One carrier's packages that leave one place."""

    network: Network
    carrier: Carrier
    place: str
    packages: Sequence[Package]
    penalty: float
    """Of an order that nobody brings. [currency]"""
    week: date

    @cached_property
    def sites(self) -> list[str]:
        """Sites that are visited; row 1 and on of the roads."""
        return sorted({one.site for one in self.packages})

    @cached_property
    def roads(self) -> Roads:
        """Roads between the place (row 0) and the sites."""
        return roads(self.network, self.carrier, self.place, self.sites)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The clock by which days begin."""
        return ZoneInfo(zone_of(self.network)[self.place])

    @cached_property
    def origin_ms(self) -> int:
        """Midnight before the first release; times of the search count from here."""
        first = min(one.release_ms for one in self.packages)
        return _midnight_ms(datetime.fromtimestamp(first / 1000, tz=self.zone).date(), self.zone)

    @property
    def hour_cost(self) -> float:
        """A vehicle that is out, with driver and escorts. [currency/h]"""
        escorts = self.carrier.escorts * self.carrier.escort_cost_per_h
        return float((self.carrier.cost_per_h or 0) + escorts)

    @property
    def km_cost(self) -> float:
        """[currency/km]"""
        return float(self.carrier.cost_per_km or 0)

    def place_of(self, package: Package) -> int:
        """Row of a package's site."""
        return 1 + self.sites.index(package.site)

    def can_tour(self, package: Package) -> bool:
        """Whether a vehicle can bring it in time, and be back within its hours of a day.

        A leg that has no time to spare keeps the vehicle that the plan counts: tours reckon with
        more rest than it may need.
        """
        row = self.place_of(package)
        there, back = (int(self.roads.duration_s[pair]) for pair in ((0, row), (row, 0)))
        in_time = package.release_ms + 1000 * there <= package.deadline_ms
        out_s = there + back + UNLOADING_S
        return in_time and out_s <= min(DAY_S, 3600 * self.carrier.vehicle_h_per_day)

    def days(self) -> list[date]:
        """Days, at the start, on which any package can be carried."""
        last_ms = max(one.deadline_ms for one in self.packages)
        first, last = (
            datetime.fromtimestamp(ms / 1000, tz=self.zone).date()
            for ms in (self.origin_ms, last_ms)
        )
        return [first + timedelta(days=more) for more in range((last - first).days + 1)]

    def fleet(self, day: date, vehicles: int) -> Fleet:
        """So many vehicles on one day."""
        opens, closes = (
            self.seconds(_midnight_ms(day + timedelta(days=more), self.zone)) for more in (0, 1)
        )
        most_index = limit("vehicle.ti", on=self.week).value
        return Fleet(
            vehicles=vehicles,
            capacity=(self.carrier.packages_per_trip, round(10 * most_index)),
            opens=opens,
            closes=closes,
            longest=round(3600 * self.carrier.vehicle_h_per_day),
            distance_cost=round(self.km_cost / 1000 * MONEY),
            duration_cost=round(self.hour_cost / 3600 * MONEY),
        )

    def stop(self, package: Package) -> Stop:
        """A package as a visit; leaving it costs the other way, or very much."""
        loss = DEAR * self.alone_cost(package)
        if package.other_cost is not None:
            loss = min(loss, max(0.0, package.other_cost + package.leg_cost))
        return Stop(
            place=self.place_of(package),
            release=self.seconds(package.release_ms),
            latest=self.seconds(package.deadline_ms),
            service=UNLOADING_S,
            load=(1, round(10 * package.transport_index)),
            prize=round(loss * MONEY),
        )

    def alone_cost(self, package: Package) -> float:
        """A vehicle there and back for one package. [currency]"""
        row = self.place_of(package)
        duration = self.roads.duration_s
        hours = (int(duration[0, row] + duration[row, 0]) + UNLOADING_S) / 3600
        return self.driven_km([row]) * self.km_cost + hours * self.hour_cost

    def seconds(self, instant_ms: int) -> int:
        """An instant as the search counts. [s]"""
        return (instant_ms - self.origin_ms) // 1000

    def instant(self, seconds: int) -> datetime:
        """The instant behind seconds of the search."""
        return datetime.fromtimestamp(self.origin_ms / 1000 + seconds, tz=ZoneInfo("UTC"))

    def driven_km(self, places: Sequence[int]) -> float:
        """Length of a round over some rows from the start and back. [km]"""
        rows = [0, *places, 0]
        steps = itertools.pairwise(rows)
        return sum(int(self.roads.distance_m[one, other]) for one, other in steps) / 1000

    def trip_cost(self, trip: Trip, packages: Sequence[Package]) -> float:
        """Cost of one trip by distance and time out. [currency]"""
        km = self.driven_km([self.place_of(packages[stop]) for stop in trip.stops])
        return km * self.km_cost + (trip.back - trip.leaves) / 3600 * self.hour_cost


def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return round(datetime.combine(day, time(), zone).timestamp() * 1000)
