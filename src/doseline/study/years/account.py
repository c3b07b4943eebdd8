"""The account of one replication of years: the ledger's classes and bookings, and its frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.chance import uniform
from doseline.model.ledger import LINKS
from doseline.simulate.booking import Account, Course, book
from doseline.simulate.cohort import Episodes
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.world import NOWHERE
from doseline.simulate.gates import NO_LINK, ORDERING_SLACK_DAYS, Journey
from doseline.study.replicate import Replication
from doseline.study.years.conserved import check_conserved
from doseline.study.years.dosed import counts_of
from doseline.study.years.frames import Told, frames_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals
    from doseline.simulate.pathway import Bools, Floats, Ints
    from doseline.study.years.world import Years

_AT_ONCE = 50_000
"""Patients booked at once: bounds the memory that their times at each link take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearAccount:
    """What one replication of years came to."""

    cohort: Replication
    """The patients whose clock starts after the warm-up and who can be followed to the end, with
    the doses of the whole horizon; the frames of ``study.ledger`` read it."""
    frames: Mapping[str, pl.DataFrame]
    """By name; columns are told in :mod:`doseline.study.years.frames`."""
    events: int
    """Events that the engine handled."""

    @property
    def seed(self) -> int:
        """Seed of the replication."""
        return self.cohort.seed

    @property
    def share(self) -> float:
        """Share of the eligible of the cohort treated in time. [unitless]"""
        return self.cohort.share


def account_of(years: Years, arrivals: Arrivals, outcome: Outcome, *, seed: int) -> YearAccount:
    """Book an outcome by the definitions of the ledger.

    Args:
        years: The network's years.
        arrivals: Their patients.
        outcome: What became of them.
        seed: Seed of the replication: latent imaging status is drawn for everyone.

    Raises:
        NotConservedError: If a patient, a dose or activity is not accounted for.
    """
    check_conserved(years.world, arrivals, outcome)
    first, end = years.calendar.cohort_days
    in_cohort = (arrivals.site == NOWHERE) & (arrivals.t0 >= first) & (arrivals.t0 < end)
    negative = _negative(years, arrivals, seed)
    rows = np.flatnonzero(in_cohort & ~negative)
    account = _booked(years, arrivals, outcome, rows)
    replication = Replication(
        seed=seed,
        account=account,
        product=arrivals.product[rows],
        region=arrivals.region[rows],
        payer=arrivals.payer[rows],
        t0=arrivals.t0[rows],
        not_eligible=int((in_cohort & negative).sum()),
        endings=outcome.endings.sum(axis=0),
        lost_by_link=outcome.lost_by_link,
        demand=outcome.demand.sum(axis=2),
        served=outcome.served.sum(axis=2),
        contribution=float((outcome.infused * years.margin).sum()),
        pet_requests=_by_scanner(years, outcome.station),
        scans=_scans(years, arrivals, outcome, in_cohort),
    )
    told = Told(years=years, arrivals=arrivals, outcome=outcome, cohort=replication)
    return YearAccount(cohort=replication, frames=frames_of(told), events=outcome.events)


def _negative(years: Years, arrivals: Arrivals, seed: int) -> Bools:
    """Latent imaging status of everyone, scanned or not."""
    path = years.path
    rural = path.rural[arrivals.region].astype(np.int64)
    share = path.passes[arrivals.product, path.gate("positive"), rural]
    negative: Bools = uniform(seed, "positive", arrivals.key) >= share
    return negative


def _booked(years: Years, arrivals: Arrivals, outcome: Outcome, rows: Ints) -> Account:
    """The patient account of some arrivals, in their order."""
    parts = [
        _book(years, arrivals, outcome, rows[start : start + _AT_ONCE])
        for start in range(0, max(len(rows), 1), _AT_ONCE)
    ]
    return Account(
        episode=rows,
        ending=np.concatenate([one.ending for one in parts]),
        link=np.concatenate([one.link for one in parts]),
        days=np.concatenate([one.days for one in parts]),
    )


def _book(years: Years, arrivals: Arrivals, outcome: Outcome, rows: Ints) -> Account:
    """Book eligible patients, from what the engine says in the words of ``simulate.booking``."""
    count = len(rows)
    product, payer = arrivals.product[rows], arrivals.payer[rows]
    lost = outcome.fate[rows] == Fate.LOST
    episodes = Episodes(
        key=arrivals.key[rows],
        product=product,
        region=arrivals.region[rows],
        payer=payer,
        t0=arrivals.t0[rows],
        exit_day=arrivals.exit_day[rows],
    )
    journey = Journey(
        never=np.where(lost, outcome.link[rows], NO_LINK),
        never_day=np.where(lost, outcome.fate_day[rows], np.inf),
        negative=np.zeros(count, dtype=np.bool_),
        site=outcome.site[rows],
        scanner=outcome.station[rows],
        # The engine itself lets those leave whose exit comes before a gate.
        ready_day=np.full(count, -np.inf),
        wait=outcome.waits.rows(rows),
        standard=_standards(years, product, payer),
    )
    course = Course(
        first_dose_day=outcome.first_dose_day[rows],
        exited=outcome.fate[rows] == Fate.LEFT,
        wait=np.zeros((count, 1)),
        first_lost_link=outcome.lost_link[rows],
        first_planned_day=outcome.lost_day[rows],
    )
    return book(
        episodes,
        journey,
        course,
        in_time_days=years.path.in_time_days,
        cohort_days=(-np.inf, np.inf),
        horizon_day=years.calendar.horizon_day,
    )


def _standards(years: Years, product: Ints, payer: Ints) -> Floats:
    """Standard of each link for each patient, shape (n, link). [d]"""
    path, journey = years.path, years.world.journey
    of_product = np.zeros((len(path.interval_days), len(LINKS)))
    for row, stage in np.argwhere(journey.link >= 0):
        at = row, journey.link[row, stage]
        of_product[at] = max(of_product[at], journey.standard[row, stage])
    of_product[:, LINKS.index("ordering_rules")] = path.order_lead_days + ORDERING_SLACK_DAYS
    standard: Floats = of_product[product]
    standard[:, LINKS.index("authorisation_time")] = path.authorisation_standard[payer]
    return standard


def _by_scanner(years: Years, station: Ints) -> Ints:
    return np.bincount(station[station >= 0], minlength=len(years.world.stations.servers))


def _scans(years: Years, arrivals: Arrivals, outcome: Outcome, in_cohort: Bools) -> Ints:
    """Patients of the cohort who asked for a scan, shape (scanner, payer)."""
    shape = len(years.world.stations.servers), len(years.world.payers.denied)
    asked = in_cohort & (outcome.station >= 0)
    return counts_of(shape, outcome.station[asked], arrivals.payer[asked])
