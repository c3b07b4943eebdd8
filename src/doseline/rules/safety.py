"""What a rulebook says of radiation safety: when a patient may go, and how long waste decays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from doseline.physics.release import Criterion, Measure

if TYPE_CHECKING:
    from doseline.rules.parameter import Reading

Purpose: TypeAlias = Literal["release", "instructions"]
"""What a limit decides: whether the patient may go, or whether with written instructions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTest:
    """A criterion as a rulebook's code defines it; its numbers are parameters."""

    measure: Measure
    limit: str
    """Key of the limit, in the unit of the measure."""
    occupancy: str | None = None
    """Key of the share of the time that another person is at 1 m; none counts all of it."""
    purpose: Purpose = "release"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseCriterion(Criterion):
    """A criterion in force on a day, with the values it rests on; physics takes it as it is."""

    readings: tuple[Reading, ...]
    """The limit, then the occupancy if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageTest:
    """Decay in storage as a rulebook's code defines it, by the keys of its parameters."""

    half_lives: str
    """Key of the number of half-lives."""
    longest_half_life_d: str | None = None
    """Key of the longest half-life that may decay in storage; none if there is no such rule."""
    fixed_d: str | None = None
    """Key of a time stated for the nuclide itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageRule:
    """How waste of one nuclide decays in storage on a day."""

    half_lives: float
    """Half-lives that it is kept for. [unitless]"""
    longest_half_life_h: float
    """Half-life up to which it may; infinite without such a rule. [h]"""
    fixed_h: float | None
    """Time stated for the nuclide itself; it goes before the half-lives. [h]"""
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationTest:
    """How an activity weighs in a day's operating quantity, by the keys of its parameters."""

    toxicity: str
    """Key of the weight of the nuclide's toxicity."""
    operation: str
    """Key of the divisor of the way in which it is handled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRule:
    """How an activity of one nuclide weighs in a day's operating quantity on a day."""

    factor: float
    """Toxicity by way of operation. [unitless]"""
    readings: tuple[Reading, ...]
