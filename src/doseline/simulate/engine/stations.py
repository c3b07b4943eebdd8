"""Stations: when each server is free, and who waits in the line before it, first come first served.

Nobody who comes later is served earlier, so the moment at which a patient's service starts is known
when the patient joins. No event is needed for the servers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.compiled import inner

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table
    from doseline.simulate.engine.tables import Journeys, Lines

_NONE = -1
_SPARE, _USED = 0, 1


@inner
def near_stations(
    journeys: Journeys,
    lines: Lines,
    catchment: int,
    region: int,
    max_km: float,
    time: float,
    turn: int,
) -> tuple[int, int, bool]:
    """Fill the scratch arrays with the stations near a region.

    Returns:
        First row of the catchment's places for the region, how many, and whether any is open.
    """
    slots = journeys.catchments.slots[catchment]
    first = journeys.catchments.first[catchment] + region * slots
    some = False
    for at in range(slots):
        station = journeys.near_place[first + at]
        takes = (
            station != _NONE
            and journeys.near_km[first + at] <= max_km
            and journeys.near_open[first + at] <= time
        )
        lines.takes[at] = takes
        some = some or takes
        if lines.counted:
            length = 0 if station == _NONE else in_line(lines, station, time, turn)
            lines.load[at] = length
    return first, slots, some


@inner
def server_for(lines: Lines, station: int, time: float, turn: int) -> tuple[int, bool]:
    """The idle server with the lowest number, or the one that calls first; and whether idle.

    A station without servers has none of either.
    """
    one = lines.stations[station]
    first, best, soonest = one.first_server, _NONE, np.inf
    for server in range(first, first + one.servers):
        free = lines.free[server]
        if free < time or (free == time and lines.turn[server] + 1 < turn):
            return server, True
        if free < soonest:
            best, soonest = server, free
        elif free == soonest and best != _NONE and lines.turn[server] < lines.turn[best]:
            best = server
    return best, False


@inner
def in_line(lines: Lines, station: int, time: float, turn: int) -> int:
    """How many wait in a line at a moment."""
    one = lines.stations[station]
    while one.head != _NONE:
        node = lines.nodes[one.head]
        if node.out > time or (node.out == time and node.turn > turn):
            break
        following = node.next
        node.next = lines.spare[_SPARE]
        lines.spare[_SPARE] = one.head
        one.head = following
        one.waiting -= 1
    return int(one.waiting)


@inner
def _new_node(spare: Table, nodes: Table) -> int:
    node = spare[_SPARE]
    if node == _NONE:
        node = spare[_USED]
        spare[_USED] = node + 1
    else:
        spare[_SPARE] = nodes.next[node]
    nodes.next[node] = _NONE
    return int(node)


@inner
def join(lines: Lines, station: int, time: float, out: float, turn: int) -> None:
    """Count a patient in a line from a moment to another, in whose turn it will be out."""
    weeks = len(lines.waited) - 1
    first = max(int(np.floor(time / 7.0)) + 1, 0)
    end = weeks if out >= 7.0 * weeks else max(int(np.floor(out / 7.0)) + 1, 0)
    lines.waited[first] += 1
    lines.waited[end] -= 1
    one = lines.stations[station]
    if not (lines.counted or one.most_waiting >= 0):
        return
    node = _new_node(lines.spare, lines.nodes)
    lines.nodes.out[node], lines.nodes.turn[node] = out, turn
    if one.head == _NONE:
        one.head = node
    else:
        lines.nodes.next[one.tail] = node
    one.tail = node
    one.waiting += 1
