"""Intervals, cut-offs, promises, quotas and later cycles, each by hand on one batch and one suite.

The batch is ready on Monday at 04:00; its doses can be infused from Tuesday 12:00 to Friday. A dose
costs more isotope each day that it waits, so without reasons all are infused on Tuesday or, where
the slot is full, on Wednesday.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from tests.plan.test_reasons import base
from tests.plan.worlds import WEEK, nuclides, table

from doseline.model.flows import FEE_SCHEMA, RESERVATION_SCHEMA
from doseline.model.network import empty_frame
from doseline.plan.limits.quotas import QUOTA
from doseline.plan.limits.reserved import RESERVED
from doseline.plan.orders.chains import INTERVAL_MISSED
from doseline.plan.orders.cutoffs import TOO_LATE
from doseline.plan.orders.fairness import Fairness
from doseline.plan.orders.ladder import MAY_NOT_MOVE
from doseline.plan.problem import problem_of
from doseline.plan.week import plan_week

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options

PRICE = Decimal(20_000)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (WEEK + timedelta(days=day) for day in range(1, 5))
LATER = timedelta(days=42)


def world_with(
    *, orders: int = 3, chairs: int = 2, product: dict[str, Any] | None = None, **tables: Any
) -> tuple[Network, Options, pl.DataFrame]:
    """The base world with some tables; chairs for four doses in each slot of two hours' doses."""
    network, options, wanted = base()
    about = {"interval_days": 42, "price": PRICE, **(product or {})}
    products = network.frame("products")
    network = network.replace(
        products=products.with_columns(
            **{name: pl.lit(value).cast(products.schema[name]) for name, value in about.items()}
        ),
        suites=network.frame("suites").with_columns(chairs=pl.lit(chairs, pl.Int64)),
        staff=network.frame("staff").with_columns(count=pl.lit(9, pl.Int64)),
        **{name: table(name, rows) for name, rows in tables.items()},
    )
    slots = options.slots.with_columns(chair_min=pl.lit(240 * chairs, pl.Int64))
    return network, dataclasses.replace(options, slots=slots), wanted[:orders]


def ask(orders: pl.DataFrame, **columns: list[Any]) -> pl.DataFrame:
    """The same orders with what they bring."""
    schema = empty_frame("orders").schema
    return orders.with_columns(
        **{name: pl.Series(values, dtype=schema[name]) for name, values in columns.items()}
    )


def planned(network: Network, options: Options, orders: pl.DataFrame) -> Plan:
    return plan_week(network, options, orders, nuclides=nuclides(), gap=0.0)


def days(plan: Plan) -> list[date | None]:
    return plan.flows["infuse"].dt.date().to_list()


def reasons(plan: Plan) -> list[tuple[str | None, str | None]]:
    return plan.flows.select("link", "reason").rows()


def test_without_terms_nothing_is_brought() -> None:
    network, options, orders = world_with()
    problem = problem_of(network, options, orders, nuclides=nuclides(), rule=Fairness())
    assert problem.column_limits.is_empty()
    assert problem.column_uses.is_empty()
    assert problem.refused.is_empty()
    assert problem.groups["terms"].to_list() == [""] * problem.groups.height
    plan = planned(network, options, orders)
    assert days(plan) == [TUESDAY] * 3
    assert plan.fees.is_empty()
    assert plan.fees.schema == FEE_SCHEMA
    assert plan.reservations.is_empty()
    assert plan.reservations.schema == RESERVATION_SCHEMA


def test_the_label_interval_is_kept() -> None:
    network, options, orders = world_with(orders=1)
    asked = ask(orders, last_infusion=[WEDNESDAY - timedelta(days=42)])
    assert days(planned(network, options, asked)) == [WEDNESDAY]


def test_a_shorter_interval_may_be_planned() -> None:
    network, options, orders = world_with(orders=1, product={"interval_min_days": 41})
    asked = ask(orders, last_infusion=[WEDNESDAY - timedelta(days=42)])
    assert days(planned(network, options, asked)) == [TUESDAY]


def test_who_waits_too_short_or_too_long_is_told_so() -> None:
    network, options, orders = world_with(product={"interval_max_days": 50})
    before = [WEEK - timedelta(days=days) for days in (20, 49, 60)]
    plan = planned(network, options, ask(orders, last_infusion=before))
    assert days(plan) == [None, TUESDAY, None]
    assert reasons(plan)[0] == reasons(plan)[2] == ("patient_scheduling", INTERVAL_MISSED)


