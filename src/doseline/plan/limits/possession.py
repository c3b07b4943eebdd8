"""Possession limits of sites: what is held at every instant from receipt.

A vial counts in full from its arrival up to and including the instant of its infusion, and with
its residual afterwards; opening stock, waste and doses in flight count too, all decayed. What is
held only falls between arrivals, so that it is enough to look at each instant of arrival.

The long-lived impurity of a product counts in the same way for a licence of its own nuclide, if the
site has one with a limit: its share at the infusion, decayed with its own half-life.
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
    limits = licensed_gbq(network, week)
    at_once = _at_once(usable, demand, _contents(network), nuclides)
    parts = [
        _at_site(network, usable, site=site, nuclide=nuclide, most_gbq=most, nuclides=nuclides)
        for (site, nuclide), most in limits.items()
        if (site, nuclide) in at_once
        and (at_once[site, nuclide] > most or _holds_something(network, site))
    ]
    return pl.concat(parts) if parts else pl.DataFrame(schema=_PART_SCHEMA)


def _contents(network: Network) -> pl.DataFrame:
    """What is in a vial: product (row number), nuclide, share of its activity at infusion, own."""
    products = network.frame("products").with_row_index("number")
    number = pl.col("number").cast(pl.Int32).alias("product")
    own = products.select(number, "nuclide", share=pl.lit(1.0), own=pl.lit(value=True))
    foreign = pl.col("impurity") != pl.col("nuclide")
    impure = products.filter(foreign & (pl.col("impurity_percent") > 0)).select(
        number,
        nuclide="impurity",
        share=pl.col("impurity_percent") / 100.0,
        own=pl.lit(value=False),
    )
    return pl.concat([own, impure])


def _at_once(
    usable: pl.DataFrame, demand: pl.DataFrame, contents: pl.DataFrame, nuclides: NuclideTable
) -> dict[tuple[int, str], float]:
    """Activity if every order of a site lay there at once, at its largest, in [GBq]."""
    halves = {name: nuclides[name].half_life_h for name in contents["nuclide"].unique()}
    half_life_h = pl.col("nuclide").replace_strict(halves, return_dtype=pl.Float64)
    early_h = (pl.col("infuse_ms") - pl.col("arrive_ms")) / MS_PER_HOUR
    impure_bq = pl.col("activity_infuse_bq") * pl.col("share") * 2.0 ** (early_h / half_life_h)
    at_arrival = pl.when("own").then("activity_arrive_bq").otherwise(impure_bq)
    sums = (
        usable.join(contents, on="product")
        .group_by("site", "product", "nuclide")
        .agg(largest=at_arrival.max() / 1e9)
        .join(demand, on=["site", "product"])
        .group_by("site", "nuclide")
        .agg((pl.col("count") * pl.col("largest")).sum().alias("gbq"))
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
    residuals = network.frame("products")["residual_percent"] / 100.0
    shares = _shares(network, nuclide)
    rows = usable.filter((pl.col("site") == site) & pl.col("product").is_in(list(shares)))
    holding = _holding(network, site, nuclide)
    half_life_h = nuclides[nuclide].half_life_h
    instants = np.unique(np.concatenate([rows["arrive_ms"].to_numpy(), holding.arrive_ms]))
    left = np.maximum(most_gbq - holding.at(instants, half_life_h), 0.0)
    residual = {number: residuals[number] for number in shares}
    share = rows["product"].replace_strict(shares, return_dtype=pl.Float64).to_numpy()
    uses = held(
        instants,
        arrive_ms=rows["arrive_ms"].to_numpy(),
        infuse_ms=rows["infuse_ms"].to_numpy(),
        activity=rows["activity_infuse_bq"].to_numpy() / 1e9 * share,
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


def _shares(network: Network, nuclide: str) -> dict[int, float]:
    """Share of a nuclide in the activity of each product (row number) that holds it. [unitless]"""
    held = _contents(network).filter(nuclide=nuclide)
    return dict(held.select("product", "share").iter_rows())


def _holding(network: Network, site: int, nuclide: str) -> _Holding:
    """What a site holds of a nuclide at the start, and what is under way to it."""
    name = network.frame("sites")["site"][site]
    stock = network.frame("stock").filter(place=name, nuclide=nuclide)
    waste = network.frame("waste").filter(site=name, nuclide=nuclide)
    shares = _shares(network, nuclide)
    products = network.frame("products")[list(shares)].select(
        "product", "residual_percent", share=pl.Series(shares.values(), dtype=pl.Float64)
    )
    flying = network.frame("in_flight").filter(site=name).join(products, on="product")
    old = list(stock.iter_rows(named=True)) + list(waste.iter_rows(named=True))
    return _Holding(
        activity_gbq=np.array([row["activity_gbq"] for row in old], dtype=np.float64),
        at_ms=np.array([_instant_ms(row["at"]) for row in old], dtype=np.int64),
        vials_gbq=(flying["activity_gbq"] * flying["share"]).to_numpy().astype(np.float64),
        arrive_ms=np.array([_instant_ms(at) for at in flying["arrives"]], dtype=np.int64),
        infuse_ms=np.array([_instant_ms(at) for at in flying["infuse"]], dtype=np.int64),
        residual=flying["residual_percent"].to_numpy().astype(np.float64) / 100.0,
    )


def _instant_ms(at: datetime) -> int:
    """An instant as UTC milliseconds since 1970."""
    return round(at.timestamp() * 1000)
