"""One site of a network: its own rows, and its delivery options over several weeks as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.catalogue import TABLES
from doseline.model.options import OPTION_SCHEMA, Options
from doseline.plan.supply.batches import supply_of
from doseline.routes.options import build_options
from doseline.routes.slots import slot_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.supply.batches import Supply

_KEPT_WHOLE = ("lines",)
"""Tables whose rows may name another site without being that site's own."""
_BELONGING = {"booked": ("suite", "suites"), "departures": ("lane", "lanes")}
"""Tables whose rows belong to a row that may have gone: their column, and the table it names."""


def site_network(network: Network, site: str) -> Network:
    """The network without what belongs to other sites: it makes and carries for one alone."""
    others = set(network.frame("sites")["site"]) - {site}
    frames = dict(network.frames)
    for table in TABLES:
        if table.name not in _KEPT_WHOLE:
            for column in table.columns:
                if "sites" in column.refers or (table.name == "sites" and column.key):
                    frames[table.name] = _without(frames[table.name], column.name, others)
    for name, (key, owner) in _BELONGING.items():
        kept = frames[owner][key].to_list()
        frames[name] = frames[name].filter(pl.col(key).is_in(kept))
    return network.replace(**frames)


def _without(frame: pl.DataFrame, column: str, names: set[str]) -> pl.DataFrame:
    """The rows that name none of these."""
    named = pl.col(column).is_in(list(names)).fill_null(value=False)
    return frame.filter(~named)


def mondays(network: Network, *, start: date, days: int) -> list[date]:
    """Mondays of the weeks whose batches can serve a window of days."""
    last = start + timedelta(days=max(days, 1) - 1)
    # A batch may serve days of later weeks, as far as its shelf life reaches.
    first = start - timedelta(days=slot_days(network) - 7)
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(days=7 * nth) for nth in range((last - monday).days // 7 + 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Delivery options and supply of several weeks, numbered as if they were one."""

    options: Options
    """Rows of the window only; ``week`` is the first Monday."""
    runs: pl.DataFrame
    """Columns of ``plan.supply.Supply``, as in the next three."""
    pools: pl.DataFrame
    draws: pl.DataFrame
    conflicts: pl.DataFrame


def weeks_of(
    network: Network,
    *,
    weeks: Sequence[date],
    window: tuple[date, date],
    nuclides: NuclideTable,
    nights: Mapping[str, int],
    use_factors: Mapping[str, float],
) -> Weeks:
    """The options of some weeks whose slots lie in a window, and what can be made for them.

    Args:
        network: The network.
        weeks: Mondays.
        window: First and last day at the site.
        nuclides: The nuclide table.
        nights: Nights in hospital until release by product. [d]
        use_factors: Weight of an activity in a day's operating quantity by nuclide. [unitless]
    """
    each = [
        build_options(network, nuclides=nuclides, week=week, nights=nights, use_factors=use_factors)
        for week in weeks
    ]
    supplies = [supply_of(network, one, nuclides=nuclides) for one in each]
    slots = _all_slots([one.slots for one in each], window)
    ways = _numbered([one.itineraries for one in each], "itinerary")
    rows = pl.concat(_renumbered(each, slots))
    options = Options(
        week=weeks[0],
        rows=rows.select([pl.col(name).cast(kind) for name, kind in OPTION_SCHEMA.items()]),
        itineraries=pl.concat(ways),
        slots=slots,
        nights=each[0].nights,
        use_factors=each[0].use_factors,
    )
    return Weeks(options=options, **_joined_supply(supplies))


def _all_slots(each: Sequence[pl.DataFrame], window: tuple[date, date]) -> pl.DataFrame:
    """Every slot of the window once, numbered in the order of time."""
    distinct = (
        pl.concat(each).unique(["suite", "start_ms"]).filter(pl.col("day").is_between(*window))
    )
    ordered = distinct.drop("slot").sort("site", "start_ms", "suite")
    return ordered.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("slot"), pl.all())


def _numbered(frames: Sequence[pl.DataFrame], column: str) -> list[pl.DataFrame]:
    """Frames whose numbers in a column go on where those of the frame before end."""
    found, offset = [], 0
    for frame in frames:
        found.append(frame.with_columns((pl.col(column) + offset).cast(frame.schema[column])))
        offset += frame.height
    return found


def _renumbered(each: Sequence[Options], slots: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows of each week that have a slot of the window, under the new numbers."""
    key = ["suite", "start_ms"]
    found, offset = [], 0
    for one in each:
        new = one.slots.select("slot", *key).join(slots.select(*key, now="slot"), on=key)
        has_way = pl.col("itinerary") >= 0
        found.append(
            one.rows.join(new.select("slot", "now"), on="slot", maintain_order="left").with_columns(
                slot=pl.col("now"),
                itinerary=pl.when(has_way).then(pl.col("itinerary") + offset).otherwise(-1),
            )
        )
        offset += one.itineraries.height
    return found


def _joined_supply(each: Sequence[Supply]) -> dict[str, pl.DataFrame]:
    """Runs, pools, draws and conflicts of all weeks; the stock of a line is there once."""
    pools = pl.concat(_numbered([one.pools for one in each], "pool"))
    draws, conflicts, first_run, first_pool = [], [], 0, 0
    for one in each:
        draws.append(one.draws.with_columns(pl.col("run") + first_run, pl.col("pool") + first_pool))
        conflicts.append(one.conflicts.select(pl.col("run", "other") + first_run))
        first_run, first_pool = first_run + one.runs.height, first_pool + one.pools.height
    first = pl.col("pool").min().over("lot", "source")
    same = pools.select("pool", same=pl.when(pl.col("source") == "").then(first).otherwise("pool"))
    joined = pl.concat(draws).join(same, on="pool", maintain_order="left")
    return {
        "runs": pl.concat(_numbered([one.runs for one in each], "run")),
        "pools": pools,
        "draws": joined.with_columns(pool="same").drop("same"),
        "conflicts": pl.concat(conflicts),
    }
