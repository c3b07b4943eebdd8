"""Branching on runs, as large weeks need it, gives valid bounds and plans as good as exact ones."""

from __future__ import annotations

import pytest
from tests.plan.checker import faults
from tests.plan.worlds import Size, nuclides, world

from doseline.plan.week import plan_week

SIZES = (
    Size(orders=20, sites=3, batches=8, max_doses=(2, 6)),
    Size(orders=40, sites=8, lines=3, batches=14, max_doses=(3, 8), tight_isotope=0.7),
    Size(orders=24, sites=3, batches=10, max_doses=(2, 6), chairs=(2, 3), rules=True),
)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
def test_branching_on_runs_keeps_a_valid_bound(
    seed: int, size: Size, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = world(seed, size)
    exact = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    monkeypatch.setattr("doseline.plan.branch._SMALL", -1)
    large = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    assert faults(large, one.network, one.options, one.orders) == []
    assert large.bound <= exact.objective * (1 + 1e-9)
    assert large.objective >= exact.bound * (1 - 1e-9)


def test_a_node_limit_is_reported_as_a_gap() -> None:
    one = world(3, SIZES[1])
    plan = plan_week(
        one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0, node_limit=0
    )
    assert plan.bound <= plan.objective
    assert (plan.status == "optimal") == (plan.gap <= 1e-9)
    assert faults(plan, one.network, one.options, one.orders) == []
