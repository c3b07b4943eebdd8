"""The exact plan and the weekly model, on many more random weeks than the tests have time for."""

from __future__ import annotations

from tests.plan import test_against_oracle as exact
from tests.plan import test_aggregate as weekly
from verification.outcome import Outcome
from verification.watch import Largest, swapped

FIRST, WEEKS = 10_000, 2_000
"""Seeds that no test uses."""
WORLDS = 200
CLAIMS = (
    exact.test_the_plan_is_as_good_as_the_best_of_all_combinations,
    exact.test_the_bound_is_no_higher_than_the_best_of_all_combinations,
    exact.test_the_flows_keep_every_limit_and_cost_the_objective,
    exact.test_batches_and_lots_add_up_to_the_flows,
    exact.test_a_check_from_the_definitions_finds_no_fault,
)
REMEMBERED = (exact.bare_week, exact.plan_of, exact.week_of, exact.best_of)


def small_weeks() -> Outcome:
    """Plans of random small weeks equal the best of all combinations, and keep all limits."""
    largest = Largest()
    with swapped(exact, pytest=largest):
        for seed in range(FIRST, FIRST + WEEKS):
            for claim in CLAIMS:
                claim(seed)
            for function in REMEMBERED:
                function.cache_clear()
    return Outcome(
        cases=f"{WEEKS:,} random weeks, {len(CLAIMS)} claims each",
        tolerance="1e-6 relative",
        largest=f"{largest.value:.1e}",
        source="brute force over all combinations (tests/plan/oracle.py)",
    )


def penalty() -> Outcome:
    """Leaving an order costs the published power of ten, taken from every option of the week."""
    broken = []
    for seed in range(FIRST, FIRST + WEEKS):
        try:
            exact.test_leaving_an_order_costs_a_power_of_ten_that_no_saving_outweighs(seed)
        except AssertionError:
            broken.append(seed)
        for function in REMEMBERED:
            function.cache_clear()
    assert not broken, f"{len(broken)} of {WEEKS:,} weeks break the rule: seeds {broken}"
    return Outcome(
        cases=f"{WEEKS:,} random weeks",
        tolerance="1e-9",
        largest="0",
        source="the rule as published, over all options (tests/plan/oracle.py)",
    )


def rounding() -> Outcome:
    """Whole doses of the weekly model keep every cap, and its value is no dearer than the plan."""
    sizes, seeds = weekly.SIZES, range(FIRST, FIRST + WORLDS // len(weekly.SIZES))
    for seed in seeds:
        for size in sizes:
            weekly.test_whole_doses_keep_every_cap(seed, size)
            weekly.test_the_weekly_value_is_never_above_the_exact_plan(seed, size)
    return Outcome(
        cases=f"{len(seeds) * len(sizes)} random worlds, 3 demands each",
        tolerance="every cap to 1e-6; value at most the exact plan's",
        largest="no cap broken",
        source="a count from the network's tables; the exact plan of the same orders",
    )
