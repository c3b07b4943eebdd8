"""Itineraries: for each batch slot and site up to three ways from hand-over to arrival.

The three are the earliest, the cheapest and the most reliable; ties are decided by the other two
(arrival before cost before risk). They are chosen among the ways that arrive within shelf life,
or among all if none does. A way that repeats another choice is left out, and no chosen way is
dominated: none is as early, as cheap and as sure as another that is better in one of these.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from doseline.model.options import ITINERARY_SCHEMA
from doseline.routes.clock import MS_PER_HOUR
from doseline.routes.graph import MICRO, LaneGraph
from doseline.routes.search import (
    LEGS_MAX,
    NO_DEADLINE,
    Labels,
    Starts,
    counted,
    extended,
    hub_labels,
    joined,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.routes.runs import Runs
    from doseline.routes.timetable import Bools, Ints

    Floats: TypeAlias = NDArray[np.float64]

_CHUNK = 1 << 20
"""Candidate ways that are compared at once, to bound memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Itineraries:
    """Ways of batch slots to sites, one row each, sorted by batch slot and site."""

    batch: Ints
    site: Ints
    depart_ms: Ints
    arrive_ms: Ints
    cost: Ints
    """Cost of a package. [1e-6 currency]"""
    mode: Ints
    """Code of the strictest mode among the legs."""
    connects: Floats
    """Probability that no leg's delay misses a connection. [unitless]"""
    late: Floats
    """Probability that a leg after the last timed departure is late by more than the doors on its
    way absorb: leg x way. [unitless]"""
    late_mean_h: Floats
    """Mean of that delay, positive: leg x way. [h]"""
    reached: Bools
    """Whether lanes lead from the line of a batch slot to a site at all: batch slot x site."""
    unlicensed: Bools
    """Whether only a pharmacy's missing licence leaves a batch slot without way to a site: batch
    slot x site."""
    frame: pl.DataFrame
    """Columns of ``ITINERARY_SCHEMA``."""


def itineraries(graph: LaneGraph, runs: Runs, *, k: int = 3) -> Itineraries:
    """Up to ``k`` itineraries from each batch slot's hand-over to each site.

    A package is handed over at release. A leg with departures takes the first one whose cut-off
    it meets and that leaves within shelf life; others start after the lane's handling time.

    Args:
        graph: Lanes and departures.
        runs: The batch slots.
        k: 1 for the earliest only, 2 with the cheapest, 3 with the most reliable.
    """
    keys = np.stack([runs.line, runs.release_ms, runs.expiry_ms], axis=1)
    distinct, search_of = np.unique(keys, axis=0, return_inverse=True)
    place, available, horizon = distinct.T
    starts = Starts(place=place, available_ms=available, horizon_ms=horizon)
    labels = hub_labels(graph, starts)
    ways = _ways_to_sites(graph, starts, labels, k=k)
    legs = _legs(labels, ways)
    reached = graph.reached(LEGS_MAX)[runs.line]
    batch, row = _per_batch(ways, search_of.reshape(-1))
    return _assembled(graph, ways, legs, batch=batch, row=row, reached=reached)


