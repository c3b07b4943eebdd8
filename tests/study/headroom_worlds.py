"""Random networks of one site and one line, small enough to count doses by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.network import DTYPES, Network, Settings, empty_frame

WEEKS = (date(2026, 3, 2), date(2026, 3, 9), date(2026, 5, 4), date(2026, 10, 26))
"""Mondays; clocks in the US change on the Sunday of the first and of the last week."""
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NUCLIDES = ("Lu-177", "I-131")
GBQ = (7.4, 1.0)
"""Under the release limits of the US rulebook, so that nobody stays overnight."""
ROLES = ("authorised_user", "nurse")
SITE, OTHER = "here", "elsewhere"
PLACE = {"lat": 41.0, "lon": -87.0, "evidence": "made-up"}


@dataclass(kw_only=True)
class World:
    """Rows of a network while it is drawn, and the window that is asked about."""

    chance: np.random.Generator
    week: date
    start: date
    days: int
    promises: bool
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, table: str, /, **row: Any) -> None:
        """A row of a table."""
        self.tables.setdefault(table, []).append(row)

    def among(self, *values: Any) -> Any:
        """One of some values."""
        return values[int(self.chance.integers(len(values)))]

    def happens(self, probability: float) -> bool:
        """Whether something does."""
        return bool(self.chance.random() < probability)

    def day(self, low: int, high: int) -> date:
        """A day so far from the Monday."""
        return self.week + timedelta(days=int(self.chance.integers(low, high)))

    def network(self) -> Network:
        """The network as it is drawn so far."""
        settings = Settings(
            name="Drawn",
            currency="USD",
            rulebook="us",
            cohort_start=self.week,
            plan_week=self.week,
        )
        frames = {one.name: empty_frame(one.name) for one in TABLES}
        frames |= {name: table(name, rows) for name, rows in self.tables.items()}
        return Network(settings=settings, frames=frames)


def table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A table; what a row leaves out has its default, or is empty."""
    columns = BY_NAME[name].columns
    filler = {column.name: column.default for column in columns}
    schema = {column.name: DTYPES[column.kind] for column in columns}
    return pl.DataFrame([{**filler, **row} for row in rows], schema=schema)


def drawn(seed: int, *, promises: bool) -> World:
    """A random world.

    Args:
        seed: Of the draw.
        promises: Whether there are orders and courses, in one suite; else one or two suites.
    """
    chance = np.random.default_rng(seed)
    week = WEEKS[int(chance.integers(len(WEEKS)))]
    start = week + timedelta(days=int(chance.integers(0, 4)))
    world = World(chance=chance, week=week, start=start, days=9, promises=promises)
    _products(world)
    _supply(world)
    _sites(world)
    _opening(world)
    if promises:
        _promises(world)
    return world


def _products(world: World) -> None:
    for at in range(world.among(1, 1, 2)):
        world.add(
            "products",
            product=f"drug-{at}",
            name=f"Drug {at}",
            nuclide=NUCLIDES[at],
            activity_gbq=GBQ[at],
            concentration_gbq_per_ml=1.0,
            volume_min_ml=0.5,
            volume_max_ml=50.0,
            shelf_life_h=world.among(48.0, 120.0, 120.0),
            interval_days=7,
            cycles_max=4,
            continue_percent=world.among(100.0, 75.0),
            exit_median_days=300.0,
            order_lead_days=world.among(0, 0, 0, 2),
            chair_min=world.among(60, 90, 120),
            pot_transmission=0.02,
            residual_percent=world.among(0.0, 1.0, 5.0),
            price=Decimal(1000),
            evidence="made-up",
        )
        for role in ROLES:
            minutes = world.among(0, 30, 60)
            world.add("tasks", product=f"drug-{at}", role=role, minutes=minutes, evidence="made-up")


def _supply(world: World) -> None:
    world.add("lines", line="line", name="Line", zone="America/Chicago", **PLACE)
    for at, _ in enumerate(world.tables["products"]):
        name, nuclide = f"source-{at}", NUCLIDES[at]
        world.add(
            "sources", source=name, name=name, nuclide=nuclide, route="nca", zone="UTC", **PLACE
        )
        world.add(
            "lots",
            lot=f"lot-{at}",
            source=name,
            line="line",
            weekday=world.among("Sun", "Mon", "Thu"),
            reference="06:00",
            lead_h=world.among(0.0, 20.0),
            capacity_gbq=GBQ[at] * world.among(2.5, 6.0, 70.0),
            price_per_gbq=Decimal(100),
            evidence="made-up",
        )
        _licence(world, f"make-{at}", "line", "make", nuclide)
        for _ in range(world.among(1, 2, 3)):
            world.add(
                "batches",
                batch=f"batch-{len(world.tables.get('batches', []))}",
                line="line",
                product=f"drug-{at}",
                weekday=world.among(*DAY_NAMES),
                start=world.among("04:00", "13:30"),
                synthesis_h=world.among(2.0, 5.0),
                qc_h=3.0,
                max_activity_gbq=GBQ[at] * world.among(2.0, 4.0, 12.0),
                max_doses=world.among(1, 3, 5),
                yield_percent=80.0,
                failure_percent=3.0,
                fixed_cost=Decimal(1000),
                dose_cost=Decimal(100),
                evidence="made-up",
            )
    for site in (SITE, OTHER):
        world.add(
            "lanes",
            lane=f"to-{site}",
            mode="road",
            from_place="line",
            to_place=site,
            distance_km=100.0,
            duration_h=world.among(2.0, 9.0, 15.0),
            handling_h=0.5,
            cost=Decimal(100),
            on_time_percent=99.0,
            evidence="made-up",
        )


