"""Small and national networks made from a seed, with options written straight from the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from tests.plan.check.case import Case
from tests.plan.world_more import add_more, promised, reservations
from tests.plan.world_rules import WAYS, add_rules, with_rules

from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.network import DTYPES, Network, Settings, empty_frame
from doseline.model.options import (
    ITINERARY_SCHEMA,
    OPTION_SCHEMA,
    REFUSALS,
    SLOT_SCHEMA,
    Options,
)
from doseline.physics.nuclides import Nuclide, NuclideTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from doseline.model.flows import Plan

WEEK = date(2026, 11, 2)
"""A Monday."""
T_H = 159.46
"""Half-life of Lu-177 in these tests. [h]"""
HOUR_MS = 3_600_000
MONDAY_MS = int(datetime(2026, 11, 2, tzinfo=UTC).timestamp()) * 1000


def nuclides() -> NuclideTable:
    lutetium = Nuclide(
        name="Lu-177",
        half_life_h=T_H,
        modes=(),
        air_kerma_ugy_m2_gbq_h=None,
        transport=None,
        decay_source="",
        kerma_source="",
        transport_source="",
    )
    return NuclideTable([lutetium])


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """A table of the network; columns that a row leaves out get their default or a plain value."""
    plain: dict[str, Any] = {
        "text": "x",
        "integer": 1,
        "number": 1.0,
        "money": Decimal(0),
        "zone": "UTC",
        "clock": "08:00",
        "weekdays": "Mon-Fri",
        "yes/no": False,
        "date": WEEK,
        "nuclide": "Lu-177",
    }
    columns = BY_NAME[name].columns
    filled = [
        {
            c.name: row.get(c.name, c.default if not c.required else plain.get(c.kind))
            for c in columns
        }
        for row in rows
    ]
    if not filled:
        return empty_frame(name)
    return pl.DataFrame(filled, schema={c.name: DTYPES[c.kind] for c in columns}, strict=False)


def network(tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> Network:
    settings = Settings(
        name="test", currency="USD", rulebook="us", cohort_start=WEEK, plan_week=WEEK
    )
    return Network(
        settings=settings, frames={t.name: table(t.name, tables.get(t.name, ())) for t in TABLES}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a made-up world is."""

    sites: int = 4
    orders: int = 6
    lines: int = 2
    products: int = 2
    batches: int = 6
    days: int = 5
    max_doses: tuple[int, int] = (1, 4)
    possession: bool = False
    tight_isotope: float = 3.0
    """Isotope offered, as a multiple of what all orders would take."""
    chairs: tuple[int, int] = (1, 2)
    rules: bool = False
    """Whether the rules of the whole network hold: see :mod:`tests.plan.world_rules`."""
    more: bool = False
    """Whether rules that most networks leave out hold: see :mod:`tests.plan.world_more`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A network with its options and a week's orders."""

    network: Network
    options: Options
    orders: pl.DataFrame


def world(seed: int, size: Size | None = None) -> World:
    """A world that depends on its seed only."""
    size = size or Size()
    chance = np.random.default_rng(seed)
    tables = _tables(chance, size)
    if size.rules:
        add_rules(np.random.default_rng((seed, 1)), tables, week=WEEK)
    more = np.random.default_rng((seed, 2))
    if size.more:
        add_more(more, tables, week=WEEK)
    net = network(tables)
    options = _options(chance, net, size)
    if size.rules:
        options = with_rules(options, net)
    orders = _orders(chance, size)
    if size.more:
        orders = promised(more, orders, WEEK)
        held = table("reservations", reservations(more, orders, WEEK))
        net = net.replace(reservations=held)
    return World(network=net, options=options, orders=orders)


def case_of(plan: Plan, one: World) -> Case:
    """A plan of a world, to be checked."""
    return Case(
        plan=plan,
        network=one.network,
        options=one.options,
        orders=one.orders,
        half_life_h={"Lu-177": T_H},
    )


