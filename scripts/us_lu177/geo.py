"""Distances and travel times between points on the map."""

from __future__ import annotations

import math
from typing import NamedTuple

EARTH_KM = 6371.0
_KM_PER_MILE = 1.609344

_CIRCUITY = (
    (100 * _KM_PER_MILE, 1.261),
    (300 * _KM_PER_MILE, 1.265),
    (1000 * _KM_PER_MILE, 1.241),
    (math.inf, 1.224),
)
"""Road over great-circle distance, by great-circle distance: 8,128 pairs of North American cities
(Stanford GraphBase, miles.dat), evidence ``circuity``. The first band is used below 20 miles too."""

_SPEED_KM_H = ((30.0, 40.0), (100.0, 65.0), (300.0, 85.0), (math.inf, 95.0))
"""Mean speed of a courier by length of the road, evidence ``road-rules`` (an assumption)."""


class Point(NamedTuple):
    """A place on the map. [deg]"""

    lat: float
    lon: float


def great_circle_km(one: Point, other: Point) -> float:
    """Shortest distance over the globe. [km]"""
    lat_one, lat_other = math.radians(one.lat), math.radians(other.lat)
    half_lat = (lat_other - lat_one) / 2.0
    half_lon = math.radians(other.lon - one.lon) / 2.0
    root = math.sin(half_lat) ** 2 + math.cos(lat_one) * math.cos(lat_other) * (
        math.sin(half_lon) ** 2
    )
    return 2.0 * EARTH_KM * math.asin(math.sqrt(root))


def road_km(one: Point, other: Point) -> float:
    """Length of the road between two places, from the great circle. [km]"""
    direct = great_circle_km(one, other)
    return direct * next(factor for limit, factor in _CIRCUITY if direct < limit)


def road_h(length_km: float) -> float:
    """Driving time of a courier. [h]"""
    return length_km / next(speed for limit, speed in _SPEED_KM_H if length_km < limit)


def flight_h(distance_km: float) -> float:
    """Block time of a flight: 0.7 h on the ground and in climb, then 800 km/h. [h]"""
    return 0.7 + distance_km / 800.0


def moved(point: Point, *, north_km: float, east_km: float) -> Point:
    """A place so far north and east of another."""
    per_degree = math.pi * EARTH_KM / 180.0
    lat = point.lat + north_km / per_degree
    lon = point.lon + east_km / (per_degree * math.cos(math.radians(point.lat)))
    return Point(round(lat, 4), round(lon, 4))