CUTOFF = {
    "product": "P0", "infusion_weekdays": "Mon-Thu", "days_before": 4, "clock": "12:00",
    "zone": "UTC",
}  # fmt: skip


@pytest.mark.parametrize(
    ("ordered", "day"),
    [
        (datetime(2026, 10, 30, 12, tzinfo=UTC), TUESDAY),
        (datetime(2026, 10, 30, 12, 1, tzinfo=UTC), WEDNESDAY),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), THURSDAY),
        (datetime(2026, 11, 1, 12, 1, tzinfo=UTC), None),  # no cut-off is stated for Fridays
    ],
)
def test_an_order_keeps_to_the_cut_offs(ordered: datetime, day: date | None) -> None:
    network, options, orders = world_with(orders=1, ordering_cutoffs=[CUTOFF])
    plan = planned(network, options, ask(orders, ordered=[ordered]))
    assert days(plan) == [day]
    if day is None:
        assert reasons(plan) == [("ordering_rules", TOO_LATE)]


def test_a_cut_off_on_a_closed_day_comes_sooner() -> None:
    rest = [{"calendar": "maker", "day": WEDNESDAY - timedelta(days=4), "runs_as": None}]
    network, options, orders = world_with(
        orders=1, ordering_cutoffs=[CUTOFF | {"calendar": "maker"}], holidays=rest
    )
    late = datetime(2026, 10, 30, 12, 1, tzinfo=UTC)
    assert days(planned(network, options, ask(orders, ordered=[late]))) == [THURSDAY]


def test_without_cut_offs_the_lead_days_count() -> None:
    network, options, orders = world_with(orders=1, product={"order_lead_days": 5})
    friday = datetime(2026, 10, 30, 23, 59, tzinfo=UTC)
    assert days(planned(network, options, ask(orders, ordered=[friday]))) == [WEDNESDAY]


def ladder(*rungs: tuple[int, bool, float]) -> list[dict[str, Any]]:
    return [
        {"product": "P0", "days_before": days, "may_move": move, "fee_percent": fee}
        for days, move, fee in rungs
    ]


def test_a_fee_keeps_a_promise_that_isotope_alone_would_not() -> None:
    free, options, orders = world_with(orders=1)
    asked = ask(orders, promised=[THURSDAY])
    assert days(planned(free, options, asked)) == [TUESDAY]
    bound, options, _ = world_with(orders=1, commitments=ladder((7, True, 50.0)))
    plan = planned(bound, options, asked)
    assert days(plan) == [THURSDAY]
    assert plan.fees.is_empty()


def test_a_dose_that_has_to_move_pays_the_rung_of_its_day_once() -> None:
    network, options, orders = world_with(
        orders=1, commitments=ladder((14, True, 5.0), (7, True, 12.5), (2, True, 50.0))
    )
    before = WEDNESDAY - timedelta(days=42)  # rules Tuesday out
    asked = ask(orders, promised=[TUESDAY + timedelta(days=2)], last_infusion=[before])
    cheap = planned(network, options, asked)
    network = network.replace(
        commitments=table("commitments", ladder((14, True, 5.0), (7, True, 0.001), (2, True, 50.0)))
    )
    nearly_free = planned(network, options, asked)
    assert days(cheap) == [THURSDAY]
    assert days(nearly_free) == [WEDNESDAY]
    fee = {"order": "O00000", "product": "P0", "promised": THURSDAY, "day": WEDNESDAY,
           "days_before": 7, "fee_percent": 0.001, "amount": 0.2, "currency": "USD",
           "why": "moved"}  # fmt: skip
    assert nearly_free.fees.to_dicts() == [fee]
    assert money(nearly_free) == pytest.approx(nearly_free.cost, abs=1e-6)
    assert nearly_free.objective == pytest.approx(nearly_free.cost)


def money(plan: Plan) -> float:
    """What a plan's frames say that it costs."""
    opened = plan.batches.filter(pl.col("open")).height
    assert opened == 1
    parts = (plan.flows["cost"].drop_nulls(), plan.lots["cost"], plan.fees["amount"])
    return FIXED + sum(float(one.to_numpy().sum()) for one in parts)


