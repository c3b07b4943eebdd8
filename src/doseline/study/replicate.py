"""One replication: patients drawn, sent through the gates, treated week by week, and booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.chance import as_keys, mixed, uniform
from doseline.model.demand import Order, Payer
from doseline.model.ledger import LINKS
from doseline.model.opening import Course as OpeningCourse
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.simulate.booking import IN_TIME, Account, Course, book
from doseline.simulate.cohort import draw_episodes
from doseline.simulate.gates import NO_LINK, pass_gates
from doseline.simulate.weeks import Patients, treat
from doseline.study.dispatch import weekly_dispatch
from doseline.study.names import listed_key

if TYPE_CHECKING:
    from doseline.model.chance import Keys
    from doseline.model.network import Network
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.cohort import Episodes
    from doseline.simulate.gates import Journey
    from doseline.simulate.pathway import Floats, Ints, Pathway
    from doseline.simulate.weeks import Dispatch, Treatment
    from doseline.study.prepare import Prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """The account of one seed; arrays of the cohort have shape (n,), as ``account``."""

    seed: int
    account: Account
    product: Ints
    region: Ints
    payer: Ints
    t0: Floats
    not_eligible: int
    """Episodes of the cohort whose latent imaging status is negative."""
    endings: Ints
    """Doses of the horizon by ending."""
    lost_by_link: Ints
    demand: Ints
    served: Ints
    contribution: float
    """What the infusions of the horizon leave the hospitals. [currency]"""
    pet_requests: Ints
    """Requests of the horizon by scanner row."""
    scans: Ints
    """Patients of the cohort who asked for a scan, shape (scanner, payer)."""

    @property
    def in_time(self) -> int:
        """Patients of the cohort treated in time."""
        return int((self.account.ending == IN_TIME).sum())

    @property
    def share(self) -> float:
        """Share of the eligible treated in time."""
        return self.in_time / max(len(self.account.ending), 1)


def replicate(prepared: Prepared, *, seed: int, exact: Dispatch | None = None) -> Replication:
    """Run one seed through a prepared network.

    Args:
        prepared: The network.
        seed: Seed of every draw.
        exact: Serves the planned week; without it, the aggregated model does.
    """
    path, days = prepared.path, prepared.calendar
    episodes = draw_episodes(prepared.network, path, days, seed=seed)
    journey = pass_gates(episodes, path, prepared.access, seed=seed)
    patients, enrolled = _enrol(prepared, episodes, journey)
    usual = weekly_dispatch(prepared, seed=seed)
    planned = days.week_of(prepared.network.settings.plan_week)
    treatment = treat(
        patients,
        path,
        days,
        lambda week: exact if exact and week == planned else usual(week),
        seed=seed,
    )
    account = book(
        episodes,
        journey,
        _course(episodes, enrolled, treatment),
        in_time_days=path.in_time_days,
        cohort_days=days.cohort_days,
        horizon_day=days.horizon_day,
    )
    return _summary(
        prepared, seed, episodes=episodes, journey=journey, treatment=treatment, account=account
    )


def _summary(
    prepared: Prepared,
    seed: int,
    *,
    episodes: Episodes,
    journey: Journey,
    treatment: Treatment,
    account: Account,
) -> Replication:
    rows = account.episode
    first, end = prepared.calendar.cohort_days
    cohort = (episodes.t0 >= first) & (episodes.t0 < end)
    margin = prepared.participation.margin[: len(treatment.infused)]
    scanners = prepared.network.frame("scanners").height
    scans = np.zeros((scanners, prepared.network.frame("payers").height), dtype=np.int64)
    asked = cohort & (journey.scanner >= 0)
    np.add.at(scans, (journey.scanner[asked], episodes.payer[asked]), 1)
    return Replication(
        seed=seed,
        account=account,
        product=episodes.product[rows],
        region=episodes.region[rows],
        payer=episodes.payer[rows],
        t0=episodes.t0[rows],
        not_eligible=int((cohort & journey.negative).sum()),
        endings=treatment.endings,
        lost_by_link=treatment.lost_by_link,
        demand=treatment.demand,
        served=treatment.served,
        contribution=float((treatment.infused * margin).sum()),
        pet_requests=np.bincount(journey.scanner[journey.scanner >= 0], minlength=scanners),
        scans=scans,
    )


def _enrol(prepared: Prepared, episodes: Episodes, journey: Journey) -> tuple[Patients, Ints]:
    """Episodes that passed all gates, then courses under way, then orders the network lists."""
    rows = np.flatnonzero((journey.never == NO_LINK) & ~journey.negative & (journey.site >= 0))
    new = Patients(
        key=episodes.key[rows],
        product=episodes.product[rows],
        site=journey.site[rows],
        payer=episodes.payer[rows],
        doses_given=np.zeros(len(rows), np.int64),
        due_day=journey.ready_day[rows],
        exit_day=episodes.exit_day[rows],
    )
    network, path, days = prepared.network, prepared.path, prepared.calendar
    courses = courses_under_way(network, path, days)
    orders = listed_orders(network, path, days)
    everyone = _joined(new, courses, orders)
    others = len(courses.key) + len(orders.key)
    return everyone, np.concatenate([rows, np.full(others, -1)])


def courses_under_way(network: Network, path: Pathway, days: Calendar) -> Patients:
    """One patient for each course under way."""
    rows = network.rows(OpeningCourse)
    repeats = np.array([row.patients for row in rows], dtype=np.int64)
    due = np.array([float((row.next_due - days.origin).days) for row in rows])
    named = as_keys([f"{row.site}|{row.product}|{row.doses_given}|{row.next_due}" for row in rows])
    nth = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    at = np.repeat(np.arange(len(rows)), repeats)
    return _background(
        network,
        path,
        key=mixed(named[at], nth.astype(np.uint64)),
        site=[rows[row].site for row in at],
        product=[rows[row].product for row in at],
        payer=[rows[row].payer for row in at],
        doses_given=np.array([rows[row].doses_given for row in at], dtype=np.int64),
        due_day=due[at],
    )


def listed_orders(network: Network, path: Pathway, days: Calendar) -> Patients:
    """The orders that the network lists for the planned week, due so that they fall into it."""
    rows = network.rows(Order)
    week = days.week_of(network.settings.plan_week)
    product_at = {row.product: at for at, row in enumerate(network.rows(Product))}
    given = np.array([1 if row.kind == "continuing" else 0 for row in rows], dtype=np.int64)
    of = [product_at[row.product] for row in rows]
    by = path.order_by
    last = by[of, week] if 0 <= week < by.shape[1] else np.full(len(rows), np.inf)
    return _background(
        network,
        path,
        key=np.array([listed_key(row.order) for row in rows], dtype=np.uint64),
        site=[row.site for row in rows],
        product=[row.product for row in rows],
        payer=[row.payer for row in rows],
        doses_given=given,
        due_day=np.where(given == 0, last, 7.0 * week),
    )


def _background(
    network: Network,
    path: Pathway,
    *,
    key: Keys,
    site: list[str],
    product: list[str],
    payer: list[str | None],
    doses_given: Ints,
    due_day: Floats,
) -> Patients:
    site_at = {row.site: at for at, row in enumerate(network.rows(Site))}
    product_at = {row.product: at for at, row in enumerate(network.rows(Product))}
    payer_at = {row.payer: at for at, row in enumerate(network.rows(Payer))}
    products = np.array([product_at[name] for name in product], dtype=np.int64)
    return Patients(
        key=key,
        product=products,
        site=np.array([site_at[name] for name in site], dtype=np.int64),
        payer=_payers(network, path, key, products, [payer_at.get(one or "", -1) for one in payer]),
        doses_given=doses_given,
        due_day=due_day,
        exit_day=np.full(len(key), np.inf),
    )


def _payers(network: Network, path: Pathway, key: Keys, product: Ints, stated: list[int]) -> Ints:
    """The stated payer of each, else one drawn from the product's payer mix."""
    payer = np.array(stated, dtype=np.int64)
    draw = uniform(network.settings.seed, "payer", key)
    drawn = (path.payer_shares[product] <= draw[:, None]).sum(axis=1)
    last = path.payer_shares.shape[1] - 1
    chosen: Ints = np.where(payer >= 0, payer, np.minimum(drawn, last))
    return chosen


def _joined(*groups: Patients) -> Patients:
    names = ("key", "product", "site", "payer", "doses_given", "due_day", "exit_day")
    return Patients(
        **{name: np.concatenate([getattr(group, name) for group in groups]) for name in names}
    )


def _course(episodes: Episodes, enrolled: Ints, treatment: Treatment) -> Course:
    """What treatment did to each episode, those that never ordered included."""
    of = enrolled >= 0
    rows = enrolled[of]
    count = episodes.count
    first, planned = np.full(count, np.inf), np.full(count, np.inf)
    exited, lost = np.zeros(count, np.bool_), np.full(count, NO_LINK)
    wait = np.zeros((count, len(LINKS)))
    first[rows] = treatment.first_dose_day[of]
    planned[rows] = treatment.first_planned_day[of]
    exited[rows] = treatment.exited[of]
    lost[rows] = treatment.first_lost_link[of]
    wait[rows] = treatment.wait[of]
    return Course(
        first_dose_day=first,
        exited=exited,
        wait=wait,
        first_lost_link=lost,
        first_planned_day=planned,
    )
