"""What the engine simulates: a network as arrays, without names, dates or money.

Time is in days from the Monday on which the simulation starts. Places, payers and products are row
numbers. Every array is read only; nothing in it depends on the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from doseline.model.chance import hash64

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Keys = npt.NDArray[np.uint64]

NOWHERE = -1
"""No place, link, station or stage."""


class Stage(IntEnum):
    """Kinds of stages of a journey."""

    END = 0
    """The journey is over and done: a world without doses ends so."""
    REACH = 1
    """Lost at once if the region is out of reach or the draw says so."""
    DELAY = 2
    """Time passes; then a share passes."""
    STATION = 3
    """A place is chosen, a server is waited for."""
    POSITIVE = 4
    """Who is not eligible for the product leaves."""
    SITE = 5
    """A treatment site is chosen among those that offer and list the product."""
    CANNOT_PAY = 6
    """A share of each payer's patients cannot pay its part."""
    AUTHORISE = 7
    """The payer takes its time, denies, and may be appealed to."""
    ORDER = 8
    """Doses are ordered from here on."""


class Law(IntEnum):
    """Distributions of a duration; ``first`` and ``second`` are their parameters."""

    FIXED = 0
    """Always ``first``. [d]"""
    EXPONENTIAL = 1
    """Mean ``first``. [d]"""
    LOGNORMAL = 2
    """Median ``first`` [d], spread ``second`` of the logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """The patients, in order of ``t0``; arrays have shape (n,)."""

    key: Keys
    """Names the patient in every draw."""
    t0: Floats
    """Clock start. [d]"""
    product: Ints
    region: Ints
    payer: Ints
    exit_day: Floats
    """Day of the clinical exit if no first dose was given before; infinite if never. [d]"""
    site: Ints
    """Site of a course under way; NOWHERE for those who make the journey."""
    given: Ints
    """Doses given before: 0 for those who make the journey; a listed new start has a site."""

    @property
    def count(self) -> int:
        """Number of patients."""
        return len(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Stages of each product in order; arrays have shape (product, stage)."""

    kind: Ints
    """A ``Stage``; the row ends with ORDER or END."""
    link: Ints
    """Link of the ledger to which time and losses of the stage are booked."""
    law: Ints
    first: Floats
    second: Floats
    passes: Floats
    """Share that passes, urban and rural: shape (product, stage, 2). [unitless]"""
    standard: Floats
    """Standard of the stage. [d]"""
    places: Ints
    """For STATION: which catchment of ``Stations`` it chooses from; else NOWHERE."""
    refused: Ints
    """For STATION: link of those for whom there is none; else NOWHERE."""
    max_km: Floats
    """For REACH, STATION and SITE: how far a patient goes. [km]"""
    purpose: Ints
    """First of three entries of ``World.purposes``: pass, radius, angle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where patients of a region can go: the nearest first; shape (region, k)."""

    place: Ints
    """NOWHERE where there are fewer than k."""
    km: Floats
    size: Floats
    """Size of every place, shape (place,): larger ones draw more patients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stations:
    """Counters with servers and a line, first come first served; arrays have shape (station,)."""

    servers: Ints
    law: Ints
    first: Floats
    second: Floats
    """Law of a service. [d]"""
    slot: Bools
    """True: the patient goes on when the service starts, and the server is busy for its length (an
    appointment); False: the patient goes on when it ends."""
    most_waiting: Ints
    """Patients that may wait; one more is lost. Negative: no limit."""
    open_from: Floats
    """Day from which it takes patients; infinite if never. [d]"""
    catchments: tuple[Places, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payers:
    """Payers; arrays have shape (payer,)."""

    cannot_pay: Floats
    law: Ints
    first: Floats
    second: Floats
    """Law of the authorisation's time. [d]"""
    standard: Floats
    denied: Floats
    """Share denied. [unitless]"""
    appeals: Floats
    """Share of the denied who appeal. [unitless]"""
    won: Floats
    """Share of the appeals that are won. [unitless]"""
    appeal_law: Ints
    appeal_first: Floats
    appeal_second: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Sites:
    """Treatment sites and what they offer."""

    places: Places
    offers: Bools
    """Shape (site, product, payer)."""
    listed_from: Floats
    """Day from which a site may use and charge a product; infinite if never; (site, product). [d]"""
    blocked: Ints
    """Link that stops every dose of a product at a site, or NOWHERE; shape (site, product)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What a course of each product is; arrays have shape (product,)."""

    interval: Floats
    """From an infusion to the next due day. [d]"""
    cycles: Ints
    """Doses of a course at most."""
    goes_on: Floats
    """Share that goes on after the first, second, ... dose, shape (product, dose). [unitless]"""
    order_by: Floats
    """Last day on which the doses of a week can be ordered, shape (product, week), never falling.
    [d]"""
    hold: Floats
    """Share of due doses that the laboratory holds, new and continuing: (product, 2). [unitless]"""
    hold_weeks: Ints
    """Weeks after which a held patient orders again."""
    cut: Floats
    """Share of doses given at a lower activity. [unitless]"""
    cut_to: Floats
    """That activity, as a share. [unitless]"""
    again: Floats
    """Share of finished courses that are followed by another, once. [unitless]"""
    again_after: Floats
    """Days from the last dose to the wish for the next course. [d]"""
    residual: Floats
    """Share of a dose that stays in the vial. [unitless]"""
    in_time_days: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A typical week of doses: ways to serve a site, batch runs, isotope, limits of sites.

    Ways of a (site, product) pair are rows ``way_first[pair]`` to ``way_first[pair + 1]``, in the
    order in which they are tried; ``pair = site * products + product``.
    """

    way_first: Ints
    way_run: Ints
    way_day: Floats
    """From the Monday of the week to the infusion. [d]"""
    way_on_time: Floats
    """Probability that the dose is there in time. [unitless]"""
    way_usable: Floats
    """That it is there in time, or so little late that it is still infused; no less. [unitless]"""
    way_unexpired: Floats
    """That it is there before it expires; no less. [unitless]"""
    way_ready: Floats
    """Activity to be in the vial at calibration. [GBq]"""
    way_arrive: Floats
    way_infuse: Floats
    """Activity on arrival and at the infusion. [GBq]"""
    way_late: Floats
    """Activity at the infusion of a dose that came late. [GBq]"""
    way_cost: Floats
    """Only reported. [currency]"""
    run_key: Keys
    run_doses: Floats
    """Doses of a run at most, shape (run,)."""
    run_activity: Floats
    """Activity of a run at most, at calibration. [GBq]"""
    run_failure: Floats
    run_release_failure: Floats
    """Probability that a run fails in production, and at release. [unitless]"""
    run_least: Floats
    """A run with fewer doses is not made."""
    run_share: Floats
    """Factor of a run's doses and activity in each week, shape (week, run); 0: closed."""
    conflict_first: Ints
    conflict_run: Ints
    """Runs of which not both can open, by run as for ways."""
    draw_first: Ints
    draw_pool: Ints
    draw_per_gbq: Floats
    """Deliveries that a run may draw from, by run, in the order in which they are drawn from; GBq
    in the vial at calibration for each GBq drawn at reference time."""
    pool_gbq: Floats
    """Isotope of a weekly delivery at reference time. [GBq]"""
    pool_share: Floats
    """Factor of it in each week, shape (week, pool)."""
    cap_first: Ints
    """Limits of a site, by site as for ways."""
    cap_link: Ints
    cap_most: Floats
    cap_uses: Floats
    """Use of one dose of each product, shape (cap, product)."""
    site_share: Floats
    """Factor of a site's limits in each week, shape (week, site)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything but the patients, the policies and the seed."""

    weeks: int
    products: int
    rural: Bools
    """Shape (region,)."""
    reach: Bools
    """Whether any site lies within reach, shape (product, region)."""
    journey: Journey
    stations: Stations
    payers: Payers
    sites: Sites
    course: Course
    supply: Supply
    purposes: tuple[str, ...]
    """Names of the streams of random numbers; the first are ``PURPOSES``."""

    @property
    def horizon(self) -> float:
        """End of the simulation. [d]"""
        return 7.0 * self.weeks


PURPOSES = (
    "positive",
    "scanner",  # which station is chosen
    "site",
    "service/radius",
    "service/angle",
    "cannot pay",
    "authorisation delay/radius",
    "authorisation delay/angle",
    "authorisation denied",
    "appeal",
    "appeal delay/radius",
    "appeal delay/angle",
    "appeal won",
    "priority",
    "batch failure",
    "release failure",
    "late",
    "hold",
    "cut",
    "next cycle",
    "retreatment",
)
"""Streams of random numbers of every world; those of stages follow them."""


def streams(purposes: tuple[str, ...], seed: int) -> Keys:
    """The number of each stream under a seed, as :func:`doseline.model.chance.uniform` splits it."""
    mask = (1 << 64) - 1
    return np.array([hash64(f"{seed & mask}|{purpose}") for purpose in purposes], dtype=np.uint64)
