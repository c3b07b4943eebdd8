"""Who is reached at a price, by plain loops over sites, payers and regions.

A site offers a bought dose to a payer's patients if the rules leave it enough, or its own dose if
that leaves more; of sites that share patients and do not earn what their week costs, the one that
covers it least leaves first, until nobody leaves.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.pay.ceilings_oracle import (
    Kind,
    can_pay,
    cents,
    doses_a_course,
    in_force,
    kinds,
    left,
    left_by_making,
    listed,
    makes,
)
from tests.pay.ceilings_worlds import PRODUCT, TWIN

from doseline.model.columns import weekday_numbers
from doseline.model.demand import Cost, Gate, Incidence, Payer, PayerShare, Region
from doseline.model.ordering import Listing
from doseline.model.supply import Batch, Licence, Lot, Product
from doseline.model.transport import Lane
from doseline.model.treatment import Site, Suite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tests.pay.ceilings_worlds import World

_EARTH_KM = 6371.0088
_ROADS = 1.25
_NEAR_KM = 20.0
_WEEKS_A_YEAR = 365.25 / 7.0

Key = tuple[str, str]
"""Site and payer."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a site does for a payer's patients, and what a dose leaves it. [currency]"""

    buys: bool
    leaves: float
    able: float


def road_km(region: Region, site: Site) -> float:
    """Great circle times the circuity of roads. [km]"""
    one, two = math.radians(region.lat), math.radians(site.lat)
    east = math.radians(site.lon - region.lon) / 2
    half = math.sin((two - one) / 2) ** 2 + math.cos(one) * math.cos(two) * math.sin(east) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(half)) * _ROADS


def reaching(world: World, region: Region, product: str) -> float:
    """Patients of a region who come to the choice of a site. [1/year]"""
    network = world.network
    here = [row for row in network.rows(Incidence) if row.region == region.region]
    people = sum(row.per_year for row in here if row.product == product)
    for gate in network.rows(Gate):
        if gate.product == product:
            rural = region.rural and gate.rural_pass_percent is not None
            passes = gate.rural_pass_percent if rural else gate.pass_percent
            people *= (passes or 0.0) / 100.0
    return people


def farthest_km(world: World) -> float:
    """How far patients travel for the product. [km]"""
    reach = [
        gate.max_km
        for gate in world.network.rows(Gate)
        if (gate.product, gate.gate) == (PRODUCT, "reach")
    ]
    return reach[0] or math.inf


def chairs(world: World, site: str) -> int:
    """Chair-days a week, by which sites draw patients."""
    return sum(
        suite.chairs * len(weekday_numbers(suite.weekdays))
        for suite in world.network.rows(Suite)
        if suite.site == site
    )


def drawn(
    world: World, offers: Mapping[Key, Choice], products: tuple[str, ...]
) -> dict[Key, float]:
    """Patients whom each site gets who are not denied and can pay. [1/year]"""
    network = world.network
    got = dict.fromkeys(offers, 0.0)
    for region in network.rows(Region):
        for mix in network.rows(PayerShare):
            if mix.product not in products:
                continue
            payer = network.by_key(Payer)[mix.payer]
            people = reaching(world, region, mix.product) * mix.share_percent / 100.0
            people *= 1.0 - payer.denied_percent / 100.0
            pull = {
                site.site: chairs(world, site.site) / (road_km(region, site) + _NEAR_KM)
                for site in network.rows(Site)
                if (site.site, mix.payer) in offers and road_km(region, site) <= farthest_km(world)
            }
            for name, weight in pull.items():
                key = name, mix.payer
                got[key] += people * weight / sum(pull.values()) * offers[key].able
    return got


