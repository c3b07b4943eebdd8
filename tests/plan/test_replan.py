"""Planning again: as good as one program over everything, nothing that has happened moves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from tests.plan.replan_worlds import MONDAY, asked, best, changed, events_for, planned
from tests.plan.worlds import nuclides

from doseline.model.events import parse_event
from doseline.model.replanned import CHANGE_SCHEMA, CHANGES, PARTS
from doseline.plan.replan.partial import levels
from doseline.plan.replan.week import replan

if TYPE_CHECKING:
    from doseline.model.replanned import Replanned

SEEDS = range(24)


def again(seed: int, events: list[str], at: datetime, **about: Any) -> Replanned:
    one, plan = planned(seed)
    told = [parse_event(text) for text in events]
    return replan(
        one.network, one.options, plan, told, at=at, nuclides=nuclides(), **{"gap": 0.0, **about}
    )


def instant(seed: int) -> datetime:
    return MONDAY + timedelta(hours=float(np.random.default_rng((seed, 9)).integers(-12, 90)))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_is_the_best_and_the_bound_holds(seed: int) -> None:
    one, plan = planned(seed)
    at = instant(seed)
    events = events_for(seed, plan, at)
    for most in (None, 0, 1):
        found = again(seed, events, at, most_moves=most)
        least = best(asked(one, plan, events, at), most)
        assert found.plan.bound <= least * (1.0 + 1e-7)
        assert found.plan.objective == pytest.approx(least, rel=1e-6), events
        assert most is None or found.others_moved <= most


@pytest.mark.parametrize("seed", SEEDS)
def test_the_objective_is_what_it_says(seed: int) -> None:
    _, plan = planned(seed)
    at = instant(seed)
    found = again(seed, events_for(seed, plan, at), at)
    parts = found.cost_after + found.penalty_after + found.move_total
    assert found.plan.objective == pytest.approx(parts, rel=1e-9)
    assert found.changes.schema == pl.Schema(CHANGE_SCHEMA)
    assert sum(found.counts.values()) == found.changes.height == found.plan.flows.height
    assert set(found.changes["change"]) <= set(CHANGES)
    told = {part for what in found.changes["what"] for part in what.split()}
    assert told <= set(PARTS)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_has_happened_stays(seed: int) -> None:
    _, plan = planned(seed)
    at = instant(seed)
    found = again(seed, events_for(seed, plan, at), at)
    starts = dict(plan.batches.select("batch", "start").iter_rows())
    before = {row["order"]: row for row in plan.flows.to_dicts() if row["line"]}
    after = {row["order"]: row for row in found.plan.flows.to_dicts()}
    made = [row for row in before.values() if starts[row["batch"]] <= at]
    filled = {round(row["activity_ready_gbq"], 9) for row in made}
    for order, row in after.items():
        if row["line"] and starts[row["batch"]] <= at:
            low = any(one.startswith("yield_low") for one in map(str, found.events))
            assert low or round(row["activity_ready_gbq"], 9) in filled
        if row["line"] and row != before.get(order):
            assert row["infuse"] > at
    for order, row in before.items():
        if row["infuse"] <= at:
            assert after[order] == row
        elif row["depart"] <= at and after[order]["batch"] == row["batch"]:
            same = ("lanes", "depart", "arrive")
            assert [after[order][one] for one in same] == [row[one] for one in same]


@pytest.mark.parametrize("seed", range(8))
def test_nothing_happens_if_nothing_happened(seed: int) -> None:
    _, plan = planned(seed)
    for hours in (-24, 20, 60, 200):
        found = again(seed, [], MONDAY + timedelta(hours=hours))
        assert found.others_moved == 0
        assert found.plan.flows.drop("link", "reason").equals(plan.flows.drop("link", "reason"))
        assert found.cost_after == pytest.approx(plan.cost)
        assert found.plan.objective == pytest.approx(plan.objective)
        used = plan.lots.filter(pl.col("used_gbq") > 0).select("lot", "used_gbq")
        now = found.plan.lots.filter(pl.col("used_gbq") > 0).select("lot", "used_gbq")
        assert used["lot"].to_list() == now["lot"].to_list()
        assert used["used_gbq"].to_numpy() == pytest.approx(now["used_gbq"].to_numpy())


@pytest.mark.parametrize("seed", range(8))
def test_a_failed_batch_serves_nobody_and_its_money_is_gone_once_it_started(seed: int) -> None:
    _, plan = planned(seed)
    batch = plan.batches.filter("open").sort("start").row(0, named=True)
    hit = plan.flows.filter(pl.col("batch") == batch["batch"])["order"].to_list()
    early = again(seed, [f"batch_failed:{batch['batch']}"], batch["start"] - timedelta(hours=1))
    late = again(seed, [f"batch_failed:{batch['batch']}"], batch["release"])
    for found in (early, late):
        assert batch["batch"] not in found.plan.flows["batch"].to_list()
        events = dict(found.changes.select("order", "event").iter_rows())
        assert {order for order, event in events.items() if event} == set(hit)
    spent = [found.plan.draws.filter(batch=batch["batch"]).height for found in (early, late)]
    assert spent[0] == 0 < spent[1]
    opened = [found.plan.batches.filter(batch=batch["batch"])["open"][0] for found in (early, late)]
    assert opened == [False, True]


@pytest.mark.parametrize("seed", range(8))
def test_a_vial_goes_to_one_order_and_swaps_are_told(seed: int) -> None:
    _, plan = planned(seed)
    at = MONDAY + timedelta(hours=40)
    freed = [row["order"] for row in plan.flows.to_dicts() if row["infuse"] and row["infuse"] > at]
    found = again(seed, [f"patient_withdrawn:{one}" for one in freed[:3]], at)
    users = found.vials.filter(pl.col("order").is_not_null())
    assert users["vial_of"].is_unique().all()
    assert users["order"].is_unique().all()
    swapped = found.changes.filter(pl.col("change") == "swapped")
    assert swapped["new_identity_check"].all()
    of = dict(
        users.filter(pl.col("order") != pl.col("vial_of")).select("order", "vial_of").iter_rows()
    )
    assert dict(swapped.select("order", "vial_of").iter_rows()) == of
    assert found.changes.filter("new_identity_check").height == swapped.height
    for percent in swapped["label_percent"]:
        assert 90.0 - 1e-6 <= percent <= 110.0 + 1e-6


def test_no_move_saves_less_than_its_price() -> None:
    for seed in range(6):
        at = MONDAY - timedelta(hours=10)
        found = again(seed, [], at, move_price=1e9)
        assert set(changed(found).values()) <= {"unchanged", "waiting"}


def test_levels_go_down_together_but_not_below_what_each_needs() -> None:
    least, most = np.array([6.0, 1.0, 2.0]), np.array([8.0, 8.0, 4.0])
    held = levels(least, most, 13.0)
    assert held.sum() == pytest.approx(13.0)
    share = held / most
    assert held[0] == pytest.approx(6.0)
    assert share[1] == pytest.approx(share[2])
    assert levels(least, most, 20.0).tolist() == most.tolist()
