"""Relaxing one link by its unit: each is a patch of the network's own tables (4-ledger)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.columns import WEEKDAY_NAMES, weekday_numbers
from doseline.study.tracers import main_supply

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where a link binds most, so that its one unit is given there; None: nowhere known."""

    scanner: str | None = None
    scanner_product: str | None = None
    """Product whose scans get the slot: a scanner has slots for each of several products."""
    suite: str | None = None
    batch: str | None = None
    lot: str | None = None
    lane: str | None = None
    licence: str | None = None
    dose_gbq: float = 0.0
    """Activity of one dose on arrival, for a possession limit. [GBq]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """One unit of one link."""

    link: str
    unit: str
    """Key of the unit's sentence in the message catalogue."""
    patch: Callable[[Network, Where], Network]


def relaxed(network: Network, where: Where, *links: str) -> Network:
    """The network with each of some links relaxed by its unit."""
    for link in links:
        network = BY_LINK[link].patch(network, where)
    return network


def _gate_share(gate: str) -> Callable[[Network, Where], Network]:
    """One percentage point more pass a gate, rural or not."""

    def patch(network: Network, _: Where) -> Network:
        here = pl.col("gate") == gate
        more = [
            pl.when(here)
            .then((pl.col(name) + 1.0).clip(0.0, 100.0))
            .otherwise(pl.col(name))
            .alias(name)
            for name in ("pass_percent", "rural_pass_percent")
        ]
        return network.replace(pathways=network.frame("pathways").with_columns(more))

    return patch


def _gate_days(gate: str) -> Callable[[Network, Where], Network]:
    """A gate takes one day less, as far as it takes one."""

    def patch(network: Network, _: Where) -> Network:
        here = pl.col("gate") == gate
        return network.replace(pathways=_one_day_less(network.frame("pathways"), here))

    return patch


def _gate_km(gate: str) -> Callable[[Network, Where], Network]:
    """Patients travel 10 km farther for a gate, and one percentage point more pass it."""
    share = _gate_share(gate)

    def patch(network: Network, where: Where) -> Network:
        network = share(network, where)
        farther = pl.when(pl.col("gate") == gate).then(pl.col("max_km") + 10.0)
        return network.replace(
            pathways=network.frame("pathways").with_columns(
                farther.otherwise(pl.col("max_km")).alias("max_km")
            )
        )

    return patch


def _one_day_less(frame: pl.DataFrame, here: pl.Expr) -> pl.DataFrame:
    """Median one day shorter, its spread kept in proportion."""
    median = (pl.col("median_days") - 1.0).clip(0.0)
    scale = pl.when(pl.col("median_days") > 0).then(median / pl.col("median_days")).otherwise(1.0)
    return frame.with_columns(
        pl.when(here).then(median).otherwise(pl.col("median_days")).alias("median_days"),
        pl.when(here)
        .then(pl.col("p90_days") * scale)
        .otherwise(pl.col("p90_days"))
        .alias("p90_days"),
    )


def _fewer_points(table: str, column: str) -> Callable[[Network, Where], Network]:
    """One percentage point less in a whole column, down to zero."""

    def patch(network: Network, _: Where) -> Network:
        less = (pl.col(column) - 1.0).clip(0.0)
        return network.replace(**{table: network.frame(table).with_columns(less.alias(column))})

    return patch


def _authorisation_day(network: Network, _: Where) -> Network:
    return network.replace(payers=_one_day_less(network.frame("payers"), pl.lit(True)))


def _order_lead(network: Network, _: Where) -> Network:
    """Every product can be ordered one day later, as far as it had a day."""
    lead = (pl.col("order_lead_days") - 1).clip(0)
    cutoff = (pl.col("days_before") - 1).clip(0)
    return network.replace(
        products=network.frame("products").with_columns(lead),
        ordering_cutoffs=network.frame("ordering_cutoffs").with_columns(cutoff),
    )


def _dose_price(network: Network, _: Where) -> Network:
    prices = (pl.col("price", "discount_price").cast(pl.Float64) * 0.99).cast(pl.Decimal(38, 6))
    return network.replace(products=network.frame("products").with_columns(prices))


def _named(column: str, name: str | None) -> pl.Expr:
    """The row of that name; no row if it is not known."""
    return pl.col(column) == pl.lit(name, dtype=pl.String)


def _pet_slot(network: Network, where: Where) -> Network:
    """One slot more, and a dose of its tracer more where most of what reaches it is made."""
    here = _named("scanner", where.scanner) & _named("product", where.scanner_product)
    more = pl.when(here).then(pl.col("slots_per_week") + 1.0)
    maker = main_supply(network, where.scanner, where.scanner_product)
    of_maker = _named("tracer", maker[0] if maker else None) & _named(
        "place", maker[1] if maker else None
    )
    dose = pl.when(of_maker).then(pl.col("doses_per_week") + 1.0)
    return network.replace(
        scanners=network.frame("scanners").with_columns(
            more.otherwise(pl.col("slots_per_week")).alias("slots_per_week")
        ),
        tracer_supply=network.frame("tracer_supply").with_columns(
            dose.otherwise(pl.col("doses_per_week")).alias("doses_per_week")
        ),
    )