def own_cost(world: World, doses_a_week: float | None = None) -> Decimal:
    """What a dose of its own costs site Near, in the mean over the batches of its line. [currency]

    A vial, a share of a batch that is as full as the doses of a week make it, the isotope of the
    cheapest lot as old as it then is, and the way from the line.
    """
    network = world.network
    item = network.by_key(Product)[TWIN]
    half_life_h = world.reference.nuclides[item.nuclide].half_life_h
    if doses_a_week is None:
        doses_a_week = wanted_twins(world)
    batches = [row for row in network.rows(Batch) if row.product == TWIN]
    total = Decimal(0)
    for batch in batches:
        needed = item.activity_gbq * 2.0 ** (batch.qc_h / half_life_h)
        full = min(batch.max_doses, int(batch.max_activity_gbq / needed))
        fill = max(min(doses_a_week / len(batches), full), 1.0)
        isotope = min(
            float(lot.price_per_gbq)
            * needed
            / (batch.yield_percent / 100.0)
            * 2.0 ** (age_h(lot, batch) / half_life_h)
            for lot in network.rows(Lot)
            if lot.line == batch.line
        )
        total += batch.dose_cost + batch.fixed_cost / Decimal(str(fill)) + Decimal(str(isotope))
    ways = [lane.cost for lane in network.rows(Lane) if lane.from_place == "near-l"]
    return cents(total / len(batches)) + ways[0]


