"""Variations of the tiny example, each with a few cells changed."""

from __future__ import annotations

import dataclasses
import functools
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.folder import load
from doseline.io.reference import nuclide_table
from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.checks import check_network
from doseline.model.checks_keys import check_keys
from doseline.model.findings import ERROR
from doseline.model.network import DTYPES
from doseline.study.reference import Reference, reference_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.columns import Column
    from doseline.model.network import Network

TINY = Path(__file__).parents[2] / "examples" / "tiny"


@functools.cache
def tiny() -> Network:
    """The example as it is."""
    return load(TINY)


@functools.cache
def references() -> Reference:
    """Nuclides and rules of the example and of all its variations."""
    return reference_for(tiny())


def with_cells(
    network: Network, table: str, where: Mapping[str, Any] | None = None, /, **values: Any
) -> Network:
    """The network with some columns set in the rows of a table that match all of ``where``."""
    frame = network.frame(table)
    here = pl.lit(value=True)
    for name, value in (where or {}).items():
        here &= pl.col(name) == value
    changed = [
        pl.when(here)
        .then(pl.lit(value))
        .otherwise(pl.col(name))
        .cast(frame.schema[name])
        .alias(name)
        for name, value in values.items()
    ]
    return network.replace(**{table: frame.with_columns(changed)})


def with_settings(network: Network, **changes: Any) -> Network:
    """The network with some settings changed."""
    return dataclasses.replace(network, settings=dataclasses.replace(network.settings, **changes))


def without_opening(network: Network) -> Network:
    """The network with nothing under way, ordered, booked or held when it starts."""
    names = ("courses", "orders", "booked", "in_flight", "stock", "waste")
    return network.replace(**{name: network.frame(name).clear() for name in names})


def sure(network: Network) -> Network:
    """The network in which no batch fails and nothing is late."""
    network = with_cells(network, "batches", failure_percent=0.0)
    return with_cells(network, "lanes", on_time_percent=100.0)


def rows_of(table: str, *rows: dict[str, Any]) -> pl.DataFrame:
    """A frame of a table with some rows; what a row leaves out has its default."""
    columns = BY_NAME[table].columns
    filler = {column.name: column.default for column in columns if not column.required}
    schema = {column.name: DTYPES[column.kind] for column in columns}
    made_up = {"evidence": "invented"} if "evidence" in schema else {}
    return pl.DataFrame([{**filler, **made_up, **row} for row in rows], schema=schema)


def full(network: Network) -> Network:
    """The network with rows in the tables that the example leaves empty."""
    product, tracer = {"product": "lu-psma"}, {"tracer": "Ga-68 gozetotide"}
    return network.replace(
        tracer_supply=rows_of(
            "tracer_supply",
            {**tracer, "place": "near", "doses_per_week": 2.5, "reach_km": 500.0},
            {**tracer, "place": "middle", "doses_per_week": 9.0, "reach_km": 100.0},
        ),
        supply_changes=rows_of(
            "supply_changes",
            {
                "source": "reactor",
                "valid_from": date(2026, 5, 18),
                "valid_until": date(2026, 5, 24),
                "available_percent": 50.0,
                "cause": "outage",
            },
        ),
        waste_streams=rows_of(
            "waste_streams", {**product, "kind": "solid", "litres": 2.0, "hold_days": 70.0}
        ),
        waste_stores=rows_of(
            "waste_stores", {"site": "middle", "kind": "solid", "capacity_l": 60.0, "held_l": 5.0}
        ),
        continuation=rows_of(
            "continuation", {**product, "after_dose": 1, "continue_percent": 60.0}
        ),
        ordering_cutoffs=rows_of(
            "ordering_cutoffs",
            {
                **product,
                "infusion_weekdays": "Mon-Sun",
                "days_before": 6,
                "clock": "12:00",
                "zone": "America/Chicago",
            },
        ),
    )


def only_near(network: Network) -> Network:
    """The network with the one site by road, its region and its scanner."""
    kept = {
        "sites": pl.col("site") == "near",
        "suites": pl.col("site") == "near",
        "staff": pl.col("site") == "near",
        "courses": pl.col("site") == "near",
        "orders": pl.col("site") == "near",
        "waste": pl.col("site") == "near",
        "licences": ~pl.col("holder").is_in(["middle", "far"]),
        "lanes": pl.col("lane") == "line-a>near",
        "hubs": pl.lit(value=False),
        "departures": pl.lit(value=False),
        "regions": pl.col("region") == "east",
        "incidence": pl.col("region") == "east",
        "scanners": pl.col("region") == "east",
    }
    return network.replace(
        **{name: network.frame(name).filter(keep) for name, keep in kept.items()}
    )


def one_cycle(network: Network) -> Network:
    """The network in which everybody gets one dose, so that nobody treated asks for more."""
    return with_cells(network, "products", cycles_max=1, continue_percent=0.0)


def stressed(network: Network, times: float) -> Network:
    """The network with so many times the patients."""
    more = network.frame("incidence").with_columns(pl.col("per_year") * times)
    return network.replace(incidence=more)


def busy(network: Network) -> Network:
    """The network with four times the patients, and scanners, batches and chairs for all."""
    network = with_cells(stressed(network, 4.0), "scanners", slots_per_week=50.0)
    network = with_cells(network, "batches", max_doses=50, max_activity_gbq=800.0)
    network = with_cells(network, "lots", capacity_gbq=1000.0)
    return with_cells(with_cells(network, "suites", chairs=20), "staff", count=20)


def errors_of(network: Network) -> list[str]:
    """What is wrong with the tables: ranges of cells, keys, references, sense."""
    half_life_h = {one.name: one.half_life_h for one in nuclide_table()}
    found = (*check_keys(network.frames, ()), *check_network(network, half_life_h=half_life_h))
    told = [f"{one.table}.{one.column}: {one.code}" for one in found if one.severity == ERROR]
    return told + [
        f"{table.name}.{column.name}: {value}"
        for table in TABLES
        for column in table.columns
        for value in network.frame(table.name)[column.name]
        if value is not None and not _allowed(column, value)
    ]


def _allowed(column: Column, value: Any) -> bool:
    low, high = column.minimum, column.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        return False
    return not column.allowed or value in column.allowed


def two_products(network: Network) -> Network:
    """The network with a second product like the first, but with its own window of 112 days."""
    changes = {}
    for name in ("products", "incidence", "pathways", "payer_mix", "scanners", "batches", "tasks"):
        frame = network.frame(name)
        twin = frame.with_columns(pl.lit("lu-two").alias("product"))
        if name == "products":
            twin = twin.with_columns(
                pl.lit("A9513").alias("hcpcs"), pl.lit(112, dtype=pl.Int64).alias("in_time_days")
            )
        if name == "batches":
            twin = twin.with_columns(pl.col("batch").str.replace("psma", "two"))
        changes[name] = pl.concat([frame, twin])
    return network.replace(**changes)
