"""Limits that depend on whose dose it is leave the plan exact: columns taken away cost nothing."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from tests.plan.worlds import WEEK, Size, World, nuclides, table, world

from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.solver.linear import Highs
from doseline.plan.solver.program import program_of
from doseline.plan.solver.reduce import kept_columns
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from doseline.plan.problem import Problem

SIZE = Size(sites=2, orders=7, lines=2, products=2, batches=5, max_doses=(2, 4), tight_isotope=9.0)
LABEL_DAYS = 42


def draft(seed: int) -> World:
    """A made-up week in which orders bring promises and later cycles, and quotas hold."""
    one, chance = world(seed, SIZE), np.random.default_rng((seed, 9))
    orders = one.orders.with_columns(
        latest=pl.lit(WEEK + timedelta(days=4)),
        promised=pl.Series(
            [
                WEEK + timedelta(days=int(chance.integers(1, 5))) if chance.random() < 0.5 else None
                for _ in range(one.orders.height)
            ],
            dtype=pl.Date,
        ),
    )
    products = one.network.frame("products").with_columns(
        interval_days=pl.lit(LABEL_DAYS, pl.Int64),
        interval_max_days=pl.lit(44, pl.Int64),
        price=pl.lit(Decimal(9_000)).cast(pl.Decimal(38, 6)),
    )
    network = one.network.replace(
        products=products,
        orders=one.network.frame("orders"),
        commitments=table("commitments", _ladder(chance)),
        quotas=table("quotas", _quotas(chance)),
        reservations=table("reservations", list(_held(chance, orders))),
        booked=table("booked", _booked()),
    )
    return dataclasses.replace(one, network=network, orders=orders)


def _ladder(chance: np.random.Generator) -> list[dict[str, Any]]:
    return [
        {"product": product, "days_before": days, "may_move": bool(chance.random() < 0.6),
         "fee_percent": float(chance.choice([0, 2, 20]))}
        for product in ("P0", "P1")
        for days in (2, 9)
    ]  # fmt: skip


def _quotas(chance: np.random.Generator) -> list[dict[str, Any]]:
    return [
        {"quota": f"q{at}", "product": product, "kind": kind, "site": site,
         "doses_per_week": int(chance.integers(0, 3))}
        for at, (product, kind, site) in enumerate(
            [("P0", "new", None), ("P1", "continuing", "H001")]
        )
    ]  # fmt: skip


def _held(chance: np.random.Generator, orders: pl.DataFrame) -> list[dict[str, Any]]:
    found = []
    for patient, product, site in orders.select("patient", "product", "site").iter_rows():
        for cycle in range(2, 2 + int(chance.integers(0, 3))):
            day = LABEL_DAYS * (cycle - 1) + int(chance.integers(0, 5))
            found.append(
                {"patient": patient, "product": product, "cycle": cycle, "site": site,
                 "suite": site.replace("H", "U"), "day": WEEK + timedelta(days=day)}
            )  # fmt: skip
    return found


def _booked() -> list[dict[str, Any]]:
    """Later days on which one or two doses find room."""
    return [
        {"suite": suite, "day": WEEK + timedelta(days=LABEL_DAYS * cycle + day), "minutes": 240}
        for suite in ("U000", "U001")
        for cycle in (1, 2)
        for day in range(7)
    ]


def in_one_go(problem: Problem) -> float:
    """Objective of the program over all columns, in whole numbers."""
    program = program_of(problem, problem.columns["column"].to_numpy())
    highs = Highs(
        cost=program.cost,
        lower=np.zeros(program.cost.size),
        upper=program.upper,
        rows=program.rows,
        integer=program.integer,
    )
    for gap in ("mip_rel_gap", "mip_abs_gap"):
        highs.option(gap, 0.0)
    return highs.solve("in one go").objective


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_costs_what_the_program_over_all_columns_costs(seed: int) -> None:
    one = draft(seed)
    problem = problem_of(one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness())
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    assert plan.objective == pytest.approx(in_one_go(problem), rel=1e-6)
    assert plan.bound == pytest.approx(plan.objective, rel=1e-6)


def test_such_limits_bind_in_these_weeks_and_columns_are_taken_away() -> None:
    kinds: set[str] = set()
    removed = 0
    reasons: set[str] = set()
    for seed in range(12):
        one = draft(seed)
        problem = problem_of(
            one.network, one.options, one.orders, nuclides=nuclides(), rule=Fairness()
        )
        kinds |= set(problem.column_limits["kind"])
        removed += problem.columns.height - kept_columns(problem).size
        plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
        reasons |= set(plan.flows["reason"].drop_nulls())
    assert kinds == {"quota", "reserved"}
    assert removed > 0
    assert "quota_reached" in reasons


@pytest.mark.parametrize("seed", range(12))
def test_the_money_of_a_plan_is_that_of_its_frames(seed: int) -> None:
    one = draft(seed)
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    fixed = dict(one.network.frame("batches").select("batch", "fixed_cost").iter_rows())
    opened = plan.batches.filter(pl.col("open"))["batch"]
    parts = (plan.flows["cost"].drop_nulls(), plan.lots["cost"], plan.fees["amount"])
    spent = sum(float(one.to_numpy().sum()) for one in parts)
    assert spent + sum(float(fixed[name]) for name in opened) == pytest.approx(plan.cost)


@pytest.mark.parametrize("seed", range(12))
def test_reserved_days_are_not_overfilled(seed: int) -> None:
    """Counted from the frames: 480 minutes of each chair, 240 are booked."""
    one = draft(seed)
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    chairs = dict(one.network.frame("suites").select("suite", "chairs").iter_rows())
    minutes = dict(one.network.frame("products").select("product", "chair_min").iter_rows())
    taken: dict[tuple[str, object], int] = {}
    for row in plan.reservations.drop_nulls("day").iter_rows(named=True):
        key = row["suite"], row["day"]
        taken[key] = taken.get(key, 0) + minutes[row["product"]]
    booked = set(one.network.frame("booked").select("suite", "day").iter_rows())
    for (suite, day), asked in taken.items():
        free = 480 * chairs[suite] - (240 if (suite, day) in booked else 0)
        assert asked <= free
