"""Counter-based random numbers: a draw depends only on (seed, purpose, entity).

So scenarios share their draws, results do not depend on the order or the number of workers, and
the same seed gives the same numbers on every platform. The mixer is the finaliser of SplitMix64
(Steele, Lea, Flood, OOPSLA 2014, doi 10.1145/2660193.2660195).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_TO_UNIT = 2.0**-53


def key_of(name: str) -> np.uint64:
    """The 64-bit key of a name, the same on every platform."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big"))


def keys_of(names: Sequence[str]) -> Keys:
    """The keys of many names, shape (n,)."""
    return np.array([key_of(name) for name in names], dtype=np.uint64)


def mixed(key: Keys | np.uint64, other: Keys | np.uint64) -> Keys:
    """A new key for each pair of keys, broadcast."""
    return _mix(np.atleast_1d(key) ^ _mix(np.atleast_1d(other) * _GOLDEN + _GOLDEN))


def uniform(seed: int, purpose: str, keys: Keys | Sequence[str]) -> Floats:
    """One draw in [0, 1) for each key.

    Args:
        seed: Seed of the replication.
        purpose: What the draw decides; different purposes are independent.
        keys: The entities, as keys or names, shape (n,).
    """
    entity = keys if isinstance(keys, np.ndarray) else keys_of(keys)
    stream = key_of(f"{seed}/{purpose}")
    bits = _mix(_mix(entity + stream) ^ stream)
    draws: Floats = (bits >> np.uint64(11)).astype(np.float64) * _TO_UNIT
    return draws


def normal(seed: int, purpose: str, keys: Keys | Sequence[str]) -> Floats:
    """One standard normal draw for each key (Box and Muller, 1958)."""
    entity = keys if isinstance(keys, np.ndarray) else keys_of(keys)
    radius = np.sqrt(-2.0 * np.log1p(-uniform(seed, purpose + "/radius", entity)))
    draws: Floats = radius * np.cos(2.0 * np.pi * uniform(seed, purpose + "/angle", entity))
    return draws


def _mix(state: Keys) -> Keys:
    with np.errstate(over="ignore"):
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed_state: Keys = state ^ (state >> np.uint64(31))
    return mixed_state
