"""The check of plans finds what is wrong: each limit is tightened, each number falsified in turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.plan.check.bounds import exact
from tests.plan.check.case import TOLERANCE, passes
from tests.plan.check.whole import doubts, faults
from tests.plan.worlds import WEEK, Size, case_of, nuclides, table, world

from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plan.check.case import Case

RULED = Size(orders=24, sites=3, batches=10, max_doses=(2, 6), chairs=(2, 3), rules=True)


@cache
def case() -> Case:
    one = world(0, RULED)
    plan = plan_week(one.network, one.options, one.orders, nuclides=nuclides(), gap=0.0)
    return case_of(plan, one)


def with_values(table_: str, **values: Any) -> Case:
    """The case with other values in all rows of a table."""
    frame = case().network.frame(table_)
    cast = {name: pl.lit(value).cast(frame.schema[name]) for name, value in values.items()}
    return replace(case(), network=case().network.replace(**{table_: frame.with_columns(**cast)}))


def with_rows(one: Case, table_: str, rows: list[dict[str, Any]]) -> Case:
    return replace(one, network=one.network.replace(**{table_: table(table_, rows)}))


def with_flows(**values: pl.Expr) -> Case:
    """The case with other values in all flows that are served."""
    flows = case().plan.flows
    served = pl.col("batch").is_not_null()
    changed = {
        name: pl.when(served).then(value).otherwise(pl.col(name)) for name, value in values.items()
    }
    return replace(case(), plan=replace(case().plan, flows=flows.with_columns(**changed)))


def first_order() -> dict[str, Any]:
    return case().served[0]


def with_order(**values: Any) -> Case:
    """The case in which all orders say something else."""
    orders = case().orders.with_columns(**{name: pl.lit(value) for name, value in values.items()})
    return replace(case(), orders=orders)


def conveyances(**most: Any) -> Case:
    one = with_values("lanes", **most)
    lanes = [{"lane": name, "weekdays": "Mon-Sun"} for name in one.by("lanes")]
    return with_rows(one, "departures", lanes)


def quota() -> Case:
    rows = [
        {"quota": kind + product, "kind": kind, "product": product, "doses_per_week": 0}
        for kind in ("new", "continuing")
        for product in case().products
    ]
    return with_rows(case(), "quotas", rows)


def ladder() -> Case:
    """Promises of another day that may no longer be moved."""
    dear = with_values("products", price=Decimal(1000))
    one = replace(dear, orders=with_order(promised=WEEK + timedelta(days=6)).orders)
    rows = [
        {"product": name, "days_before": 9, "may_move": False, "fee_percent": 10.0}
        for name in case().products
    ]
    return with_rows(one, "commitments", rows)


def dose_budget() -> Case:
    one = with_values("staff", dose_budget_usv=1.0)
    tasks = one.network.frame("tasks").with_columns(dose_usv=pl.lit(100.0))
    return replace(one, network=one.network.replace(tasks=tasks))


def changeovers() -> Case:
    classes = {product["segregation"] for product in case().products.values()}
    rows = [
        {"line": line, "from_class": one, "to_class": other, "hours": 500.0}
        for line in case().by("lines")
        for one in classes
        for other in classes
    ]
    return with_rows(case(), "changeovers", rows)


def isotope() -> Case:
    lots = case().plan.lots.with_columns(pl.col("used_gbq") * 0.5, pl.col("cost") * 0.5)
    return replace(case(), plan=replace(case().plan, lots=lots))


FALSE: dict[str, Callable[[], Case]] = {
    "vials of": lambda: with_values("batches", max_doses=0),
    "makes GBq": lambda: with_values("batches", max_activity_gbq=1.0),
    "gives GBq": lambda: with_values("lots", capacity_gbq=0.1),
    "need isotope": isotope,
    "at once": changeovers,
    "chair min": lambda: with_values("products", chair_min=5000),
    "in the slot": lambda: with_values("staff", start="08:00", end="08:01"),
    ", min": lambda: with_values("staff", hours_per_day=0.1),
    "uSv": dose_budget,
    "sleep in": lambda: with_values("suites", beds=0),
    "L a week": lambda: with_values("waste_stores", capacity_l=1.0),
    "holds Lu-177": lambda: with_values("licences", possession_gbq=1.0),
    "on 2026": lambda: with_values("licences", daily_gbq=1.0),
    "in the year": lambda: with_values("licences", annual_gbq=1.0),
    "drives on": lambda: with_values("carriers", vehicles=0),
    "packages": lambda: conveyances(most_packages=0),
    "an index": lambda: conveyances(most_transport_index=0.1),
    "outside its window": lambda: with_order(latest=date(2020, 1, 1)),
    "too soon": lambda: with_order(last_infusion=WEEK + timedelta(days=30)),
    "is not what was ordered": lambda: with_order(payer="another"),
    "a quota is passed": quota,
    "may not be infused": ladder,
    "pays": ladder,
    "uses no option": lambda: with_flows(lanes=pl.lit("by boat")),
    "before its release": lambda: with_flows(depart=pl.col("ready") - pl.duration(hours=1)),
    "before it is there": lambda: with_flows(arrive=pl.col("infuse") + pl.duration(hours=1)),
    "shelf life": lambda: with_values("products", shelf_life_h=1.0),
    "shows": lambda: with_flows(activity_ready_gbq=pl.col("activity_ready_gbq") * (1 + 1e-8)),
    "it costs": lambda: with_flows(cost=pl.col("cost") + 1.0),
}


def test_the_case_itself_has_no_fault() -> None:
    assert faults(case()) == []
    assert doubts(case()) == []
    assert len(case().served) >= 10
    assert sum(run["open"] for run in case().runs.values()) > 2


@pytest.mark.parametrize("words", FALSE)
def test_what_is_false_is_found(words: str) -> None:
    assert any(words in fault for fault in faults(FALSE[words]()))


@pytest.mark.parametrize(
    ("used", "verdicts"),
    [
        (10.0, []),
        (10.0 * (1 + TOLERANCE / 2), [False]),
        (10.0 * (1 + TOLERANCE * 2), [True]),
    ],
)
def test_a_limit_is_kept_in_doubt_or_broken(used: float, verdicts: list[bool]) -> None:
    assert [fault.certain for fault in passes("use", exact(used), exact(10.0))] == verdicts


def test_a_sum_that_rounding_alone_carries_over_a_limit_is_kept() -> None:
    tenth = exact(0.1) + exact(0.2)
    assert 0.1 + 0.2 > 0.3
    assert passes("use", tenth, exact(0.3)) == []
