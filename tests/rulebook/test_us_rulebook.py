"""Laws that hold for every flow that the US rulebook prices."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook
from doseline.model.ledger import PARTIES as LEDGER_PARTIES
from doseline.model.supply import CHANNELS as LINE_CHANNELS
from doseline.rules import CHANNELS, PARTIES, Charge, Flow, balance
from doseline.rules.errors import (
    BadFlowError,
    MixedCurrencyError,
    NothingInForceError,
    UnknownRulebookError,
)

BOOK = load_rulebook("us")
PAYERS = ["medicare_ffs", "medicare_advantage", "commercial", "medicaid", "uninsured"]
SETTINGS = ["academic", "community", "office"]

flows = st.builds(
    Flow,
    code=st.sampled_from(["A9607", "A9513", "pet_ct"]),
    activity_bq=st.floats(min_value=3.7e7, max_value=2e10),
    service_date=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    payer=st.sampled_from(PAYERS),
    setting=st.sampled_from(SETTINGS),
)
amounts = st.decimals(0, 100_000, places=2)


def full_dose(payer: str = "medicare_ffs", code: str = "A9607") -> Flow:
    return Flow(
        code=code,
        activity_bq=7.4e9,
        service_date=date(2026, 4, 15),
        payer=payer,
        setting="community",
    )


@pytest.mark.parametrize(
    ("code", "amount"), [("A9607", Decimal("51919.20")), ("A9513", Decimal("63988.80"))]
)
def test_a_full_dose_is_two_hundred_units_at_the_published_rate(code: str, amount: Decimal) -> None:
    assert BOOK.case(full_dose(code=code)).units == 200
    assert BOOK.decide("medicare.drug", full_dose(code=code)).value == amount


@settings(deadline=None)
@given(flows, amounts, amounts, amounts)
def test_money_is_neither_made_nor_lost(
    flow: Flow, dose: Decimal, carriage: Decimal, staff: Decimal
) -> None:
    charges = [
        Charge(
            party_from="hospital",
            party_to="developer",
            what="dose",
            amount=dose,
            currency="USD",
            source="products.price",
        ),
        Charge(
            party_from="developer",
            party_to="carrier",
            what="carriage",
            amount=carriage,
            currency="USD",
            source="lanes.cost",
        ),
        Charge(
            party_from="hospital",
            party_to="outside",
            what="staff",
            amount=staff,
            currency="USD",
            source="costs.staff",
        ),
    ]
    gained = balance(BOOK.pay(flow, charges))
    assert sum(gained.values()) == 0
    assert gained["developer"] == dose - carriage


@settings(deadline=None)
@given(flows)
def test_no_payment_is_negative_and_the_hospital_gets_no_more_than_is_allowed(flow: Flow) -> None:
    payments = BOOK.pay(flow)
    assert all(payment.amount >= 0 for payment in payments)
    items = {payment.what for payment in payments}
    allowed = sum(BOOK.decide(f"allowed.{item}", flow).value for item in items)
    assert balance(payments)["hospital"] <= allowed


@settings(deadline=None)
@given(flows)
def test_the_patient_in_a_hospital_never_owes_more_than_the_limit_of_the_day(flow: Flow) -> None:
    if flow.payer != "medicare_ffs" or flow.setting == "office":
        return
    limit = BOOK.on(flow.service_date).parameter("medicare.inpatient_deductible").value.amount
    assert -balance(BOOK.pay(flow))["patient"] <= limit


@settings(deadline=None)
@given(flows)
def test_a_patch_that_changes_nothing_changes_no_cent(flow: Flow) -> None:
    same = {
        key: {value.since: value.amount for value in parameter.values}
        for key, parameter in BOOK.parameters.items()
    }
    before = [payment.amount for payment in BOOK.pay(flow)]
    assert [payment.amount for payment in BOOK.patched(same).pay(flow)] == before


def test_a_what_if_is_marked_as_an_assumption_and_leaves_the_book_as_it_was() -> None:
    cut = BOOK.patched({"opps.a9607": Decimal(200)})
    decision = cut.decide("medicare.drug", full_dose())
    assert decision.value == 40_000
    assert decision.rests_on_assumption
    assert cut.patches == ("opps.a9607",)
    assert BOOK.decide("medicare.drug", full_dose()).value == Decimal("51919.20")


def test_medicare_rests_on_no_assumption_but_every_other_payer_does() -> None:
    for payer in PAYERS:
        decisions = [payment.decision for payment in BOOK.pay(full_dose(payer))]
        assert any(decision.rests_on_assumption for decision in decisions) is (
            payer != "medicare_ffs"
        )


def test_a_decision_names_rule_value_source_and_says_why_in_both_languages() -> None:
    decision = BOOK.decide("payer.drug", full_dose())
    assert decision.rule == "us/payer.drug@2025-01-01"
    assert decision.unit == "USD"
    assert decision.explanation.en.startswith("Medicare pays 50,230.88 USD")
    assert "50,230.88" in decision.explanation.zh
    assert {reading.key for reading in decision.readings} == {
        "opps.a9607",
        "billing_unit.a9607",
        "opps.administration",
        "medicare.coinsurance",
        "medicare.inpatient_deductible",
        "medicare.sequestration",
    }
    assert any("Addendum B, April 2026" in source.title for source in decision.sources)
    assert any("JW" in note.en for note in decision.notes)


def test_every_value_has_a_source_with_an_address_and_every_assumption_says_so() -> None:
    for parameter in BOOK.parameters.values():
        assert parameter.description.en != parameter.description.zh
        for value in parameter.values:
            assert value.source.title
            assert value.source.address == "assumption" or value.source.address.startswith("http")
            if value.kind == "assumption":
                assert value.source.title.startswith("Assumption")


def test_rates_leave_no_day_between_two_published_quarters() -> None:
    for key in ("opps.a9607", "opps.a9513", "opps.administration", "opps.pet_ct"):
        for earlier, later in pairwise(BOOK.parameters[key].values):
            assert earlier.published_until is not None
            assert (later.since - earlier.published_until).days == 1


@pytest.mark.parametrize(
    ("field", "wrong", "hint"),
    [
        ("code", "A96O7", "did you mean 'A9607'"),
        ("payer", "medicare", "did you mean 'medicare_ffs'"),
        ("setting", "comunity", "did you mean 'community'"),
    ],
)
def test_a_wrong_word_is_refused_with_the_nearest_right_one(
    field: str, wrong: str, hint: str
) -> None:
    words = {"code": "A9607", "payer": "medicare_ffs", "setting": "community", field: wrong}
    flow = Flow(
        code=words["code"],
        activity_bq=7.4e9,
        service_date=date(2026, 4, 15),
        payer=words["payer"],
        setting=words["setting"],
    )
    with pytest.raises(BadFlowError, match=hint):
        BOOK.pay(flow)


def test_a_day_before_the_first_value_is_refused() -> None:
    flow = Flow(
        code="A9607",
        activity_bq=7.4e9,
        service_date=date(2024, 12, 31),
        payer="medicare_ffs",
        setting="community",
    )
    with pytest.raises(NothingInForceError, match="2025-01-01"):
        BOOK.pay(flow)


def test_a_charge_in_another_currency_is_refused() -> None:
    charge = Charge(
        party_from="hospital",
        party_to="developer",
        what="dose",
        amount=Decimal(50_000),
        currency="CNY",
        source="products.price",
    )
    with pytest.raises(MixedCurrencyError, match="CNY"):
        BOOK.pay(full_dose(), [charge])


def test_rulebooks_are_found_by_name() -> None:
    assert "us" in rulebook_names()
    with pytest.raises(UnknownRulebookError, match="usa"):
        load_rulebook("usa")


def test_the_ledgers_parties_and_the_lines_channels_are_all_known() -> None:
    assert set(LEDGER_PARTIES) <= set(PARTIES)
    assert set(LINE_CHANNELS) == set(CHANNELS)


@settings(deadline=None)
@given(flows)
def test_nights_channel_and_price_change_nothing_in_the_us(flow: Flow) -> None:
    elsewhere = replace(flow, channel="in_house", nights=3, price=Decimal(1))
    assert BOOK.pay(elsewhere) == BOOK.pay(flow)


def test_a_locality_is_refused_for_this_rulebook_knows_none() -> None:
    with pytest.raises(BadFlowError, match="this rulebook knows no localities"):
        BOOK.pay(replace(full_dose(), locality="guangzhou"))


def test_a_payer_without_covers_says_that_it_has_none() -> None:
    with pytest.raises(BadFlowError, match=r"leave it empty, for the payer commercial has none\.$"):
        BOOK.pay(replace(full_dose(), payer="commercial", cover="medigapp"))
