"""The draws of :mod:`doseline.model.chance`, bit for bit, one at a time."""

from __future__ import annotations

import math

import numpy as np

from doseline.simulate.engine.compiled import Table, compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHIFT_1 = np.uint64(30)
_SHIFT_2 = np.uint64(27)
_SHIFT_3 = np.uint64(31)
_SHIFT_4 = np.uint64(11)
_TO_UNIT = 2.0**-53
_EXPONENTIAL = 1
_LOGNORMAL = 2


@compiled
def splitmix(state: np.uint64) -> np.uint64:
    """The SplitMix64 output for a state (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195).

    That of an entity's key is the entity's state, from which all of its draws are made.
    """
    mixed = state + _GOLDEN
    mixed = (mixed ^ (mixed >> _SHIFT_1)) * _MIX_1
    mixed = (mixed ^ (mixed >> _SHIFT_2)) * _MIX_2
    return mixed ^ (mixed >> _SHIFT_3)


@compiled
def mix(state: np.uint64, other: np.uint64) -> np.uint64:
    """The state of the entity "other of the one with this state"."""
    return splitmix(splitmix(state ^ other))


@compiled
def draw(stream: np.uint64, state: np.uint64) -> float:
    """The uniform number of an entity with a state in a stream, in [0, 1)."""
    return float(splitmix(state ^ stream) >> _SHIFT_4) * _TO_UNIT


@compiled
def duration(
    law: int, first: float, second: float, streams: Table, radius: int, state: np.uint64
) -> float:
    """A duration by a :class:`~doseline.simulate.engine.world.Law`. [d]

    Args:
        law: Number of the law.
        first: Its first parameter.
        second: Its second parameter.
        streams: Every stream.
        radius: Number of the stream of the radius; that of the angle follows it.
        state: The entity's.
    """
    if law == _EXPONENTIAL:
        return -first * math.log(1.0 - draw(streams[radius], state))
    if law == _LOGNORMAL:
        if first == 0.0:
            return 0.0
        length = math.sqrt(-2.0 * math.log(1.0 - draw(streams[radius], state)))
        normal = length * math.cos(2.0 * math.pi * draw(streams[radius + 1], state))
        return first * math.exp(second * normal)
    return first
