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
    from collections.abc import Mapping

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
    contents = _contents(network)
    at_once = _at_once(usable, demand, contents, nuclides)
    opening = _Opening(network)
    asked = {
        (site, nuclide): most
        for (site, nuclide), most in limits.items()
        if (site, nuclide) in at_once
        and (at_once[site, nuclide] > most or opening.holds_something(site))
    }
    ways = {
        nuclide: _Ways(network, usable, _shares(contents, nuclide))
        for nuclide in dict.fromkeys(nuclide for _, nuclide in asked)
    }
    parts = [
        _at_site(
            ways[nuclide].of_site(site),
            opening.of_site(site, nuclide, ways[nuclide].shares),
            site=site,
            nuclide=nuclide,
            most_gbq=most,
            half_life_h=nuclides[nuclide].half_life_h,
        )
        for (site, nuclide), most in asked.items()
    ]
    return _joined(parts) if parts else pl.DataFrame(schema=_PART_SCHEMA)


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


@dataclass(frozen=True, slots=True)
class _Vials:
    """Vials that options bring to a site."""

    option: NDArray[np.int64]
    arrive_ms: NDArray[np.int64]
    infuse_ms: NDArray[np.int64]
    activity_gbq: NDArray[np.float64]
    """Of the nuclide, at the infusion."""
    residual: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Limits of one site, beside the options that use them."""

    site: int
    option: NDArray[np.int64]
    key: NDArray[np.object_]
    most: NDArray[np.float64]
    use: NDArray[np.float64]


class _Ways:
    """Options whose vials hold a nuclide, by site."""

    def __init__(self, network: Network, usable: pl.DataFrame, shares: Mapping[int, float]) -> None:
        self.shares = shares
        rows = usable.filter(pl.col("product").is_in(list(shares)))
        self._order = np.argsort(rows["site"].to_numpy(), kind="stable")
        sites = network.frame("sites").height
        ordered = rows["site"].to_numpy()[self._order]
        self._starts = np.searchsorted(ordered, np.arange(sites + 1))
        residuals = network.frame("products")["residual_percent"].to_numpy() / 100.0
        product = rows["product"].to_numpy()
        share = np.array([shares.get(one, 0.0) for one in range(residuals.size)])
        self._all = _Vials(
            rows["option"].to_numpy(),
            rows["arrive_ms"].to_numpy(),
            rows["infuse_ms"].to_numpy(),
            rows["activity_infuse_bq"].to_numpy() / 1e9 * share[product],
            residuals[product],
        )

    def of_site(self, site: int) -> _Vials:
        """Those of one site (row number), in the options' order."""
        mine = self._order[self._starts[site] : self._starts[site + 1]]
        every = self._all
        return _Vials(
            every.option[mine],
            every.arrive_ms[mine],
            every.infuse_ms[mine],
            every.activity_gbq[mine],
            every.residual[mine],
        )


def _at_site(
    vials: _Vials,
    holding: _Holding,
    *,
    site: int,
    nuclide: str,
    most_gbq: float,
    half_life_h: float,
) -> _Part:
    """One limit for each instant of arrival at one site, beside the options that use it."""
    instants = np.unique(np.concatenate([vials.arrive_ms, holding.arrive_ms]))
    left = np.maximum(most_gbq - holding.at(instants, half_life_h), 0.0)
    uses = held(
        instants,
        arrive_ms=vials.arrive_ms,
        infuse_ms=vials.infuse_ms,
        activity=vials.activity_gbq,
        residual=vials.residual,
        half_life_h=half_life_h,
    )
    instant, option = np.nonzero(uses)
    keys = np.array([f"{site}|{nuclide}|{one}" for one in instants], dtype=object)
    return _Part(
        site=site,
        option=vials.option[option],
        key=keys[instant],
        most=left[instant],
        use=uses[instant, option],
    )


def _joined(parts: list[_Part]) -> pl.DataFrame:
    """The limits of all sites, one site after another."""
    key = np.concatenate([part.key for part in parts]).tolist()
    sites = np.array([part.site for part in parts], dtype=np.int32)
    return pl.DataFrame(
        {
            "option": np.concatenate([part.option for part in parts]),
            "site": np.repeat(sites, [part.option.size for part in parts]),
            "kind": pl.repeat("possession", len(key), eager=True),
            "key": pl.Series(key, dtype=pl.String),
            "most": np.concatenate([part.most for part in parts]),
            "use": np.concatenate([part.use for part in parts]),
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


def _shares(contents: pl.DataFrame, nuclide: str) -> dict[int, float]:
    """Share of a nuclide in the activity of each product (row number) that holds it. [unitless]"""
    return dict(contents.filter(nuclide=nuclide).select("product", "share").iter_rows())


class _Opening:
    """Stock and waste at the start, and doses under way, by the place that holds them."""

    def __init__(self, network: Network) -> None:
        self._sites = network.frame("sites")["site"].to_list()
        self._old: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for table, place in (("stock", "place"), ("waste", "site")):
            rows = network.frame(table).select(place, "nuclide", "activity_gbq", "at")
            for name, nuclide, gbq, at in rows.iter_rows():
                self._old.setdefault((name, nuclide), []).append((gbq, _instant_ms(at)))
        products = network.frame("products")
        numbers = {name: number for number, name in enumerate(products["product"])}
        self._residual = products["residual_percent"].to_list()
        self._flying: dict[str, list[tuple[int, float, int, int]]] = {}
        flying = network.frame("in_flight").select(
            "site", "product", "activity_gbq", "arrives", "infuse"
        )
        for name, product, gbq, arrives, infuse in flying.iter_rows():
            vial = (numbers[product], gbq, _instant_ms(arrives), _instant_ms(infuse))
            self._flying.setdefault(name, []).append(vial)
        self._places = {name for name, _ in self._old} | self._flying.keys()

    def holds_something(self, site: int) -> bool:
        """Whether a site (row number) has opening stock or waste, or doses under way to it."""
        return self._sites[site] in self._places

    def of_site(self, site: int, nuclide: str, shares: Mapping[int, float]) -> _Holding:
        """What a site holds of a nuclide at the start, and what is under way to it.

        Args:
            site: Row number.
            nuclide: Its name.
            shares: Of :func:`_shares`.
        """
        name = self._sites[site]
        old = self._old.get((name, nuclide), [])
        vials = [one for one in self._flying.get(name, []) if one[0] in shares]
        return _Holding(
            activity_gbq=np.array([gbq for gbq, _ in old], dtype=np.float64),
            at_ms=np.array([at for _, at in old], dtype=np.int64),
            vials_gbq=np.array([one[1] * shares[one[0]] for one in vials], dtype=np.float64),
            arrive_ms=np.array([one[2] for one in vials], dtype=np.int64),
            infuse_ms=np.array([one[3] for one in vials], dtype=np.int64),
            residual=np.array([self._residual[one[0]] for one in vials], dtype=np.float64) / 100.0,
        )


def _instant_ms(at: datetime) -> int:
    """An instant as UTC milliseconds since 1970."""
    return round(at.timestamp() * 1000)
