"""Money of the doses of a run, counted again from its payments, flows and cost tables."""

from __future__ import annotations

import functools
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.networks import references, rows_of, tiny, with_cells, with_settings

from doseline.io.report.dose_money import money_groups
from doseline.io.report.privacy import Privacy
from doseline.model.demand import Cost
from doseline.model.supply import Batch, Lot
from doseline.model.transport import Lane
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week
from doseline.rules import PARTIES
from doseline.study.dose_money import DOSE_MONEY_SCHEMA, dose_money_frame
from doseline.study.money import money_frame, payment_frame
from doseline.study.prepare import prepare
from doseline.study.run import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from doseline.model.network import Network

SMALLEST = 11
CENT = Decimal("0.01")
Money = dict[tuple[str, str, str], Decimal]
"""By order, party and side."""


def plain() -> Network:
    return with_settings(tiny(), replications=1)


def costly() -> Network:
    """Everyone has costs, some for a course, some for one product."""
    more = [
        {"item": "support", "party": "developer", "per": "episode", "amount": Decimal("777.77")},
        {"item": "trip", "party": "patient", "per": "infusion", "amount": Decimal("61.5")},
        {"item": "pump", "party": "hospital", "per": "dose", "amount": Decimal("33.33")},
        {"item": "desk", "party": "payer", "per": "dose", "amount": Decimal(12)},
        {"item": "nurse", "party": "hospital", "per": "site_week", "amount": Decimal("100.01")},
    ]
    rows = rows_of("costs", *more, {**more[2], "item": "tube", "product": "lu-psma"})
    network = plain()
    return network.replace(costs=pl.concat([network.frame("costs"), rows]))


def failing() -> Network:
    """Batches fail and flights are late: doses are lost."""
    network = with_cells(costly(), "batches", failure_percent=70.0)
    return with_cells(network, "lanes", on_time_percent=60.0, late_mean_h=30.0)


def own() -> Network:
    return with_cells(plain(), "lines", owner="near", channel="in_house")


