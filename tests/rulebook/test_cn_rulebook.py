"""Laws that hold for every flow that the Chinese rulebook prices."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.io.rulebooks import load_rulebook
from doseline.rules import Charge, Flow, RuleBook, balance
from doseline.rules.errors import BadFlowError

BOOK = load_rulebook("cn")
LISTED = BOOK.patched({"nrdl.listed.lu_psma": Decimal(1)})
PAYERS = ["employee_nrdl", "resident_nrdl", "commercial_list", "iit", "self_pay"]
INSURED = PAYERS[:3]
SETTINGS = ["tertiary_a", "tertiary_b", "secondary"]
LOCALITIES = ["national", "cancer_first", "beijing", "wuhan", "yunnan", "zhejiang", "wuxi"]
DRUGS = ["LU-PSMA", "LU-DOTATATE", "I131-NAI", "AC-PSMA", "AT-TRIAL"]
DAY = date(2026, 6, 1)

prices = st.decimals(0, 200_000, places=2)
flows = st.builds(
    Flow,
    code=st.sampled_from([*DRUGS, "pet_ct"]),
    activity_bq=st.floats(min_value=1e6, max_value=1e10),
    service_date=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    payer=st.sampled_from(PAYERS),
    setting=st.sampled_from(SETTINGS),
    locality=st.sampled_from(LOCALITIES),
    channel=st.sampled_from(["commercial", "in_house", "trial"]),
    nights=st.integers(0, 5),
    price=st.none() | prices,
)
books = st.sampled_from([BOOK, LISTED])


def dose(
    *,
    payer: str = "employee_nrdl",
    locality: str = "national",
    nights: int = 1,
    code: str = "LU-PSMA",
    setting: str = "tertiary_a",
) -> Flow:
    return Flow(
        code=code,
        activity_bq=7.4e9,
        service_date=DAY,
        payer=payer,
        setting=setting,
        locality=locality,
        nights=nights,
    )


@settings(deadline=None)
@given(books, flows, prices)
def test_money_is_neither_made_nor_lost_nor_ever_negative(
    book: RuleBook, flow: Flow, price: Decimal
) -> None:
    charge = Charge(
        party_from="hospital",
        party_to="developer",
        what="dose",
        amount=price,
        currency="CNY",
        source="products.price",
    )
    paid = book.pay(flow, [charge])
    assert sum(balance(paid).values()) == 0
    assert all(payment.amount >= 0 for payment in paid)
    assert all(payment.amount == round(payment.amount, 2) for payment in paid)


@settings(deadline=None)
@given(books, flows)
def test_insurer_and_patient_together_pay_what_is_charged(book: RuleBook, flow: Flow) -> None:
    if flow.payer not in INSURED or flow.channel == "trial":
        return
    paid = book.pay(flow)
    for item in {payment.what for payment in paid}:
        charged = book.decide("drug.separate" if item == "drug" else f"items.{item}", flow).value
        assert sum(payment.amount for payment in paid if payment.what == item) == charged


@settings(deadline=None)
@given(flows)
def test_a_trial_is_free_to_patient_and_insurer(flow: Flow) -> None:
    gained = balance(BOOK.pay(replace(flow, channel="trial")))
    assert gained["patient"] == gained["payer"] == 0
    gained = balance(BOOK.pay(replace(flow, payer="iit")))
    assert gained["patient"] == gained["payer"] == 0


@settings(deadline=None)
@given(books, flows, prices, prices)
def test_a_dearer_dose_never_brings_the_hospital_less_nor_costs_the_patient_less(
    book: RuleBook, flow: Flow, one: Decimal, other: Decimal
) -> None:
    cheap, dear = (balance(book.pay(replace(flow, price=price))) for price in sorted((one, other)))
    assert cheap["hospital"] <= dear["hospital"]
    assert -cheap["patient"] <= -dear["patient"]


@settings(deadline=None)
@given(books, flows, prices)
def test_the_hospital_earns_nothing_on_the_drug(book: RuleBook, flow: Flow, price: Decimal) -> None:
    paid = book.pay(replace(flow, price=price, channel="commercial"))
    assert sum(payment.amount for payment in paid if payment.what == "drug") <= price


@settings(deadline=None)
@given(prices, prices)
def test_basic_insurance_pays_no_more_than_the_standard_of_a_listed_dose(
    price: Decimal, threshold: Decimal
) -> None:
    book = LISTED.patched({"nrdl.annual_threshold": threshold})
    flow = replace(dose(locality="beijing"), price=price)
    standard = book.decide("drug.standard", flow).value
    assert book.decide("drug.charge", flow).value == min(price, standard)
    assert book.decide("payer.drug", flow).value <= standard


@settings(deadline=None)
@given(flows)
def test_a_patch_that_changes_nothing_changes_no_fen(flow: Flow) -> None:
    same = {
        key: {value.since: value.amount for value in parameter.values}
        for key, parameter in BOOK.parameters.items()
    }
    before = [payment.amount for payment in BOOK.pay(flow)]
    assert [payment.amount for payment in BOOK.patched(same).pay(flow)] == before


def test_the_same_stay_pays_differently_by_city_and_by_what_is_coded_first() -> None:
    paid = {one: BOOK.decide("items.stay", dose(locality=one)).value for one in LOCALITIES}
    assert paid["wuxi"] == 0
    assert len(set(paid.values())) == len(LOCALITIES)


def test_the_group_is_told_to_whoever_pays_the_stay() -> None:
    for locality, group in (("zhejiang", "RU15"), ("beijing", "RC26"), ("cancer_first", "MR15")):
        decision = BOOK.decide("payer.stay", dose(locality=locality))
        assert any(group in note.en and group in note.zh for note in decision.notes)


def test_more_nights_never_pay_less_where_items_are_paid_and_nothing_more_for_a_package() -> None:
    by_item = [balance(BOOK.pay(dose(payer="self_pay", nights=n)))["hospital"] for n in range(6)]
    assert by_item == sorted(by_item)
    package = {BOOK.decide("items.stay", dose(nights=n)).value for n in range(1, 6)}
    assert len(package) == 1


def test_every_decision_rests_on_an_assumption_and_says_so_in_both_languages() -> None:
    for payer in PAYERS:
        for payment in BOOK.pay(dose(payer=payer)):
            decision = payment.decision
            assert decision.rests_on_assumption
            assert decision.confidence == "low"
            assert re.search("[\u4e00-\u9fff]", decision.explanation.zh)


def test_every_value_has_a_source_and_every_assumption_gives_its_reason() -> None:
    for parameter in BOOK.parameters.values():
        assert re.search("[\u4e00-\u9fff]", parameter.description.zh)
        for value in parameter.values:
            assumed = value.kind == "assumption"
            assert assumed is value.source.title.startswith("Assumption, ")
            assert assumed is (value.source.address == "assumption")
            assert value.source.address == "assumption" or value.source.address.startswith("http")


@pytest.mark.parametrize(
    ("field", "wrong", "hint"),
    [
        ("code", "LU-PMSA", "did you mean 'LU-PSMA'"),
        ("payer", "employee", "did you mean 'employee_nrdl'"),
        ("setting", "tertiary", "did you mean 'tertiary_"),
        ("locality", "bejing", "did you mean 'beijing'"),
        ("locality", "", "Allowed: beijing"),
    ],
)
def test_a_wrong_word_is_refused_with_the_nearest_right_one(
    field: str, wrong: str, hint: str
) -> None:
    words = {
        "code": "LU-PSMA",
        "payer": "employee_nrdl",
        "setting": "tertiary_a",
        "locality": "beijing",
        field: wrong,
    }
    flow = dose(
        code=words["code"],
        payer=words["payer"],
        setting=words["setting"],
        locality=words["locality"],
    )
    with pytest.raises(BadFlowError, match=hint):
        BOOK.pay(flow)


def test_an_outpatient_needs_no_locality() -> None:
    assert BOOK.pay(dose(locality="", nights=0))
    assert BOOK.pay(dose(locality="", payer="self_pay"))
