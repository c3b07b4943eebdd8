"""Drawing without state: what is drawn for a thing depends on its own name only."""

from __future__ import annotations

import hashlib
import math
from statistics import NormalDist
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Thing = TypeVar("Thing")


def unit(purpose: str, key: str) -> float:
    """A number in (0, 1), the same at every call."""
    digest = hashlib.blake2b(f"us-lu177|{purpose}|{key}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "little") >> 11) * 2.0**-53 + 2.0**-54


def choice(purpose: str, key: str, among: Sequence[Thing]) -> Thing:
    """One of several things, each as likely as the others."""
    return among[int(unit(purpose, key) * len(among))]


def gauss(purpose: str, key: str) -> float:
    """A standard normal number."""
    return NormalDist().inv_cdf(unit(purpose, key))


def poisson(purpose: str, key: str, mean: float) -> int:
    """A Poisson number, by inverting its distribution."""
    rest, count, chance = unit(purpose, key), 0, math.exp(-mean)
    while rest > chance:
        rest -= chance
        count += 1
        chance *= mean / count
    return count
