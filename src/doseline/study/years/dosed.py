"""When the doses of years were given: each patient's spread from the first to the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Dosed:
    """One row an infusion; arrays have shape (infusions,).

    The engine keeps a patient's first and last day and the number of doses. The days between are
    taken to be even, which holds unless a dose was held or a second course began; so a dose near
    New Year may be counted a year off, but none is lost.
    """

    patient: Ints
    """Row of the arrivals."""
    site: Ints
    product: Ints
    payer: Ints
    day: Floats
    """[d]"""
    first: Ints
    """1 for the first dose ever of a patient, else 0."""


def dosed(arrivals: Arrivals, outcome: Outcome, interval: Floats) -> Dosed:
    """The infusions of a replication, by patient.

    Args:
        arrivals: The patients.
        outcome: What became of them.
        interval: Days between doses of each product, for those who came with doses before. [d]
    """
    doses = outcome.doses
    patient = np.repeat(np.arange(arrivals.count), doses)
    nth = np.arange(len(patient)) - np.repeat(np.cumsum(doses) - doses, doses)
    known = np.isfinite(outcome.first_dose_day)
    span = np.where(known, outcome.last_dose_day - np.where(known, outcome.first_dose_day, 0.0), 0)
    even = np.divide(span, doses - 1, out=np.zeros_like(span), where=doses > 1)
    gap = np.where(known, even, interval[arrivals.product])
    after = (doses[patient] - 1 - nth) * gap[patient]
    return Dosed(
        patient=patient,
        site=outcome.site[patient],
        product=arrivals.product[patient],
        payer=arrivals.payer[patient],
        day=np.maximum(outcome.last_dose_day[patient] - after, 0.0),
        first=((nth == 0) & known[patient]).astype(np.int64),
    )


def calendar_year(origin: date, day: Floats) -> Ints:
    """The calendar year of each day, counted from a first day. [a]"""
    days = np.datetime64(origin) + np.floor(day).astype(np.int64)
    years: Ints = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return years