def _isotope(network: Network, where: Where) -> Network:
    more = pl.when(_named("lot", where.lot)).then(pl.col("capacity_gbq") + 100.0)
    return network.replace(
        lots=network.frame("lots").with_columns(
            more.otherwise(pl.col("capacity_gbq")).alias("capacity_gbq")
        )
    )


def _batch(network: Network, where: Where) -> Network:
    """A batch more where one binds most, and a dose more in each quota."""
    more = pl.col("doses_per_week") + 1
    batches = network.frame("batches")
    twin = batches.filter(_named("batch", where.batch)).with_columns(
        pl.format("{}+1", "batch").alias("batch")
    )
    return network.replace(
        batches=pl.concat([batches, twin]), quotas=network.frame("quotas").with_columns(more)
    )


def _departure(network: Network, where: Where) -> Network:
    """The lane's departures also run on one more day: the first on which none of them does."""
    departures = network.frame("departures")
    mine = departures.filter(_named("lane", where.lane))
    if mine.is_empty():
        return network
    taken = {day for days in mine["weekdays"] for day in weekday_numbers(days)}
    free = next((day for day in (5, 6, 0, 1, 2, 3, 4) if day not in taken), 0)
    extra = mine.head(1).with_columns(
        pl.lit(WEEKDAY_NAMES[free]).alias("weekdays"),
        pl.lit("12:00").alias("depart"),
        pl.lit(None, dtype=pl.Date).alias("valid_from"),
        pl.lit(None, dtype=pl.Date).alias("valid_until"),
    )
    return network.replace(departures=pl.concat([departures, extra]).unique(maintain_order=True))


def _possession(network: Network, where: Where) -> Network:
    """A possession limit raised by one dose, and the stores of that place by its waste."""
    here = _named("licence", where.licence)
    more = pl.when(here).then(pl.col("possession_gbq") + where.dose_gbq)
    licences = network.frame("licences")
    holders = licences.filter(here)["holder"].to_list()
    litres = (
        network.frame("waste_streams")
        .group_by("kind")
        .agg((pl.col("litres") * (pl.col("hold_days") / 7.0).clip(1.0)).max().alias("more_l"))
    )
    stores = network.frame("waste_stores")
    added = stores.join(litres, on="kind", how="left", maintain_order="left")["more_l"]
    mine = pl.col("site").is_in(holders)
    room = pl.col("capacity_l") + pl.when(mine).then(added.fill_null(0.0)).otherwise(0.0)
    return network.replace(
        licences=licences.with_columns(
            more.otherwise(pl.col("possession_gbq")).alias("possession_gbq")
        ),
        waste_stores=stores.with_columns(room.alias("capacity_l")),
    )


def _suite_slot(network: Network, where: Where) -> Network:
    """A chair for one infusion a week, with a bed for a patient who may not leave."""
    suites = network.frame("suites")
    twin = suites.filter(_named("suite", where.suite)).with_columns(
        pl.format("{}+1", "suite").alias("suite"),
        pl.lit(1, dtype=pl.Int64).alias("chairs"),
        pl.lit(1, dtype=pl.Int64).alias("beds"),
        pl.col("weekdays").str.slice(0, 3),
        pl.lit(1, dtype=pl.Int64).alias("slots_per_day"),
    )
    return network.replace(suites=pl.concat([suites, twin]))


RELAXATIONS: tuple[Relaxation, ...] = (
    Relaxation(link="out_of_reach", unit="travel", patch=_gate_km("reach")),
    Relaxation(link="not_referred", unit="percentage_point", patch=_gate_share("referral")),
    Relaxation(link="no_scanner", unit="travel", patch=_gate_km("scanner_reach")),
    Relaxation(link="pet_slot", unit="per_week", patch=_pet_slot),
    Relaxation(link="tumour_board", unit="day", patch=_gate_days("board")),
    Relaxation(link="not_offered", unit="percent", patch=_dose_price),
    Relaxation(
        link="cannot_pay",
        unit="percentage_point",
        patch=_fewer_points("payers", "cannot_pay_percent"),
    ),
    Relaxation(
        link="authorisation_denied",
        unit="percentage_point",
        patch=_fewer_points("payers", "denied_percent"),
    ),
    Relaxation(link="authorisation_time", unit="day", patch=_authorisation_day),
    Relaxation(link="ordering_rules", unit="day", patch=_order_lead),
    Relaxation(link="no_isotope", unit="100_gbq", patch=_isotope),
    Relaxation(link="no_batch_capacity", unit="per_week", patch=_batch),
    Relaxation(
        link="batch_failed",
        unit="percentage_point",
        patch=_fewer_points("batches", "failure_percent"),
    ),
    Relaxation(link="transport", unit="departure", patch=_departure),
    Relaxation(link="licence_or_possession", unit="dose", patch=_possession),
    Relaxation(link="no_suite", unit="per_week", patch=_suite_slot),
    Relaxation(link="patient_scheduling", unit="day", patch=_gate_days("scheduling")),
)

BY_LINK: dict[str, Relaxation] = {one.link: one for one in RELAXATIONS}