FIXED = float(base()[0].frame("batches")["fixed_cost"][0])


def test_the_day_as_of_which_days_count_is_a_setting() -> None:
    network, options, orders = world_with(
        orders=1, commitments=ladder((7, True, 0.001), (1, False, 100.0))
    )
    asked = ask(orders, promised=[THURSDAY])
    assert days(planned(network, options, asked)) == [TUESDAY]
    settings = dataclasses.replace(network.settings, plan_as_of=WEDNESDAY)
    late = dataclasses.replace(network, settings=settings)
    assert days(planned(late, options, asked)) == [THURSDAY]


def test_who_may_not_move_is_left_if_the_day_cannot_be_kept() -> None:
    network, options, orders = world_with(orders=1, commitments=ladder((7, False, 10.0)))
    plan = planned(network, options, ask(orders, promised=[WEEK]))
    assert reasons(plan) == [("ordering_rules", MAY_NOT_MOVE)]
    (fee,) = plan.fees.to_dicts()
    assert (fee["amount"], fee["why"], fee["day"]) == (2000.0, "called_off", None)
    assert plan.cost == 2000.0
    assert plan.objective == pytest.approx(plan.cost + plan.penalty)
    assert plan.bound == pytest.approx(plan.objective)
    assert [note.key for note in plan.notes].count("fees") == 1


def test_of_equals_who_is_promised_comes_before_who_is_not() -> None:
    network, options, orders = world_with(commitments=ladder((7, True, 10.0)))
    batches = network.frame("batches").with_columns(max_doses=pl.lit(2, pl.Int64))
    network = network.replace(batches=batches)
    plan = planned(network, options, ask(orders, promised=[None, TUESDAY, TUESDAY]))
    assert days(plan) == [None, TUESDAY, TUESDAY]
    continuing = orders.with_columns(kind=pl.Series(["continuing", "new", "new"]))
    plan = planned(network, options, ask(continuing, promised=[None, TUESDAY, TUESDAY]))
    assert days(plan)[0] == TUESDAY
    assert plan.fees["why"].to_list() == ["called_off"]
    assert plan.penalty > 2000.0
    assert money(plan) == pytest.approx(plan.cost)


@pytest.mark.parametrize(
    ("place", "couples"), [({"site": "H000"}, False), ({"part_of": "north"}, True), ({}, True)]
)
def test_a_quota_is_reached_by_its_kind_alone(place: dict[str, str], *, couples: bool) -> None:
    quota = {"quota": "fair", "product": "P0", "kind": "new", "doses_per_week": 1, **place}
    network, options, orders = world_with(
        quotas=[quota], regions=[{"region": "r", "part_of": "north"}]
    )
    network = network.replace(sites=network.frame("sites").with_columns(region=pl.lit("r")))
    mixed = orders.with_columns(kind=pl.Series(["new", "new", "continuing"]))
    plan = planned(network, options, mixed)
    assert sum(day is None for day in days(plan)) == 1
    assert days(plan)[2] == TUESDAY
    assert ("no_batch_capacity", "quota_reached") in reasons(plan)
    rule, note = [note for note in plan.notes if note.key.startswith("quota_")]
    assert rule.key == "quota_rule"
    assert note.values["doses"] == "1"
    assert note.values["place"] == next(iter(place.values()), "")
    problem = problem_of(network, options, mixed, nuclides=nuclides(), rule=Fairness())
    (limit,) = problem.column_limits.filter(pl.col("kind") == QUOTA).to_dicts()
    assert (limit["site"] is None) == couples


def test_a_quota_elsewhere_does_not_count() -> None:
    quota = {"quota": "q", "product": "P0", "kind": "new", "doses_per_week": 0, "part_of": "south"}
    network, options, orders = world_with(quotas=[quota])
    assert days(planned(network, options, orders)) == [TUESDAY] * 3


def held(cycle: int, day: date, patient: str = "Q00000") -> dict[str, Any]:
    return {
        "patient": patient, "product": "P0", "cycle": cycle, "site": "H000", "suite": "U000",
        "day": day,
    }  # fmt: skip


