"""Room for what happens to patients and doses in a replication."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.bags import bags
from doseline.simulate.engine.memory import LINE, none, rows, table, zeros
from doseline.simulate.engine.sorting import padded
from doseline.simulate.engine.tables import (
    ASKED,
    COUNTS,
    ORDER,
    PERSON,
    RUN_WEEK,
    TURN,
    Account,
    Calendar,
    Heap,
    Infused,
    Log,
    People,
    Week,
)
from doseline.simulate.engine.world import NOWHERE, Stage

if TYPE_CHECKING:
    import numpy.typing as npt

    from doseline.simulate.engine.world import Arrivals, World

_A_BUCKET = 4
"""Events of a bucket of the calendar, about."""
_FINEST = 10
"""A day has at most two to this power of buckets."""
_OF_A_DOSE = tuple(
    LINKS.index(link)
    for link in (
        "ordering_rules",
        "no_batch_capacity",
        "no_isotope",
        "batch_failed",
        "transport",
        "patient_scheduling",
        "no_suite",
    )
)
"""Links at which who ordered may wait, besides those of sites and their limits."""


def stations_on_the_way(world: World) -> int:
    """Stations that a patient may pass at most."""
    return int((world.journey.kind == Stage.STATION).sum(axis=1).max())


def people_of(world: World, arrivals: Arrivals) -> People:
    """Room for the patients, to be filled as they come."""
    count = arrivals.count
    column, width = columns_of(world, arrivals)
    most = _most_infusions(world, arrivals)
    return People(
        persons=rows(count, PERSON),
        orders=rows(count, ORDER),
        wait=zeros(count, width),
        column=column,
        infusions=Infused(
            patient=np.empty(most, dtype=np.int64), day=np.empty(most), since=np.empty(most)
        ),
    )


def _nobody_orders(world: World, arrivals: Arrivals) -> bool:
    """Whether no patient comes to an order: queues that have nothing to do with doses."""
    listed = (arrivals.site != NOWHERE).any()
    return not (listed or (world.journey.kind == Stage.ORDER).any())


def columns_of(world: World, arrivals: Arrivals) -> tuple[npt.NDArray[np.int64], int]:
    """The column of each link in the patients' waits, and the number of columns.

    Returns:
        Columns, shape (link,), NOWHERE for a link at which nobody can wait; those of the journey
        come first, the others begin with a line of the processor's cache.
    """
    journey, supply = world.journey, world.supply
    first = np.unique(journey.link[journey.link >= 0])
    rest = np.concatenate([_OF_A_DOSE, supply.cap_link, world.sites.blocked.ravel()])
    rest = np.setdiff1d(rest[rest >= 0], first)
    if _nobody_orders(world, arrivals):
        rest = rest[:0]
    begin = _whole_lines(len(first))
    column = np.full(len(LINKS), NOWHERE, dtype=np.int64)
    column[first] = np.arange(len(first))
    column[rest] = begin + np.arange(len(rest))
    if not len(rest):
        # A row within a line: a power of two divides it.
        return column, min(begin, 1 << max(len(first) - 1, 0).bit_length())
    return column, begin + _whole_lines(len(rest))


def _whole_lines(columns: int) -> int:
    """So many columns, or more, as fill lines of the processor's cache."""
    a_line = LINE // np.dtype(np.float64).itemsize
    return -(-columns // a_line) * a_line


def _most_infusions(world: World, arrivals: Arrivals) -> int:
    """No fewer infusions than there can be: memory that is not written to costs nothing."""
    courses = 2 * arrivals.count * int(np.maximum(world.course.cycles, 1).max())
    runs = np.where(world.supply.run_share > 0.0, world.supply.run_doses, 0.0)
    made = (runs * world.supply.run_share + 1.0).sum()
    return int(min(courses, made))


def calendar_of(world: World, count: int) -> Calendar:
    """A calendar without events."""
    days = 7 * world.weeks
    events = count * stations_on_the_way(world)
    parts = 2 ** int(np.clip(np.log2(max(events, 1) / (_A_BUCKET * max(days, 1))), 0, _FINEST))
    return Calendar(
        events=bags(days * parts + 1, count),
        heap=Heap(
            time=np.empty(count + 1),
            turn=np.empty(count + 1, dtype=np.int64),
            sequence=np.empty(count + 1, dtype=np.int64),
            person=np.empty(count + 1, dtype=np.uint32),
        ),
        weeks=bags(world.weeks, count),
        counts=np.zeros(COUNTS, dtype=np.int64),
        horizon=world.horizon,
        parts=float(parts),
    )


def week_of(world: World, count: int) -> Week:
    """Room for a week's orders; its tables are cleared each week."""
    supply = world.supply
    caps, draws = len(supply.cap_most), len(supply.draw_pool)
    pairs = len(world.sites.offers) * world.products
    return Week(
        orders=rows(count, ASKED),
        turns=rows(count, TURN),
        turns_again=rows(count, TURN),
        keys=np.empty(padded(count), dtype=np.int64),
        keys_again=np.empty(padded(count), dtype=np.int64),
        scratch=np.empty(count, dtype=np.uint32),
        used=np.empty(caps),
        infused=np.empty(caps),
        runs=table(np.zeros(len(supply.run_key), RUN_WEEK)),
        drawn=np.empty(len(supply.pool_gbq)),
        drawn_by=np.empty(draws),
        kept=np.empty(2 * draws),
        refused=np.empty((pairs, 2), dtype=np.bool_),
        freed=np.empty(pairs, dtype=np.int32),
        freed_last=np.empty(pairs, dtype=np.int32),
    )


def account_of(world: World) -> Account:
    """An empty account of doses and activity."""
    supply, products = world.supply, world.products
    runs, pools = len(supply.run_key), len(supply.pool_gbq)
    delivered = (supply.pool_gbq * supply.pool_share).sum(axis=0)
    return Account(
        endings=none((products, len(DOSE_ENDINGS))),
        lost_by_link=none((len(LINKS),)),
        demand=none((world.weeks, products, 2)),
        served=none((world.weeks, products, 2)),
        infused=none(world.sites.offers.shape),
        run_doses=none((world.weeks, runs)),
        run_failed=none((world.weeks, runs)),
        waiting=none((world.weeks,)),
        activity=np.zeros((products, 6)),
        isotope=np.stack([delivered, np.zeros(pools)], axis=1),
    )


def log_of(lines: int, *, wanted: bool) -> Log:
    """Room for so many lines of a log; if it is wanted, those without room are counted."""
    whole = [np.empty(lines, dtype=np.int64) for _ in range(4)]
    return Log(
        moment=np.empty(lines),
        turn=whole[0],
        time=np.empty(lines),
        patient=whole[1],
        event=whole[2],
        place=whole[3],
        wanted=wanted,
    )
