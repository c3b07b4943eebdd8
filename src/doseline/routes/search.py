"""Ways from a line to every hub: label setting with Pareto labels, all searches at once.

A label is a way to a hub with its arrival, cost and risk; among labels of one hub only those stay
that no other beats or equals in all three with as many legs or fewer. Of equal ways stays the one
with fewer legs, then the last lane that stands first in the table, then the preferred way to where
that lane starts. Lanes overtake nothing (a later package never leaves earlier), so a way made of
kept labels is a best way.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from doseline.routes.graph import LaneGraph
    from doseline.routes.timetable import Bools, Ints

LEGS_MAX = 5
NO_DEADLINE = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Starts:
    """One row a search: a line, when a package is handed over there, and the last useful instant."""

    place: Ints
    available_ms: Ints
    horizon_ms: Ints
    """No departure after it is taken, nor a door; legs on demand go on, so that lateness shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Ways to places, one row each; a label's number is its row."""

    search: Ints
    place: Ints
    """Where the way ends; for a way to a site, the site."""
    legs: Ints
    lane: Ints
    """Last lane, -1 at the start."""
    parent: Ints
    """Label of the way without its last lane."""
    depart_ms: Ints
    deadline_ms: Ints
    """Last hand-over for the departure taken; ``NO_DEADLINE`` for an on-demand leg. [ms]"""
    arrive_ms: Ints
    cost: Ints
    risk: Ints

    def __len__(self) -> int:
        return self.search.size

    def take(self, rows: Ints | Bools) -> Labels:
        """Some of the rows."""
        return Labels(**{name: getattr(self, name)[rows] for name in _NAMES})

    def ties(self) -> tuple[Ints, Ints, Ints]:
        """What decides between ways of equal arrival, cost and risk, smallest first."""
        return self.legs, self.lane, self.parent


_NAMES = tuple(field.name for field in dataclasses.fields(Labels))


def joined(parts: list[Labels]) -> Labels:
    """Labels one after the other."""
    return Labels(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in _NAMES}
    )


def hub_labels(graph: LaneGraph, starts: Starts) -> Labels:
    """The Pareto labels of every search at its line and at all hubs, by number of legs."""
    lanes = graph.onward()
    first = np.searchsorted(graph.from_place[lanes], np.arange(graph.places + 1))
    known = frontier = _start_labels(starts)
    for _ in range(LEGS_MAX - 1):
        count = np.diff(first)[frontier.place]
        ids = np.repeat(np.arange(len(frontier)) + len(known) - len(frontier), count)
        lane = lanes[np.repeat(first[frontier.place], count) + counted(count)]
        frontier = _undominated(extended(graph, starts, known, ids, lane), known, graph.places)
        if not len(frontier):
            break
        known = joined([known, frontier])
    return known


def extended(graph: LaneGraph, starts: Starts, labels: Labels, ids: Ints, lane: Ints) -> Labels:
    """The labels ``ids``, each one lane further; those that catch no departure are left out.

    A package waits before a closed hub until it opens, and leaves while it is open, within shelf
    life.

    Args:
        graph: The lanes.
        starts: The searches.
        labels: All labels so far.
        ids: Label that is extended, one a candidate.
        lane: Lane by which it is extended, one a candidate.
    """
    search, doors = labels.search[ids], graph.doors
    taken_in, available = doors.next_open(doors.of_place[labels.place[ids]], labels.arrive_ms[ids])
    door, useful_until = doors.of_lane[lane], starts.horizon_ms[search]
    leaves, depart = doors.next_open(door, available + graph.handling_ms[lane])
    in_time = leaves & ((door < 0) | (depart <= useful_until))
    deadline = np.full_like(depart, NO_DEADLINE)
    timed = np.flatnonzero(graph.timetable.scheduled[lane])
    caught, depart[timed], deadline[timed] = graph.timetable.catch(lane[timed], available[timed])
    in_time[timed] = caught & (depart[timed] <= useful_until[timed])
    possible = taken_in & in_time
    onward = graph.to_place[lane]
    return Labels(
        search=search,
        place=np.where(onward >= 0, onward, graph.to_site[lane]),
        legs=labels.legs[ids] + 1,
        lane=lane,
        parent=ids,
        depart_ms=depart,
        deadline_ms=deadline,
        arrive_ms=depart + graph.duration_ms[lane],
        cost=labels.cost[ids] + graph.cost[lane],
        risk=labels.risk[ids] + graph.risk[lane],
    ).take(possible)


def counted(count: Ints) -> Ints:
    """0, 1, ... within each of so many consecutive groups.

    >>> counted(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    before = np.cumsum(count) - count
    numbers: Ints = np.arange(count.sum()) - np.repeat(before, count)
    return numbers


def _start_labels(starts: Starts) -> Labels:
    zero = np.zeros_like(starts.place)
    return Labels(
        search=np.arange(starts.place.size),
        place=starts.place,
        legs=zero,
        lane=zero - 1,
        parent=zero - 1,
        depart_ms=starts.available_ms,
        deadline_ms=np.full_like(zero, NO_DEADLINE),
        arrive_ms=starts.available_ms,
        cost=zero,
        risk=zero,
    )


def _undominated(new: Labels, known: Labels, places: int) -> Labels:
    """The new labels that no known one and no other new one makes useless, in preferred order."""
    new = new.take(~_beaten_by_known(new, known, places))
    node = new.search * places + new.place
    order = np.lexsort((new.parent, new.lane, new.risk, new.cost, new.arrive_ms, node))
    new, left = new.take(order), np.arange(len(new))
    node = node[order]
    kept: list[Any] = []
    while left.size:
        # The earliest of each node stays; it beats those that are neither cheaper nor surer.
        head = np.flatnonzero(np.diff(node[left], prepend=-1))
        size = np.diff(head, append=left.size)
        kept.append(left[head])
        better = (new.cost[left] < np.repeat(new.cost[left[head]], size)) | (
            new.risk[left] < np.repeat(new.risk[left[head]], size)
        )
        left = left[better]
    return new.take(np.sort(np.concatenate(kept))) if kept else new


def _beaten_by_known(new: Labels, known: Labels, places: int) -> Bools:
    """Whether a known label of the same node is as early, as cheap and as sure."""
    known_node = known.search * places + known.place
    order = np.argsort(known_node, kind="stable")
    node = new.search * places + new.place
    first = np.searchsorted(known_node[order], node)
    count = np.searchsorted(known_node[order], node, side="right") - first
    beaten = np.zeros(len(new), dtype=np.bool_)
    for nth in range(int(count.max(initial=0))):
        rows = np.flatnonzero((count > nth) & ~beaten)
        other = order[first[rows] + nth]
        beaten[rows] = (
            (known.arrive_ms[other] <= new.arrive_ms[rows])
            & (known.cost[other] <= new.cost[rows])
            & (known.risk[other] <= new.risk[rows])
        )
    return beaten
