"""Tours and assignment improve each other until neither does.

A plan counts each own leg as its share of a full trip there and back. Tours say what it really
costs: to a site on a tour, its share; to another, the cheapest detour of a tour. With these costs
the week is planned again and its tours are searched again. What is kept is only what costs less in
all, penalties, tours and carriers together; so it ends, and never with something worse. Where the
estimate of vehicle hours left orders behind, it is first scaled to what tours take.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.plan.limits.fleet import FLEET
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.tours.carried import own_lanes
from doseline.plan.tours.detours import leg_costs
from doseline.plan.tours.own import Tours, tours_of
from doseline.plan.week import plan_problem
from doseline.routes.clock import MS_PER_HOUR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable

ROUNDS = 4
"""Most times that the week is planned again (policy value)."""
_LESS = 0.005
"""Savings below this are rounding. [currency]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternated:
    """The plan and tours that were kept."""

    plan: Plan
    """Its money counts legs there and back, as every plan does; so does its bound, with as many
    vehicle hours as tours make of them."""
    tours: Tours
    totals: tuple[float, ...]
    """Objective with tours in place of own legs, of the first plan and of each later round."""

    @property
    def total(self) -> float:
        """Of what was kept. [currency]"""
        return min(self.totals)


def alternate(
    network: Network,
    options: Options,
    plan: Plan,
    *,
    nuclides: NuclideTable,
    rule: Fairness | None = None,
    rounds: int = ROUNDS,
    seed: int = 1,
) -> Alternated:
    """Improve a plan and its tours in turn.

    Args:
        network: The network, with the plan's orders.
        options: Those that the plan was made from.
        plan: The first plan.
        nuclides: Half-lives.
        rule: How a shortage is shared.
        rounds: Most times that the week is planned again.
        seed: Seed of the search for tours.

    Raises:
        ToursNotInstalledError: If PyVRP is not there.
    """
    week = _Week(network, options, nuclides, rule or Fairness())
    search = _Search(network, seed)
    search.take(plan)
    bound, scale = plan.bound, _scale(network, *search.kept)
    if scale:
        scaled = week.planned({}, scale)
        bound = scaled.bound
        search.take(scaled)
    for _ in range(rounds):
        if not search.take(week.planned(leg_costs(network, search.kept[1]), scale)):
            break
    kept, tours = search.kept
    return Alternated(plan=_proven(kept, bound), tours=tours, totals=tuple(search.totals))


def total(plan: Plan, tours: Tours) -> float:
    """A plan's objective with the cost of tours in place of its own legs. [currency]"""
    return plan.objective - tours.saved


class _Search:
    """The best plan so far with its tours, and the totals of all that were tried."""

    def __init__(self, network: Network, seed: int) -> None:
        self.network, self.seed = network, seed
        self.totals: list[float] = []
        self.kept: tuple[Plan, Tours]

    def take(self, plan: Plan) -> bool:
        """Search the tours of a plan, and keep both if they cost less; whether they do."""
        tours = tours_of(self.network, plan, seed=self.seed)
        now = total(plan, tours)
        better = not self.totals or now < min(self.totals) - _LESS
        if better:
            self.kept = plan, tours
        self.totals.append(now)
        return better


def _proven(plan: Plan, bound: float) -> Plan:
    """A plan with a bound that holds at the costs of the options."""
    bound = min(bound, plan.objective)
    gap = (plan.objective - bound) / max(1.0, abs(plan.objective))
    return dataclasses.replace(plan, bound=bound, gap=gap)


