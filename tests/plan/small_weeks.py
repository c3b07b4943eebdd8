"""Random weeks, small enough for brute force: tables and delivery options made directly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from tests.plan.small_more import add_more
from tests.plan.small_rules import add_rules

from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.network import DTYPES, Network, Settings, empty_frame
from doseline.model.options import (
    ITINERARY_SCHEMA,
    OPTION_SCHEMA,
    REFUSALS,
    SLOT_SCHEMA,
    Options,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

WEEKS = (date(2026, 3, 9), date(2026, 3, 30), date(2026, 5, 4), date(2026, 11, 2))
"""Mondays; clocks have just changed in the US before the first and last, in Europe before the
second."""
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ROLES = ("authorised_user", "nurse")
NUCLIDES = ("Lu-177", "I-131")
GBQ_PER_DOSE = (7.4, 5.5)
LINE_ZONE, SITE_ZONES = "America/Chicago", ("America/Denver", "America/New_York")
LOT_ZONES = ("America/Chicago", "Europe/Berlin")
_MS_PER_H = 3_600_000
_MOST_OPTIONS = 8


@dataclass(kw_only=True)
class Draft:
    """Rows of a week while it is drawn."""

    rng: np.random.Generator
    half_life_h: Mapping[str, float]
    week: date
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    itineraries: list[dict[str, Any]] = field(default_factory=list)
    slots: list[dict[str, Any]] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    nights: tuple[int, ...] = ()
    use_factors: tuple[float, ...] = ()
    as_of: date | None = None

    def add(self, table: str, /, **row: Any) -> None:
        """A row more of a table."""
        self.tables.setdefault(table, []).append(row)

    def count(self, name: str) -> int:
        """Rows of a table."""
        return len(self.tables.get(name, ()))

    def among(self, *values: float) -> float:
        """One of some values."""
        return float(self.rng.choice(values))

    def between(self, low: float, high: float) -> float:
        """A number with three decimals."""
        return round(float(self.rng.uniform(low, high)), 3)

    def chance(self, probability: float) -> bool:
        """Whether something of some probability happens."""
        return bool(self.rng.random() < probability)


def small_week(seed: int, half_life_h: Mapping[str, float]) -> tuple[Network, Options]:
    """A random week of at most 5 orders, 3 batches, 3 pools of isotope and 8 options an order.

    Every other week has a few rules more.
    """
    rng = np.random.default_rng(seed)
    draft = Draft(rng=rng, half_life_h=half_life_h, week=WEEKS[int(rng.integers(len(WEEKS)))])
    _products(draft)
    _supply(draft)
    _sites(draft)
    _opening(draft)
    _options(draft)
    _orders(draft)
    add_rules(draft, seed)
    if seed % 2:
        add_more(draft, seed)
    return _network(draft, seed), _as_options(draft)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A table of the network; what a row leaves out has its default, or is empty or zero."""
    columns = BY_NAME[name].columns
    schema = {column.name: DTYPES[column.kind] for column in columns}
    filler = {column.name: column.default for column in columns}
    return pl.DataFrame([{**filler, **row} for row in rows], schema=schema)


def wall_ms(day: date, clock: str, zone: str) -> int:
    """A wall time as UTC milliseconds."""
    hour, minute = (int(part) for part in clock.split(":"))
    wall = datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone))
    return round(wall.astimezone(UTC).timestamp() * 1000)


def _products(draft: Draft) -> None:
    for at in range(1 + draft.chance(0.3)):
        draft.add(
            "products",
            product=f"drug-{at}",
            name=f"Drug {at}",
            nuclide=NUCLIDES[at],
            activity_gbq=GBQ_PER_DOSE[at],
            concentration_gbq_per_ml=1.0,
            volume_min_ml=1.0,
            volume_max_ml=50.0,
            shelf_life_h=240.0,
            interval_days=42,
            cycles_max=6,
            continue_percent=75.0,
            exit_median_days=300.0,
            order_lead_days=5,
            chair_min=int(draft.among(60, 120)),
            pot_transmission=0.02,
            residual_percent=draft.among(0.0, 1.0, 5.0),
            price=Decimal(1000),
            evidence="made-up",
        )
        for role in ROLES:
            minutes = int(draft.among(0, 30, 60))
            draft.add("tasks", product=f"drug-{at}", role=role, minutes=minutes, evidence="made-up")


