"""What the plain loop is made of: legs, ways, infusion slots and batch slots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Leg:
    """One lane of a way, when it leaves and arrives, and the deadline if it leaves by timetable."""

    lane: int
    depart: int
    arrive: int
    deadline: int | None
    wait: int = 0
    """Before a closed door, for a leg on demand. [ms]"""


@dataclass(frozen=True)
class Way:
    """A way from a batch slot's hand-over to a site."""

    batch: int
    site: int
    legs: tuple[Leg, ...]


@dataclass(frozen=True)
class Slot:
    """An infusion slot."""

    site: int
    suite: int
    day: date
    start: int
    end: int
    chair_min: int


@dataclass(frozen=True)
class Run:
    """A batch slot of the week."""

    day: date
    ready: int
    release: int
    expiry: int
    closed: bool
