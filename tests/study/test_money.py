"""Money of the planned week: one dose by hand for every party, and every item counted again."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.study.networks import references, sure, tiny, with_cells, without_opening

from doseline.model.ledger import PARTIES
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week
from doseline.study.ledger import ledger_frame
from doseline.study.money import PAYMENT_SCHEMA, money_frame, payment_frame
from doseline.study.prepare import prepare

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network

HALF_LIFE_H = 6.6443 * 24.0
"""Lu-177 (NUBASE2020). [h]"""

Paid = tuple["Plan", pl.DataFrame, pl.DataFrame, pl.DataFrame]
"""The plan, what was delivered, the payments and the money."""


def week(network: Network, *orders: str) -> Paid:
    """The week's plan of some of the example's orders (all, if none is named), delivered, paid."""
    base = prepare(network, references())
    asked = tiny().frame("orders")
    if orders:
        asked = asked.filter(pl.col("order").is_in(list(orders)))
    nuclides = base.reference.nuclides
    plan = plan_week(network, base.options, asked, nuclides=nuclides, gap=0.0)
    delivered = deliver(plan, network, base.options, nuclides=nuclides, seed=1)
    paid = payment_frame(network, base.reference, delivered)
    return plan, delivered, paid, money_frame(network, plan, delivered, paid)


def told(money: pl.DataFrame) -> dict[tuple[str, str], Decimal]:
    keys = money.select("party", "item").cast(pl.String).rows()
    return dict(zip(keys, money["amount"].to_list(), strict=True))


@pytest.fixture(scope="module")
def one_dose() -> Paid:
    """The first order of the example, which nothing delays."""
    return week(sure(without_opening(tiny())), "o1")


@pytest.fixture(scope="module")
def whole_week() -> Paid:
    """All listed orders of the example."""
    return week(tiny())


def test_one_delivered_dose_by_hand(one_dose: Paid) -> None:
    # Tuesday 08:00 is 22 h after calibration, which is 10 h after the lot's reference time;
    # four fifths of the isotope end in the vial; 100 a GBq.
    at_calibration = 7.4 * 2 ** (22 / HALF_LIFE_H)
    isotope = round(100 * at_calibration / 0.8 * 2 ** (10 / HALF_LIFE_H), 2)
    found = {key: float(amount) for key, amount in told(one_dose[3]).items()}
    making = 10_000 + 1_000 + isotope + 200
    expected = {
        # The rulebook's worked case: 51,919.20 for the drug and 238.39 for its administration;
        # Medicare pays 98 % of what the patient's share leaves of them.
        ("patient", "drug"): -1_688.32,
        ("patient", "administration"): -47.68,
        ("payer", "drug"): -49_226.26,
        ("payer", "administration"): -186.90,
        ("hospital", "drug"): 1_688.32 + 49_226.26,
        ("hospital", "administration"): 47.68 + 186.90,
        ("hospital", "dose"): -48_980.0,
        ("hospital", "preparation"): -500.0,
        ("hospital", "waste"): -50.0,
        ("hospital", "suite"): -1_000.0,
        ("developer", "dose"): 48_980.0,
        ("developer", "making"): -making,
        ("maker", "making"): making,
        ("maker", "batches"): -10_000.0,
        ("maker", "vials"): -1_000.0,
        ("maker", "isotope"): -isotope,
        ("maker", "carriage"): -200.0,
        ("maker", "order-desk"): -100.0,
        ("carrier", "carriage"): 200.0,
        ("isotope_supplier", "isotope"): isotope,
        ("outside", "batches"): 10_000.0,
        ("outside", "vials"): 1_000.0,
        ("outside", "preparation"): 500.0,
        ("outside", "waste"): 50.0,
        ("outside", "suite"): 1_000.0,
        ("outside", "order-desk"): 100.0,
    }
    assert found == pytest.approx(expected, abs=0.011)
    assert isotope == pytest.approx(1_063.0, abs=0.5)


def test_what_one_dose_leaves_the_hospital(one_dose: Paid) -> None:
    hospital = one_dose[3].filter(pl.col("party").cast(pl.String) == "hospital")["amount"].sum()
    # 1,619.16 a dose, as participation expects, less a week of the suite.
    assert hospital == Decimal("619.16")


def test_the_payments_name_their_rule(one_dose: Paid) -> None:
    paid = one_dose[2]
    assert dict(paid.schema) == PAYMENT_SCHEMA
    assert paid["order"].unique().to_list() == ["o1"]
    rows = {(row["party_from"], row["what"]): row for row in paid.to_dicts()}
    assert rows["payer", "drug"]["amount"] == Decimal("49226.26")
    assert rows["payer", "drug"]["rule"].startswith("us/")
    assert not rows["payer", "drug"]["assumption"]
    assert rows["hospital", "dose"]["rule"] == "network"
    assert paid["currency"].unique().to_list() == ["USD"]


@pytest.mark.parametrize("orders", [(), ("o1",), ("o3", "o4"), ("o5", "o6", "o7"), ("o8",)])
def test_money_is_neither_made_nor_lost(orders: tuple[str, ...]) -> None:
    _, _, _, money = week(tiny(), *orders)
    amounts = money["amount"].to_list()
    assert sum(amounts, Decimal(0)) == 0
    assert set(money["party"].cast(pl.String)) <= {*PARTIES, "outside"}
    by_item = money.group_by("item").agg(pl.col("amount").sum())
    assert set(by_item["amount"].to_list()) <= {Decimal("0.00")}


def test_nothing_is_paid_for_an_order_that_is_not_served() -> None:
    plan, _, paid, money = week(tiny(), "o8")
    assert plan.flows["line"].null_count() == 1
    assert paid.is_empty()
    assert set(money["amount"].to_list()) <= {Decimal("0.00")}


def with_costs(network: Network, *rows: tuple[str, str, str, float]) -> Network:
    """The network with other costs: item, party, what it is counted by, amount."""
    schema = network.frame("costs").schema
    records = [
        dict(zip(schema, (item, party, per, None, amount, "invented"), strict=True))
        for item, party, per, amount in rows
    ]
    return network.replace(costs=pl.DataFrame(records, schema=schema))


def test_costs_are_counted_by_what_they_say() -> None:
    network = with_costs(
        sure(tiny()),
        ("by dose", "maker", "dose", 1.0),
        ("by infusion", "hospital", "infusion", 1.0),
        ("by episode", "developer", "episode", 1.0),
        ("by week", "hospital", "site_week", 1.0),
    )
    _, delivered, _, money = week(network)
    rows = [row for row in delivered.to_dicts() if row["ending"] in {"infused", "infused_late"}]
    spent = told(money)
    assert len(rows) > len({row["site"] for row in rows}) > 1
    assert spent["maker", "by dose"] == -len(rows)
    assert spent["hospital", "by infusion"] == -len(rows)
    assert spent["developer", "by episode"] == -sum(row["kind"] == "new" for row in rows)
    assert spent["hospital", "by week"] == -len({row["site"] for row in rows})


def test_a_cost_of_another_product_is_not_spent() -> None:
    network = sure(tiny())
    network = network.replace(
        costs=network.frame("costs").with_columns(
            product=pl.when(pl.col("item") == "waste")
            .then(pl.lit("lu-dotatate"))
            .otherwise(pl.lit("lu-psma"))
        )
    )
    _, _, _, money = week(network, "o1")
    spent = told(money)
    assert not spent.get(("hospital", "waste"), Decimal(0))
    assert spent["hospital", "preparation"] == -500


def test_a_dose_that_is_made_but_lost_still_costs_the_maker() -> None:
    broken = with_cells(sure(tiny()), "batches", failure_percent=100.0)
    _, delivered, paid, money = week(broken, "o1")
    assert delivered["ending"].to_list() == ["batch_failed"]
    assert paid.is_empty()
    spent = told(money)
    _, _, _, good = week(sure(tiny()), "o1")
    for item in ("batches", "vials", "isotope", "carriage", "order-desk"):
        assert spent["maker", item] == told(good)["maker", item] < 0
    for what in ("drug", "administration", "dose", "preparation"):
        assert not spent.get(("hospital", what), Decimal(0))
    assert not spent.get(("developer", "dose"), Decimal(0))
    assert spent["developer", "making"] == told(good)["developer", "making"]


def test_a_dose_that_comes_too_late_still_costs_the_maker() -> None:
    late = with_cells(sure(tiny()), "lanes", on_time_percent=0.0, late_mean_h=10_000.0)
    _, delivered, paid, money = week(late, "o1")
    assert delivered["ending"].to_list() == ["expired"]
    assert paid.is_empty()
    assert told(money)["maker", "vials"] == -1_000


def test_payments_are_for_doses_infused(whole_week: Paid) -> None:
    _, delivered, paid, money = whole_week
    infused = delivered.filter(pl.col("ending").is_in(["infused", "infused_late"]))
    assert set(paid["order"]) == set(infused["order"])
    prices = paid.filter(what="dose")
    assert prices.height == infused.height
    assert told(money)["developer", "dose"] == 48_980 * infused.height


def test_the_maker_spends_what_the_plan_says(whole_week: Paid) -> None:
    plan, _, _, money = whole_week
    spent = told(money)
    opened = plan.batches.filter("open")
    assert spent["maker", "batches"] == -10_000 * opened.height
    assert spent["maker", "vials"] == -1_000 * opened["doses"].sum()
    used = float((plan.lots["used_gbq"] * 100.0).sum())
    assert float(spent["maker", "isotope"]) == pytest.approx(-used, abs=0.02)
    # The tables of lanes: 200 to near; 700 to middle and 950 to far by air.
    lane = dict(tiny().frame("lanes").select("lane", pl.col("cost").cast(pl.Float64)).iter_rows())
    carried = sum(
        lane[leg]
        for row in plan.flows.drop_nulls("lanes").to_dicts()
        for leg in row["lanes"].split(" > ")
    )
    assert float(spent["maker", "carriage"]) == pytest.approx(-carried, abs=0.01)


def test_the_ledger_names_what_a_link_costs_and_is_paid(one_dose: Paid) -> None:
    money = one_dose[3]
    losses = pl.DataFrame({"link": ["not_referred", "no_isotope", "transport", "clinical"]})
    valued = pl.DataFrame(
        {"link": ["transport"], "unit": ["departure"], "at": ["ORD>DEN"], "patients": [2.0]}
    ).with_columns(low=pl.lit(1.0), high=pl.lit(3.0))
    rows = {row["link"]: row for row in ledger_frame(tiny(), losses, valued, money).to_dicts()}
    assert list(rows) == losses["link"].to_list()
    assert rows["transport"]["cost"] == rows["transport"]["payment"] == 200.0
    assert rows["no_isotope"]["cost"] == rows["no_isotope"]["payment"]
    assert rows["no_isotope"]["cost"] == pytest.approx(1_063.0, abs=0.5)
    assert rows["not_referred"]["cost"] is rows["not_referred"]["payment"] is None
    assert rows["transport"]["value"] == 2.0
    assert (rows["transport"]["value_low"], rows["transport"]["value_high"]) == (1.0, 3.0)
    assert rows["no_isotope"]["value"] is rows["clinical"]["value"] is None
