"""Money of each dose: one dose by hand, and every cent of the week found again in its doses."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.study.networks import references, sure, tiny, with_cells, without_opening

from doseline.io.report.dose_money import money_groups
from doseline.io.report.privacy import Privacy
from doseline.model.demand import Payer
from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week
from doseline.study.dose_money import DOSE_MONEY_SCHEMA, dose_money_frame, in_cents
from doseline.study.money import money_frame, payment_frame
from doseline.study.participation import dose_flow, hospital_margin
from doseline.study.prepare import prepare
from doseline.study.terms import terms_of

if TYPE_CHECKING:
    from doseline.model.network import Network

NEAR = 0
FFS = 0


def week(network: Network, *orders: str) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Payments, money of the week and money of its doses for some of the example's orders."""
    base = prepare(network, references())
    asked = tiny().frame("orders")
    if orders:
        asked = asked.filter(pl.col("order").is_in(list(orders)))
    nuclides = base.reference.nuclides
    plan = plan_week(network, base.options, asked, nuclides=nuclides, gap=0.0)
    delivered = deliver(plan, network, base.options, nuclides=nuclides, seed=1)
    paid = payment_frame(network, base.reference, delivered)
    return (
        paid,
        money_frame(network, plan, delivered, paid),
        dose_money_frame(network, plan, delivered, paid),
    )


def own_line(network: Network) -> Network:
    return with_cells(network, "lines", owner="near", channel="in_house")


def failing(network: Network) -> Network:
    return with_cells(network, "batches", failure_percent=100.0)


@given(
    st.integers(0, 10**9),
    st.lists(st.floats(0.0, 1e6), min_size=1, max_size=30).filter(lambda shares: sum(shares) > 0),
)
def test_no_cent_is_lost_when_a_total_is_shared(total: int, shares: list[float]) -> None:
    weights = np.array(shares)
    cents = in_cents(total, weights)
    assert cents.sum() == total
    assert (np.abs(cents - total * (weights / weights.sum())) < 1 + 1e-6).all()


def test_one_dose_by_hand() -> None:
    _, money, doses = week(sure(without_opening(tiny())), "o1")
    found = {row["party"]: row for row in doses.iter_rows(named=True)}
    assert set(doses["order"]) == {"o1"}
    # Rulebook's worked case: 49,226.26 + 186.90 from Medicare, 1,688.32 + 47.68 from the patient.
    hospital = found["hospital"]
    assert hospital["revenue"] == Decimal("51149.16")
    assert hospital["cost"] == Decimal(48_980 + 500 + 50 + 1_000)
    assert hospital["margin"] == Decimal("619.16")
    assert found["payer"]["cost"] == Decimal("49413.16")
    assert found["patient"]["cost"] == Decimal("1736.00")
    assert (found["carrier"]["revenue"], found["carrier"]["cost"]) == (200, 0)
    # The developer pays the maker what making and carriage cost; the order desk is the maker's.
    assert found["maker"]["margin"] == -100
    isotope = found["isotope_supplier"]["revenue"]
    assert found["developer"]["margin"] == 48_980 - (10_000 + 1_000 + 200 + isotope)
    assert money["amount"].sum() == 0


@pytest.mark.parametrize("change", [lambda network: network, own_line, failing])
@pytest.mark.parametrize("orders", [(), ("o3", "o4"), ("o8",)])
def test_doses_sum_to_the_week_and_each_to_zero(change: object, orders: tuple[str, ...]) -> None:
    assert callable(change)
    _, money, doses = week(change(sure(tiny())), *orders)
    assert dict(doses.schema) == DOSE_MONEY_SCHEMA
    assert (doses["margin"] == doses["revenue"] - doses["cost"]).all()
    assert (doses["revenue"] >= 0).all()
    assert (doses["cost"] >= 0).all()
    by_dose = doses.group_by("order").agg(pl.col("margin").sum())
    assert set(by_dose["margin"]) <= {Decimal("0.00")}
    of_doses = dict(doses.group_by("party").agg(pl.col("margin").sum()).iter_rows())
    by_party = money.with_columns(pl.col("party").cast(pl.String)).group_by("party")
    of_week = dict(by_party.agg(pl.col("amount").sum()).iter_rows())
    parties = set(of_doses) | set(of_week)
    assert {name: of_doses.get(name, 0) for name in parties} == {
        name: of_week.get(name, 0) for name in parties
    }