def _licence(
    world: World, name: str, holder: str, operation: str, nuclide: str, **about: Any
) -> None:
    always = {"valid_from": date(2025, 1, 1), "valid_until": date(2029, 1, 1)}
    world.add(
        "licences",
        **{
            "licence": name,
            "holder": holder,
            "operation": operation,
            "nuclide": nuclide,
            "evidence": "made-up",
            **always,
            **about,
        },
    )


def _sites(world: World) -> None:
    zone = world.among("America/Denver", "America/New_York", "Asia/Shanghai")
    for site in (SITE, OTHER):
        world.add("sites", site=site, name=site, setting="office", region="r", zone=zone, **PLACE)
        for at in range(1 if world.promises else world.among(1, 2)):
            world.add(
                "suites",
                suite=f"{site}-{at}",
                site=site,
                chairs=world.among(1, 2),
                weekdays=world.among("Mon-Sun", "Mon-Sun", "Mon Wed Fri", "Tue-Sat"),
                open="08:00",
                close=world.among("12:00", "14:00"),
                slots_per_day=world.among(1, 2),
                evidence="made-up",
            )
        for role in ROLES:
            if world.happens(0.9):
                world.add(
                    "staff",
                    site=site,
                    role=role,
                    count=world.among(1, 2),
                    weekdays=world.among("Mon-Sun", "Mon-Sun", "Mon-Sun", "Mon-Fri"),
                    hours_per_day=world.among(1.0, 2.0, 8.0),
                    evidence="made-up",
                )
        for at, _ in enumerate(world.tables["products"]):
            _treat(world, site, at)


def _treat(world: World, site: str, at: int) -> None:
    limit = world.among(None, 2.5, 4.5)
    until = world.day(3, 9) if world.happens(0.15) else date(2029, 1, 1)
    taught = world.day(3, 9) if world.happens(0.1) else None
    _licence(
        world,
        f"treat-{site}-{at}",
        site,
        "treat",
        NUCLIDES[at],
        possession_gbq=limit and limit * GBQ[at],
        valid_until=until,
        training_until=taught,
    )


def _opening(world: World) -> None:
    before = datetime.combine(world.week, time(0), tzinfo=UTC)
    for nth in range(world.among(0, 1, 2)):
        world.add(
            "booked", suite=f"{SITE}-0", day=world.day(nth * 3, nth * 3 + 3),
            minutes=world.among(60, 120, 400),
        )  # fmt: skip
    if world.happens(0.4):
        world.add(
            "waste", site=SITE, nuclide="Lu-177", activity_gbq=world.among(0.5, 3.0), at=before
        )
    if world.happens(0.2):
        world.add("stock", place=SITE, nuclide="Lu-177", activity_gbq=1.0, at=before)
    for nth in range(world.among(0, 1, 2)):
        arrives = before + timedelta(hours=int(world.chance.integers(6, 60)))
        world.add(
            "in_flight", dose=f"d{nth}", product="drug-0", site=SITE, activity_gbq=world.among(2.0, 7.4),
            arrives=arrives, infuse=arrives + timedelta(hours=int(world.chance.integers(1, 70))),
        )  # fmt: skip


def _promises(world: World) -> None:
    products = len(world.tables["products"])
    for at in range(world.among(0, 1, 3)):
        first = world.day(-1, 9)
        world.add(
            "orders", order=f"o{at}", patient=f"p{at}", product=f"drug-{world.among(*range(products))}",
            site=world.among(SITE, SITE, OTHER), kind=world.among("new", "continuing"),
            earliest=first, latest=first + timedelta(days=world.among(0, 1, 4)), payer="payer",
        )  # fmt: skip
    for at in range(world.among(0, 1, 2)):
        world.add(
            "courses", site=SITE, product=f"drug-{world.among(*range(products))}", doses_given=at + 1,
            next_due=world.day(-9, 9), patients=world.among(1, 2), evidence="made-up",
        )  # fmt: skip
