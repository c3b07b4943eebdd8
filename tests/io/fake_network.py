"""An invented network of any size, with the tables that a report reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.network import DTYPES, Network, Settings, empty_frame

if TYPE_CHECKING:
    import numpy as np

WEEK = date(2026, 11, 23)
CITIES = (
    (40.7, -74.0),
    (34.1, -118.2),
    (41.9, -87.6),
    (29.8, -95.4),
    (33.4, -112.1),
    (39.9, -75.2),
    (32.8, -96.8),
    (25.8, -80.2),
    (33.7, -84.4),
    (42.4, -71.1),
    (47.6, -122.3),
    (44.9, -93.3),
    (39.7, -104.9),
    (38.6, -90.2),
    (39.1, -94.6),
    (36.2, -86.8),
    (40.8, -111.9),
    (45.5, -122.7),
)
"""Where people are put: latitude and longitude of some large cities. [deg]"""
FAR = ((61.2, -149.9), (21.3, -157.9), (18.4, -66.1))
"""Anchorage, Honolulu, San Juan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large the invented network and its answer are."""

    regions: int
    sites: int
    lanes: int
    doses: int
    eligible: int
    rulebook: str = "us"


SMALL = Size(regions=40, sites=8, lanes=20, doses=30, eligible=412)
US = Size(regions=3_144, sites=800, lanes=4_000, doses=2_000, eligible=8_210)


def fake_network(size: Size, rng: np.random.Generator) -> Network:
    """A network with the tables that a report reads; the others are empty."""
    places = centres(size.regions, rng)
    at_sites = centres(size.sites, rng)
    frames = {
        "evidence": table("evidence", EVIDENCE),
        "products": table("products", PRODUCTS),
        "sources": table("sources", SOURCES),
        "lots": table("lots", LOTS),
        "lines": table("lines", LINES),
        "batches": table("batches", batch_rows()),
        "hubs": table("hubs", HUBS),
        "lanes": table("lanes", lane_rows(size, rng)),
        "sites": table("sites", [site_row(k, *at) for k, at in enumerate(at_sites)]),
        "suites": table("suites", [suite_row(k) for k in range(size.sites)]),
        "regions": table("regions", [region_row(k, *at) for k, at in enumerate(places)]),
        "payers": table("payers", PAYERS),
    }
    empty = {one.name: empty_frame(one.name) for one in TABLES}
    settings = Settings(
        name="Invented network <A&B>",
        name_zh="虚构网络",
        currency="USD",
        rulebook=size.rulebook,
        cohort_start=WEEK,
        plan_week=WEEK,
    )
    return Network(settings=settings, frames={**empty, **frames}, digest="ab12" * 16)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A table of the network; what a row leaves out has its default or is empty."""
    schema = {column.name: DTYPES[column.kind] for column in BY_NAME[name].columns}
    filler = {column.name: column.default for column in BY_NAME[name].columns}
    return pl.DataFrame([{**filler, **row} for row in rows], schema=schema)


