"""Every simple way from a line to a site, for the plain loop."""

from __future__ import annotations

import math
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.routes.reference_clock import HOUR_MS, instant, ms, numbers
from tests.routes.reference_hours import Hours
from tests.routes.reference_rows import Leg, Run

from doseline.model.supply import Batch, Line, Product
from doseline.model.transport import Carrier, Departure, Hub, Lane
from doseline.model.treatment import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.network import Network


class Ways:
    """Lanes as plain rows, and the ways that they make."""

    def __init__(self, network: Network) -> None:
        self.products = network.rows(Product)
        self.lines = network.rows(Line)
        self.batches = network.rows(Batch)
        self.sites = network.rows(Site)
        self.lanes = network.rows(Lane)
        self.carriers = {one.carrier: one for one in network.rows(Carrier)}
        self.hours = Hours(network)
        self.pharmacies = any(one.kind == "pharmacy" for one in network.rows(Hub))
        self.zone_of = {one.line: one.zone for one in self.lines}
        self.zone_of |= {one.hub: one.zone for one in network.rows(Hub)}
        self.runs: list[Run] = []
        self.departures: dict[str, list[tuple[int, int]]] = {}
        self.free: dict[int, set[str]] = {}

    def departures_from(
        self, week: date, rows: tuple[Departure, ...]
    ) -> dict[str, list[tuple[int, int]]]:
        """Departure and deadline of every run of each lane that has a timetable."""
        found: dict[str, list[tuple[int, int]]] = {}
        lanes = {one.lane: one for one in self.lanes}
        for row in rows:
            lane = lanes[row.lane]
            runs = found.setdefault(row.lane, [])
            for offset in range(-2, 60):
                day = week + timedelta(days=offset)
                if row.valid_from is not None and day < row.valid_from:
                    continue
                if row.valid_until is not None and day > row.valid_until:
                    continue
                if self.hours.runs_as(lane.calendar, day) in numbers(row.weekdays):
                    depart = instant(self.zone_of[lane.from_place], day, row.depart)
                    runs.append((depart, depart - row.cutoff_min * 60_000))
        return found

    def every(self, batch: int, nuclide: str | None) -> dict[str, list[tuple[Leg, ...]]]:
        """Every simple way of a batch slot by site; without nuclide no pharmacy is asked."""
        every: dict[str, list[tuple[Leg, ...]]] = {}
        for legs in self._from(batch, self.batches[batch].line, (), frozenset(), nuclide):
            every.setdefault(self.lanes[legs[-1].lane].to_place, []).append(legs)
        return every

    def _from(
        self,
        batch: int,
        place: str,
        legs: tuple[Leg, ...],
        been: frozenset[str],
        nuclide: str | None,
    ) -> Iterator[tuple[Leg, ...]]:
        """Every simple way of at most five legs from a place on to any site."""
        if len(legs) == 5:
            return
        sites = {one.site for one in self.sites}
        for row, lane in enumerate(self.lanes):
            if lane.from_place != place or lane.to_place in been:
                continue
            there = legs[-1].arrive if legs else self.runs[batch].release
            leg = self._leg(batch, row, there, nuclide)
            if leg is None:
                continue
            if lane.to_place in sites:
                yield (*legs, leg)
            else:
                yield from self._from(batch, lane.to_place, (*legs, leg), been | {place}, nuclide)

    def _leg(self, batch: int, row: int, there: int, nuclide: str | None) -> Leg | None:
        """The lane taken by a package that is there at some instant, if it leaves in time."""
        lane, expiry = self.lanes[row], self.runs[batch].expiry
        place, zone = lane.from_place, self.zone_of[lane.from_place]
        available = self.hours.opened(place, there, nuclide)
        if available is None:
            return None
        travel = self._travel_ms(lane)
        if lane.lane not in self.departures:
            handled = available + ms(lane.handling_h)
            if lane.calendar is None and not self.hours.limited(place, nuclide):
                return Leg(row, handled, handled + travel, None)
            leaves = self.hours.started(lane, zone, handled, nuclide)
            if leaves is None or leaves > expiry:
                return None
            return Leg(row, leaves, leaves + travel, None, leaves - ms(lane.handling_h) - there)
        caught = []
        for depart, deadline in self.departures[lane.lane]:
            closes = self.hours.still_open(place, deadline, nuclide)
            runs = self.hours.is_open(place, depart, nuclide)
            if runs and closes is not None and closes >= available:
                caught.append((depart, -closes))
        if not caught or min(caught)[0] > expiry:
            return None
        depart, minus_deadline = min(caught)
        return Leg(row, depart, depart + travel, -minus_deadline)

    def _travel_ms(self, lane: Lane) -> int:
        """By road the driver rests as soon as the time at the wheel is up, but not on arrival."""
        carrier = self.carriers.get(lane.carrier or "")
        if lane.mode != "road" or carrier is None or carrier.drive_h_max is None:
            return ms(lane.duration_h)
        left, elapsed = ms(lane.duration_h), 0
        while left > ms(carrier.drive_h_max):
            left -= ms(carrier.drive_h_max)
            elapsed += ms(carrier.drive_h_max) + ms(carrier.rest_h)
        return elapsed + left

    def cost(self, row: int) -> Fraction:
        """Of one package: the lane's cost, and its share of the escorts' hours there and back."""
        lane = self.lanes[row]
        carrier = self.carriers.get(lane.carrier or "")
        if lane.mode != "road" or carrier is None:
            return Fraction(lane.cost)
        paid_h = Fraction(2 * carrier.escorts * self._travel_ms(lane), HOUR_MS)
        escorts = paid_h * Fraction(carrier.escort_cost_per_h) / carrier.packages_per_trip
        return Fraction(round((Fraction(lane.cost) + escorts) * 1_000_000), 1_000_000)

    def chosen(self, batch: int, every: list[tuple[Leg, ...]]) -> list[tuple[Leg, ...]]:
        """The earliest, the cheapest and the most reliable way, each once."""
        useful = [legs for legs in every if legs[-1].arrive <= self.runs[batch].expiry] or every
        chosen: list[tuple[Leg, ...]] = []
        for order in ((0, 1, 2), (1, 0, 2), (2, 0, 1)) if useful else ():
            best = min(
                useful,
                key=lambda legs: (tuple(self._three(legs)[n] for n in order), self._tie(legs)),
            )
            if best not in chosen:
                chosen.append(best)
        return chosen

    def _three(self, legs: tuple[Leg, ...]) -> tuple[int, int, int]:
        """Arrival, cost in millionths, and unreliability in 1e-12 of -ln p."""
        cost = sum(int(self.cost(leg.lane) * 1_000_000) for leg in legs)
        risk = sum(self._risk(leg.lane) for leg in legs)
        return legs[-1].arrive, cost, risk

    def _risk(self, row: int) -> int:
        share = self.lanes[row].on_time_percent / 100
        return round(-math.log(share) * 1e12) if share > 0 else 10**15

    def _tie(self, legs: tuple[Leg, ...]) -> Any:
        """Fewer legs, then the lane listed first, then the better way to where that lane starts."""
        if not legs:
            return ()
        before = legs[:-1]
        prefix = (self._three(before), self._tie(before)) if before else ()
        return len(legs), legs[-1].lane, prefix

    def places_after(self, line: str) -> set[str]:
        """Places that at most five lanes lead to from a line, timetables apart."""
        places = {line}
        for _ in range(5):
            places |= {lane.to_place for lane in self.lanes if lane.from_place in places}
        return places

    def free_sites(self, batch: int) -> set[str]:
        """Sites that a batch slot would reach if no pharmacy needed a licence."""
        if not self.pharmacies:
            return set()
        if batch not in self.free:
            self.free[batch] = set(self.every(batch, None))
        return self.free[batch]
