"""A planned week with promises, a quota and a later cycle: from tables to plan, folder and payments."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.study.networks import references, rows_of, sure, tiny

from doseline.io.plans import read_plan, write_plan
from doseline.io.tables import MARKER
from doseline.io.text import LANGUAGES, text
from doseline.plan.deliver import deliver
from doseline.plan.orders.chains import INTERVAL_MISSED
from doseline.plan.orders.cutoffs import TOO_LATE
from doseline.plan.orders.ladder import MAY_NOT_MOVE
from doseline.study.exact import order_frame
from doseline.study.money import payment_frame
from doseline.study.planned import options_of, plan_network
from doseline.study.prepare import prepare
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network
    from doseline.simulate.weeks import Orders, Outcome

FEE = Decimal("19592.00")
"""40 % of 48,980 USD."""


def promised_week() -> Network:
    """Order o3 can be infused on 7 May only; it is promised for the 6th, five days from 1 May."""
    network = sure(tiny())
    orders = network.frame("orders").with_columns(
        promised=pl.when(pl.col("order") == "o3").then(pl.date(2026, 5, 6))
    )
    held = {"patient": "p3", "product": "lu-psma", "cycle": 2, "site": "near", "suite": "near-1"}
    quota = {
        "quota": "fair",
        "product": "lu-psma",
        "kind": "new",
        "part_of": "",
        "doses_per_week": 2,
    }
    ladder = {"product": "lu-psma", "days_before": 5, "may_move": True, "fee_percent": 40.0}
    network = network.replace(
        orders=orders,
        commitments=rows_of("commitments", ladder),
        quotas=rows_of("quotas", quota),
        reservations=rows_of("reservations", {**held, "day": date(2026, 6, 17)}),
    )
    settings = dataclasses.replace(network.settings, plan_as_of=date(2026, 5, 1))
    return dataclasses.replace(network, settings=settings)


def test_the_folder_of_a_plan_holds_fees_and_reservations(tmp_path: Path) -> None:
    planned = plan_network(promised_week(), references())
    (fee,) = planned.plan.fees.to_dicts()
    assert (fee["order"], fee["day"], fee["why"]) == ("o3", date(2026, 5, 7), "moved")
    assert fee["amount"] == float(FEE)
    (later,) = planned.plan.reservations.to_dicts()
    # 17 June is 41 days after 7 May; the suite treats on the 18th, a Thursday.
    assert later["day"] == date(2026, 6, 18)
    kinds = planned.plan.flows.filter(pl.col("infuse").is_not_null())["kind"].to_list()
    assert kinds.count("new") == 2
    folder = tmp_path / "plan"
    folder.mkdir()
    write_plan(planned, folder)
    (folder / MARKER).write_text("")
    again = read_plan(folder)
    assert again.plan.fees.equals(planned.plan.fees)
    assert again.plan.reservations.equals(planned.plan.reservations)
    assert again.network.settings.plan_as_of == date(2026, 5, 1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_notes_and_reasons_are_sentences_in_both_languages(lang: str) -> None:
    plan = plan_network(promised_week(), references()).plan
    notes = {note.key: text(f"report.note.{note.key}", lang, **note.values) for note in plan.notes}
    assert "2" in notes["quota_new"]
    assert "19,592.00" in notes["fees"]
    assert notes["quota_rule"]
    assert notes["reservations"]
    reasons = {
        *plan.flows["reason"].drop_nulls(),
        *(INTERVAL_MISSED, TOO_LATE, MAY_NOT_MOVE),
        "quota_reached",
        "reservations_full",
    }
    assert all(text(f"report.reason.{reason}", lang) for reason in reasons)


def test_the_hospital_pays_the_fee_once() -> None:
    network = promised_week()
    planned = plan_network(network, references())
    options = options_of(planned.network, references())
    nuclides = references().nuclides
    delivered = deliver(planned.plan, planned.network, options, nuclides=nuclides, seed=1)
    paid = payment_frame(network, references(), delivered, fees=planned.plan.fees)
    (fee,) = paid.filter(what="move_fee").to_dicts()
    assert (fee["order"], fee["amount"], fee["payer"]) == ("o3", FEE, "private")
    assert (fee["party_from"], fee["party_to"]) == ("hospital", "developer")
    assert "40 % of the price from 5 days before" in fee["explanation"]
    without = payment_frame(network, references(), delivered)
    assert paid.height == without.height + 1


def test_an_order_of_the_simulated_week_keeps_what_it_brings() -> None:
    network = promised_week()
    prepared = prepare(network, references())
    seen: list[pl.DataFrame] = []

    def look(orders: Orders) -> Outcome:
        seen.append(order_frame(prepared, orders))
        raise LookupError

    with pytest.raises(LookupError):
        replicate(prepared, seed=1, exact=look)
    (frame,) = seen
    assert frame.schema == network.frame("orders").schema
    listed = frame.filter(pl.col("order") == "o3")
    assert listed["promised"].to_list() == [date(2026, 5, 6)]
    assert frame.filter(pl.col("order").str.starts_with("sim-"))["promised"].null_count() > 0
