"""Orders of weeks that were planned again: what is told of them against all columns at once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.plan.replan_worlds import MONDAY, events_for, planned
from tests.plan.worlds import nuclides

from doseline.model.events import parse_event
from doseline.plan.errors import CalledOffError
from doseline.plan.explain.after import explain_after
from doseline.plan.orders.fairness import Fairness
from doseline.plan.replan.happened import what_happened
from doseline.plan.replan.problem import replan_problem
from doseline.plan.replan.week import replan
from doseline.plan.solver.linear import Highs
from doseline.plan.solver.program import program_of

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.model.events import Event
    from doseline.model.replanned import Replanned
    from doseline.plan.explain.explanation import Explanation
    from doseline.plan.replan.problem import Asked

SEEDS = range(12)


def instant(seed: int) -> datetime:
    """An instant in the first half of the week."""
    return MONDAY.replace(day=MONDAY.day + seed % 3, hour=(5 * seed) % 24)


@cache
def again(seed: int) -> tuple[Replanned, tuple[Event, ...]]:
    """A small week planned again, and its events."""
    one, plan = planned(seed)
    at = instant(seed)
    events = tuple(parse_event(text) for text in events_for(seed, plan, at))
    found = replan(one.network, one.options, plan, events, at=at, nuclides=nuclides(), gap=0.0)
    return found, events


def explained(seed: int, order: str) -> Explanation:
    found, events = again(seed)
    return explain_after(
        found.network,
        planned(seed)[0].options,
        found.plan,
        order,
        events=events,
        at=instant(seed),
        nuclides=nuclides(),
        rule=Fairness(),
    )


def left_of(seed: int) -> list[str]:
    """Orders that wait for a dose."""
    changes = again(seed)[0].changes
    waiting = changes.filter(changes["infuse"].is_null() & (changes["change"] != "withdrawn"))
    return [str(order) for order in waiting["order"]]


def served_of(seed: int) -> list[str]:
    flows = again(seed)[0].plan.flows
    return [str(order) for order in flows.filter(flows["infuse"].is_not_null())["order"]]


def what_is_left(seed: int) -> Asked:
    """All that can still be chosen, without prices of moves."""
    found, events = again(seed)
    options, at = planned(seed)[0].options, instant(seed)
    happened = what_happened(found.network, options, found.plan, (), at=at, earlier=events)
    return replan_problem(
        found.network,
        options,
        found.plan,
        happened,
        at_ms=round(at.timestamp() * 1000),
        nuclides=nuclides(),
        rule=Fairness(),
        move_price=0.0,
    )


def possible(seed: int, order: str) -> bool:
    """Whether all columns at once serve an order and all served that the rule puts before it."""
    asked = what_is_left(seed)
    problem = asked.problem
    program = program_of(problem, problem.columns["column"].to_numpy())
    upper = program.upper.copy()
    weight = np.array([asked.penalty[name] for name in problem.groups["apart"]])
    own = asked.penalty[order]
    infused = set(asked.before.filter("infused")["order"])
    served = set(served_of(seed))
    for group, name in enumerate(problem.groups["apart"]):
        ahead = name in served and weight[group] >= own * (1.0 - 1e-12)
        if name == order or ahead or name in infused:
            upper[program.unserved.start + group] = 0.0
    highs = Highs(
        cost=np.zeros(upper.size),
        lower=np.zeros(upper.size),
        upper=upper,
        rows=program.rows,
        integer=program.integer,
    )
    return highs.solve_if_possible("everything at once") is not None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_conflict_leaves_no_plan_and_room_has_one(seed: int) -> None:
    for order in left_of(seed):
        found = explained(seed, order)
        assert found.status in {"no_option", "conflict", "room", "outranked"}
        assert (found.status in {"room", "outranked"}) == possible(seed, order), (order, found)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_infused_stays_and_money_is_that_of_what_is_left(seed: int) -> None:
    asked = what_is_left(seed)
    infused = set(asked.before.filter("infused")["order"])
    for order in (*left_of(seed)[:2], *served_of(seed)[:2]):
        found = explained(seed, order)
        for solved in (
            *(one.solved for one in found.repairs),
            *(one.solved for one in found.near if one.solved),
        ):
            assert infused.isdisjoint(one.order for one in solved.moved)
            assert solved.objective >= solved.at_least - 1e-6 * abs(solved.at_least)


def test_some_orders_are_left_served_and_infused() -> None:
    assert sum(len(left_of(seed)) for seed in SEEDS) > 8
    assert any(what_is_left(seed).before["infused"].any() for seed in SEEDS)


def test_a_withdrawn_order_is_told_so() -> None:
    one, plan = planned(1)
    order = plan.flows.filter(plan.flows["infuse"].is_not_null())["order"][0]
    event = parse_event(f"patient_withdrawn:{order}")
    found = replan(one.network, one.options, plan, [event], at=MONDAY, nuclides=nuclides())
    with pytest.raises(CalledOffError, match="was called off by patient_withdrawn"):
        explain_after(
            found.network,
            replace(one.options),
            found.plan,
            order,
            events=[event],
            at=MONDAY,
            nuclides=nuclides(),
            rule=Fairness(),
        )
