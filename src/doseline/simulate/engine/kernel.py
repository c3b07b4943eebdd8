"""The kernel: day by day, the week's doses first, then the events of the day in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.simulate.engine.calendar import open_day, pop
from doseline.simulate.engine.compiled import compiled, inner
from doseline.simulate.engine.journey import called, enter, freed_patient, take_next
from doseline.simulate.engine.memory import LINE, fetch
from doseline.simulate.engine.tables import EVENTS, HEAP
from doseline.simulate.engine.week import share_out

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import (
        Account,
        Calendar,
        Course,
        Journeys,
        Lines,
        Log,
        People,
        Supply,
        Week,
    )

_NONE = -1


@inner
def _fetch_day(people: People, calendar: Calendar) -> None:
    """Ask for the rows of the day's patients ahead of their events."""
    count = len(people.persons)
    for at in range(calendar.counts[HEAP]):
        entity = calendar.heap_entity[at]
        if entity < count:
            fetch(people.persons, entity, 0)
            fetch(people.wait, entity, 0)
            fetch(people.wait, entity, LINE)


@compiled
def run(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    course: Course,
    supply: Supply,
    week: Week,
    account: Account,
    site_choice: Any,
    station_choice: Any,
    priority: Any,
    ordering: Any,
    batch: Any,
) -> None:
    """Run the calendar from its first day to its last."""
    count = len(people.persons)
    for day in range(len(calendar.day_head)):
        if day > 0 and (day - 1) % 7 == 0:
            share_out(
                journeys, lines, people, calendar, log, course, supply, week, account, priority,
                ordering, batch, (day - 1) // 7,
            )  # fmt: skip
        open_day(calendar, day)
        _fetch_day(people, calendar)
        while calendar.counts[HEAP] > 0:
            entity = pop(calendar)
            time = calendar.when[entity]
            calendar.counts[EVENTS] += 1
            if entity < count:
                person = entity
                stage = called(journeys, people, calendar, log, person, day)
            else:
                person = freed_patient(lines, people, calendar, log, entity - count)
                stage = people.persons.stage[person] + 1
            # A server calls the next patient once the one it held has gone on.
            for turn in range(2):
                if person >= 0 and stage >= 0:
                    enter(
                        journeys, lines, people, calendar, log, site_choice, station_choice,
                        ordering, person, stage, time, day,
                    )  # fmt: skip
                if turn == 1 or entity < count:
                    break
                person = take_next(
                    journeys, lines, people, calendar, log, entity - count, time, day
                )
                stage = people.persons.stage[person] + 1
