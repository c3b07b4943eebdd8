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
    from collections.abc import Mapping, Sequence

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


@dataclass(frozen=True, slots=True)
class _Vials:
    """Vials at sites: those that options bring, or those that are under way."""

    number: NDArray[np.int64]
    """Of the option."""
    arrive_ms: NDArray[np.int64]
    infuse_ms: NDArray[np.int64]
    activity_gbq: NDArray[np.float64]
    """Of the nuclide, at the infusion."""
    residual: NDArray[np.float64]

    def taken(self, which: NDArray[np.int64]) -> _Vials:
        """Some of them, in that order."""
        return _Vials(
            self.number[which],
            self.arrive_ms[which],
            self.infuse_ms[which],
            self.activity_gbq[which],
            self.residual[which],
        )

    def at(self, instants_ms: NDArray[np.int64], half_life_h: float) -> NDArray[np.float64]:
        """Activity of each at the instants that stand beside it, in the unit of its activity."""
        ages_h = (instants_ms - self.infuse_ms) / MS_PER_HOUR
        decayed = self.activity_gbq * fraction_left(ages_h, half_life_h)
        share = np.where(instants_ms <= self.infuse_ms, 1.0, self.residual)
        here: NDArray[np.float64] = np.where(instants_ms >= self.arrive_ms, decayed * share, 0.0)
        return here


@dataclass(frozen=True, slots=True)
class _Holding:
    """What sites hold whatever is planned: stock, waste and doses in flight of one nuclide.

    The place of a site is that among those that are asked about.
    """

    place: NDArray[np.int64]
    """Of each activity that lay there at some instant."""
    activity_gbq: NDArray[np.float64]
    at_ms: NDArray[np.int64]
    vial_place: NDArray[np.int64]
    vials: _Vials


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
    parts = []
    for nuclide in dict.fromkeys(nuclide for _, nuclide in asked):
        most = {site: gbq for (site, of), gbq in asked.items() if of == nuclide}
        shares = _shares(contents, nuclide)
        ways = _Ways(network, usable, shares)
        holding = opening.of_sites(list(most), nuclide, shares)
        parts.append(_at_sites(ways, holding, most, nuclide, nuclides[nuclide].half_life_h))
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

    def of_sites(self, sites: NDArray[np.int64]) -> tuple[NDArray[np.int64], _Vials]:
        """Those of some sites (row numbers), one site after another, and the place of each's."""
        place, way = _pairs(sites, self._starts)
        return place, self._all.taken(self._order[way])


def _pairs(
    of: NDArray[np.int64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each of some things with every row of what it belongs to: number of the thing, row.

    Args:
        of: What each thing belongs to.
        starts: First row of each of these, and the end of the last.
    """
    rows = starts[of + 1] - starts[of]
    thing = np.repeat(np.arange(of.size), rows)
    return thing, np.arange(thing.size) + (starts[of] - np.cumsum(rows) + rows)[thing]


def _at_sites(
    ways: _Ways, holding: _Holding, most_gbq: Mapping[int, float], nuclide: str, half_life_h: float
) -> pl.DataFrame:
    """One limit for each instant of arrival at each site, beside the options that use it."""
    sites = np.array(list(most_gbq), dtype=np.int64)
    place, vials = ways.of_sites(sites)
    arrivals = np.concatenate([vials.arrive_ms, holding.vials.arrive_ms])
    there = np.concatenate([place, holding.vial_place])
    order = np.lexsort((arrivals, there))
    arrivals, there = arrivals[order], there[order]
    first = np.append(True, (np.diff(arrivals) != 0) | (np.diff(there) != 0))[: order.size]
    instants, there = arrivals[first], there[first]
    starts = np.searchsorted(there, np.arange(sites.size + 1))
    left = np.array(list(most_gbq.values()))[there]
    left = np.maximum(left - _held_already(holding, instants, starts, half_life_h), 0.0)
    vial, instant = _pairs(place, starts)
    uses = vials.taken(vial).at(instants[instant], half_life_h)
    used = np.flatnonzero(uses)
    vial, instant = vial[used], instant[used]
    site = sites[there]
    keys = pl.Series([f"{one}|{nuclide}|{at}" for one, at in zip(site, instants, strict=True)])
    return pl.DataFrame(
        {
            "option": vials.number[vial],
            "site": site[instant],
            "kind": pl.repeat("possession", used.size, eager=True),
            "key": keys.cast(pl.String).gather(instant),
            "most": left[instant],
            "use": uses[used],
        },
        schema=_PART_SCHEMA,
    )


def _held_already(
    holding: _Holding,
    instants_ms: NDArray[np.int64],
    starts: NDArray[np.int64],
    half_life_h: float,
) -> NDArray[np.float64]:
    """Activity that sites hold at some instants whatever is planned, in [GBq]."""
    old, instant = _pairs(holding.place, starts)
    ages_h = (instants_ms[instant] - holding.at_ms[old]) / MS_PER_HOUR
    gbq = holding.activity_gbq[old] * fraction_left(ages_h, half_life_h)
    stock = np.bincount(instant, weights=gbq, minlength=instants_ms.size)
    vial, instant = _pairs(holding.vial_place, starts)
    gbq = holding.vials.taken(vial).at(instants_ms[instant], half_life_h)
    flying = np.bincount(instant, weights=gbq, minlength=instants_ms.size)
    return np.asarray(stock + flying, dtype=np.float64)


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

    def of_sites(self, sites: Sequence[int], nuclide: str, shares: Mapping[int, float]) -> _Holding:
        """What sites hold of a nuclide at the start, and what is under way to them.

        Args:
            sites: Row numbers.
            nuclide: Its name.
            shares: Of :func:`_shares`.
        """
        names = [self._sites[site] for site in sites]
        old = [
            (place, gbq, at)
            for place, name in enumerate(names)
            for gbq, at in self._old.get((name, nuclide), [])
        ]
        flying = [
            (place, *one)
            for place, name in enumerate(names)
            for one in self._flying.get(name, [])
            if one[0] in shares
        ]
        whole = np.int64
        return _Holding(
            np.array([one[0] for one in old], dtype=whole),
            np.array([one[1] for one in old], dtype=np.float64),
            np.array([one[2] for one in old], dtype=whole),
            np.array([one[0] for one in flying], dtype=whole),
            _Vials(
                np.arange(len(flying)),
                np.array([one[3] for one in flying], dtype=whole),
                np.array([one[4] for one in flying], dtype=whole),
                np.array([one[2] * shares[one[1]] for one in flying], dtype=np.float64),
                np.array([self._residual[one[1]] for one in flying], dtype=np.float64) / 100.0,
            ),
        )


def _instant_ms(at: datetime) -> int:
    """An instant as UTC milliseconds since 1970."""
    return round(at.timestamp() * 1000)