def test_later_cycles_move_together_where_they_must() -> None:
    rows = [held(2, TUESDAY + LATER), held(3, TUESDAY + 2 * LATER), held(4, FRIDAY + 3 * LATER)]
    network, options, orders = world_with(orders=1, reservations=rows)
    kept = planned(network, options, orders)
    assert kept.reservations["day"].to_list() == [row["day"] for row in rows]
    before = [FRIDAY - timedelta(days=42)]
    moved = planned(network, options, ask(orders, last_infusion=before))
    assert days(moved) == [FRIDAY]
    assert moved.reservations["day"].to_list() == [FRIDAY + week * LATER for week in (1, 2, 3)]
    assert [note.key for note in moved.notes].count("reservations") == 1


def test_a_cycle_moves_to_the_next_day_on_which_its_suite_treats() -> None:
    network, options, orders = world_with(orders=1, reservations=[held(2, WEEK + LATER)])
    suites = network.frame("suites").with_columns(weekdays=pl.lit("Mon Thu"))
    plan = planned(network.replace(suites=suites), options, orders)
    assert days(plan) == [TUESDAY]
    assert plan.reservations["day"].to_list() == [THURSDAY + LATER]


def test_a_day_from_which_a_later_cycle_would_come_too_late_is_no_day() -> None:
    network, options, orders = world_with(
        orders=1, reservations=[held(2, WEEK + LATER)], product={"interval_max_days": 43}
    )
    suites = network.frame("suites").with_columns(weekdays=pl.lit("Mon Fri"))
    plan = planned(network.replace(suites=suites), options, orders)
    assert days(plan) == [THURSDAY]  # Friday is 43 days after Thursday
    assert plan.reservations["day"].to_list() == [FRIDAY + LATER]
    closed = network.replace(suites=suites.with_columns(weekdays=pl.lit("Mon")))
    plan = planned(closed, options, orders)
    assert reasons(plan) == [("patient_scheduling", INTERVAL_MISSED)]
    assert plan.reservations["day"].to_list() == [None]


def test_patients_compete_for_the_chairs_of_later_days() -> None:
    """One chair, 480 minutes on the later Tuesday; 300 are booked and another patient holds 120."""
    rows = [held(2, WEEK + LATER, patient) for patient in ("Q00000", "Q00001")]
    booked = [{"suite": "U000", "day": TUESDAY + LATER, "minutes": 300}]
    others = [held(2, TUESDAY + LATER, "elsewhere")]
    free, options, orders = world_with(reservations=rows)
    assert days(planned(free, options, orders)) == [TUESDAY] * 3
    full, options, _ = world_with(chairs=1, reservations=[*rows, *others], booked=booked)
    plan = planned(full, options, orders)
    assert sorted(str(day) for day in days(plan)[:2]) == [str(WEDNESDAY)] * 2
    assert days(plan)[2] == TUESDAY
    problem = problem_of(full, options, orders, nuclides=nuclides(), rule=Fairness())
    tuesday = problem.column_limits.filter(pl.col("key") == f"U000|{TUESDAY + LATER}")
    assert tuesday.select("kind", "site", "most").rows() == [(RESERVED, 0, 60.0)]


def test_who_is_left_for_later_days_is_told_so() -> None:
    rows = [held(2, WEEK + LATER, patient) for patient in ("Q00000", "Q00001")]
    booked = [
        {"suite": "U000", "day": WEEK + LATER + timedelta(days=day), "minutes": 360}
        for day in range(1, 5)
    ]
    network, options, orders = world_with(orders=2, chairs=1, reservations=rows, booked=booked)
    narrow = orders.with_columns(latest=pl.lit(TUESDAY))
    plan = planned(network, options, narrow)
    assert set(reasons(plan)) == {(None, None), ("no_suite", "reservations_full")}
    left = plan.flows.filter(pl.col("infuse").is_null())["patient"].to_list()
    lost = plan.reservations.filter(pl.col("day").is_null())["patient"].to_list()
    assert left == lost


def test_like_orders_share_a_group_until_their_terms_differ() -> None:
    rows = [held(2, WEEK + LATER, patient) for patient in ("Q00000", "Q00001")]
    network, options, orders = world_with(reservations=rows)
    problem = problem_of(network, options, orders, nuclides=nuclides(), rule=Fairness())
    assert sorted(problem.groups["count"].to_list()) == [1, 2]
