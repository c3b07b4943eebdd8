"""Ceilings of small networks against prices tried one by one, in both rulebooks."""

from __future__ import annotations

import functools
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from tests.pay.ceilings_oracle import (
    CENT,
    Kind,
    enough,
    in_force,
    kinds,
    left_by_making,
    makes,
    stretches,
)
from tests.pay.ceilings_people import own_cost, resting, settled
from tests.pay.ceilings_worlds import PRODUCT, TWIN, WORLDS
from tests.study.networks import with_cells

from doseline.cli.ceilings import answer
from doseline.model.supply import Product
from doseline.study.ceilings import ceilings
from doseline.study.ceilings_market import market_of, segments_of
from doseline.study.ceilings_sites import choices_of
from doseline.study.participation import hospital_margin
from doseline.study.terms import terms_of

if TYPE_CHECKING:
    from tests.pay.ceilings_worlds import World

    from doseline.pay.ceilings import Ceilings

ABLE = 0.5
SMALLEST = 11


@functools.cache
def world_of(name: str) -> World:
    return WORLDS[name]()


@functools.cache
def told(name: str) -> Ceilings:
    world = world_of(name)
    return ceilings(
        world.network, world.reference, products=[PRODUCT], able=ABLE, nights=world.nights
    )


def kind_of(world: World, segment: dict[str, Any]) -> Kind:
    """The first site of a segment, and its payer."""
    return next(
        kind
        for kind in kinds(world)
        if kind.payer.payer == segment["payer"]
        and kind.site.setting == segment["setting"]
        and kind.site.locality == segment["locality"]
        and kind.site.discount == ("discount" in segment["facts"].split())
        and makes(kind) == (segment["history"] == "makes")
    )


def expected(name: str, kind: Kind) -> dict[str, list[tuple[Decimal, Decimal | None]]]:
    """Stretches of every limit of these patients, found by trying prices."""
    names = ["all_payments", "dose_payment", "can_pay"]
    own = own_cost(world_of(name)) if makes(kind) else None
    least = Decimal(str(kind.world.network.settings.minimum_margin))
    if own is not None and left_by_making(kind, own) >= least:
        names.append("in_house_parity")
    insured = kind.payer.segment in {"employee_nrdl", "resident_nrdl"}
    names += ["list_pattern"] if insured and world_of(name).book.name == "cn" else []
    return {each: stretches(enough(kind, each, able=ABLE, own=own)) for each in names}


@pytest.mark.parametrize("name", WORLDS)
def test_limits_are_those_of_a_scan_to_the_cent(name: str) -> None:
    found = told(name)
    assert not found.segments.is_empty()
    for segment in found.segments.iter_rows(named=True):
        kind = kind_of(world_of(name), segment)
        limits = found.limits.filter(pl.col("segment") == segment["segment"])
        theirs = {
            row["kind"]: [tuple(one) for one in row["stretches"]]
            for row in limits.iter_rows(named=True)
        }
        mine = expected(name, kind)
        assert theirs == mine, segment
        leaves = {"all_payments", "can_pay", "in_house_parity"}
        leaves |= {"list_pattern"} if "list_pattern" in mine and in_force(kind) else set()
        ends = {key: one[-1][1] if one else Decimal(0) for key, one in mine.items()}
        closed = [end for key, end in ends.items() if key in leaves and end is not None]
        assert segment["ceiling"] == min(closed, default=None), segment
        if closed:
            assert ends[segment["binds"]] == segment["ceiling"]


@pytest.mark.parametrize("name", ["contracts", "listed", "dear"])
def test_at_its_ceiling_a_hospital_takes_part_in_a_run_and_a_cent_above_it_does_not(
    name: str,
) -> None:
    world = world_of(name)
    found = told(name)
    limits = found.limits.filter(pl.col("kind") == "all_payments")
    for row in limits.filter(pl.col("state") == "limit").iter_rows(named=True):
        segment = found.segments.row(row["segment"], named=True)
        kind = kind_of(world, segment)
        for price, offers in ((row["ceiling"], True), (row["ceiling"] + CENT, False)):
            network = with_cells(world.network, "products", {"product": PRODUCT}, price=price)
            terms = terms_of(network, world.reference)
            if terms.nights(PRODUCT) != world.nights:
                continue
            margin = hospital_margin(network, world.book, terms)
            left = margin[
                network.frame("sites")["site"].to_list().index(kind.site.site),
                network.frame("products")["product"].to_list().index(PRODUCT),
                network.frame("payers")["payer"].to_list().index(kind.payer.payer),
            ]
            assert (left >= network.settings.minimum_margin) == offers, (segment, price)


