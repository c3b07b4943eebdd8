"""From longitude and latitude to the map: Albers with insets for the US, else a plain grid."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Plane = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""Longitudes and latitudes [deg] to x and y, y downwards [unitless]."""

Box = tuple[float, float, float, float]
"""West, south, east, north. [deg]"""


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
        rho = np.sqrt(c - 2 * n * np.sin(np.radians(lat_deg))) / n
        theta = n * np.radians(lon_deg - lon0_deg)
        return rho * np.sin(theta), rho * np.cos(theta) - rho0

    return plane


def grid(middle_deg: float) -> Plane:
    """Plate carree, a degree of longitude as long as it is at that latitude."""
    shrink = math.cos(math.radians(middle_deg))

    def plane(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        return np.radians(lon_deg) * shrink, -np.radians(lat_deg)

    return plane


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A part of the map: which places it shows, how, and where on the drawing."""

    box: Box
    plane: Plane
    scale: float
    """Pixels per unit of the plane. [px]"""
    x_px: float
    y_px: float
    """Where the origin of the plane lies. [px]"""

    def holds(self, lon_deg: Floats, lat_deg: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which places lie in the panel."""
        west, south, east, north = self.box
        inside = (lon_deg >= west) & (lon_deg <= east) & (lat_deg >= south) & (lat_deg <= north)
        return np.asarray(inside)

    def pixels(self, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        """Where places lie on the drawing. [px]"""
        x, y = self.plane(lon_deg, lat_deg)
        return self.x_px + self.scale * x, self.y_px + self.scale * y


@dataclass(frozen=True, slots=True, kw_only=True)
class Projection:
    """The whole map: its panels and its size."""

    panels: tuple[Panel, ...]
    width_px: float
    height_px: float
    outlines: bool
    """State outlines belong under it."""

    def pixels(self, lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
        """Where places lie on the drawing; NaN off the map. [px]"""
        x, y = np.full(len(lon_deg), np.nan), np.full(len(lon_deg), np.nan)
        for panel in self.panels:
            inside = panel.holds(lon_deg, lat_deg) & np.isnan(x)
            x[inside], y[inside] = panel.pixels(lon_deg[inside], lat_deg[inside])
        return x, y


CONTIGUOUS: Box = (-125.0, 24.4, -66.8, 49.5)
ALASKA: Box = (-190.0, 51.0, -129.9, 72.0)
HAWAII: Box = (-161.0, 18.5, -154.5, 22.5)
PUERTO_RICO: Box = (-67.6, 17.7, -65.0, 18.7)


def us_projection() -> Projection:
    """The contiguous states, with Alaska, Hawaii and Puerto Rico as insets."""
    main = albers(-96.0, 38.0, 29.5, 45.5)
    return Projection(
        panels=(
            Panel(box=CONTIGUOUS, plane=main, scale=1_200.0, x_px=476.0, y_px=284.0),
            Panel(
                box=ALASKA,
                plane=albers(-154.0, 63.0, 55.0, 65.0),
                scale=390.0,
                x_px=124.0,
                y_px=500.0,
            ),
            Panel(box=HAWAII, plane=grid(20.5), scale=1_150.0, x_px=3_280.0, y_px=945.0),
            Panel(box=PUERTO_RICO, plane=grid(18.2), scale=1_500.0, x_px=2_474.0, y_px=1_028.0),
        ),
        width_px=960.0,
        height_px=592.0,
        outlines=True,
    )


def plain_projection(box: Box, *, outlines: bool = False) -> Projection:
    """One panel that shows the box and a margin around it."""
    west, south, east, north = box
    plane = grid((south + north) / 2)
    corners_x, corners_y = plane(np.array([west, east]), np.array([south, north]))
    wide, high = corners_x[1] - corners_x[0], corners_y[0] - corners_y[1]
    scale = min(880.0 / max(wide, 1e-6), 520.0 / max(high, 1e-6), 20_000.0)
    width_px = 960.0
    height_px = max(240.0, high * scale + 80.0)
    panel = Panel(
        box=(west - 2.0, south - 2.0, east + 2.0, north + 2.0),
        plane=plane,
        scale=scale,
        x_px=width_px / 2 - scale * float(corners_x.mean()),
        y_px=height_px / 2 - scale * float(corners_y.mean()),
    )
    return Projection(panels=(panel,), width_px=width_px, height_px=height_px, outlines=outlines)
