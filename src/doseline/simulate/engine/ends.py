"""How a patient's journey ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.simulate.engine.calendar import note
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.tables import OVER

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Log, People

_LOST, _LEFT = int(Fate.LOST), int(Fate.LEFT)
_TOLD_LOST, _TOLD_LEFT = int(Event.LOST), int(Event.LEFT)


@inner
def finish(people: People, person: int, fate: int, time: float) -> None:
    """End a journey with a fate."""
    people.persons.fate[person] = fate
    people.persons.fate_day[person] = time
    people.persons.phase[person] = OVER


@inner
def lose(
    people: People, calendar: Calendar, log: Log, person: int, link: int, time: float, turn: int
) -> None:
    """A gate stops the patient."""
    finish(people, person, _LOST, time)
    people.persons.link[person] = link
    note(calendar, log, time, turn, time, person, _TOLD_LOST, link)


@inner
def leave(
    people: People,
    calendar: Calendar,
    log: Log,
    person: int,
    place: int,
    moment: float,
    turn: int,
) -> None:
    """A clinical exit, on the day of that exit, seen at a later moment."""
    time = people.persons.exit_day[person]
    finish(people, person, _LEFT, time)
    note(calendar, log, moment, turn, time, person, _TOLD_LEFT, place)
