"""Branching on runs, as large weeks need it, gives valid bounds and plans as good as exact ones."""

from __future__ import annotations

import pytest
from tests.plan.check.whole import faults
from tests.plan.worlds import Size, case_of, nuclides, world

from doseline.plan.week import plan_week

EASY = Size(orders=20, sites=3, batches=8, max_doses=(2, 6))
SHORT = Size(orders=20, sites=4, batches=8, max_doses=(2, 5), tight_isotope=0.6)
RULED = Size(orders=24, sites=3, batches=10, max_doses=(2, 6), chairs=(2, 3), rules=True)
WORLDS = (
    *((EASY, seed) for seed in range(6)),
    *((SHORT, seed) for seed in (1, 2, 4, 5)),
    *((RULED, seed) for seed in (1, 2, 4, 6)),
)
"""Those whose exact plan takes long are left to ``verification``."""


@pytest.mark.parametrize(("size", "seed"), WORLDS)
def test_branching_on_runs_keeps_a_valid_bound(
    size: Size, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world(seed, size)
    exact = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    monkeypatch.setattr("doseline.plan.solver.branch._SMALL", -1)
    large = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    assert faults(case_of(large, one)) == []
    assert large.bound <= exact.objective * (1 + 1e-9)
    assert large.objective >= exact.bound * (1 - 1e-9)


def test_a_node_limit_is_reported_as_a_gap() -> None:
    one = world(1, SHORT)
    plan = plan_week(
        one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0, node_limit=0
    )
    assert plan.bound <= plan.objective
    assert (plan.status == "optimal") == (plan.gap <= 1e-9)
    assert faults(case_of(plan, one)) == []
