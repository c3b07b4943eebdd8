"""How an ordinary week is served: by the aggregated model, then delivered dose by dose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.chance import as_keys, mixed, uniform
from doseline.model.ledger import DOSE_ENDINGS, LINKS, unserved_ending
from doseline.routes.clock import MS_PER_DAY, utc_ms
from doseline.simulate.weeks import INFUSED, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.chance import Keys
    from doseline.simulate.pathway import Bools, Floats, Ints
    from doseline.simulate.weeks import Orders
    from doseline.study.kinds import WeekKind
    from doseline.study.prepare import Prepared

_BATCH_FAILED = DOSE_ENDINGS.index("batch_failed")
_TRANSPORT = DOSE_ENDINGS.index("transport")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyDispatch:
    """Serves a week by the aggregated model and draws failures and lateness for each dose.

    A dose that is not there when its slot starts counts as lost in transport: the aggregated week
    knows no hours within a day (the exactly planned week does).
    """

    prepared: Prepared
    kind: WeekKind
    seed: int
    run: Ints
    """Run of each column of the weekly model."""
    group: Ints
    """Site and product of each column as one number."""
    offset_days: Floats
    """From the Monday of the week to the infusion. [d]"""
    on_time: Floats
    failure: Floats
    """Probability that a run fails, by run. [unitless]"""
    run_key: Keys

    def __call__(self, orders: Orders) -> Outcome:
        """What becomes of each order of the week."""
        weekly = self.kind.weekly
        shape = self.prepared.access.listed_from.shape
        demand = np.zeros((*shape, 2), dtype=np.int64)
        np.add.at(demand, (orders.site, orders.product, orders.kind), 1)
        given = weekly.allocate(demand)
        column = self._columns(orders, given.doses, shape[1])
        served = column >= 0
        ending = np.array(
            [DOSE_ENDINGS.index(unserved_ending(LINKS[link])) for link in range(len(LINKS))]
        )[given.link[orders.site, orders.product]]
        link = given.link[orders.site, orders.product].copy()
        day = np.full(len(column), np.inf)
        of = column[served]
        day[served] = 7.0 * orders.week + self.offset_days[of]
        ending[served], link[served] = self._delivered(orders, served, of)
        return Outcome(ending=ending, link=link, day=day)

    def _columns(self, orders: Orders, doses: Ints, products: int) -> Ints:
        """Column that serves each order, -1 if none: the earliest in line get the earliest dose."""
        group = 2 * (orders.site * products + orders.product) + orders.kind
        rank = _rank_within(group)
        column, kind = np.nonzero(doses)
        order = np.lexsort((self.offset_days[column], 2 * self.group[column] + kind))
        column, kind = column[order], kind[order]
        repeats = doses[column, kind]
        filled, of_group = (
            np.repeat(column, repeats),
            np.repeat(2 * self.group[column] + kind, repeats),
        )
        first = np.searchsorted(of_group, group, side="left")
        last = np.searchsorted(of_group, group, side="right")
        place = first + rank
        has = place < last
        chosen: Ints = np.full(len(group), -1)
        chosen[has] = filled[place[has]]
        return chosen

    def _delivered(self, orders: Orders, served: Bools, column: Ints) -> tuple[Ints, Ints]:
        """Ending and link of served orders: batch failures first, then lateness."""
        run = self.run[column]
        week = np.full(len(run), orders.week, dtype=np.uint64)
        failed = (
            uniform(self.seed, "batch failure", mixed(self.run_key[run], week)) < self.failure[run]
        )
        late = uniform(self.seed, "late", orders.key[served]) >= self.on_time[column]
        ending = np.where(failed, _BATCH_FAILED, np.where(late, _TRANSPORT, INFUSED))
        link = np.where(
            failed, LINKS.index("batch_failed"), np.where(late, LINKS.index("transport"), -1)
        )
        return ending, link


def weekly_dispatch(prepared: Prepared, *, seed: int) -> Callable[[int], WeeklyDispatch]:
    """The dispatch of each ordinary week under a seed, by its number."""
    kinds: dict[int, WeeklyDispatch] = {}

    def of_week(week: int) -> WeeklyDispatch:
        at = int(prepared.weeks.kind_of[week])
        if at not in kinds:
            kinds[at] = _dispatch_of(prepared, prepared.weeks.kinds[at], seed)
        return kinds[at]

    return of_week


def _dispatch_of(prepared: Prepared, kind: WeekKind, seed: int) -> WeeklyDispatch:
    columns, runs = kind.weekly.columns, kind.weekly.runs
    products = prepared.network.frame("products").height
    failure = prepared.network.frame("batches")["failure_percent"].to_numpy() / 100.0
    week_ms = utc_ms("UTC", kind.options.week, 0)
    places = columns.select(pl.col("site", "product").cast(pl.Int64))
    return WeeklyDispatch(
        prepared=prepared,
        kind=kind,
        seed=seed,
        run=columns["run"].cast(pl.Int64).to_numpy(),
        group=places["site"].to_numpy() * products + places["product"].to_numpy(),
        offset_days=(columns["infuse_ms"].to_numpy() - week_ms) / MS_PER_DAY,
        on_time=columns["on_time"].to_numpy(),
        failure=failure[runs["batch"].to_numpy()],
        run_key=as_keys(runs["name"].to_list()),
    )


def _rank_within(group: Ints) -> Ints:
    """Place of each entry among those of its group, in the order given."""
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, sorted_group, side="left")
    rank = np.empty(len(group), dtype=np.int64)
    rank[order] = np.arange(len(group)) - first
    return rank
