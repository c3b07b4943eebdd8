"""Lists of orders: who orders a dose of which week."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.simulate.engine.bags import put
from doseline.simulate.engine.compiled import Table, inner
from doseline.simulate.engine.tables import LISTED, UNLISTED

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Calendar, Journeys, Lines, People

_NONE = -1
WEEKS_AHEAD = 8
"""Weeks among which a new dose's order is put, from the first on."""


@inner
def order_week(order_by: Table, product: int, time: float, earliest: int) -> int:
    """The first week whose doses can still be ordered; the number of weeks or more if none.

    Args:
        order_by: Last day on which the doses of a week can be ordered, never falling. [d]
        product: The product.
        time: When the order is made. [d]
        earliest: First week that was not shared out at that time.
    """
    week = max(earliest, math.ceil(time / 7.0), 0)
    while week < order_by.shape[1] and order_by[product, week] < time:
        week += 1
    return week


@inner
def chosen_week(
    journeys: Journeys, lines: Lines, ordering: Any, kind: int, site: int, earliest: int
) -> int:
    """The week for which a new dose is ordered, from the earliest on."""
    # The lists of a site end with weeks beyond the horizon, which stay empty; there are none where
    # every order is for the first week.
    if earliest + WEEKS_AHEAD > lines.listed.shape[1]:
        return earliest
    listed = lines.listed[site, earliest : earliest + WEEKS_AHEAD]
    later = ordering(kind, listed, journeys.site_size[site])
    return earliest + int(min(max(later, 0), WEEKS_AHEAD - 1))


@inner
def list_order(people: People, lines: Lines, calendar: Calendar, person: int, week: int) -> bool:
    """Put a patient on the list of a week; false if that week is beyond the horizon."""
    if week >= len(calendar.weeks.places):
        people.persons.phase[person] = UNLISTED
        return False
    people.persons.phase[person] = LISTED
    put(calendar.weeks, week, 0.0, 0, person)
    if lines.alone:
        return True
    site = people.persons.site[person]
    lines.site_load[site] += 1.0
    if lines.listed.shape[1] > 0:
        lines.listed[site, week] += 1.0
    return True


@inner
def open_order(people: People, person: int, time: float, given: int) -> None:
    """Begin a patient's row of orders: the first dose is wanted from a day on."""
    order = people.orders[person]
    order.since, order.due = time, time
    order.last_day, order.lost_day = np.inf, np.inf
    order.lost_link, order.open_link = _NONE, _NONE
    order.in_course, order.course = given, 1
    order.attempts, order.waited, order.doses, order.courses = 0, 0, 0, 0
    people.persons.ordered[person] = True
