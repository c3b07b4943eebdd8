"""Options for people: names and local times, and counts of the reasons that refuse them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.options import REFUSALS
from doseline.routes.clock import local_text

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options

_TABLES = {"product": "products", "line": "lines", "batch": "batches", "site": "sites"}
_GBQ = ("ready", "arrive", "infuse")


def named(options: Options, network: Network, rows: pl.DataFrame) -> pl.DataFrame:
    """Option rows as people read them.

    Names instead of numbers; times on the clocks of the place (the line for calibration and
    departure, the site for arrival and infusion) with offset; activities in GBq.

    Args:
        options: The options that the rows are of.
        network: The network that they were built from.
        rows: Some rows of ``options.rows``.
    """
    return _with_places(options, network, rows).select(
        *_TABLES,
        "suite",
        "lanes",
        calibration=_local("line_zone", "ready_ms"),
        leaves=_local("line_zone", "depart_ms"),
        arrives=_local("site_zone", "arrive_ms"),
        infusion=_local("site_zone", "infuse_ms"),
        **{f"activity_{when}_gbq": pl.col(f"activity_{when}_bq") / 1e9 for when in _GBQ},
        volume_ml="volume_ml",
        transport_index="transport_index",
        cost="cost",
        on_time_percent=pl.col("on_time") * 100,
        refusal=_reason(),
    )


def reasons(options: Options, network: Network) -> pl.DataFrame:
    """How many option rows each reason refuses, by product and site; an empty reason: none does."""
    counted = options.rows.group_by("product", "site", "refusal").len("rows")
    names = {name: _name(network, name) for name in ("product", "site")}
    return counted.sort("product", "site", "refusal").with_columns(**names, refusal=_reason())


def _with_places(options: Options, network: Network, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with names, the lanes of their itinerary, their suite, and the zones of both ends."""
    names = {name: _name(network, name) for name in _TABLES}
    zones = {
        f"{place}_zone": _gathered(network.frame(_TABLES[place])["zone"], place)
        for place in ("line", "site")
    }
    ways = options.itineraries.select("itinerary", "lanes", "depart_ms")
    suite_of = options.slots.select(
        "slot", suite=_gathered(network.frame("suites")["suite"], "suite")
    )
    return (
        rows.with_columns(**names, **zones)
        .join(ways, on="itinerary", how="left", maintain_order="left")
        .join(suite_of, on="slot", how="left", maintain_order="left")
    )


def _name(network: Network, column: str) -> pl.Expr:
    """The name of each row number of a table."""
    return _gathered(network.frame(_TABLES[column])[column], column)


def _reason() -> pl.Expr:
    """The key of each refusal code."""
    return _gathered(pl.Series(REFUSALS), "refusal")


def _gathered(values: pl.Series, column: str) -> pl.Expr:
    """The value at each row number of a column."""
    return pl.col(column).replace_strict(range(len(values)), values, return_dtype=values.dtype)


def _local(zone: str, instant: str) -> pl.Expr:
    """An instant as text on the clocks of a zone; null without instant."""

    def text(record: dict[str, object]) -> str | None:
        name, instant_ms = record[zone], record[instant]
        if isinstance(name, str) and isinstance(instant_ms, int):
            return local_text(name, instant_ms)
        return None

    return pl.struct(zone, instant).map_elements(text, return_dtype=pl.String)
