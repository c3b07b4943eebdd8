"""Booking: what the week's doses mean for patients and for the account."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.calendar import note
from doseline.simulate.engine.chance import draw, mix
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.lists import chosen_week, list_order, order_week
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.people import dose_kind, untreated
from doseline.simulate.engine.tables import INFUSIONS, OVER
from doseline.simulate.engine.world import PURPOSES

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
_INFUSED = DOSE_ENDINGS.index("infused")
_RETURNED = DOSE_ENDINGS.index("returned")
_HOLD = DOSE_ENDINGS.index("patient_hold")
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
        person, product = week.row[at], people.persons.product[week.row[at]]
        planned = week.ending[at] != _NONE
        if planned:
            note(calendar, log, week.day[at], person, _ENDED, week.told[at])
            people.orders.open_link[person] = _NONE
            _account_dose(journeys, course, supply, week, account, at, product)
        if week.ending[at] == _INFUSED:
            site, payer = people.persons.site[person], people.persons.payer[person]
            account.served[w, product, dose_kind(people, person)] += 1
            account.infused[site, product, payer] += 1
            day = week.day[at]
            _treat(journeys, lines, people, calendar, course, ordering, person, day, w)
        elif people.persons.phase[person] != OVER:
            _put_off(lines, people, calendar, course, week, at, w)
            if planned and week.told[at] != _RETURNED:
                account.lost_by_link[week.link[at]] += 1
    for at in range(size):
        if week.ending[at] == _NONE:
            note(calendar, log, 7.0 * w, week.row[at], _OWED, week.link[at])


@inner
def _account_dose(
    journeys: Journeys,
    course: Course,
    supply: Supply,
    week: Week,
    account: Account,
    at: int,
    product: int,
) -> None:
    account.endings[product, week.told[at]] += 1
    if week.told[at] == _RETURNED:
        return
    activity, way = account.activity[product], supply.ways[week.way[at]]
    activity[_MADE] += way.ready
    if week.told[at] != _INFUSED:
        activity[_WASTE] += way.ready
        return
    given = way.infuse * (1.0 - course.products.residual[product])
    if draw(journeys.streams[_DRAW_CUT], week.key[at]) < course.products.cut[product]:
        given *= course.products.cut_to[product]
    activity[_TRANSIT] += way.ready - way.arrive
    activity[_WAITING] += way.arrive - way.infuse
    activity[_IN_BODY] += given
    activity[_RESIDUAL] += way.infuse - given


@inner
def _treat(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    course: Course,
    ordering: Any,
    person: int,
    day: float,
    w: int,
) -> None:
    """Book an infusion, and order the next dose if there is one."""
    order, product = people.orders[person], people.persons.product[person]
    infusion = people.infusions[calendar.counts[INFUSIONS]]
    infusion.patient, infusion.day, infusion.since = person, day, order.since
    calendar.counts[INFUSIONS] += 1
    if untreated(people, person):
        people.persons.first_day[person] = day
        people.persons.fate[person] = _TREATED
        people.persons.fate_day[person] = day
        people.wait[person, _ORDERING] += day - order.due - 7.0 * order.waited
    order.last_day = day
    order.doses += 1
    order.attempts, order.waited = 0, 0
    order.in_course += 1
    if order.in_course == 1:
        order.courses += 1
    rules, key = course.products[product], people.persons.key[person]
    goes_on = course.goes_on[product, min(order.in_course, course.goes_on.shape[1]) - 1]
    number = mix(key, np.uint64(order.in_course + (order.course - 1) * _COURSE))
    next_week = _NONE
    if order.in_course < rules.cycles and draw(journeys.streams[_DRAW_NEXT], number) < goes_on:
        order.since = day + rules.interval
        next_week = max(math.floor(order.since / 7.0), w + 1)
    elif order.course == 1 and draw(journeys.streams[_DRAW_AGAIN], key) < rules.again:
        order.course, order.in_course = 2, 0
        order.since = day + rules.again_after
        next_week = order_week(journeys.order_by, product, order.since, w + 1)
    if next_week == _NONE:
        people.persons.phase[person] = OVER
    else:
        site, kind = people.persons.site[person], dose_kind(people, person)
        next_week = chosen_week(journeys, lines, ordering, kind, site, next_week)
        list_order(people, lines, calendar, person, next_week)


@inner
def _put_off(
    lines: Lines, people: People, calendar: Calendar, course: Course, week: Week, at: int, w: int
) -> None:
    """Book a dose that was owed or lost, and order again."""
    person, link, planned = week.row[at], week.link[at], week.ending[at] != _NONE
    order = people.orders[person]
    weeks = 1
    if week.ending[at] == _HOLD:
        weeks = max(course.products.hold_weeks[people.persons.product[person]], 1)
    if untreated(people, person):
        if not (planned and people.persons.exit_day[person] < week.day[at]):
            people.wait[person, link] += 7.0 * weeks
            order.waited += weeks
        if planned and order.lost_link == _NONE:
            order.lost_link, order.lost_day = link, week.day[at]
    if not planned:
        order.open_link = link
    order.attempts += 1
    list_order(people, lines, calendar, person, w + weeks)
