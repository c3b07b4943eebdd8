"""The book-keeping at the end of a week of doses, and at the horizon."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.model.ledger import DOSE_ENDINGS, LINKS, unserved_ending
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.world import NOWHERE
from doseline.simulate.twin.account import IN_STOCK, IN_TRANSIT, INFUSED, MADE, RESIDUAL, WASTE
from doseline.simulate.twin.draws import mixed

if TYPE_CHECKING:
    from doseline.simulate.twin.orders import Order
    from doseline.simulate.twin.state import Patient, State

_ORDERING = LINKS.index("ordering_rules")
_HAD = ("infused", "infused_late")


@dataclass(slots=True)
class Closing:
    """The books of one week."""

    state: State
    week: int

    def book(self, orders: list[Order]) -> None:
        """Book every order, first the doses that ended, then what follows for the patients."""
        for order in orders:
            if order.ending:
                self._told(order)
        for order in orders:
            if order.planned:
                self._made(order)
            if order.ending in _HAD:
                self._infused(order)
            else:
                self._not_infused(order)

    def _told(self, order: Order) -> None:
        self.state.tell(order.day, order.patient, Event.ENDED, DOSE_ENDINGS.index(order.ending))
        self.state.account.end_dose(order.product, order.ending)

    def _made(self, order: Order) -> None:
        """The order's own dose: made, and wasted unless it was infused."""
        supply, activity = self.state.world.supply, self.state.account.activity[order.product]
        activity[MADE] += supply.way_ready[order.way]
        if order.ending not in (*_HAD, "returned"):
            activity[WASTE] += supply.way_ready[order.way]

    def _infused(self, order: Order) -> None:
        state, patient = self.state, order.patient
        state.account.served[self.week, order.product, order.kind] += 1
        state.account.infused[order.site, order.product, patient.payer] += 1
        state.account.infusions.append((patient.row, order.day, patient.since))
        self._activity(order)
        if patient.never_treated:
            patient.first_dose_day = order.day
            patient.fate, patient.fate_day = Fate.TREATED, order.day
            patient.wait[_ORDERING] += order.day - patient.due - patient.waited
        if patient.doses_in_course == 0:
            patient.courses += 1
        patient.last_dose_day = order.day
        patient.doses += 1
        patient.doses_in_course += 1
        patient.attempts = 0
        patient.open_link = NOWHERE
        self._next_dose(patient, order.day)

    def _activity(self, order: Order) -> None:
        """Where the activity of an infused dose went."""
        state, course, product = self.state, self.state.world.course, order.product
        supply, activity = state.world.supply, state.account.activity[product]
        arrive, infuse = supply.way_arrive[order.way], supply.way_infuse[order.way]
        if order.late:
            arrive = infuse = supply.way_late[order.way]
        given = infuse * (1.0 - course.residual[product])
        if state.draws.number("cut", order.key) < course.cut[product]:
            given *= course.cut_to[product]
        activity[IN_TRANSIT] += supply.way_ready[order.way] - arrive
        activity[IN_STOCK] += arrive - infuse
        activity[INFUSED] += given
        activity[RESIDUAL] += infuse - given

    def _next_dose(self, patient: Patient, day: float) -> None:
        """The next cycle, the next course, or none."""
        state, course, product = self.state, self.state.world.course, patient.product
        if self._continues(patient):
            patient.since = day + float(course.interval[product])
            state.order(patient, max(math.floor(patient.since / 7.0), self.week + 1))
        elif patient.course == 1 and state.number("retreatment", patient) < course.again[product]:
            patient.course, patient.doses_in_course = 2, 0
            patient.since = patient.due = day + float(course.again_after[product])
            state.order(patient, state.week_of_order(product, patient.since))

    def _continues(self, patient: Patient) -> bool:
        course, product, given = self.state.world.course, patient.product, patient.doses_in_course
        key = mixed(patient.key, given + (patient.course - 1) * 1000)
        share = course.goes_on[product, min(given - 1, course.goes_on.shape[1] - 1)]
        goes_on = self.state.draws.number("next cycle", key) < share
        return bool(goes_on and given < course.cycles[product])

    def _not_infused(self, order: Order) -> None:
        """The patient waits on, unless it has left."""
        patient = order.patient
        patient.open_link = NOWHERE if order.planned else order.link
        if patient.fate == Fate.LEFT:
            return
        weeks = self._weeks_to_wait(order)
        if patient.never_treated and not (order.planned and order.gone_by):
            patient.wait[order.link] += 7.0 * weeks
            patient.waited += 7.0 * weeks
        if order.planned:
            self._dose_lost(order)
        else:
            self.state.tell(7.0 * self.week, patient, Event.OWED, order.link)
        patient.attempts += 1
        self.state.enlist(patient, self.week + weeks)

    def _weeks_to_wait(self, order: Order) -> int:
        return max(int(self.state.world.course.hold_weeks[order.product]), 1) if order.held else 1

    def _dose_lost(self, order: Order) -> None:
        """A dose that was planned and lost; one that another patient had is not lost."""
        patient = order.patient
        if order.ending != "returned":
            self.state.account.lost_by_link[order.link] += 1
        if patient.never_treated and patient.lost_link == NOWHERE:
            patient.lost_link, patient.lost_day = order.link, order.day


def close_open_order(state: State, patient: Patient) -> None:
    """An order that no week could plan ends at the horizon."""
    if patient.open_link == NOWHERE:
        return
    if patient.fate == Fate.LEFT:
        state.account.end_dose(patient.product, "withdrawn")
    else:
        state.account.end_dose(patient.product, unserved_ending(LINKS[patient.open_link]))
        state.account.lost_by_link[patient.open_link] += 1
