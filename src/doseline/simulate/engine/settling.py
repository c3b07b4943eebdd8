"""Settling: which runs are made, how each dose ends, and who takes a dose that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.calendar import WEEKLY
from doseline.simulate.engine.chance import draw, mix, splitmix
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.ends import leave
from doseline.simulate.engine.tables import FAILED, UNMADE, UNRELEASED
from doseline.simulate.engine.world import PURPOSES

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table
    from doseline.simulate.engine.tables import (
        Account,
        Calendar,
        Course,
        Journeys,
        Log,
        People,
        Supply,
        Week,
    )

_NONE = -1
_TAKEN_BACK = -2
_TOO_MUCH = 1e-9
_INFUSED = DOSE_ENDINGS.index("infused")
_INFUSED_LATE = DOSE_ENDINGS.index("infused_late")
_RETURNED = DOSE_ENDINGS.index("returned")
_BATCH_FAILED = DOSE_ENDINGS.index("batch_failed")
_RELEASE_FAILED = DOSE_ENDINGS.index("release_failed")
_TRANSPORT = DOSE_ENDINGS.index("transport")
_EXPIRED = DOSE_ENDINGS.index("expired")
_SITE = DOSE_ENDINGS.index("site")
_HOLD = DOSE_ENDINGS.index("patient_hold")
_WITHDRAWN = DOSE_ENDINGS.index("withdrawn")
_NO_CAPACITY = LINKS.index("no_batch_capacity")
_FAILED_LINK = LINKS.index("batch_failed")
_TRANSPORT_LINK = LINKS.index("transport")
_SCHEDULING = LINKS.index("patient_scheduling")
_NO_SUITE = LINKS.index("no_suite")
_DRAW_BATCH = PURPOSES.index("batch failure")
_DRAW_RELEASE = PURPOSES.index("release failure")
_DRAW_LATE = PURPOSES.index("late")
_DRAW_HOLD = PURPOSES.index("hold")


@inner
def _is_made(supply: Supply, week: Week, batch: Any, run: int, w: int) -> bool:
    """Whether a run that has doses has enough of them, for its line and for the policy."""
    made = week.runs.made[run]
    if made < supply.runs.least[run]:
        return False
    capacity = supply.runs.doses[run] * supply.run_share[w, run]
    return bool(batch(made, capacity, 7.0 * w - week.runs.since[run], w))


@inner
def end_runs(
    journeys: Journeys,
    supply: Supply,
    week: Week,
    account: Account,
    batch: Any,
    size: int,
    w: int,
) -> None:
    """Which runs are made, and which of them fail; orders of the others are owed."""
    runs, all_made = week.runs, True
    for run in range(len(runs)):
        if runs.made[run] == 0:
            continue
        if not _is_made(supply, week, batch, run, w):
            runs.fate[run], all_made = UNMADE, False
            continue
        account.run_doses[w, run] = runs.made[run]
        state = mix(splitmix(supply.runs.key[run]), np.uint64(w))
        if draw(journeys.streams[_DRAW_BATCH], state) < supply.runs.failure[run]:
            runs.fate[run] = FAILED
        elif draw(journeys.streams[_DRAW_RELEASE], state) < supply.runs.release_failure[run]:
            runs.fate[run] = UNRELEASED
        account.run_failed[w, run] = 1 if runs.fate[run] > UNMADE else 0
        for at in range(supply.draw_first[run], supply.draw_first[run + 1]):
            account.isotope[supply.draws.pool[at], 1] += week.drawn_by[at]
    for at in range(0 if all_made else size):
        order = week.orders[at]
        if order.way != _NONE and runs.fate[supply.ways.run[order.way]] == UNMADE:
            order.way, order.link = _TAKEN_BACK, _NO_CAPACITY


@inner
def _fits(supply: Supply, week: Week, site: int, product: int, w: int) -> bool:
    """Whether one more infusion fits the site's true limits."""
    for cap in range(supply.cap_first[site], supply.cap_first[site + 1]):
        uses = supply.cap_uses[cap, product]
        most = supply.caps.most[cap] * supply.site_share[w, site]
        if uses > 0.0 and week.infused[cap] + uses > most + _TOO_MUCH:
            return False
    return True


