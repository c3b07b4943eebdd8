"""A small week in which only some named facts hold: can an order and those before it be served?

Facts are found by their words, and counted from the network's tables.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.plan.oracle_network import people, runs_fit_together, slower
from tests.plan.oracle_time import Given, may_be_given, quotas_hold

from doseline.model.columns import weekday_numbers
from doseline.model.ordering import Quota
from doseline.model.treatment import Staff, Suite, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tests.plan.oracle import Choice, TinyWeek

    from doseline.model.demand import Order
    from doseline.plan.explain.explanation import Fact

_SLACK = 1e-7
_ENDLESS_GBQ = 1e4
KINDS = frozenset(
    {"vials", "activity", "chair", "staff", "bed", "quota", "window", "lot", "changeover"}
)
"""Kinds of facts that are known here."""


def told(at_ms: float, zone: str) -> str:
    """An instant in the words of a fact."""
    local = datetime.fromtimestamp(at_ms / 1000, tz=UTC).astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    return f"{local:%a %Y-%m-%d %H:%M}{offset[:3]}:{offset[3:]}"


@dataclass(frozen=True, kw_only=True)
class OnlyFacts:
    """Whether orders can be served when some facts hold, and nothing else does."""

    week: TinyWeek
    asked: str
    must: frozenset[str]
    """Orders that are served beside the asked one."""

    def possible(self, facts: Sequence[Fact]) -> bool:
        """Whether any assignment of the orders respects the facts."""
        orders = [one for one in self.week.orders if one.order in {*self.must, self.asked}]
        ways = [self._ways(order, facts) for order in orders]

        def extend(taken: tuple[Choice, ...]) -> bool:
            given = orders[: len(taken)]
            if not all(self._holds(fact, given, taken) for fact in facts):
                return False
            if len(taken) == len(orders):
                return self._fed(facts, taken)
            return any(extend((*taken, way)) for way in ways[len(taken)])

        return extend(())

    def _ways(self, order: Order, facts: Sequence[Fact]) -> list[Choice]:
        free = order.order == self.asked and not any(fact.kind == "window" for fact in facts)
        wide = replace(order, earliest=date.min, latest=date.max) if free else order
        return [
            one
            for one in self.week.all_choices
            if (one.product.product, one.site.site) == (order.product, order.site)
            and may_be_given(self.week.network, wide, one.day)
        ]

    def _holds(self, fact: Fact, orders: Sequence[Order], taken: Sequence[Choice]) -> bool:
        counts: dict[str, Callable[[Fact, Sequence[Choice]], bool]] = {
            "vials": self._vials,
            "activity": self._activity,
            "chair": self._chair,
            "staff": self._staff,
            "bed": self._bed,
            "changeover": self._changeover,
        }
        if fact.kind == "quota":
            given = [Given(order, one.day) for order, one in zip(orders, taken, strict=True)]
            return self._quota(fact, given)
        return fact.kind not in counts or counts[fact.kind](fact, taken)

    def _of_batch(self, fact: Fact, taken: Iterable[Choice]) -> list[Choice]:
        names = self.week.batches
        return [one for one in taken if names[one.run[0]].batch == fact.where["batch"]]

    def _vials(self, fact: Fact, taken: Sequence[Choice]) -> bool:
        mine = self._of_batch(fact, taken)
        return not mine or len(mine) <= self.week.batches[mine[0].run[0]].max_doses

    def _activity(self, fact: Fact, taken: Sequence[Choice]) -> bool:
        mine = self._of_batch(fact, taken)
        most = self.week.batches[mine[0].run[0]].max_activity_gbq if mine else math.inf
        return sum(one.ready_gbq for one in mine) <= most * (1 + _SLACK)

    @cached_property
    def _slot(self) -> list[dict[str, int]]:
        return self.week.options.slots.to_dicts()

    def _suite(self, choice: Choice) -> Suite:
        return self.week.network.rows(Suite)[self._slot[choice.slot]["suite"]]

    def _times(self, choice: Choice) -> float:
        return slower(self.week.network, choice.site.site, choice.product.product)

    def _chair(self, fact: Fact, taken: Sequence[Choice]) -> bool:
        mine = [
            one
            for one in taken
            if self._suite(one).suite == fact.where["suite"]
            and told(one.infuse_ms, one.site.zone) == fact.where["start"]
        ]
        used = sum(
            one.product.chair_min * self._times(one) + self._suite(one).turnover_min for one in mine
        )
        return not mine or used <= self._slot[mine[0].slot]["chair_min"] * (1 + _SLACK)

    def _staff(self, fact: Fact, taken: Sequence[Choice]) -> bool:
        site, role = fact.where["site"], fact.where["role"]
        day = date.fromisoformat(fact.where["day"])
        used = sum(
            task.minutes * self._times(one)
            for one in taken
            for task in self.week.network.rows(Task)
            if (one.site.site, one.day, task.role) == (site, day, role)
            and task.product == one.product.product
        )
        have = sum(
            people(self.week.network, row, day) * row.hours_per_day * 60.0
            for row in self.week.network.rows(Staff)
            if (row.site, row.role) == (site, role)
            and day.weekday() in weekday_numbers(row.weekdays)
        )
        return used <= have * (1 + _SLACK)

    def _bed(self, fact: Fact, taken: Sequence[Choice]) -> bool:
        products = self.week.network.frame("products")["product"].to_list()
        if "day" not in fact.where:
            nights = [
                self._stay(products.index(one.product.product)).days
                for one in taken
                if one.site.site == fact.where["site"]
            ]
            rows = self.week.network.frame("suites").filter(site=fact.where["site"])
            return sum(nights) <= 7 * int(rows["beds"].sum())
        night = date.fromisoformat(fact.where["day"])
        asleep = [
            one
            for one in taken
            if self._suite(one).suite == fact.where["suite"]
            and one.day <= night < one.day + self._stay(products.index(one.product.product))
        ]
        return not asleep or len(asleep) <= self._suite(asleep[0]).beds

    def _stay(self, product: int) -> timedelta:
        return timedelta(days=self.week.options.nights[product])

    def _changeover(self, fact: Fact, taken: Sequence[Choice]) -> bool:
        names = set(fact.where["batches"].split(", "))
        mine = {one.run for one in taken if self.week.batches[one.run[0]].batch in names}
        return runs_fit_together(self.week.network, mine)

    def _quota(self, fact: Fact, given: Sequence[Given]) -> bool:
        rows = self.week.network.frame("quotas").filter(quota=fact.where["key"])
        assert rows.height == 1, [row.quota for row in self.week.network.rows(Quota)]
        return quotas_hold(self.week.network.replace(quotas=rows), given)

    def _fed(self, facts: Sequence[Fact], taken: Sequence[Choice]) -> bool:
        """Whether the deliveries that are facts, and any amount of all others, are enough."""
        limited = {fact.where["lot"] for fact in facts if fact.kind == "lot"}
        if not limited:
            return True
        need: dict[tuple[int, int], float] = defaultdict(float)
        for one in taken:
            need[one.run] += one.ready_gbq
        week, fed = self.week, sorted({run for run, _ in self.week.draws})
        if not {week.runs.index(run) for run in need} <= set(fed):
            return True
        capacity = [
            pool.capacity_gbq if self._name(number) in limited else _ENDLESS_GBQ
            for number, pool in enumerate(week.pools)
        ]
        needs = [week.isotope_needed_gbq(week.runs[at], need[week.runs[at]]) for at in fed]
        return math.isfinite(week._vertices.least_cost(needs, capacity))

    def _name(self, number: int) -> str:
        """Name of a pool: its lot, or the stock of a line."""
        lots = self.week.network.frame("lots")["lot"].to_list()
        return lots[number] if number < len(lots) else f"stock:{self.week.pools[number].line}"
