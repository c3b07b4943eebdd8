"""The patient account: each eligible episode in one class, each loss at one link (4-ledger)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import CLASSES, LINKS
from doseline.simulate.gates import NO_LINK

if TYPE_CHECKING:
    from doseline.simulate.cohort import Episodes
    from doseline.simulate.gates import Journey
    from doseline.simulate.pathway import Bools, Floats, Ints

IN_TIME, LATE, NEVER, CLINICAL_EXIT, OPEN = range(len(CLASSES))

_ORDERING, _SCHEDULING = LINKS.index("ordering_rules"), LINKS.index("patient_scheduling")
_AS_THEY_COME = np.insert(np.delete(np.arange(len(LINKS)), _SCHEDULING), _ORDERING, _SCHEDULING)
"""Links in the order of a patient's days: scheduling is last in the list, but before ordering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Class and booking of each eligible episode of the cohort; arrays have shape (n,)."""

    episode: Ints
    """Row among all episodes."""
    ending: Ints
    """Index into CLASSES."""
    link: Ints
    """Link the loss is booked to, or NO_LINK (treated in time, open, or a clinical exit that no
    link caused)."""
    days: Floats
    """T0 to first dose; infinite if none. [d]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What treatment did to each episode (those that never ordered included); shape (n,)."""

    first_dose_day: Floats
    exited: Bools
    wait: Floats
    first_lost_link: Ints
    first_planned_day: Floats


def book(
    episodes: Episodes,
    journey: Journey,
    course: Course,
    *,
    in_time_days: Ints,
    cohort_days: tuple[float, float],
    horizon_day: float,
) -> Account:
    """Put every eligible episode of the cohort into one class and book its loss to one link.

    Args:
        episodes: All episodes; only those whose clock starts in ``cohort_days`` are booked.
        journey: The gates before ordering.
        course: The weeks after it.
        in_time_days: W of each product. [d]
        cohort_days: First day, and first day after. [d]
        horizon_day: End of follow-up. [d]
    """
    first, end = cohort_days
    rows = np.flatnonzero((episodes.t0 >= first) & (episodes.t0 < end) & ~journey.negative)
    t0, exit_day = episodes.t0[rows], episodes.exit_day[rows]
    days = course.first_dose_day[rows] - t0
    deadline = in_time_days[episodes.product[rows]]
    never_link = journey.never[rows]

    ending = np.full(len(rows), OPEN)
    treated = np.isfinite(days)
    ending[treated] = np.where(days[treated] <= deadline[treated], IN_TIME, LATE)
    stopped = (never_link != NO_LINK) & (journey.never_day[rows] <= horizon_day)
    ending[stopped] = NEVER
    before_gate = exit_day < np.where(stopped, journey.never_day[rows], journey.ready_day[rows])
    left = (course.exited[rows] | before_gate) & ~treated & (exit_day <= horizon_day)
    ending[left & (~stopped | before_gate)] = CLINICAL_EXIT

    lost = np.flatnonzero((ending == LATE) | (ending == CLINICAL_EXIT))
    who, lived = rows[lost], (exit_day - t0)[lost]
    wait = _elapsed(journey.wait[who] + course.wait[who], lived, ending[lost])
    excess = wait - journey.standard[who]
    slowest = np.argmax(excess, axis=1)
    caused = (ending[lost] == LATE) | (excess.max(axis=1) > 0)
    started = _chain_started(course, who, (t0 + deadline)[lost])
    link = np.full(len(rows), NO_LINK)
    link[ending == NEVER] = never_link[ending == NEVER]
    link[lost[caused]] = np.where(started, course.first_lost_link[who], slowest)[caused]
    return Account(episode=rows, ending=ending, link=link, days=days)


def _elapsed(wait: Floats, lived: Floats, ending: Ints) -> Floats:
    """Time at each link until the clinical exit: links as they come, cut where life ends."""
    passing = wait[:, _AS_THEY_COME]
    before = np.cumsum(passing, axis=1) - passing
    cut = np.empty_like(wait)
    cut[:, _AS_THEY_COME] = np.clip(lived[:, None] - before, 0.0, passing)
    elapsed: Floats = np.where((ending == CLINICAL_EXIT)[:, None], cut, wait)
    return elapsed


def _chain_started(course: Course, rows: Ints, deadline: Floats) -> Bools:
    """Whether a lost dose would have been in time: then its loss started the chain (rule 4)."""
    planned = course.first_planned_day[rows]
    started: Bools = (course.first_lost_link[rows] != NO_LINK) & (planned <= deadline)
    return started


def link_counts(account: Account) -> Ints:
    """Episodes by link and class, shape (len(LINKS) + 1, len(CLASSES)); last row: no link."""
    table = np.zeros((len(LINKS) + 1, len(CLASSES)), dtype=np.int64)
    np.add.at(table, (account.link, account.ending), 1)
    return table


def share_in_time(account: Account, product: Ints, products: int, days: Ints) -> Floats:
    """Share of the eligible treated within each number of days, shape (product, days).

    Args:
        account: The patient account.
        product: Product of each episode of the account, shape (n,).
        products: Number of products.
        days: The values of W. [d]
    """
    shares = np.zeros((products, len(days)))
    for row in range(products):
        of = account.days[product == row]
        if len(of):
            shares[row] = (of[:, None] <= days[None, :]).mean(axis=0)
    return shares
