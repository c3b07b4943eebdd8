"""A week planned again: the best of all answers, and nothing moves that has happened."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.plan.again_weeks import ADJUST_SHARE, after_event
from tests.plan.check.again import Again, again_faults
from tests.plan.check.case import Case
from tests.plan.oracle import best_plan
from tests.plan.oracle_penalty import weights
from tests.plan.oracle_time import Given, fee
from tests.plan.test_against_oracle import bare_week, nuclides, plan_of, taken_in
from tests.plan.worlds import Size, case_of, table, world
from tests.plan.worlds import nuclides as world_nuclides

from doseline.model.events import (
    BatchFailed,
    DoseFreed,
    Event,
    FlightCancelled,
    PatientHeld,
    PatientWithdrawn,
    SuiteClosed,
    YieldLow,
)
from doseline.plan.replan.week import replan
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from doseline.model.replanned import Replanned

MOVE_SHARE = 0.05
"""Published price of a move, as a share of the penalty of a new start. [unitless]"""
KINDS = ("batch_failed", "suite_closed", "flight_cancelled", "patient_held", "patient_withdrawn")
SEEDS = range(24)
SIZES = (
    Size(orders=10, sites=3, tight_isotope=6.0, chairs=(2, 3), max_doses=(2, 4)),
    Size(orders=20, sites=3, batches=8, max_doses=(2, 6)),
    Size(orders=16, sites=4, possession=True, max_doses=(2, 4)),
)


def event_of(kind: str, case: Case, seed: int) -> Event:
    """Something that hits a dose of the plan."""
    chosen = case.served[int(np.random.default_rng((seed, 9)).integers(len(case.served)))]
    day = case.day(chosen)
    events: dict[str, Event] = {
        "batch_failed": BatchFailed(batch=chosen["batch"]),
        "yield_low": YieldLow(batch=chosen["batch"], percent=93.0),
        "suite_closed": SuiteClosed(suite=chosen["suite"], first=day, last=day),
        "flight_cancelled": FlightCancelled(lane=chosen["lanes"], depart=chosen["depart"]),
        "patient_held": PatientHeld(order=chosen["order"], until=day + timedelta(days=1)),
        "patient_withdrawn": PatientWithdrawn(order=chosen["order"]),
        "dose_freed": DoseFreed(order=chosen["order"]),
    }
    return events[kind]


@cache
def small_case(seed: int) -> Case:
    week = bare_week(seed)
    return Case(
        plan=plan_of(seed),
        network=week.network,
        options=week.options,
        orders=week.network.frame("orders"),
        half_life_h=week.half_life_h,
    )


def early(seed: int) -> datetime:
    """An hour before anything of a small week begins."""
    week = bare_week(seed)
    first_ms = min(week.startin_ms(run) for run in week.runs)
    return datetime.fromtimestamp(first_ms / 1000, tz=UTC) - timedelta(hours=1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [seed for seed in SEEDS if small_case(seed).served])
def test_the_answer_to_an_event_is_the_best_of_all(seed: int, kind: str) -> None:
    week, event = bare_week(seed), event_of(kind, small_case(seed), seed)
    again = replan(
        week.network, week.options, plan_of(seed), [event],
        at=early(seed), nuclides=nuclides(), gap=0.0,
    )  # fmt: skip
    base = again.move_price / MOVE_SHARE
    assert math.log10(base) == pytest.approx(round(math.log10(base)), abs=1e-9)
    taken = dict(
        zip([one.order for one in week.orders], taken_in(week, plan_of(seed)), strict=True)
    )
    penalty = {name: each * base for name, each in weights(week).items()}
    after = after_event(
        replace(week, penalty=penalty), taken, event, base=base, move=again.move_price
    )
    # A promise is not kept where the order is called off, and costs what it costs.
    called_off = [
        Given(one, None)
        for one in week.orders
        if isinstance(event, PatientWithdrawn) and event.order == one.order
    ]
    least = best_plan(after).objective + sum(fee(week.network, one) for one in called_off)
    assert again.plan.objective == pytest.approx(least, rel=1e-6)
    assert again.plan.bound <= again.plan.objective * (1 + 1e-9)


@cache
def large_case(seed: int, size: Size) -> Case:
    one = world(seed, size)
    plan = plan_week(one.network, one.options, one.orders, nuclides=world_nuclides(), gap=0.0)
    network = one.network.replace(orders=table("orders", one.orders.to_dicts()))
    return replace(case_of(plan, one), network=network)


def replanned(
    case: Case,
    event: Event,
    at: datetime,
    *,
    move_price: float | None = None,
    most_moves: int | None = None,
) -> Replanned:
    return replan(
        case.network, case.options, case.plan, [event],
        at=at, nuclides=world_nuclides(), gap=0.0, move_price=move_price, most_moves=most_moves,
    )  # fmt: skip


def told_at(kind: str, case: Case, seed: int) -> datetime:
    """An instant at which an event may be told, while some of the week has happened."""
    chosen = case.served[int(np.random.default_rng((seed, 9)).integers(len(case.served)))]
    run = case.runs[chosen["batch"]]
    hours = int(np.random.default_rng((seed, 10)).integers(1, 12))
    told: dict[str, datetime] = {
        "batch_failed": run["start"] + timedelta(hours=2),
        "yield_low": run["ready"],
        "suite_closed": chosen["infuse"] - timedelta(hours=hours),
        "flight_cancelled": chosen["depart"] - timedelta(hours=1),
        "patient_held": chosen["infuse"] - timedelta(hours=hours),
        "patient_withdrawn": chosen["infuse"] - timedelta(hours=hours),
        "dose_freed": chosen["infuse"] - timedelta(hours=hours),
    }
    return told[kind]


@pytest.mark.parametrize("kind", [*KINDS, "yield_low", "dose_freed"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
@pytest.mark.parametrize("seed", range(3))
def test_what_has_happened_stays_and_all_else_is_kept(seed: int, size: Size, kind: str) -> None:
    case = large_case(seed, size)
    event = event_of(kind, case, seed)
    at = told_at(kind, case, seed)
    again = Again(
        before=case,
        result=replanned(case, event, at),
        at=at,
        low={event.batch: event.percent / 100.0} if isinstance(event, YieldLow) else {},
        failed=frozenset([event.batch] if isinstance(event, BatchFailed) else []),
    )
    assert [fault.text for fault in again_faults(again) if fault.certain] == []
    told = again.result
    counted = told.cost_after + told.penalty_after + told.move_total
    assert told.plan.objective == pytest.approx(counted, rel=1e-9)


ROOMY = Size(orders=8, sites=4, batches=8, tight_isotope=9.0, chairs=(3, 4), max_doses=(3, 5))


def full_cases() -> list[int]:
    """Seeds of worlds in which every order is served, so that none waits for room."""
    cases = {seed: large_case(seed, ROOMY) for seed in range(12)}
    return [seed for seed, case in cases.items() if len(case.served) == case.orders.height][:4]


def test_some_worlds_serve_all() -> None:
    assert len(full_cases()) >= 3


@pytest.mark.parametrize("kind", ["patient_withdrawn", "batch_failed"])
@pytest.mark.parametrize("seed", full_cases())
def test_nobody_moves_without_need(seed: int, kind: str) -> None:
    """A dose less, or an idle batch less, leaves all others where they are: that needs no move."""
    case = large_case(seed, ROOMY)
    event = event_of("patient_withdrawn", case, seed)
    if kind == "batch_failed":
        event = BatchFailed(batch=next(n for n, run in case.runs.items() if not run["open"]))
    at = min(run["start"] for run in case.runs.values()) - timedelta(hours=1)
    result = replanned(case, event, at)
    changed = result.changes.filter(~pl.col("change").is_in(["unchanged", "withdrawn"]))
    assert changed.height == 0
    assert result.others_moved == 0
    assert result.move_total == 0.0


@pytest.mark.parametrize("seed", range(4))
def test_a_budget_of_no_moves_moves_no_others(seed: int) -> None:
    case = large_case(seed, SIZES[1])
    at = min(run["start"] for run in case.runs.values()) - timedelta(hours=1)
    result = replanned(case, event_of("batch_failed", case, seed), at, most_moves=0)
    assert result.others_moved == 0
    hit = pl.col("event") != ""
    others = result.changes.filter(~hit & pl.col("batch_before").is_not_null())
    assert set(others["change"]) <= {"unchanged"}


@pytest.mark.parametrize("seed", range(4))
def test_the_dearer_a_move_the_fewer_there_are(seed: int) -> None:
    """Of two best answers, that to the dearer moves has no more of them: sums of both prices."""
    case = large_case(seed, SIZES[1])
    event = event_of("batch_failed", case, seed)
    at = min(run["start"] for run in case.runs.values()) - timedelta(hours=1)
    moves = []
    for price in (1.0, 100.0, 2_000.0):
        counts = replanned(case, event, at, move_price=price).counts
        moves.append(counts["moved"] + counts["adjusted"] * ADJUST_SHARE)
    assert moves == sorted(moves, reverse=True)
