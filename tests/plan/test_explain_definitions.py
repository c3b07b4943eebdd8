"""Facts in conflict are in conflict, none without need; repairs serve the order: tried by force."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.plan.only_facts import KINDS, OnlyFacts, told
from tests.plan.oracle import TinyWeek, best_plan
from tests.plan.oracle_penalty import weights
from tests.plan.test_against_oracle import bare_week, nuclides, plan_of, week_of

from doseline.plan.explain.answer import explain
from doseline.plan.orders.fairness import Fairness

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.plan.explain.explanation import Explanation, Repair, Step

SEEDS = range(40)
LOOSE = {"vials", "activity", "chair", "lot", "quota"}
"""Kinds of facts of which more can be had here."""
_MUST = 1e12


@cache
def explained(seed: int) -> tuple[Explanation, ...]:
    """Each order of a small week that is left."""
    week, plan = bare_week(seed), plan_of(seed)
    return tuple(
        explain(week.network, week.options, plan, order, nuclides=nuclides(), rule=Fairness())
        for order in plan.flows.filter(pl.col("batch").is_null())["order"]
    )


def only(seed: int, order: str) -> OnlyFacts:
    """The order with all that are served and come before it, or beside it, by the rule."""
    week, weight = bare_week(seed), weights(bare_week(seed))
    served = plan_of(seed).flows.filter(pl.col("batch").is_not_null())["order"]
    ahead = frozenset(one for one in served if weight[one] >= weight[order] * (1 - 1e-12))
    return OnlyFacts(week=week, asked=order, must=ahead)


@pytest.mark.parametrize("seed", SEEDS)
def test_facts_in_conflict_leave_no_plan_and_each_is_needed(seed: int) -> None:
    for told_ in explained(seed):
        if told_.conflict is None or not {f.kind for f in told_.conflict.facts} <= KINDS:
            continue
        facts, week = told_.conflict.facts, only(seed, told_.order)
        assert not week.possible(facts)
        if told_.conflict.irreducible:
            for fact in facts:
                assert week.possible([one for one in facts if one is not fact]), fact


def loosened(week: TinyWeek, order: str, repair: Repair) -> TinyWeek:
    """A week after a repair, its penalties as before."""
    for step in repair.steps:
        week = _with_more(week, step)
    if repair.kind != "window" or repair.day is None:
        return week
    day = repair.day
    orders = [
        replace(one, earliest=day, latest=day) if one.order == order else one for one in week.orders
    ]
    return replace(week, orders=orders)


def _with_more(week: TinyWeek, step: Step) -> TinyWeek:
    where, more = step.fact.where, step.more
    tables = {
        "vials": ("batches", "batch", "max_doses"),
        "activity": ("batches", "batch", "max_activity_gbq"),
        "lot": ("lots", "lot", "capacity_gbq"),
        "quota": ("quotas", "key", "doses_per_week"),
    }
    if step.fact.kind == "chair":
        return replace(week, options=replace(week.options, slots=_longer(week, step)))
    table, key, column = tables[step.fact.kind]
    frame = week.network.frame(table)
    named = pl.col("quota" if key == "key" else key) == where[key]
    grown = (pl.col(column) + more * (1 + 1e-9)).cast(frame.schema[column])
    changed = frame.with_columns(pl.when(named).then(grown).otherwise(pl.col(column)).alias(column))
    return replace(week, network=week.network.replace(**{table: changed}))


def _longer(week: TinyWeek, step: Step) -> pl.DataFrame:
    suites = week.network.frame("suites").select("suite", "site").rows()
    zones = dict(week.network.frame("sites").select("site", "zone").iter_rows())
    slots = week.options.slots
    longer = [
        minutes + math.ceil(step.more - 1e-9)
        if suites[suite][0] == step.fact.where["suite"]
        and told(start, zones[suites[suite][1]]) == step.fact.where["start"]
        else minutes
        for suite, start, minutes in slots.select("suite", "start_ms", "chair_min").iter_rows()
    ]
    return slots.with_columns(chair_min=pl.Series(longer, dtype=pl.Int64))


def repairs(seed: int) -> Iterator[tuple[str, Repair]]:
    for told_ in explained(seed):
        for repair in told_.repairs:
            known = all(
                step.fact.kind in LOOSE and not step.fact.where.get("lot", "").startswith("stock:")
                for step in repair.steps
            )
            if repair.kind in {"swap", "window", "more"} and known:
                yield told_.order, repair


@pytest.mark.parametrize("seed", SEEDS)
def test_a_repair_serves_the_order_at_the_price_told(seed: int) -> None:
    plan = plan_of(seed)
    for order, repair in repairs(seed):
        week = loosened(week_of(seed), order, repair)
        must = {name: _MUST if name == order else each for name, each in week.penalty.items()}
        best = best_plan(replace(week, penalty=must)).objective
        promised = plan.objective + repair.solved.objective
        assert best < _MUST / 2, (order, repair)
        assert best <= promised + 1e-6 * abs(promised)
        if repair.solved.at_least_week is not None:
            # A repair takes nobody's dose away, so it is held against plans that do not, either.
            served = plan.flows.filter(pl.col("link").is_null())["order"].to_list()
            kept = {**must, **dict.fromkeys(served, _MUST)}
            least = plan.objective + repair.solved.at_least_week
            fair = best_plan(replace(week, penalty=kept)).objective
            assert fair >= least - 1e-6 * abs(least)


def test_enough_of_both_is_tried() -> None:
    conflicts = [
        told_.conflict
        for seed in SEEDS
        for told_ in explained(seed)
        if told_.conflict and {fact.kind for fact in told_.conflict.facts} <= KINDS
    ]
    assert len(conflicts) > 40
    assert sum(len(conflict.facts) > 1 for conflict in conflicts) > 5
    kinds = [repair.kind for seed in SEEDS for _, repair in repairs(seed)]
    assert kinds.count("more") > 10
    assert kinds.count("window") > 10
