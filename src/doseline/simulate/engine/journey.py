"""The journey: a patient goes on alone as far as nobody else can matter, then waits for a turn."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from doseline.simulate.engine.calendar import note, schedule, turn_after
from doseline.simulate.engine.chance import draw, duration, mix
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.delays import STOP, authorise, delay, passes
from doseline.simulate.engine.ends import finish, leave, lose
from doseline.simulate.engine.lists import chosen_week, list_order, open_order, order_week
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.rules import choose
from doseline.simulate.engine.sites import choose_site
from doseline.simulate.engine.stations import (
    in_line,
    join,
    near_stations,
    server_for,
)
from doseline.simulate.engine.tables import EVENTS, HELD, IN_LINE
from doseline.simulate.engine.world import PURPOSES, Stage

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Journeys, Lines, Log, People

_NONE = -1
_END, _REACH, _DELAY = int(Stage.END), int(Stage.REACH), int(Stage.DELAY)
_STATION, _POSITIVE, _SITE = int(Stage.STATION), int(Stage.POSITIVE), int(Stage.SITE)
_CANNOT_PAY, _AUTHORISE = int(Stage.CANNOT_PAY), int(Stage.AUTHORISE)
_ORDER = int(Stage.ORDER)
_DONE, _NOT_ELIGIBLE = int(Fate.DONE), int(Fate.NOT_ELIGIBLE)
_TOLD_DONE, _TOLD_NOT_ELIGIBLE = int(Event.DONE), int(Event.NOT_ELIGIBLE)
_TOLD_ORDERED, _TOLD_CHOSE = int(Event.ORDERED), int(Event.CHOSE)
_TOLD_JOINED, _TOLD_STARTED = int(Event.JOINED), int(Event.STARTED)
_DRAW_STATION = PURPOSES.index("scanner")
_DRAW_CANNOT_PAY = PURPOSES.index("cannot pay")
_SERVICE = PURPOSES.index("service/radius")


@inner
def _gate(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    site_choice: Any,
    person: int,
    time: float,
    turn: int,
) -> int:
    """A stage that takes no time: the next stage, or STOP."""
    one = people.persons[person]
    row = journeys.stages[one.product, one.stage]
    link = _NONE
    if row.kind == _POSITIVE:
        if not passes(journeys, people, person):
            finish(people, person, _NOT_ELIGIBLE, time)
            note(calendar, log, time, turn, time, person, _TOLD_NOT_ELIGIBLE, _NONE)
            return STOP
    elif row.kind == _REACH:
        if not journeys.reach[one.product, one.region] or not passes(journeys, people, person):
            link = row.link
    elif row.kind == _SITE:
        one.site, link = choose_site(
            journeys, lines, site_choice, one.product, one.payer, one.region, row.max_km, time,
            one.state,
        )  # fmt: skip
        if link == _NONE:
            note(calendar, log, time, turn, time, person, _TOLD_CHOSE, one.site)
    else:
        share = journeys.payers.cannot_pay[one.payer]
        if draw(journeys.streams[_DRAW_CANNOT_PAY], one.state) < share:
            link = row.link
    if link != _NONE:
        lose(people, calendar, log, person, link, time, turn)
        return STOP
    return int(one.stage + 1)


@inner
def _order(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    ordering: Any,
    person: int,
    time: float,
    turn: int,
) -> None:
    """The journey is over; the first dose is ordered."""
    one = people.persons[person]
    open_order(people, person, time, 0)
    earliest = math.floor(time / 7.0) + 1
    week = order_week(journeys.order_by, one.product, time, earliest)
    week = chosen_week(journeys, lines, ordering, 0, one.site, week)
    if list_order(people, lines, calendar, person, week):
        note(calendar, log, time, turn, time, person, _TOLD_ORDERED, week)


@inner
def walk(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    site_choice: Any,
    ordering: Any,
    person: int,
    stage: int,
    time: float,
    turn: int,
    here: int,
) -> None:
    """Walk a patient from a stage on, to where others matter, or to the end.

    Args:
        journeys: What patients pass through.
        lines: Stations, and what is near.
        people: The patients.
        calendar: The calendar, for the event where others matter.
        log: The log.
        site_choice: Choice of the site.
        ordering: Choice of the week.
        person: Who.
        stage: Stage that is entered; STOP if none.
        time: When. [d]
        turn: In whose turn.
        here: Stage of the event whose moment has come, or NOWHERE.
    """
    one = people.persons[person]
    while stage != STOP:
        one.stage = stage
        if one.exit_day <= time:
            leave(people, calendar, log, person, stage, time, turn)
            return
        kind = journeys.stages.kind[one.product, stage]
        waits = not lines.alone and stage != here and kind in (_SITE, _ORDER)
        if kind == _STATION or waits:
            schedule(calendar, time, turn, person)
            return
        if kind == _DELAY:
            stage, time, turn = delay(journeys, people, calendar, log, person, time, turn)
        elif kind == _AUTHORISE:
            stage, time, turn = authorise(journeys, people, calendar, log, person, time, turn)
        elif kind in (_REACH, _POSITIVE, _SITE, _CANNOT_PAY):
            stage = _gate(journeys, lines, people, calendar, log, site_choice, person, time, turn)
        elif kind == _END:
            finish(people, person, _DONE, time)
            note(calendar, log, time, turn, time, person, _TOLD_DONE, _NONE)
            return
        else:
            _order(journeys, lines, people, calendar, log, ordering, person, time, turn)
            return


@inner
def _serve(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    server: int,
    joined: float,
    time: float,
    turn: int,
) -> tuple[int, float, int]:
    """Start a service: the next stage or STOP, its time, and in whose turn."""
    one = people.persons[person]
    row = lines.stations[one.station]
    link = journeys.stages.link[one.product, one.stage]
    people.wait[person, people.column[link]] += time - joined
    note(calendar, log, time, turn, time, person, _TOLD_STARTED, one.station)
    lines.services[max(math.floor(time / 7.0), 0), one.station] += 1
    state = mix(one.state, journeys.station_keys[one.station])
    end = time + duration(row.law, row.first, row.second, journeys.streams, _SERVICE, state)
    ends = turn_after(time, turn, end, len(people.persons) + server)
    lines.free[server], lines.turn[server] = end, ends
    if end < calendar.horizon:
        calendar.counts[EVENTS] += 1
    if row.slot:
        return int(one.stage + 1), time, turn
    one.phase = HELD
    if end >= calendar.horizon:
        return STOP, end, turn
    if one.exit_day <= end:
        leave(people, calendar, log, person, one.stage, end, ends)
        return STOP, end, ends
    return int(one.stage + 1), end, ends


@inner
def _wait_in_line(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    server: int,
    joined: float,
) -> tuple[int, float, int]:
    """Wait until a server is free; as :func:`_serve`."""
    one = people.persons[person]
    time, turn = math.inf, 0
    if server != _NONE:
        time, turn = lines.free[server], lines.turn[server] + 1
    if time >= calendar.horizon:
        one.phase, one.when = IN_LINE, joined
        join(lines, one.station, joined, math.inf, turn)
        return STOP, time, turn
    join(lines, one.station, joined, time, turn)
    if one.exit_day > time:
        return _serve(journeys, lines, people, calendar, log, person, server, joined, time, turn)
    link = journeys.stages.link[one.product, one.stage]
    people.wait[person, people.column[link]] += one.exit_day - joined
    leave(people, calendar, log, person, one.stage, time, turn)
    return STOP, time, turn


@inner
def _visit(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    station_choice: Any,
    person: int,
    time: float,
    turn: int,
) -> tuple[int, float, int]:
    """Choose a station and join it; as :func:`_serve`."""
    one = people.persons[person]
    row = journeys.stages[one.product, one.stage]
    first, slots, some = near_stations(
        journeys, lines, row.places, one.region, row.max_km, time, turn
    )
    at = _NONE
    if some and passes(journeys, people, person):
        at = choose(
            lines.station_rule,
            station_choice,
            journeys.near_km[first : first + slots],
            journeys.near_size[first : first + slots],
            lines.load[:slots],
            lines.takes[:slots],
            draw(journeys.streams[_DRAW_STATION], one.state),
        )
    if at < 0 or at >= slots or not lines.takes[at] or journeys.near_place[first + at] == _NONE:
        lose(people, calendar, log, person, row.refused, time, turn)
        return STOP, time, turn
    station = journeys.near_place[first + at]
    one.station = station
    note(calendar, log, time, turn, time, person, _TOLD_JOINED, station)
    server, idle = server_for(lines, station, time, turn)
    if idle:
        return _serve(journeys, lines, people, calendar, log, person, server, time, time, turn)
    most = lines.stations.most_waiting[station]
    if most >= 0 and in_line(lines, station, time, turn) >= most:
        lose(people, calendar, log, person, row.link, time, turn)
        return STOP, time, turn
    return _wait_in_line(journeys, lines, people, calendar, log, person, server, time)


@inner
def happen(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    site_choice: Any,
    station_choice: Any,
    ordering: Any,
    person: int,
    time: float,
    turn: int,
) -> None:
    """A patient's event: where others matter, and on to the next such place."""
    one = people.persons[person]
    stage = int(one.stage)
    here = stage
    if journeys.stages.kind[one.product, stage] == _STATION:
        stage, time, turn = _visit(
            journeys, lines, people, calendar, log, station_choice, person, time, turn
        )
    walk(
        journeys, lines, people, calendar, log, site_choice, ordering, person, stage, time, turn,
        here,
    )  # fmt: skip
