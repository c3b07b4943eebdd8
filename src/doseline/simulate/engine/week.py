"""A week's orders: who asks for a dose, in which sequence, and what each gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS
from doseline.simulate.engine.allotment import allot
from doseline.simulate.engine.bags import CHUNK, empty, size_of
from doseline.simulate.engine.booking import book
from doseline.simulate.engine.chance import draw, mix
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
def _ask(
    journeys: Journeys,
    people: People,
    course: Course,
    priority: Any,
    week: Week,
    row: int,
    person: int,
    w: int,
) -> None:
    """Write down what a patient asks for. A score that is no number must wait."""
    one, order, asked = people.persons[person], people.orders[person], week.fresh[row]
    which = (order.course - 1) * _COURSE + order.in_course * _DOSE + order.attempts
    asked.state = mix(one.state, np.uint64(which))
    asked.kind = dose_kind(people, person)
    asked.since = order.since
    lot = draw(journeys.streams[_PRIORITY], asked.state)
    waited = 7.0 * w - order.since
    number = score(course.priority, priority, asked.kind, waited, order.attempts, w, lot)
    asked.score = np.inf if np.isnan(number) else number
    asked.untreated = untreated(people, person)
    asked.exit_day = one.exit_day if asked.untreated else np.inf
    asked.person, asked.site, asked.product = person, one.site, one.product
    asked.day = 0.0
    asked.way, asked.freed_next = _NONE, _NONE
    asked.link, asked.ending, asked.told = _NONE, _NONE, _NONE


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
        _ask(journeys, people, course, priority, week, kept, person, w)
        account.demand[w, one.product, week.fresh.kind[kept]] += 1
        one.phase = UNLISTED
        kept += 1
    return kept


@inner
def _rank(week: Week, size: int) -> None:
    """Put the orders in their sequence."""
    for at in range(size):
        turn, order = week.turns[at], week.fresh[at]
        turn.score, turn.since, turn.person, turn.row = order.score, order.since, order.person, at
    again = put_in_sequence(week.turns, week.turns_again, size)
    for at in range(size):
        row = week.turns_again.row[at] if again else week.turns.row[at]
        week.orders[at] = week.fresh[row]


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
    _rank(week, size)
    allot(journeys, calendar, log, course, supply, week, size, w)
    end_runs(journeys, supply, week, account, batch, size, w)
    settle(journeys, people, calendar, log, course, supply, week, size, w)
    if course.swap:
        swap(supply, week, size, w)
    book(journeys, lines, people, calendar, log, course, supply, week, account, ordering, size, w)
