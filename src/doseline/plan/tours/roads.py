"""Roads between the stops of a tour.

Lanes say how far it is from the start to each site. Between two sites nothing does: there the
distance over the sphere is stretched as the carrier's lanes are, and driven at their speed (both
medians; an estimate). Times are stretched by the share of rests, so that a driver who rests when
the rule asks is never later than told: after driving ``d``, rests take at most
``d x rest_h / drive_h_max``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.transport import Carrier

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG). [km]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """Distances and times between a start (row 0) and sites, shape (places, places)."""

    distance_m: Ints
    duration_s: Ints


def roads(network: Network, carrier: Carrier, place: str, sites: Sequence[str]) -> Roads:
    """The roads of one carrier between a place and some sites.

    Args:
        network: The network.
        carrier: Whose lanes give the speed and the detours.
        place: Line or hub where tours start.
        sites: Names of the sites, in the order of rows 1 and on.
    """
    lanes = network.frame("lanes").filter(carrier=carrier.carrier, mode="road")
    at = _positions(network)
    straight = np.array(
        [
            _sphere_km(np.array([at[a]]), np.array([at[b]]))[0, 0]
            for a, b in lanes.select("from_place", "to_place").iter_rows()
        ]
    )
    km, hours = lanes["distance_km"].to_numpy(), lanes["duration_h"].to_numpy()
    long = straight > 1.0
    detour = float(np.median(km[long] / straight[long])) if long.any() else 1.3
    speed = float(np.median(km[hours > 0] / hours[hours > 0])) if (hours > 0).any() else 50.0
    points = np.array([at[name] for name in (place, *sites)])
    distance = _sphere_km(points, points) * detour
    duration = distance / speed
    known = {
        to: (one_km, one_h)
        for start, to, one_km, one_h in lanes.select(
            "from_place", "to_place", "distance_km", "duration_h"
        ).iter_rows()
        if start == place
    }
    for row, site in enumerate(sites, start=1):
        if site in known:
            distance[0, row] = distance[row, 0] = known[site][0]
            duration[0, row] = duration[row, 0] = known[site][1]
    rests = 1.0 + carrier.rest_h / carrier.drive_h_max if carrier.drive_h_max else 1.0
    return Roads(
        distance_m=np.rint(distance * 1000.0).astype(np.int64),
        duration_s=np.ceil(duration * rests * 3600.0).astype(np.int64),
    )


def _positions(network: Network) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of lines, hubs and sites. [deg]"""
    tables = (("lines", "line"), ("hubs", "hub"), ("sites", "site"))
    frames = [network.frame(table).select("lat", "lon", name=name) for table, name in tables]
    return {name: (lat, lon) for lat, lon, name in pl.concat(frames).iter_rows()}


def _sphere_km(one: Floats, other: Floats) -> Floats:
    """Distances over the sphere (haversine formula), shape (n, m). [km]"""
    a, b = np.radians(one)[:, None, :], np.radians(other)[None, :, :]
    half = (b - a) / 2.0
    inner = (
        np.sin(half[..., 0]) ** 2
        + np.cos(a[..., 0]) * np.cos(b[..., 0]) * np.sin(half[..., 1]) ** 2
    )
    km: Floats = 2.0 * EARTH_KM * np.arcsin(np.sqrt(inner))
    return km