def _tables(chance: np.random.Generator, size: Size) -> dict[str, list[dict[str, Any]]]:
    products = [
        {
            "product": f"P{p}",
            "activity_gbq": 7.4,
            "chair_min": (120, 240)[p % 2],
            "shelf_life_h": 120.0,
            "tolerance_percent": 10.0,
            "residual_percent": 2.0,
        }
        for p in range(size.products)
    ]
    lines = [{"line": f"L{i}"} for i in range(size.lines)]
    needed = size.orders * 7.4 * 2.0 * size.tight_isotope / size.lines
    lots = [
        {
            "lot": f"I{i}{k}",
            "source": "S",
            "line": f"L{i}",
            "weekday": ("Sun", "Tue")[k],
            "reference": "12:00",
            "lead_h": 10.0,
            "capacity_gbq": round(needed / 2, 1),
            "price_per_gbq": Decimal(int(chance.integers(20, 40))),
        }
        for i in range(size.lines)
        for k in range(2)
    ]
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    batches = [
        {
            "batch": f"B{b:02d}",
            "line": f"L{b % size.lines}",
            "product": f"P{(b // size.lines) % size.products}",
            "weekday": days[int(chance.integers(0, size.days))],
            "start": f"{int(chance.integers(0, 12)):02d}:00",
            "synthesis_h": 4.0,
            "qc_h": 4.0,
            "yield_percent": 80.0,
            "failure_percent": 3.0,
            "max_doses": int(chance.integers(size.max_doses[0], size.max_doses[1] + 1)),
            "max_activity_gbq": float(size.max_doses[1]) * 9.5,
            "fixed_cost": Decimal(int(chance.integers(15_000, 40_000)) * size.max_doses[1] // 100),
            "dose_cost": Decimal(500),
        }
        for b in range(size.batches)
    ]
    sites = [{"site": f"H{i:03d}"} for i in range(size.sites)]
    suites = [
        {
            "suite": f"U{i:03d}",
            "site": f"H{i:03d}",
            "open": "08:00",
            "close": "16:00",
            "chairs": int(chance.integers(size.chairs[0], size.chairs[1] + 1)),
        }
        for i in range(size.sites)
    ]
    staff = [
        {
            "site": f"H{i:03d}",
            "role": role,
            "count": int(chance.integers(1, 3)),
            "hours_per_day": 6.0,
        }
        for i in range(size.sites)
        for role in ("nurse", "technologist")
    ]
    tasks = [
        {"product": f"P{p}", "role": role, "minutes": 120}
        for p in range(size.products)
        for role in ("nurse", "technologist")
    ]
    limit = {"possession_gbq": 20.0} if size.possession else {}
    treat = [
        {
            "licence": f"T{i}",
            "holder": f"H{i:03d}",
            "operation": "treat",
            "valid_from": WEEK,
            "valid_until": WEEK + timedelta(days=60),
            **limit,
        }
        for i in range(size.sites)
    ]
    lanes = [
        {"lane": f"W{line}-{site}-{way}", "mode": "road", "from_place": f"L{line}",
         "to_place": f"H{site:03d}"}
        for line in range(size.lines)
        for site in range(size.sites)
        for way in range(WAYS)
    ]  # fmt: skip
    return {
        "products": products,
        "sources": [{"source": "S", "zone": "UTC"}],
        "lots": lots,
        "lines": lines,
        "batches": batches,
        "sites": sites,
        "suites": suites,
        "staff": staff,
        "tasks": tasks,
        "licences": treat,
        "lanes": lanes,
    }


def slots_of(net: Network, size: Size) -> pl.DataFrame:
    """Two slots of four hours on each working day of the planned week."""
    rows: list[tuple[Any, ...]] = []
    suites = net.frame("suites")
    for suite in range(suites.height):
        for day in range(5):
            for half in range(2):
                start = MONDAY_MS + (day * 24 + 8 + half * 4) * HOUR_MS
                rows.append(
                    (
                        len(rows),
                        suite,
                        suite,
                        WEEK + timedelta(days=day),
                        start,
                        start + 4 * HOUR_MS,
                        240 * suites["chairs"][suite],
                    )
                )
    assert size.sites == suites.height
    return pl.DataFrame(rows, schema=SLOT_SCHEMA, orient="row")


def _options(chance: np.random.Generator, net: Network, size: Size) -> Options:
    """Every batch to every site by one or two itineraries, into every slot."""
    slots = slots_of(net, size)
    ready = _ready(net)
    itineraries = _itineraries(chance, ready, size)
    rows = (
        itineraries.join(ready, on="batch")
        .join(slots.select("slot", "site", infuse_ms="start_ms"), on="site")
        .with_columns(elapsed_h=(pl.col("infuse_ms") - pl.col("ready_ms")) / HOUR_MS)
        .with_columns(
            activity_infuse_bq=pl.lit(7.4e9),
            activity_ready_bq=7.4e9 * (2.0 ** (pl.col("elapsed_h") / T_H)),
            activity_arrive_bq=7.4e9
            * (2.0 ** ((pl.col("infuse_ms") - pl.col("arrive_ms")) / HOUR_MS / T_H)),
            volume_ml=pl.lit(12.5),
            transport_index=pl.lit(1.0),
            cost=pl.col("cost") + 500.0,
            refusal=pl.when(pl.col("arrive_ms") > pl.col("infuse_ms"))
            .then(REFUSALS.index("arrives_after_slot"))
            .when(pl.col("elapsed_h") > 120.0)
            .then(REFUSALS.index("beyond_shelf_life"))
            .otherwise(0),
        )
        .select([pl.col(name).cast(kind) for name, kind in OPTION_SCHEMA.items()])
        .sort("site", "batch", "slot", "itinerary")
    )
    return Options(
        week=WEEK, rows=rows, itineraries=itineraries.select(list(ITINERARY_SCHEMA)), slots=slots
    )


def _ready(net: Network) -> pl.DataFrame:
    days = {"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4}
    lines = {name: i for i, name in enumerate(net.frame("lines")["line"])}
    products = {name: i for i, name in enumerate(net.frame("products")["product"])}
    return pl.DataFrame(
        [
            (
                b,
                lines[row["line"]],
                products[row["product"]],
                MONDAY_MS + (days[row["weekday"]] * 24 + int(row["start"][:2]) + 4) * HOUR_MS,
            )
            for b, row in enumerate(net.frame("batches").iter_rows(named=True))
        ],
        schema={"batch": pl.Int32, "line": pl.Int32, "product": pl.Int32, "ready_ms": pl.Int64},
        orient="row",
    )


def _itineraries(chance: np.random.Generator, ready: pl.DataFrame, size: Size) -> pl.DataFrame:
    """A slow cheap way and, to two sites in three, a fast dear one, from each batch."""
    places = chance.uniform(0.0, 1.0, (size.sites, 2))
    origins = chance.uniform(0.0, 1.0, (size.lines, 2))
    rows: list[tuple[Any, ...]] = []
    for batch, line, _, ready_ms in ready.iter_rows():
        for site in range(size.sites):
            far = float(np.hypot(*(places[site] - origins[line])))
            for way in range(2 if site % 3 else 1):
                hours = 4.0 + far * (16.0, 8.0)[way]
                depart = ready_ms + 5 * HOUR_MS
                arrive = depart + round(hours) * HOUR_MS
                cost = round(200.0 + far * (600.0, 1500.0)[way], 2)
                rows.append(
                    (
                        len(rows),
                        batch,
                        site,
                        f"W{line}-{site}-{way}",
                        depart,
                        arrive,
                        [depart],
                        [arrive],
                        cost,
                        0.98,
                        way,
                        [(line * size.sites + site) * WAYS + way],
                    )
                )
    return pl.DataFrame(rows, schema=ITINERARY_SCHEMA, orient="row")


def _orders(chance: np.random.Generator, size: Size) -> pl.DataFrame:
    count = size.orders
    first = chance.integers(1, 4, count)
    length = chance.integers(0, 4, count)
    return pl.DataFrame(
        {
            "order": [f"O{i:05d}" for i in range(count)],
            "patient": [f"Q{i:05d}" for i in range(count)],
            "product": [f"P{p}" for p in chance.integers(0, size.products, count)],
            "site": [f"H{i:03d}" for i in chance.integers(0, size.sites, count)],
            "kind": [("new", "continuing")[k] for k in chance.integers(0, 2, count)],
            "earliest": [WEEK + timedelta(days=int(d)) for d in first],
            "latest": [
                WEEK + timedelta(days=int(min(a + b, 4)))
                for a, b in zip(first, length, strict=True)
            ],
            "payer": ["M"] * count,
        }
    )


def national(seed: int = 1, *, orders: int = 2000, sites: int = 800, batches: int = 60) -> World:
    """A week as large as the United States': two products, five lines, sixty batch slots."""
    size = Size(
        sites=sites,
        orders=orders,
        lines=5,
        batches=batches,
        max_doses=(orders // 30, orders // 18),
        chairs=(1, 3),
        tight_isotope=1.6,
    )
    return world(seed, size)
