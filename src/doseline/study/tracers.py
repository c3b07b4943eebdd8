"""PET tracers: which scanners may use theirs, and how many of its doses reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.access.catchment import nearest_sites
from doseline.model.treatment import Scanner, Tracer

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network
    from doseline.simulate.pathway import Floats


def usable_from(network: Network, origin: date) -> Floats:
    """Day from which the tracer of each scanner row may be used. [d]

    Minus infinity where hospitals prepare it themselves, infinite where it is not approved.

    Args:
        network: The network.
        origin: Day 0.
    """
    tracers = network.by_key(Tracer)
    return np.array([_approved(tracers[row.tracer], origin) for row in network.rows(Scanner)])


def _approved(tracer: Tracer, origin: date) -> float:
    if tracer.in_house:
        return -np.inf
    return np.inf if tracer.approved_from is None else float((tracer.approved_from - origin).days)


def slots_per_week(network: Network) -> Floats:
    """Slots a week that each scanner row can fill with its tracer. [1/week]

    A place that makes a tracer shares its doses among the scanners in its reach in proportion to
    their slots; what one of them leaves goes to no other. A scanner fills its own slots at most. A
    tracer without supply rows is never short; one that may never be used fills none.
    """
    scanners = network.frame("scanners")
    slots = scanners["slots_per_week"].to_numpy().astype(np.float64)
    supply = network.frame("tracer_supply")
    doses = np.where(scanners["tracer"].is_in(supply["tracer"].to_list()).to_numpy(), 0.0, np.inf)
    for (tracer,), rows in supply.group_by("tracer", maintain_order=True):
        mine = np.flatnonzero((scanners["tracer"] == tracer).to_numpy())
        doses[mine] += _shares(network, rows, scanners[mine], slots[mine])
    usable = usable_from(network, network.settings.cohort_start) < np.inf
    filled: Floats = np.where(usable, np.minimum(slots, doses), 0.0)
    return filled


def main_supply(
    network: Network, scanner: str | None, product: str | None
) -> tuple[str, str] | None:
    """Tracer and place with the most doses among those in reach of a scanner row, if any."""
    rows = network.frame("scanners").filter(
        (pl.col("scanner") == pl.lit(scanner, dtype=pl.String))
        & (pl.col("product") == pl.lit(product, dtype=pl.String))
    )
    supply = network.frame("tracer_supply").join(rows.select("tracer"), on="tracer", how="semi")
    if supply.is_empty():
        return None
    where = supply.join(_places(network), on="place", how="left", maintain_order="left")
    _, km = nearest_sites(where, rows, k=1, max_km=np.inf)
    reach = where.filter(pl.Series(km[:, 0]) <= pl.col("reach_km"))
    most = reach.sort("doses_per_week", "place", descending=[True, False]).head(1)
    return next(most.select("tracer", "place").iter_rows(), None)


def _shares(
    network: Network, supply: pl.DataFrame, scanners: pl.DataFrame, slots: Floats
) -> Floats:
    """Doses a week that the places of one tracer give each of its scanners. [1/week]"""
    where = supply.join(_places(network), on="place", how="left", maintain_order="left")
    given = np.zeros(len(slots))
    nearest, km = nearest_sites(where, scanners, k=max(len(slots), 1), max_km=np.inf)
    for row, place in enumerate(where.iter_rows(named=True)):
        reached = nearest[row][(nearest[row] >= 0) & (km[row] <= place["reach_km"])]
        asked = slots[reached].sum()
        if asked > 0:
            given[reached] += place["doses_per_week"] * slots[reached] / asked
    return given


def _places(network: Network) -> pl.DataFrame:
    """place, lat, lon of everything that can make a tracer; a name stands for the first of it."""
    tables = (("hubs", "hub"), ("lines", "line"), ("sites", "site"))
    parts = [
        network.frame(table).select(pl.col(key).alias("place"), "lat", "lon")
        for table, key in tables
    ]
    return pl.concat(parts).unique("place", keep="first", maintain_order=True)
