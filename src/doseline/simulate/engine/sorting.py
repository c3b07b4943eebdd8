"""Sorting of integers that are all different: a network for eight, then merges from both ends.

Nothing branches on what is compared, so the processor foresees every step, and the two ends of a
merge do not wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.compiled import inner

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table

_EIGHT = 8
_ONE = np.uint64(1)
LAST = 2**63 - 1
"""Comes after every other integer: fills runs up."""


def padded(most: int) -> int:
    """Room for so many integers, and for what fills the last runs up."""
    return most + most // 4 + _EIGHT


@inner
def _two(first: int, second: int) -> tuple[int, int]:
    """Two integers in ascending sequence."""
    return (first, second) if first < second else (second, first)


@inner
def _key(keys: Table, begin: int, length: int, at: int) -> int:
    return keys[begin + at] if at < length else LAST


@inner
def _sort_run(keys: Table, begin: int, length: int) -> None:
    """Batcher's odd-even merge sort of eight (AFIPS 1968, doi:10.1145/1468075.1468121), or fewer."""
    a, b = _two(_key(keys, begin, length, 0), _key(keys, begin, length, 1))
    c, d = _two(_key(keys, begin, length, 2), _key(keys, begin, length, 3))
    e, f = _two(_key(keys, begin, length, 4), _key(keys, begin, length, 5))
    g, h = _two(_key(keys, begin, length, 6), _key(keys, begin, length, 7))
    a, c = _two(a, c)
    b, d = _two(b, d)
    e, g = _two(e, g)
    f, h = _two(f, h)
    b, c = _two(b, c)
    f, g = _two(f, g)
    a, e = _two(a, e)
    b, f = _two(b, f)
    c, g = _two(c, g)
    d, h = _two(d, h)
    c, e = _two(c, e)
    d, f = _two(d, f)
    b, c = _two(b, c)
    d, e = _two(d, e)
    f, g = _two(f, g)
    for at, key in enumerate((a, b, c, d, e, f, g, h)):
        if at < length:
            keys[begin + at] = key


@inner
def _merge(source: Table, target: Table, begin: int, length: int) -> None:
    """Merge two runs of one length: the first half from the front, the other from the back."""
    left, right = np.uint64(begin), np.uint64(begin + length)
    last_left, last_right = np.uint64(right - _ONE), np.uint64(begin + 2 * length - 1)
    back = last_right
    for place in range(begin, begin + length):
        low, other = source[left], source[right]
        step = np.uint64(other < low)
        target[place] = other if step else low
        right += step
        left += _ONE - step
        high, other = source[last_right], source[last_left]
        step = np.uint64(other > high)
        target[back] = other if step else high
        last_left -= step
        last_right -= _ONE - step
        back -= _ONE


@inner
def sort(keys: Table, scratch: Table, size: int) -> bool:
    """Sort different integers.

    Args:
        keys: The integers, with room for :func:`padded` of them.
        scratch: As much room again.
        size: How many.

    Returns:
        Whether they are in ``scratch`` then; else they are in ``keys``.
    """
    runs = _runs(size)
    length = max(-(-size // runs), 1)
    end = runs * length
    for at in range(size, end):
        keys[at] = LAST
    for begin in range(0, end, length):
        _sort_run(keys, begin, length)
    swapped = False
    while length < end:
        source, target = (scratch, keys) if swapped else (keys, scratch)
        for begin in range(0, end, 2 * length):
            _merge(source, target, begin, length)
        length, swapped = 2 * length, not swapped
    return swapped


@inner
def _runs(size: int) -> int:
    """A power of two: so many runs of eight at most hold so many integers."""
    runs = 1
    while runs * _EIGHT < size:
        runs *= 2
    return runs
