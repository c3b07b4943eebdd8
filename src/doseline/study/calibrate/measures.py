"""What a simulation says of a target: one number from its patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.model.chance import uniform
from doseline.model.ledger import LINKS
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.world import NOWHERE
from doseline.study.calibrate.targets import COUNTS

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, Bools, Floats
    from doseline.study.calibrate.targets import Target
    from doseline.study.years.world import Years

_DAYS_PER_YEAR = 365.25


def measured(
    years: Years,
    arrivals: Arrivals,
    outcome: Outcome,
    targets: tuple[Target, ...],
    *,
    seed: int,
    scale: float = 1.0,
) -> Floats:
    """The value of each target in a simulation; NaN where nobody tells it.

    Times and shares are of the cohort's eligible patients, as in the ledger.

    Args:
        years: The network's years.
        arrivals: Their patients.
        outcome: What became of them.
        targets: What is asked.
        seed: Seed of the replication: latent imaging status is drawn for everyone.
        scale: Size of what was simulated, by which counts are divided. [unitless]
    """
    first, end = years.calendar.cohort_days
    journey: Bools = (arrivals.site == NOWHERE) & _eligible(years, arrivals, seed)
    cohort: Bools = journey & (arrivals.t0 >= first) & (arrivals.t0 < end)
    products = years.network.frame("products")["product"].to_list()
    values = []
    for target in targets:
        of = np.ones(arrivals.count, dtype=np.bool_)
        if target.product is not None:
            of = arrivals.product == products.index(target.product)
        value = _value(years, arrivals, outcome, target, (of & cohort, of & journey, of))
        values.append(value / scale if target.what in COUNTS else value)
    return np.array(values)


def _value(
    years: Years,
    arrivals: Arrivals,
    outcome: Outcome,
    target: Target,
    of: tuple[Bools, Bools, Bools],
) -> float:
    """A target's value: of the cohort, of all who make the journey, or of everyone."""
    cohort, journey, everyone = of
    treated = cohort & (outcome.fate == Fate.TREATED)
    days = outcome.first_dose_day - arrivals.t0
    if target.what == "waiting":
        return _waiting(years, arrivals, outcome, target, journey)
    if target.what == "doses_per_year":
        return float(outcome.doses[everyone].sum()) * _DAYS_PER_YEAR / years.world.horizon
    if target.what == "share_treated":
        return _mean(treated[cohort])
    if target.what == "share_within":
        return _mean((treated & (days <= (target.within_days or 0.0)))[cohort])
    if target.links:
        days = np.sum([outcome.waits.of(LINKS.index(link)) for link in target.links], axis=0)
    if target.what.endswith("doses"):
        treated &= outcome.first_dose_day + _course_days(years, arrivals) <= years.world.horizon
        days = outcome.doses.astype(np.float64)
    told: Floats = days[treated]
    if not len(told):
        return np.nan
    return float(np.median(told) if target.what.startswith("median") else told.mean())


def _waiting(
    years: Years, arrivals: Arrivals, outcome: Outcome, target: Target, of: Bools
) -> float:
    """Patients between clock start and first dose, loss or exit: on a day, or on the mean Monday."""
    first, end = years.calendar.cohort_days
    days = np.arange(first, end, 7.0)
    if target.on is not None:
        days = np.array([float((target.on - years.calendar.origin).days)])
    start, stop = np.sort(arrivals.t0[of]), np.sort(outcome.fate_day[of])
    waiting = np.searchsorted(start, days, side="right") - np.searchsorted(stop, days, side="right")
    return float(waiting.mean())


def _course_days(years: Years, arrivals: Arrivals) -> Floats:
    """Length of a full course, so that only courses that had the time to end are counted. [d]"""
    course = years.world.course
    days: Floats = (course.interval * course.cycles)[arrivals.product]
    return days


def _mean(told: Bools) -> float:
    return float(told.mean()) if len(told) else np.nan


def _eligible(years: Years, arrivals: Arrivals, seed: int) -> Bools:
    """Latent imaging status, drawn for everyone, scanned or not."""
    path = years.path
    rural = path.rural[arrivals.region].astype(np.int64)
    share = path.passes[arrivals.product, path.gate("positive"), rural]
    eligible: Bools = uniform(seed, "positive", arrivals.key) < share
    return eligible
