"""Hedged plans keep every limit, and what may go wrong is counted pattern by pattern."""

from __future__ import annotations

import math
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING

import pytest
from tests.plan.check.whole import faults
from tests.plan.worlds import Size, case_of, nuclides, world

from doseline.plan.robust.curve import Asked, robust_plans

if TYPE_CHECKING:
    from tests.plan.check.case import Case

    from doseline.model.flows import Plan
    from doseline.model.robust import RobustCurve

SIZES = (
    Size(orders=10, sites=3, max_doses=(1, 3), tight_isotope=6.0),
    Size(orders=16, sites=3, batches=8, max_doses=(2, 4), chairs=(2, 3), more=True),
)
FAILURES = 2
PROMISE = Asked(share=0.6, probability=0.9)


@cache
def curve(seed: int, size: Size) -> RobustCurve:
    one = world(seed, size)
    return robust_plans(
        one.network, one.options, one.orders, nuclides=nuclides(), levels=(0.05, 0.5),
        failures=FAILURES, asked=PROMISE, gap=0.0,
    )  # fmt: skip


def checked(seed: int, size: Size, plan: Plan) -> Case:
    return case_of(plan, world(seed, size))


def distribution(case: Case) -> list[float]:
    """Chance of each number of doses in time: every pattern of failed batches, dose by dose."""
    opened = sorted({flow["batch"] for flow in case.served})
    fails = [case.batches[name]["failure_percent"] / 100.0 for name in opened]
    chances = [0.0] * (len(case.served) + 1)
    for pattern in product((False, True), repeat=len(opened)):
        whole = math.prod(
            fail if failed else 1.0 - fail for fail, failed in zip(fails, pattern, strict=True)
        )
        good = [flow["on_time"] for flow in case.served if not pattern[opened.index(flow["batch"])]]
        counted = [1.0]
        for chance in good:
            counted = [
                (counted[k] if k < len(counted) else 0.0) * (1.0 - chance)
                + (counted[k - 1] * chance if k else 0.0)
                for k in range(len(counted) + 1)
            ]
        for doses, chance in enumerate(counted):
            chances[doses] += whole * chance
    return chances


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
@pytest.mark.parametrize("seed", range(3))
def test_every_hedged_plan_keeps_every_limit(seed: int, size: Size) -> None:
    for plan in curve(seed, size).plans:
        assert faults(checked(seed, size, plan)) == []


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_of_each_plan_is_that_of_all_patterns(seed: int, size: Size) -> None:
    found = curve(seed, size)
    for point in found.points.iter_rows(named=True):
        case = checked(seed, size, found.plans[point["point"]])
        chances = distribution(case)
        assert math.fsum(chances) == pytest.approx(1.0, abs=1e-12)
        mean = math.fsum(doses * chance for doses, chance in enumerate(chances))
        assert point["mean"] == pytest.approx(mean, rel=1e-9)
        told = found.chances.filter(point=point["point"]).sort("in_time")
        for doses, chance in told.select("in_time", "probability").iter_rows():
            assert chance == pytest.approx(chances[doses], abs=1e-9)
        least = next(d for d in range(len(chances)) if math.fsum(chances[: d + 1]) >= 0.05)
        assert point["low"] == least
        asked = math.ceil(PROMISE.share * case.orders.height - 1e-9)
        assert point["probability"] == pytest.approx(math.fsum(chances[asked:]), abs=1e-9)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.sites}x{size.orders}")
@pytest.mark.parametrize("seed", range(3))
def test_the_worst_case_is_the_worst_of_all_subsets(seed: int, size: Size) -> None:
    found = curve(seed, size)
    for point in found.points.iter_rows(named=True):
        case = checked(seed, size, found.plans[point["point"]])
        opened = sorted({flow["batch"] for flow in case.served})
        left = [
            sum(flow["batch"] not in failed for flow in case.served)
            for several in range(FAILURES + 1)
            for failed in combinations(opened, several)
        ]
        assert point["worst"] == min(left)
        assert point["doses"] == len(case.served)
        assert point["batches"] == len(opened)
