"""Each kind of fact is named with place, amount and users; each repair is planned again."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.plan.test_reasons import HOUR_MS, ONE, base
from tests.plan.worlds import MONDAY_MS, WEEK, nuclides, table

from doseline.model.options import REFUSALS
from doseline.plan.errors import ForeignPlanError, UnknownOrderError
from doseline.plan.explain.again import Again
from doseline.plan.explain.answer import explain, explain_problem
from doseline.plan.orders.fairness import Fairness
from doseline.plan.problem import problem_of
from doseline.plan.week import plan_problem, plan_week

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.plan.explain.explanation import Explanation, Fact, Repair

DAY = timedelta(days=1)


def planned(network: Network, options: Options, orders: pl.DataFrame) -> Plan:
    return plan_week(network, options, orders, nuclides=nuclides(), gap=0.0)


def explained(
    network: Network, options: Options, orders: pl.DataFrame, order: str = ""
) -> Explanation:
    """The first order that is left, or one by name, explained."""
    plan = planned(network, options, orders)
    left = plan.flows.filter(pl.col("link").is_not_null())["order"].to_list()
    return explain(
        network,
        options,
        plan,
        order or left[0],
        nuclides=nuclides(),
        rule=Fairness(),
        orders=orders,
    )


def served(network: Network, options: Options, orders: pl.DataFrame) -> int:
    flows = planned(network, options, orders).flows
    return flows.height - int(flows["link"].is_not_null().sum())


def facts_of(found: Explanation) -> dict[str, Fact]:
    assert found.conflict is not None
    assert found.conflict.proven
    assert found.conflict.irreducible
    return {one.kind: one for one in found.conflict.facts}


def more_of(found: Explanation, kind: str) -> Repair:
    """The first repair that asks for more of a kind of fact, and of nothing else."""
    return next(one for one in found.repairs if [step.fact.kind for step in one.steps] == [kind])


def shortage_of_chairs() -> tuple[Network, Options, pl.DataFrame]:
    """Only the last slot of the week has room, for two doses of 120 min."""
    network, options, orders = base()
    last = pl.col("start_ms") == pl.col("start_ms").max()
    slots = options.slots.with_columns(chair_min=pl.when(last).then(240).otherwise(0))
    slots = slots.with_columns(pl.col("chair_min").cast(pl.Int64))
    return network, replace(options, slots=slots), orders


def test_vials_are_counted_and_one_more_is_enough() -> None:
    network, options, orders = base()
    batches = network.frame("batches").with_columns(max_doses=pl.lit(2, pl.Int64))
    few = network.replace(batches=batches)
    found = explained(few, options, orders)
    fact = facts_of(found)["vials"]
    assert (fact.most, fact.used, fact.need, fact.unit) == (2.0, 2.0, 1.0, "vials")
    assert fact.where["batch"] == "B00"
    assert len(fact.users) == 2
    repair = more_of(found, "vials")
    assert repair.steps[0].more == 1.0
    assert repair.solved.lost == ()
    # Planned again with a third vial, the week serves all three for just so much more.
    plan, again = planned(few, options, orders), planned(network, options, orders)
    assert served(network, options, orders) == 3
    assert repair.solved.cost == pytest.approx(again.cost - plan.cost)
    assert repair.solved.objective == pytest.approx(again.objective - plan.objective)


def test_the_worth_of_a_vial_lies_in_its_interval() -> None:
    network, options, orders = base()
    batches = network.frame("batches").with_columns(max_doses=pl.lit(2, pl.Int64))
    few = network.replace(batches=batches)
    found = explained(few, options, orders)
    gain = planned(few, options, orders).objective - planned(network, options, orders).objective
    worth = found.worth[0]
    assert [(step.fact.kind, step.more) for step in worth.steps] == [("vials", 1.0)]
    assert worth.gained == 1
    assert worth.at_least - 1e-6 <= gain <= worth.at_most + 1e-6
    assert worth.at_least == pytest.approx(gain)


def test_isotope_is_asked_for_by_the_delivery() -> None:
    network, options, orders = base()
    # Both deliveries together feed two doses, not three.
    lots = network.frame("lots").with_columns(capacity_gbq=pl.lit(16.0))
    found = explained(network.replace(lots=lots), options, orders)
    facts = facts_of(found)
    assert set(facts) == {"lot"}
    assert facts["lot"].most == 16.0
    assert facts["lot"].unit == "GBq"
    repair = more_of(found, "lot")
    more = repair.steps[0]
    capacity = lots["capacity_gbq"].to_list()
    at = lots["lot"].to_list().index(more.fact.where["lot"])
    capacity[at] += more.more
    enough = network.replace(lots=lots.with_columns(capacity_gbq=pl.Series(capacity)))
    assert (
        served(enough, options, orders) == served(network.replace(lots=lots), options, orders) + 1
    )
    capacity[at] -= 0.2  # amounts are rounded up to 0.1 GBq
    short = network.replace(lots=lots.with_columns(capacity_gbq=pl.Series(capacity)))
    assert served(short, options, orders) == served(network.replace(lots=lots), options, orders)


def test_chairs_are_told_slot_by_slot() -> None:
    network, options, orders = shortage_of_chairs()
    found = explained(network, options, orders)
    assert found.status == "conflict"
    assert found.conflict is not None
    assert {one.kind for one in found.conflict.facts} == {"chair"}
    assert len(found.conflict.facts) == len({one.where["start"] for one in found.conflict.facts})
    full = max(found.conflict.facts, key=lambda one: one.most)
    assert (full.most, full.used, full.need) == (240.0, 240.0, 120.0)
    repair = more_of(found, "chair")
    assert repair.steps[0].more == 120.0


def test_staff_are_told_by_role_and_day() -> None:
    one = replace(ONE, orders=3)
    network, options, orders = base(one)
    thursday = WEEK + timedelta(days=3)
    one_day = orders.with_columns(earliest=pl.lit(thursday), latest=pl.lit(thursday))
    staff = network.frame("staff").with_columns(
        count=pl.lit(1, pl.Int64), hours_per_day=pl.lit(4.0)
    )
    slots = options.slots.with_columns(chair_min=pl.lit(960, pl.Int64))
    roomy = replace(options, slots=slots)
    found = explained(network.replace(staff=staff), roomy, one_day)
    facts = facts_of(found)
    assert set(facts) == {"staff", "window"}
    assert facts["staff"].where["day"] == str(thursday)
    assert facts["staff"].where["role"] in {"nurse", "technologist"}
    assert (facts["staff"].most, facts["staff"].used, facts["staff"].need) == (240.0, 240.0, 120.0)
    days = {repair.day for repair in found.repairs if repair.kind == "window"}
    assert days <= {thursday - DAY, thursday + DAY}
    wider = one_day.with_columns(
        latest=pl.when(pl.col("order") == found.order)
        .then(pl.lit(max(day for day in days if day)))
        .otherwise("latest"),
        earliest=pl.when(pl.col("order") == found.order)
        .then(pl.lit(min(day for day in days if day)))
        .otherwise("earliest"),
    )
    assert served(network.replace(staff=staff), roomy, wider) == 3


def test_roles_that_bind_at_once_are_worth_something_together_and_nothing_alone() -> None:
    network, options, orders = base(replace(ONE, orders=3))
    thursday = WEEK + timedelta(days=3)
    orders = orders.with_columns(earliest=pl.lit(thursday), latest=pl.lit(thursday))
    slots = options.slots.with_columns(chair_min=pl.lit(960, pl.Int64))
    options = replace(options, slots=slots)

    def working(hours: dict[str, float]) -> Network:
        own = pl.col("role").replace_strict(hours, default=4.0, return_dtype=pl.Float64)
        return network.replace(
            staff=network.frame("staff").with_columns(count=pl.lit(1, pl.Int64), hours_per_day=own)
        )

    found = explained(working({}), options, orders)
    together, *alone = found.worth
    roles = {step.fact.where["role"]: step.more for step in together.steps}
    assert roles == {"nurse": 120.0, "technologist": 120.0}
    assert together.gained == 1
    before = planned(working({}), options, orders).objective
    both = before - planned(working(dict.fromkeys(roles, 6.0)), options, orders).objective
    assert both > 0.0
    assert together.at_least == pytest.approx(both)
    assert both <= together.at_most + 1e-6
    assert alone
    for one in alone:
        (step,) = one.steps
        role = step.fact.where["role"]
        assert before == pytest.approx(planned(working({role: 6.0}), options, orders).objective)
        assert (one.gained, one.at_least) == (0, 0.0)


def test_what_the_law_sets_is_named_and_never_relaxed() -> None:
    network, options, orders = base()
    tuesday = WEEK + DAY
    two = orders.head(2).with_columns(earliest=pl.lit(tuesday), latest=pl.lit(tuesday))
    licences = network.frame("licences").with_columns(possession_gbq=pl.lit(9.5))
    found = explained(network.replace(licences=licences), options, two)
    fact = facts_of(found)["possession"]
    assert fact.fixed
    assert fact.where["nuclide"] == "Lu-177"
    assert (fact.most, fact.unit) == (9.5, "GBq")
    assert all(not step.fact.fixed for one in found.repairs for step in one.steps)
    assert not [step for one in found.worth for step in one.steps if step.fact.fixed]


def test_beds_stores_and_vehicles_have_their_places() -> None:
    network, options, orders = base()
    suites = network.frame("suites").with_columns(beds=pl.lit(1, pl.Int64))
    found = explained(network.replace(suites=suites), replace(options, nights=(4,)), orders)
    assert all("suite" in one.where for one in found.conflict.facts if one.kind == "bed")  # type: ignore[union-attr]
    stream = {"product": "P0", "kind": "solid", "litres": 10.0, "hold_days": 70.0}
    store = {"site": "H000", "kind": "solid", "capacity_l": 250.0}
    full = network.replace(
        waste_streams=table("waste_streams", [stream]), waste_stores=table("waste_stores", [store])
    )
    found = explained(full, options, orders)
    fact = facts_of(found)["waste"]
    # 10 L a dose for 70 days: 100 L are taken by each dose a week; 250 L hold two.
    assert (fact.where["per"], fact.most, fact.used, fact.need) == ("steady", 250.0, 200.0, 100.0)
    assert more_of(found, "waste").steps[0].more == 50.0


def test_a_pause_between_batches_is_a_fact_of_the_line() -> None:
    network, options, orders = base(dataclasses.replace(ONE, batches=2))
    single = network.frame("batches").with_columns(max_doses=pl.lit(1, pl.Int64))
    row = {"line": "L0", "from_class": "a", "to_class": "b", "hours": 4.0}
    paused = network.replace(batches=single, changeovers=table("changeovers", [row]))
    found = explained(paused, options, orders)
    facts = facts_of(found)
    assert facts["changeover"].fixed
    assert facts["changeover"].where["line"] == "L0"


def test_a_day_without_any_way_names_the_window_and_what_is_refused() -> None:
    network, options, orders = base()
    monday = orders.head(1).with_columns(earliest=pl.lit(WEEK), latest=pl.lit(WEEK))
    found = explained(network, options, monday)
    assert set(facts_of(found)) == {"window"}
    assert {one.where["check"] for one in found.refused} == {"arrives_after_slot"}
    assert [one.day for one in found.repairs if one.kind == "window"] == [
        WEEK + DAY,
        WEEK + 2 * DAY,
    ]


def test_an_order_without_any_way_has_no_conflict_but_refusals() -> None:
    network, options, orders = base()
    rows = options.rows.with_columns(
        refusal=pl.lit(REFUSALS.index("product_not_licensed_at_site"), pl.UInt8)
    )
    found = explained(network, replace(options, rows=rows), orders)
    assert found.status == "no_option"
    assert found.conflict is None
    assert [one.where["link"] for one in found.refused] == ["licence_or_possession"]
    assert (found.repairs, found.near) == ((), ())


def test_a_served_order_has_plans_that_cost_more() -> None:
    network, options, orders = base()
    alone = orders.head(1)
    found = explained(network, options, alone, order="O00000")
    assert found.status == "served"
    assert found.whole_week
    assert found.near
    # Isotope costs so much for each GBq drawn at its reference time; half the vial's activity is
    # left after a half-life.
    vial = {one.day: one.solved.cost for one in found.near if one.solved}
    for near in found.near:
        assert near.solved is not None
        assert near.why == "dearer"
        # The plan is proven best, so no other can be better.
        assert 0.0 < near.solved.at_least <= near.solved.objective + 1e-9
        assert near.solved.at_least_week == near.solved.at_least
    assert [vial[day] for day in sorted(vial, key=str)] == sorted(vial.values())


def test_like_orders_change_places_for_nothing() -> None:
    network, options, orders = base()
    plan = planned(network, options, orders)
    assert plan.flows["infuse"].n_unique() > 1
    found = explained(network, options, orders, order="O00001")
    same = [one.solved for one in found.near if one.why == "equal"]
    assert same
    assert all(len(one.moved) == 2 for one in same if one)


def test_no_isotope_in_time_is_a_fact_of_the_run() -> None:
    network, options, orders = base()
    lots = network.frame("lots").with_columns(lead_h=pl.lit(3000.0))
    found = explained(network.replace(lots=lots), options, orders)
    assert set(facts_of(found)) == {"no_lot"}
    assert facts_of(found)["no_lot"].fixed


def test_a_continuing_course_is_not_left_for_a_new_start() -> None:
    network, options, orders = base()
    batches = network.frame("batches").with_columns(max_doses=pl.lit(1, pl.Int64))
    mixed = orders.head(2).with_columns(kind=pl.Series(["continuing", "new"]))
    one = network.replace(batches=batches)
    found = explained(one, options, mixed)
    assert found.order == "O00001"
    assert set(facts_of(found)) == {"vials"}
    assert all(near.why == "drops" for near in found.near)


def test_a_plan_that_is_not_the_best_is_told_so() -> None:
    network, options, orders = base()
    plan = planned(network, options, orders)
    flows = plan.flows.with_columns(
        pl.when(pl.col("order") == "O00002").then(None).otherwise(pl.col(name)).alias(name)
        for name in ("line", "batch", "suite", "lanes", "ready", "depart", "arrive", "infuse")
    )
    worse = replace(plan, flows=flows)
    found = explain(
        network, options, worse, "O00002", nuclides=nuclides(), rule=Fairness(), orders=orders
    )
    assert found.status == "room"
    assert found.repairs[0].kind == "swap"
    assert found.conflict is None


def test_unknown_orders_and_foreign_plans_are_sentences() -> None:
    network, options, orders = base()
    plan = planned(network, options, orders)
    with pytest.raises(UnknownOrderError, match="Did you mean 'O00001'"):
        explain(
            network, options, plan, "O0001", nuclides=nuclides(), rule=Fairness(), orders=orders
        )
    moved = replace(
        plan, flows=plan.flows.with_columns(infuse=pl.col("infuse") + timedelta(hours=1))
    )
    with pytest.raises(ForeignPlanError, match="does not fit the plan's network"):
        explain(
            network, options, moved, "O00001", nuclides=nuclides(), rule=Fairness(), orders=orders
        )


def test_the_clock_of_a_slot_is_that_of_the_site() -> None:
    network, options, orders = shortage_of_chairs()
    sites = network.frame("sites").with_columns(zone=pl.lit("Asia/Tokyo"))
    found = explained(network.replace(sites=sites), options, orders)
    full = max(facts_of(found).values(), key=lambda one: one.most)
    # Friday's second slot starts at 12:00 UTC.
    assert full.where["start"] == "Fri 2026-11-06 21:00+09:00"
    assert MONDAY_MS % HOUR_MS == 0


def test_a_repair_moves_nobody_to_save_a_little(monkeypatch: pytest.MonkeyPatch) -> None:
    network, options, orders = base()
    problem = problem_of(
        network, options, orders, nuclides=nuclides(), rule=Fairness(), apart=orders["order"]
    )
    # Later orders save a little more on their cheapest ways, so that one plan alone is the best.
    saving = pl.col("cost") + pl.col("column") ** 2 / 8.0
    problem = replace(problem, columns=problem.columns.with_columns(cost=saving))
    # The dearest plan instead of the cheapest one, and its last order left.
    dear = problem.columns.with_columns(cost=5_000.0 - pl.col("cost"))
    plan = plan_problem(
        replace(problem, columns=dear), network, options, orders, rule=Fairness(), gap=0.0
    )
    columns = ("line", "batch", "suite", "lanes", "ready", "depart", "arrive", "infuse")
    gone = pl.when(pl.col("order") == "O00002").then(None)
    flows = plan.flows.with_columns(gone.otherwise(pl.col(name)).alias(name) for name in columns)

    def moved() -> list[str]:
        found = explain_problem(
            problem, network, options, replace(plan, flows=flows), "O00002"
        ).repairs[0]
        assert found.kind == "swap"
        assert found.solved.at_least <= found.solved.objective
        return [one.order for one in found.solved.moved]

    assert moved() == ["O00002"]
    monkeypatch.setattr(Again, "_calmed", lambda *found: found[-1].values)
    assert len(moved()) > 1