def test_a_dose_that_is_made_but_lost_has_costs_only() -> None:
    paid, _, doses = week(failing(sure(tiny())), "o1")
    assert paid.is_empty()
    (maker,) = doses.filter(party="maker").to_dicts()
    assert (maker["order"], maker["ending"]) == ("o1", "batch_failed")
    assert maker["cost"] > 11_000
    assert doses.filter(party="hospital").is_empty()


def test_a_site_of_a_discount_programme_pays_the_discounted_price() -> None:
    network = with_cells(sure(without_opening(tiny())), "products", discount_price=40_000)
    assert week(network, "o1")[1].equals(week(sure(without_opening(tiny())), "o1")[1])
    joined = with_cells(network, "sites", {"site": "near"}, discount=True)
    paid, _, doses = week(joined, "o1")
    (dose,) = paid.filter(what="dose").to_dicts()
    assert dose["amount"] == 40_000
    assert "products.lu-psma.discount_price" in dose["explanation"]
    (hospital,) = doses.filter(party="hospital").to_dicts()
    assert hospital["cost"] == Decimal(40_000 + 500 + 50 + 1_000)
    before = hospital_margin(network, references().rulebook, terms_of(network, references()))
    after = hospital_margin(joined, references().rulebook, terms_of(joined, references()))
    gained = after - before
    assert gained[NEAR, 0, FFS] == pytest.approx(8_980)
    assert not gained[NEAR + 1 :].any()


def test_a_flow_carries_what_the_network_says_of_contract_cover_and_charge() -> None:
    network = with_cells(tiny(), "payers", {"payer": "private"}, contract="charges", cover="x")
    network = with_cells(network, "sites", {"site": "near"}, charge_multiple=3.5, discount=True)
    terms = terms_of(tiny(), references())
    (product,) = network.rows(Product)
    sites, payers = network.by_key(Site), network.by_key(Payer)
    flow = dose_flow(terms, product, payers["private"], sites["near"], Decimal(1))
    assert (flow.contract, flow.cover, flow.discount) == ("charges", "x", True)
    assert flow.charge == Decimal("171430.00")  # 3.5 x 48,980
    plain = dose_flow(terms, product, payers["ffs"], sites["far"], Decimal(1))
    assert (plain.contract, plain.cover, plain.discount, plain.charge) == ("", "", False, None)


def test_a_cover_pays_for_the_patient_and_a_contract_changes_what_its_payer_allows() -> None:
    usual = sure(without_opening(tiny()))
    covered = with_cells(usual, "payers", {"payer": "ffs"}, cover="medigap")
    before, after = (
        {row["party"]: row for row in week(one, "o1")[2].iter_rows(named=True)}
        for one in (usual, covered)
    )
    assert after["hospital"] == before["hospital"]
    assert after["patient"]["cost"] < before["patient"]["cost"]
    # What the patient no longer pays, the cover does; it is booked as a payer.
    paid = [row["payer"]["cost"] + row["patient"]["cost"] for row in (before, after)]
    assert paid[0] == paid[1]
    rulebook, terms = references().rulebook, terms_of(usual, references())
    other = with_cells(usual, "payers", {"payer": "private"}, contract="awp")
    changed = hospital_margin(other, rulebook, terms) != hospital_margin(usual, rulebook, terms)
    assert changed[:, 0].tolist() == [[False, False, True]] * 3


def doses_of(**groups: int) -> pl.DataFrame:
    """Money of invented doses: so many of each payer, 10 from the payer to the hospital."""
    rows = [
        {"order": f"{payer}{at}", "product": "p", "channel": "commercial", "payer": payer}
        | {"party": party, "revenue": Decimal(got), "cost": Decimal(gave)}
        | {"margin": Decimal(got - gave)}
        for payer, count in groups.items()
        for at in range(count)
        for party, got, gave in (("payer", 0, 10), ("hospital", 10, 0))
    ]
    return pl.DataFrame(rows)


def test_groups_under_eleven_are_not_told_nor_found_by_subtraction() -> None:
    groups = money_groups(doses_of(many=40, more=20, few=3), Privacy())
    told = {group["payer"]: group["doses"] for group in groups}
    # With only few hidden, its 3 would follow from the week's 63.
    assert told == {"many": 40, "more": None, "few": None}
    (shown,) = (group for group in groups if group["parties"])
    assert shown["parties"] == {
        "payer": {"revenue": "0", "cost": "400", "margin": "-400"},
        "hospital": {"revenue": "400", "cost": "0", "margin": "400"},
    }
    assert money_groups(doses_of(many=40), Privacy())[0]["doses"] == 40
