"""What a run answers is conserved: people, doses, money and activity, within and across frames."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest

from doseline.model.flows import FLOW_SCHEMA
from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, LINKS, PARTIES
from doseline.plan.balance import STAGES
from doseline.study.ledger import SMALLEST_CELL
from doseline.study.relax import BY_LINK
from doseline.study.values import VALUE_SCHEMA

if TYPE_CHECKING:
    from doseline.model.result import RunResult

LOST = ("late", "never", "clinical_exit")


@pytest.fixture(params=["result", "stressed"])
def ran(request: pytest.FixtureRequest) -> RunResult:
    """Each of the runs."""
    found: RunResult = request.getfixturevalue(request.param)
    return found


def _total(frame: pl.DataFrame, column: str) -> float:
    return float(frame[column].cast(pl.Float64).sum())


def test_everyone_is_in_one_class(ran: RunResult) -> None:
    patients = dict(ran.patients)
    assert list(ran.frames["patients"]["class"]) == list(CLASSES)
    assert patients.pop("eligible") == sum(patients.values()) == ran.frames["episodes"].height
    assert ran.share_in_time.value == patients["in_time"] / sum(patients.values())
    assert 0.0 <= ran.share_in_time.low <= ran.share_in_time.high <= 1.0


def test_the_ledger_books_everyone_who_is_not_treated_in_time(ran: RunResult) -> None:
    ledger = ran.ledger
    assert list(ledger["link"]) == [*LINKS, CLINICAL]
    assert (
        ledger["patients"].to_list() == ledger.select(pl.sum_horizontal(LOST)).to_series().to_list()
    )
    assert {name: ledger[name].sum() for name in LOST} == {
        name: ran.patients[name] for name in LOST
    }
    assert ledger.filter(link=CLINICAL).select("late", "never", "doses").row(0) == (0, 0, 0)


def test_the_episodes_say_what_the_ledger_says(ran: RunResult) -> None:
    episodes = ran.frames["episodes"]
    by_class = dict(episodes.group_by("class").len().iter_rows())
    assert {name: by_class.get(name, 0) for name in CLASSES} == {
        name: ran.patients[name] for name in CLASSES
    }
    lost = episodes.filter(pl.col("class").is_in(LOST)).with_columns(
        pl.col("link").fill_null(CLINICAL)
    )
    counted = dict(lost.group_by("link").len().iter_rows())
    assert counted == dict(
        ran.ledger.filter(pl.col("patients") > 0).select("link", "patients").iter_rows()
    )
    assert episodes.filter(pl.col("class").is_in(["in_time", "open"]))["link"].null_count() == (
        ran.patients["in_time"] + ran.patients["open"]
    )


def test_who_is_treated_in_time_had_a_first_dose_within_the_days(ran: RunResult) -> None:
    episodes = ran.frames["episodes"]
    limits = ran.network.frame("products").select("product", "in_time_days")
    dosed = episodes.join(limits, on="product")
    in_time = dosed.filter(pl.col("class") == "in_time")
    assert (in_time["days_to_first_dose"] <= in_time["in_time_days"]).all()
    late = dosed.filter(pl.col("class") == "late")
    assert (late["days_to_first_dose"] > late["in_time_days"]).all()
    assert (
        dosed.filter(pl.col("class") == "never")["days_to_first_dose"].null_count()
        == (ran.patients["never"])
    )
    assert (episodes["days_to_first_dose"].drop_nulls() >= 0).all()


def test_every_dose_ends_in_one_way_and_each_loss_has_a_link(ran: RunResult) -> None:
    doses = dict(ran.frames["doses"].select("ending", "doses").iter_rows())
    assert list(doses) == list(DOSE_ENDINGS)
    # A patient who withdraws lost no dose to a link.
    kept = sum(doses[name] for name in ("infused", "infused_late", "returned", "withdrawn"))
    assert ran.ledger["doses"].sum() == sum(doses.values()) - kept


def test_the_weeks_serve_what_is_infused(ran: RunResult) -> None:
    doses = dict(ran.frames["doses"].select("ending", "doses").iter_rows())
    weeks = ran.frames["weeks"]
    assert weeks["served"].sum() == doses["infused"] + doses["infused_late"]
    assert (weeks["served"] <= weeks["demand"]).all()
    # An order that a week cannot serve is open in the next one, too, and counted in both.
    assert weeks["demand"].sum() >= sum(doses.values())


def test_one_week_is_exact_and_it_is_the_planned_one(ran: RunResult) -> None:
    exact = ran.frames["weeks"].filter(method="exact")
    assert exact["week"].unique().to_list() == [ran.plan.week]


def test_intervals_hold_what_lies_between_their_ends(ran: RunResult) -> None:
    for name in ("patients", "doses", "ledger", "curve"):
        frame = ran.frames[name]
        assert (frame["low"] <= frame["high"]).all(), name
        assert (frame["low"] >= 0).all(), name


def test_the_curve_never_falls(ran: RunResult) -> None:
    for (_product,), curve in ran.frames["curve"].group_by("product"):
        shares = curve.sort("days")["share"].to_list()
        assert shares == sorted(shares)
        assert 0.0 <= shares[0] <= shares[-1] <= 1.0


def test_money_is_conserved(ran: RunResult) -> None:
    money = ran.frames["money"]
    assert sum(money["amount"].to_list(), Decimal(0)) == 0
    assert set(money["party"]) <= {*PARTIES, "outside"}
    assert money["currency"].unique().to_list() == [ran.network.settings.currency]


def test_payments_are_part_of_the_money(ran: RunResult) -> None:
    payments, money = ran.frames["payments"], ran.frames["money"]
    for (party, what), paid in payments.group_by("party_to", "what"):
        row = money.filter(party=party, item=what)
        spent = payments.filter(party_from=party, what=what)["amount"].to_list()
        balance = sum(paid["amount"].to_list(), Decimal(0)) - sum(spent, Decimal(0))
        assert row["amount"].to_list() == [balance]
    infused = ran.frames["flows"].filter(pl.col("ending").is_in(["infused", "infused_late"]))
    assert set(payments["order"]) <= set(infused["order"])


def test_activity_made_is_what_became_of_it(ran: RunResult) -> None:
    decay = ran.frames["decay"]
    flows = ran.frames["flows"].filter(pl.col("line").is_not_null())
    for (product,), parts in decay.group_by("product"):
        made = _total(flows.filter(product=product), "activity_ready_gbq")
        assert _total(parts, "activity_gbq") == pytest.approx(made, rel=1e-9)
        assert _total(parts, "share") == pytest.approx(1.0)
    assert set(decay["stage"]) == set(STAGES[1:])
    assert (decay["activity_gbq"] >= 0).all()
    assert _total(ran.frames["activity"], "activity_gbq") == pytest.approx(
        _total(decay, "activity_gbq")
    )


def test_places_never_show_few_people(ran: RunResult) -> None:
    for name in ("regions", "areas"):
        frame = ran.frames[name]
        shown = frame.filter(pl.col("eligible").is_not_null())
        assert (shown["eligible"] >= SMALLEST_CELL).all()
        hidden = frame.filter(pl.col("eligible").is_null())
        assert hidden["in_time"].null_count() == hidden.height
        assert hidden["share"].null_count() == hidden.height
        assert hidden["link"].null_count() == hidden.height


def test_regions_with_enough_people_are_shown(stressed: RunResult) -> None:
    assert stressed.frames["regions"]["eligible"].max() is not None


def test_regions_sum_to_their_areas(stressed: RunResult) -> None:
    regions, areas = stressed.frames["regions"], stressed.frames["areas"]
    assert areas["population"].sum() == regions["population"].sum()
    if not regions["eligible"].null_count():
        assert _total(areas, "eligible") == pytest.approx(_total(regions, "eligible"))


def test_the_flows_are_the_orders_of_the_planned_week(ran: RunResult) -> None:
    planned, delivered = ran.plan.flows, ran.frames["flows"]
    assert dict(delivered.schema) == FLOW_SCHEMA
    assert sorted(planned["order"]) == sorted(delivered["order"])
    assert delivered["order"].is_unique().all()
    assert planned["ending"].null_count() == planned.height
    assert delivered["ending"].null_count() == 0
    unserved = planned.filter(pl.col("line").is_null())
    assert unserved["reason"].null_count() == unserved["link"].null_count() == 0
    exact = ran.frames["weeks"].filter(method="exact")
    assert exact["demand"].sum() == planned.height


def test_the_plan_keeps_its_proof(ran: RunResult) -> None:
    plan = ran.plan
    assert plan.bound <= plan.objective + 1e-6
    assert plan.gap <= max(ran.network.settings.plan_gap, 1e-9)


def test_the_values_name_links_that_can_be_relaxed(ran: RunResult) -> None:
    values = ran.frames["values"]
    assert dict(values.schema) == VALUE_SCHEMA
    for row in values.iter_rows(named=True):
        assert row["unit"] == BY_LINK[row["link"]].unit
        assert row["low"] <= row["patients"] <= row["high"]
        assert row["money_low"] <= row["money"] <= row["money_high"]
    worth = ran.ledger.filter(pl.col("value").is_not_null())
    assert worth.sort("link")["value"].to_list() == values.sort("link")["patients"].to_list()


def test_shares_that_rest_on_assumptions_are_shares(ran: RunResult) -> None:
    assert ran.assumption_share is None or 0.0 <= ran.assumption_share <= 1.0
    inputs = ran.frames["assumptions"]
    assert inputs["assumed"].is_between(0.0, 1.0).all()
    assert _total(inputs, "share") == pytest.approx(1.0) or _total(inputs, "share") == 0.0
    weighed = float((inputs["share"] * inputs["assumed"]).sum())
    assert ran.assumption_share == pytest.approx(weighed)
