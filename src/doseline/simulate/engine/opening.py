"""The start: arrivals in the calendar, courses under way and listed new starts on lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.calendar import schedule
from doseline.simulate.engine.compiled import Table, compiled
from doseline.simulate.engine.lists import list_order, order_week
from doseline.simulate.engine.world import NOWHERE, Stage

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
    arrives = arrivals.site == NOWHERE
    _place(calendar, np.array(arrivals.t0, dtype=np.float64), arrives)
    ordering = np.argmax(world.journey.kind == Stage.ORDER, axis=1)
    for person in np.flatnonzero(~arrives).tolist():
        people.persons.stage[person] = ordering[arrivals.product[person]]
        week = _first_week(journeys, arrivals, person)
        list_order(people, lines, calendar, person, week)


def _first_week(journeys: Journeys, arrivals: Arrivals, person: int) -> int:
    start = float(arrivals.t0[person])
    if arrivals.given[person] > 0:
        return max(math.floor(start / 7.0), 0)
    if start <= 0.0:
        return 0
    return order_week(journeys.order_by, int(arrivals.product[person]), start, 0)


@compiled
def _place(calendar: Calendar, t0: Table, arrives: Table) -> None:
    """Put the arrivals of those who make the journey in the calendar, the last first."""
    for person in range(len(t0) - 1, -1, -1):
        if arrives[person]:
            schedule(calendar, person, t0[person], -1)
