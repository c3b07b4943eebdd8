"""How option rows are made of smaller tables, so that each thing is computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.routes.clock import MS_PER_DAY
from doseline.routes.search import counted

if TYPE_CHECKING:
    from doseline.routes.itineraries import Itineraries
    from doseline.routes.runs import Runs
    from doseline.routes.slots import Slots
    from doseline.routes.timetable import Ints

LATEST_AFTER_EXPIRY_MS = MS_PER_DAY
"""Slots that start this long after shelf life still get rows, which say so. [ms]"""

_SLOT_SPAN = 1 << 42
"""Room for the instants of one site in a sorted key: 139 years. [ms]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The rows as pairs of an entry and a cell.

    A cell is a batch slot, site and infusion slot; an entry is a batch slot, site and itinerary;
    a row is an entry with each of the cells of its batch slot and site.
    """

    cell_batch: Ints
    cell_site: Ints
    cell_slot: Ints
    """Slot, -1 if the site has none in time."""
    entry_batch: Ints
    entry_site: Ints
    entry_way: Ints
    """Itinerary, -1 if there is none."""
    row_entry: Ints
    row_cell: Ints


def grid(runs: Runs, ways: Itineraries, slots: Slots) -> Grid:
    """The cells, entries and rows of all batch slots and sites."""
    batches, sites = ways.reached.shape
    batch, site = np.repeat(np.arange(batches), sites), np.tile(np.arange(sites), batches)
    key = slots.site * _SLOT_SPAN + slots.start_ms
    first = np.searchsorted(key, site * _SLOT_SPAN + runs.ready_ms[batch])
    latest = runs.expiry_ms[batch] + LATEST_AFTER_EXPIRY_MS
    in_time = np.searchsorted(key, site * _SLOT_SPAN + latest, side="right") - first
    reaching = np.bincount(ways.batch * sites + ways.site, minlength=batches * sites)
    cells, entries = np.maximum(in_time, 1), np.maximum(reaching, 1)
    cell_pair = np.repeat(np.arange(batch.size), cells)
    entry_pair = np.repeat(np.arange(batch.size), entries)
    per_entry = cells[entry_pair]
    nth = counted(per_entry)
    return Grid(
        cell_batch=batch[cell_pair],
        cell_site=site[cell_pair],
        cell_slot=np.where(in_time[cell_pair] > 0, first[cell_pair] + counted(cells), -1),
        entry_batch=batch[entry_pair],
        entry_site=site[entry_pair],
        entry_way=np.where(
            reaching[entry_pair] > 0,
            (np.cumsum(reaching) - reaching)[entry_pair] + counted(entries),
            -1,
        ),
        row_entry=np.repeat(np.arange(entry_pair.size), per_entry),
        row_cell=np.repeat((np.cumsum(cells) - cells)[entry_pair], per_entry) + nth,
    )
