"""Doors: when hubs take and give packages, and when lanes on demand may start.

A hub that has opening hours, days of the week or a calendar has a door. So has a nuclear pharmacy,
which is open to a nuclide only while a licence lets it distribute that nuclide. A lane on demand
that follows a calendar starts through a door of its own, on the days on which the calendar is not
closed and while the hub where it starts is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.supply import Licence
from doseline.model.transport import Hub
from doseline.routes.spans import common, opening, whole_days
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from doseline.model.network import Network
    from doseline.routes.spans import Span
    from doseline.routes.timetable import Bools, Ints
    from doseline.routes.workdays import Workdays

PHARMACY = "pharmacy"
EVERY_DAY = "Mon-Sun"

_DOOR_SPAN = 1 << 42
"""Room for the instants of one door in a sorted key: 139 years. [ms]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The open spans of all doors, in order of door and time, and which door is where."""

    of_place: Ints
    """Door through which packages come into a place, -1 if it is always open; by place."""
    of_lane: Ints
    """Door through which a lane leaves, -1 if it may leave at any time; by lane."""
    spans: tuple[tuple[Span, ...], ...]
    """Open spans by door."""
    key: Ints
    door: Ints
    open_ms: Ints

    def next_open(self, door: Ints, instant_ms: Ints) -> tuple[Bools, Ints]:
        """Whether each door opens at an instant or after it, and the first such instant. [ms]

        Args:
            door: Doors; through -1 everything passes at once.
            instant_ms: When somebody stands before each. [ms]
        """
        walled = door >= 0
        if not walled.any() or not self.key.size:
            return ~walled, instant_ms
        row = np.searchsorted(self.key, door * _DOOR_SPAN + instant_ms)
        row = np.minimum(row, self.key.size - 1)
        passed = np.maximum(instant_ms, self.open_ms[row])
        opens = ~walled | ((self.door[row] == door) & (self.key[row] % _DOOR_SPAN >= instant_ms))
        return opens, np.where(walled & opens, passed, instant_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Period:
    """The dates that doors are looked at, with the calendars and licences that hold then."""

    first: date
    last: date
    calendars: Workdays
    licences: tuple[Licence, ...] | None
    """Those to distribute the nuclide; None: no pharmacy needs one."""

    def days(self, calendar: str | None, weekdays: str) -> tuple[date, ...]:
        """Dates that run as one of some weekdays."""
        return self.calendars.days(calendar, weekdays, self.first, self.last)


def doors(
    network: Network,
    *,
    first: date,
    last: date,
    lane_zones: Sequence[str],
    nuclide: str | None,
) -> Doors:
    """The doors of a network between two dates.

    Args:
        network: The network.
        first: First date that matters at any place.
        last: Last such date, included.
        lane_zones: Zone of the place where each lane starts.
        nuclide: Nuclide of the packages; None: no pharmacy needs a licence.
    """
    period = _Period(
        first=first - timedelta(days=1),
        last=last + timedelta(days=1),
        calendars=workdays(network),
        licences=_to_distribute(network, nuclide),
    )
    lines, hubs = network.frame("lines").height, network.rows(Hub)
    found = [spans for hub in hubs if (spans := _of_hub(hub, period)) is not None]
    walled = [_is_walled(hub, period) for hub in hubs]
    numbers = np.where(walled, np.cumsum(walled) - 1, -1)
    of_hub = dict(zip((hub.hub for hub in hubs), numbers.tolist(), strict=True))
    of_lane = _of_lanes(network, lane_zones, of_hub, found, period)
    rows = [(number, *span) for number, spans in enumerate(found) for span in spans]
    door, open_ms, close_ms = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Doors(
        of_place=np.concatenate([np.full(lines, -1), numbers]).astype(np.int64),
        of_lane=of_lane,
        spans=tuple(map(tuple, found)),
        key=door * _DOOR_SPAN + close_ms,
        door=door,
        open_ms=open_ms,
    )


def _is_walled(hub: Hub, period: _Period) -> bool:
    """Whether a hub is not always open to every package."""
    hours = hub.weekdays is not None or hub.calendar is not None or hub.open != hub.close
    return hours or (hub.kind == PHARMACY and period.licences is not None)


def _of_hub(hub: Hub, period: _Period) -> list[Span] | None:
    """When a hub takes and gives packages; None: always."""
    if not _is_walled(hub, period):
        return None
    days = period.days(hub.calendar, hub.weekdays or EVERY_DAY)
    spans = opening(hub.zone, days, hub.open, hub.close)
    if hub.kind != PHARMACY or period.licences is None:
        return spans
    held = [one for one in period.licences if one.holder == hub.hub]
    dates = [
        day
        for day in period.days(None, EVERY_DAY)
        if any(one.valid_from <= day <= one.valid_until for one in held)
    ]
    return common(spans, whole_days(hub.zone, dates))


def _of_lanes(
    network: Network,
    zones: Sequence[str],
    of_hub: Mapping[str, int],
    found: list[list[Span]],
    period: _Period,
) -> Ints:
    """The door of each lane: its hub's, or one of its own, which is added to those found."""
    scheduled = set(network.frame("departures")["lane"])
    lanes = network.frame("lanes").select("lane", "from_place", "calendar").rows()
    own: dict[tuple[int, str, str], int] = {}
    numbers = []
    for (lane, start, calendar), zone in zip(lanes, zones, strict=True):
        number = of_hub.get(start, -1)
        if calendar is not None and lane not in scheduled:
            key = number, calendar, zone
            if key not in own:
                own[key] = len(found)
                works = whole_days(zone, period.days(calendar, EVERY_DAY))
                found.append(common(works, found[number]) if number >= 0 else works)
            number = own[key]
        numbers.append(number)
    return np.array(numbers, dtype=np.int64)


def _to_distribute(network: Network, nuclide: str | None) -> tuple[Licence, ...] | None:
    """The licences to distribute a nuclide; None without nuclide."""
    if nuclide is None:
        return None
    held = network.frame("licences").filter(operation="distribute", nuclide=nuclide)
    return network.replace(licences=held).rows(Licence)
