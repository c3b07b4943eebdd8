"""The simulation again, one patient at a time, in plain Python: slow, and easy to read.

Written from the ledger's definitions and the docstrings. Only the random numbers are shared, since
a twin must be sent through the same fate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.chance import mixed, uniform
from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.weeks import CONTINUING, NEW, Orders

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.calendar import Calendar
    from doseline.simulate.gates import Journey
    from doseline.simulate.pathway import Pathway
    from doseline.simulate.weeks import Dispatch, Outcome, Patients

IN_ORDER_OF_TIME = (
    *LINKS[: LINKS.index("ordering_rules")],
    "patient_scheduling",
    *LINKS[LINKS.index("ordering_rules") : -1],
)
"""A patient schedules before ordering, although the link stands last in the list."""


@dataclass(slots=True, kw_only=True)
class Patient:
    """One patient in treatment."""

    row: int
    key: int
    product: int
    doses: int
    due: float
    exit_day: float
    order_week: int | None
    attempts: int = 0
    first_dose_day: float = math.inf
    exited: bool = False
    wait: dict[str, float] = field(default_factory=dict)
    first_lost: str | None = None
    first_planned_day: float = math.inf
    began: float = 0.0
    open_order: tuple[str, str] | None = None
    """How an order that no week could plan yet would end, and the link that left it."""

    @property
    def kind(self) -> int:
        """New start or continuing course."""
        return NEW if self.doses == 0 else CONTINUING

    def waits(self, link: str, days: float) -> None:
        """Add waiting at a link."""
        self.wait[link] = self.wait.get(link, 0.0) + days


class WardTwin:
    """Treats patients week by week, one at a time."""

    def __init__(self, patients: Patients, path: Pathway, calendar: Calendar, *, seed: int) -> None:
        self.path, self.calendar, self.seed, self.table = path, calendar, seed, patients
        self.patients = [self._admit(row) for row in range(len(patients.key))]
        self.endings = dict.fromkeys(DOSE_ENDINGS, 0)
        self.lost_by_link = dict.fromkeys(LINKS, 0)
        self.demand: dict[tuple[int, int], int] = {}
        self.served: dict[tuple[int, int], int] = {}
        self.infused: dict[tuple[int, int, int], int] = {}

    def _admit(self, row: int) -> Patient:
        table, product = self.table, int(self.table.product[row])
        due, new = float(table.due_day[row]), table.doses_given[row] == 0
        if new:  # the first week that can still be ordered
            week = 0
            closing = self.path.order_by[product]
            while week < len(closing) and closing[week] < due:
                week += 1
        else:  # the week of the day on which it is due
            week = math.floor(due / 7.0)
        return Patient(
            row=row,
            key=int(table.key[row]),
            product=product,
            doses=int(table.doses_given[row]),
            due=due,
            began=due,
            exit_day=float(table.exit_day[row]),
            order_week=max(week, 0),
        )

    def treat(self, dispatch: Callable[[int], Dispatch]) -> None:
        """All weeks in turn, then the end of follow-up."""
        for week in range(self.calendar.weeks):
            ordering = self._who_orders(week)
            orders = self._orders(week, ordering)
            outcome = dispatch(week)(orders)
            for nth, patient in enumerate(ordering):
                self._settle(week, patient, outcome, nth)
        for patient in self.patients:
            if patient.open_order is not None:
                ending, link = patient.open_order
                self.endings[ending] += 1
                self.lost_by_link[link] += 1
            untreated = patient.doses == 0
            if untreated and patient.exit_day <= self.calendar.horizon_day:
                patient.exited = True
            if patient.first_dose_day > self.calendar.horizon_day:
                patient.first_dose_day = math.inf

    def _who_orders(self, week: int) -> list[Patient]:
        ordering = []
        for patient in self.patients:
            if patient.order_week != week:
                continue
            if patient.doses == 0 and patient.exit_day <= 7.0 * week:
                patient.exited, patient.order_week = True, None
                if patient.open_order is not None:
                    self.endings["withdrawn"] += 1
                    patient.open_order = None
            else:
                ordering.append(patient)
        # Continuing courses first, then whoever has waited longest.
        return sorted(ordering, key=lambda one: (-one.kind, one.due, one.key))

    def _orders(self, week: int, ordering: list[Patient]) -> Orders:
        rows = np.array([one.row for one in ordering], dtype=np.int64)
        turn = np.array([one.doses * 1000 + one.attempts for one in ordering], dtype=np.uint64)
        return Orders(
            week=week,
            patient=rows,
            patient_key=self.table.key[rows],
            key=mixed(self.table.key[rows], turn),
            site=self.table.site[rows],
            product=self.table.product[rows],
            payer=self.table.payer[rows],
            kind=np.array([one.kind for one in ordering], dtype=np.int64),
            since=np.array([one.due for one in ordering]),
            exit_day=np.array([one.exit_day if one.doses == 0 else math.inf for one in ordering]),
        )

    def _settle(self, week: int, patient: Patient, outcome: Outcome, nth: int) -> None:
        ending, day = DOSE_ENDINGS[outcome.ending[nth]], float(outcome.day[nth])
        infused = ending in {"infused", "infused_late"}
        # Who has left before the day of the first dose cannot lose it to the supply.
        gone = patient.doses == 0 and math.isfinite(day) and patient.exit_day < day
        cell = week, patient.product
        self.demand[cell] = self.demand.get(cell, 0) + 1
        if math.isinf(day):  # not planned: the order stays open and is counted when it ends
            patient.open_order = ending, LINKS[outcome.link[nth]]
        else:
            patient.open_order = None
            self.endings["withdrawn" if infused and gone else ending] += 1
        if infused and gone:
            patient.exited, patient.order_week = True, None
        elif infused:
            self.served[cell] = self.served.get(cell, 0) + 1
            place = int(self.table.site[patient.row]), patient.product
            payer = int(self.table.payer[patient.row])
            self.infused[*place, payer] = self.infused.get((*place, payer), 0) + 1
            self._infuse(week, patient, day)
        else:
            self._owe(week, patient, LINKS[outcome.link[nth]], day, gone=gone)

    def _infuse(self, week: int, patient: Patient, day: float) -> None:
        if patient.doses == 0:
            patient.first_dose_day = day
            patient.waits("ordering_rules", day - patient.began - 7.0 * patient.attempts)
        patient.doses += 1
        patient.attempts = 0
        key = mixed(np.array([patient.key], np.uint64), np.array([patient.doses], np.uint64))
        chance = self.path.continues[patient.product, patient.doses - 1]
        goes_on = uniform(self.seed, "next cycle", key)[0] < chance
        patient.due = day + float(self.path.interval_days[patient.product])
        if goes_on and patient.doses < self.path.cycles_max[patient.product]:
            patient.order_week = max(math.floor(patient.due / 7.0), week + 1)
        else:
            patient.order_week = None

    def _owe(self, week: int, patient: Patient, link: str, day: float, *, gone: bool) -> None:
        if math.isfinite(day):
            self.lost_by_link[link] += 1
        if patient.doses == 0 and not gone:
            patient.waits(link, 7.0)
            if math.isfinite(day) and patient.first_lost is None:
                patient.first_lost, patient.first_planned_day = link, day
        patient.attempts += 1
        patient.order_week = week + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """All that the ledger may know of one eligible episode."""

    t0: float
    exit_day: float
    in_time_days: float
    never: str | None
    never_day: float
    wait: dict[str, float]
    standard: dict[str, float]
    first_dose_day: float
    first_lost: str | None
    first_planned_day: float


def book(life: Life, horizon_day: float) -> tuple[str, str | None]:
    """Class and link of one eligible episode, rule by rule (4-ledger, Booking)."""
    deadline = life.t0 + life.in_time_days
    if math.isfinite(life.first_dose_day):
        if life.first_dose_day <= deadline:
            return "in_time", None
        return "late", _slowest(life, life.wait, deadline)
    if life.exit_day <= horizon_day and life.exit_day < life.never_day:
        lived = _until_exit(life)
        exceeded = any(lived[link] > life.standard[link] for link in LINKS)
        return "clinical_exit", _slowest(life, lived, deadline) if exceeded else None
    if life.never is not None and life.never_day <= horizon_day:
        return "never", life.never
    return "open", None


def _slowest(life: Life, wait: dict[str, float], deadline: float) -> str:
    """The link that exceeds its standard the most, unless a lost dose started the chain."""
    if life.first_lost is not None and life.first_planned_day <= deadline:
        return life.first_lost
    # max() keeps the first of equals: ties go upstream.
    return max(LINKS, key=lambda link: wait.get(link, 0.0) - life.standard[link])


def _until_exit(life: Life) -> dict[str, float]:
    """Time at each link that had passed when the patient left."""
    left = life.exit_day - life.t0
    lived = {}
    for link in IN_ORDER_OF_TIME:
        lived[link] = min(life.wait.get(link, 0.0), max(left, 0.0))
        left -= life.wait.get(link, 0.0)
    return lived


def standards(journey: Journey, row: int) -> dict[str, float]:
    """Standard of each link for one episode. [d]"""
    return {link: float(journey.standard[row, at]) for at, link in enumerate(LINKS)}
