"""The same week told in another way, or with one thing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
from tests.plan.small_weeks import NUCLIDES, small_week
from tests.plan.test_against_oracle import nuclides
from tests.plan.worlds import HOUR_MS, World

from doseline.model.catalogue import TABLES
from doseline.physics.nuclides import NuclideTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.network import Network


def week_as_world(seed: int) -> World:
    """A small week: two time zones, two nuclides, an opening state and the rules of the network."""
    network, options = small_week(seed, half_lives())
    return World(network=network, options=options, orders=network.frame("orders"))


def half_lives(factor: float = 1.0) -> dict[str, float]:
    """Half-lives times a factor. [h]"""
    return {name: nuclides()[name].half_life_h * factor for name in NUCLIDES}


def faster_nuclides(factor: float) -> NuclideTable:
    """The nuclides with half-lives times a factor."""
    longer = half_lives(factor)
    return NuclideTable([replace(nuclides()[name], half_life_h=longer[name]) for name in NUCLIDES])


def with_column(one: World, table: str, **columns: Any) -> World:
    """A world in which columns of a table have other values."""
    frame = one.network.frame(table)
    cast = {name: value.cast(frame.schema[name]) for name, value in columns.items()}
    return replace(one, network=one.network.replace(**{table: frame.with_columns(**cast)}))


def with_slots(one: World, **columns: pl.Expr) -> World:
    """A world in which columns of the slots have other values."""
    slots = one.options.slots
    cast = {name: value.cast(slots.schema[name]) for name, value in columns.items()}
    return replace(one, options=replace(one.options, slots=slots.with_columns(**cast)))


def with_names(one: World, names: Mapping[str, str]) -> World:
    """A world in which places have other names, wherever they stand."""

    def told(frame: pl.DataFrame) -> pl.DataFrame:
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        return frame.with_columns(pl.col(texts).replace(names)) if texts else frame

    frames = {name: told(frame) for name, frame in one.network.frames.items()}
    return replace(one, network=one.network.replace(**frames), orders=told(one.orders))


def with_prices(one: World, factor: int) -> World:
    """A world in which all money is worth so much less."""

    def dearer(network: Network) -> Network:
        frames = {}
        for table in TABLES:
            money = [column.name for column in table.columns if column.kind == "money"]
            frame = network.frame(table.name)
            frames[table.name] = frame.with_columns(
                (pl.col(money) * factor).cast(pl.Decimal(38, 6)) if money else []
            )
        return network.replace(**frames)

    options = replace(
        one.options,
        rows=one.options.rows.with_columns(pl.col("cost") * factor),
        itineraries=one.options.itineraries.with_columns(pl.col("cost") * factor),
    )
    return replace(one, network=dearer(one.network), options=options)


def with_half_life(one: World, factor: float) -> World:
    """Options whose doses decay with half-lives times a factor; what is given stays the same."""
    products = one.network.frame("products")["nuclide"].to_list()
    rows = one.options.rows
    half_life_h = half_lives(factor)
    hours = pl.col("product").replace_strict(
        {number: half_life_h[nuclide] for number, nuclide in enumerate(products)},
        return_dtype=pl.Float64,
    )

    def at(instant: str) -> pl.Expr:
        elapsed_h = (pl.col("infuse_ms") - pl.col(instant)) / HOUR_MS
        return pl.col("activity_infuse_bq") * (2.0 ** (elapsed_h / hours))

    rows = rows.with_columns(activity_ready_bq=at("ready_ms"), activity_arrive_bq=at("arrive_ms"))
    return replace(one, options=replace(one.options, rows=rows))


def with_idle_site(one: World) -> World:
    """A world with one site more, as the first is, that nobody has ordered for."""
    net, options = one.network, one.options
    idle, number = "idle", net.frame("sites").height
    suites = net.frame("suites").height
    frames = {}
    keys = {
        "sites": "site", "suites": "site", "staff": "site", "licences": "holder",
        "training": "site", "experience": "site", "waste_stores": "site",
    }  # fmt: skip
    first = net.frame("sites")["site"][0]
    for table, key in keys.items():
        frame = net.frame(table)
        own = {"suites": "suite", "licences": "licence"}.get(table)
        copies = frame.filter(pl.col(key) == first).with_columns(pl.lit(idle).alias(key))
        if own:
            copies = copies.with_columns(pl.col(own) + "-idle")
        frames[table] = pl.concat([frame, copies])
    slots = options.slots.filter(pl.col("site") == 0)
    ways = options.itineraries.filter(pl.col("site") == 0)
    slot_to = {old: options.slots.height + at for at, old in enumerate(slots["slot"])}
    way_to = {old: options.itineraries.height + at for at, old in enumerate(ways["itinerary"])}
    here = pl.lit(number, pl.Int32)
    rows = options.rows.filter(pl.col("site") == 0).with_columns(
        site=here,
        slot=pl.col("slot").replace(slot_to),
        itinerary=pl.col("itinerary").replace(way_to),
    )
    suite_to = {suite: suites + at for at, suite in enumerate(slots["suite"].unique().sort())}
    more_slots = slots.with_columns(
        site=here, slot=pl.col("slot").replace(slot_to), suite=pl.col("suite").replace(suite_to)
    )
    more_ways = ways.with_columns(site=here, itinerary=pl.col("itinerary").replace(way_to))
    wider = replace(
        options,
        rows=pl.concat([options.rows, rows]),
        slots=pl.concat([options.slots, more_slots]),
        itineraries=pl.concat([options.itineraries, more_ways]),
    )
    return replace(one, network=net.replace(**frames), options=wider)