def _supply(draft: Draft) -> None:
    place = {"lat": 41.0, "lon": -87.0, "evidence": "made-up"}
    lines = 1 + draft.chance(0.3)
    for at in range(lines):
        draft.add("lines", line=f"line-{at}", name="Line", zone=LINE_ZONE, **place)
    for at in range(draft.count("products")):
        zone = str(draft.rng.choice(LOT_ZONES))
        draft.add(
            "sources", source=f"source-{at}", name="S", nuclide=NUCLIDES[at], route="nca",
            zone=zone, **place,
        )  # fmt: skip
    made = set()
    for at in range(int(draft.rng.integers(1, 4))):
        # The first batches make each product once, so that none is without any.
        products = draft.count("products")
        product = at if at < products else int(draft.rng.integers(products))
        line = int(draft.rng.integers(lines))
        made.add((line, product))
        _batch(draft, at, line, product)
    fed = sorted(made)
    for at in range(max(len(fed), int(draft.rng.integers(1, 4)))):
        line, product = fed[at] if at < len(fed) else fed[int(draft.rng.integers(len(fed)))]
        _lot(draft, at, line, product)
    if len(draft.tables["lots"]) < 3 and draft.chance(0.3):
        line, product = fed[0]
        sunday = draft.week - timedelta(days=1)
        draft.add(
            "stock", place=f"line-{line}", nuclide=NUCLIDES[product],
            activity_gbq=draft.between(2, 20),
            at=datetime.combine(sunday, time(12), tzinfo=UTC),
        )  # fmt: skip


def _batch(draft: Draft, at: int, line: int, product: int) -> None:
    draft.add(
        "batches",
        batch=f"batch-{at}",
        line=f"line-{line}",
        product=f"drug-{product}",
        weekday=DAY_NAMES[int(draft.rng.integers(0, 3))],
        start=f"{int(draft.rng.integers(0, 20)):02d}:{draft.rng.choice(['00', '30'])}",
        synthesis_h=draft.among(2, 4.5, 8),
        qc_h=draft.among(1, 3),
        max_activity_gbq=draft.between(12, 60),
        max_doses=int(draft.rng.integers(2, 5)),
        yield_percent=draft.among(60, 80, 100),
        failure_percent=3.0,
        fixed_cost=Decimal(int(draft.rng.integers(0, 20_000))),
        dose_cost=Decimal(100),
        evidence="made-up",
    )


def _lot(draft: Draft, at: int, line: int, product: int) -> None:
    draft.add(
        "lots",
        lot=f"lot-{at}",
        source=f"source-{product}",
        line=f"line-{line}",
        weekday=DAY_NAMES[int(draft.rng.integers(7))],
        reference=f"{int(draft.rng.integers(0, 24)):02d}:00",
        lead_h=draft.among(0, 5, 30),
        capacity_gbq=draft.between(12, 90),
        price_per_gbq=Decimal(str(draft.between(20, 300))),
        evidence="made-up",
    )