@inner
def _infuse(supply: Supply, week: Week, order: Table) -> None:
    ending = _INFUSED_LATE if order.late else _INFUSED
    order.ending, order.told, order.link = ending, ending, _NONE
    for cap in range(supply.cap_first[order.site], supply.cap_first[order.site + 1]):
        week.infused[cap] += supply.cap_uses[cap, order.product]


@inner
def _on_the_way(journeys: Journeys, supply: Supply, week: Week, order: Table) -> tuple[int, int]:
    """How a dose ends that does not come to its site in time to be used, and its link; else -1."""
    fate = week.runs.fate[supply.ways.run[order.way]]
    if fate == FAILED:
        return _BATCH_FAILED, _FAILED_LINK
    if fate == UNRELEASED:
        return _RELEASE_FAILED, _FAILED_LINK
    way, number = supply.ways[order.way], draw(journeys.streams[_DRAW_LATE], order.state)
    order.late = way.on_time <= number < way.usable
    if number < way.on_time or order.late:
        return _NONE, _NONE
    return _TRANSPORT if number < way.unexpired else _EXPIRED, _TRANSPORT_LINK


@inner
def _ending(
    journeys: Journeys, course: Course, supply: Supply, week: Week, order: Table, w: int
) -> tuple[int, int]:
    """How an allotted dose ends, and the link that loses it."""
    ending, link = _on_the_way(journeys, supply, week, order)
    if ending != _NONE:
        return ending, link
    if order.exit_day < order.day:
        return _WITHDRAWN, _NONE
    if draw(journeys.streams[_DRAW_HOLD], order.state) < course.hold[order.product, order.kind]:
        return _HOLD, _SCHEDULING
    if not _fits(supply, week, order.site, order.product, w):
        return _SITE, _NO_SUITE
    return _INFUSED, _NONE


@inner
def _free(supply: Supply, week: Week, at: int) -> None:
    """Put a dose that its patient cannot take at the end of those of its site and product."""
    pair = week.orders.site[at] * supply.cap_uses.shape[1] + week.orders.product[at]
    if week.freed[pair] == _NONE:
        week.freed[pair] = at
    else:
        week.orders.freed_next[week.freed_last[pair]] = at
    week.freed_last[pair] = at


@inner
def settle(
    journeys: Journeys,
    people: People,
    calendar: Calendar,
    log: Log,
    course: Course,
    supply: Supply,
    week: Week,
    size: int,
    w: int,
) -> None:
    """End each allotted dose in turn."""
    for at in range(size):
        order = week.orders[at]
        if order.way < 0:
            continue
        ending, link = _ending(journeys, course, supply, week, order, w)
        order.ending, order.told, order.link = ending, ending, link
        if ending == _INFUSED:
            _infuse(supply, week, order)
        elif ending == _WITHDRAWN:
            leave(people, calendar, log, order.person, _NONE, 7.0 * w, WEEKLY)
        if ending in (_WITHDRAWN, _HOLD):
            _free(supply, week, at)


@inner
def swap(supply: Supply, week: Week, size: int, w: int) -> None:
    """Give doses that were freed to patients of the same site who were owed one."""
    for at in range(size):
        order = week.orders[at]
        if order.way != _NONE or order.score == np.inf:
            continue
        pair = order.site * supply.cap_uses.shape[1] + order.product
        freed = week.freed[pair]
        if freed == _NONE:
            continue
        given = week.orders[freed]
        if order.exit_day < given.day or not _fits(supply, week, order.site, order.product, w):
            continue
        week.freed[pair] = given.freed_next
        given.told = _RETURNED
        order.way, order.day, order.late = given.way, given.day, given.late
        _infuse(supply, week, order)
