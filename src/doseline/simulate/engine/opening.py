"""The start: arrivals in the calendar, courses under way and listed new starts on lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.calendar import schedule
from doseline.simulate.engine.compiled import Table, compiled, inner
from doseline.simulate.engine.lists import list_order, order_week
from doseline.simulate.engine.world import Stage

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Journeys, Lines, People
    from doseline.simulate.engine.world import Arrivals, World


def begin(
    world: World,
    arrivals: Arrivals,
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
) -> None:
    """Put every patient where it starts."""
    ordering = np.argmax(world.journey.kind == Stage.ORDER, axis=1)
    start = np.array(arrivals.t0, dtype=np.float64)
    _place(journeys, lines, people, calendar, start, ordering)


@inner
def _first_week(journeys: Journeys, product: int, given: int, start: float) -> int:
    """The week of the next dose of a course under way, or of a listed new start."""
    if given > 0:
        return max(math.floor(start / 7.0), 0)
    if start <= 0.0:
        return 0
    return order_week(journeys.order_by, product, start, 0)


@compiled
def _place(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    start: Table,
    ordering: Table,
) -> None:
    """Arrivals go in the calendar, the last first; those with a site on the list of a week."""
    persons = people.persons
    for person in range(len(start) - 1, -1, -1):
        if persons.site[person] < 0:
            schedule(calendar, person, start[person], -1)
            continue
        product, given = persons.product[person], people.orders.given[person]
        persons.stage[person] = ordering[product]
        week = _first_week(journeys, product, given, start[person])
        list_order(people, lines, calendar, person, week)
