"""Headroom of random networks equals what adding doses one by one finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.study.headroom_oracle import Oracle
from tests.study.headroom_worlds import SITE, drawn
from tests.study.networks import references

from doseline.io.reference import nuclide_table
from doseline.study.headroom import headroom

if TYPE_CHECKING:
    from tests.study.headroom_worlds import World

REFERENCE = references()
HALF_LIFE_H = {name: nuclide_table()[name].half_life_h for name in ("Lu-177", "I-131")}


def _oracle(world: World) -> Oracle:
    return Oracle(world.network(), SITE, world.start, world.days, HALF_LIFE_H)


@pytest.mark.parametrize("seed", range(60))
def test_each_day_takes_as_many_doses_as_can_be_added_by_hand(seed: int) -> None:
    world = drawn(seed, promises=False)
    oracle = _oracle(world)
    oracle.promise_flying()
    found = headroom(oracle.network, SITE, start=world.start, days=world.days, reference=REFERENCE)
    for row in found.days.iter_rows(named=True):
        product, day = row["product"], row["day"]
        real, bare = oracle.doses(product, day, new=True), oracle.bare(product, day)
        assert row["acceptable"] == len(oracle.acceptable(product, day)), (product, day)
        assert row["supply"] == oracle.supply(product, day), (product, day)
        if bare:
            assert row["chair"] == oracle.most(bare, "chair"), (product, day)
        for role in ("nurse", "authorised_user"):
            if row[role] is not None and bare:
                assert row[role] == oracle.most(bare[:1], role), (product, day)
        if row["possession"] is not None:
            assert row["possession"] == oracle.most(real, "possession"), (product, day)


@pytest.mark.parametrize("seed", range(100, 140))
def test_promised_doses_are_placed_as_by_hand_and_days_add_up(seed: int) -> None:
    world = drawn(seed, promises=True)
    oracle = _oracle(world)
    found = headroom(oracle.network, SITE, start=world.start, days=world.days, reference=REFERENCE)
    oracle.promise_flying()
    placed = oracle.promise_orders()
    told = found.promised.filter(what="order")
    days = dict(told.select("name", "day").iter_rows())
    assert {name: day for name, day in placed.items() if day or name in days} == days
    for row in found.promised.filter(what="reserved").iter_rows(named=True):
        assert row["day"] == oracle.promise_course(row["product"], row["earliest"])
    alone, total = _oracle(world), dict.fromkeys(found.days["product"].unique(), 0)
    alone.given = list(oracle.given)
    rows = zip(
        found.days.iter_rows(named=True), found.cumulative.iter_rows(named=True), strict=True
    )
    for row, both in rows:
        product, day = row["product"], row["day"]
        assert row["acceptable"] == len(alone.acceptable(product, day)), (product, day)
        more = oracle.acceptable(product, day)
        oracle.given += more
        total[product] += len(more)
        assert (both["accepted"], both["total"]) == (len(more), total[product]), (product, day)
