"""What a leg to a site costs, given the tours that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.transport import Carrier
from doseline.plan.tours.carried import own_lanes
from doseline.plan.tours.roads import roads

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.plan.tours.own import Tours

UNLOADING_H = 1 / 6
"""As in :mod:`doseline.plan.tours.start`. [h]"""


def leg_costs(network: Network, tours: Tours) -> dict[tuple[str, str], float]:
    """Cost of one package by place and site: its share of a tour there, else the least detour.

    A detour ignores windows and loads: it is an estimate, and the tours searched afterwards decide.

    Args:
        network: The network.
        tours: The tours that there are.

    Returns:
        By place and site. [currency]
    """
    found: dict[tuple[str, str], float] = {}
    carriers = network.by_key(Carrier)
    for (carrier, place), lanes in own_lanes(network).group_by(
        "carrier", "place", maintain_order=True
    ):
        mine = tours.shares.filter(carrier=carrier, place=place)
        shares = dict(mine.group_by("site").agg(pl.col("cost").mean()).iter_rows())
        sites = sorted(lanes["site"].unique().to_list())
        rounds = _rounds(tours, str(carrier), str(place), sites)
        detours = _detours(network, carriers[str(carrier)], str(place), sites, rounds)
        for site, detour in zip(sites, detours, strict=True):
            found[str(place), site] = shares.get(site, detour)
    return found


def _rounds(tours: Tours, carrier: str, place: str, sites: list[str]) -> list[list[int]]:
    """Rows visited by each tour, the start at both ends."""
    rows = {site: row for row, site in enumerate(sites, start=1)}
    mine = tours.tours.filter(carrier=carrier, place=place).sort("tour", "stop")
    visits = mine.group_by("tour", maintain_order=True).agg("site")["site"].to_list()
    return [[0, *(rows[site] for site in one), 0] for one in visits]


def _detours(
    network: Network, carrier: Carrier, place: str, sites: list[str], rounds: list[list[int]]
) -> list[float]:
    """The least cost of visiting each site besides, at most that of a vehicle of its own."""
    both = roads(network, carrier, place, sites)
    escorts = carrier.escorts * carrier.escort_cost_per_h
    hour = float((carrier.cost_per_h or 0) + escorts)
    money = both.distance_m / 1000 * float(carrier.cost_per_km or 0)
    money = money + both.duration_s / 3600 * hour
    least = money[0, 1:] + money[1:, 0]
    for one in rounds:
        before, after = np.array(one[:-1]), np.array(one[1:])
        more = money[before, 1:] + money[1:, after].T - money[before, after][:, None]
        least = np.minimum(least, more.min(axis=0, initial=np.inf))
    return [float(cost) for cost in least + UNLOADING_H * hour]
