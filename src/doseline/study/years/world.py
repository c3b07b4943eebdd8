"""From a network to the world of so many years that the engine simulates."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from doseline.errors import BadInputError
from doseline.model.demand import Payer
from doseline.model.years import Appeal, CourseEvents
from doseline.simulate.calendar import Calendar
from doseline.simulate.cohort import DAYS_PER_YEAR
from doseline.simulate.engine.world import Course, Law, Payers, Sites, World
from doseline.simulate.ordering import ordering
from doseline.simulate.pathway import spread
from doseline.study.expected import listed_from
from doseline.study.kinds import blocked_links
from doseline.study.tracers import usable_from
from doseline.study.years.journey import journey_of, places_of, purposes, stations_of
from doseline.study.years.opening import site_opens, typical_of
from doseline.study.years.prices import Prices, prices_of
from doseline.study.years.supply import supply_of_years, weekly_tables

if TYPE_CHECKING:
    import polars as pl

    from doseline.model.network import Network
    from doseline.simulate.pathway import Floats, Pathway
    from doseline.study.prepare import Prepared
    from doseline.study.years.opening import Typical


class TooFewYearsError(BadInputError):
    """Nobody whose clock starts in the period could be followed to its end."""

    def __init__(self, years: float, weeks: int) -> None:
        self.years, self.weeks = years, weeks
        self.least = f"{(weeks + 1) * 7 / DAYS_PER_YEAR:.2f}"
        super().__init__(
            f"years is {years:g}, but each patient is followed for {weeks} weeks: "
            f"give {self.least} years or more"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """A network over years: the engine's world, and what turns its rows back into names.

    It can be pickled, for workers.
    """

    world: World
    calendar: Calendar
    """Warm-up; the cohort: weeks whose patients can be followed; follow-up to the horizon."""
    network: Network
    path: Pathway
    """Its demand side, with the order cut-offs of these years."""
    margin: Floats
    """What a dose leaves the hospital, shape (site, product, payer). [currency]"""
    prices: Prices
    """What doses cost and pay."""
    runs: pl.DataFrame
    """The world's runs: run, name, line, product, ... (``plan.supply.batches.Supply.runs``)."""
    pools: pl.DataFrame
    """The world's pools: pool, lot, source, line, ... (``plan.supply.batches.Supply.pools``)."""


def world_of(prepared: Prepared, *, years: float, warm_up_weeks: int | None = None) -> Years:
    """The world of a network over so many years from the start of its cohort.

    Doses are those of a typical week: the kind of week that the network has most often. Calendars,
    supply changes, training and the first days of licences change what of it there is in each
    week. Licences are taken to be renewed when they end (assumption).

    Args:
        prepared: The network.
        years: From the start of the cohort to the horizon, follow-up included. [year]
        warm_up_weeks: Before it; None: as the network says. [week]

    Raises:
        TooFewYearsError: If nobody could be followed to the end.
    """
    days = _calendar(prepared, years, warm_up_weeks)
    typical = typical_of(prepared, days)
    over = _over(prepared, days, typical)
    weekly = weekly_tables(over, typical)
    path, access = over.path, over.access
    world = World(
        weeks=days.weeks,
        products=len(path.interval_days),
        rural=path.rural,
        reach=access.sites.km[None, :, 0] <= path.max_km[:, path.gate("reach"), None],
        journey=journey_of(path),
        stations=stations_of(access),
        payers=_payers(over.network, path),
        sites=Sites(
            places=places_of(access.sites),
            offers=access.offers,
            listed_from=access.listed_from,
            blocked=access.blocked[0],
        ),
        course=_course(over.network, path),
        supply=supply_of_years(over, typical, weekly, days),
        purposes=purposes(),
    )
    return Years(
        world=world,
        calendar=days,
        network=over.network,
        path=path,
        margin=over.participation.margin,
        prices=prices_of(over),
        runs=weekly.supply.runs,
        pools=weekly.supply.pools,
    )


def scaled(years: Years, factor: float) -> Years:
    """The same with so many times the scanners' slots, batches, isotope and room at sites.

    Args:
        years: A network's years.
        factor: More than 0; ``arrivals_of`` takes the same as its scale. [unitless]
    """
    world = years.world
    supply, stations = world.supply, world.stations
    more = dataclasses.replace(
        supply,
        run_doses=supply.run_doses * factor,
        run_activity=supply.run_activity * factor,
        pool_gbq=supply.pool_gbq * factor,
        cap_most=supply.cap_most * factor,
    )
    faster = dataclasses.replace(stations, first=stations.first / factor)
    return dataclasses.replace(
        years, world=dataclasses.replace(world, supply=more, stations=faster)
    )


