"""What limits a site in a typical week: each limit of the exact plan, summed over the week.

Every cap holds for every whole plan of one week (:mod:`doseline.plan.weekly.tables` says what that needs).
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import polars as pl

from doseline.model.columns import weekday_numbers
from doseline.model.treatment import Staff, Suite, Trainee, WasteStore
from doseline.plan.limits.beds import nights_a_week
from doseline.plan.limits.learning import time_factors
from doseline.plan.limits.possession import licensed_gbq
from doseline.plan.limits.waste import steady_uses
from doseline.routes.workdays import with_weekday

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options

_MS_PER_MINUTE = 60_000.0
_ROUNDING = 1e-9

Cap: TypeAlias = tuple[int, str, float, list[float]]
"""Site, link, most in a week, use of one dose of each product."""
CAP_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "site": pl.Int32,
    "link": pl.String,
    "most": pl.Float64,
    "uses": pl.List(pl.Float64),
}


def site_caps(
    network: Network, options: Options, usable: pl.DataFrame, slots: pl.DataFrame
) -> pl.DataFrame:
    """Limits of sites in a week, in columns of ``CAP_SCHEMA``.

    Args:
        network: The network.
        options: Delivery options of one week.
        usable: Those that can be used.
        slots: Of :func:`weekly_slots`.
    """
    slower = _Slower(network)
    return _tightest(
        itertools.chain(
            _chairs(network, slots, slower),
            _staff(network, slots, slower),
            _beds(network, options, slots),
            _possession(network, slots, usable, options),
            _waste(network, slots),
        )
    )


def weekly_slots(network: Network, options: Options, usable: pl.DataFrame) -> pl.DataFrame:
    """Weekly slots that a usable option reaches, unbooked.

    Returns:
        site, suite, weekday, place (in the day), minutes, day: the last one that it stands for.
    """
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
    reached = reached.with_columns(day=pl.col("day").max().over(key))
    return reached.unique(key, keep="first", maintain_order=True).select(*key, "minutes", "day")


class _Slower:
    """How much longer a dose of each product takes at sites that are new to it."""

    def __init__(self, network: Network) -> None:
        self._factors = {(site, product): by for site, product, by in time_factors(network).rows()}
        self._sites = {site for site, _ in self._factors}

    def at(self, site: int, minutes: list[float]) -> list[float]:
        """Minutes of each product at a site."""
        if site not in self._sites:
            return minutes
        return [one * self._factors.get((site, at), 1.0) for at, one in enumerate(minutes)]


def _chairs(network: Network, slots: pl.DataFrame, slower: _Slower) -> Iterator[Cap]:
    """Chair minutes of each site in a week, with the shortest turnover of its suites."""
    routine = [float(minutes) for minutes in network.frame("products")["chair_min"]]
    turnover = network.frame("suites")["turnover_min"]
    per_site = slots.group_by("site", maintain_order=True).agg("minutes", "suite")
    for site, minutes, suites in per_site.iter_rows():
        shortest = float(turnover.gather(suites).to_numpy().min())
        uses = [each + shortest for each in slower.at(site, routine)]
        step = _step(uses)
        yield site, "no_suite", sum(_cut(each, step) for each in minutes), uses


def _staff(network: Network, slots: pl.DataFrame, slower: _Slower) -> Iterator[Cap]:
    """Minutes of each role of each site on the days with slots; a role that it lacks has none."""
    products = network.frame("products")["product"].to_list()
    tasks: dict[str, list[float]] = {}
    for product, role, minutes in (
        network.frame("tasks").select("product", "role", "minutes").rows()
    ):
        tasks.setdefault(role, [0.0] * len(products))[products.index(product)] = float(minutes)
    sites = network.frame("sites")["site"].to_list()
    staff = {(row.site, row.role): row for row in network.rows(Staff)}
    trainees: dict[tuple[str, str], list[Trainee]] = {}
    for one in network.rows(Trainee):
        trainees.setdefault((one.site, one.role), []).append(one)
    dated = slots.group_by("site", "weekday").agg(pl.col("day").max()).sort("site", "weekday")
    dated = with_weekday(network, dated)
    per_site = dated.group_by("site", maintain_order=True).agg("day", "weekday")
    for number, days, weekdays in per_site.iter_rows():
        for role, routine in tasks.items():
            if not any(routine):
                continue
            key, uses = (sites[number], role), slower.at(number, routine)
            step = _step(uses)
            have = sum(
                _cut(_minutes(staff.get(key), trainees.get(key, ()), day, weekday), step)
                for day, weekday in zip(days, weekdays, strict=True)
            )
            yield number, "no_suite", have, uses


def _minutes(row: Staff | None, trainees: Iterable[Trainee], day: date, weekday: int) -> float:
    """Minutes that a role has on a day that runs as some weekday, Monday is 1."""
    if row is None or weekday - 1 not in weekday_numbers(row.weekdays):
        return 0.0
    count = row.count + sum(one.count for one in trainees if one.ready <= day)
    return count * row.hours_per_day * 60.0


def _beds(network: Network, options: Options, slots: pl.DataFrame) -> Iterator[Cap]:
    """Bed-nights of each site in a week."""
    if not any(options.nights):
        return
    nights = [float(one) for one in options.nights]
    have = dict(nights_a_week(network).iter_rows())
    for site in slots["site"].unique(maintain_order=True):
        yield site, "no_suite", have.get(site, 0.0), nights


def _waste(network: Network, slots: pl.DataFrame) -> Iterator[Cap]:
    """Volume that doses of every week keep filled in each store."""
    sites = {name: number for number, name in enumerate(network.frame("sites")["site"])}
    uses = steady_uses(network)
    products = range(network.frame("products").height)
    treating = set(slots["site"])
    for store in network.rows(WasteStore):
        litres = uses.get(store.kind, {})
        if sites[store.site] in treating and any(litres.values()):
            each = [litres.get(product, 0.0) for product in products]
            yield sites[store.site], "licence_or_possession", store.capacity_l, each


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


def _step(uses: list[float]) -> float:
    """Greatest common divisor of whole uses; 0 if one is not whole."""
    if any(use != int(use) for use in uses):
        return 0.0
    return float(math.gcd(*(int(use) for use in uses)) or 1)


def _cut(minutes: float, step: float) -> float:
    """Minutes that whole doses can use: a multiple of the step of their uses, if they have one."""
    return math.floor((minutes + _ROUNDING) / step) * step if step else minutes


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
        if any((share <= other).all() for other, _ in others):
            continue
        others[:] = [(other, one) for other, one in others if not (other <= share).all()]
        others.append((share, cap))
    rows = [cap for _, mine in sorted(kept.items()) for _, cap in mine]
    return pl.DataFrame(rows, schema=CAP_SCHEMA, orient="row")
