"""The exact plan and the weekly model, on many more random weeks than the tests have time for."""

from __future__ import annotations

from tests.plan import test_against_oracle as exact
from tests.plan import test_aggregate as weekly
from tests.plan import test_explain_definitions as why
from tests.plan import test_replan_definitions as again
from tests.plan import test_week_properties as larger
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
ANSWERS, REASONS, LARGER = 400, 200, 20
"""Weeks that are planned again and explained; seeds of each size of larger world."""
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


def answers() -> Outcome:
    """The answer to each kind of event is the best of all answers, its moves priced as published."""
    largest, cases = Largest(), 0
    with swapped(again, pytest=largest):
        for seed in range(FIRST, FIRST + ANSWERS):
            if again.small_case(seed).served:
                for kind in again.KINDS:
                    again.test_the_answer_to_an_event_is_the_best_of_all(seed, kind)
                    cases += 1
            for function in (*REMEMBERED, again.small_case):
                function.cache_clear()
    return Outcome(
        cases=f"{cases:,} events in {ANSWERS} random weeks",
        tolerance="1e-6 relative",
        largest=f"{largest.value:.1e}",
        source="brute force over all answers (tests/plan/again_weeks.py)",
    )


def explanations() -> Outcome:
    """Facts in conflict leave no plan, each is needed, and repairs serve the order as told."""
    for seed in range(FIRST, FIRST + REASONS):
        why.test_facts_in_conflict_leave_no_plan_and_each_is_needed(seed)
        why.test_a_repair_serves_the_order_at_the_price_told(seed)
        for function in (*REMEMBERED, why.explained):
            function.cache_clear()
    return Outcome(
        cases=f"every order left in {REASONS} random weeks",
        tolerance="1e-6 relative",
        largest="no conflict false, no repair in vain",
        source="brute force from the tables (tests/plan/only_facts.py)",
    )


def limits() -> Outcome:
    """Plans of larger worlds pass no limit, counted from the definitions with outward rounding."""
    for seed in range(FIRST, FIRST + LARGER):
        for size in larger.SIZES:
            larger.test_a_plan_keeps_every_limit(seed, size)
    return Outcome(
        cases=f"{LARGER * len(larger.SIZES)} random worlds",
        tolerance="none beyond rounding; doubtful within 1e-6 of a limit",
        largest="no limit passed, none in doubt",
        source="a check from the definitions (tests/plan/check)",
    )
