"""Catchments of sites and scanners, from their coordinates and sizes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.access.catchment import nearest_sites
from doseline.model.columns import weekday_numbers
from doseline.model.treatment import Suite
from doseline.simulate.catchment import Catchment
from doseline.study.tracers import slots_per_week

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.simulate.pathway import Floats, Ints

NEAREST = 10
"""Places that a region's patients choose among."""


def site_catchment(network: Network, max_km: float) -> Catchment:
    """The nearest sites of each region; a site's size is its chair-days a week."""
    sites = network.frame("sites")
    days = dict.fromkeys(sites["site"], 0.0)
    for suite in network.rows(Suite):
        days[suite.site] += suite.chairs * len(weekday_numbers(suite.weekdays))
    return _catchment(network, sites, np.array(list(days.values())), max_km)


def scanner_catchment(network: Network, product: str, max_km: float) -> Catchment:
    """The nearest scanners for a product, as rows of the whole scanners table.

    A scanner without a slot, or whose tracer may never be used or reaches it nowhere, is none.
    """
    slots = slots_per_week(network)
    scanners = (
        network.frame("scanners")
        .with_columns(pl.Series("slots_per_week", slots))
        .with_row_index("at")
    )
    mine = scanners.filter((pl.col("product") == product) & (pl.col("slots_per_week") > 0))
    if mine.is_empty():
        regions = network.frame("regions").height
        return Catchment(
            places=np.full((regions, 1), -1),
            km=np.full((regions, 1), np.inf),
            size=np.zeros(max(scanners.height, 1)),
        )
    near = _catchment(network, mine, mine["slots_per_week"].to_numpy(), max_km)
    rows: Ints = mine["at"].cast(pl.Int64).to_numpy()
    places = np.where(near.places >= 0, rows[near.places], -1)
    return Catchment(places=places, km=near.km, size=slots)


def _catchment(network: Network, places: pl.DataFrame, size: Floats, max_km: float) -> Catchment:
    near = nearest_sites(network.frame("regions"), places, k=NEAREST, max_km=max_km)
    return Catchment(places=near[0].astype(np.int64), km=near[1], size=size)
