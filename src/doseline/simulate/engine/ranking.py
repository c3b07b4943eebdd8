"""The sequence of a week's orders: a merge sort that makes no array and reads memory in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.simulate.engine.compiled import inner

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table

_RUN = 6
"""Orders that are put in sequence one by one."""


@inner
def _before(first: Table, second: Table) -> bool:
    """By score, then who waits longest, then by row."""
    # Without branches, which the processor could not foresee.
    by_row = (first.since == second.since) & (first.person < second.person)
    later = (first.score == second.score) & ((first.since < second.since) | by_row)
    return bool((first.score < second.score) | later)


@inner
def _insert(source: Table, target: Table, begin: int, end: int) -> None:
    for at in range(begin, end):
        place = at
        while place > begin and _before(source[at], target[place - 1]):
            target[place] = target[place - 1]
            place -= 1
        target[place] = source[at]


@inner
def _merge(source: Table, target: Table, begin: int, middle: int, end: int) -> None:
    left, right, place = begin, middle, begin
    while left < middle and right < end:
        step = int(_before(source[right], source[left]))
        target[place] = source[right if step else left]
        right += step
        left += 1 - step
        place += 1
    for at in range(left, middle):
        target[place] = source[at]
        place += 1
    for at in range(right, end):
        target[place] = source[at]
        place += 1


@inner
def put_in_sequence(turns: Table, scratch: Table, size: int) -> bool:
    """Put orders in the sequence in which they are served.

    Args:
        turns: Records with ``score``, ``since`` and ``person``.
        scratch: As many again.
        size: Number of orders.

    Returns:
        Whether the sequence is in ``scratch``; else it is in ``turns``.
    """
    for begin in range(0, size, _RUN):
        _insert(turns, scratch, begin, min(begin + _RUN, size))
    length, swapped = _RUN, True
    while length < size:
        for begin in range(0, size, 2 * length):
            middle, end = min(begin + length, size), min(begin + 2 * length, size)
            if swapped:
                _merge(scratch, turns, begin, middle, end)
            else:
                _merge(turns, scratch, begin, middle, end)
        length, swapped = 2 * length, not swapped
    return swapped
