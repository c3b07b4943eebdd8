"""A typical week of a network as tables: the exact plan's options, put together by batch and site.

Slots and itineraries are no longer told apart, so a site's limits count by the week:

- chair minutes of its weekly slots that any usable option reaches, each slot cut to a multiple of
  the products' chair minutes' greatest common divisor; staff minutes of its days likewise;
- possession: doses of one slot lie there together just before their infusion, so a slot takes no
  more than the limit divided by the smallest dose.

Each of these holds for every whole plan of one week, so the weekly program is a relaxation of the
exact one, if the windows of its orders lie within seven days. Opening state is left out.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.treatment import Staff, Suite
from doseline.plan.errors import UnknownChangeError
from doseline.plan.possession import licensed_gbq
from doseline.plan.supply import Supply, supply_of, with_isotope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

_MS_PER_MINUTE = 60_000.0
_ROUNDING = 1e-9
ISOTOPE_UNIT_GBQ = 100.0
"""Isotope that one unit of relaxing adds a week, at reference time. [GBq]"""

Cap: TypeAlias = tuple[int, str, float, list[float]]
"""Site, link, most in a week, use of one dose of each product."""
CAP_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "site": pl.Int32,
    "link": pl.String,
    "most": pl.Float64,
    "uses": pl.List(pl.Float64),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A link that is relaxed: its name, the place, and by how many of the ledger's units."""

    link: str
    """no_suite, licence_or_possession, no_batch_capacity or no_isotope."""
    at: str
    """Site, batch slot or source."""
    units: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekly:
    """Tables of a typical week."""

    columns: pl.DataFrame
    """site, product, run, batch (row numbers); of the typical option: option (row number in
    ``Options.rows``), arrive_ms, infuse_ms, on_time, typical_cost [currency], activity_ready_gbq,
    activity_infuse_gbq; cost and activity_gbq: the least of any option. Sorted by site, product
    and run."""
    caps: pl.DataFrame
    """site, link, most, uses (per dose of each product): limits of a site in a week."""
    supply: Supply
    copies: NDArray[np.float64]
    """Copies of each run that may open."""


def weekly_of(
    network: Network,
    options: Options,
    *,
    nuclides: NuclideTable,
    changes: Iterable[Change] = (),
) -> Weekly:
    """The tables of a typical week of a network.

    Raises:
        UnknownChangeError: If a change cannot be made, or its place is not there.
    """
    supply = supply_of(network, options, nuclides=nuclides, opening=False)
    usable = options.rows.with_row_index("option").filter(pl.col("refusal") == 0)
    slots = _pattern(network, options, usable)
    caps = itertools.chain(
        _chairs(network, slots),
        _staff(network, slots),
        _possession(network, slots, usable, options),
    )
    weekly = Weekly(
        columns=_columns(usable, supply),
        caps=_tightest(caps),
        supply=supply,
        copies=np.ones(supply.runs.height),
    )
    for change in changes:
        weekly = _changed(weekly, change, network, slots)
    return weekly


def _changed(weekly: Weekly, change: Change, network: Network, slots: pl.DataFrame) -> Weekly:
    """A week with one link relaxed."""
    runs, sources = weekly.supply.runs["name"], network.frame("sources")["source"]
    sites = network.frame("sites")["site"].to_list()
    if change.link == "no_batch_capacity" and change.at in runs:
        copies = weekly.copies + change.units * (runs == change.at).to_numpy()
        return dataclasses.replace(weekly, copies=copies)
    if change.link == "no_isotope" and change.at in sources:
        more_gbq = change.units * ISOTOPE_UNIT_GBQ
        return dataclasses.replace(weekly, supply=with_isotope(weekly.supply, change.at, more_gbq))
    if change.link in {"no_suite", "licence_or_possession"} and change.at in sites:
        return _with_room(weekly, change, sites.index(change.at), slots)
    raise UnknownChangeError(change.link, at=change.at)


def _with_room(weekly: Weekly, change: Change, site: int, slots: pl.DataFrame) -> Weekly:
    """A week with more slots at a site, or with a higher possession limit.

    A slot more has chair minutes and staff alike, as much as the site's share for each slot.
    """
    number = slots.filter(pl.col("site") == site).height
    mine = (pl.col("site") == site) & (pl.col("link") == change.link)
    per_unit = pl.lit(1.0) if change.link != "no_suite" else pl.col("most") / max(number, 1)
    most = pl.when(mine).then(pl.col("most") + change.units * per_unit).otherwise("most")
    return dataclasses.replace(weekly, caps=weekly.caps.with_columns(most=most))


def _columns(usable: pl.DataFrame, supply: Supply) -> pl.DataFrame:
    """One row a site, product and run, with its least cost and activity and its typical option.

    Typical is the option whose cost and cheapest isotope sum to the least, then the earliest
    infusion. The least cost and the least activity may come from different options.
    """
    key = ("site", "product", "run")
    isotope = supply.draws.group_by("run").agg(
        price=(pl.col("price_per_gbq") / pl.col("per_gbq")).min()
    )
    runs = supply.runs.select("run", "batch", "ready_ms").join(isotope, on="run", how="left")
    whole = pl.col("cost") + pl.col("price").fill_null(0.0) * pl.col("activity_ready_bq") / 1e9
    found = (
        usable.join(runs, on=["batch", "ready_ms"])
        .with_columns(whole=whole)
        .sort(
            *key, "whole", "infuse_ms", "on_time", "option", descending=[False] * 5 + [True, False]
        )
    )
    return found.group_by(key, maintain_order=True).agg(
        pl.col("batch", "option", "arrive_ms", "infuse_ms", "on_time").first(),
        typical_cost=pl.col("cost").first(),
        activity_ready_gbq=pl.col("activity_ready_bq").first() / 1e9,
        activity_infuse_gbq=pl.col("activity_infuse_bq").first() / 1e9,
        cost=pl.col("cost").min(),
        activity_gbq=pl.col("activity_ready_bq").min() / 1e9,
    )


