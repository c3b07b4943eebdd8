"""Random numbers of one seed: one for each purpose and key, whatever happens in between."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from doseline.model.chance import mixed as mixed_keys
from doseline.model.chance import uniform
from doseline.simulate.engine.world import Law, Stations


def mixed(key: int, other: int) -> int:
    """The key of the entity "other of key"."""
    return int(mixed_keys(_keys(key), _keys(other))[0])


class Length(NamedTuple):
    """The law of a duration, and its parameters."""

    law: int
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Draws:
    """The random numbers of a seed."""

    seed: int

    def number(self, purpose: str, key: int) -> float:
        """A number in [0, 1) that depends on seed, purpose and key only."""
        return float(uniform(self.seed, purpose, _keys(key))[0])

    def duration(self, length: Length, radius: str, angle: str, key: int) -> float:
        """A duration; its normal number is Box and Muller's of two purposes. [d]"""
        if length.law == Law.FIXED:
            return float(length.first)
        exponential = -math.log1p(-self.number(radius, key))
        if length.law == Law.EXPONENTIAL:
            return float(length.first * exponential)
        if length.first == 0.0:
            return 0.0
        turn = math.cos(2.0 * math.pi * self.number(angle, key))
        return float(length.first * math.exp(length.second * math.sqrt(2.0 * exponential) * turn))

    def service(self, stations: Stations, station: int, key: int) -> float:
        """How long a station serves a patient. [d]"""
        length = Length(stations.law[station], stations.first[station], stations.second[station])
        return self.duration(length, "service/radius", "service/angle", mixed(key, station))


def _keys(key: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return np.array([key], dtype=np.uint64)
