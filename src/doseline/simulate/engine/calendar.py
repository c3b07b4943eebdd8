"""The calendar: a bag of events for each part of a day, and a heap inside the one that is open."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.bags import CHUNK, empty, put, size_of
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.memory import AHEAD, LINE, fetch
from doseline.simulate.engine.tables import LOGGED, OPEN, SEQUENCE, WAITING

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Heap, Log, People

_NONE = -1
_TURNS = 2**16
WEEKLY = -1
"""Turn of what happens on a Monday, before the events of that moment."""


@inner
def turn_of(entity: int) -> int:
    """Turn of an entity among events of one moment: patients by row, then servers.

    The turns up to that of the next entity are for what follows from it at the same moment.
    """
    return int(np.int64(entity)) * _TURNS


@inner
def turn_after(time: float, turn: int, end: float, entity: int) -> int:
    """Turn of an entity's event that was made at one moment for another.

    If that is the same moment, the event comes after the one that made it: a server that lets go,
    in an even turn, calls in the next one first.
    """
    own = turn_of(entity)
    return own if end > time else max(own, (turn | 1) + 1)


@inner
def schedule(calendar: Calendar, time: float, turn: int, person: int) -> None:
    """Put a patient's event in, which lies before the horizon.

    Args:
        calendar: The calendar.
        time: When. [d]
        turn: Its turn among events of the same moment.
        person: Whose.
    """
    bucket = max(math.floor(time * calendar.parts), -1) + 1
    if bucket > calendar.counts[OPEN]:
        put(calendar.events, bucket, time, turn, person)
    else:
        _push(calendar, time, turn, person)


@inner
def open_bucket(calendar: Calendar, bucket: int) -> None:
    """Move a bucket's events into the heap."""
    calendar.counts[OPEN] = bucket
    bag = calendar.events
    chunk = bag.places.first[bucket]
    while chunk != _NONE:
        for at in range(chunk * CHUNK, chunk * CHUNK + size_of(bag, bucket, chunk)):
            entry = bag.entries[at]
            _push(calendar, entry.time, entry.turn, entry.person)
        chunk = bag.following[chunk]
    empty(bag, bucket)


@inner
def fetch_bucket(people: People, calendar: Calendar, bucket: int) -> None:
    """Ask for the rows of a bucket's patients ahead of their events."""
    bag, last = calendar.events, len(calendar.events.places) - 1
    fetch(bag.places, min(bucket + 2 * AHEAD, last), 0)
    chunk = bag.places.first[min(bucket + AHEAD, last)]
    fetch(bag.entries, max(chunk, 0) * CHUNK, 0)
    fetch(bag.entries, max(chunk, 0) * CHUNK, LINE)
    if bucket > last:
        return
    chunk = bag.places.first[bucket]
    while chunk != _NONE:
        for at in range(chunk * CHUNK, chunk * CHUNK + size_of(bag, bucket, chunk)):
            person = bag.entries.person[at]
            fetch(people.persons, person, 0)
            fetch(people.wait, person, 0)
        chunk = bag.following[chunk]


@inner
def _before(heap: Heap, at: int, time: float, turn: int, sequence: int) -> bool:
    """Whether an event of the heap comes before another one."""
    if heap.time[at] != time:
        return bool(heap.time[at] < time)
    if heap.turn[at] != turn:
        return bool(heap.turn[at] < turn)
    return bool(heap.sequence[at] < sequence)


@inner
def _move(heap: Heap, source: int, target: int) -> None:
    heap.time[target] = heap.time[source]
    heap.turn[target] = heap.turn[source]
    heap.sequence[target] = heap.sequence[source]
    heap.person[target] = heap.person[source]


@inner
def _write(heap: Heap, at: int, time: float, turn: int, sequence: int, person: int) -> None:
    heap.time[at] = time
    heap.turn[at] = turn
    heap.sequence[at] = sequence
    heap.person[at] = person


@inner
def _push(calendar: Calendar, time: float, turn: int, person: int) -> None:
    heap, counts = calendar.heap, calendar.counts
    at, sequence = counts[WAITING], counts[SEQUENCE]
    counts[WAITING] = at + 1
    counts[SEQUENCE] = sequence + 1
    while at > 0:
        up = (at - 1) >> 1
        if _before(heap, up, time, turn, sequence):
            break
        _move(heap, up, at)
        at = up
    _write(heap, at, time, turn, sequence, person)


@inner
def pop(calendar: Calendar) -> tuple[float, int, int]:
    """Take the earliest event out: its time, turn and patient."""
    heap = calendar.heap
    first = heap.time[0], int(heap.turn[0]), heap.person[0]
    size = calendar.counts[WAITING] - 1
    calendar.counts[WAITING] = size
    time, turn, sequence = heap.time[size], heap.turn[size], heap.sequence[size]
    person = heap.person[size]
    at, down = 0, 1
    while down < size:
        other = down + 1
        if other < size and _before(
            heap, other, heap.time[down], heap.turn[down], heap.sequence[down]
        ):
            down = other
        if not _before(heap, down, time, turn, sequence):
            break
        _move(heap, down, at)
        at, down = down, 2 * down + 1
    _write(heap, at, time, turn, sequence, person)
    return first


@inner
def note(
    calendar: Calendar,
    log: Log,
    moment: float,
    turn: int,
    time: float,
    patient: int,
    event: int,
    place: int,
) -> None:
    """Write a line of the log while there is room; the others are counted."""
    if not log.wanted:
        return
    at = calendar.counts[LOGGED]
    calendar.counts[LOGGED] = at + 1
    if at < len(log.time):
        log.moment[at], log.turn[at] = moment, turn
        log.time[at], log.patient[at], log.event[at], log.place[at] = time, patient, event, place
