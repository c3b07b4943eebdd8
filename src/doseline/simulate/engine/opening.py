"""The start: arrivals in the calendar, courses under way and listed new starts on lists."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.calendar import schedule
from doseline.simulate.engine.compiled import Table, compiled, inner
from doseline.simulate.engine.layout import lent
from doseline.simulate.engine.lists import list_order, order_week
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.tables import ARRIVING
from doseline.simulate.engine.world import NOWHERE, Stage

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Journeys, Lines, People
    from doseline.simulate.engine.world import Arrivals, World

_UNDER_WAY = int(Fate.UNDER_WAY)


def begin(
    world: World,
    arrivals: Arrivals,
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
) -> None:
    """Write every patient down, and put each where it starts."""
    _place(
        journeys,
        lines,
        people,
        calendar,
        np.argmax(world.journey.kind == Stage.ORDER, axis=1),
        lent(arrivals.key, np.uint64),
        lent(arrivals.t0, np.float64),
        lent(arrivals.exit_day, np.float64),
        lent(arrivals.product, np.int64),
        lent(arrivals.region, np.int64),
        lent(arrivals.payer, np.int64),
        lent(arrivals.site, np.int64),
        lent(arrivals.given, np.int64),
    )


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
    ordering: Table,
    key: Table,
    start: Table,
    exit_day: Table,
    product: Table,
    region: Table,
    payer: Table,
    site: Table,
    given: Table,
) -> None:
    """Arrivals go in the calendar, the last first; those with a site on the list of a week."""
    for person in range(len(start) - 1, -1, -1):
        one = people.persons[person]
        one.key, one.exit_day = key[person], exit_day[person]
        one.product, one.region = product[person], region[person]
        one.payer, one.site = payer[person], site[person]
        one.link, one.station = NOWHERE, NOWHERE
        one.stage, one.phase, one.fate = 0, ARRIVING, _UNDER_WAY
        one.fate_day, one.first_day = np.inf, np.inf
        one.given = given[person]
        _open_order(people.orders[person], start[person], given[person])
        if site[person] < 0:
            schedule(calendar, person, start[person], -1)
            continue
        one.stage = ordering[product[person]]
        week = _first_week(journeys, product[person], given[person], start[person])
        list_order(people, lines, calendar, person, week)


@inner
def _open_order(order: Table, start: float, given: int) -> None:
    order.since, order.due = start, start
    order.last_day, order.lost_day = np.inf, np.inf
    order.lost_link, order.open_link = NOWHERE, NOWHERE
    order.in_course, order.course = given, 1
    order.attempts, order.waited, order.doses, order.courses = 0, 0, 0, 0
