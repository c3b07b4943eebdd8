"""Itineraries from each instant at which a line hands doses over.

A line hands a dose over at release. One that ships at risk hands it over at calibration as well: it
travels in quarantine, is never infused before its release, and is lost with its batch. The notice
of the release is taken to reach the site at once. Whether this is allowed is for the maker's
release procedure: for PET drugs 21 CFR 212.70(d) and (f) know conditional final release, and the
EU's GMP (EudraLex volume 4, annex 3) knows release in two stages, before and after all results.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.options import ITINERARY_SCHEMA
from doseline.routes.itineraries import Itineraries, itineraries

if TYPE_CHECKING:
    from doseline.routes.graph import LaneGraph
    from doseline.routes.runs import Runs
    from doseline.routes.timetable import Ints

_TIMES = ("lanes", "leg_depart_ms", "leg_arrive_ms")


def from_handovers(graph: LaneGraph, runs: Runs, *, k: int = 3) -> Itineraries:
    """Up to ``k`` itineraries from each handover of each batch slot to each site, equal ones once.

    Args:
        graph: Lanes and departures.
        runs: The batch slots.
        k: As in :func:`doseline.routes.itineraries.itineraries`.
    """
    released = itineraries(graph, runs, k=k)
    early = np.flatnonzero(runs.at_risk & (runs.ready_ms < runs.release_ms))
    if not early.size:
        return released
    hasty = runs.take(early)
    hasty = dataclasses.replace(hasty, release_ms=hasty.ready_ms)
    return _merged(released, itineraries(graph, hasty, k=k), early)


def _merged(released: Itineraries, at_risk: Itineraries, rows: Ints) -> Itineraries:
    """Both, by batch slot and site, those at calibration first.

    Args:
        released: Of all batch slots.
        at_risk: Of some of them.
        rows: Which these are.
    """
    each = (at_risk, released)
    batch = np.concatenate([rows[at_risk.batch], released.batch])
    site = np.concatenate([one.site for one in each])
    frame = pl.concat(one.frame for one in each).with_columns(batch=pl.Series(batch))
    order = np.lexsort((np.arange(batch.size), site, batch))
    told = frame[order].with_row_index("row").unique(["batch", "site", *_TIMES], keep="first")
    kept = order[np.sort(told["row"].to_numpy())]
    numbered = frame[kept].with_columns(itinerary=pl.int_range(pl.len()))
    columns = {
        name: np.concatenate([getattr(one, name) for one in each], axis=-1)[..., kept]
        for name in ("depart_ms", "arrive_ms", "cost", "mode", "connects", "late", "late_mean_h")
    }
    return dataclasses.replace(
        released,
        batch=batch[kept],
        site=site[kept],
        **columns,
        frame=numbered.select([pl.col(name).cast(kind) for name, kind in ITINERARY_SCHEMA.items()]),
    )
