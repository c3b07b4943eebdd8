"""A week's orders: who asks for a dose, in which sequence, and what each gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS
from doseline.simulate.engine.allotment import allot
from doseline.simulate.engine.bags import CHUNK, empty, size_of
from doseline.simulate.engine.booking import book
from doseline.simulate.engine.chance import mix
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.ends import leave
from doseline.simulate.engine.memory import AHEAD, fetch
from doseline.simulate.engine.people import dose_kind, untreated
from doseline.simulate.engine.ranking import put_in_sequence
from doseline.simulate.engine.rules import score
from doseline.simulate.engine.settling import end_runs, settle, swap
from doseline.simulate.engine.tables import EVENTS, UNLISTED
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
_WITHDRAWN = DOSE_ENDINGS.index("withdrawn")
_PRIORITY = PURPOSES.index("priority")
_COURSE, _DOSE = 1_000_000, 1_000
_BY_ROW = -(2**40)
"""Turn of the first patient among those who leave a list before the week's doses are shared."""


@inner
def _take_list(people: People, lines: Lines, calendar: Calendar, week: Week, w: int) -> int:
    """Empty a week's list; how many were on it."""
    size, bag = 0, calendar.weeks
    chunk = bag.places.first[w]
    while chunk != _NONE:
        for at in range(chunk * CHUNK, chunk * CHUNK + size_of(bag, w, chunk)):
            week.scratch[size] = bag.entries.person[at]
            size += 1
        chunk = bag.following[chunk]
    empty(bag, w)
    if not lines.alone:
        for at in range(size):
            lines.site_load[people.persons.site[week.scratch[at]]] -= 1.0
    return size


@inner
def _take_turn(
    journeys: Journeys,
    people: People,
    course: Course,
    priority: Any,
    turn: Table,
    person: int,
    w: int,
) -> None:
    """Say when a patient's turn comes. A score that is no number must wait."""
    order = people.orders[person]
    which = (order.course - 1) * _COURSE + order.in_course * _DOSE + order.attempts
    turn.state = mix(people.persons.state[person], np.uint64(which))
    turn.since, turn.person = order.since, person
    waited, kind = 7.0 * w - order.since, dose_kind(people, person)
    lots, attempts = journeys.streams[_PRIORITY], order.attempts
    number = score(course.priority, priority, kind, waited, attempts, w, lots, turn.state)
    turn.score = np.inf if np.isnan(number) else number


@inner
def _collect(
    journeys: Journeys,
    people: People,
    lines: Lines,
    calendar: Calendar,
    account: Account,
    log: Log,
    course: Course,
    priority: Any,
    week: Week,
    w: int,
) -> int:
    """Take a week's list: the orders of those who remain; how many."""
    kept, size = 0, _take_list(people, lines, calendar, week, w)
    for at in range(size):
        person = week.scratch[at]
        soon = week.scratch[min(at + AHEAD, size - 1)]
        fetch(people.persons, soon, 0)
        fetch(people.orders, soon, 0)
        one, order = people.persons[person], people.orders[person]
        if one.exit_day <= 7.0 * w and untreated(people, person):
            leave(people, calendar, log, person, _NONE, 7.0 * w, _BY_ROW + int(np.int64(person)))
            if order.open_link != _NONE:
                order.open_link = _NONE
                account.endings[one.product, _WITHDRAWN] += 1
            continue
        _take_turn(journeys, people, course, priority, week.turns[kept], person, w)
        order.asked = kept
        account.demand[w, one.product, dose_kind(people, person)] += 1
        one.phase = UNLISTED
        kept += 1
    return kept


@inner
def _ask(people: People, turn: Table, asked: Table) -> None:
    """Write down what a patient asks for."""
    person = turn.person
    one = people.persons[person]
    asked.state, asked.score, asked.since = turn.state, turn.score, turn.since
    asked.person, asked.site, asked.product = person, one.site, one.product
    asked.kind, asked.untreated = dose_kind(people, person), untreated(people, person)
    asked.exit_day = one.exit_day if asked.untreated else np.inf
    asked.day, asked.late = 0.0, False
    asked.way, asked.freed_next = _NONE, _NONE
    asked.link, asked.ending, asked.told = _NONE, _NONE, _NONE


@inner
def _rank(people: People, week: Week, size: int) -> None:
    """Write the orders down in their sequence."""
    again = put_in_sequence(people, week, size)
    for at in range(size):
        soon = min(at + AHEAD, size - 1)
        person = week.turns_again.person[soon] if again else week.turns.person[soon]
        fetch(people.persons, person, 0)
        fetch(people.orders, person, 0)
        _ask(people, week.turns_again[at] if again else week.turns[at], week.orders[at])


@inner
def _clear(week: Week) -> None:
    week.used[:] = 0.0
    week.infused[:] = 0.0
    week.drawn[:] = 0.0
    week.drawn_by[:] = 0.0
    week.refused[:] = False
    week.freed[:] = _NONE
    for run in range(len(week.runs)):
        one = week.runs[run]
        one.made, one.made_new, one.fate = 0, 0, 0
        one.activity, one.since = 0.0, np.inf


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
    size = _collect(journeys, people, lines, calendar, account, log, course, priority, week, w)
    calendar.counts[EVENTS] += size
    _clear(week)
    _rank(people, week, size)
    allot(journeys, calendar, log, course, supply, week, size, w)
    end_runs(journeys, supply, week, account, batch, size, w)
    settle(journeys, people, calendar, log, course, supply, week, size, w)
    if course.swap:
        swap(supply, week, size, w)
    book(journeys, lines, people, calendar, log, course, supply, week, account, ordering, size, w)