def _calendar(prepared: Prepared, years: float, warm_up_weeks: int | None) -> Calendar:
    """Weeks before the cohort, of it and after it: everyone of it is followed to the end."""
    settings = prepared.network.settings
    before = settings.warm_up_weeks if warm_up_weeks is None else warm_up_weeks
    usual = prepared.calendar
    weeks = round(years * DAYS_PER_YEAR / 7.0)
    if weeks <= usual.follow_up_weeks:
        raise TooFewYearsError(years, usual.follow_up_weeks)
    return Calendar(
        origin=settings.cohort_start - timedelta(weeks=before),
        warm_up_weeks=before,
        cohort_weeks=weeks - usual.follow_up_weeks,
        follow_up_weeks=usual.follow_up_weeks,
    )


def _over(prepared: Prepared, days: Calendar, typical: Typical) -> Prepared:
    """The network with the calendar, the cut-offs and the first days of these years."""
    network = prepared.network
    orders = ordering(network, days)
    path = dataclasses.replace(
        prepared.path, order_by=orders.order_by, order_lead_days=orders.lead_days
    )
    listed = np.maximum(listed_from(network, days.origin), site_opens(typical))
    access = dataclasses.replace(
        prepared.access,
        scanner_from=np.append(usable_from(network, days.origin), np.inf),
        offers=typical.participation.offers,
        listed_from=listed,
        blocked=blocked_links(typical.network, typical.options)[None],
    )
    return dataclasses.replace(
        prepared,
        path=path,
        access=access,
        calendar=days,
        options=typical.options,
        participation=typical.participation,
    )


def _payers(network: Network, path: Pathway) -> Payers:
    """Payers; of one with appeals, the share that is won is the one that leaves its final denials."""
    final = path.denied
    law = np.full(len(final), int(Law.LOGNORMAL), dtype=np.int64)
    denied, appeals, won = final.copy(), np.zeros_like(final), np.zeros_like(final)
    median, p90 = np.zeros_like(final), np.zeros_like(final)
    at = {row.payer: number for number, row in enumerate(network.rows(Payer))}
    for row in network.rows(Appeal):
        one = at[row.payer]
        denied[one], appeals[one] = row.first_denied_percent / 100, row.appealed_percent / 100
        asked = denied[one] * appeals[one]
        won[one] = np.clip((denied[one] - final[one]) / asked, 0.0, 1.0) if asked > 0 else 0.0
        median[one], p90[one] = row.median_days, row.p90_days
    return Payers(
        cannot_pay=path.cannot_pay,
        law=law,
        first=path.authorisation_median.astype(np.float64),
        second=path.authorisation_sigma,
        standard=path.authorisation_standard.astype(np.float64),
        denied=denied,
        appeals=appeals,
        won=won,
        appeal_law=law,
        appeal_first=median,
        appeal_second=spread(median, p90),
    )


def _course(network: Network, path: Pathway) -> Course:
    """Courses of the products; one without a row of ``course_events`` goes as planned."""
    products = network.frame("products")
    events = network.by_key(CourseEvents)
    plain = CourseEvents(product="", evidence="")
    each = [events.get(name, plain) for name in products["product"]]

    def share(name: str) -> Floats:
        return np.array([getattr(one, name) for one in each], dtype=np.float64) / 100.0

    return Course(
        interval=path.interval_days.astype(np.float64),
        cycles=path.cycles_max.astype(np.int64),
        goes_on=path.continues,
        order_by=np.maximum.accumulate(path.order_by, axis=1),
        hold=np.column_stack([share("hold_new_percent"), share("hold_continuing_percent")]),
        hold_weeks=np.array([one.hold_weeks for one in each], dtype=np.int64),
        cut=share("cut_percent"),
        cut_to=share("cut_to_percent"),
        again=share("retreat_percent"),
        again_after=np.array([one.retreat_after_days for one in each], dtype=np.float64),
        residual=products["residual_percent"].to_numpy() / 100.0,
        in_time_days=path.in_time_days.astype(np.float64),
    )
