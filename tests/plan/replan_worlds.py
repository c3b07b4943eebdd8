"""Small planned weeks with events, and the same question as one program without any reduction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from tests.plan.worlds import WEEK, Size, World, nuclides, table, world

from doseline.model.events import parse_event
from doseline.plan.orders.fairness import Fairness
from doseline.plan.replan.happened import what_happened
from doseline.plan.replan.problem import replan_problem
from doseline.plan.solver.linear import INFINITY, Highs
from doseline.plan.solver.program import program_of
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.replanned import Replanned
    from doseline.plan.replan.problem import Asked

MONDAY = datetime(WEEK.year, WEEK.month, WEEK.day, tzinfo=UTC)
SIZE = Size(sites=4, orders=14, batches=8, max_doses=(2, 4), chairs=(1, 2))


@cache
def planned(seed: int, size: Size = SIZE) -> tuple[World, Plan]:
    """A world with its orders in its network, and its best plan."""
    one = world(seed, size)
    payers = table("payers", [{"payer": "M"}])
    network = one.network.replace(orders=one.orders, payers=payers)
    plan = plan_week(network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    return World(network=network, options=one.options, orders=one.orders), plan


def events_for(seed: int, plan: Plan, at: datetime) -> list[str]:
    """Events that fit a plan at an instant, from a seed."""
    chance = np.random.default_rng((seed, 7))
    opened = plan.batches.filter("open").to_dicts()
    ahead = [row for row in plan.flows.to_dicts() if row["infuse"] and row["infuse"] > at]
    ahead = ahead or [{"order": None}]
    batch, flow = (rows[int(chance.integers(len(rows)))] for rows in (opened, ahead))
    day = (MONDAY + timedelta(days=int(chance.integers(0, 5)))).date()
    able = [
        f"batch_failed:{batch['batch']}",
        f"suite_closed:U{int(chance.integers(0, 4)):03d}:{day}..{day}",
        f"patient_held:{flow['order']}:{day}",
        f"patient_withdrawn:{flow['order']}",
        f"dose_freed:{flow['order']}",
        "order_added:X1:product=P0,site=H001,earliest=2026-11-03,latest=2026-11-06,payer=M",
    ]
    if batch["start"] <= at:
        able.append(f"yield_low:{batch['batch']}:{int(chance.integers(40, 100))}")
    able = [one for one in able if ":None" not in one]
    picked = chance.permutation(len(able))[: int(chance.integers(1, 3))]
    return [able[one] for one in picked]


def asked(one: World, plan: Plan, events: list[str], at: datetime) -> Asked:
    """The problem that replanning solves."""
    told = [parse_event(text) for text in events]
    happened = what_happened(one.network, one.options, plan, told, at=at)
    return replan_problem(
        one.network.replace(orders=happened.orders),
        one.options,
        plan,
        happened,
        at_ms=round(at.timestamp() * 1000),
        nuclides=nuclides(),
        rule=Fairness(),
        move_price=None,
    )


def best(question: Asked, most_moves: int | None = None) -> float:
    """The least objective, by HiGHS over all columns at once. [currency]"""
    problem = question.problem
    program = program_of(problem, problem.columns["column"].to_numpy())
    upper = program.upper.copy()
    known = {row["order"]: row for row in question.before.iter_rows(named=True)}
    names = problem.groups["apart"].to_list()
    for group, order in enumerate(names):
        if order in known and known[order]["infused"]:
            upper[program.unserved.start + group] = 0.0
    if most_moves is not None:
        unhit = [g for g, order in enumerate(names) if order in known and not known[order]["event"]]
        moving = np.isin(program.group, unhit) & ~question.same.to_numpy()
        columns = [*np.flatnonzero(moving), *(program.unserved.start + one for one in unhit)]
        row = program.rows.add(lower=-INFINITY, upper=float(most_moves), count=1)
        program.rows.fill(np.full(len(columns), row), np.array(columns, dtype=np.int64), 1.0)
    highs = Highs(
        cost=program.cost,
        lower=np.zeros(upper.size),
        upper=upper,
        rows=program.rows,
        integer=program.integer,
    )
    highs.option("mip_rel_gap", 1e-9)
    return highs.solve("everything at once").objective + question.sunk


def changed(found: Replanned) -> dict[str, str]:
    """What became of each order."""
    return dict(found.changes.select("order", "change").iter_rows())
