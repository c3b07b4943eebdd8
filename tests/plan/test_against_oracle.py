"""The exact plan is as good as the best of all combinations, and is what it says it is."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from tests.plan.check.case import Case
from tests.plan.check.whole import doubts, faults
from tests.plan.oracle import Choice, Served, TinyWeek, best_plan
from tests.plan.oracle_penalty import least_base, weights
from tests.plan.small_weeks import NUCLIDES, small_week

from doseline.model.demand import Order
from doseline.model.network import empty_frame
from doseline.model.supply import Batch
from doseline.physics.nuclides import nuclide_table
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.physics.nuclides import NuclideTable

SEEDS = range(100)
BINDING = {
    "activity": 22, "annual_use": 313, "beds": 14, "chairs": 1, "changeover": 15,
    "conveyance": 1, "cut_off": 141, "daily_use": 227, "fleet": 0, "interval": 29, "isotope": 3,
    "possession": 33, "promise": 5, "quota": 21, "reserved": 61, "staff": 10, "staff_dose": 161,
    "staff_slot": 101, "vials": 6, "waste": 77,
}  # fmt: skip
"""A week that each limit makes worse."""
TELLING = {"supply_changes": 8, "training": 33, "experience": 23}
"""A week that would be planned otherwise without a table."""


@cache
def nuclides() -> NuclideTable:
    """The package's own table."""

    def rows(name: str) -> list[dict[str, str]]:
        text = (files("doseline") / "data" / name).read_text(encoding="utf-8")
        return list(csv.DictReader(text.splitlines()))

    return nuclide_table(rows("nuclides.csv"), rows("nuclide_sources.csv"))


@cache
def bare_week(seed: int) -> TinyWeek:
    """A week whose penalties are not known yet."""
    half_life_h = {name: nuclides()[name].half_life_h for name in NUCLIDES}
    network, options = small_week(seed, half_life_h)
    return TinyWeek(
        network=network,
        options=options,
        orders=network.rows(Order),
        penalty={},
        half_life_h=half_life_h,
    )


@cache
def plan_of(seed: int) -> Plan:
    week = bare_week(seed)
    orders = week.network.frame("orders")
    return plan_week(week.network, week.options, orders, nuclides=nuclides(), gap=0.0)


@cache
def week_of(seed: int) -> TinyWeek:
    """A week with its penalties: the published weights times the base that the plan shows."""
    week, weight = bare_week(seed), weights(bare_week(seed))
    return replace(week, penalty={name: each * shown_base(seed) for name, each in weight.items()})


def shown_base(seed: int) -> float:
    """The base penalty in a plan's objective, or the least allowed one if nobody is left."""
    week, plan = bare_week(seed), plan_of(seed)
    taken = taken_in(week, plan)
    weight = weights(week)
    left = sum(
        weight[order.order] for order, one in zip(week.orders, taken, strict=True) if one is None
    )
    spent = week.cost_of([one for one in taken if one is not None])
    spent += week.fees(taken)
    return (plan.objective - spent) / left if left else least_base(week)


