"""Routes of entry against a slow way that tries out every combination day by day."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.pay.entry_cases import START, case, judge_slowly, step, use

from doseline.pay.entry_draws import Draws
from doseline.pay.entry_route import judge
from doseline.pay.entry_tree import FAILED

if TYPE_CHECKING:
    from doseline.model.entry import EntryStep

LIST = "06-30>01-01"
ONE = Draws(seed=1, samples=1)


def _random_steps(rng: random.Random, count: int) -> list[EntryStep]:
    names = [f"s{number}" for number in range(count)]
    made = []
    for number, name in enumerate(names):
        before = rng.sample(names[:number], k=min(number, rng.choice([0, 1, 1, 2])))
        about: dict[str, Any] = {"days": float(rng.randrange(0, 500)), "cost": 100.0 * number}
        if rng.random() < 0.6:
            about["success_percent"] = rng.choice([20.0, 50.0, 75.0])
            about["tries"] = rng.choice([1, 1, 2])
        if rng.random() < 0.3:
            about["windows"] = rng.choice([LIST, "03-01>07-01 09-01>01-01"])
        made.append(step(name, " ".join(before), patients=rng.choice([0, 12]), **about))
    return made


@pytest.mark.parametrize("seed", range(8))
def test_every_outcome_of_random_routes_is_as_tried_out_one_by_one(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - for a test's worlds
    steps = _random_steps(rng, 4)
    uses = [
        use("self", "s1", ramp_days=300.0, unit_cost=30.0, price_fall_percent=4.0),
        use("list", "s3", replaces="self", share_percent=45.0, ramp_days=700.0, price=60.0),
    ]
    one = case({"r": (steps, uses)}, counted_until=START + timedelta(days=2200))
    slow = judge_slowly(one, "r")
    fast = judge(one, one.routes[0], ONE)
    assert sum(branch.weight[0] for branch in fast.branches) == pytest.approx(1.0)
    for each in steps:
        chance = sum(
            branch.weight[0]
            for branch in fast.branches
            if branch.outcome.get(each.step, FAILED) != FAILED
        )
        assert chance == pytest.approx(slow.succeeded[each.step])
    people = {each.step: each.patients for each in steps}
    patients = sum(
        branch.weight[0]
        * (
            sum(uptake.patients(0.0, 1e6)[0] for uptake in branch.uptakes.values())
            + sum(people[name] for name in branch.outcome)
        )
        for branch in fast.branches
    )
    assert patients == pytest.approx(slow.patients, rel=1e-3)
    scale = sum(abs(amount[0]) for branch in fast.branches for amount in branch.money.values())
    assert fast.rnpv()[0] == pytest.approx(slow.worth, abs=2e-4 * scale + 0.5)


def test_certain_steps_end_where_the_longest_path_ends() -> None:
    for seed in range(20):
        rng = random.Random(seed)  # noqa: S311 - for a test's worlds
        steps = [
            step(
                f"s{number}",
                " ".join(f"s{before}" for before in range(number) if rng.random() < 0.4),
                days=float(rng.randrange(1, 400)),
            )
            for number in range(7)
        ]
        one = case({"r": (steps, [])})
        (branch,) = judge(one, one.routes[0], ONE).branches
        days = {each.step: each.days for each in steps}
        before = {each.step: each.after.split() for each in steps}

        def longest(name: str, before: Any = before, days: Any = days) -> float:
            paths: float = max((longest(one) for one in before[name]), default=0.0)
            return paths + float(days[name])

        start = branch.spans["s0"].start[0]
        for name in days:
            assert branch.spans[name].end[0] - start == pytest.approx(longest(name))


def test_mean_of_the_later_of_two_steps_is_within_three_standard_errors() -> None:
    low, likely, high = 100.0, 200.0, 600.0
    ends: dict[str, Any] = {"days": likely, "low_days": low, "high_days": high}
    steps = [step("a", **ends), step("b", **ends), step("c", "a b")]
    one = case({"r": (steps, [])})
    (branch,) = judge(one, one.routes[0], Draws(seed=5, samples=20_000)).branches
    times = branch.spans["c"].end - branch.spans["a"].start
    # E[max] = high - integral of F(x)^2, F the distribution of a triangle.
    x = np.linspace(low, high, 200_001)
    below = np.where(
        x < likely,
        (x - low) ** 2 / ((high - low) * (likely - low)),
        1.0 - (high - x) ** 2 / ((high - low) * (high - likely)),
    )
    expected = high - np.trapezoid(below**2, x)
    error = times.std(ddof=1) / np.sqrt(times.size)
    assert abs(times.mean() - expected) < 3.0 * error


def test_worth_of_uncertain_routes_is_within_three_standard_errors_of_luck_drawn_too() -> None:
    ends: dict[str, Any] = {"days": 300.0, "low_days": 100.0, "high_days": 700.0}
    steps = [
        step("trial", success_percent=55.0, cost=9000.0, **ends),
        step("list", "trial", windows=LIST, success_percent=60.0, tries=3, cost=100.0),
    ]
    one = case({"r": (steps, [use("list", "list", ramp_days=400.0)])})
    samples = 6000
    judged = judge(one, one.routes[0], Draws(seed=3, samples=samples))
    # The same with luck drawn instead of followed: one outcome for each sample.
    rng = np.random.default_rng(9)
    weights = np.array([branch.weight for branch in judged.branches])
    values = np.array([branch.value for branch in judged.branches])
    drawn = (rng.random(samples) > weights.cumsum(axis=0)).sum(axis=0)
    lived = values[np.minimum(drawn, len(values) - 1), np.arange(samples)]
    error = lived.std(ddof=1) / np.sqrt(samples)
    assert abs(lived.mean() - judged.rnpv().mean()) < 3.0 * error
    assert judged.rnpv().std() < lived.std()