def age_h(lot: Lot, batch: Batch) -> float:
    """Hours from the reference of a lot to the end of synthesis; both are told in one zone."""
    hours = {day: 24.0 * at for at, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"))}
    starts = hours[batch.weekday] + int(batch.start[:2]) + int(batch.start[3:]) / 60.0
    reference = hours[lot.weekday] + int(lot.reference[:2])
    waits = (starts - reference - lot.lead_h) % 168.0 + lot.lead_h
    return waits + batch.synthesis_h


def wanted_twins(world: World) -> float:
    """Doses of the twin wanted a week if every licensed site offers it. [1/week]"""
    offers = {
        (kind.site.site, kind.payer.payer): Choice(
            False, 0.0, 1.0 - kind.payer.cannot_pay_percent / 100.0
        )
        for kind in kinds(world)
        if may_treat(kind)
    }
    course = doses_a_course(world.network.by_key(Product)[TWIN])
    return sum(drawn(world, offers, (TWIN,)).values()) / _WEEKS_A_YEAR * course


def may_treat(kind: Kind) -> bool:
    """Whether the site is licensed in the planned week, and listed some day of the study."""
    network = kind.world.network
    day = network.settings.plan_week
    nuclide = network.by_key(Product)[PRODUCT].nuclide
    licensed = any(
        row.holder == kind.site.site
        and row.operation == "treat"
        and row.nuclide == nuclide
        and row.valid_from <= day <= row.valid_until
        for row in network.rows(Licence)
    )
    steps: list[date | None] = []
    for row in network.rows(Listing):
        if (row.site, row.product) == (kind.site.site, PRODUCT):
            steps = [row.hospital_listing, row.procurement, row.service_item, row.drug_filing]
    return licensed and None not in steps


def choice(
    kind: Kind, price: Decimal, own: Mapping[str, Decimal], *, sold: bool = True
) -> Choice | None:
    """What a site does for these patients at a price; none if it offers nothing."""
    least = kind.world.network.settings.minimum_margin
    paid = kind.pays(price)
    limit = listed(kind)
    refused = limit is not None and in_force(kind) and paid > limit
    found: list[Choice] = []
    if sold and may_treat(kind) and not refused:
        found.append(Choice(True, float(left(kind, paid)), can_pay(kind, paid)))
    if kind.site.site in own:
        able = 1.0 - kind.payer.cannot_pay_percent / 100.0
        found.append(Choice(False, float(left_by_making(kind, own[kind.site.site])), able))
    found = [one for one in found if one.leaves >= least]
    return max(found, key=lambda one: one.leaves, default=None)


def week_cost(world: World) -> float:
    """What a site spends a week on having the therapy. [currency/week]"""
    return sum(
        float(row.amount)
        for row in world.network.rows(Cost)
        if row.party == "hospital" and row.per == "site_week" and row.product in {None, PRODUCT}
    )


def settled(
    world: World, price: Decimal, own: Mapping[str, Decimal] | None = None
) -> tuple[dict[Key, Choice], dict[Key, float]]:
    """Choices and patients at a price once nobody leaves any more."""
    offers = {}
    for kind in kinds(world):
        one = choice(kind, price, own or {})
        if one is not None:
            offers[kind.site.site, kind.payer.payer] = one
    course = doses_a_course(world.network.by_key(Product)[PRODUCT])
    while True:
        got = drawn(world, offers, (PRODUCT,))
        earned = {
            site: sum(
                got[key] / _WEEKS_A_YEAR * course * offers[key].leaves
                for key in offers
                if key[0] == site
            )
            - week_cost(world)
            for site, _ in offers
        }
        leaving = {site for site, money in earned.items() if money < 0}
        if not leaving:
            return offers, got
        first = _first(world, earned, leaving)
        offers = {key: one for key, one in offers.items() if key[0] not in first}


def _first(world: World, earned: Mapping[str, float], leaving: set[str]) -> set[str]:
    """Of sites that lose, those that share no region with one that loses more."""
    most = farthest_km(world)
    spared = set()
    for region in world.network.rows(Region):
        here = [
            site.site
            for site in world.network.rows(Site)
            if site.site in leaving and road_km(region, site) <= most
        ]
        spared |= {one for one in here if earned[one] > min(earned[other] for other in here)}
    return leaving - spared


def resting(
    world: World, price: Decimal, *, sold: bool, rounds: int = 40
) -> tuple[dict[Key, Choice], dict[Key, float]]:
    """What sites do once none would do otherwise while the others stay, found by going round.

    Starts from nobody. A site's own dose costs what it costs at the number that it then makes.
    """
    state: dict[Key, Choice] = {}
    course = doses_a_course(world.network.by_key(Product)[PRODUCT])
    for _ in range(rounds):
        new: dict[Key, Choice] = {}
        for site in {kind.site.site: None for kind in kinds(world)}:
            new |= _answer(world, site, state, price, sold=sold, course=course)
        if {key: one.buys for key, one in new.items()} == {
            key: one.buys for key, one in state.items()
        }:
            return new, drawn(world, new, (PRODUCT, TWIN))
        state = new
    raise AssertionError("the choices do not come to rest")


def _answer(
    world: World,
    site: str,
    state: Mapping[Key, Choice],
    price: Decimal,
    *,
    sold: bool,
    course: float,
) -> dict[Key, Choice]:
    """What a site best does while the others stay: every mix of buying and making is tried."""
    others = {key: one for key, one in state.items() if key[0] != site}
    mine = [kind for kind in kinds(world) if kind.site.site == site]
    everyone = {(site, kind.payer.payer): Choice(True, 0.0, 1.0) for kind in mine}
    reached = drawn(world, {**others, **everyone}, (PRODUCT, TWIN))
    best, most = {}, 0.0
    for mix in itertools.product((False, True), repeat=len(mine) if makes(mine[0]) else 0):
        making = [kind for kind, own in zip(mine, mix, strict=False) if own]
        doses = sum(
            reached[site, kind.payer.payer] * (1.0 - kind.payer.cannot_pay_percent / 100.0)
            for kind in making
        )
        cost = own_cost(world, doses / _WEEKS_A_YEAR * course) if making else Decimal(0)
        found = {}
        for kind in mine:
            own = {site: cost} if kind in making else {}
            one = choice(kind, price, own, sold=sold and kind not in making)
            if one is not None:
                found[site, kind.payer.payer] = one
        earned = sum(
            reached[key] * one.able / _WEEKS_A_YEAR * course * one.leaves
            for key, one in found.items()
        )
        made = all((site, kind.payer.payer) in found for kind in making)
        if made and earned - week_cost(world) > most:
            best, most = found, earned - week_cost(world)
    return best
