"""A week of doses: orders, allotment, production, infusion, swap and book-keeping."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.model.ledger import LINKS
from doseline.simulate.engine.world import NOWHERE
from doseline.simulate.twin.allotment import NO_BATCH_CAPACITY, Allotment
from doseline.simulate.twin.closing import Closing
from doseline.simulate.twin.draws import mixed
from doseline.simulate.twin.orders import Order, order_of

if TYPE_CHECKING:
    from doseline.simulate.twin.state import State

_BATCH_FAILED = LINKS.index("batch_failed")
_TRANSPORT = LINKS.index("transport")
_NO_SUITE = LINKS.index("no_suite")
_PATIENT_SCHEDULING = LINKS.index("patient_scheduling")
_FREE = ("withdrawn", "patient_hold")
"""Endings of doses that another patient could have."""


@dataclass(slots=True)
class Week:
    """The doses of one week, from the Monday on."""

    state: State
    number: int

    def pass_by(self) -> None:
        """All of it, in the order of the contract."""
        state = self.state
        state.weeks_begun = self.number + 1
        state.account.waiting[self.number] = sum(len(line.waiting) for line in state.lines)
        orders = self._ranked(self._orders())
        allotment = Allotment(state, self.number)
        for order in orders:
            if order.score == math.inf:
                order.owe(NO_BATCH_CAPACITY)
            else:
                allotment.serve(order)
        owed = [order for order in orders if order.way == NOWHERE and order.score < math.inf]
        allotment.drop_runs(orders)
        allotment.book()
        infused: defaultdict[int, float] = defaultdict(float)
        for order in orders:
            if order.planned:
                self._end(order, allotment, infused)
        if state.policies.swap:
            freed = [order for order in orders if order.ending in _FREE]
            self._swap(owed, freed, allotment, infused)
        Closing(state, self.number).book(orders)

    def _orders(self) -> list[Order]:
        """Orders of the patients on the list who are still there."""
        state, orders = self.state, []
        for patient in sorted(state.lists[self.number], key=lambda patient: patient.row):
            patient.order_week = None
            if patient.never_treated and patient.exit_day <= 7.0 * self.number:
                state.leave(patient)
                if patient.open_link != NOWHERE:
                    state.account.end_dose(patient.product, "withdrawn")
                    patient.open_link = NOWHERE
                continue
            order = order_of(patient)
            state.account.demand[self.number, order.product, order.kind] += 1
            state.account.events += 1
            orders.append(order)
        return orders

    def _ranked(self, orders: list[Order]) -> list[Order]:
        """Orders in the sequence in which the policy serves them."""
        for order in orders:
            score = self.state.policies.priority(
                order.kind,
                7.0 * self.number - order.patient.since,
                order.patient.attempts,
                self.number,
                self.state.draws.number("priority", order.key),
            )
            # A score that is no number would put the others in no order either.
            order.score = math.inf if math.isnan(score) else float(score)
        return sorted(
            orders, key=lambda order: (order.score, order.patient.since, order.patient.row)
        )

    def _end(self, order: Order, allotment: Allotment, infused: defaultdict[int, float]) -> None:
        """How an allotted dose ends; ``infused`` is the use of limits by those infused so far."""
        number, course = self.state.draws.number, self.state.world.course
        failure = self._failure(order.way)
        if failure:
            order.ending, order.link = failure, _BATCH_FAILED
        elif lost := self._on_the_road(order):
            order.ending, order.link = lost, _TRANSPORT
        elif order.gone_by:
            order.ending = "withdrawn"
            self.state.leave(order.patient)
        elif number("hold", order.key) < course.hold[order.product, order.kind]:
            order.ending, order.link = "patient_hold", _PATIENT_SCHEDULING
            order.held = True
        elif allotment.full_limit(order, infused) is not None:
            order.ending, order.link = "site", _NO_SUITE
        else:
            order.ending = "infused_late" if order.late else "infused"
            allotment.use_limits(order, infused)

    def _on_the_road(self, order: Order) -> str:
        """How the road loses a dose, if it does; and whether the dose comes late."""
        supply, number = self.state.world.supply, self.state.draws.number("late", order.key)
        if number >= supply.way_unexpired[order.way]:
            return "expired"
        if number >= supply.way_usable[order.way]:
            return "transport"
        order.late = bool(number >= supply.way_on_time[order.way])
        return ""

    def _failure(self, way: int) -> str:
        """How the run of a way fails: in production, at release, or not."""
        supply, number = self.state.world.supply, self.state.draws.number
        run = int(supply.way_run[way])
        key = mixed(int(supply.run_key[run]), self.number)
        if number("batch failure", key) < supply.run_failure[run]:
            failure = "batch_failed"
        elif number("release failure", key) < supply.run_release_failure[run]:
            failure = "release_failed"
        else:
            return ""
        self.state.account.run_failed[self.number, run] = 1
        return failure

    def _swap(
        self,
        owed: list[Order],
        freed: list[Order],
        allotment: Allotment,
        infused: defaultdict[int, float],
    ) -> None:
        """Owed orders take the free doses of their site and product, the first freed first."""
        for order in owed:
            same = (one for one in freed if (one.site, one.product) == (order.site, order.product))
            dose = next(same, None)
            if dose is None:
                continue
            order.day = dose.day
            if order.gone_by or allotment.full_limit(order, infused) is not None:
                continue
            freed.remove(dose)
            dose.ending = "returned"
            order.way, order.link, order.late = dose.way, NOWHERE, dose.late
            order.ending = "infused_late" if order.late else "infused"
            allotment.use_limits(order, infused)
