"""Small worlds to send patients through: demand, gates, and dispatchers that fail on purpose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.catalogue import BY_NAME, TABLES
from doseline.model.chance import uniform
from doseline.model.demand import GATES
from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.model.network import DTYPES, Network, Settings, empty_frame
from doseline.simulate.calendar import calendar
from doseline.simulate.catchment import Catchment
from doseline.simulate.cohort import Episodes
from doseline.simulate.gates import NO_LINK, Access, Journey
from doseline.simulate.pathway import Pathway
from doseline.simulate.weeks import Outcome, Patients

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.calendar import Calendar
    from doseline.simulate.weeks import Dispatch, Orders

LINK = {name: at for at, name in enumerate(LINKS)}
ENDING = {name: at for at, name in enumerate(DOSE_ENDINGS)}
START = date(2026, 4, 6)
WEEKS = 60
"""More weeks than any calendar here has."""


def a_calendar(*, warm_up: int = 2, cohort: int = 3, in_time_days: int = 84) -> Calendar:
    return calendar(
        cohort_start=START, cohort_weeks=cohort, warm_up_weeks=warm_up, in_time_days=in_time_days
    )


def a_pathway(**changes: Any) -> Pathway:
    """Two products, two payers, two regions; everybody passes at once unless changed."""
    gates = (2, len(GATES))
    zero = np.zeros(2)
    path = Pathway(
        passes=np.ones((*gates, 2)),
        median_days=np.zeros(gates),
        sigma=np.zeros(gates),
        standard_days=np.zeros(gates),
        max_km=np.full(gates, np.inf),
        payer_shares=np.array([[0.5, 1.0], [0.2, 1.0]]),
        denied=zero,
        cannot_pay=zero,
        authorisation_median=zero,
        authorisation_sigma=zero,
        authorisation_standard=zero,
        in_time_days=np.array([84, 112]),
        interval_days=np.array([42, 56]),
        cycles_max=np.array([6, 4]),
        continues=np.repeat([[0.75], [0.9]], 6, axis=1),
        exit_median_days=np.array([300.0, 200.0]),
        **leads(5, 7),
        rural=np.array([False, True]),
    )
    return replace(path, **changes)


def leads(*days: float) -> dict[str, np.ndarray]:
    """Doses ordered so many days before the Monday of their week, by product."""
    lead = np.array(days, dtype=np.float64)
    return {"order_lead_days": lead, "order_by": 7.0 * np.arange(WEEKS) - lead[:, None]}


def a_random_pathway(rng: np.random.Generator) -> Pathway:
    """Gates that stop some and take their time; cut-offs and continuation of all kinds."""
    gates = (2, len(GATES))
    # Cut-offs some days before the week; now and then a holiday moves one earlier still.
    ahead = rng.uniform(0.0, 12.0, (2, 1)) + rng.uniform(0.0, 9.0, (2, WEEKS)) * (
        rng.random((2, WEEKS)) < 0.2
    )
    return a_pathway(
        passes=rng.uniform(0.8, 1.0, (*gates, 2)),
        median_days=rng.uniform(0.0, 20.0, gates),
        sigma=rng.uniform(0.0, 1.0, gates),
        standard_days=rng.integers(0, 21, gates).astype(np.float64),
        max_km=np.where(rng.random(gates) < 0.5, np.inf, rng.uniform(200, 600, gates)),
        denied=rng.uniform(0, 0.2, 2),
        cannot_pay=rng.uniform(0, 0.2, 2),
        authorisation_median=rng.uniform(0, 15, 2),
        authorisation_sigma=rng.uniform(0, 1, 2),
        authorisation_standard=np.array([0.0, 7.0]),
        exit_median_days=rng.uniform(10.0, 200.0, 2),
        continues=rng.uniform(0.3, 1.0, (2, 6)),
        order_by=7.0 * np.arange(WEEKS) - ahead,
        order_lead_days=rng.uniform(0.0, 12.0, 2),
    )


def an_access(**changes: Any) -> Access:
    """Two sites and two scanners that all can reach, and that nothing limits."""
    near = Catchment(
        places=np.array([[0, 1], [1, 0]]),
        km=np.array([[10.0, 100.0], [20.0, 200.0]]),
        size=np.array([2.0, 1.0]),
    )
    access = Access(
        sites=near,
        scanners=(near, near),
        scanner_rate_per_day=np.array([1e6, 1e6]),
        scanner_from=np.full(2, -np.inf),
        offers=np.ones((2, 2, 2), np.bool_),
        listed_from=np.full((2, 2), -np.inf),
        blocked=np.full((1, 2, 2), NO_LINK),
    )
    return replace(access, **changes)


def a_random_access(rng: np.random.Generator) -> Access:
    """Places in another order for each region, some missing, some shut, some refusing."""

    def somewhere() -> Catchment:
        places = np.array([rng.permutation(2), rng.permutation(2)])
        km = np.sort(rng.uniform(5, 400, (2, 2)), axis=1)
        if rng.random() < 0.3:
            places[1, 1], km[1, 1] = -1, np.inf
        return Catchment(places=places, km=km, size=rng.uniform(0.5, 3.0, 2))

    shut = (int(rng.integers(1, 12)), 2, 2)
    links = np.array([LINK["no_suite"], LINK["licence_or_possession"]])
    return an_access(
        sites=somewhere(),
        scanners=(somewhere(), somewhere()),
        scanner_rate_per_day=rng.uniform(0.5, 3.0, 2),
        scanner_from=rng.choice([-np.inf, 20.0, np.inf], 2, p=[0.7, 0.2, 0.1]),
        offers=rng.random((2, 2, 2)) < 0.8,
        listed_from=rng.choice([-np.inf, 40.0, 60.0, np.inf], (2, 2), p=[0.6, 0.15, 0.15, 0.1]),
        blocked=np.where(rng.random(shut) < 0.1, rng.choice(links, shut), NO_LINK),
    )


def episodes_at(t0: list[float], **changes: Any) -> Episodes:
    """One episode a clock start: product 0, region 0, payer 0, no clinical exit."""
    count = len(t0)
    zero = np.zeros(count, np.int64)
    episodes = Episodes(
        key=np.arange(1, count + 1, dtype=np.uint64),
        product=zero,
        region=zero,
        payer=zero,
        t0=np.array(t0, dtype=np.float64),
        exit_day=np.full(count, np.inf),
    )
    return replace(episodes, **changes)


def random_episodes(rng: np.random.Generator, count: int, last_day: float) -> Episodes:
    """Episodes of all kinds; half of them leave within some weeks."""
    t0 = rng.uniform(0.0, last_day, count)
    leaves = rng.random(count) < 0.5
    return episodes_at(
        t0.tolist(),
        key=rng.integers(1, 2**63, count).astype(np.uint64),
        product=rng.integers(0, 2, count),
        region=rng.integers(0, 2, count),
        payer=rng.integers(0, 2, count),
        exit_day=np.where(leaves, t0 + rng.exponential(60.0, count), np.inf),
    )


def patients_of(episodes: Episodes, journey: Journey) -> tuple[Patients, np.ndarray]:
    """Those who passed all gates alive, as patients who order, and their rows."""
    rows = np.flatnonzero((journey.never == NO_LINK) & (episodes.exit_day >= journey.ready_day))
    return Patients(
        key=episodes.key[rows],
        product=episodes.product[rows],
        site=journey.site[rows],
        payer=episodes.payer[rows],
        doses_given=np.zeros(len(rows), np.int64),
        due_day=journey.ready_day[rows],
        exit_day=episodes.exit_day[rows],
    ), rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """Serves the first so many orders of each week, loses some of them, and says why.

    Later orders were never planned. Of the first, each is lost with a probability at a day within
    the week; who is lost depends on the order's key only.
    """

    week: int
    seed: int = 0
    capacity: int = 10**9
    failing: float = 0.0
    short: str = "no_isotope"
    failed: str = "batch_failed"

    def __call__(self, orders: Orders) -> Outcome:
        """What becomes of each order of the week."""
        count = len(orders.patient)
        day = 7.0 * self.week + 7.0 * uniform(self.seed, "day", orders.key)
        planned = np.arange(count) < self.capacity
        fails = uniform(self.seed, "fails", orders.key) < self.failing
        late = uniform(self.seed, "late", orders.key) < 0.1
        served = np.where(late, ENDING["infused_late"], ENDING["infused"])
        ending = np.where(fails, ENDING["batch_failed"], served)
        link = np.where(fails, LINK[self.failed], -1)
        return Outcome(
            ending=np.where(planned, ending, ENDING["isotope_short"]),
            link=np.where(planned, link, LINK[self.short]),
            day=np.where(planned, day, np.inf),
        )


def serving(**how: Any) -> Callable[[int], Dispatch]:
    """A dispatcher for each week."""
    return lambda week: Serve(week=week, **how)


def demand_network(per_year: dict[str, float]) -> Network:
    """One product and one region for each rate of new episodes."""
    product = {
        "product": "drug",
        "name": "Drug",
        "nuclide": "Lu-177",
        "activity_gbq": 7.4,
        "concentration_gbq_per_ml": 1.0,
        "volume_min_ml": 7.5,
        "volume_max_ml": 12.5,
        "shelf_life_h": 120.0,
        "interval_days": 42,
        "cycles_max": 6,
        "continue_percent": 75.0,
        "exit_median_days": 300.0,
        "order_lead_days": 5,
        "chair_min": 120,
        "pot_transmission": 0.02,
        "price": Decimal(1),
        "evidence": "made-up",
    }
    regions = [
        {
            "region": name,
            "name": name,
            "lat": 40.0,
            "lon": -90.0,
            "zone": "UTC",
            "population": 1,
            "evidence": "made-up",
        }
        for name in per_year
    ]
    incidence = [
        {"product": "drug", "region": name, "per_year": rate, "evidence": "made-up"}
        for name, rate in per_year.items()
    ]
    frames = {one.name: empty_frame(one.name) for one in TABLES}
    frames |= {
        "products": _table("products", [product]),
        "regions": _table("regions", regions),
        "incidence": _table("incidence", incidence),
    }
    settings = Settings(
        name="Demand", currency="USD", rulebook="us", cohort_start=START, plan_week=START
    )
    return Network(settings=settings, frames=frames)


def _table(name: str, rows: list[dict[str, Any]]) -> pl.DataFrame:
    columns = BY_NAME[name].columns
    schema = {column.name: DTYPES[column.kind] for column in columns}
    filler = {column.name: column.default for column in columns}
    return pl.DataFrame([{**filler, **row} for row in rows], schema=schema)
