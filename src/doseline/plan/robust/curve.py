"""Plans of one week that are hedged more and more, and the cheapest that keeps a promise.

A plan is hedged by what a dose in time may cost: the *worth*, in shares of the penalty of an order
that is left. For each worth two problems are solved, hedged against the expected and against the
worst (:mod:`doseline.plan.robust.hedged`); every plan is then judged by the exact distribution of its
doses in time (:mod:`doseline.plan.robust.risk`). Nothing is planned again after a failure.

A *promise* asks for at least n doses in time with probability p. The plan given keeps it by that
exact distribution. It need not be the cheapest that does; how much cheaper one could be is bounded.
By Markov's inequality the expected doses in time of a plan that keeps it are at least n p, so of T
orders at most T - n p are expected not to be in time, left ones included. Hedged against the
expected at worth w, its objective exceeds its cost and penalties by no more than w times the T - n p
largest weights. So these are at least the bound of the hedged problem less that, for every w.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.robust import CHANCE_SCHEMA, POINT_SCHEMA, Promise, RobustCurve
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.robust.hedged import column_chances, expected, reliable, weights, worst
from doseline.plan.robust.risk import Risk, dose_chances, in_time, worst_in_time
from doseline.plan.week import NODE_LIMIT, plan_problem, plan_week

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.problem import Problem
    from doseline.plan.robust.risk import InTime

    Told = Callable[[int, int], None]

LEVELS = (0.001, 0.01, 0.1, 1.0)
"""Worths, as shares of the penalty of leaving a new start."""
LOW = 0.05
"""Probability with which no more doses are in time than the low figure."""
_BISECTIONS = 3
"""Worths tried between the last plan that does not keep a promise and the first that does."""
_WHOLE = 1e-9
_SAME = 1e-12
"""Difference of two objectives that is rounding, in terms of the larger."""
_CHANCE = 1e-9
"""Rounding of a probability."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a plan is to keep."""

    share: float
    """Of the orders, to be in time. [unitless]"""
    probability: float
    """With which. [unitless]"""

    def doses(self, orders: int) -> int:
        """The share as a number of doses."""
        return math.ceil(self.share * orders - _WHOLE)


def robust_plans(
    network: Network,
    options: Options,
    orders: pl.DataFrame,
    *,
    nuclides: NuclideTable,
    rule: Fairness | None = None,
    levels: Sequence[float] = LEVELS,
    risk: Risk | None = None,
    failures: int = 1,
    asked: Asked | None = None,
    each: float = 0.0,
    gap: float = 0.005,
    node_limit: int = NODE_LIMIT,
    nominal: Plan | None = None,
    told: Told | None = None,
) -> RobustCurve:
    """The price of robustness of one week.

    Args:
        network: The network; its opening state counts.
        options: Delivery options of the week.
        orders: Columns of table ``orders``.
        nuclides: Half-lives.
        rule: How a shortage is shared; also how much more one dose in time is worth than another.
        levels: Worths of a new start's dose in time, as shares of its penalty. [unitless]
        risk: What may go wrong; by default what the network says.
        failures: Batches that fail in the worst case; with none, the worst case is not hedged.
        asked: A promise to keep at least cost.
        each: Least probability that each order is in time; only the cheapest plan, the first,
            need not keep it. [unitless]
        gap: Relative gap at which each plan stops. [unitless]
        node_limit: Most nodes of branch and bound of each plan.
        nominal: A plan of the same orders that is not hedged; by default it is made.
        told: Told how many plans are made, and of how many.
    """
    rule = rule or Fairness()
    nominal = nominal or plan_week(
        network, options, orders, nuclides=nuclides, gap=gap, node_limit=node_limit, rule=rule
    )
    problem = problem_of(network, options, orders, nuclides=nuclides, rule=rule, by_chance=True)
    search = _Search(
        network=network,
        options=options,
        orders=orders,
        problem=problem,
        rule=rule,
        risk=risk or Risk(),
        failures=failures,
        each=each,
        gap=gap,
        node_limit=node_limit,
    )
    search.keep(nominal, "none", 0.0)
    if orders.height:
        search.climb(sorted(set(levels)), told or _silent)
        if asked is not None:
            search.narrow(asked)
    return search.curve(asked)


