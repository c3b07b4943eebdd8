"""Possession limits of sites: what is held at every instant from receipt.

A vial counts in full from its arrival up to and including the instant of its infusion, and with
its residual afterwards; opening stock, waste and doses in flight count too, all decayed. What is
held only falls between arrivals, so that it is enough to look at each instant of arrival.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.physics.decay import fraction_left
from doseline.routes.clock import MS_PER_HOUR

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.physics.nuclides import NuclideTable

_PART_SCHEMA = {
    "option": pl.Int64,
    "site": pl.Int32,
    "kind": pl.String,
    "key": pl.String,
    "most": pl.Float64,
    "use": pl.Float64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holding:
    """What a site holds whatever is planned: stock, waste and doses in flight of one nuclide."""

    activity_gbq: NDArray[np.float64]
    at_ms: NDArray[np.int64]
    vials_gbq: NDArray[np.float64]
    arrive_ms: NDArray[np.int64]
    infuse_ms: NDArray[np.int64]
    residual: NDArray[np.float64]

    def at(self, instants_ms: NDArray[np.int64], half_life_h: float) -> NDArray[np.float64]:
        """Activity held at some instants, in [GBq]."""
        ages_h = (instants_ms[:, None] - self.at_ms[None, :]) / MS_PER_HOUR
        old = (self.activity_gbq * fraction_left(ages_h, half_life_h)).sum(axis=1)
        vials = held(
            instants_ms,
            arrive_ms=self.arrive_ms,
            infuse_ms=self.infuse_ms,
            activity=self.vials_gbq,
            residual=self.residual,
            half_life_h=half_life_h,
        )
        total: NDArray[np.float64] = old + vials.sum(axis=1)
        return total


def held(
    instants_ms: NDArray[np.int64],
    *,
    arrive_ms: NDArray[np.int64],
    infuse_ms: NDArray[np.int64],
    activity: NDArray[np.float64],
    residual: NDArray[np.float64],
    half_life_h: float,
) -> NDArray[np.float64]:
    """Activity of each vial that a site holds at each instant.

    Args:
        instants_ms: Instants, shape (n,).
        arrive_ms: Arrival of each vial, shape (m,).
        infuse_ms: Infusion of each vial.
        activity: Activity of each vial at its infusion.
        residual: Share of it that stays after the infusion. [unitless]
        half_life_h: Physical half-life. [h]

    Returns:
        Shape (n, m), in the unit of ``activity``.
    """
    instants = instants_ms[:, None]
    decayed = activity * fraction_left((instants - infuse_ms[None, :]) / MS_PER_HOUR, half_life_h)
    share = np.where(instants <= infuse_ms[None, :], 1.0, residual[None, :])
    here: NDArray[np.float64] = np.where(instants >= arrive_ms[None, :], decayed * share, 0.0)
    return here


def possession_limits(
    network: Network,
    usable: pl.DataFrame,
    demand: pl.DataFrame,
    *,
    week: date,
    nuclides: NuclideTable,
) -> pl.DataFrame:
    """Possession limits that could bind, at each arrival, beside the options that use them.

    A limit that holds even if every order of the site lay there at once, at its largest activity,
    cannot bind and is left out.
    """
    products = network.frame("products").with_row_index("number")
    limits = licensed_gbq(network, week)
    at_once = _at_once(usable, demand, products)
    parts = [
        _at_site(network, usable, site=site, nuclide=nuclide, most_gbq=most, nuclides=nuclides)
        for (site, nuclide), most in limits.items()
        if (site, nuclide) in at_once
        and (at_once[site, nuclide] > most or _holds_something(network, site))
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema=_PART_SCHEMA)


def _at_once(
    usable: pl.DataFrame, demand: pl.DataFrame, products: pl.DataFrame
) -> dict[tuple[int, str], float]:
    """Activity if every order of a site lay there at once, at its largest, in [GBq]."""
    largest = usable.group_by("site", "product").agg(pl.col("activity_arrive_bq").max() / 1e9)
    named = products.select(pl.col("number").cast(pl.Int32), "nuclide")
    sums = (
        demand.join(largest, on=["site", "product"])
        .join(named, left_on="product", right_on="number")
        .group_by("site", "nuclide")
        .agg((pl.col("count") * pl.col("activity_arrive_bq")).sum().alias("gbq"))
    )
    return {(site, nuclide): gbq for site, nuclide, gbq in sums.iter_rows()}


def _holds_something(network: Network, site: int) -> bool:
    """Whether a site has opening stock or waste, or doses under way to it."""
    name = network.frame("sites")["site"][site]
    places = (("stock", "place"), ("waste", "site"), ("in_flight", "site"))
    return any(name in network.frame(table)[column] for table, column in places)


def _at_site(
    network: Network,
    usable: pl.DataFrame,
    *,
    site: int,
    nuclide: str,
    most_gbq: float,
    nuclides: NuclideTable,
) -> pl.DataFrame:
    """One limit for each instant of arrival at one site, beside the options that use it."""
    products = network.frame("products").with_row_index("number").filter(nuclide=nuclide)
    numbers = products["number"].to_list()
    rows = usable.filter((pl.col("site") == site) & pl.col("product").is_in(numbers))
    holding = _holding(network, site, nuclide)
    half_life_h = nuclides[nuclide].half_life_h
    instants = np.unique(np.concatenate([rows["arrive_ms"].to_numpy(), holding.arrive_ms]))
    left = np.maximum(most_gbq - holding.at(instants, half_life_h), 0.0)
    residual = dict(zip(numbers, products["residual_percent"] / 100.0, strict=True))
    uses = held(
        instants,
        arrive_ms=rows["arrive_ms"].to_numpy(),
        infuse_ms=rows["infuse_ms"].to_numpy(),
        activity=rows["activity_infuse_bq"].to_numpy() / 1e9,
        residual=rows["product"].replace_strict(residual, return_dtype=pl.Float64).to_numpy(),
        half_life_h=half_life_h,
    )
    instant, option = np.nonzero(uses)
    return pl.DataFrame(
        {
            "option": rows["option"].to_numpy()[option],
            "site": np.full(option.size, site, dtype=np.int32),
            "kind": np.full(option.size, "possession"),
            "key": [f"{site}|{nuclide}|{instants[one]}" for one in instant],
            "most": left[instant],
            "use": uses[instant, option],
        },
        schema=_PART_SCHEMA,
    )


def licensed_gbq(network: Network, week: date) -> dict[tuple[int, str], float]:
    """Possession limits by site (row number) and nuclide in a week, the smallest, in [GBq]."""
    numbers = {name: number for number, name in enumerate(network.frame("sites")["site"])}
    limits: dict[tuple[int, str], float] = {}
    valid = network.frame("licences").filter(
        (pl.col("operation") == "treat")
        & pl.col("possession_gbq").is_not_null()
        & (pl.col("valid_from") <= week + timedelta(days=6))
        & (pl.col("valid_until") >= week)
        & pl.col("holder").is_in(list(numbers))
    )
    for row in valid.iter_rows(named=True):
        key = (numbers[row["holder"]], row["nuclide"])
        limits[key] = min(row["possession_gbq"], limits.get(key, np.inf))
    return limits


def _holding(network: Network, site: int, nuclide: str) -> _Holding:
    """What a site holds of a nuclide at the start, and what is under way to it."""
    name = network.frame("sites")["site"][site]
    stock = network.frame("stock").filter(place=name, nuclide=nuclide)
    waste = network.frame("waste").filter(site=name, nuclide=nuclide)
    products = network.frame("products").filter(nuclide=nuclide)
    flying = (
        network.frame("in_flight")
        .filter(site=name)
        .join(products.select("product", "residual_percent"), on="product")
    )
    old = list(stock.iter_rows(named=True)) + list(waste.iter_rows(named=True))
    return _Holding(
        activity_gbq=np.array([row["activity_gbq"] for row in old], dtype=np.float64),
        at_ms=np.array([_instant_ms(row["at"]) for row in old], dtype=np.int64),
        vials_gbq=flying["activity_gbq"].to_numpy().astype(np.float64),
        arrive_ms=np.array([_instant_ms(at) for at in flying["arrives"]], dtype=np.int64),
        infuse_ms=np.array([_instant_ms(at) for at in flying["infuse"]], dtype=np.int64),
        residual=flying["residual_percent"].to_numpy().astype(np.float64) / 100.0,
    )


def _instant_ms(at: datetime) -> int:
    """An instant as UTC milliseconds since 1970."""
    return round(at.timestamp() * 1000)
