"""Chance without state: a uniform number for each (seed, purpose, entity), in any order.

A draw depends on its own key only, so that scenarios share random numbers, results do not depend
on the order of events, and the same seed gives the same bytes on every platform.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Keys: TypeAlias = NDArray[np.uint64]
Floats: TypeAlias = NDArray[np.float64]

_MASK = (1 << 64) - 1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_SHIFTS = tuple(np.uint64(bits) for bits in (30, 27, 31, 11))
_TO_UNIT = 2.0**-53


def uniform(seed: int, purpose: str, keys: Keys | Sequence[str]) -> Floats:
    """Uniform numbers in [0, 1), one a key, that depend on seed, purpose and that key only.

    Args:
        seed: Seed of the run.
        purpose: What the numbers decide, e.g. ``"batch failure"``; splits the seed.
        keys: Names of the entities, or unsigned 64-bit numbers that stand for them.

    >>> uniform(1, "batch failure", ["B1", "B2"]).round(6).tolist() == uniform(
    ...     1, "batch failure", ["B2", "B1"]
    ... ).round(6).tolist()[::-1]
    True
    """
    stream = np.uint64(hash64(f"{seed & _MASK}|{purpose}"))
    with np.errstate(over="ignore"):
        mixed = _splitmix64(_splitmix64(as_keys(keys)) ^ stream)
    return (mixed >> _SHIFTS[3]).astype(np.float64) * _TO_UNIT


def normal(seed: int, purpose: str, keys: Keys | Sequence[str]) -> Floats:
    """Standard normal numbers, one a key (Box and Muller 1958, doi:10.1214/aoms/1177706645)."""
    entity = as_keys(keys)
    radius = np.sqrt(-2.0 * np.log1p(-uniform(seed, purpose + "/radius", entity)))
    numbers: Floats = radius * np.cos(2.0 * np.pi * uniform(seed, purpose + "/angle", entity))
    return numbers


def mixed(keys: Keys, others: Keys) -> Keys:
    """A new key for each pair of keys, broadcast: the entity "other of key"."""
    with np.errstate(over="ignore"):
        return _splitmix64(_splitmix64(keys) ^ others)


def as_keys(keys: Keys | Sequence[str]) -> Keys:
    """Keys as unsigned 64-bit numbers; names are hashed."""
    if isinstance(keys, np.ndarray) and keys.dtype == np.uint64:
        return keys
    names: list[Any] = list(keys)
    return np.fromiter((hash64(str(name)) for name in names), dtype=np.uint64, count=len(names))


def hash64(text: str) -> int:
    """The first 64 bits of the BLAKE2b digest of a text (RFC 7693), little-endian."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _splitmix64(state: Keys) -> Keys:
    """The SplitMix64 output for each state (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195)."""
    mixed = state + _GOLDEN
    mixed = (mixed ^ (mixed >> _SHIFTS[0])) * _MIX_1
    mixed = (mixed ^ (mixed >> _SHIFTS[1])) * _MIX_2
    return mixed ^ (mixed >> _SHIFTS[2])