def _ways_to_sites(graph: LaneGraph, starts: Starts, labels: Labels, *, k: int) -> Labels:
    """The chosen ways of each search to each site, by search and site."""
    labels_at, lanes = (
        np.zeros((starts.place.size, graph.places), dtype=np.int64),
        graph.last_mile(),
    )
    np.add.at(labels_at, (labels.search, labels.place), 1)
    by_node = np.argsort(labels.search * graph.places + labels.place, kind="stable")
    first_at = (np.cumsum(labels_at) - labels_at.ravel()).reshape(labels_at.shape)
    count = labels_at[:, graph.from_place[lanes]]
    chosen = []
    for search in _chunks(count.sum(axis=1)):
        each = count[search].ravel()
        lane = np.repeat(np.tile(lanes, each.size // max(lanes.size, 1)), each)
        begin = np.repeat(first_at[search][:, graph.from_place[lanes]].ravel(), each)
        ids = by_node[begin + counted(each)]
        chosen.append(_best(extended(graph, starts, labels, ids, lane), starts, graph.sites, k))
    return joined(chosen) if chosen else labels.take(np.zeros(0, dtype=np.int64))


def _chunks(size: Ints) -> list[slice]:
    """Consecutive searches whose candidates together stay below the chunk size."""
    cuts = np.flatnonzero(np.diff(np.cumsum(size) // _CHUNK, prepend=-1))
    return [slice(begin, end) for begin, end in itertools.pairwise([*cuts, size.size])]


def _best(ways: Labels, starts: Starts, sites: int, k: int) -> Labels:
    """The earliest, the cheapest and the most reliable way of each search to each site."""
    pair = ways.search * sites + ways.place
    useful = ways.arrive_ms <= starts.horizon_ms[ways.search]
    some_useful = np.zeros(starts.place.size * sites, dtype=np.bool_)
    some_useful[pair[useful]] = True
    rows = np.flatnonzero(useful | ~some_useful[pair])
    arrive, cost, risk, ties = ways.arrive_ms, ways.cost, ways.risk, ways.ties()
    orders = ((arrive, cost, risk), (cost, arrive, risk), (risk, arrive, cost))
    chosen = [_first_of_each(pair, rows, (*order, *ties)) for order in orders[:k]]
    choice = np.repeat(np.arange(len(chosen)), [one.size for one in chosen])
    row = np.concatenate(chosen)
    _, distinct = np.unique(row, return_index=True)
    distinct = distinct[np.lexsort((choice[distinct], pair[row[distinct]]))]
    return ways.take(row[distinct])


def _first_of_each(group: Ints, rows: Ints, keys: tuple[Ints, ...]) -> Ints:
    """The row that is smallest by the keys in turn, of each group of consecutive rows."""
    for key in keys:
        if not rows.size:
            break
        head = np.flatnonzero(np.diff(group[rows], prepend=-1))
        values = key[rows]
        least = np.repeat(np.minimum.reduceat(values, head), np.diff(head, append=rows.size))
        rows = rows[values == least]
    return rows


@dataclass(frozen=True, slots=True)
class _Legs:
    """The legs of ways, first leg first: leg x way; the lane is -1 where a way has ended."""

    lane: Ints
    depart_ms: Ints
    deadline_ms: Ints
    arrive_ms: Ints


def _legs(labels: Labels, ways: Labels) -> _Legs:
    """The legs of each way, found by following parents back to the start."""
    back = [ways]
    for _ in range(LEGS_MAX - 1):
        back.append(labels.take(np.maximum(back[-1].parent, 0)))
    steps_back = ways.legs - 1 - np.arange(LEGS_MAX)[:, None]

    def forward(name: str) -> Ints:
        backward = np.stack([getattr(step, name) for step in back])
        return np.take_along_axis(backward, np.maximum(steps_back, 0), axis=0)

    return _Legs(
        np.where(steps_back >= 0, forward("lane"), -1),
        forward("depart_ms"),
        np.where(steps_back >= 0, forward("deadline_ms"), NO_DEADLINE),
        forward("arrive_ms"),
    )


def _buffers_h(graph: LaneGraph, legs: _Legs) -> tuple[Floats, Floats]:
    """Time that each leg may be late, until the next deadline and before doors: leg x way. [h]

    The first is from arrival to the deadline of the next timed departure, infinite for a leg that
    none follows. Delay passes through legs on demand, so all legs before a departure share its
    buffer; what a package waits for a door to open absorbs delay and is added. The second is what
    doors alone absorb after the last timed departure. A delay that itself runs into closed hours
    is not made longer by them.
    """
    buffer_h, door_h = np.full(legs.lane.shape, np.inf), np.zeros(legs.lane.shape)
    for nth in range(LEGS_MAX - 2, -1, -1):
        lane, deadline = legs.lane[nth + 1], legs.deadline_ms[nth + 1]
        timed = deadline != NO_DEADLINE
        until_h = (deadline - legs.arrive_ms[nth]) / MS_PER_HOUR
        wait_ms = legs.depart_ms[nth + 1] - graph.handling_ms[lane] - legs.arrive_ms[nth]
        wait_h = np.where(lane >= 0, wait_ms, 0) / MS_PER_HOUR
        buffer_h[nth] = np.where(timed, until_h, buffer_h[nth + 1] + wait_h)
        door_h[nth] = np.where(timed, 0.0, door_h[nth + 1] + wait_h)
    return buffer_h, door_h


def _assembled(
    graph: LaneGraph, ways: Labels, legs: _Legs, *, batch: Ints, row: Ints, reached: Bools
) -> Itineraries:
    """The itineraries of all batch slots."""
    travelled = legs.lane >= 0
    on_time = np.where(travelled, graph.on_time[legs.lane], 1.0)
    mean_h = graph.late_mean_h[legs.lane]
    # A delay of no length harms nobody.
    late = np.where(mean_h > 0, 1.0 - on_time, 0.0)
    mean_h = np.where(mean_h > 0, mean_h, 1.0)
    buffer_h, door_h = _buffers_h(graph, legs)
    mode = np.where(travelled, graph.mode[legs.lane], 0).max(axis=0, initial=0)
    frame = _frame(graph, ways, legs).with_columns(
        on_time=pl.Series(on_time.prod(axis=0)), by_air=pl.Series(mode)
    )
    as_schema = [pl.col(name).cast(kind) for name, kind in ITINERARY_SCHEMA.items()]
    numbers = {"itinerary": pl.Series(np.arange(row.size)), "batch": pl.Series(batch)}
    return Itineraries(
        batch=batch,
        site=ways.place[row],
        depart_ms=legs.depart_ms[0, row],
        arrive_ms=ways.arrive_ms[row],
        cost=ways.cost[row],
        mode=mode[row],
        connects=(1.0 - late * np.exp(-buffer_h / mean_h)).prod(axis=0)[row],
        late=np.where(np.isinf(buffer_h), late * np.exp(-door_h / mean_h), 0.0)[:, row],
        late_mean_h=mean_h[:, row],
        reached=reached,
        unlicensed=np.zeros_like(reached),
        frame=frame[row].with_columns(**numbers).select(as_schema),
    )


def _frame(graph: LaneGraph, ways: Labels, legs: _Legs) -> pl.DataFrame:
    """Site, lanes, times and cost of each way."""
    names = pl.Series(graph.names, dtype=pl.String)
    lanes = pl.DataFrame(
        [
            names.gather(np.maximum(lane, 0)).set(pl.Series(lane < 0), None).alias(str(nth))
            for nth, lane in enumerate(legs.lane)
        ]
    ).select(pl.concat_str(pl.all(), separator=" > ", ignore_nulls=True))
    travelled = pl.col("legs")
    times = pl.DataFrame(
        {
            "legs": ways.legs,
            "leg_lane": legs.lane.T,
            "leg_depart_ms": legs.depart_ms.T,
            "leg_arrive_ms": legs.arrive_ms.T,
        }
    ).select(pl.exclude("legs").arr.to_list().list.head(travelled))
    return pl.DataFrame(
        {
            "site": ways.place,
            "lanes": lanes.to_series(),
            "depart_ms": legs.depart_ms[0],
            "arrive_ms": ways.arrive_ms,
            **times.to_dict(),
            "cost": ways.cost / MICRO,
        }
    )


def _per_batch(ways: Labels, search_of: Ints) -> tuple[Ints, Ints]:
    """Batch slot and way of each itinerary: batch slots of one search share its ways."""
    first = np.searchsorted(ways.search, search_of)
    count = np.searchsorted(ways.search, search_of, side="right") - first
    batch = np.repeat(np.arange(search_of.size), count)
    return batch, np.repeat(first, count) + counted(count)
