"""The small example is what its README says."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from doseline.model.demand import Order, Region
from doseline.model.supply import Licence
from doseline.model.treatment import Site

if TYPE_CHECKING:
    from doseline.model.network import Network

_README = (Path(__file__).parents[2] / "examples" / "tiny" / "README.md").read_text(
    encoding="utf-8"
)
_HALF_LIFE_H = 6.6443 * 24.0


@pytest.mark.parametrize(
    ("hours", "gbq"),
    [(22, "8.143"), (24, "8.214"), (46, "9.038"), (70, "10.032"), (14, "7.864"), (94, "11.135")],
)
def test_readme_states_the_activity_at_calibration(hours: int, gbq: str) -> None:
    assert f"{7.4 * 2 ** (hours / _HALF_LIFE_H):.3f}" == gbq
    assert gbq in _README


def test_two_doses_at_middle_are_more_than_its_licence_allows(tiny: Network) -> None:
    waiting = sum(7.4 * 2 ** (hours / _HALF_LIFE_H) for hours in (9, 11))
    limit = tiny.by_key(Licence)["middle-treat"].possession_gbq
    assert limit is not None
    assert limit < waiting
    assert f"{waiting:.3f}" in _README


def test_one_order_comes_after_its_sites_licence(tiny: Network) -> None:
    until = tiny.by_key(Licence)["far-treat"].valid_until
    late = [one.order for one in tiny.rows(Order) if one.site == "far" and one.earliest > until]
    assert late == ["o8"]


def test_orders_lie_in_the_planned_week(tiny: Network) -> None:
    days = {day for one in tiny.rows(Order) for day in (one.earliest, one.latest)}
    assert tiny.settings.plan_week == date(2026, 5, 4)
    assert all(0 <= (day - tiny.settings.plan_week).days < 7 for day in days)


def test_only_plains_is_out_of_reach(tiny: Network) -> None:
    nearest_km = {
        region.region: min(
            _great_circle_km(region.lat, region.lon, site.lat, site.lon) for site in tiny.rows(Site)
        )
        for region in tiny.rows(Region)
    }
    reach_km = tiny.frame("pathways").filter(pl.col("gate") == "reach")["max_km"].item()
    assert [region for region, km in nearest_km.items() if km > reach_km] == ["plains"]
    assert f"{nearest_km['plains']:.0f} km" in _README


def _great_circle_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Spherical law of cosines."""
    one, other = math.radians(lat), math.radians(other_lat)
    across = math.cos(math.radians(other_lon - lon))
    return 6371.0 * math.acos(
        math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * across
    )