@cache
def best_of(seed: int) -> Served:
    return best_plan(week_of(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_plan_is_as_good_as_the_best_of_all_combinations(seed: int) -> None:
    assert plan_of(seed).objective == pytest.approx(best_of(seed).objective, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_leaving_an_order_costs_a_power_of_ten_that_no_saving_outweighs(seed: int) -> None:
    power = math.log10(shown_base(seed))
    assert power == pytest.approx(round(power), abs=1e-9)
    assert shown_base(seed) >= least_base(bare_week(seed)) * (1 - 1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_bound_is_no_higher_than_the_best_of_all_combinations(seed: int) -> None:
    plan, best = plan_of(seed), best_of(seed).objective
    assert plan.bound <= best * (1.0 + 1e-6) + 1e-6
    assert plan.gap <= 1e-6


@pytest.mark.parametrize("seed", SEEDS)
def test_the_flows_keep_every_limit_and_cost_the_objective(seed: int) -> None:
    week, plan = week_of(seed), plan_of(seed)
    taken = taken_in(week, plan)
    assert week.cost(taken) == pytest.approx(plan.objective, rel=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_check_from_the_definitions_finds_no_fault(seed: int) -> None:
    week = bare_week(seed)
    case = Case(
        plan=plan_of(seed),
        network=week.network,
        options=week.options,
        orders=week.network.frame("orders"),
        half_life_h=week.half_life_h,
    )
    assert faults(case) == []
    assert doubts(case) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_batches_and_lots_add_up_to_the_flows(seed: int) -> None:
    week, plan = week_of(seed), plan_of(seed)
    doses = [choice for choice in taken_in(week, plan) if choice is not None]
    names = [batch.batch for batch in week.network.rows(Batch)]
    vials = Counter(names[dose.run[0]] for dose in doses)
    for row in plan.batches.iter_rows(named=True):
        assert row["doses"] == vials[row["batch"]]
        assert row["open"] or row["doses"] == 0
    drawn = sum(plan.lots.get_column("cost"))
    fixed = sum(float(week.batches[run[0]].fixed_cost) for run in {dose.run for dose in doses})
    left = sum(
        week.penalty[row["order"]] for row in plan.flows.iter_rows(named=True) if not row["line"]
    )
    whole = left + fixed + drawn + sum(dose.cost for dose in doses) + sum(plan.fees["amount"])
    assert whole == pytest.approx(plan.objective, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize("seed", range(0, 100, 7))
def test_the_same_week_is_planned_the_same_again(seed: int) -> None:
    first = plan_of(seed)
    plan_of.cache_clear()
    assert plan_of(seed).flows.equals(first.flows)


@pytest.mark.parametrize("limit", BINDING)
def test_each_limit_binds_in_some_week(limit: str) -> None:
    seed = BINDING[limit]
    loose = best_plan(replace(week_of(seed), without=limit)).objective
    assert loose < best_of(seed).objective * (1 - 1e-6)
    assert plan_of(seed).objective == pytest.approx(best_of(seed).objective, rel=1e-6)


@pytest.mark.parametrize("table", TELLING)
def test_each_table_changes_some_week(table: str) -> None:
    week = week_of(TELLING[table])
    bare = week.network.replace(**{table: empty_frame(table)})
    other = best_plan(replace(week, network=bare)).objective
    assert other != pytest.approx(best_of(TELLING[table]).objective, rel=1e-6)


def test_the_weeks_are_no_empty_exercise() -> None:
    served = Counter(sum(one is not None for one in best_of(seed).choices) for seed in SEEDS)
    opened = Counter(
        len({one.run for one in best_of(seed).choices if one is not None}) for seed in SEEDS
    )
    assert sum(count for doses, count in served.items() if doses >= 2) > 30
    assert opened[2] + opened[3] >= 8


def taken_in(week: TinyWeek, plan: Plan) -> list[Choice | None]:
    """The option that each flow shows, found by what a reader sees of it."""
    names = [batch.batch for batch in week.network.rows(Batch)]
    lanes = dict(week.options.itineraries.select("itinerary", "lanes").iter_rows())
    itinerary = week.options.rows.get_column("itinerary").to_list()
    rows = {row["order"]: row for row in plan.flows.iter_rows(named=True)}
    taken: list[Choice | None] = []
    for order, several in zip(week.orders, week.choices, strict=True):
        row = rows[order.order]
        if row["line"] is None:
            assert row["link"]
            taken.append(None)
            continue
        shown = (row["batch"], row["lanes"], row["infuse"].timestamp(), row["ready"].timestamp())
        found = [
            one
            for one in several
            if (names[one.run[0]], lanes[itinerary[one.row]]) == shown[:2]
            and (one.infuse_ms / 1000, one.run[1] / 1000) == shown[2:]
        ]
        assert len(found) == 1
        assert math.isclose(row["activity_ready_gbq"], found[0].ready_gbq, rel_tol=1e-9)
        taken.append(found[0])
    return taken
