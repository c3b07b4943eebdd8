"""The calendar: a linked list of events for each day, and a heap inside the day that is open."""

from __future__ import annotations

import math

from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.tables import HEAP, LOGGED, Calendar, Log

_NONE = -1


@inner
def schedule(calendar: Calendar, entity: int, time: float, day: int) -> None:
    """Put an entity's event in; one beyond the horizon is only remembered.

    Args:
        calendar: The calendar.
        entity: Patient, or number of patients + server.
        time: When. [d]
        day: Bucket that is open: 0 for what is before the start, then 1 a day.
    """
    calendar.when[entity] = time
    if not time < float(len(calendar.day_head) - 1):
        return
    bucket = max(math.floor(time), -1) + 1
    if bucket <= day:
        _push(calendar, time, entity)
    else:
        calendar.following[entity] = calendar.day_head[bucket]
        calendar.day_head[bucket] = entity


@inner
def open_day(calendar: Calendar, day: int) -> None:
    """Move a day's events into the heap."""
    entity = calendar.day_head[day]
    while entity != _NONE:
        _push(calendar, calendar.when[entity], entity)
        entity = calendar.following[entity]


@inner
def _push(calendar: Calendar, time: float, entity: int) -> None:
    times, entities = calendar.heap_time, calendar.heap_entity
    at = calendar.counts[HEAP]
    calendar.counts[HEAP] = at + 1
    while at > 0:
        up = (at - 1) // 2
        if times[up] < time or (times[up] == time and entities[up] < entity):
            break
        times[at], entities[at] = times[up], entities[up]
        at = up
    times[at], entities[at] = time, entity


@inner
def pop(calendar: Calendar) -> int:
    """Take the earliest event out: its entity; the lowest of equals."""
    times, entities = calendar.heap_time, calendar.heap_entity
    first = entities[0]
    size = calendar.counts[HEAP] - 1
    calendar.counts[HEAP] = size
    time, entity = times[size], entities[size]
    at, down = 0, 1
    while down < size:
        other = down + 1
        if other < size and (
            times[other] < times[down]
            or (times[other] == times[down] and entities[other] < entities[down])
        ):
            down = other
        if time < times[down] or (time == times[down] and entity < entities[down]):
            break
        times[at], entities[at] = times[down], entities[down]
        at, down = down, 2 * down + 1
    times[at], entities[at] = time, entity
    return int(first)


@inner
def note(calendar: Calendar, log: Log, time: float, patient: int, event: int, place: int) -> None:
    """Write a line of the log while there is room."""
    at = calendar.counts[LOGGED]
    if at < len(log.time):
        log.time[at], log.patient[at], log.event[at], log.place[at] = time, patient, event, place
        calendar.counts[LOGGED] = at + 1
