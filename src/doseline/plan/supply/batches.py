"""Isotope and batches of a planned week: production runs, and the lots that each may draw from.

Where a source delivers only a share of its lots (table ``supply_changes``), a delivery gives that
share of the lot's capacity, by the day of its reference time at the source. Draws count in terms
of the full lot: one GBq drawn is ``share`` GBq had, so that deliveries with different shares can
be added up in one pool. A delivery of nothing is not replaced by the one before it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.supply import Batch, Line, Lot, Product, SupplyChange
from doseline.model.supply import Licence as LicenceRow
from doseline.model.supply import Source as SourceRow
from doseline.physics.decay import fraction_left
from doseline.plan.supply.changeover import conflicts_of
from doseline.routes.clock import MS_PER_HOUR, clock_minutes, milliseconds, utc_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.model.years import LineChange
    from doseline.physics.nuclides import NuclideTable

_WEEKS_BACK = range(-4, 3)
"""Weeks whose deliveries can feed the runs of a planned week, relative to it."""

_NOTHING_LEFT = 1e-3
"""Share of a delivery below which nobody draws from it: ten half-lives. [unitless]"""

_RUN_SCHEMA = {
    "run": pl.Int64,
    "batch": pl.Int32,
    "ready_ms": pl.Int64,
    "start_ms": pl.Int64,
    "release_ms": pl.Int64,
    "week_number": pl.Int64,
    "name": pl.String,
    "line": pl.String,
    "product": pl.String,
    "nuclide": pl.String,
    "max_doses": pl.Int64,
    "max_activity_gbq": pl.Float64,
    "fixed_cost": pl.Float64,
    "yield_share": pl.Float64,
}
_POOL_SCHEMA = {
    "pool": pl.Int64,
    "lot": pl.String,
    "source": pl.String,
    "line": pl.String,
    "capacity_gbq": pl.Float64,
    "price_per_gbq": pl.Float64,
}
_DRAW_SCHEMA = {
    "pool": pl.Int64,
    "run": pl.Int64,
    "reference_ms": pl.Int64,
    "per_gbq": pl.Float64,
    "price_per_gbq": pl.Float64,
    "share": pl.Float64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Runs, pools of isotope, and which run may draw from which pool.

    A *run* is one dated occurrence of a weekly batch slot. A *pool* is one weekly delivery (or the
    stock of a line). The runs of one week share the delivery's capacity, and each draws from the
    latest that has arrived: so a plan can be repeated every week.
    """

    runs: pl.DataFrame
    """run, batch (row number), ready_ms, start_ms, release_ms, week_number, name, line, product,
    nuclide, max_doses, max_activity_gbq, fixed_cost, yield_share."""
    pools: pl.DataFrame
    """pool, lot, source, line, capacity_gbq (of the full lot), price_per_gbq."""
    draws: pl.DataFrame
    """pool, run, reference_ms, per_gbq (activity in vials at calibration for each unit drawn at
    the reference time: decay from reference to calibration, times the yield and the share),
    price_per_gbq (times the share), share (of the full lot that the delivery brings)."""
    conflicts: pl.DataFrame
    """run, other: runs of which one at most can be made; see :mod:`doseline.plan.supply.changeover`."""


@dataclass(frozen=True, slots=True)
class _Delivery:
    """Isotope at a line: one weekday of a weekly lot, or the line's opening stock."""

    lot: str
    source: str
    line: str
    nuclide: str
    capacity_gbq: float
    price_per_gbq: float
    arrivals: tuple[tuple[int, int, float], ...]
    """Reference time and arrival, ascending [ms], and the share of the full lot. [unitless]"""
    weekly: bool


def supply_of(
    network: Network, options: Options, *, nuclides: NuclideTable, opening: bool = True
) -> Supply:
    """Runs that any option uses, and the isotope that can reach each in time.

    Args:
        network: The network.
        options: Whose rows date the batches.
        nuclides: Half-lives.
        opening: Whether the opening stock of lines may be drawn from.
    """
    runs = _runs(network, options)
    pools: dict[tuple[int, int], dict[str, Any]] = {}
    draws: list[dict[str, Any]] = []
    deliveries = [*_lots(network, options.week), *(_stocks(network) if opening else ())]
    for number, delivery in enumerate(deliveries):
        for run in runs.iter_rows(named=True):
            reference_ms, share = _latest(delivery, run)
            if share <= 0.0:
                continue
            key = (number, run["week_number"] if delivery.weekly else 0)
            pool = pools.setdefault(key, {"pool": len(pools), **_pool(delivery)})
            half_life_h = nuclides[delivery.nuclide].half_life_h
            age_h = (run["ready_ms"] - reference_ms) / MS_PER_HOUR
            left = fraction_left(age_h, half_life_h)
            if left < _NOTHING_LEFT:
                continue
            draws.append(
                {
                    "pool": pool["pool"],
                    "run": run["run"],
                    "reference_ms": reference_ms,
                    "per_gbq": left * run["yield_share"] * share,
                    "price_per_gbq": delivery.price_per_gbq * share,
                    "share": share,
                }
            )
    return Supply(
        runs=runs,
        pools=pl.DataFrame(list(pools.values()), schema=_POOL_SCHEMA),
        draws=pl.DataFrame(draws, schema=_DRAW_SCHEMA),
        conflicts=conflicts_of(network, runs),
    )