def _scale(network: Network, plan: Plan, tours: Tours) -> dict[str, float]:
    """Estimated over real hours of each carrier, where the estimate left orders behind."""
    if plan.flows.filter(reason="vehicles_taken").is_empty():
        return {}
    out = (pl.col("back") - pl.col("leave")).dt.total_milliseconds().sum() / MS_PER_HOUR
    real = tours.tours.unique("tour").group_by("carrier").agg(out=out)
    last = plan.legs.filter(pl.col("leg") == pl.col("leg").max().over("order"))
    there_h = (pl.col("arrive") - pl.col("depart")).dt.total_milliseconds() / MS_PER_HOUR
    estimated = (
        tours.tours.select("order", "carrier")
        .join(last, on="order")
        .join(network.frame("carriers").select("carrier", "packages_per_trip"), on="carrier")
        .group_by("carrier")
        .agg(hours=(2.0 * there_h / pl.col("packages_per_trip")).sum())
    )
    both = estimated.join(real, on="carrier").filter(pl.col("hours") > pl.col("out"))
    return {row["carrier"]: row["hours"] / row["out"] for row in both.iter_rows(named=True)}


@dataclass(frozen=True, slots=True)
class _Week:
    """The week that is planned again with other costs of own legs."""

    network: Network
    options: Options
    nuclides: NuclideTable
    rule: Fairness

    def planned(self, costs: Mapping[tuple[str, str], float], scale: Mapping[str, float]) -> Plan:
        """The plan at other costs, told in the costs of the options.

        Args:
            costs: Of a leg, by place and site; others keep theirs. [currency]
            scale: Of vehicle hours, by carrier.
        """
        network, orders = self.network, self.network.frame("orders")
        more = self._more(costs)
        options = dataclasses.replace(self.options, rows=self._priced(more))
        problem = problem_of(network, options, orders, nuclides=self.nuclides, rule=self.rule)
        if scale:
            limits = dataclasses.replace(problem.limits, rows=_scaled(problem.limits.rows, scale))
            problem = dataclasses.replace(problem, limits=limits)
        plan = plan_problem(
            problem, network, options, orders, rule=self.rule, gap=network.settings.plan_gap
        )
        return _told(plan, more)

    def _more(self, costs: Mapping[tuple[str, str], float]) -> pl.DataFrame:
        """lane, more: what a leg costs more than the options count, in [currency]."""
        lanes = own_lanes(self.network)
        now = [
            costs.get((row["place"], row["site"]), row["leg_cost"])
            for row in lanes.iter_rows(named=True)
        ]
        return lanes.select("lane", more=pl.Series(now, dtype=pl.Float64) - pl.col("leg_cost"))

    def _priced(self, more: pl.DataFrame) -> pl.DataFrame:
        """The options' rows at other costs."""
        numbers = self.network.frame("lanes").with_row_index("number")
        by_lane = numbers.join(more, on="lane").select("more", last=pl.col("number").cast(pl.Int32))
        ways = (
            self.options.itineraries.select("itinerary", last=pl.col("leg_lane").list.last())
            .join(by_lane, on="last")
            .select("itinerary", "more")
        )
        rows = self.options.rows
        joined = rows.join(ways, on="itinerary", how="left", maintain_order="left")
        changed = joined.with_columns(pl.col("cost") + pl.col("more").fill_null(0.0))
        return changed.select(rows.columns)


def _scaled(rows: pl.DataFrame, scale: Mapping[str, float]) -> pl.DataFrame:
    """Limits with more vehicle hours."""
    factor = (
        pl.col("key")
        .str.split("|")
        .list.first()
        .replace_strict(dict(scale), default=1.0, return_dtype=pl.Float64)
    )
    fleet = pl.col("kind") == FLEET
    return rows.with_columns(most=pl.when(fleet).then(pl.col("most") * factor).otherwise("most"))


def _told(plan: Plan, more: pl.DataFrame) -> Plan:
    """A plan at other costs of legs, in the costs of the options."""
    last = plan.legs.filter(pl.col("leg") == pl.col("leg").max().over("order"))
    delta = last.join(more, on="lane").select("order", "more")
    flows = plan.flows.join(delta, on="order", how="left", maintain_order="left").with_columns(
        pl.col("cost") - pl.col("more").fill_null(0.0)
    )
    change = float(delta["more"].sum())
    return dataclasses.replace(
        plan,
        flows=flows.drop("more"),
        objective=plan.objective - change,
        cost=plan.cost - change,
    )
