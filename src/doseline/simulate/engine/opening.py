"""The start: courses under way and listed new starts on lists, and patients as they come."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.simulate.engine.calendar import turn_of
from doseline.simulate.engine.chance import splitmix
from doseline.simulate.engine.compiled import compiled, inner
from doseline.simulate.engine.journey import walk
from doseline.simulate.engine.lists import list_order, open_order, order_week
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.tables import ADMITTED, ARRIVING, EVENTS

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table
    from doseline.simulate.engine.tables import Calendar, Coming, Journeys, Lines, Log, People

_NONE = -1
_UNDER_WAY = int(Fate.UNDER_WAY)


@compiled
def in_order(start: Table, site: Table) -> bool:
    """Whether those without a site come in order of their clock starts."""
    last = -np.inf
    for person in range(len(start)):
        if site[person] < 0:
            if not start[person] >= last:
                return False
            last = start[person]
    return True


@inner
def _write(coming: Coming, people: People, person: int) -> None:
    """Write a patient down."""
    one = people.persons[person]
    one.state, one.exit_day = splitmix(coming.key[person]), coming.exit_day[person]
    one.product, one.region = coming.product[person], coming.region[person]
    one.payer, one.site = coming.payer[person], coming.site[person]
    one.given = coming.given[person]
    one.link, one.station = _NONE, _NONE
    one.stage, one.phase, one.fate = 0, ARRIVING, _UNDER_WAY
    one.fate_day, one.first_day, one.ordered = np.inf, np.inf, False


@inner
def _first_week(journeys: Journeys, product: int, given: int, start: float) -> int:
    """The week of the next dose of a course under way, or of a listed new start."""
    if given > 0:
        return max(math.floor(start / 7.0), 0)
    if start <= 0.0:
        return 0
    return order_week(journeys.order_by, product, start, 0)


@inner
def list_those_with_a_site(
    journeys: Journeys, lines: Lines, coming: Coming, people: People, calendar: Calendar
) -> None:
    """Put who has a site at the start on the list of a week."""
    for person in range(len(coming.site)):
        if coming.site[person] < 0:
            continue
        _write(coming, people, person)
        one = people.persons[person]
        one.stage = journeys.ordering[one.product]
        start = coming.start[person]
        open_order(people, person, start, one.given)
        week = _first_week(journeys, one.product, one.given, start)
        list_order(people, lines, calendar, person, week)


@inner
def admit(
    journeys: Journeys,
    lines: Lines,
    coming: Coming,
    people: People,
    calendar: Calendar,
    log: Log,
    site_choice: Any,
    ordering: Any,
    until: float,
) -> None:
    """Let in who comes before a day, and walk each as far as others do not matter."""
    for person in range(calendar.counts[ADMITTED], len(coming.start)):
        start = coming.start[person]
        if coming.site[person] < 0:
            if coming.in_order and start >= until:
                calendar.counts[ADMITTED] = person
                return
            _write(coming, people, person)
            if start < calendar.horizon:
                calendar.counts[EVENTS] += 1
                walk(
                    journeys, lines, people, calendar, log, site_choice, ordering, person, 0,
                    start, turn_of(person), _NONE,
                )  # fmt: skip
    calendar.counts[ADMITTED] = len(coming.start)
