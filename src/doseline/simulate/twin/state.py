"""What the twin keeps in mind: patients, lines, servers, order lists and the account."""

from __future__ import annotations

import heapq
import math
from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import LINKS
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.world import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.engine.policies import Policies
    from doseline.simulate.engine.world import Arrivals, Floats, Ints, World
    from doseline.simulate.twin.account import Account
    from doseline.simulate.twin.draws import Draws

_WEEKS_TOLD = 8
"""Weeks whose orders a policy of ordering is told, and among which it chooses."""


@dataclass(slots=True, eq=False)
class Patient:
    """A patient: who it is, where it stands, and what became of it."""

    row: int
    key: int
    product: int
    region: int
    payer: int
    rural: int
    exit_day: float
    given: int
    site: int
    fate: Fate = Fate.UNDER_WAY
    link: int = NOWHERE
    fate_day: float = math.inf
    stage: int = 0
    station: int = NOWHERE
    wait: list[float] = field(default_factory=lambda: [0.0] * len(LINKS))

    joined: float | None = None
    """Since when it stands in a line; None if in none. [d]"""
    delay_ends: float | None = None
    """When the running delay ends; None if none runs. [d]"""
    then: Callable[[Patient, float], None] | None = None
    """What its event on the calendar means."""

    order_week: int | None = None
    """The list on which it waits for a dose; None if on none."""
    due: float = 0.0
    """Day from which the first dose of the course could be ordered. [d]"""
    since: float = 0.0
    """Day from which the next dose could be given. [d]"""
    course: int = 1
    doses_in_course: int = 0
    attempts: int = 0
    """Weeks in which the next dose was ordered and not infused."""
    waited: float = 0.0
    """Time since then that is booked to the links that kept it from being infused. [d]"""
    open_link: int = NOWHERE
    """Link that kept the open order from being planned last week; NOWHERE if it was planned."""

    doses: int = 0
    courses: int = 0
    first_dose_day: float = math.inf
    last_dose_day: float = math.inf
    lost_link: int = NOWHERE
    lost_day: float = math.inf

    @property
    def never_treated(self) -> bool:
        """Whether it has had no dose ever."""
        return self.first_dose_day == math.inf and self.given == 0


@dataclass(slots=True, eq=False)
class Server:
    """One server of a station; a held patient goes on when the service ends."""

    number: int
    station: int
    busy: bool = False
    held: Patient | None = None


@dataclass(slots=True, eq=False)
class Line:
    """The servers of a station and who waits for them."""

    station: int
    servers: list[Server]
    waiting: deque[Patient] = field(default_factory=deque)

    def idle(self) -> Server | None:
        """The idle server with the lowest number, or None."""
        return next((server for server in self.servers if not server.busy), None)


