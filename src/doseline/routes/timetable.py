"""Departures of scheduled lanes as sorted instants, so that the next one is found at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from doseline.model.transport import Departure
from doseline.routes.clock import MS_PER_MINUTE, clock_minutes, utc_ms
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.routes.doors import Doors
    from doseline.routes.spans import Span

    Ints: TypeAlias = NDArray[np.int64]
    Bools: TypeAlias = NDArray[np.bool_]

_LANE_SPAN = 1 << 42
"""Room for the instants of one lane in a sorted key: 139 years. [ms]"""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Every departure of every scheduled lane between two dates.

    ``deadline`` is the last instant at which a package is accepted: departure less the cut-off.
    Rows are sorted by lane and deadline, and ``depart`` is the earliest departure among the row
    and those after it, so the row found by a package's hand-over is what it travels with.
    """

    scheduled: Bools
    """Whether a lane leaves by timetable, by lane."""
    key: Ints
    lane: Ints
    depart: Ints
    deadline: Ints

    def catch(self, lane: Ints, available_ms: Ints) -> tuple[Bools, Ints, Ints]:
        """Whether a package catches a departure, which one, and that one's deadline. [ms]

        Args:
            lane: Scheduled lanes.
            available_ms: When the package can be handed over at the start of each lane. [ms]
        """
        if not self.key.size:
            nothing = np.zeros_like(lane)
            return nothing.astype(np.bool_), nothing, nothing
        row = np.searchsorted(self.key, lane * _LANE_SPAN + available_ms)
        row = np.minimum(row, self.key.size - 1)
        caught = (self.lane[row] == lane) & (self.deadline[row] >= available_ms)
        return caught, self.depart[row], self.deadline[row]


def timetable(
    network: Network,
    *,
    lane_zones: Sequence[str],
    doors: Doors,
    first: date,
    last: date,
) -> Timetable:
    """The timetable of all scheduled lanes on the dates from ``first`` to ``last``.

    A departure does not run while the hub where it leaves is closed; where its cut-off falls into
    closed hours, packages must be there before the hub closes.

    Args:
        network: The network.
        lane_zones: Zone in which each lane's departures are written: that of where it starts.
        doors: When the hubs where lanes start are open.
        first: First date of departure, at the start of each lane.
        last: Last date of departure, included.
    """
    scheduled = np.zeros(len(lane_zones), dtype=np.bool_)
    calendars, follows = workdays(network), network.frame("lanes")["calendar"].to_list()
    numbers = {name: row for row, name in enumerate(network.frame("lanes")["lane"])}
    rows: list[tuple[int, int, int]] = []
    for entry in network.rows(Departure):
        lane = numbers[entry.lane]
        scheduled[lane] = True
        begin, end = max(first, entry.valid_from or first), min(last, entry.valid_until or last)
        days = calendars.days(follows[lane], entry.weekdays, begin, end)
        departs = _instants(lane_zones[lane], entry.depart, days)
        spans = doors.spans[doors.of_lane[lane]] if doors.of_lane[lane] >= 0 else None
        accepted = _accepted(departs, entry.cutoff_min * MS_PER_MINUTE, spans)
        rows += [(lane, *times) for times in accepted]
    rows.sort()
    _earliest_from_here(rows)
    lane_of, deadline, depart_ms = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Timetable(scheduled, lane_of * _LANE_SPAN + deadline, lane_of, depart_ms, deadline)


@lru_cache(maxsize=1 << 14)
def _instants(zone: str, clock: str, days: tuple[date, ...]) -> tuple[int, ...]:
    """When a departure leaves on some dates. [ms]"""
    minutes = clock_minutes(clock)
    return tuple(utc_ms(zone, day, minutes) for day in days)


def _accepted(
    departs: Iterable[int], before_ms: int, spans: Sequence[Span] | None
) -> Iterator[tuple[int, int]]:
    """Deadline and departure of those that leave while the hub is open; None: it always is."""
    for depart in departs:
        if spans is None:
            yield depart - before_ms, depart
        elif any(begin <= depart <= end for begin, end in spans):
            opened = [
                min(end, depart - before_ms) for begin, end in spans if begin <= depart - before_ms
            ]
            if opened:
                yield max(opened), depart


def _earliest_from_here(rows: list[tuple[int, int, int]]) -> None:
    """Let each row point to the earliest departure of its lane with its deadline or a later one."""
    for at in range(len(rows) - 2, -1, -1):
        lane, _, depart = rows[at]
        next_lane, later_deadline, next_depart = rows[at + 1]
        if lane == next_lane and next_depart <= depart:
            rows[at] = (lane, later_deadline, next_depart)
