"""From longitude and latitude to the map: fitted to the places that it must show."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Matrix = np.ndarray[tuple[int, int], np.dtype[Any]]
Plane = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""Longitudes and latitudes [deg] to x and y, y downwards [unitless]."""

WIDTH_PX = 960.0
HIGHEST_PX = 580.0
MARGIN_PX = 36.0
INSET_PX = 104.0
"""Height of an inset. [px]"""

_APART_KM = 800.0
"""Places farther than this from all others of the map are drawn in an inset. [km]"""
_MOST_INSETS = 5
_MAIN_SHARE = 0.8
"""Share of the places that the main part must hold, or everything is one part."""
_EARTH_KM = 6371.0
_SMALLEST_DEG = 1.5
_FLATTEST = 0.1
"""A cone flatter than this is a cylinder: near the equator, or around it. [unitless]"""


def albers(lon0_deg: float, lat0_deg: float, south_deg: float, north_deg: float) -> Plane:
    """Equal-area conic projection with two standard parallels on the sphere.

    Source: Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395 (1987),
    equations 14-1 to 14-6.
    """
    phi0, phi1, phi2 = (math.radians(one) for one in (lat0_deg, south_deg, north_deg))
    n = (math.sin(phi1) + math.sin(phi2)) / 2
    c = math.cos(phi1) ** 2 + 2 * n * math.sin(phi1)
    rho0 = math.sqrt(c - 2 * n * math.sin(phi0)) / n

    def plane(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        rho = np.sqrt(np.maximum(c - 2 * n * np.sin(np.radians(lat_deg)), 0.0)) / n
        theta = n * np.radians(_around(lon_deg, lon0_deg) - lon0_deg)
        return rho * np.sin(theta), rho * np.cos(theta) - rho0

    return plane


def grid(lon0_deg: float, middle_deg: float) -> Plane:
    """Plate carree, a degree of longitude as long as it is at that latitude."""
    shrink = math.cos(math.radians(middle_deg))

    def plane(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        along = np.radians(_around(lon_deg, lon0_deg) - lon0_deg)
        return along * shrink, np.radians(middle_deg - lat_deg)

    return plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the map: how it shows places, and where it lies on the drawing."""

    plane: Plane
    scale: float
    """Pixels per unit of the plane. [px]"""
    shift_x_px: float
    shift_y_px: float
    """Where the origin of the plane lies. [px]"""
    left_px: float
    top_px: float
    wide_px: float
    high_px: float
    lon0_deg: float
    inset: bool = False

    def pixels(self, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        """Where places lie on the drawing; NaN outside of the panel. [px]"""
        x, y = self.everywhere(lon_deg, lat_deg)
        inside = (x >= self.left_px) & (x <= self.left_px + self.wide_px)
        inside &= (y >= self.top_px) & (y <= self.top_px + self.high_px)
        inside &= np.abs(_around(lon_deg, self.lon0_deg) - self.lon0_deg) < 120.0
        return np.where(inside, x, np.nan), np.where(inside, y, np.nan)

    def everywhere(self, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        """The same without the edges of the panel. [px]"""
        x, y = self.plane(lon_deg, lat_deg)
        return self.shift_x_px + self.scale * x, self.shift_y_px + self.scale * y


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """The whole map: its panels, the main one first, and its size."""

    panels: tuple[Panel, ...]
    width_px: float
    height_px: float

    def pixels(self, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        """Where places lie on the drawing; NaN off the map. [px]"""
        x, y = np.full(len(lon_deg), np.nan), np.full(len(lon_deg), np.nan)
        # What an inset shows is not shown in the main part as well.
        for panel in reversed(self.panels):
            free = np.isnan(x)
            x[free], y[free] = panel.pixels(lon_deg[free], lat_deg[free])
        return x, y


def fitted(
    lon_deg: Floats, lat_deg: Floats, *, width_px: float = WIDTH_PX, highest_px: float = HIGHEST_PX
) -> Projection:
    """A map that shows these places: the most in its main part, far groups of others as insets."""
    part = parts_of(lon_deg, lat_deg)
    size = width_px / WIDTH_PX
    margin, strip = MARGIN_PX * size, INSET_PX * size
    main = part == 0
    first = _panel(
        lon_deg[main],
        lat_deg[main],
        left_px=0.0,
        top_px=0.0,
        wide_px=width_px,
        highest_px=highest_px,
        margin_px=margin,
    )
    panels, left = [first], margin / 2
    for number in range(1, int(part.max()) + 1):
        here = part == number
        inset = _panel(
            lon_deg[here],
            lat_deg[here],
            left_px=left,
            top_px=first.high_px + 4.0,
            wide_px=0.0,
            highest_px=strip,
            margin_px=margin / 2,
        )
        panels.append(inset)
        left += inset.wide_px + 12.0
    high = first.high_px + (strip + 10.0 if len(panels) > 1 else 0.0)
    return Projection(panels=tuple(panels), width_px=width_px, height_px=high)


def parts_of(lon_deg: Floats, lat_deg: Floats) -> Ints:
    """Number of the part of each place: 0 for the main one, others by how many places they hold.

    Places nearer than 800 km belong to one part. Where no part holds most places, or there are too
    many, all are one.
    """
    cells, cell_of = np.unique(
        np.column_stack([np.rint(lon_deg), np.rint(lat_deg)]), axis=0, return_inverse=True
    )
    linked = _distance_km(cells) <= _APART_KM
    part = np.full(len(cells), -1)
    for start in range(len(cells)):
        if part[start] >= 0:
            continue
        part[_reached(linked, start)] = part.max() + 1
    of = part[cell_of.ravel()]
    counts = np.bincount(of)
    if len(counts) > _MOST_INSETS + 1 or counts.max() < _MAIN_SHARE * len(of):
        return np.zeros(len(of), dtype=np.int64)
    rank = np.argsort(np.argsort(-counts, kind="stable"), kind="stable")
    return np.asarray(rank[of])


def _reached(linked: Matrix, start: int) -> Bools:
    """What can be reached from a place over links."""
    reached = np.zeros(len(linked), dtype=np.bool_)
    reached[start] = True
    count = 0
    while count < reached.sum():
        count = int(reached.sum())
        reached = np.asarray(linked[reached].any(axis=0))
    return reached


def _distance_km(cells: Matrix) -> Matrix:
    """Great-circle distances of all pairs. [km]"""
    lon, lat = np.radians(cells).T
    points = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    return np.asarray(_EARTH_KM * np.arccos(np.clip(points @ points.T, -1.0, 1.0)))


def _panel(
    lon_deg: Floats,
    lat_deg: Floats,
    *,
    left_px: float,
    top_px: float,
    wide_px: float,
    highest_px: float,
    margin_px: float,
) -> Panel:
    """The panel of some places; an inset has no width yet, its own follows from the places."""
    lon0 = _middle(lon_deg)
    lon = _around(lon_deg, lon0)
    west, east = _widened(float(lon.min()), float(lon.max()))
    south, north = _widened(float(lat_deg.min()), float(lat_deg.max()))
    plane = _plane((west + east) / 2, south, north, east - west)
    edge_lon = np.concatenate([lon, np.linspace(west, east, 25), np.linspace(west, east, 25)])
    edge_lat = np.concatenate([lat_deg, np.full(25, south), np.full(25, north)])
    x, y = plane(edge_lon, edge_lat)
    span_x, span_y = float(np.ptp(x)), float(np.ptp(y))
    inset = wide_px == 0.0
    room = highest_px - 2 * margin_px
    scale = room / span_y if inset else min((wide_px - 2 * margin_px) / span_x, room / span_y)
    if inset:
        scale = min(scale, 2.6 * room / span_x)
        wide_px = span_x * scale + 2 * margin_px
    high = highest_px if inset else span_y * scale + 2 * margin_px
    return Panel(
        plane=plane,
        scale=scale,
        shift_x_px=left_px + wide_px / 2 - scale * float(x.min() + x.max()) / 2,
        shift_y_px=top_px + high / 2 - scale * float(y.min() + y.max()) / 2,
        left_px=left_px,
        top_px=top_px,
        wide_px=wide_px,
        high_px=high,
        lon0_deg=(west + east) / 2,
        inset=inset,
    )


def _plane(lon0_deg: float, south_deg: float, north_deg: float, wide_deg: float) -> Plane:
    """Albers with parallels a sixth inside of the extent; a cylinder near the equator."""
    sixth = (north_deg - south_deg) / 6
    low, high = south_deg + sixth, north_deg - sixth
    middle = (south_deg + north_deg) / 2
    cone = (math.sin(math.radians(low)) + math.sin(math.radians(high))) / 2
    if abs(cone) < _FLATTEST or wide_deg > 150.0:
        return grid(lon0_deg, middle)
    return albers(lon0_deg, middle, low, high)


def _widened(low: float, high: float) -> tuple[float, float]:
    """At least so many degrees. [deg]"""
    missing = max(0.0, _SMALLEST_DEG - (high - low)) / 2
    return low - missing, high + missing


def _middle(lon_deg: Floats) -> float:
    """The middle of the longitudes on the circle: opposite to the widest gap. [deg]"""
    around = np.sort(np.mod(lon_deg, 360.0))
    gaps = np.diff(np.append(around, around[0] + 360.0))
    widest = int(gaps.argmax())
    return float(np.mod(around[widest] + gaps[widest] / 2, 360.0) - 180.0)


def _around(lon_deg: Floats, lon0_deg: float) -> Floats:
    """Longitudes within half a turn of the middle. [deg]"""
    return np.asarray(np.mod(lon_deg - lon0_deg + 180.0, 360.0) - 180.0 + lon0_deg)