def _pattern(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """site, suite, weekday, place, minutes: weekly slots that a usable option reaches, unbooked."""
    suites = pl.DataFrame(
        [(number, suite.chairs) for number, suite in enumerate(network.rows(Suite))],
        schema={"suite": pl.Int32, "chairs": pl.Float64},
        orient="row",
    )
    length = (pl.col("end_ms") - pl.col("start_ms")) / _MS_PER_MINUTE
    dated = options.slots.join(suites, on="suite").with_columns(
        weekday=pl.col("day").dt.weekday(),
        place=pl.col("start_ms").rank("dense").over("suite", "day"),
        minutes=length * pl.col("chairs"),
    )
    key = ("site", "suite", "weekday", "place")
    reached = dated.join(usable.select("slot").unique(), on="slot", how="semi").sort(*key, "slot")
    return reached.unique(key, keep="first", maintain_order=True).select(*key, "minutes")


def _chairs(network: Network, slots: pl.DataFrame) -> Iterable[Cap]:
    """Chair minutes of each site in a week."""
    uses = [float(minutes) for minutes in network.frame("products")["chair_min"]]
    step = _step(uses)
    cut = slots.with_columns(((pl.col("minutes") + _ROUNDING) / step).floor() * step)
    weekly = cut.group_by("site", maintain_order=True).agg(pl.col("minutes").sum())
    return [(site, "no_suite", minutes, uses) for site, minutes in weekly.iter_rows()]


def _staff(network: Network, slots: pl.DataFrame) -> Iterable[Cap]:
    """Minutes of each role of each site on the days with slots; a role that it lacks has none."""
    products = network.frame("products")["product"].to_list()
    tasks: dict[str, list[float]] = {}
    for product, role, minutes in (
        network.frame("tasks").select("product", "role", "minutes").rows()
    ):
        tasks.setdefault(role, [0.0] * len(products))[products.index(product)] = float(minutes)
    sites = {name: number for number, name in enumerate(network.frame("sites")["site"])}
    days = {
        site: set(weekdays)
        for site, weekdays in slots.group_by("site").agg(pl.col("weekday").unique()).iter_rows()
    }
    have: dict[tuple[int, str], float] = {}
    for row in network.rows(Staff):
        site, step = sites[row.site], _step(tasks.get(row.role, []))
        working = len(days.get(site, set()) & {day + 1 for day in weekday_numbers(row.weekdays)})
        minutes = row.count * row.hours_per_day * 60.0
        have[site, row.role] = working * math.floor((minutes + _ROUNDING) / step) * step
    return [
        (site, "no_suite", have.get((site, role), 0.0), uses)
        for site in sorted(days)
        for role, uses in tasks.items()
        if any(uses)
    ]


def _possession(
    network: Network, slots: pl.DataFrame, usable: pl.DataFrame, options: Options
) -> Iterable[Cap]:
    """Doses of one nuclide that a site can hold in its weekly slots."""
    names = network.frame("products")["nuclide"].to_list()
    starts = slots.group_by("site").agg(pl.struct("weekday", "place").n_unique().alias("starts"))
    number_of = dict(starts.iter_rows())
    least = usable.group_by("site", "product").agg(pl.col("activity_infuse_bq").min() / 1e9)
    smallest = {(site, product): gbq for site, product, gbq in least.iter_rows()}
    for (site, nuclide), limit_gbq in licensed_gbq(network, options.week).items():
        mine = [product for product, name in enumerate(names) if name == nuclide]
        doses = [smallest[site, product] for product in mine if (site, product) in smallest]
        if doses and min(doses) > 0.0:
            at_once = math.floor(limit_gbq / min(doses) + _ROUNDING)
            uses = [float(name == nuclide) for name in names]
            yield site, "licence_or_possession", float(at_once * number_of.get(site, 0)), uses


def _step(uses: Iterable[float]) -> float:
    """Greatest common divisor of whole uses; 1 if there are none."""
    return float(math.gcd(*(int(use) for use in uses)) or 1)


def _tightest(caps: Iterable[Cap]) -> pl.DataFrame:
    """The caps, less those that another of the same site and link implies.

    If one cap allows no more doses of any single product than another, every mix that it allows
    lies below the other's line through those points, so the other is implied.
    """
    kept: dict[tuple[int, str], list[tuple[NDArray[np.float64], Cap]]] = {}
    for cap in caps:
        site, link, most, uses = cap
        share = np.array(uses) / max(most, _ROUNDING)
        others = kept.setdefault((site, link), [])
        if any(np.all(share <= other) for other, _ in others):
            continue
        others[:] = [(other, one) for other, one in others if not np.all(other <= share)]
        others.append((share, cap))
    rows = [cap for _, mine in sorted(kept.items()) for _, cap in mine]
    return pl.DataFrame(rows, schema=CAP_SCHEMA, orient="row")
