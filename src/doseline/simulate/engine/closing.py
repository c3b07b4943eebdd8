"""The horizon: who leaves there, what was still running, and the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS, unserved_ending
from doseline.simulate.engine.compiled import Table, compiled, inner
from doseline.simulate.engine.outcome import Fate, Infusions, Outcome, Waits
from doseline.simulate.engine.tables import (
    APPEALING,
    AUTHORISING,
    DELAYED,
    EVENTS,
    IN_LINE,
    INFUSIONS,
)
from doseline.simulate.engine.world import NOWHERE

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Account, Calendar, Lines, Log, People
    from doseline.simulate.engine.world import World

_UNDER_WAY, _LEFT = int(Fate.UNDER_WAY), int(Fate.LEFT)
_WITHDRAWN = DOSE_ENDINGS.index("withdrawn")
_ENDING_OF_LINK = np.array([DOSE_ENDINGS.index(unserved_ending(link)) for link in LINKS])


class _Columns(NamedTuple):
    """What became of each patient: the columns of the outcome."""

    fate: Table
    link: Table
    fate_day: Table
    stage: Table
    site: Table
    station: Table
    first_dose_day: Table
    last_dose_day: Table
    doses: Table
    courses: Table
    lost_link: Table
    lost_day: Table


_DAYS = ("fate_day", "first_dose_day", "last_dose_day", "lost_day")


def outcome_of(
    world: World,
    lines: Lines,
    people: People,
    calendar: Calendar,
    account: Account,
    log: Log,
    most: int,
) -> Outcome:
    """Close the books of a replication at its horizon, with so many lines of its log at most."""
    columns = _columns_of(len(people.persons))
    _close(people, account, columns, world.journey.link.astype(np.int64), world.horizon)
    account.waiting[:] = np.cumsum(lines.waited)[: world.weeks]
    infused = calendar.counts[INFUSIONS]
    return Outcome(
        **columns._asdict(),
        waits=Waits(days=people.wait, column=people.column),
        **account._asdict(),
        infusions=Infusions(
            **{name: told[:infused] for name, told in people.infusions._asdict().items()}
        ),
        services=lines.services,
        events=int(calendar.counts[EVENTS]),
        log=_first_lines(log, most),
    )


def _columns_of(count: int) -> _Columns:
    """Room for the columns, in one piece: large memory is given in large pages."""
    names = _Columns._fields
    rows = np.empty((len(names), count))
    return _Columns(
        *(
            row if name in _DAYS else row.view(np.int64)
            for name, row in zip(names, rows, strict=True)
        )
    )


def _first_lines(log: Log, most: int) -> tuple[tuple[float, int, int, int], ...]:
    """The first lines of a log, in the order in which they were due."""
    first = np.lexsort((log.turn, log.moment))[:most]
    told = (log.time, log.patient, log.event, log.place)
    return tuple(zip(*(column[first].tolist() for column in told), strict=True))


@compiled
def _close(
    people: People, account: Account, columns: _Columns, links: Table, horizon: float
) -> None:
    """Close each patient's books, and write them in the columns."""
    for person in range(len(people.persons)):
        one = people.persons[person]
        order = people.orders[person]
        left = one.fate == _UNDER_WAY and one.given == 0 and one.exit_day < horizon
        end = one.exit_day if left else horizon
        if one.fate == _UNDER_WAY and one.phase in (DELAYED, AUTHORISING, APPEALING, IN_LINE):
            column = people.column[links[one.product, one.stage]]
            people.wait[person, column] += end - one.when
        if left:
            one.fate, one.fate_day = _LEFT, one.exit_day
        if one.ordered and order.open_link != NOWHERE:
            ending = _WITHDRAWN if left else _ENDING_OF_LINK[order.open_link]
            account.endings[one.product, ending] += 1
            account.lost_by_link[order.open_link] += 0 if left else 1
        _forget_what_lies_beyond(one, horizon)
        _tell(columns, person, one, order)


@inner
def _forget_what_lies_beyond(one: Table, horizon: float) -> None:
    """A first dose beyond the horizon is none yet, and so is leaving before such a dose."""
    late = horizon < one.first_day < np.inf
    if late:
        one.first_day = np.inf
        if one.exit_day <= horizon:
            one.fate, one.fate_day = _LEFT, one.exit_day
            return
    if late or (one.fate == _LEFT and one.exit_day > horizon):
        one.fate, one.fate_day = _UNDER_WAY, np.inf


@inner
def _tell(columns: _Columns, person: int, one: Table, order: Table) -> None:
    columns.fate[person] = one.fate
    columns.link[person] = one.link
    columns.fate_day[person] = one.fate_day
    columns.stage[person] = one.stage
    columns.site[person] = one.site
    columns.station[person] = one.station
    columns.first_dose_day[person] = one.first_day
    ordered = one.ordered
    columns.last_dose_day[person] = order.last_day if ordered else np.inf
    columns.doses[person] = order.doses if ordered else 0
    columns.courses[person] = order.courses if ordered else 0
    columns.lost_link[person] = order.lost_link if ordered else NOWHERE
    columns.lost_day[person] = order.lost_day if ordered else np.inf
