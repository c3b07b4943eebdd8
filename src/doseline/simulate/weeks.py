"""Week by week: who orders a dose, what the supply gives them, and what happens to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from doseline.model.chance import mixed, uniform
from doseline.model.ledger import DOSE_ENDINGS, LINKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.chance import Keys
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.pathway import Bools, Floats, Ints, Pathway

NEW, CONTINUING = 0, 1

INFUSED = DOSE_ENDINGS.index("infused")
INFUSED_LATE = DOSE_ENDINGS.index("infused_late")
WITHDRAWN = DOSE_ENDINGS.index("withdrawn")

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The doses ordered for one week, continuing cycles first, then longest waiting; shape (n,)."""

    week: int
    patient: Ints
    """Row of the patient."""
    patient_key: Keys
    """Names the patient in every draw."""
    key: Keys
    """Names the order in every draw."""
    site: Ints
    product: Ints
    payer: Ints
    kind: Ints
    """NEW or CONTINUING."""
    since: Floats
    """Day since which the patient waits for this dose. [d]"""
    exit_day: Floats
    """Day on which the patient leaves if this first dose has not come; else infinite. [d]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of each order of a week; shape (n,)."""

    ending: Ints
    """Index into DOSE_ENDINGS."""
    link: Ints
    """Link that lost the dose, or -1."""
    day: Floats
    """Day of the infusion, or the day on which it would have been; infinite if never planned. [d]"""


class Dispatch(Protocol):
    """Serves the orders of a week: an exact plan, an aggregated one, or any other."""

    def __call__(self, orders: Orders) -> Outcome:
        """What becomes of each order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patients:
    """Everybody who will order doses: episodes that passed the gates, and courses under way."""

    key: Keys
    product: Ints
    site: Ints
    payer: Ints
    doses_given: Ints
    due_day: Floats
    """Day from which the next dose is wanted. [d]"""
    exit_day: Floats
    """Clinical exit while waiting for the first dose; infinite for courses under way. [d]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """What happened to each patient, and to each dose."""

    first_dose_day: Floats
    """Infinite if none. [d]"""
    exited: Bools
    wait: Floats
    """Time spent waiting at each link of supply, shape (patient, link). [d]"""
    first_lost_link: Ints
    """Link that lost the patient's first planned dose, or -1."""
    first_planned_day: Floats
    """Day on which that dose would have been infused. [d]"""
    endings: Ints
    """Ordered doses by ending, shape (ending,). An order that a week cannot plan stays open, and is
    counted once: when it is planned at last, withdrawn, or left open at the horizon."""
    lost_by_link: Ints
    """Doses lost, by link, shape (link,)."""
    demand: Ints
    """Orders open in each week by product, shape (week, product)."""
    served: Ints
    """Infusions by week of order and product, shape (week, product)."""
    infused: Ints
    """Infusions by place and payer, shape (site, product, payer)."""


def treat(
    patients: Patients,
    path: Pathway,
    calendar: Calendar,
    dispatch: Callable[[int], Dispatch],
    *,
    seed: int,
) -> Treatment:
    """Serve all weeks in turn: what one week does not serve, the next one owes.

    Args:
        patients: Everybody who orders.
        path: Intervals, cut-offs and continuation of each product.
        calendar: The weeks.
        dispatch: How each week is served, by its number.
        seed: Seed of the replication.
    """
    ward = _Ward.open(patients, path, calendar, seed)
    for week in range(calendar.weeks):
        orders = ward.orders(week)
        outcome = dispatch(week)(orders)
        ward.record(orders, outcome)
    return ward.discharge()


