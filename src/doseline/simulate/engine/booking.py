"""Booking: what the week's doses mean for patients and for the account."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.calendar import WEEKLY, note
from doseline.simulate.engine.chance import draw, mix
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.lists import chosen_week, list_order, order_week
from doseline.simulate.engine.memory import AHEAD, LINE, fetch
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.people import dose_kind
from doseline.simulate.engine.tables import INFUSIONS, OVER
from doseline.simulate.engine.world import PURPOSES

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table
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
_INFUSED = DOSE_ENDINGS.index("infused")
_INFUSED_LATE = DOSE_ENDINGS.index("infused_late")
_RETURNED = DOSE_ENDINGS.index("returned")
_HOLD = DOSE_ENDINGS.index("patient_hold")
_WITHDRAWN = DOSE_ENDINGS.index("withdrawn")
_ORDERING = LINKS.index("ordering_rules")
_TREATED = int(Fate.TREATED)
_ENDED, _OWED = int(Event.ENDED), int(Event.OWED)
_DRAW_CUT = PURPOSES.index("cut")
_DRAW_NEXT = PURPOSES.index("next cycle")
_DRAW_AGAIN = PURPOSES.index("retreatment")
_COURSE = 1_000
_MADE, _TRANSIT, _WAITING, _IN_BODY, _RESIDUAL, _WASTE = range(6)


@inner
def book(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    course: Course,
    supply: Supply,
    week: Week,
    account: Account,
    ordering: Any,
    size: int,
    w: int,
) -> None:
    """Book each order of week ``w``, and put who orders again on a list."""
    for at in range(size):
        soon = week.orders.person[min(at + AHEAD, size - 1)]
        fetch(people.persons, soon, 0)
        fetch(people.orders, soon, 0)
        fetch(people.wait, soon, LINE)
        order = week.orders[at]
        person, product = order.person, order.product
        planned = order.ending != _NONE
        if planned:
            note(calendar, log, 7.0 * w, WEEKLY, order.day, person, _ENDED, order.told)
            people.orders.open_link[person] = _NONE
            _account_dose(journeys, course, supply, account, order)
        if order.ending in (_INFUSED, _INFUSED_LATE):
            account.served[w, product, order.kind] += 1
            account.infused[order.site, product, people.persons.payer[person]] += 1
            _treat(journeys, lines, people, calendar, course, ordering, order, w)
        elif order.ending != _WITHDRAWN:
            _put_off(lines, people, calendar, course, order, w)
            if planned and order.told != _RETURNED:
                account.lost_by_link[order.link] += 1
    for at in range(size if log.wanted else 0):
        order = week.orders[at]
        if order.ending == _NONE:
            note(calendar, log, 7.0 * w, WEEKLY, 7.0 * w, order.person, _OWED, order.link)


@inner
def _account_dose(
    journeys: Journeys, course: Course, supply: Supply, account: Account, order: Table
) -> None:
    account.endings[order.product, order.told] += 1
    if order.told == _RETURNED:
        return
    activity, way = account.activity[order.product], supply.ways[order.way]
    activity[_MADE] += way.ready
    if order.told not in (_INFUSED, _INFUSED_LATE):
        activity[_WASTE] += way.ready
        return
    rules = course.products[order.product]
    # A dose that comes late is infused on arrival.
    infused = way.late if order.late else way.infuse
    arrived = infused if order.late else way.arrive
    given = infused * (1.0 - rules.residual)
    if draw(journeys.streams[_DRAW_CUT], order.state) < rules.cut:
        given *= rules.cut_to
    activity[_TRANSIT] += way.ready - arrived
    activity[_WAITING] += arrived - infused
    activity[_IN_BODY] += given
    activity[_RESIDUAL] += infused - given


@inner
def _treat(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    course: Course,
    ordering: Any,
    asked: Table,
    w: int,
) -> None:
    """Book an infusion, and order the next dose if there is one."""
    person, day, product = asked.person, asked.day, asked.product
    one, order = people.persons[person], people.orders[person]
    infused, at = people.infusions, calendar.counts[INFUSIONS]
    infused.patient[at], infused.day[at], infused.since[at] = person, day, order.since
    calendar.counts[INFUSIONS] = at + 1
    if asked.untreated:
        one.first_day, one.fate, one.fate_day = day, _TREATED, day
        people.wait[person, people.column[_ORDERING]] += day - order.due - 7.0 * order.waited
    order.last_day = day
    order.doses += 1
    order.attempts, order.waited = 0, 0
    order.in_course += 1
    if order.in_course == 1:
        order.courses += 1
    rules = course.products[product]
    goes_on = course.goes_on[product, min(order.in_course, course.goes_on.shape[1]) - 1]
    state = mix(one.state, np.uint64(order.in_course + (order.course - 1) * _COURSE))
    next_week = _NONE
    if order.in_course < rules.cycles and draw(journeys.streams[_DRAW_NEXT], state) < goes_on:
        order.since = day + rules.interval
        next_week = max(math.floor(order.since / 7.0), w + 1)
    elif order.course == 1 and draw(journeys.streams[_DRAW_AGAIN], one.state) < rules.again:
        order.course, order.in_course = 2, 0
        order.since = day + rules.again_after
        next_week = order_week(journeys.order_by, product, order.since, w + 1)
    if next_week == _NONE:
        one.phase = OVER
        return
    kind = dose_kind(people, person)
    next_week = chosen_week(journeys, lines, ordering, kind, one.site, next_week)
    list_order(people, lines, calendar, person, next_week)


@inner
def _put_off(
    lines: Lines, people: People, calendar: Calendar, course: Course, asked: Table, w: int
) -> None:
    """Book a dose that was owed or lost, and order again."""
    planned = asked.ending != _NONE
    order = people.orders[asked.person]
    weeks = 1
    if asked.ending == _HOLD:
        weeks = max(course.products.hold_weeks[asked.product], 1)
    if asked.untreated:
        if not (planned and asked.exit_day < asked.day):
            people.wait[asked.person, people.column[asked.link]] += 7.0 * weeks
            order.waited += weeks
        if planned and order.lost_link == _NONE:
            order.lost_link, order.lost_day = asked.link, asked.day
    if not planned:
        order.open_link = asked.link
    order.attempts += 1
    list_order(people, lines, calendar, asked.person, w + weeks)
