"""The order that is asked about: told apart from those like it, with days beyond its window."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.plan.errors import ForeignPlanError, UnknownOrderError
from doseline.plan.orders.terms import allowed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.problem import Problem

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What had happened when a week was planned again: it stays, and is no choice."""

    hand: pl.DataFrame
    """order, option: the dose of each order that has one."""
    infused: frozenset[str]
    """Orders whose doses were infused."""
    shut: tuple[int, ...] = ()
    """Runs of which no more vials can be had than there are."""
    not_before: date | None = None
    """Day before which the order is held."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Ways in the order's window that are gone, by the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A planned problem in which one order is a group of its own, the last."""

    order: str
    problem: Problem
    """With the columns of the order on days beyond its window, too."""
    group: int
    beyond: Bools
    """Whether each column is one of those."""
    names: pl.Series
    """The plan's orders, in the sequence of its flows."""
    column: pl.Series
    """Column of each of them; null if it is left."""
    doses: Floats
    """Doses of each column in the plan."""
    infused: Bools
    """Whether the doses of each group were infused, so that they stay."""
    past: Past | None = None
    """Where the week was planned again."""

    @property
    def own(self) -> Ints:
        """Columns of the order."""
        return np.flatnonzero(self.problem.columns["group"].to_numpy() == self.group)

    @property
    def chosen(self) -> int | None:
        """The order's column in the plan."""
        mine = self.own[self.doses[self.own] > 0.0]
        return int(mine[0]) if mine.size else None

    @property
    def planned_groups(self) -> Floats:
        """Orders of each group that the plan serves."""
        groups = self.problem.columns["group"].to_numpy()
        served = np.bincount(groups, weights=self.doses, minlength=self.problem.groups.height)
        return served.astype(np.float64)


def asked_of(
    problem: Problem,
    network: Network,
    options: Options,
    plan: Plan,
    order: str,
    *,
    past: Past | None = None,
) -> Asked:
    """A plan's problem with one order told apart, and what the plan chose.

    Args:
        problem: The problem that the plan solved.
        network: Its network, for names.
        options: Its options.
        plan: The plan.
        order: Name of the order.
        past: What had happened by then, if the week was planned again.

    Raises:
        UnknownOrderError: If the plan has no such order.
        ForeignPlanError: If the plan holds a dose that the problem does not allow.
    """
    names = plan.flows["order"].to_list()
    if order not in names:
        raise UnknownOrderError(order, names)
    found = problem.groups.filter(pl.col("orders").list.contains(order))
    if found.is_empty():
        raise ForeignPlanError(order)
    apart, beyond = _apart(problem, options, int(found["group"][0]), order, past)
    column = (
        _columns_of(apart, network, options, plan) if past is None else _in_hand(apart, plan, past)
    )
    doses = np.bincount(column.drop_nulls().to_numpy(), minlength=apart.columns.height)
    return Asked(
        order=order,
        problem=apart,
        group=apart.groups.height - 1,
        beyond=beyond,
        names=plan.flows["order"],
        column=column,
        doses=doses.astype(np.float64),
        infused=_infused(apart, past),
        past=past,
    )


def _infused(problem: Problem, past: Past | None) -> Bools:
    """Whether the doses of each group were infused; where some can be, each order is a group."""
    if past is None:
        return np.zeros(problem.groups.height, dtype=bool)
    names = problem.groups["orders"].list.first()
    return names.is_in(list(past.infused)).fill_null(value=False).to_numpy()


def _apart(
    problem: Problem, options: Options, group: int, order: str, past: Past | None
) -> tuple[Problem, Bools]:
    """The problem with the order as its last group, and which columns lie beyond its window."""
    groups, last = problem.groups, problem.groups.height
    mine = groups.filter(pl.col("group") == group).with_columns(
        group=pl.lit(last, dtype=groups.schema["group"]),
        count=pl.lit(1, dtype=pl.Int64),
        orders=pl.lit([order], dtype=pl.List(pl.String)),
    )
    rest = groups.with_columns(
        count=pl.when(pl.col("group") == group).then(pl.col("count") - 1).otherwise("count"),
        orders=pl.when(pl.col("group") == group)
        .then(pl.col("orders").list.set_difference([order]).list.sort())
        .otherwise("orders"),
    )
    inside = problem.columns.filter(pl.col("group") == group)
    after = _beyond(problem, options, mine, inside, past)
    others = problem.columns
    if groups["count"][group] == 1:
        others = others.filter(pl.col("group") != group)
    own = pl.concat([inside, after.select(inside.columns)]).with_columns(
        group=pl.lit(last, dtype=problem.columns.schema["group"])
    )
    columns = pl.concat([others, own]).with_columns(
        column=pl.int_range(others.height + own.height, dtype=pl.Int64)
    )
    beyond = np.zeros(columns.height, dtype=bool)
    beyond[columns.height - after.height :] = True
    hedge = problem.hedge
    if hedge is not None:
        hedge = replace(hedge, weight=np.append(hedge.weight, hedge.weight[group]))
    groups = pl.concat([rest, mine])
    return replace(problem, groups=groups, columns=columns, hedge=hedge), beyond


