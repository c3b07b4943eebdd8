"""Bags: entries by day or week, which come in any sequence and are all taken at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.memory import rows, table
from doseline.simulate.engine.tables import ENTRY, PLACE, Bags

if TYPE_CHECKING:
    from doseline.simulate.engine.compiled import Table

CHUNK = 8
"""Entries of a chunk."""
_NONE = -1
_SPARE, _USED = 0, 1


def bags(places: int, entries: int) -> Bags:
    """Empty bags for so many places and entries."""
    chunks = entries // CHUNK + places + 1
    each = np.zeros(places, PLACE)
    each["first"], each["last"] = _NONE, _NONE
    return Bags(
        places=table(each),
        entries=rows(chunks * CHUNK, ENTRY),
        following=np.empty(chunks, np.int32),
        spare=np.array([_NONE, 0]),
    )


@inner
def _new_chunk(spare: Table, following: Table) -> int:
    chunk = spare[_SPARE]
    if chunk == _NONE:
        chunk = spare[_USED]
        spare[_USED] = chunk + 1
    else:
        spare[_SPARE] = following[chunk]
    following[chunk] = _NONE
    return int(chunk)


@inner
def put(bag: Bags, place: int, time: float, turn: int, person: int) -> None:
    """Put an entry in a place's bag."""
    one = bag.places[place]
    if one.last == _NONE or one.filled == CHUNK:
        chunk = _new_chunk(bag.spare, bag.following)
        if one.last == _NONE:
            one.first = chunk
        else:
            bag.following[one.last] = chunk
        one.last = chunk
        one.filled = 0
    entry = bag.entries[one.last * CHUNK + one.filled]
    entry.time, entry.turn, entry.person = time, turn, person
    one.filled += 1


@inner
def size_of(bag: Bags, place: int, chunk: int) -> int:
    """Number of entries in a chunk of a place."""
    return int(bag.places.filled[place]) if chunk == bag.places.last[place] else CHUNK


@inner
def empty(bag: Bags, place: int) -> None:
    """Give the chunks of a place back."""
    one = bag.places[place]
    if one.last != _NONE:
        bag.following[one.last] = bag.spare[_SPARE]
        bag.spare[_SPARE] = one.first
        one.first, one.last, one.filled = _NONE, _NONE, 0
