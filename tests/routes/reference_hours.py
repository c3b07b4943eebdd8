"""Calendars, opening hours and pharmacies once more, one instant at a time, for the plain loop."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.routes.reference_clock import instant, instant_at, minutes, numbers

from doseline.model.calendars import Holiday
from doseline.model.supply import Licence
from doseline.model.transport import Departure, Hub, Lane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.network import Network

DAY = timedelta(days=1)
REACH = 20
"""Days that are looked at; nothing leaves a closed place after shelf life. [d]"""


class Hours:
    """When places work."""

    def __init__(self, network: Network) -> None:
        self.holidays = {(one.calendar, one.day): one for one in network.rows(Holiday)}
        self.hubs = {one.hub: one for one in network.rows(Hub)}
        self.scheduled = {one.lane for one in network.rows(Departure)}
        self.distributes = [one for one in network.rows(Licence) if one.operation == "distribute"]

    def runs_as(self, calendar: str | None, day: date) -> int | None:
        """Weekday whose timetable a day has."""
        holiday = self.holidays.get((calendar or "", day))
        if holiday is None:
            return day.weekday()
        if not holiday.runs_as:
            return None
        (only,) = numbers(holiday.runs_as)
        return only

    def limited(self, place: str, nuclide: str | None) -> bool:
        """Whether a place is not always open."""
        hub = self.hubs.get(place)
        if hub is None:
            return False
        by_hour = bool(hub.weekdays or hub.calendar) or hub.open != hub.close
        return by_hour or (hub.kind == "pharmacy" and nuclide is not None)

    def is_open(self, place: str, at: int, nuclide: str | None) -> bool:
        """Whether a place takes and gives packages of a nuclide at an instant."""
        if not self.limited(place, nuclide):
            return True
        hub = self.hubs[place]
        today = _local_date(hub.zone, at)
        hours = any(
            start <= at <= end
            for day in (today - DAY, today)
            if self._works(hub, day)
            for start, end in [_hours(hub, day)]
        )
        licensed = any(
            one.holder == place
            and one.nuclide == nuclide
            and one.valid_from <= today <= one.valid_until
            for one in self.distributes
        )
        return hours and (licensed or hub.kind != "pharmacy" or nuclide is None)

    def opened(self, place: str, at: int, nuclide: str | None) -> int | None:
        """First instant at or after one at which a place is open."""
        if self.is_open(place, at, nuclide):
            return at
        later = sorted(when for when in self._starts(place, at) if when >= at)
        return next((when for when in later if self.is_open(place, when, nuclide)), None)

    def still_open(self, place: str, at: int, nuclide: str | None) -> int | None:
        """Last instant at or before one at which a place is open."""
        if self.is_open(place, at, nuclide):
            return at
        hub = self.hubs[place]
        today = _local_date(hub.zone, at)
        ends = {instant_at(hub.zone, today - n * DAY, 0) - 1 for n in range(-2, REACH)}
        ends |= {_hours(hub, today - n * DAY)[1] for n in range(-2, REACH)}
        earlier = sorted((when for when in ends if when <= at), reverse=True)
        return next((when for when in earlier if self.is_open(place, when, nuclide)), None)

    def may_start(self, lane: Lane, zone: str, at: int, nuclide: str | None) -> bool:
        """Whether a lane on demand may start at an instant."""
        works = self.runs_as(lane.calendar, _local_date(zone, at)) is not None
        return works and self.is_open(lane.from_place, at, nuclide)

    def started(self, lane: Lane, zone: str, at: int, nuclide: str | None) -> int | None:
        """First instant at or after one at which a lane on demand may start."""
        today = _local_date(zone, at)
        later = {at} | {instant_at(zone, today + n * DAY, 0) for n in range(REACH)}
        if lane.from_place in self.hubs:
            later |= set(self._starts(lane.from_place, at))
        starts = sorted(when for when in later if when >= at)
        return next((when for when in starts if self.may_start(lane, zone, when, nuclide)), None)

    def _works(self, hub: Hub, day: date) -> bool:
        runs_as = self.runs_as(hub.calendar, day)
        return runs_as is not None and (not hub.weekdays or runs_as in numbers(hub.weekdays))

    def _starts(self, place: str, at: int) -> Iterator[int]:
        """Instants at which a place may open."""
        hub = self.hubs[place]
        today = _local_date(hub.zone, at)
        for n in range(-1, REACH):
            yield instant(hub.zone, today + n * DAY, hub.open)
            yield instant_at(hub.zone, today + n * DAY, 0)


def _hours(hub: Hub, day: date) -> tuple[int, int]:
    """First and last instant of the hours that begin on a day."""
    if hub.open == hub.close:
        return instant_at(hub.zone, day, 0), instant_at(hub.zone, day + DAY, 0) - 1
    overnight = minutes(hub.close) < minutes(hub.open)
    return instant(hub.zone, day, hub.open), instant(hub.zone, day + overnight * DAY, hub.close)


def _local_date(zone: str, at: int) -> date:
    return datetime.fromtimestamp(at / 1000, tz=UTC).astimezone(ZoneInfo(zone)).date()
