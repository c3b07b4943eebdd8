"""What is delivered follows its chances, ends once for each order, and its activity balances."""

from __future__ import annotations

import polars as pl
import pytest
from tests.plan.worlds import T_H, Size, World, nuclides, table, world

from doseline.model.flows import FLOW_SCHEMA, Plan
from doseline.model.ledger import DOSE_ENDINGS
from doseline.plan.balance import activity_balance
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week

SIZE = Size(sites=30, orders=200, lines=2, batches=12, max_doses=(20, 40), chairs=(3, 3))


def lanes(one: World, *, on_time: float, late_h: float = 6.0) -> World:
    names = one.options.itineraries["lanes"].unique().sort().to_list()
    rows = [
        {"lane": name, "mode": "road", "on_time_percent": on_time, "late_mean_h": late_h}
        for name in names
    ]
    return World(
        network=one.network.replace(lanes=table("lanes", rows)),
        options=one.options,
        orders=one.orders,
    )


def planned(*, on_time: float, late_h: float = 6.0, fail: float = 0.0) -> tuple[World, Plan]:
    one = lanes(world(3, SIZE), on_time=on_time, late_h=late_h)
    batches = one.network.frame("batches").with_columns(failure_percent=pl.lit(fail))
    one = World(
        network=one.network.replace(batches=batches), options=one.options, orders=one.orders
    )
    return one, plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.02)


def ended(one: World, plan: Plan, seed: int, hold_percent: float = 0.0) -> pl.DataFrame:
    return deliver(
        plan, one.network, one.options, nuclides=nuclides(), seed=seed, hold_percent=hold_percent
    )


def test_when_nothing_goes_wrong_all_doses_are_infused_as_planned() -> None:
    one, plan = planned(on_time=100.0)
    flows = ended(one, plan, seed=1)
    served = flows.filter(pl.col("batch").is_not_null())
    assert served["ending"].unique().to_list() == ["infused"]
    assert flows.drop("ending").equals(plan.flows.drop("ending"))
    assert dict(flows.schema) == FLOW_SCHEMA


def test_when_every_batch_fails_nobody_is_treated() -> None:
    one, plan = planned(on_time=100.0, fail=100.0)
    served = ended(one, plan, seed=1).filter(pl.col("batch").is_not_null())
    assert served["ending"].unique().to_list() == ["batch_failed"]


def test_a_batch_fails_as_a_whole_and_as_often_as_it_should() -> None:
    one, plan = planned(on_time=100.0, fail=30.0)
    failed = batches = 0
    for seed in range(60):
        flows = ended(one, plan, seed).filter(pl.col("batch").is_not_null())
        by_batch = flows.group_by("batch").agg(lost=(pl.col("ending") == "batch_failed").mean())
        assert set(by_batch["lost"]) <= {0.0, 1.0}
        failed += int(by_batch["lost"].sum())
        batches += by_batch.height
    share, spread = failed / batches, (0.3 * 0.7 / batches) ** 0.5
    assert abs(share - 0.3) < 4.0 * spread


def test_late_doses_are_infused_on_arrival_or_lost_to_transport() -> None:
    one, plan = planned(on_time=0.0, late_h=12.0)
    served = ended(one, plan, seed=2).filter(pl.col("batch").is_not_null())
    assert served["ending"].is_in(["infused", "infused_late", "transport", "expired"]).all()
    late = served.filter(pl.col("ending") == "infused_late")
    assert late.height > 0
    assert (late["infuse"] == late["arrive"]).all()
    before = plan.flows.join(late.select("order"), on="order", how="semi", maintain_order="left")
    hours = (late["infuse"] - before["infuse"]).dt.total_milliseconds() / 3_600_000
    expected = before["activity_infuse_gbq"] * (2.0 ** (-hours / T_H))
    assert ((late["activity_infuse_gbq"] - expected).abs() < 1e-12).all()
    assert (late["infuse"].dt.date() == before["infuse"].dt.date()).all()
    lost = served.filter(pl.col("ending").is_in(["transport", "expired"]))
    assert (
        lost["arrive"] > lost.join(plan.flows, on="order", maintain_order="left")["infuse_right"]
    ).all()
    assert set(lost["ending"]) == {"transport", "expired"}
    products = one.network.frame("products").select("product", "shelf_life_h", "tolerance_percent")
    lost = lost.join(products, on="product").join(
        plan.flows.select("order", "ready", planned="infuse"), on="order", suffix="_planned"
    )
    since_h = {
        name: (lost["arrive"] - lost[name]).dt.total_milliseconds() / 3_600_000
        for name in ("ready", "planned")
    }
    over = (since_h["ready"] > lost["shelf_life_h"]) | (
        0.5 ** (since_h["planned"] / T_H) < 1.0 - lost["tolerance_percent"] / 100.0
    )
    assert (over == (lost["ending"] == "expired")).all()


def test_held_patients_lose_their_dose() -> None:
    one, plan = planned(on_time=100.0)
    served = ended(one, plan, 1, hold_percent=100.0).filter(pl.col("batch").is_not_null())
    assert served["ending"].unique().to_list() == ["patient_hold"]


@pytest.mark.parametrize("seed", range(5))
def test_every_order_ends_once_and_the_same_seed_gives_the_same(seed: int) -> None:
    one, plan = planned(on_time=80.0, fail=20.0)
    flows = ended(one, plan, seed, hold_percent=5.0)
    assert flows["order"].to_list() == one.orders["order"].to_list()
    assert set(flows["ending"]) <= set(DOSE_ENDINGS)
    assert flows.equals(ended(one, plan, seed, hold_percent=5.0))
    assert not flows.equals(ended(one, plan, seed + 100, hold_percent=5.0))


@pytest.mark.parametrize("seed", range(5))
def test_the_activity_that_was_made_is_all_accounted_for(seed: int) -> None:
    one, plan = planned(on_time=70.0, fail=20.0)
    flows = ended(one, plan, seed, hold_percent=10.0)
    stages = activity_balance(flows, one.network, nuclides=nuclides())
    for _, rows in stages.group_by("product"):
        parts = dict(rows.select("stage", "activity_gbq").iter_rows())
        made = parts.pop("made")
        assert sum(parts.values()) == pytest.approx(made, rel=1e-9)
        assert min(parts.values()) >= 0.0


def test_one_vial_by_hand() -> None:
    """Calibrated at 0 h, away at 5 h, there at half a half-life, infused at one half-life."""
    one, plan = planned(on_time=100.0)
    first = plan.flows.filter(pl.col("batch").is_not_null()).head(1)
    half_life = pl.duration(milliseconds=round(T_H * 3_600_000))
    flow = first.with_columns(
        arrive=pl.col("ready") + half_life / 2,
        depart=pl.col("ready"),
        infuse=pl.col("ready") + half_life,
        activity_ready_gbq=pl.lit(8.0),
        ending=pl.lit("infused"),
    )
    stages = activity_balance(flow, one.network, nuclides=nuclides())
    parts = dict(stages.select("stage", "activity_gbq").iter_rows())
    assert parts["made"] == 8.0
    assert parts["decayed_in_transit"] == pytest.approx(8.0 - 8.0 / 2**0.5)
    assert parts["decayed_waiting"] == pytest.approx(8.0 / 2**0.5 - 4.0)
    assert parts["residual"] == pytest.approx(0.02 * 4.0)
    assert parts["infused"] == pytest.approx(0.98 * 4.0)
    assert parts["waste"] == 0.0
