"""A week's orders: who asks for a dose, in which sequence, and what each gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS
from doseline.simulate.engine.allotment import allot
from doseline.simulate.engine.booking import book
from doseline.simulate.engine.chance import draw, mix
from doseline.simulate.engine.compiled import Table, allocating, inner
from doseline.simulate.engine.journey import leave
from doseline.simulate.engine.memory import LINE, fetch
from doseline.simulate.engine.people import dose_kind, untreated
from doseline.simulate.engine.settling import end_runs, settle, swap
from doseline.simulate.engine.tables import EVENTS, IN_LINES, NEXT_WEEK, UNLISTED
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
_WITHDRAWN = DOSE_ENDINGS.index("withdrawn")
_PRIORITY = PURPOSES.index("priority")
_COURSE, _DOSE = 1_000_000, 1_000


@allocating
def _sort(rows: Table, size: int) -> None:
    rows[:size] = np.sort(rows[:size])


@inner
def _collect(
    people: People,
    lines: Lines,
    calendar: Calendar,
    account: Account,
    log: Log,
    week: Week,
    w: int,
) -> int:
    """Take a week's list: those who remain, by row; how many."""
    size, person = 0, calendar.week_head[w]
    while person != _NONE:
        week.scratch[size] = person
        size += 1
        fetch(people.orders, person, 0)
        fetch(people.wait, person, LINE)
        lines.site_load[people.persons.site[person]] -= 1.0
        person = calendar.following[person]
    kept = 0
    _sort(week.scratch, size)
    for at in range(size):
        person = week.scratch[at]
        persons, orders = people.persons, people.orders
        if persons.exit_day[person] <= 7.0 * w and untreated(people, person):
            leave(people, calendar, log, person, _NONE)
            if orders.open_link[person] != _NONE:
                orders.open_link[person] = _NONE
                account.endings[persons.product[person], _WITHDRAWN] += 1
            continue
        week.scratch[kept] = person
        kept += 1
        account.demand[w, persons.product[person], dose_kind(people, person)] += 1
        persons.phase[person] = UNLISTED
    return kept


@allocating
def _by_since(ranked: Table, since: Table, begin: int, end: int) -> None:
    """Put orders of one score in the sequence of their waiting."""
    equal, waits = np.empty(end - begin, np.int64), np.empty(end - begin)
    for at in range(begin, end):
        equal[at - begin] = ranked[at]
        waits[at - begin] = since[ranked[at]]
    turn = np.argsort(waits, kind="mergesort")
    for at in range(begin, end):
        ranked[at] = equal[turn[at - begin]]


@allocating
def _rank(journeys: Journeys, people: People, priority: Any, week: Week, size: int, w: int) -> None:
    """Put the orders in their sequence: by score, then who waits longest, then by row.

    A score that is no number is that of an order that must wait.
    """
    scores, since, keys = np.empty(size), np.empty(size), np.empty(size, np.uint64)
    for at in range(size):
        person = week.scratch[at]
        order = people.orders[person]
        number = (order.course - 1) * _COURSE + order.in_course * _DOSE + order.attempts
        keys[at] = mix(people.persons.key[person], np.uint64(number))
        since[at] = order.since
        lot = draw(journeys.streams[_PRIORITY], keys[at])
        kind = 0 if order.in_course == 0 else 1
        score = priority(kind, 7.0 * w - order.since, order.attempts, w, lot)
        scores[at] = np.inf if np.isnan(score) else score
    ranked = np.argsort(scores, kind="mergesort")
    begin = 0
    for end in range(1, size + 1):
        if end == size or scores[ranked[end]] != scores[ranked[begin]]:
            if end - begin > 1:
                _by_since(ranked, since, begin, end)
            begin = end
    for at in range(size):
        week.row[at] = week.scratch[ranked[at]]
        week.key[at] = keys[ranked[at]]
        week.score[at] = scores[ranked[at]]


@inner
def _clear(week: Week, size: int) -> None:
    week.used[:] = 0.0
    week.infused[:] = 0.0
    week.drawn[:] = 0.0
    week.drawn_by[:] = 0.0
    week.refused[:] = False
    week.freed[:] = _NONE
    for run in range(len(week.runs)):
        week.runs.made[run] = 0
        week.runs.made_new[run] = 0
        week.runs.activity[run] = 0.0
        week.runs.since[run] = np.inf
        week.runs.fate[run] = 0
    week.way[:size] = _NONE
    week.ending[:size] = _NONE
    week.told[:size] = _NONE
    week.link[:size] = _NONE


@inner
def share_out(
    journeys: Journeys,
    lines: Lines,
    people: People,
    calendar: Calendar,
    log: Log,
    course: Course,
    supply: Supply,
    week: Week,
    account: Account,
    priority: Any,
    ordering: Any,
    batch: Any,
    w: int,
) -> None:
    """The doses of week ``w``, from its orders to their ends."""
    account.waiting[w] = calendar.counts[IN_LINES]
    calendar.counts[NEXT_WEEK] = w + 1
    size = _collect(people, lines, calendar, account, log, week, w)
    calendar.counts[EVENTS] += size
    _clear(week, size)
    _rank(journeys, people, priority, week, size, w)
    allot(journeys, people, calendar, log, course, supply, week, size, w)
    end_runs(journeys, supply, week, account, batch, size, w)
    settle(journeys, people, calendar, log, course, supply, week, size, w)
    if course.swap:
        swap(people, supply, week, size, w)
    book(journeys, lines, people, calendar, log, course, supply, week, account, ordering, size, w)