def _sites(draft: Draft) -> None:
    for at in range(1 + draft.chance(0.5)):
        name, zone = f"site-{at}", SITE_ZONES[at]
        draft.add(
            "sites", site=name, name=name, setting="office", region="r", lat=39.7, lon=-105.0,
            zone=zone, evidence="made-up",
        )  # fmt: skip
        draft.add(
            "suites", suite=f"suite-{at}", site=name, chairs=2, weekdays="Mon-Sun",
            open="08:00", close="12:00", slots_per_day=2, evidence="made-up",
        )  # fmt: skip
        for role in ROLES:
            draft.add(
                "staff", site=name, role=role, count=int(draft.among(1, 1, 2)),
                weekdays=str(draft.rng.choice(["Mon-Sun", "Mon-Sun", "Mon-Sun", "Tue-Sat"])),
                hours_per_day=draft.among(0.5, 2, 4, 4), evidence="made-up",
            )  # fmt: skip
        for product in range(draft.count("products")):
            limit = None if draft.chance(0.3) else draft.between(10, 40)
            draft.add(
                "licences", licence=f"{name}-{product}", holder=name, operation="treat",
                nuclide=NUCLIDES[product], valid_from=date(2025, 1, 1),
                valid_until=date(2029, 1, 1), possession_gbq=limit, evidence="made-up",
            )  # fmt: skip
        days = 1 + np.sort(draft.rng.choice(6, size=3, replace=False))
        for day in days.tolist():
            for clock in ("08:00", "10:00")[: 1 + draft.chance(0.5)]:
                _slot(draft, at, draft.week + timedelta(days=day), clock)


def _slot(draft: Draft, site: int, day: date, clock: str) -> None:
    start = wall_ms(day, clock, SITE_ZONES[site])
    draft.slots.append(
        {
            "slot": len(draft.slots),
            "suite": site,
            "site": site,
            "day": day,
            "start_ms": start,
            "end_ms": start + 2 * _MS_PER_H,
            "chair_min": int(draft.among(60, 120, 120, 240)),
        }
    )


def _opening(draft: Draft) -> None:
    before = datetime.combine(draft.week, time(0), tzinfo=UTC)
    if draft.chance(0.4):
        draft.add(
            "waste", site="site-0", nuclide="Lu-177", activity_gbq=draft.between(0.1, 4), at=before
        )
    if draft.chance(0.2):
        draft.add(
            "stock", place="site-0", nuclide="Lu-177", activity_gbq=draft.between(0.1, 2), at=before
        )
    for at in range(int(draft.rng.integers(0, 3))):
        arrives = before + timedelta(hours=int(draft.rng.integers(6, 80)))
        draft.add(
            "in_flight", dose=f"d{at}", product="drug-0", site="site-0",
            activity_gbq=draft.between(1, 4), arrives=arrives,
            infuse=arrives + timedelta(hours=int(draft.rng.integers(1, 40))),
        )  # fmt: skip


def _options(draft: Draft) -> None:
    for at, batch in enumerate(draft.tables["batches"]):
        day = draft.week + timedelta(days=DAY_NAMES.index(batch["weekday"]))
        start = wall_ms(day, batch["start"], LINE_ZONE)
        ready = start + round(batch["synthesis_h"] * _MS_PER_H)
        for site in range(draft.count("sites")):
            for _ in range(int(draft.rng.integers(1, 3))):
                _itinerary(draft, at, site, ready, round(batch["qc_h"] * _MS_PER_H))


def _itinerary(draft: Draft, batch: int, site: int, ready: int, qc: int) -> None:
    depart = ready + qc
    arrive = depart + int(draft.rng.integers(1, 30)) * _MS_PER_H
    starts = [one["start_ms"] for one in draft.slots if one["site"] == site]
    later = [start for start in starts if depart < start < depart + 60 * _MS_PER_H]
    if later and draft.chance(0.3):
        # Some arrive at the very instant at which others are infused.
        arrive = int(draft.rng.choice(later))
    draft.itineraries.append(
        {
            "itinerary": len(draft.itineraries),
            "batch": batch,
            "site": site,
            "lanes": f"lane-{len(draft.itineraries)}",
            "depart_ms": depart,
            "arrive_ms": arrive,
            "leg_depart_ms": [depart],
            "leg_arrive_ms": [arrive],
            "cost": draft.between(100, 3000),
            "on_time": 0.97,
            "by_air": 0,
            "leg_lane": [len(draft.itineraries)],
        }
    )
    draft.add(
        "lanes", lane=draft.itineraries[-1]["lanes"], mode="road",
        from_place=draft.tables["batches"][batch]["line"], to_place=f"site-{site}",
        distance_km=1.0, duration_h=(arrive - depart) / _MS_PER_H, cost=0, on_time_percent=97.0,
        evidence="made-up",
    )  # fmt: skip
    for slot in draft.slots:
        if slot["site"] == site and slot["start_ms"] >= arrive and draft.chance(0.9):
            _option(draft, batch, draft.itineraries[-1], slot, ready)


