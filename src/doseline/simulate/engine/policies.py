"""Policies as values: where patients go, who comes first, what a week may do.

A function of a policy sees numbers only, never a payer, an age or money. It is plain Python; the
engine compiles it with Numba (so it may use what Numba compiles), the twin calls it as it is.
"""

# ruff: noqa: ARG001 - every policy of a kind is given the same facts

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Bools, Floats

_NEAR_KM = 20.0
"""Distance that is no distance yet, in the gravity model (assumption). [km]"""
_LONG_DAYS = 21.0
"""Wait after which a batch need not be half full (assumption). [d]"""


class Choice(Protocol):
    """Which of the places in reach a patient goes to."""

    def __call__(self, km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:
        """Index among the places, nearest first, or -1; ``takes`` says which are open.

        Args:
            km: Distance of each. [km]
            size: Chairs, or slots a week.
            load: Patients who wait there now.
            takes: Whether each takes this patient.
            draw: Uniform draw of the patient.
        """
        ...


class Priority(Protocol):
    """Who comes first when a week's doses are shared."""

    def __call__(self, kind: int, waited: float, attempts: int, week: int, draw: float) -> float:
        """A score: the lowest is served first, infinity not this week; ties by arrival.

        Args:
            kind: 0 for a new start, 1 for a patient in a course.
            waited: Since the patient could first have had this dose. [d]
            attempts: Weeks in which the order was not served.
            week: Number of the week.
            draw: Uniform draw of the order.
        """
        ...


class Ordering(Protocol):
    """For which week a new dose is ordered."""

    def __call__(self, kind: int, listed: Floats, size: float) -> int:
        """Weeks after the first for which it can be ordered; outside 0 to 7: the nearest of these.

        Args:
            kind: 0 for a first dose of a course, 1 for a later one.
            listed: Orders of the site for that first week and each of the seven after it.
            size: Size of the site, in the unit of the site choice.
        """
        ...


class Batch(Protocol):
    """Whether a batch that has orders, and enough of them for its line, is made."""

    def __call__(self, orders: int, capacity: float, waited: float, week: int) -> bool:
        """True if it is made; otherwise its orders wait for another week.

        Args:
            orders: Doses ordered of it.
            capacity: Doses that it can have; infinite where only activity limits it.
            waited: The longest wait among its patients since they could have had the dose. [d]
            week: Number of the week.
        """
        ...


def gravity(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:
    """In proportion to size over (distance + 20 km)."""
    total = 0.0
    for at in range(len(km)):
        if takes[at]:
            total += size[at] / (km[at] + _NEAR_KM)
    if total <= 0.0:
        return -1
    reached, last = 0.0, -1
    for at in range(len(km)):
        if takes[at] and size[at] > 0.0:
            reached += size[at] / (km[at] + _NEAR_KM)
            last = at
            if reached > draw * total:
                return at
    return last


def nearest(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:
    """The nearest."""
    for at in range(len(km)):
        if takes[at]:
            return at
    return -1


def shortest_line(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:
    """The one with the fewest waiting for each unit of size; the nearest of equals."""
    best, least = -1, math.inf
    for at in range(len(km)):
        if takes[at] and size[at] > 0.0 and load[at] / size[at] < least:
            best, least = at, load[at] / size[at]
    return best


def fastest(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:
    """The one with room in the fewest weeks if each waits its turn; the nearest of equals."""
    best, least = -1, math.inf
    for at in range(len(km)):
        if takes[at] and size[at] > 0.0 and math.floor(load[at] / size[at]) < least:
            best, least = at, math.floor(load[at] / size[at])
    return best


def continuing_first(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:
    """Patients in a course first, then who waits longest."""
    return -waited - (1e7 if kind else 0.0)


def longest_waiting(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:
    """Who waits longest, in a course or not."""
    return -waited


def lottery(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:
    """Patients in a course first, then by lot."""
    return draw - (2.0 if kind else 0.0)


def at_once(kind: int, listed: Floats, size: float) -> int:
    """For the first week."""
    return 0


def when_room(kind: int, listed: Floats, size: float) -> int:
    """For the first of eight weeks for which the site has fewer orders than its size."""
    for later in range(len(listed)):
        if listed[later] < size:
            return later
    return 0


def every_batch(orders: int, capacity: float, waited: float, week: int) -> bool:
    """Every batch."""
    return True


def half_full(orders: int, capacity: float, waited: float, week: int) -> bool:
    """A batch that is half full, or one of whose patients has waited three weeks."""
    return math.isinf(capacity) or 2.0 * orders >= capacity or waited >= _LONG_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies of one scenario."""

    site_choice: Choice = gravity
    station_choice: Choice = gravity
    priority: Priority = continuing_first
    ordering: Ordering = at_once
    batch: Batch = every_batch
    reserved_for_new: float = 0.0
    """Share of each run's doses that continuing patients may not take. [unitless]"""
    overbook: float = 0.0
    """Share by which a site allots more than its limits hold, in view of holds. [unitless]"""
    swap: bool = False
    """A dose that its patient cannot take goes to one who waits at the same site for it."""