@dataclass(slots=True, kw_only=True)
class _Search:
    """Plans made so far."""

    network: Network
    options: Options
    orders: pl.DataFrame
    problem: Problem
    rule: Fairness
    risk: Risk
    failures: int
    each: float
    gap: float
    node_limit: int
    plans: list[Plan] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    found: list[InTime] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)
    """Worth, and bound of the problem hedged against the expected at that worth. [currency]"""

    def climb(self, levels: Sequence[float], told: Told) -> None:
        """A plan against the expected and one against the worst at each level."""
        hedges = ["expected", "worst"] if self.failures else ["expected"]
        pairs = [(hedge, level) for hedge in hedges for level in levels]
        for at, (hedge, level) in enumerate(pairs):
            self.add(hedge, level * self.problem.penalty)
            told(at + 1, len(pairs))

    def add(self, hedge: str, worth: float) -> None:
        """Make one plan more."""
        problem = self.problem
        chances = column_chances(problem, self.network, self.risk)
        if hedge == "expected":
            hedged = expected(problem, chances, worth)
        else:
            hedged = worst(problem, chances, worth, self.failures)
        plan = plan_problem(
            reliable(hedged, chances, self.each) if self.each > 0.0 else hedged,
            self.network,
            self.options,
            self.orders,
            rule=self.rule,
            gap=self.gap,
            node_limit=self.node_limit,
            quick=True,
        )
        if hedge == "expected":
            self.bounds.append((worth, plan.bound))
        self.keep(plan, hedge, worth)

    def keep(self, plan: Plan, hedge: str, worth: float) -> None:
        """Note a plan with what it may bring, its objective without hedge."""
        chances = dose_chances(plan, self.network, self.risk)
        found = in_time(chances)
        objective = plan.objective if hedge == "none" else self._objective(plan)
        self.found.append(found)
        penalty = self.plans[0].penalty if self.plans else plan.penalty
        self.plans.append(replace(plan, objective=objective, penalty=penalty))
        self.rows.append(
            {
                "point": len(self.rows),
                "hedge": hedge,
                "worth": worth,
                "doses": chances.height,
                "batches": int(plan.batches["open"].sum()),
                "cost": plan.cost,
                "gap": plan.gap,
                "mean": found.mean,
                "low": found.quantile(LOW),
                "worst": worst_in_time(chances, self.failures),
            }
        )

    def narrow(self, asked: Asked) -> None:
        """Look for a cheaper plan that keeps a promise, between two worths that were tried."""
        for _ in range(_BISECTIONS):
            best = self._cheapest(asked)
            if best is None or not best:
                return
            hedge, worth = self.rows[best]["hedge"], self.rows[best]["worth"]
            below = [
                row["worth"]
                for row in self.rows
                if row["hedge"] in (hedge, "none") and row["worth"] < worth
            ]
            if not below or max(below) <= 0.0:
                return
            self.add(hedge, math.sqrt(worth * max(below)))

    def curve(self, asked: Asked | None) -> RobustCurve:
        """All plans, with prices and proofs."""
        bound = self.plans[0].bound
        base = min(self.plans, key=lambda plan: plan.objective)
        rows = [
            {
                **row,
                "price": _beyond(plan, base),
                "price_percent": 100.0 * _beyond(plan, base) / max(1.0, base.cost),
                "probability": None if asked is None else self._chance(at, asked),
            }
            for at, (row, plan) in enumerate(zip(self.rows, self.plans, strict=True))
        ]
        chances = [
            pl.DataFrame(
                {
                    "point": np.full(one.probability.size, at),
                    "in_time": np.arange(one.probability.size),
                    "probability": one.probability,
                },
                schema=CHANCE_SCHEMA,
            )
            for at, one in enumerate(self.found)
        ]
        return RobustCurve(
            week=self.options.week,
            orders=self.orders.height,
            failures=self.failures,
            points=pl.DataFrame(rows, schema=POINT_SCHEMA),
            chances=pl.concat(chances),
            plans=tuple(_proven(plan, bound, self.gap) for plan in self.plans),
            promise=None if asked is None else self._promise(asked),
            each=self.each,
        )

    def _promise(self, asked: Asked) -> Promise:
        point = self._cheapest(asked)
        reached = [self._chance(at, asked) for at in range(len(self.plans))]
        return Promise(
            doses=asked.doses(self.orders.height),
            probability=asked.probability,
            point=point,
            reached=max(reached) if point is None else reached[point],
            bound=self._bound(asked),
        )

    def _cheapest(self, asked: Asked) -> int | None:
        """The cheapest plan that keeps a promise; the first does only if no order has its own."""
        best: int | None = None
        for at in range(1 if self.each > 0.0 else 0, len(self.plans)):
            keeps = self._chance(at, asked) >= asked.probability - _CHANCE
            if keeps and (best is None or _beyond(self.plans[best], self.plans[at]) > 0.0):
                best = at
        return best

    def _chance(self, at: int, asked: Asked) -> float:
        return self.found[at].at_least(asked.doses(self.orders.height))

    def _bound(self, asked: Asked) -> float:
        """No plan that keeps a promise has smaller cost and penalties. [currency]"""
        orders = self.orders.height
        missed = max(0.0, orders - asked.doses(orders) * asked.probability)
        weight = weights(self.problem).to_numpy().repeat(self.problem.groups["count"].to_numpy())
        heaviest = np.sort(weight)[::-1]
        whole = int(missed)
        part = (missed - whole) * heaviest[whole] if whole < heaviest.size else 0.0
        most = float(heaviest[:whole].sum() + part)
        hedged = [bound - worth * most for worth, bound in self.bounds]
        return max([self.plans[0].bound, *hedged])

    def _objective(self, plan: Plan) -> float:
        """Cost and penalties of orders left, without hedge. [currency]"""
        left = plan.flows.filter(pl.col("batch").is_null()).select("order")
        penalty = self.problem.groups.select(order="orders", penalty="penalty").explode("order")
        return plan.cost + float(left.join(penalty, on="order")["penalty"].sum())


def _beyond(plan: Plan, base: Plan) -> float:
    """What a plan costs beyond another, penalties included. [currency]"""
    more = plan.objective - base.objective
    return more if more > _SAME * abs(plan.objective) else 0.0


def _proven(plan: Plan, bound: float, gap: float) -> Plan:
    """A plan with the bound of the problem that is not hedged."""
    bound = min(bound, plan.objective)
    reached = (plan.objective - bound) / max(1.0, abs(plan.objective))
    status = plan.status
    if status != "empty":
        status = "optimal" if reached <= max(gap, _WHOLE) else "feasible"
    return replace(plan, bound=bound, gap=reached, status=status)


def _silent(_done: int, _plans: int) -> None:
    """No progress."""