def _option(
    draft: Draft, batch: int, itinerary: dict[str, Any], slot: dict[str, Any], ready: int
) -> None:
    product = int(draft.tables["batches"][batch]["product"].removeprefix("drug-"))
    alike = [o for o in draft.options if (o["site"], o["product"]) == (slot["site"], product)]
    if sum(option["refusal"] == 0 for option in alike) >= _MOST_OPTIONS:
        return
    infused = GBQ_PER_DOSE[product] * 1e9
    half_life_ms = draft.half_life_h[NUCLIDES[product]] * _MS_PER_H
    refused = draft.chance(0.08)
    activity_ready = infused * 2.0 ** ((slot["start_ms"] - ready) / half_life_ms)
    arrived = infused * 2.0 ** ((slot["start_ms"] - itinerary["arrive_ms"]) / half_life_ms)
    draft.options.append(
        {
            "product": product,
            "line": int(draft.tables["batches"][batch]["line"].removeprefix("line-")),
            "batch": batch,
            "itinerary": itinerary["itinerary"],
            "site": slot["site"],
            "slot": slot["slot"],
            "ready_ms": ready,
            "arrive_ms": itinerary["arrive_ms"],
            "infuse_ms": slot["start_ms"],
            "activity_ready_bq": activity_ready,
            "activity_arrive_bq": arrived,
            "activity_infuse_bq": infused,
            "volume_ml": activity_ready / 1e9,
            "transport_index": 1.0,
            "cost": 0.0 if refused else 100.0 + itinerary["cost"],
            "on_time": 0.97,
            "refusal": REFUSALS.index("beyond_shelf_life") if refused else 0,
        }
    )


def _orders(draft: Draft) -> None:
    for at in range(int(draft.rng.integers(2, 6))):
        first = draft.week + timedelta(days=int(draft.rng.integers(-10, 4)))
        shortest = max(0, (draft.week - first).days)
        draft.add(
            "orders",
            order=f"o{at}",
            patient=f"p{at}",
            product=f"drug-{int(draft.rng.integers(draft.count('products')))}",
            site=f"site-{int(draft.rng.integers(draft.count('sites')))}",
            kind=str(draft.rng.choice(["new", "continuing"])),
            earliest=first,
            latest=first + timedelta(days=shortest + int(draft.rng.integers(2, 7))),
            payer="payer",
        )


def _network(draft: Draft, seed: int) -> Network:
    settings = Settings(
        name=f"Small week {seed}",
        currency="USD",
        rulebook="us",
        cohort_start=draft.week,
        plan_week=draft.week,
        plan_as_of=draft.as_of,
        plan_gap=0.0,
    )
    empty = {one.name: empty_frame(one.name) for one in TABLES}
    filled = {name: table(name, rows) for name, rows in draft.tables.items()}
    return Network(settings=settings, frames={**empty, **filled})


def _as_options(draft: Draft) -> Options:
    return Options(
        week=draft.week,
        rows=pl.DataFrame(draft.options, schema=OPTION_SCHEMA),
        itineraries=pl.DataFrame(draft.itineraries, schema=ITINERARY_SCHEMA),
        slots=pl.DataFrame(draft.slots, schema=SLOT_SCHEMA),
        nights=draft.nights,
        use_factors=draft.use_factors,
    )
