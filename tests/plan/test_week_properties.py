"""Every plan on random networks keeps every limit, the same plan each time, within its bound."""

from __future__ import annotations

import polars as pl
import pytest
from tests.plan.check.whole import doubts, faults
from tests.plan.worlds import Size, case_of, nuclides, world

from doseline.model.ledger import LINKS
from doseline.plan.week import plan_week

SIZES = (
    Size(),
    Size(possession=True, orders=12),
    Size(orders=14, tight_isotope=0.4),
    Size(orders=20, sites=2, batches=8, max_doses=(2, 6)),
    Size(orders=30, sites=6, lines=3, batches=12, possession=True, max_doses=(2, 5)),
    Size(orders=24, sites=3, batches=10, max_doses=(2, 6), chairs=(2, 3), rules=True),
    Size(orders=40, sites=8, lines=3, batches=14, possession=True, chairs=(2, 3), rules=True),
    Size(orders=30, sites=6, lines=3, batches=12, possession=True, chairs=(2, 3), more=True),
    Size(orders=24, sites=3, batches=10, max_doses=(2, 6), chairs=(2, 3), rules=True, more=True),
)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
def test_a_plan_keeps_every_limit(seed: int, size: Size) -> None:
    one = world(seed, size)
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    case = case_of(plan, one)
    assert faults(case) == []
    assert doubts(case) == []
    assert plan.status == "optimal"
    assert plan.gap <= 1e-9
    assert set(plan.flows["link"].drop_nulls()) <= set(LINKS)


def test_the_same_input_gives_the_same_plan() -> None:
    one = world(5, SIZES[4])
    first, second = (
        plan_week(one.network, one.options, one.orders, nuclides=nuclides()) for _ in range(2)
    )
    assert first.flows.equals(second.flows)
    assert first.batches.equals(second.batches)
    assert first.lots.equals(second.lots)
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_the_sequence_of_orders_does_not_matter() -> None:
    one = world(8, SIZES[3])
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    back = one.orders.reverse()
    other = plan_week(one.network, one.options, back, nuclides=nuclides(), gap=0.0)
    assert other.flows.reverse().equals(plan.flows)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "size", [SIZES[3], *SIZES[5:]], ids=lambda size: f"{size.sites}x{size.orders}"
)
def test_removing_columns_loses_nothing(
    seed: int, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world(seed, size)
    reduced = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    monkeypatch.setattr(
        "doseline.plan.week.kept_columns", lambda problem: problem.columns["column"].to_numpy()
    )
    whole = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    assert reduced.objective == pytest.approx(whole.objective, rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_payer_and_patient_decide_nothing(seed: int) -> None:
    one = world(seed, SIZES[2])
    other = one.orders.with_columns(payer=pl.lit("other"), patient=pl.lit("someone"))
    plans = [
        plan_week(one.network, one.options, orders, nuclides=nuclides(), gap=0.0)
        for orders in (one.orders, other)
    ]
    same = [plan.flows.drop("payer", "patient") for plan in plans]
    assert same[0].equals(same[1])


def test_no_orders_make_an_empty_plan() -> None:
    one = world(1)
    plan = plan_week(one.network, one.options, one.orders.clear(), nuclides=nuclides())
    assert plan.status == "empty"
    assert plan.flows.is_empty()
    assert plan.objective == 0.0
