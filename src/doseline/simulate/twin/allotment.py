"""Sharing a week's doses: limits of sites, batch runs and isotope, one order after the other."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from doseline.model.ledger import LINKS
from doseline.simulate.engine.outcome import Event
from doseline.simulate.engine.world import NOWHERE
from doseline.simulate.twin.account import DELIVERED, DRAWN

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Ints
    from doseline.simulate.twin.orders import Order
    from doseline.simulate.twin.state import State

NO_BATCH_CAPACITY = LINKS.index("no_batch_capacity")
_NO_ISOTOPE = LINKS.index("no_isotope")
_TOLERANCE = 1e-9


@dataclass(slots=True)
class Run:
    """What a batch run gives this week."""

    doses: int = 0
    doses_for_new: int = 0
    activity: float = 0.0
    drawn: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    """Isotope by pool. [GBq]"""


@dataclass(slots=True)
class Allotment:
    """The doses of one week as they are shared."""

    state: State
    week: int
    runs: defaultdict[int, Run] = field(default_factory=lambda: defaultdict(Run))
    used: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    """Use of each limit of a site by the doses allotted."""

    def serve(self, order: Order) -> None:
        """Allot a dose, or name the link that owes it."""
        full = self.full_limit(order, self.used, 1.0 + self.state.policies.overbook)
        if full is not None:
            order.owe(full)
            return
        refusals = []
        for way in self._ways(order):
            link = self._refusal(order, way)
            if link is None:
                self._allot(order, way)
                return
            refusals.append(link)
        order.owe(refusals[0] if refusals else self._without_ways(order))

    def full_limit(
        self, order: Order, used: defaultdict[int, float], stretch: float = 1.0
    ) -> int | None:
        """Link of the first limit of the site that has no room for the order, if any."""
        supply = self.state.world.supply
        for cap in _rows(supply.cap_first, order.site):
            most = supply.cap_most[cap] * supply.site_share[self.week, order.site] * stretch
            uses = supply.cap_uses[cap, order.product]
            if uses > 0.0 and uses > most - used[cap] + _TOLERANCE:
                return int(supply.cap_link[cap])
        return None

    def use_limits(self, order: Order, used: defaultdict[int, float]) -> None:
        """Count an order against the limits of its site."""
        supply = self.state.world.supply
        for cap in _rows(supply.cap_first, order.site):
            used[cap] += float(supply.cap_uses[cap, order.product])

    def drop_runs(self, orders: list[Order]) -> None:
        """Runs that are not made: their orders are owed, what they took is back."""
        orders_of: defaultdict[int, list[Order]] = defaultdict(list)
        for order in orders:
            if order.way != NOWHERE:
                orders_of[self._run(order.way)].append(order)
        for run, its_orders in orders_of.items():
            if not self._is_made(run, its_orders):
                for order in its_orders:
                    order.owe(NO_BATCH_CAPACITY)
                del self.runs[run]

    def _is_made(self, run: int, orders: list[Order]) -> bool:
        """Whether a run has enough orders for its line, and the policy makes it."""
        supply, week = self.state.world.supply, self.week
        if len(orders) < supply.run_least[run]:
            return False
        capacity = float(supply.run_doses[run] * supply.run_share[week, run])
        waited = max(7.0 * week - order.patient.since for order in orders)
        return bool(self.state.policies.batch(len(orders), capacity, waited, week))

    def book(self) -> None:
        """Book the doses of the runs and the isotope."""
        account, supply = self.state.account, self.state.world.supply
        account.isotope[:, DELIVERED] += supply.pool_gbq * supply.pool_share[self.week]
        for run, made in self.runs.items():
            account.run_doses[self.week, run] = made.doses
            for pool, drawn in made.drawn.items():
                account.isotope[pool, DRAWN] += drawn

    def _ways(self, order: Order) -> range:
        pair = order.site * self.state.world.products + order.product
        return _rows(self.state.world.supply.way_first, pair)

    def _run(self, way: int) -> int:
        return int(self.state.world.supply.way_run[way])

    def _without_ways(self, order: Order) -> int:
        blocked = int(self.state.world.sites.blocked[order.site, order.product])
        return NO_BATCH_CAPACITY if blocked == NOWHERE else blocked

    def _refusal(self, order: Order, way: int) -> int | None:
        """Link that closes a way to an order, or None."""
        if not self._run_has_room(order, way):
            return NO_BATCH_CAPACITY
        _, missing = self._draws(way)
        return _NO_ISOTOPE if missing > _TOLERANCE else None

    def _run_has_room(self, order: Order, way: int) -> bool:
        supply, run = self.state.world.supply, self._run(way)
        share, made = supply.run_share[self.week, run], self.runs[run]
        if share == 0.0:
            return False
        conflicts = _rows(supply.conflict_first, run)
        if any(self.runs[int(supply.conflict_run[at])].doses > 0 for at in conflicts):
            return False
        most = supply.run_doses[run] * share
        if made.doses + 1 > most + _TOLERANCE:
            return False
        if order.kind == 1 and most < math.inf:
            reserved = self.state.policies.reserved_for_new
            for_new = min(float(made.doses_for_new), reserved * most)
            if made.doses + 1 > most * (1.0 - reserved) + for_new + _TOLERANCE:
                return False
        ready = supply.way_ready[way]
        return bool(made.activity + ready <= supply.run_activity[run] * share + _TOLERANCE)

    def _draws(self, way: int) -> tuple[dict[int, float], float]:
        """Isotope that a dose takes from each pool, and the activity that none of them holds."""
        supply = self.state.world.supply
        need, taken = float(supply.way_ready[way]), dict[int, float]()
        for at in _rows(supply.draw_first, self._run(way)):
            pool, per_gbq = int(supply.draw_pool[at]), float(supply.draw_per_gbq[at])
            drawn = sum(run.drawn[pool] for run in self.runs.values()) + taken.get(pool, 0.0)
            room = supply.pool_gbq[pool] * supply.pool_share[self.week, pool] - drawn
            take = min(room * per_gbq, need)
            if take > 0.0:
                taken[pool] = taken.get(pool, 0.0) + take / per_gbq
                need -= take
        return taken, need

    def _allot(self, order: Order, way: int) -> None:
        supply, made = self.state.world.supply, self.runs[self._run(way)]
        for pool, drawn in self._draws(way)[0].items():
            made.drawn[pool] += drawn
        made.doses += 1
        made.doses_for_new += 1 - order.kind
        made.activity += float(supply.way_ready[way])
        self.use_limits(order, self.used)
        order.way, order.day = way, 7.0 * self.week + float(supply.way_day[way])
        order.planned = True
        self.state.tell(7.0 * self.week, order.patient, Event.GIVEN, way)


def _rows(first: Ints, at: int) -> range:
    return range(int(first[at]), int(first[at + 1]))
