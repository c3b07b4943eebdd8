"""The journey: what happens to a patient who enters a stage, waits, or is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.model.ledger import LINKS
from doseline.simulate.engine.calendar import note, schedule
from doseline.simulate.engine.chance import draw, duration
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.lists import chosen_week, list_order, order_week
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.sites import choose_site
from doseline.simulate.engine.stations import (
    idle_server,
    join,
    near_stations,
    next_in_line,
    release,
    start,
)
from doseline.simulate.engine.tables import (
    APPEALING,
    ARRIVING,
    AUTHORISING,
    DELAYED,
    NEXT_WEEK,
    OVER,
)
from doseline.simulate.engine.world import PURPOSES, Stage

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Journeys, Lines, Log, People

_STOP = -1
_NONE = -1
_END, _REACH, _DELAY = int(Stage.END), int(Stage.REACH), int(Stage.DELAY)
_STATION, _POSITIVE, _SITE = int(Stage.STATION), int(Stage.POSITIVE), int(Stage.SITE)
_CANNOT_PAY, _AUTHORISE = int(Stage.CANNOT_PAY), int(Stage.AUTHORISE)
_LOST, _LEFT, _DONE = int(Fate.LOST), int(Fate.LEFT), int(Fate.DONE)
_NOT_ELIGIBLE = int(Fate.NOT_ELIGIBLE)
_TOLD_LOST, _TOLD_LEFT, _TOLD_DONE = int(Event.LOST), int(Event.LEFT), int(Event.DONE)
_TOLD_NOT_ELIGIBLE, _TOLD_ORDERED = int(Event.NOT_ELIGIBLE), int(Event.ORDERED)
_TOLD_JOINED, _TOLD_CHOSE = int(Event.JOINED), int(Event.CHOSE)
_DENIED_LINK = LINKS.index("authorisation_denied")
_DRAW_POSITIVE = PURPOSES.index("positive")
_DRAW_STATION = PURPOSES.index("scanner")
_DRAW_CANNOT_PAY = PURPOSES.index("cannot pay")
_DRAW_ANSWER = PURPOSES.index("authorisation delay/radius")
_DRAW_DENIED = PURPOSES.index("authorisation denied")
_DRAW_APPEAL = PURPOSES.index("appeal")
_DRAW_APPEAL_DELAY = PURPOSES.index("appeal delay/radius")
_DRAW_WON = PURPOSES.index("appeal won")


@inner
def _finish(people: People, person: int, fate: int, time: float) -> None:
    people.persons.fate[person] = fate
    people.persons.fate_day[person] = time
    people.persons.phase[person] = OVER


@inner
def _lose(
    people: People, calendar: Calendar, log: Log, person: int, link: int, time: float
) -> None:
    _finish(people, person, _LOST, time)
    people.persons.link[person] = link
    note(calendar, log, time, person, _TOLD_LOST, link)


@inner
def leave(people: People, calendar: Calendar, log: Log, person: int, place: int) -> None:
    """A clinical exit, on the day of that exit."""
    time = people.persons.exit_day[person]
    _finish(people, person, _LEFT, time)
    note(calendar, log, time, person, _TOLD_LEFT, place)


@inner
def _passes(journeys: Journeys, people: People, person: int, stage: int) -> bool:
    one = people.persons[person]
    row = journeys.stages[one.product, stage]
    share = row.rural if journeys.rural[one.region] else row.urban
    if row.kind == _POSITIVE:
        return bool(draw(journeys.streams[_DRAW_POSITIVE], one.key) < share)
    return bool(draw(journeys.streams[row.purpose], one.key) < share)


@inner
def _answer(
    journeys: Journeys, people: People, calendar: Calendar, log: Log, person: int, day: int
) -> int:
    """What follows a payer's answer, or that to an appeal; as :func:`_after`."""
    persons = people.persons
    time, stage = calendar.when[person], persons.stage[person]
    key = persons.key[person]
    payer = journeys.payers[persons.payer[person]]
    if persons.phase[person] == AUTHORISING:
        if not draw(journeys.streams[_DRAW_DENIED], key) < payer.denied:
            return int(stage + 1)
        if draw(journeys.streams[_DRAW_APPEAL], key) >= payer.appeals:
            _lose(people, calendar, log, person, _DENIED_LINK, time)
            return _STOP
        length = duration(
            payer.appeal_law,
            payer.appeal_first,
            payer.appeal_second,
            journeys.streams,
            _DRAW_APPEAL_DELAY,
            key,
        )
        people.wait[person, journeys.stages.link[persons.product[person], stage]] += length
        persons.phase[person] = APPEALING
        if length > 0.0:
            schedule(calendar, person, time + length, day)
            return _STOP
    if draw(journeys.streams[_DRAW_WON], key) < payer.won:
        return int(stage + 1)
    _lose(people, calendar, log, person, _DENIED_LINK, time)
    return _STOP


