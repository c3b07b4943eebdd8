"""Allotment: each order in turn takes the first way that has room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import LINKS
from doseline.simulate.engine.calendar import WEEKLY, note
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.outcome import Event

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table
    from doseline.simulate.engine.tables import (
        Calendar,
        Course,
        Journeys,
        Log,
        Supply,
        Week,
    )

_NONE = -1
_TOO_MUCH = 1e-9
_NO_ISOTOPE = LINKS.index("no_isotope")
_NO_CAPACITY = LINKS.index("no_batch_capacity")
_GIVEN = int(Event.GIVEN)


@inner
def _cap_in_the_way(
    course: Course, supply: Supply, week: Week, site: int, product: int, w: int
) -> int:
    """Link of the first limit of a site that another dose exceeds, or -1."""
    share = supply.site_share[w, site] * (1.0 + course.overbook)
    for cap in range(supply.cap_first[site], supply.cap_first[site + 1]):
        uses = supply.cap_uses[cap, product]
        room = supply.caps.most[cap] * share - week.used[cap]
        if uses > 0.0 and uses > room + _TOO_MUCH:
            return int(supply.caps.link[cap])
    return _NONE


@inner
def _run_is_full(course: Course, supply: Supply, week: Week, way: int, kind: int, w: int) -> bool:
    run = supply.ways.run[way]
    share = supply.run_share[w, run]
    if share == 0.0:
        return True
    for at in range(supply.conflict_first[run], supply.conflict_first[run + 1]):
        if week.runs.made[supply.conflict_run[at]] > 0:
            return True
    most = supply.runs.doses[run] * share
    made = week.runs.made[run] + 1
    if made > most + _TOO_MUCH:
        return True
    if kind == 1 and course.reserved > 0.0 and most < np.inf:
        kept = course.reserved * most
        if made > most - kept + min(week.runs.made_new[run], kept) + _TOO_MUCH:
            return True
    activity = week.runs.activity[run] + supply.ways.ready[way]
    return bool(activity > supply.runs.activity[run] * share + _TOO_MUCH)


@inner
def _draws(supply: Supply, week: Week, way: int, w: int) -> bool:
    """Draw a dose's isotope; false, and nothing drawn, if there is too little."""
    run, need = supply.ways.run[way], supply.ways.ready[way]
    first, end = supply.draw_first[run], supply.draw_first[run + 1]
    for at in range(first, end):
        pool, per_gbq = supply.draws.pool[at], supply.draws.per_gbq[at]
        drawn, drawn_by = week.drawn[pool], week.drawn_by[at]
        left = (supply.pool_gbq[pool] * supply.pool_share[w, pool] - drawn) * per_gbq
        if left >= need:
            week.drawn[pool], week.drawn_by[at] = drawn + need / per_gbq, drawn_by + need / per_gbq
            return True
        week.kept[at], week.kept[at + len(supply.draws)] = drawn, drawn_by
        if left > 0.0:
            drawn_more = left / per_gbq
            week.drawn[pool], week.drawn_by[at] = drawn + drawn_more, drawn_by + drawn_more
            need -= left
    if need <= _TOO_MUCH:
        return True
    for at in range(end - 1, first - 1, -1):
        week.drawn[supply.draws.pool[at]] = week.kept[at]
        week.drawn_by[at] = week.kept[at + len(supply.draws)]
    return False


@inner
def _refusal(course: Course, supply: Supply, week: Week, way: int, kind: int, w: int) -> int:
    """Link that keeps an order from a way, or -1: then its isotope is drawn."""
    if _run_is_full(course, supply, week, way, kind, w):
        return _NO_CAPACITY
    return _NONE if _draws(supply, week, way, w) else _NO_ISOTOPE


@inner
def _choose_way(
    journeys: Journeys,
    course: Course,
    supply: Supply,
    week: Week,
    site: int,
    product: int,
    kind: int,
    w: int,
) -> tuple[int, int]:
    """The way that a dose takes and -1, or -1 and the link in its way."""
    pair = site * journeys.blocked.shape[1] + product
    first, end = supply.way_first[pair], supply.way_first[pair + 1]
    if first == end:
        blocked = journeys.blocked[site, product]
        return _NONE, blocked if blocked != _NONE else _NO_CAPACITY
    refused_by = _NONE
    # Room only shrinks within a week: who follows one that found none asks the first way alone.
    last = first + 1 if week.refused[pair, kind] else end
    for way in range(first, last):
        link = _refusal(course, supply, week, way, kind, w)
        if link == _NONE:
            return way, _NONE
        if refused_by == _NONE:
            refused_by = link
    week.refused[pair, kind] = True
    return _NONE, refused_by


@inner
def allot(
    journeys: Journeys,
    calendar: Calendar,
    log: Log,
    course: Course,
    supply: Supply,
    week: Week,
    size: int,
    w: int,
) -> None:
    """Give each order in turn a way, or the link in its way."""
    monday = 7.0 * w
    for at in range(size):
        order = week.orders[at]
        order.link = _NO_CAPACITY
        if order.score == np.inf:
            continue
        link = _cap_in_the_way(course, supply, week, order.site, order.product, w)
        if link == _NONE:
            way, link = _choose_way(
                journeys, course, supply, week, order.site, order.product, order.kind, w
            )
            if way != _NONE:
                _take(supply, week, order, way)
                order.way, order.day = way, monday + supply.ways.day[way]
                note(calendar, log, monday, WEEKLY, monday, order.person, _GIVEN, way)
        order.link = link


@inner
def _take(supply: Supply, week: Week, order: Table, way: int) -> None:
    run = week.runs[supply.ways.run[way]]
    run.made += 1
    run.made_new += 1 - order.kind
    run.activity += supply.ways.ready[way]
    run.since = min(run.since, order.since)
    for cap in range(supply.cap_first[order.site], supply.cap_first[order.site + 1]):
        week.used[cap] += supply.cap_uses[cap, order.product]
