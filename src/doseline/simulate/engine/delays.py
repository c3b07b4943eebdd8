"""Stages in which time passes for a patient alone: delays, and a payer's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.model.ledger import LINKS
from doseline.simulate.engine.calendar import turn_after
from doseline.simulate.engine.chance import draw, duration
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.ends import leave, lose
from doseline.simulate.engine.tables import APPEALING, AUTHORISING, DELAYED, EVENTS
from doseline.simulate.engine.world import PURPOSES, Stage

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Journeys, Log, People

STOP = -1
"""Stage of a patient who goes nowhere now."""
_DELAY, _POSITIVE = int(Stage.DELAY), int(Stage.POSITIVE)
_DENIED_LINK = LINKS.index("authorisation_denied")
_DRAW_POSITIVE = PURPOSES.index("positive")
_DRAW_ANSWER = PURPOSES.index("authorisation delay/radius")
_DRAW_DENIED = PURPOSES.index("authorisation denied")
_DRAW_APPEAL = PURPOSES.index("appeal")
_DRAW_APPEAL_DELAY = PURPOSES.index("appeal delay/radius")
_DRAW_WON = PURPOSES.index("appeal won")


@inner
def passes(journeys: Journeys, people: People, person: int) -> bool:
    """Whether a patient passes the stage."""
    one = people.persons[person]
    row = journeys.stages[one.product, one.stage]
    share = row.rural if journeys.rural[one.region] else row.urban
    if share >= 1.0:
        return True
    stream = _DRAW_POSITIVE if row.kind == _POSITIVE else row.purpose
    return bool(draw(journeys.streams[stream], one.state) < share)


@inner
def _wait(
    journeys: Journeys,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    length: float,
    phase: int,
    time: float,
    turn: int,
) -> tuple[bool, float, int]:
    """Let time pass; whether the patient is still there at its end, then, and in whose turn."""
    one = people.persons[person]
    column = people.column[journeys.stages[one.product, one.stage].link]
    people.wait[person, column] += length
    one.phase = phase
    end = time + length
    one.when = end
    if length > 0.0:
        turn = turn_after(time, turn, end, person)
        if end >= calendar.horizon:
            return False, end, turn
        calendar.counts[EVENTS] += 1
    if one.exit_day <= end:
        people.wait[person, column] -= end - one.exit_day
        leave(people, calendar, log, person, one.stage, end, turn)
        return False, end, turn
    return True, end, turn


@inner
def delay(
    journeys: Journeys,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    time: float,
    turn: int,
) -> tuple[int, float, int]:
    """A delay: the next stage or STOP, its time, and in whose turn."""
    one = people.persons[person]
    row = journeys.stages[one.product, one.stage]
    length = duration(row.law, row.first, row.second, journeys.streams, row.purpose + 1, one.state)
    there, time, turn = _wait(journeys, people, calendar, log, person, length, DELAYED, time, turn)
    if not there:
        return STOP, time, turn
    if passes(journeys, people, person):
        return int(one.stage + 1), time, turn
    lose(people, calendar, log, person, row.link, time, turn)
    return STOP, time, turn


@inner
def authorise(
    journeys: Journeys,
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    time: float,
    turn: int,
) -> tuple[int, float, int]:
    """A payer's answer, and that to an appeal; as :func:`delay`."""
    one = people.persons[person]
    payer = journeys.payers[one.payer]
    streams, state = journeys.streams, one.state
    length = duration(payer.law, payer.first, payer.second, streams, _DRAW_ANSWER, state)
    there, time, turn = _wait(
        journeys, people, calendar, log, person, length, AUTHORISING, time, turn
    )
    if not there:
        return STOP, time, turn
    if not draw(streams[_DRAW_DENIED], state) < payer.denied:
        return int(one.stage + 1), time, turn
    if draw(streams[_DRAW_APPEAL], state) < payer.appeals:
        length = duration(
            payer.appeal_law,
            payer.appeal_first,
            payer.appeal_second,
            streams,
            _DRAW_APPEAL_DELAY,
            state,
        )
        there, time, turn = _wait(
            journeys, people, calendar, log, person, length, APPEALING, time, turn
        )
        if not there:
            return STOP, time, turn
        if draw(streams[_DRAW_WON], state) < payer.won:
            return int(one.stage + 1), time, turn
    lose(people, calendar, log, person, _DENIED_LINK, time, turn)
    return STOP, time, turn
