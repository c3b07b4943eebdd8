"""The sequence of a week's orders: by integers that tell it nearly, and what they tell mended.

Where they tell too little, by a merge sort of records. Neither makes an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.sorting import sort

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table
    from doseline.simulate.engine.tables import People, Week

_BITS = 63
_PATIENCE = 4
"""Moves for each order, after which what integers told is given up."""
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
def _write_keys(week: Week, size: int) -> tuple[int, int, bool]:
    """Write an integer for each order: its score, finely, and then its row.

    Returns:
        The first row of all, a mask of the bits that tell a row from it on, and whether every
        score is finite.
    """
    turns = week.turns
    low, high = np.inf, -np.inf
    first, last = 2**32, 0
    for at in range(size):
        score, person = turns.score[at], int(turns.person[at])
        low, high = min(low, score), max(high, score)
        first, last = min(first, person), max(last, person)
    if not high - low < np.inf:
        return first, 0, False
    bits = 0
    while (last - first) >> bits > 0:
        bits += 1
    # One part in 2**52 less, so that rounding does not reach the next bit.
    scale = (2.0 ** (_BITS - bits) - 2.0 ** (11 - bits)) / max(high - low, 1.0)
    for at in range(size):
        score = int((turns.score[at] - low) * scale)
        week.keys[at] = (score << bits) | (int(turns.person[at]) - first)
    return first, (1 << bits) - 1, True


@inner
def _by_keys(people: People, week: Week, size: int) -> bool:
    """Put orders in their sequence by integers; false if those tell too little."""
    first, mask, finite = _write_keys(week, size)
    if not finite:
        return False
    keys = week.keys_again if sort(week.keys, week.keys_again, size) else week.keys
    moves = 0
    for at in range(size):
        turn = week.turns[people.orders.asked[first + (keys[at] & mask)]]
        place = at
        while place > 0 and _before(turn, week.turns_again[place - 1]):
            week.turns_again[place] = week.turns_again[place - 1]
            place -= 1
        week.turns_again[place] = turn
        moves += at - place
        if moves > _PATIENCE * size:
            return False
    return True


@inner
def _by_merging(turns: Table, scratch: Table, size: int) -> bool:
    """Put orders in their sequence by a merge sort; whether that is in ``scratch`` then."""
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


@inner
def put_in_sequence(people: People, week: Week, size: int) -> bool:
    """Put orders in the sequence in which they are served.

    Args:
        people: The patients.
        week: The week.
        size: Number of orders.

    Returns:
        Whether the sequence is in ``week.turns_again``; else it is in ``week.turns``.
    """
    if _by_keys(people, week, size):
        return True
    return _by_merging(week.turns, week.turns_again, size)