def with_isotope(supply: Supply, source: str, more_gbq: float) -> Supply:
    """The supply with one more pool, from which the runs of a source's lots may also draw.

    Args:
        supply: The supply.
        source: Source of the isotope.
        more_gbq: Activity at reference time that its lots may share, in full. [GBq]
    """
    pool = supply.pools.height
    mine = supply.pools.filter(pl.col("source") == source)
    draws = supply.draws.join(mine.select("pool"), on="pool", how="semi").with_columns(
        pl.col("per_gbq", "price_per_gbq") / pl.col("share"), share=pl.lit(1.0)
    )
    extra = mine.head(1).with_columns(
        pool=pl.lit(pool, dtype=pl.Int64),
        lot=pl.lit(f"more:{source}"),
        line=pl.lit(""),
        capacity_gbq=pl.lit(more_gbq),
    )
    return Supply(
        runs=supply.runs,
        pools=pl.concat([supply.pools, extra]),
        draws=pl.concat([supply.draws, draws.with_columns(pool=pl.lit(pool, dtype=pl.Int64))]),
        conflicts=supply.conflicts,
    )


def _runs(network: Network, options: Options) -> pl.DataFrame:
    """Dated batch slots of the options, by row number of the batch and calibration."""
    batches, products = network.rows(Batch), network.by_key(Product)
    dated = options.rows.select("batch", "ready_ms").drop_nulls().unique().sort("batch", "ready_ms")
    dated = dated.with_columns(week=pl.int_range(pl.len()).over("batch"))
    found = []
    for run, (number, ready_ms, week_number) in enumerate(dated.iter_rows()):
        batch = batches[number]
        start_ms = ready_ms - milliseconds(batch.synthesis_h)
        found.append(
            {
                "run": run,
                "batch": number,
                "ready_ms": ready_ms,
                "start_ms": start_ms,
                "release_ms": ready_ms + milliseconds(batch.qc_h),
                "week_number": week_number,
                "name": batch.batch,
                "line": batch.line,
                "product": batch.product,
                "nuclide": products[batch.product].nuclide,
                "max_doses": batch.max_doses,
                "max_activity_gbq": batch.max_activity_gbq,
                "fixed_cost": float(batch.fixed_cost),
                "yield_share": batch.yield_percent / 100.0,
            }
        )
    return pl.DataFrame(found, schema=_RUN_SCHEMA)


def _lots(network: Network, week: date) -> Iterator[_Delivery]:
    """Weekly lots, one delivery for each weekday."""
    sources = network.by_key(SourceRow)
    licences = [one for one in network.rows(LicenceRow) if one.operation == "supply"]
    changes = network.rows(SupplyChange)
    for lot in network.rows(Lot):
        source = sources[lot.source]
        held = [
            one for one in licences if one.holder == source.source and one.nuclide == source.nuclide
        ]
        mine = [one for one in changes if one.source == source.source]
        for weekday in weekday_numbers(lot.weekday):
            arrivals = tuple(
                (reference_ms, arrival_ms, available_share(mine, day))
                for day, reference_ms, arrival_ms in _dated(lot, source.zone, week, weekday, held)
            )
            yield _Delivery(
                lot=lot.lot,
                source=lot.source,
                line=lot.line,
                nuclide=source.nuclide,
                capacity_gbq=lot.capacity_gbq,
                price_per_gbq=float(lot.price_per_gbq),
                arrivals=arrivals,
                weekly=True,
            )


def _dated(
    lot: Lot, zone: str, week: date, weekday: int, licences: list[LicenceRow]
) -> Iterator[tuple[date, int, int]]:
    """Day and instant of reference, and arrival, of a lot's deliveries where it may be supplied."""
    for back in _WEEKS_BACK:
        day = week + timedelta(days=weekday + 7 * back)
        reference_ms = utc_ms(zone, day, clock_minutes(lot.reference))
        # A source without any supply licence row is not judged here: `check` asks for it.
        if not licences or any(one.valid_from <= day <= one.valid_until for one in licences):
            yield day, reference_ms, reference_ms + milliseconds(lot.lead_h)


def available_share(changes: Iterable[SupplyChange | LineChange], day: date) -> float:
    """Share of its lots that a source can deliver with reference on a day. [unitless]

    So too the share of its batches that a line can start on a day.

    The row that began last among those that hold; everything where none holds.

    Args:
        changes: Rows of one source, or of one line.
        day: Day of the reference time, at the source.
    """
    holding = [
        one
        for one in changes
        if one.valid_from <= day and (one.valid_until is None or day <= one.valid_until)
    ]
    if not holding:
        return 1.0
    return max(holding, key=lambda one: one.valid_from).available_percent / 100.0


def _stocks(network: Network) -> Iterator[_Delivery]:
    """Opening stock of lines; it is there once, not every week."""
    lines = network.by_key(Line)
    for row in network.frame("stock").iter_rows(named=True):
        if row["place"] in lines:
            at_ms = round(row["at"].timestamp() * 1000)
            yield _Delivery(
                lot=f"stock:{row['place']}",
                source="",
                line=row["place"],
                nuclide=row["nuclide"],
                capacity_gbq=row["activity_gbq"],
                price_per_gbq=0.0,
                arrivals=((at_ms, at_ms, 1.0),),
                weekly=False,
            )


def _latest(delivery: _Delivery, run: dict[str, Any]) -> tuple[int, float]:
    """Reference time and share of the delivery's last arrival that is not after a run's start.

    Without any, the share is zero.
    """
    if delivery.line != run["line"] or delivery.nuclide != run["nuclide"]:
        return 0, 0.0
    arrived = [arrival for _, arrival, _ in delivery.arrivals]
    last = bisect_right(arrived, run["start_ms"]) - 1
    if last < 0:
        return 0, 0.0
    reference_ms, _, share = delivery.arrivals[last]
    return reference_ms, share


def _pool(delivery: _Delivery) -> dict[str, Any]:
    """A delivery as a row of the pools."""
    return {
        "lot": delivery.lot,
        "source": delivery.source,
        "line": delivery.line,
        "capacity_gbq": delivery.capacity_gbq,
        "price_per_gbq": delivery.price_per_gbq,
    }
