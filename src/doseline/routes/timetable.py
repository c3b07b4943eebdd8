"""Departures of scheduled lanes as sorted instants, so that the next one is found at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from doseline.model.columns import weekday_numbers
from doseline.model.transport import Departure
from doseline.routes.clock import MS_PER_MINUTE, clock_minutes, utc_ms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.network import Network

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
    lane_numbers: Mapping[str, int],
    lane_zones: list[str],
    first: date,
    last: date,
) -> Timetable:
    """The timetable of all scheduled lanes on the dates from ``first`` to ``last``.

    Args:
        network: The network.
        lane_numbers: Row number of each lane by name.
        lane_zones: Zone in which each lane's departures are written: that of where it starts.
        first: First date of departure, at the start of each lane.
        last: Last date of departure, included.
    """
    scheduled = np.zeros(len(lane_zones), dtype=np.bool_)
    rows: list[tuple[int, int, int]] = []
    for entry in network.rows(Departure):
        lane = lane_numbers[entry.lane]
        scheduled[lane] = True
        begin, end = max(first, entry.valid_from or first), min(last, entry.valid_until or last)
        before_ms = entry.cutoff_min * MS_PER_MINUTE
        for depart in _instants(lane_zones[lane], entry.weekdays, entry.depart, begin, end):
            rows.append((lane, depart - before_ms, depart))
    rows.sort()
    _earliest_from_here(rows)
    lane_of, deadline, depart_ms = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    return Timetable(scheduled, lane_of * _LANE_SPAN + deadline, lane_of, depart_ms, deadline)


@lru_cache(maxsize=1 << 14)
def _instants(zone: str, weekdays: str, clock: str, first: date, last: date) -> tuple[int, ...]:
    """When a weekly departure leaves between two dates. [ms]"""
    numbers, minutes = weekday_numbers(weekdays), clock_minutes(clock)
    days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return tuple(utc_ms(zone, day, minutes) for day in days if day.weekday() in numbers)


def _earliest_from_here(rows: list[tuple[int, int, int]]) -> None:
    """Let each row point to the earliest departure of its lane with its deadline or a later one."""
    for at in range(len(rows) - 2, -1, -1):
        lane, _, depart = rows[at]
        next_lane, later_deadline, next_depart = rows[at + 1]
        if lane == next_lane and next_depart <= depart:
            rows[at] = (lane, later_deadline, next_depart)