@dataclass(slots=True, kw_only=True)
class _Ward:
    """The changing state of all patients."""

    patients: Patients
    path: Pathway
    calendar: Calendar
    seed: int
    doses: Ints
    attempts: Ints
    since: Floats
    order_week: Ints
    first_dose_day: Floats
    exited: Bools
    wait: Floats
    first_lost_link: Ints
    first_planned_day: Floats
    open_ending: Ints
    """How the open order of a patient would end if nothing more came; -1 without one."""
    open_link: Ints
    endings: Ints
    lost_by_link: Ints
    demand: Ints
    served: Ints
    infused: Ints

    @classmethod
    def open(cls, patients: Patients, path: Pathway, calendar: Calendar, seed: int) -> _Ward:
        count = len(patients.key)
        sites = int(patients.site.max(initial=-1)) + 1
        new = patients.doses_given == 0
        of_new = path.order_week(patients.product, patients.due_day)
        week = np.where(new, of_new, np.floor(patients.due_day / 7.0))
        by_week = (calendar.weeks, len(path.interval_days))
        return cls(
            patients=patients,
            path=path,
            calendar=calendar,
            seed=seed,
            doses=patients.doses_given.copy(),
            attempts=np.zeros(count, np.int64),
            since=patients.due_day.copy(),
            order_week=np.maximum(week, 0).astype(np.int64),
            first_dose_day=np.full(count, np.inf),
            exited=np.zeros(count, np.bool_),
            wait=np.zeros((count, len(LINKS))),
            first_lost_link=np.full(count, -1),
            first_planned_day=np.full(count, np.inf),
            open_ending=np.full(count, -1),
            open_link=np.full(count, -1),
            endings=np.zeros(len(DOSE_ENDINGS), np.int64),
            lost_by_link=np.zeros(len(LINKS), np.int64),
            demand=np.zeros(by_week, np.int64),
            served=np.zeros(by_week, np.int64),
            infused=np.zeros((sites, *path.payer_shares.shape), np.int64),
        )

    def orders(self, week: int) -> Orders:
        """The orders of a week, in the published order: continuing first, then longest waiting."""
        gone = self._waiting_first() & (self.patients.exit_day <= 7.0 * week)
        leaving = gone & (self.order_week == week)
        self.exited |= leaving
        self.order_week[leaving] = _NEVER
        self.endings[WITHDRAWN] += int((leaving & (self.open_ending >= 0)).sum())
        self.open_ending[leaving] = -1
        rows = np.flatnonzero(self.order_week == week)
        kind = np.where(self.doses[rows] == 0, NEW, CONTINUING)
        rows = rows[np.lexsort((self.patients.key[rows], self.since[rows], -kind))]
        turn = (self.doses[rows] * 1000 + self.attempts[rows]).astype(np.uint64)
        self.demand[week] += self._by_product(self.patients.product[rows])
        return Orders(
            week=week,
            patient=rows,
            patient_key=self.patients.key[rows],
            key=mixed(self.patients.key[rows], turn),
            site=self.patients.site[rows],
            product=self.patients.product[rows],
            payer=self.patients.payer[rows],
            kind=np.where(self.doses[rows] == 0, NEW, CONTINUING),
            since=self.since[rows],
            exit_day=np.where(self.doses[rows] == 0, self.patients.exit_day[rows], np.inf),
        )

    def record(self, orders: Orders, outcome: Outcome) -> None:
        """Book what became of the orders and set when each patient orders next."""
        rows, ending = orders.patient, outcome.ending.copy()
        infused = (ending == INFUSED) | (ending == INFUSED_LATE)
        left = infused & (orders.exit_day < outcome.day)
        ending[left] = WITHDRAWN
        self.exited[rows[left]] = True
        self.order_week[rows[left]] = _NEVER
        infused &= ~left
        planned = np.isfinite(outcome.day)
        np.add.at(self.endings, ending[planned], 1)
        np.add.at(self.lost_by_link, outcome.link[planned & ~infused & ~left], 1)
        self.open_ending[rows] = np.where(planned, -1, ending)
        self.open_link[rows] = np.where(planned, -1, outcome.link)
        self.served[orders.week] += self._by_product(orders.product[infused])
        cells = orders.site[infused], orders.product[infused], orders.payer[infused]
        np.add.at(self.infused, cells, 1)
        self._infuse(rows[infused], outcome.day[infused], orders.week)
        lost = ~infused & ~left
        self._owe(rows[lost], outcome.link[lost], outcome.day[lost], orders.week)

    def _infuse(self, rows: Ints, day: Floats, week: int) -> None:
        first = rows[self.doses[rows] == 0]
        self.first_dose_day[first] = day[self.doses[rows] == 0]
        ordering = LINKS.index("ordering_rules")
        supply = 7.0 * self.attempts[first]
        began = self.patients.due_day[first]
        self.wait[first, ordering] += self.first_dose_day[first] - began - supply
        self.doses[rows] += 1
        self.attempts[rows] = 0
        product = self.patients.product[rows]
        keys = mixed(self.patients.key[rows], self.doses[rows].astype(np.uint64))
        share = self.path.goes_on(product, self.doses[rows])
        goes_on = uniform(self.seed, "next cycle", keys) < share
        goes_on &= self.doses[rows] < self.path.cycles_max[product]
        due = day + self.path.interval_days[product]
        self.since[rows] = due
        next_week = np.maximum(np.floor(due / 7.0), week + 1).astype(np.int64)
        self.order_week[rows] = np.where(goes_on, next_week, _NEVER)

    def _owe(self, rows: Ints, link: Ints, day: Floats, week: int) -> None:
        """Order again next week; the week is booked to the link that lost the dose.

        Who has left before the day of a first dose was not delayed by its loss.
        """
        gone = np.isfinite(day) & (self.patients.exit_day[rows] < day)
        first = (self.doses[rows] == 0) & ~gone
        self.wait[rows[first], link[first]] += 7.0
        planned = first & np.isfinite(day) & (self.first_lost_link[rows] == -1)
        self.first_lost_link[rows[planned]] = link[planned]
        self.first_planned_day[rows[planned]] = day[planned]
        self.attempts[rows] += 1
        self.order_week[rows] = week + 1

    def _by_product(self, product: Ints) -> Ints:
        return np.bincount(product, minlength=self.demand.shape[1])

    def _waiting_first(self) -> Bools:
        waiting: Bools = (self.doses == 0) & ~self.exited
        return waiting

    def discharge(self) -> Treatment:
        """The final account; who waits for a first dose and left before the horizon has left."""
        horizon = self.calendar.horizon_day
        late_exit = self._waiting_first() & (self.patients.exit_day <= horizon)
        beyond = self.first_dose_day > horizon
        still = self.open_ending >= 0
        np.add.at(self.endings, self.open_ending[still], 1)
        np.add.at(self.lost_by_link, self.open_link[still], 1)
        return Treatment(
            first_dose_day=np.where(beyond, np.inf, self.first_dose_day),
            exited=self.exited | late_exit,
            wait=self.wait,
            first_lost_link=self.first_lost_link,
            first_planned_day=self.first_planned_day,
            endings=self.endings,
            lost_by_link=self.lost_by_link,
            demand=self.demand,
            served=self.served,
            infused=self.infused,
        )