@inner
def _after(
    journeys: Journeys, people: People, calendar: Calendar, log: Log, person: int, day: int
) -> int:
    """What follows a delay that ends: the next stage, or -1 if the patient goes nowhere now."""
    persons = people.persons
    time = calendar.when[person]
    stage = persons.stage[person]
    row = journeys.stages[persons.product[person], stage]
    if persons.exit_day[person] <= time:
        people.wait[person, row.link] -= time - persons.exit_day[person]
        leave(people, calendar, log, person, stage)
        return _STOP
    if persons.phase[person] == DELAYED:
        if _passes(journeys, people, person, stage):
            return int(stage + 1)
        _lose(people, calendar, log, person, row.link, time)
        return _STOP
    return _answer(journeys, people, calendar, log, person, day)


@inner
def _delay(
    journeys: Journeys,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    time: float,
    day: int,
) -> int:
    """Begin a delay or an authorisation; as :func:`_after`."""
    one = people.persons[person]
    row = journeys.stages[one.product, one.stage]
    if row.kind == _DELAY:
        one.phase = DELAYED
        length = duration(
            row.law, row.first, row.second, journeys.streams, row.purpose + 1, one.key
        )
    else:
        one.phase = AUTHORISING
        payer = journeys.payers[one.payer]
        length = duration(
            payer.law, payer.first, payer.second, journeys.streams, _DRAW_ANSWER, one.key
        )
    people.wait[person, row.link] += length
    if length == 0.0:
        calendar.when[person] = time
        return _after(journeys, people, calendar, log, person, day)
    schedule(calendar, person, time + length, day)
    return _STOP


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
    day: int,
) -> int:
    """Choose a station and join it: the next stage, or -1."""
    one = people.persons[person]
    row = journeys.stages[one.product, one.stage]
    first, slots, some = near_stations(journeys, lines, row.places, one.region, row.max_km, time)
    at = _NONE
    if some and _passes(journeys, people, person, one.stage):
        at = station_choice(
            journeys.near_km[first : first + slots],
            journeys.near_size[first : first + slots],
            lines.load[:slots],
            lines.takes[:slots],
            draw(journeys.streams[_DRAW_STATION], one.key),
        )
    if at < 0 or at >= slots or not lines.takes[at] or journeys.near_place[first + at] == _NONE:
        _lose(people, calendar, log, person, row.refused, time)
        return _STOP
    station = journeys.near_place[first + at]
    one.station = station
    note(calendar, log, time, person, _TOLD_JOINED, station)
    server = idle_server(lines, station)
    if server != _NONE:
        goes_on = start(
            journeys, lines, people, calendar, log, person, server, time, time, row.link, day
        )
        return int(one.stage + 1) if goes_on else _STOP
    most = lines.stations.most_waiting[station]
    if most >= 0 and lines.waiting[station] >= most:
        _lose(people, calendar, log, person, row.link, time)
    else:
        join(lines, people, calendar, person, station, time)
    return _STOP


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
) -> int:
    """A stage that takes no time: the next stage, or -1."""
    one = people.persons[person]
    row = journeys.stages[one.product, one.stage]
    if row.kind == _POSITIVE:
        if not _passes(journeys, people, person, one.stage):
            _finish(people, person, _NOT_ELIGIBLE, time)
            note(calendar, log, time, person, _TOLD_NOT_ELIGIBLE, _NONE)
            return _STOP
        return int(one.stage + 1)
    link = _NONE
    if row.kind == _REACH:
        if not journeys.reach[one.product, one.region] or not _passes(
            journeys, people, person, one.stage
        ):
            link = row.link
    elif row.kind == _SITE:
        one.site, link = choose_site(
            journeys, lines, site_choice, one.product, one.payer, one.region, row.max_km, time,
            one.key,
        )  # fmt: skip
        if link == _NONE:
            note(calendar, log, time, person, _TOLD_CHOSE, one.site)
    elif draw(journeys.streams[_DRAW_CANNOT_PAY], one.key) < journeys.payers.cannot_pay[one.payer]:
        link = row.link
    if link != _NONE:
        _lose(people, calendar, log, person, link, time)
        return _STOP
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
) -> None:
    """The journey is over; the first dose is ordered."""
    people.orders.since[person] = time
    people.orders.due[person] = time
    week = order_week(
        journeys.order_by, people.persons.product[person], time, calendar.counts[NEXT_WEEK]
    )
    week = chosen_week(journeys, lines, ordering, 0, people.persons.site[person], week)
    if list_order(people, lines, calendar, person, week):
        note(calendar, log, time, person, _TOLD_ORDERED, week)