@dataclass(slots=True, eq=False)
class State:
    """Everything that changes, and the world in which it does."""

    world: World
    policies: Policies
    draws: Draws
    account: Account
    patients: list[Patient]
    lines: list[Line]
    servers: list[Server]
    lists: list[list[Patient]]
    """Who waits for a dose, by week of the order."""
    log_room: int
    log: list[tuple[float, int, int, int]] = field(default_factory=list)
    weeks_begun: int = 0
    _calendar: list[tuple[float, int]] = field(default_factory=list)

    def number(self, purpose: str, patient: Patient) -> float:
        """A patient's own random number."""
        return self.draws.number(purpose, patient.key)

    def tell(self, day: float, patient: Patient, event: Event, place: int = NOWHERE) -> None:
        """Write a line of the log while there is room for it."""
        if len(self.log) < self.log_room:
            self.log.append((float(day), patient.row, int(event), int(place)))

    def expect_patient(self, day: float, patient: Patient) -> None:
        """An event of a patient."""
        heapq.heappush(self._calendar, (day, patient.row))

    def expect_server(self, day: float, server: Server) -> None:
        """An event of a server; servers come after patients at the same time."""
        heapq.heappush(self._calendar, (day, len(self.patients) + server.number))

    def next_event(self, before: float) -> tuple[float, int] | None:
        """Take the first event before a day from the calendar: its day and entity."""
        if self._calendar and self._calendar[0][0] < before:
            return heapq.heappop(self._calendar)
        return None

    def lose(self, patient: Patient, link: int, day: float) -> None:
        """A gate stops a patient."""
        patient.fate, patient.link, patient.fate_day = Fate.LOST, int(link), day
        self.tell(day, patient, Event.LOST, link)

    def leave(self, patient: Patient, stage: int = NOWHERE) -> None:
        """The clinical exit, told when it is noticed."""
        patient.fate, patient.fate_day = Fate.LEFT, patient.exit_day
        self.tell(patient.exit_day, patient, Event.LEFT, stage)

    def enlist(self, patient: Patient, week: int) -> None:
        """Put a patient on the list of a week; one beyond the horizon is on no list."""
        patient.order_week = week if week < self.world.weeks else None
        if patient.order_week is not None:
            self.lists[week].append(patient)

    def order(self, patient: Patient, earliest: int) -> None:
        """Order a new dose: the policy says how many weeks after the earliest one."""
        later = 0
        if earliest < self.world.weeks:
            kind = 0 if patient.doses_in_course == 0 else 1
            listed = self._listed(patient.site, earliest)
            size = float(self.world.sites.places.size[patient.site])
            later = int(self.policies.ordering(kind, listed, size))
        self.enlist(patient, earliest + min(max(later, 0), _WEEKS_TOLD - 1))

    def _listed(self, site: int, first: int) -> Floats:
        """Orders of a site on the lists of a week and of those after it."""
        lists = self.lists[first : first + _WEEKS_TOLD]
        listed = np.zeros(_WEEKS_TOLD)
        listed[: len(lists)] = [sum(one.site == site for one in waiting) for waiting in lists]
        return listed

    def week_of_order(self, product: int, day: float, *, by_then: bool = True) -> int:
        """The first week yet to come whose doses can be ordered on a day, or the horizon's.

        Args:
            product: Product.
            day: Day of the order. [d]
            by_then: Whether the last day for orders counts; not for orders of before the start.
        """
        for week in range(self.weeks_begun, self.world.weeks):
            can_order = not by_then or self.world.course.order_by[product, week] >= day
            if can_order and 7.0 * week >= day:
                return week
        return self.world.weeks


def state_of(
    world: World,
    arrivals: Arrivals,
    *,
    policies: Policies,
    draws: Draws,
    account: Account,
    log_room: int,
) -> State:
    """The state before anything happens."""
    firsts = [0, *_running(world.stations.servers)]
    servers = [
        Server(number, station)
        for station, (begin, end) in enumerate(pairwise(firsts))
        for number in range(begin, end)
    ]
    return State(
        world=world,
        policies=policies,
        draws=draws,
        account=account,
        patients=[_patient(world, arrivals, row) for row in range(arrivals.count)],
        lines=[
            Line(station, servers[begin:end])
            for station, (begin, end) in enumerate(pairwise(firsts))
        ],
        servers=servers,
        lists=[[] for _ in range(world.weeks)],
        log_room=log_room,
    )


def _running(counts: Ints) -> list[int]:
    total, sums = 0, []
    for count in counts:
        total += int(count)
        sums.append(total)
    return sums


def _patient(world: World, arrivals: Arrivals, row: int) -> Patient:
    region = int(arrivals.region[row])
    return Patient(
        row=row,
        key=int(arrivals.key[row]),
        product=int(arrivals.product[row]),
        region=region,
        payer=int(arrivals.payer[row]),
        rural=int(world.rural[region]),
        exit_day=float(arrivals.exit_day[row]),
        given=int(arrivals.given[row]),
        site=int(arrivals.site[row]),
        doses_in_course=int(arrivals.given[row]),
    )