@pytest.mark.parametrize("name", WORLDS)
def test_patients_reached_are_those_of_a_plain_loop(name: str) -> None:
    world, found = world_of(name), told(name)
    own = {"near": own_cost(world)} if TWIN in world.network.frame("products")["product"] else {}
    for row in found.curve.gather_every(3).iter_rows(named=True):
        offers, patients = settled(world, row["price"], own)
        bought = sum(count for key, count in patients.items() if offers[key].buys)
        made = sum(count for key, count in patients.items() if not offers[key].buys)
        assert row["sites"] == len({site for (site, _), one in offers.items() if one.buys})
        for there, here in ((row["patients"], bought), (row["own"], made)):
            if there is None:
                assert 0 < here < 11, row
            else:
                assert there == pytest.approx(here, rel=1e-6, abs=1e-9), row


def test_a_site_that_leaves_feeds_the_others() -> None:
    curve = told("shared").curve
    two, three = curve.filter(pl.col("sites") == 2), curve.filter(pl.col("sites") == 3)
    assert not two.is_empty()
    assert three["patients"][-1] == pytest.approx(two["patients"][0])


@pytest.mark.parametrize(
    ("name", "when", "prices"),
    [
        ("makers", "before", (60000,)),
        ("makers", "after", (8000, 12000, 49999, 60000)),
        ("own_unlisted", "after", (11000, 60000)),
        ("shared", "after", (48980, 58000, 90000)),
    ],
)
def test_sites_come_to_rest_where_going_round_comes_to_rest(
    name: str, when: str, prices: tuple[int, ...]
) -> None:
    world, sold = world_of(name), when == "after"
    market = market_of(world.network, world.reference, able=Decimal(str(ABLE)), nights=world.nights)
    segments = segments_of(market, world.network.by_key(Product)[PRODUCT])
    sites = world.network.frame("sites")["site"].to_list()
    payers = world.network.frame("payers")["payer"].to_list()
    for price in map(Decimal, prices):
        found = choices_of(market, segments, sold=sold, price=price)
        assert found.settled
        state, patients = resting(world, price, sold=sold)
        for at in np.ndindex(found.buys.shape):
            key = sites[at[0]], payers[at[1]]
            one = state.get(key)
            assert found.buys[at] == (one is not None and one.buys), (key, price)
            assert found.makes[at] == (one is not None and not one.buys), (key, price)
            assert found.patients[at] == pytest.approx(patients.get(key, 0.0)), (key, price)


def test_nothing_told_is_under_eleven_people_nor_leaves_so_few_by_subtraction() -> None:
    for name in ("as_it_is", "contracts", "makers"):
        found = answer(told(name), None)
        rows = [*found["segments"], *found["curve"], *found["reached"], *found["choices"]]
        for row in rows:
            for column in ("patients", "own", "cannot_pay"):
                people = row.get(column)
                assert people is None or people == 0 or people >= SMALLEST, (name, row)
        curve = {str(row["price"]): row["patients"] for row in found["curve"]}
        parts: dict[str, list[float | None]] = defaultdict(list)
        for row in found["reached"]:
            parts[str(row["price"])].append(row["patients"])
        today = str(found["segments"][0]["price"])
        parts["today"] = [row["patients"] for row in found["segments"]]
        curve["today"] = curve[today]
        for row in found["reached"]:
            if str(row["price"]) == today:
                curve[row["setting"] + row["locality"]] = row["patients"]
        for row in found["segments"]:
            parts[row["setting"] + row["locality"]].append(row["patients"])
        for price, people in parts.items():
            if None in people and curve.get(price) is not None:
                rest = curve[price] - sum(one or 0.0 for one in people)
                assert rest >= SMALLEST - 1e-9, (name, price, rest)
