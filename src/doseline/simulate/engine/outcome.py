"""What became of patients, doses and activity: the engine's answer, and the twin's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.world import NOWHERE

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Floats, Ints


class Fate(IntEnum):
    """How far a patient came by the horizon."""

    UNDER_WAY = 0
    """In a stage, in a line, or waiting for a first dose."""
    LOST = 1
    """Stopped by a gate."""
    NOT_ELIGIBLE = 2
    """Left at the stage POSITIVE."""
    LEFT = 3
    """Clinical exit before the first dose."""
    TREATED = 4
    """Had a first dose."""
    DONE = 5
    """Came to END."""


class Event(IntEnum):
    """What a log tells, in the order in which things happen."""

    JOINED = 1
    """A line; place: station."""
    STARTED = 2
    """A service; place: station."""
    LOST = 3
    """place: link."""
    LEFT = 4
    """The time is that of the clinical exit; place: stage, or NOWHERE while waiting for a dose."""
    NOT_ELIGIBLE = 5
    ORDERED = 6
    """place: week of the order."""
    GIVEN = 7
    """A dose was allotted; place: way. The time is the Monday."""
    ENDED = 8
    """place: how the dose ended (``model.ledger.DOSE_ENDINGS``); the time is the infusion's."""
    OWED = 9
    """No dose this week; place: link. The time is the Monday."""
    CHOSE = 10
    """place: treatment site."""
    DONE = 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Infusions:
    """One row an infusion, by week and within it in the sequence of the sharing; (infusions,)."""

    patient: Ints
    """Row of the arrivals."""
    day: Floats
    """Those beyond the horizon are told too. [d]"""
    since: Floats
    """Day from which the dose was wanted: its order's, whatever became of earlier tries. [d]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Each patient's time at each link, without columns for links at which nobody can wait."""

    days: Floats
    """Shape (n, column); columns of no link are there too. [d]"""
    column: Ints
    """Column of each link, or NOWHERE; shape (link,)."""

    def rows(self, rows: Ints | slice) -> Floats:
        """The waits of some patients, shape (rows, link). [d]"""
        used = np.flatnonzero(self.column != NOWHERE)
        days = self.days[rows][:, self.column[used]]
        told = np.zeros((len(days), len(self.column)))
        told[:, used] = days
        return told

    def of(self, link: int) -> Floats:
        """The waits at one link, shape (n,). [d]"""
        column = self.column[link]
        return np.zeros(len(self.days)) if column == NOWHERE else self.days[:, column]


def _no_infusions() -> Infusions:
    none = np.zeros(0)
    return Infusions(patient=none.astype(np.int64), day=none, since=none)


def _no_services() -> Ints:
    return np.zeros((0, 0), dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The account of one replication; patients in the order of the arrivals, shape (n,)."""

    fate: Ints
    link: Ints
    """Link of who was lost; else NOWHERE."""
    fate_day: Floats
    """Day of the loss, of leaving, of the first dose or of the end; infinite if under way. [d]"""
    stage: Ints
    """Stage that was reached last."""
    site: Ints
    station: Ints
    """Last station that was chosen, or NOWHERE."""
    first_dose_day: Floats
    """Infinite if none. [d]"""
    last_dose_day: Floats
    """Infinite if none. [d]"""
    doses: Ints
    """Infusions within the simulation."""
    courses: Ints
    """Courses begun within the simulation."""
    waits: Waits
    lost_link: Ints
    """Link that lost the first planned first dose, or NOWHERE."""
    lost_day: Floats
    """Day on which that dose would have been infused; infinite if none. [d]"""
    endings: Ints
    """Doses by product and ending, shape (product, ending). An order that no week could plan is
    counted once: when it is planned at last, withdrawn, or left open at the horizon."""
    lost_by_link: Ints
    """Doses lost, shape (link,)."""
    demand: Ints
    """Orders open, shape (week, product, kind): new, continuing."""
    served: Ints
    """Infusions by week of order, same shape."""
    infused: Ints
    """Infusions, shape (site, product, payer)."""
    run_doses: Ints
    """Doses allotted and made, shape (week, run)."""
    run_failed: Ints
    """0 or 1: the run was made and failed or was not released, shape (week, run)."""
    waiting: Ints
    """Patients in the lines of all stations on each Monday, shape (week,)."""
    activity: Floats
    """Shape (product, 6): made, decayed in transit, decayed waiting, infused, residual, waste.
    The first is the sum of the others. [GBq]"""
    isotope: Floats
    """Shape (pool, 2): delivered and drawn, at reference time. [GBq]"""
    infusions: Infusions = field(default_factory=_no_infusions)
    services: Ints = field(default_factory=_no_services)
    """Services begun, shape (week, station); those before the first Monday in the first week."""
    events: int
    """Entities taken from the calendar and orders handled."""
    log: tuple[tuple[float, int, int, int], ...] = ()
    """Time, patient, ``Event`` and place, in order; kept only where asked for."""

    @property
    def wait(self) -> Floats:
        """Time at each link, shape (n, link), made anew each time. [d]"""
        return self.waits.rows(slice(None))
