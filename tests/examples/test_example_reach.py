"""Every site of the US example can be reached in time, by a plain search over its timetables."""

from __future__ import annotations

import heapq
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from doseline.model.columns import weekday_numbers
from doseline.model.supply import Batch, Line
from doseline.model.transport import Departure, Hub, Lane
from doseline.model.treatment import Site

if TYPE_CHECKING:
    from doseline.model.network import Network

_MONDAY = date(2026, 5, 4)


class Timetable:
    """Lanes by their start, and the flights of each in one week and the next."""

    def __init__(self, network: Network) -> None:
        zones = {one.hub: one.zone for one in network.rows(Hub)}
        self.lanes: dict[str, list[Lane]] = defaultdict(list)
        start = {}
        for lane in network.rows(Lane):
            self.lanes[lane.from_place].append(lane)
            start[lane.lane] = lane.from_place
        self.flights: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
        for one in network.rows(Departure):
            zone = ZoneInfo(zones[start[one.lane]])
            for day in (7 * week + day for week in (0, 1) for day in weekday_numbers(one.weekdays)):
                leaves = _at(_MONDAY + timedelta(days=day), one.depart, zone)
                self.flights[one.lane].append((leaves - timedelta(minutes=one.cutoff_min), leaves))

    def earliest(self, place: str, ready: datetime) -> dict[str, datetime]:
        """First arrival at every place."""
        arrived: dict[str, datetime] = {}
        queue = [(ready, place)]
        while queue:
            now, here = heapq.heappop(queue)
            if here in arrived:
                continue
            arrived[here] = now
            for lane in self.lanes[here]:
                leaves = self._leaves(lane, now)
                if leaves:
                    heapq.heappush(
                        queue, (leaves + timedelta(hours=lane.duration_h), lane.to_place)
                    )
        return arrived

    def _leaves(self, lane: Lane, now: datetime) -> datetime | None:
        if lane.lane not in self.flights:
            return now + timedelta(hours=lane.handling_h)
        caught = [leaves for cutoff, leaves in self.flights[lane.lane] if now <= cutoff]
        return min(caught, default=None)


def _at(day: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = clock.split(":")
    wall = datetime(day.year, day.month, day.day, int(hour), int(minute), tzinfo=zone)
    return wall.astimezone(UTC)


@pytest.fixture(scope="module")
def transit_h(us: Network) -> dict[str, dict[str, float]]:
    """Hours from calibration to the first arrival, by batch and site, of the working lines."""
    timetable, lines = Timetable(us), us.by_key(Line)
    sites = {one.site for one in us.rows(Site)}
    found = {}
    for batch in us.rows(Batch):
        if batch.line == "carlsbad" or batch.weekday == "Sun":
            continue
        zone = ZoneInfo(lines[batch.line].zone)
        day = _MONDAY + timedelta(days=weekday_numbers(batch.weekday)[0])
        ready = _at(day, batch.start, zone) + timedelta(hours=batch.synthesis_h)
        arrived = timetable.earliest(batch.line, ready)
        found[batch.batch] = {
            site: (arrived[site] - ready) / timedelta(hours=1) for site in sites & set(arrived)
        }
        assert set(found[batch.batch]) == sites
    return found


def test_every_site_is_reached_within_72_h_from_some_line(
    us: Network, transit_h: dict[str, dict[str, float]]
) -> None:
    for one in us.rows(Site):
        assert min(hours[one.site] for hours in transit_h.values()) < 72.0


def test_most_sites_are_reached_within_a_day(transit_h: dict[str, dict[str, float]]) -> None:
    fastest = [
        min(hours[site] for hours in transit_h.values()) for site in transit_h["indi-psma-Mon-08"]
    ]
    assert sum(hours < 24.0 for hours in fastest) > 0.95 * len(fastest)


def test_two_flights_serve_honolulu(us: Network) -> None:
    direct = us.frame("lanes")["lane"].str.contains(r"^(IND|EWR)>HNL").any()
    assert not direct