def centres(count: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Places scattered around cities, three of them far off [deg]."""
    city = rng.integers(0, len(CITIES), count)
    spread = rng.normal(0.0, 1.6, (count, 2))
    spots = [
        (CITIES[c][0] + d_lat, CITIES[c][1] + d_lon)
        for c, (d_lat, d_lon) in zip(city, spread, strict=True)
    ]
    return [*spots[: count - 3], *FAR]


def site_row(number: int, lat: float, lon: float) -> dict[str, Any]:
    """A site that carries no real hospital's name."""
    return {
        "site": f"S{number:04d}",
        "name": f"Site {number} <synthetic>",
        "setting": ("academic", "community", "office")[number % 3],
        "region": f"R{number:05d}",
        "lat": lat,
        "lon": lon,
        "zone": "America/New_York",
        "evidence": "site-density",
    }


def suite_row(number: int) -> dict[str, Any]:
    """One suite a site."""
    return {
        "suite": f"U{number:04d}",
        "site": f"S{number:04d}",
        "chairs": 1 + number % 4,
        "weekdays": "Mon-Fri",
        "open": "08:00",
        "close": "16:00",
        "slots_per_day": 2,
        "evidence": "site-density",
    }


def region_row(number: int, lat: float, lon: float) -> dict[str, Any]:
    """A region."""
    return {
        "region": f"R{number:05d}",
        "name": f"County {number}",
        "part_of": f"State {number % 50:02d}",
        "lat": lat,
        "lon": lon,
        "zone": "America/Chicago",
        "population": 900 + int(9_000_000 / (1 + number) ** 0.9),
        "evidence": "census",
    }


def lane_rows(size: Size, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Lanes from lines to hubs and from there to sites, over and over."""
    starts = [line["line"] for line in LINES] + [hub["hub"] for hub in HUBS]
    sites = rng.integers(0, size.sites, size.lanes)
    ends = [hub["hub"] for hub in HUBS] + [f"S{site:04d}" for site in sites]
    return [
        {
            "lane": f"L{number:05d}",
            "mode": ("road", "air_passenger", "air_cargo")[number % 3],
            "from_place": starts[number % len(starts)],
            "to_place": ends[number % len(ends)],
            "distance_km": 120.0 + number % 900,
            "duration_h": 3.5,
            "cost": 250,
            "on_time_percent": 97.0,
            "evidence": "lanes-assumed",
        }
        for number in range(size.lanes)
    ]


def batch_rows() -> list[dict[str, Any]]:
    """Weekly batch slots, four a line."""
    return [
        {
            "batch": f"{line['line']}-{day}",
            "line": line["line"],
            "product": PRODUCTS[k % 2]["product"],
            "weekday": day,
            "start": "04:00",
            "synthesis_h": 4.0,
            "qc_h": 6.0,
            "max_activity_gbq": 9_000.0,
            "max_doses": 220,
            "yield_percent": 92.0,
            "failure_percent": 3.0,
            "fixed_cost": 60_000,
            "dose_cost": 900,
            "evidence": "line-capacity",
        }
        for k, line in enumerate(LINES)
        for day in ("Mon", "Tue", "Wed", "Thu")
    ]


EVIDENCE: list[dict[str, Any]] = [
    {
        "evidence": "census",
        "kind": "official",
        "title": "Population estimates 2023",
        "address": "https://www.census.gov/popest",
        "as_of": date(2023, 7, 1),
        "confidence": "high",
    },
    {
        "evidence": "line-capacity",
        "kind": "published",
        "title": "Press release on capacity",
        "address": "javascript:alert(1)",
        "confidence": "medium",
    },
    *(
        {
            "evidence": name,
            "kind": "assumption",
            "title": f"Assumed: {name}",
            "title_zh": f"假设：{name}",
            "confidence": "low",
        }
        for name in ("site-density", "lanes-assumed", "referral-rate", "pet-slots", "board-time")
    ),
]

PRODUCTS: list[dict[str, Any]] = [
    {
        "product": name,
        "name": full,
        "name_zh": full_zh,
        "nuclide": "Lu-177",
        "activity_gbq": 7.4,
        "concentration_gbq_per_ml": 1.0,
        "volume_min_ml": 7.5,
        "volume_max_ml": 12.5,
        "shelf_life_h": 120.0,
        "interval_days": days,
        "cycles_max": 6,
        "continue_percent": 70.0,
        "exit_median_days": 240.0,
        "order_lead_days": 10,
        "chair_min": 60,
        "pot_transmission": 0.01,
        "price": 42_500,
        "evidence": "line-capacity",
    }
    for name, full, full_zh, days in (
        ("psma", "Lutetium vipivotide tetraxetan", "镥[177Lu]特昔维匹肽", 42),
        ("dotatate", "Lutetium oxodotreotide", "镥[177Lu]氧奥曲肽", 56),
    )
]

SOURCES: list[dict[str, Any]] = [
    {
        "source": name,
        "name": name,
        "nuclide": "Lu-177",
        "route": "nca",
        "lat": lat,
        "lon": lon,
        "zone": zone,
        "evidence": "line-capacity",
    }
    for name, lat, lon, zone in (
        ("Columbia", 38.9, -92.3, "America/Chicago"),
        ("Garching", 48.3, 11.7, "Europe/Berlin"),
    )
]

LINES: list[dict[str, Any]] = [
    {"line": name, "name": name, "lat": lat, "lon": lon, "zone": zone, "evidence": "line-capacity"}
    for name, lat, lon, zone in (
        ("Millburn", 40.7, -74.3, "America/New_York"),
        ("Indianapolis", 39.8, -86.2, "America/Indiana/Indianapolis"),
        ("Carlsbad", 33.1, -117.3, "America/Los_Angeles"),
    )
]

LOTS: list[dict[str, Any]] = [
    {
        "lot": f"{SOURCES[k % 2]['source']}-{line['line']}",
        "source": SOURCES[k % 2]["source"],
        "line": line["line"],
        "weekday": "Sat",
        "reference": "12:00",
        "lead_h": 30.0,
        "capacity_gbq": 7_000.0,
        "price_per_gbq": 20,
        "evidence": "line-capacity",
    }
    for k, line in enumerate(LINES)
]

HUBS: list[dict[str, Any]] = [
    {
        "hub": f"H{k}",
        "name": f"Airport {k}",
        "lat": lat,
        "lon": lon,
        "zone": "America/Chicago",
        "evidence": "lanes-assumed",
    }
    for k, (lat, lon) in enumerate(CITIES[:12])
]

PAYERS: list[dict[str, Any]] = [
    {"payer": name, "name": name, "segment": name, "evidence": "referral-rate"}
    for name in ("medicare_ffs", "medicare_advantage", "commercial")
]
