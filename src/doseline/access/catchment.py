"""Nearest places: great circles times a circuity, for all regions at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the GRS 80 ellipsoid (Moritz 2000, doi:10.1007/s001900050278). [km]"""

CIRCUITY = 1.25
"""Road distance over great circle. [unitless]

An assumption near what is measured: mean 1.235 over 8,128 pairs of 128 cities of the United States
and Canada, 1.26 between 20 and 300 miles (own computation on the table of road miles of 1949 in
D. E. Knuth, The Stanford GraphBase).
"""

_CHUNK = 1 << 22
"""Pairs of region and site whose distance is held at once, to bound memory."""


def nearest_sites(
    regions: pl.DataFrame, sites: pl.DataFrame, *, k: int, max_km: float
) -> tuple[Ints, Floats]:
    """Row numbers of the ``k`` nearest sites of each region, nearest first, and their distances.

    Equal distances keep the order of the table.

    Args:
        regions: Columns ``lat`` and ``lon`` in degrees (WGS-84), one row a region.
        sites: The same, one row a site or any other kind of place.
        k: Sites a region, at least 1.
        max_km: Farthest distance by road; may be infinite. [km]

    Returns:
        Two arrays of shape (region, k): row numbers, -1 where there is no further site within
        ``max_km``, and distances by road, infinite there. [km]
    """
    starts, ends = _on_unit_sphere(regions), _on_unit_sphere(sites)
    nearest = np.full((len(starts), k), -1, dtype=np.int64)
    km = np.full((len(starts), k), np.inf)
    step = max(1, _CHUNK // max(len(ends), 1))
    for begin in range(0, len(starts) if len(ends) else 0, step):
        rows = slice(begin, begin + step)
        found, chord = _shortest_chords(starts[rows], ends, min(k, len(ends)))
        nearest[rows, : found.shape[1]] = found
        km[rows, : found.shape[1]] = road_km(chord)
    too_far = km > max_km
    nearest[too_far], km[too_far] = -1, np.inf
    return nearest, km


def road_km(chord: Floats) -> Floats:
    """Distance by road between points whose chord through the unit sphere is known. [km]"""
    angle = 2.0 * np.arcsin(np.minimum(chord / 2.0, 1.0))
    distance: Floats = EARTH_RADIUS_KM * CIRCUITY * angle
    return distance


def _shortest_chords(starts: Floats, ends: Floats, k: int) -> tuple[Ints, Floats]:
    """The ends at the shortest chords of each start, shortest first, and the chords."""
    squared = np.zeros((len(starts), len(ends)))
    for axis in range(3):
        squared += np.square(starts[:, axis, None] - ends[None, :, axis])
    few = np.sort(np.argpartition(squared, k - 1, axis=1)[:, :k], axis=1)
    chord = np.sqrt(np.take_along_axis(squared, few, axis=1))
    order = np.argsort(chord, axis=1, kind="stable")
    return np.take_along_axis(few, order, axis=1), np.take_along_axis(chord, order, axis=1)


def _on_unit_sphere(places: pl.DataFrame) -> Floats:
    """Places as points of shape (place, 3) on the unit sphere."""
    lat, lon = (np.radians(places[name].to_numpy()) for name in ("lat", "lon"))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
