"""Stations: servers, and the line before each, first come first served."""

from __future__ import annotations

from doseline.simulate.engine.calendar import note, schedule
from doseline.simulate.engine.chance import duration, mix
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.outcome import Event
from doseline.simulate.engine.tables import (
    HELD,
    IN_LINE,
    IN_LINES,
    Calendar,
    Journeys,
    Lines,
    Log,
    People,
)
from doseline.simulate.engine.world import PURPOSES

_NONE = -1
_SERVICE = PURPOSES.index("service/radius")
_STARTED = int(Event.STARTED)


@inner
def near_stations(
    journeys: Journeys, lines: Lines, catchment: int, region: int, max_km: float, time: float
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
        lines.load[at] = 0.0 if station == _NONE else lines.waiting[station]
        lines.takes[at] = (
            station != _NONE
            and journeys.near_km[first + at] <= max_km
            and journeys.near_open[first + at] <= time
        )
        some = some or lines.takes[at]
    return first, slots, some


@inner
def idle_server(lines: Lines, station: int) -> int:
    """The idle server with the lowest number, or -1."""
    if lines.stations.idle[station] == 0:
        return _NONE
    server = lines.stations.first_server[station]
    while lines.busy[server]:
        server += 1
    return int(server)


@inner
def start(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    server: int,
    joined: float,
    time: float,
    link: int,
    day: int,
) -> bool:
    """Start a service; true if the patient goes on at once, false if the server holds it."""
    station = lines.station_of[server]
    people.wait[person, link] += time - joined
    note(calendar, log, time, person, _STARTED, station)
    row = lines.stations[station]
    key = mix(people.persons.key[person], journeys.station_keys[station])
    lines.services[max(day - 1, 0) // 7, station] += 1
    length = duration(row.law, row.first, row.second, journeys.streams, _SERVICE, key)
    if not lines.busy[server]:
        lines.busy[server] = True
        lines.stations.idle[station] -= 1
    schedule(calendar, len(people.persons) + server, time + length, day)
    if row.slot:
        return True
    lines.held[server] = person
    people.persons.phase[person] = HELD
    return False


@inner
def join(
    lines: Lines, people: People, calendar: Calendar, person: int, station: int, time: float
) -> None:
    """Put a patient at the tail of a line."""
    people.persons.phase[person] = IN_LINE
    calendar.when[person] = time
    calendar.following[person] = _NONE
    tail = lines.stations.tail[station]
    if tail == _NONE:
        lines.stations.head[station] = person
    else:
        calendar.following[tail] = person
    lines.stations.tail[station] = person
    lines.waiting[station] += 1.0
    calendar.counts[IN_LINES] += 1


@inner
def next_in_line(lines: Lines, calendar: Calendar, station: int) -> int:
    """Take the head of a line out; -1 if nobody waits."""
    person = lines.stations.head[station]
    if person == _NONE:
        return _NONE
    lines.stations.head[station] = calendar.following[person]
    if lines.stations.head[station] == _NONE:
        lines.stations.tail[station] = _NONE
    lines.waiting[station] -= 1.0
    calendar.counts[IN_LINES] -= 1
    return int(person)


@inner
def release(lines: Lines, server: int) -> None:
    """Make a server idle."""
    lines.busy[server] = False
    lines.stations.idle[lines.station_of[server]] += 1