@inner
def enter(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    site_choice: Any,
    station_choice: Any,
    ordering: Any,
    person: int,
    stage: int,
    time: float,
    day: int,
) -> None:
    """Walk a patient from a stage on, as far as no time passes."""
    while stage != _STOP:
        people.persons.stage[person] = stage
        if people.persons.exit_day[person] <= time:
            leave(people, calendar, log, person, stage)
            return
        kind = journeys.stages.kind[people.persons.product[person], stage]
        if kind in (_DELAY, _AUTHORISE):
            stage = _delay(journeys, people, calendar, log, person, time, day)
        elif kind == _STATION:
            stage = _visit(
                journeys, lines, people, calendar, log, station_choice, person, time, day
            )
        elif kind in (_REACH, _POSITIVE, _SITE, _CANNOT_PAY):
            stage = _gate(journeys, lines, people, calendar, log, site_choice, person, time)
        elif kind == _END:
            _finish(people, person, _DONE, time)
            note(calendar, log, time, person, _TOLD_DONE, _NONE)
            return
        else:
            _order(journeys, lines, people, calendar, log, ordering, person, time)
            return


@inner
def called(
    journeys: Journeys,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    day: int,
) -> int:
    """A patient's own event: the stage to enter, or -1."""
    if people.persons.phase[person] == ARRIVING:
        return 0
    return _after(journeys, people, calendar, log, person, day)


@inner
def freed_patient(lines: Lines, people: People, calendar: Calendar, log: Log, server: int) -> int:
    """The patient whose service ends and who lives, or -1."""
    person = lines.held[server]
    if person != _NONE:
        lines.held[server] = _NONE
        persons = people.persons
        if persons.exit_day[person] <= calendar.when[len(persons) + server]:
            leave(people, calendar, log, person, persons.stage[person])
            return _NONE
    return int(person)


@inner
def take_next(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    server: int,
    time: float,
    day: int,
) -> int:
    """Call the next of the line: the patient if it goes on at once, or -1."""
    persons = people.persons
    while True:
        person = next_in_line(lines, calendar, lines.station_of[server])
        if person == _NONE:
            release(lines, server)
            return _NONE
        joined = calendar.when[person]
        stage = persons.stage[person]
        link = journeys.stages.link[persons.product[person], stage]
        exit_day = persons.exit_day[person]
        if exit_day <= time:
            people.wait[person, link] += exit_day - joined
            leave(people, calendar, log, person, stage)
            continue
        goes_on = start(
            journeys, lines, people, calendar, log, person, server, joined, time, link, day
        )
        return int(person) if goes_on else _NONE