WEEKS = {one.__name__: one for one in (plain, costly, failing, own)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The planned week of a network."""

    network: Network
    frames: Mapping[str, pl.DataFrame]


@functools.cache
def week(name: str) -> Week:
    """A whole run of the example; of the others the week alone, which is all that is asked."""
    network = WEEKS[name]()
    if name == "plain":
        return Week(network=network, frames=run(network, workers=1, values=1).frames)
    base, nuclides = prepare(network, references()), references().nuclides
    plan = plan_week(network, base.options, network.frame("orders"), nuclides=nuclides, gap=0.0)
    delivered = deliver(plan, network, base.options, nuclides=nuclides, seed=1)
    paid = payment_frame(network, references(), delivered)
    frames = {
        "flows": plan.flows,
        "payments": paid,
        "money": money_frame(network, plan, delivered, paid),
        "dose_money": dose_money_frame(network, plan, delivered, paid),
    }
    return Week(network=network, frames=frames)


def doses_of(result: Week) -> pl.DataFrame:
    return result.frames["dose_money"].filter(pl.col("order").is_not_null())


def outlays(result: Week, order: dict[str, object]) -> Iterator[tuple[str, str, Decimal]]:
    """Who pays whom for making, bringing and giving a dose that was infused."""
    network, flows = result.network, result.frames["flows"].filter(pl.col("batch").is_not_null())
    batch = network.by_key(Batch)[str(order["batch"])]
    together = flows.filter(pl.col("batch") == batch.batch).height
    made = batch.dose_cost + batch.fixed_cost / together
    half_life_h = references().nuclides["Lu-177"].half_life_h
    lot = next(row for row in network.rows(Lot) if row.weekday == batch.weekday)
    age_h = int(batch.start[:2]) + batch.synthesis_h - int(lot.reference[:2])
    needed = float(str(order["activity_ready_gbq"])) / (batch.yield_percent / 100.0)
    isotope = Decimal(str(needed * 2.0 ** (age_h / half_life_h))) * lot.price_per_gbq
    ways = {row.lane: row.cost for row in network.rows(Lane)}
    carriage = sum((ways[lane] for lane in lanes_of(str(order["lanes"]))), Decimal(0))
    yield "maker", "outside", made
    yield "maker", "isotope_supplier", isotope
    yield "maker", "carrier", carriage
    yield "developer", "maker", made + isotope + carriage
    here = flows.filter(pl.col("site") == order["site"]).height
    for cost in network.rows(Cost):
        # A course is paid for with its first dose: the week's books are of what the week costs.
        begins = cost.per != "episode" or order["kind"] == "new"
        if cost.product in {None, order["product"]} and begins:
            amount = Decimal(str(cost.amount))
            yield cost.party, "outside", amount / here if cost.per == "site_week" else amount


def lanes_of(way: str) -> list[str]:
    """Lanes of an itinerary that is told as places joined by arrows."""
    return [part.strip() for part in way.split(" > ")]


def recounted(result: Week) -> Money:
    """Revenue and cost of each party for each dose."""
    books: Money = defaultdict(Decimal)
    for row in result.frames["payments"].iter_rows(named=True):
        books[row["order"], row["party_from"], "cost"] += row["amount"]
        books[row["order"], row["party_to"], "revenue"] += row["amount"]
    for order in result.frames["flows"].drop_nulls("batch").iter_rows(named=True):
        for giver, taker, amount in outlays(result, order):
            books[order["order"], giver, "cost"] += amount
            books[order["order"], taker, "revenue"] += amount
    return books


@pytest.mark.parametrize("name", ["plain", "costly"])
def test_every_dose_is_its_payments_and_its_share_of_the_cost_tables(name: str) -> None:
    result = week(name)
    doses = doses_of(result)
    assert set(doses["ending"]) == {"infused"}
    assert set(doses["order"]) == set(result.frames["flows"].drop_nulls("batch")["order"])
    books = recounted(result)
    told = 0
    for row in doses.iter_rows(named=True):
        for side in ("revenue", "cost"):
            exact = books[row["order"], row["party"], side]
            assert abs(row[side] - exact) <= 4 * CENT, (row, side, exact)
            told += exact != 0
        assert row["margin"] == row["revenue"] - row["cost"]
    assert told == sum(amount != 0 for amount in books.values())


@pytest.mark.parametrize("name", WEEKS)
def test_doses_sum_to_zero_and_to_the_money_of_the_ledger(name: str) -> None:
    result = week(name)
    frame = result.frames["dose_money"]
    assert frame.schema == pl.Schema(DOSE_MONEY_SCHEMA)
    for _, group in doses_of(result).group_by("order"):
        assert group["margin"].sum() == 0
        assert (group["revenue"] >= 0).all()
        assert (group["cost"] >= 0).all()
    ledger: dict[str, list[Decimal]] = defaultdict(list)
    for party, _, amount, _ in result.frames["money"].iter_rows():
        ledger[party].append(amount)
    assert set(ledger) <= set(PARTIES)
    for party in PARTIES:
        mine = frame.filter(pl.col("party") == party)["margin"].sum() or Decimal(0)
        assert mine == sum(ledger[party], Decimal(0)), party
    assert sum(sum(amounts, Decimal(0)) for amounts in ledger.values()) == 0


def test_doses_that_are_lost_are_in_the_books() -> None:
    lost = doses_of(week("failing")).filter(pl.col("ending") != "infused")
    assert lost["order"].n_unique() >= 1
    bought = lost.filter(pl.col("party") == "payer")
    assert bought["revenue"].sum() == 0
    assert (lost.filter(pl.col("party") == "outside")["revenue"] > 0).all()


def test_a_dose_of_its_own_line_leaves_the_making_with_the_hospital() -> None:
    doses = doses_of(week("own"))
    near = doses.filter(pl.col("site") == "near", pl.col("party") == "hospital")
    developer = doses.filter(pl.col("site") == "near", pl.col("party") == "developer")
    assert near.height >= 1
    assert developer.is_empty() or developer["revenue"].sum() == 0


def group(*key: str, size: int) -> pl.DataFrame:
    """So many doses of a group; each brings the hospital 10."""
    columns = dict(zip(("product", "channel", "payer"), key, strict=True))
    ten, none = Decimal(10), Decimal(0)
    sides = {"payer": (none, ten), "hospital": (ten, none)}
    return pl.DataFrame(
        [
            {
                "order": f"{'-'.join(key)}-{at}",
                **columns,
                "site": "near",
                "ending": "infused",
                "party": party,
                "revenue": revenue,
                "cost": cost,
                "margin": revenue - cost,
                "currency": "USD",
            }
            for at in range(size)
            for party, (revenue, cost) in sides.items()
        ],
        schema=DOSE_MONEY_SCHEMA,
    )


KEYS = [(product, "commercial", payer) for product in "ab" for payer in ("x", "y", "z")]


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(0, 30), min_size=len(KEYS), max_size=len(KEYS)))
def test_no_group_under_eleven_can_be_read_or_worked_out(sizes: list[int]) -> None:
    frame = pl.concat([group(*key, size=size) for key, size in zip(KEYS, sizes, strict=True)])
    if frame.is_empty():
        return
    told = money_groups(frame, Privacy())
    shown = [row["doses"] for row in told if row["doses"] is not None]
    assert all(doses >= SMALLEST for doses in shown)
    assert all((row["parties"] is None) == (row["doses"] is None) for row in told)
    # All doses of the week and all its money are told elsewhere: what is left must not tell one.
    rest = sum(sizes) - sum(shown)
    hidden = [row for row in told if row["doses"] is None]
    assert not hidden or (rest >= SMALLEST and len(hidden) > 1) or not shown


def test_the_tiny_week_tells_no_group() -> None:
    result = week("plain")
    told = money_groups(result.frames["dose_money"], Privacy())
    counts = doses_of(result).group_by("payer").agg(pl.col("order").n_unique())
    assert (counts["order"] < SMALLEST).all()
    assert told
    assert all(row["doses"] is None and row["parties"] is None for row in told)
    assert all(a["payer"] != b["payer"] for a, b in pairwise(told))
