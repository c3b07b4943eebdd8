"""From a network to the world of so many years that the engine simulates."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from doseline.errors import BadInputError
from doseline.simulate.calendar import Calendar
from doseline.simulate.engine.world import Course, Law, Payers, Sites, World
from doseline.simulate.ordering import ordering
from doseline.study.expected import listed_from
from doseline.study.kinds import blocked_links
from doseline.study.tracers import usable_from
from doseline.study.years.journey import journey_of, places_of, purposes, stations_of
from doseline.study.years.opening import site_opens, typical_of
from doseline.study.years.supply import supply_of_years, weekly_tables

if TYPE_CHECKING:
    import polars as pl

    from doseline.model.network import Network
    from doseline.simulate.pathway import Floats, Pathway
    from doseline.study.prepare import Prepared
    from doseline.study.years.opening import Typical

_DAYS_PER_YEAR = 365.25


class TooFewYearsError(BadInputError):
    """Nobody whose clock starts in the period could be followed to its end."""

    def __init__(self, years: float, weeks: int) -> None:
        self.years, self.weeks = years, weeks
        super().__init__(
            f"years is {years:g}, but each patient is followed for {weeks} weeks: "
            f"give {(weeks + 1) * 7 / _DAYS_PER_YEAR:.2f} years or more"
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
        payers=_payers(path),
        sites=Sites(
            places=places_of(access.sites),
            offers=access.offers,
            listed_from=access.listed_from,
            blocked=access.blocked[0],
        ),
        course=_course(over),
        supply=supply_of_years(over, typical, weekly, days),
        purposes=purposes(),
    )
    return Years(
        world=world,
        calendar=days,
        network=over.network,
        path=path,
        margin=over.participation.margin,
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
    weeks = round(years * _DAYS_PER_YEAR / 7.0)
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


def _payers(path: Pathway) -> Payers:
    """Payers without appeals, unless the network knows of any."""
    none = np.zeros(len(path.denied))
    law = np.full(len(none), int(Law.LOGNORMAL), dtype=np.int64)
    return Payers(
        cannot_pay=path.cannot_pay,
        law=law,
        first=path.authorisation_median.astype(np.float64),
        second=path.authorisation_sigma,
        standard=path.authorisation_standard.astype(np.float64),
        denied=path.denied,
        appeals=none,
        won=none,
        appeal_law=law,
        appeal_first=none,
        appeal_second=none,
    )


def _course(prepared: Prepared) -> Course:
    """Courses of the products."""
    path, products = prepared.path, prepared.network.frame("products")
    count = products.height
    none = np.zeros(count)
    return Course(
        interval=path.interval_days.astype(np.float64),
        cycles=path.cycles_max.astype(np.int64),
        goes_on=path.continues,
        order_by=np.maximum.accumulate(path.order_by, axis=1),
        hold=np.zeros((count, 2)),
        hold_weeks=np.ones(count, dtype=np.int64),
        cut=none,
        cut_to=np.ones(count),
        again=none,
        again_after=none,
        residual=products["residual_percent"].to_numpy() / 100.0,
        in_time_days=path.in_time_days.astype(np.float64),
    )
