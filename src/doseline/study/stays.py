"""What the rulebook's safety rules make of a dose: how long its patient stays, how it weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.supply import Product
from doseline.physics.release import Release, Retention, nights_of_stay, release

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.rules import ReleaseCriterion
    from doseline.study.reference import Reference

STAY_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "product": pl.String,
    "hours_until_release": pl.Float64,
    "nights": pl.Int64,
    "criterion": pl.String,  # physics.release.Measure; null if the rulebook asks for nothing
    "limit": pl.Float64,
    "unit": pl.String,
    "at_infusion": pl.Float64,  # what the criterion measures when the dose is given
    "evidence": pl.String,  # title of the source of the limit
    "assumption": pl.Boolean,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """When a patient may leave after one product."""

    product: str
    hours: float
    """From the infusion until release is allowed. [h]"""
    nights: int
    criterion: ReleaseCriterion | None
    """The one that is met first; none if the rulebook asks for nothing."""
    at_infusion: float
    """What it measures when the dose is given, in its unit."""


def stays(network: Network, reference: Reference) -> tuple[Stay, ...]:
    """The stay after each product, by the criteria in force in the planned week."""
    return tuple(_stay(product, network, reference) for product in network.rows(Product))


def _stay(product: Product, network: Network, reference: Reference) -> Stay:
    criteria = reference.rulebook.release_criteria(product.nuclide, network.settings.plan_week)
    found: Release = release(
        reference.nuclides,
        product.nuclide,
        product.activity_gbq * 1e9,
        criteria,
        retention=Retention(
            biological_half_life_h=product.biological_half_life_h,
            fast_cleared_percent=product.fast_cleared_percent,
            fast_half_life_h=product.fast_half_life_h,
        ),
    )
    met = next((one for one in criteria if one is found.criterion), None)
    return Stay(
        product=product.product,
        hours=found.wait_h,
        nights=nights_of_stay(found.wait_h),
        criterion=met,
        at_infusion=found.value,
    )


def nights_by_product(found: tuple[Stay, ...]) -> dict[str, int]:
    """Nights in hospital after each product. [d]"""
    return {stay.product: stay.nights for stay in found}


def use_factors(network: Network, reference: Reference) -> dict[str, float]:
    """Weight of an activity in a day's operating quantity, by nuclide that the rulebook weighs."""
    day = network.settings.plan_week
    rules = {
        nuclide: reference.rulebook.operation_rule(nuclide, day)
        for nuclide in network.frame("products")["nuclide"].unique()
    }
    return {nuclide: rule.factor for nuclide, rule in rules.items() if rule is not None}


def stays_frame(found: tuple[Stay, ...]) -> pl.DataFrame:
    """One row a product, columns of ``STAY_SCHEMA``."""
    return pl.DataFrame([_row(stay) for stay in found], schema=STAY_SCHEMA, orient="row")


def _row(stay: Stay) -> tuple[object, ...]:
    told = stay.product, stay.hours, stay.nights
    met = stay.criterion
    if met is None:
        return (*told, None, None, None, None, None, None)
    sources = dict.fromkeys(reading.value.source.title for reading in met.readings)
    return (
        *told,
        met.measure.value,
        met.limit,
        met.measure.unit,
        stay.at_infusion,
        "; ".join(sources),
        any(reading.is_assumption for reading in met.readings),
    )
