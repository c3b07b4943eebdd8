"""Nearest places against distances that geodesists publish and a plain loop."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doseline.access.catchment import CIRCUITY, EARTH_RADIUS_KM, nearest_sites

degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


def places(*at: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame(list(at), schema={"lat": pl.Float64, "lon": pl.Float64}, orient="row")


def haversine_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, half)))


def test_a_quarter_of_the_equator() -> None:
    _, km = nearest_sites(places((0, 0)), places((0, 90)), k=1, max_km=math.inf)
    assert km[0, 0] / CIRCUITY == pytest.approx(math.pi / 2 * EARTH_RADIUS_KM)


def test_a_nautical_mile_is_a_minute_of_latitude() -> None:
    # 1,852 m by definition; the sphere differs from it by less than 0.1 %.
    _, km = nearest_sites(places((45, 7)), places((45 + 1 / 60, 7)), k=1, max_km=math.inf)
    assert km[0, 0] / CIRCUITY == pytest.approx(1.852, rel=1e-3)


@given(st.lists(degrees, min_size=1, max_size=5), st.lists(degrees, max_size=9), st.integers(1, 4))
def test_the_nearest_are_those_of_a_plain_loop(
    regions: list[tuple[float, float]], sites: list[tuple[float, float]], k: int
) -> None:
    _, km = nearest_sites(places(*regions), places(*sites), k=k, max_km=8000.0)
    for row, region in enumerate(regions):
        every = sorted(CIRCUITY * haversine_km(region, site) for site in sites)
        near = [distance for distance in every if distance <= 8000.0][:k]
        near += [math.inf] * (k - len(near))
        assert km[row] == pytest.approx(near, rel=1e-6, abs=1e-3)


def test_numbers_and_distances_belong_together() -> None:
    sites = places((10, 10), (0, 1), (0, 2), (0, 1))
    nearest, km = nearest_sites(places((0, 0), (10, 10)), sites, k=3, max_km=300.0)
    assert nearest.tolist() == [[1, 3, 2], [0, -1, -1]]
    assert np.isinf(km[1]).tolist() == [False, True, True]
    assert km[0, 0] == km[0, 1] < km[0, 2]


def test_many_regions_are_answered_as_few_are() -> None:
    rng = np.random.default_rng(1)
    regions = places(*((rng.random((5000, 2)) - 0.5) * 100).tolist())
    sites = places(*((rng.random((1000, 2)) - 0.5) * 100).tolist())
    whole = nearest_sites(regions, sites, k=4, max_km=math.inf)
    # Five million pairs take more than one chunk, these take one each.
    last, first = (
        nearest_sites(part, sites, k=4, max_km=math.inf) for part in (regions[4800:], regions[:900])
    )
    for every, end, start in zip(whole, last, first, strict=True):
        assert np.array_equal(every[4800:], end)
        assert np.array_equal(every[:900], start)


def test_no_regions_or_no_sites_is_no_error() -> None:
    nearest, km = nearest_sites(places(), places((0, 0)), k=2, max_km=1.0)
    assert (nearest.shape, km.shape) == ((0, 2), (0, 2))
    nearest, km = nearest_sites(places((0, 0)), places(), k=2, max_km=1.0)
    assert nearest.tolist() == [[-1, -1]]
    assert np.isinf(km).all()