def _beyond(
    problem: Problem,
    options: Options,
    mine: pl.DataFrame,
    inside: pl.DataFrame,
    past: Past | None,
) -> pl.DataFrame:
    """Columns of the order's site and product on days outside its window that it does not rule out."""
    row = mine.row(0, named=True)
    days = options.slots.select("slot", "day").filter(
        ~pl.col("day").is_between(pl.lit(row["earliest"]), pl.lit(row["latest"]))
    )
    if past is not None and past.not_before is not None:
        days = days.filter(pl.col("day") >= past.not_before)
    found = ways_at(problem, row["site"], row["product"], days, past)
    found = found.join(inside.select("option"), on="option", how="anti", maintain_order="left")
    found = found.with_columns(group=pl.lit(row["group"], dtype=pl.Int64))
    return allowed(found, mine, problem.refused).select(problem.columns.columns)


def ways_at(
    problem: Problem, site: int, product: int, days: pl.DataFrame, past: Past | None
) -> pl.DataFrame:
    """Options of a site and product on some days, as columns of no group yet.

    Args:
        problem: The problem.
        site: Row number.
        product: Row number.
        days: slot, day: the slots that count.
        past: What had happened; vials that exist, and runs that are shut, are left out.
    """
    mine = problem.usable.filter(pl.col("site") == site, pl.col("product") == product)
    runs = problem.supply.runs.select("run", "batch", "ready_ms")
    if past is not None:
        mine = mine.filter(pl.col("apart").is_null())
        runs = runs.filter(~pl.col("run").is_in(past.shut))
    found = (
        mine.join(days, on="slot")
        .join(runs, on=["batch", "ready_ms"])
        .sort("run", "option")
        .with_columns(
            column=pl.lit(0),
            group=pl.lit(-1),
            activity_gbq=pl.col("activity_ready_bq") / 1e9,
            extra=pl.lit(0.0),
        )
    )
    return found.select([pl.col(name).cast(kind) for name, kind in problem.columns.schema.items()])


def _in_hand(problem: Problem, plan: Plan, past: Past) -> pl.Series:
    """Column of each order of a plan made again, null where it is left.

    Raises:
        ForeignPlanError: If a dose is no column of the problem.
    """
    group = problem.groups.select("group", order="orders").explode("order")
    columns = problem.columns.select("group", "option", "column")
    named = (
        plan.flows.select("order", "batch")
        .join(past.hand.join(group, on="order"), on="order", how="left", maintain_order="left")
        .join(columns, on=["group", "option"], how="left", maintain_order="left")
    )
    lost = named.filter(pl.col("batch").is_not_null() & pl.col("column").is_null())
    if lost.height:
        raise ForeignPlanError(lost["order"][0])
    return named["column"]


def _columns_of(problem: Problem, network: Network, options: Options, plan: Plan) -> pl.Series:
    """Column of each order of the plan, null where it is left.

    Raises:
        ForeignPlanError: If a dose is no column of the problem.
    """
    group = problem.groups.select("group", order="orders").explode("order")
    flows = plan.flows.select(
        "order",
        "batch",
        "suite",
        "lanes",
        *(pl.col(name).dt.epoch("ms").alias(f"{name}_ms") for name in _INSTANTS),
    ).join(group, on="order", how="left", maintain_order="left")
    served = flows.filter(pl.col("batch").is_not_null())
    runs = problem.supply.runs.select("run", batch="name", ready_ms="ready_ms")
    ways = options.itineraries.select("itinerary", "lanes", "depart_ms")
    suites = network.frame("suites").with_row_index("number")
    rooms = options.slots.select("slot", "suite").join(
        suites.select(pl.col("number").cast(pl.Int32), name="suite"),
        left_on="suite",
        right_on="number",
    )
    possible = (
        problem.columns.select("column", "group", "run", "option", "slot")
        .join(served.select("group").unique(), on="group", how="semi")
        .join(problem.usable.select("option", "itinerary", "arrive_ms", "infuse_ms"), on="option")
        .join(runs, on="run")
        .join(served.select(*_SAME).unique(), on=_SAME, how="semi")
        .join(ways, on="itinerary")
        .join(rooms.select("slot", suite="name"), on="slot")
    )
    key = ["group", "batch", "suite", "lanes", *(f"{name}_ms" for name in _INSTANTS)]
    first = possible.group_by(key).agg(pl.col("column").min())
    named = flows.join(first, on=key, how="left", maintain_order="left")
    lost = named.filter(pl.col("batch").is_not_null() & pl.col("column").is_null())
    if lost.height:
        raise ForeignPlanError(lost["order"][0])
    return named["column"]


_INSTANTS = ("ready", "depart", "arrive", "infuse")
_SAME = ["group", "batch", "ready_ms", "arrive_ms", "infuse_ms"]
