"""The horizon: who leaves there, what was still running, and the outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS, unserved_ending
from doseline.simulate.engine.outcome import Fate, Outcome
from doseline.simulate.engine.tables import (
    APPEALING,
    AUTHORISING,
    DELAYED,
    EVENTS,
    IN_LINE,
    LOGGED,
)
from doseline.simulate.engine.world import NOWHERE

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import Account, Calendar, Log, People
    from doseline.simulate.engine.world import Bools, World

_WITHDRAWN = DOSE_ENDINGS.index("withdrawn")
_ENDING_OF_LINK = np.array([DOSE_ENDINGS.index(unserved_ending(link)) for link in LINKS])


def outcome_of(
    world: World,
    people: People,
    calendar: Calendar,
    account: Account,
    log: Log,
) -> Outcome:
    """Close the books of a replication at its horizon."""
    persons, orders, wait = people.persons, people.orders, people.wait
    fate, first, fate_day = persons["fate"], orders["first_day"], persons["fate_day"]
    exit_day = persons["exit_day"]
    left = (fate == Fate.UNDER_WAY) & (orders["given"] == 0) & (exit_day < world.horizon)
    _cut_waits(world, people, calendar, left)
    fate[left] = Fate.LEFT
    fate_day[left] = exit_day[left]
    _close_orders(people, account, left)
    _forget_what_lies_beyond(world, people)
    lines = int(calendar.counts[LOGGED])
    return Outcome(
        fate=fate.astype(np.int64),
        link=persons["link"].astype(np.int64),
        fate_day=fate_day.copy(),
        stage=persons["stage"].astype(np.int64),
        site=persons["site"].astype(np.int64),
        station=persons["station"].astype(np.int64),
        first_dose_day=first.copy(),
        last_dose_day=orders["last_day"].copy(),
        doses=orders["doses"].astype(np.int64),
        courses=orders["courses"].astype(np.int64),
        wait=wait,
        lost_link=orders["lost_link"].astype(np.int64),
        lost_day=orders["lost_day"].copy(),
        **account._asdict(),
        events=int(calendar.counts[EVENTS]),
        log=tuple(
            zip(*(column[:lines].tolist() for column in log), strict=True),
        ),
    )


def _cut_waits(world: World, people: People, calendar: Calendar, left: Bools) -> None:
    """Count what still runs up to the horizon, or to the clinical exit of who left."""
    persons = people.persons
    phase = persons["phase"]
    running = np.isin(phase, [DELAYED, AUTHORISING, APPEALING])
    rows = np.flatnonzero((persons["fate"] == Fate.UNDER_WAY) & (running | (phase == IN_LINE)))
    links = world.journey.link[persons["product"][rows], persons["stage"][rows]]
    end = np.where(left[rows], persons["exit_day"][rows], world.horizon)
    people.wait[rows, links] += end - calendar.when[rows]


def _close_orders(people: People, account: Account, left: Bools) -> None:
    """End the orders that no week could plan."""
    links = people.orders["open_link"]
    rows = np.flatnonzero(links != NOWHERE)
    gone, stays = rows[left[rows]], rows[~left[rows]]
    product = people.persons["product"]
    np.add.at(account.endings, (product[gone], _WITHDRAWN), 1)
    np.add.at(account.endings, (product[stays], _ENDING_OF_LINK[links[stays]]), 1)
    np.add.at(account.lost_by_link, links[stays], 1)


def _forget_what_lies_beyond(world: World, people: People) -> None:
    """A first dose beyond the horizon is none yet, and so is leaving before such a dose."""
    persons, first = people.persons, people.orders["first_day"]
    exit_day = persons["exit_day"]
    late = np.isfinite(first) & (first > world.horizon)
    first[late] = np.inf
    gone = late & (exit_day <= world.horizon)
    yet = late | ((persons["fate"] == Fate.LEFT) & (exit_day > world.horizon))
    persons["fate"][yet] = Fate.UNDER_WAY
    persons["fate_day"][yet] = np.inf
    persons["fate"][gone] = Fate.LEFT
    persons["fate_day"][gone] = exit_day[gone]
