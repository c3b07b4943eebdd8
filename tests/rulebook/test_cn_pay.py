"""Laws of the wider Chinese rulebook: points, benefits, city insurance, renewals, standing."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.io.rulebooks import load_rulebook
from doseline.rules import Flow, balance, pay_many
from doseline.rules.errors import BadFlowError
from doseline.rules.many import MORE_COLUMNS

BOOK = load_rulebook("cn")
LISTED = BOOK.patched({"nrdl.listed.lu_psma": Decimal(1)})
NAMED = BOOK.patched({"commercial_list.listed.lu_psma": Decimal(1)})
SETTLED = LISTED.patched({"dip.point_value.settled.guangzhou": Decimal("12.35")})
POINTS = ["guangzhou", "shanghai", "dip_prefecture"]
GROUPS = ["national", "cancer_first", "beijing", "wuhan", "yunnan", "zhejiang", "wuxi"]
DRUGS = ["LU-PSMA", "LU-DOTATATE", "I131-NAI", "AC-PSMA", "AT-TRIAL"]
CONTRACTS = ["", "benefits", "special_case", "by_item"]
INSURED = ["employee_nrdl", "resident_nrdl", "commercial_list"]

flows = st.builds(
    Flow,
    code=st.sampled_from(DRUGS),
    activity_bq=st.just(7.4e9),
    service_date=st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    payer=st.sampled_from([*INSURED, "iit", "self_pay"]),
    setting=st.sampled_from(["tertiary_a", "tertiary_b", "secondary"]),
    locality=st.sampled_from([*GROUPS, *POINTS]),
    channel=st.sampled_from(["commercial", "in_house", "trial"]),
    nights=st.integers(0, 5),
    price=st.none() | st.decimals(0, 200_000, places=2),
    contract=st.sampled_from(CONTRACTS),
    cover=st.sampled_from(["", "city_insurance"]),
)
BOOKS = {"as known": BOOK, "listed": LISTED, "named": NAMED, "settled": SETTLED}
books = st.sampled_from(sorted(BOOKS))


def stay(**facts: Any) -> Flow:
    flow = Flow(
        code="LU-PSMA",
        activity_bq=7.4e9,
        service_date=date(2027, 3, 1),
        payer="employee_nrdl",
        setting="tertiary_a",
        locality="guangzhou",
        nights=1,
    )
    return replace(flow, **facts)


def fen(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@settings(deadline=None)
@given(books, flows)
def test_money_is_conserved_and_no_payment_is_negative(name: str, flow: Flow) -> None:
    book = BOOKS[name]
    paid = book.pay(flow)
    assert sum(balance(paid).values()) == 0
    assert all(payment.amount >= 0 for payment in paid)
    assert all(payment.amount == fen(payment.amount) for payment in paid)


@settings(deadline=None)
@given(books, flows)
def test_all_payers_together_pay_what_is_charged(name: str, flow: Flow) -> None:
    book = BOOKS[name]
    if flow.payer not in INSURED or flow.channel == "trial":
        return
    paid = book.pay(flow)
    for item in {payment.what.removesuffix("_supplement") for payment in paid}:
        charged = book.decide("drug.separate" if item == "drug" else f"items.{item}", flow).value
        together = sum(
            payment.amount for payment in paid if payment.what.removesuffix("_supplement") == item
        )
        assert together == charged


@given(st.decimals(0, 200_000, places=2))
def test_a_city_that_deducts_counts_the_drug_in_the_case_and_takes_it_off(price: Decimal) -> None:
    standard = 900 * Decimal("13.0") * Decimal("1.1")
    cost = 1600 + price
    paid = standard
    if cost < standard / 2:
        paid = cost
    elif cost > 2 * standard:
        paid = cost - standard
    flow = stay(price=price)
    assert BOOK.decide("items.stay", flow).value == fen(max(Decimal(0), paid - price))
    exempt = NAMED.decide("items.stay", flow).value
    assert exempt == 1600


@settings(deadline=None)
@given(books, flows)
def test_the_patients_covered_part_stays_within_the_schemes_cap(name: str, flow: Flow) -> None:
    book = BOOKS[name]
    if flow.payer not in INSURED or flow.channel == "trial":
        return
    flow = replace(flow, contract="benefits", cover="")
    covered = book.decide("scheme.covered", flow).value
    own = covered - sum(
        book.decide(topic, flow).value for topic in ("scheme.basic", "scheme.serious")
    )
    doses = {"LU-PSMA": 6, "LU-DOTATATE": 4, "I131-NAI": 2, "AC-PSMA": 6, "AT-TRIAL": 4}[flow.code]
    line = (20657 if flow.service_date.year < 2026 else Decimal("21688.50")) / Decimal(doses)
    assert 0 <= own <= covered
    assert own <= line + Decimal("0.4") * max(Decimal(0), covered - line) + Decimal("0.01")


@settings(deadline=None)
@given(books, flows)
def test_city_insurance_only_lowers_what_the_patient_pays_and_leaves_the_deductible(
    name: str, flow: Flow
) -> None:
    book = BOOKS[name]
    bare, covered = replace(flow, cover=""), replace(flow, cover="city_insurance")
    before, after = -balance(book.pay(bare))["patient"], -balance(book.pay(covered))["patient"]
    assert after <= before
    if flow.channel == "trial" or flow.payer not in INSURED:
        assert after == before
    doses = {"LU-PSMA": 6, "LU-DOTATATE": 4, "I131-NAI": 2, "AC-PSMA": 6, "AT-TRIAL": 4}[flow.code]
    assert after >= min(before, Decimal(18000) / doses) - Decimal("0.01")
    assert balance(book.pay(bare))["hospital"] == balance(book.pay(covered))["hospital"]


@settings(deadline=None)
@given(flows)
def test_a_trial_stays_free_whatever_contract_or_cover(flow: Flow) -> None:
    gained = balance(BOOK.pay(replace(flow, channel="trial")))
    assert gained["patient"] == gained["payer"] == 0


@settings(deadline=None, max_examples=50)
@given(flows)
def test_a_patch_that_changes_nothing_changes_no_fen_of_any_contract(flow: Flow) -> None:
    same = {
        key: {value.since: value.amount for value in parameter.values}
        for key, parameter in BOOK.parameters.items()
    }
    before = [payment.amount for payment in BOOK.pay(flow)]
    assert [payment.amount for payment in BOOK.patched(same).pay(flow)] == before


@settings(deadline=None, max_examples=20)
@given(books, st.lists(flows, min_size=1, max_size=30))
def test_many_at_once_are_paid_as_one_by_one(name: str, several: list[Flow]) -> None:
    book = BOOKS[name]
    columns = [field.name for field in fields(Flow)]
    rows = [{column: getattr(flow, column) for column in columns} for flow in several]
    types = {**MORE_COLUMNS, "administered_bq": pl.Float64}
    paid = pay_many(book, pl.DataFrame(rows, schema_overrides=types, infer_schema_length=None))
    for number, flow in enumerate(several):
        alone = [(one.party_from, one.what, one.amount) for one in book.pay(flow)]
        assert [(one.party_from, one.what, one.amount) for one in paid.of(number)] == alone


@given(
    st.sampled_from(POINTS),
    st.sampled_from([("tertiary_a", "1.1"), ("tertiary_b", "1.0"), ("secondary", "0.8")]),
    st.decimals(0, 120_000, places=2),
)
def test_points_follow_the_three_branches_of_the_specification(
    locality: str, level: tuple[str, str], price: Decimal
) -> None:
    points, value = {
        "guangzhou": (900, "13.0"),
        "shanghai": (900, "15.0"),
        "dip_prefecture": (1100, "5.92"),
    }[locality]
    standard = points * Decimal(value) * Decimal(level[1])
    cost = 1600 + min(price, Decimal(50000))
    expected = standard
    if cost < standard / 2:
        expected = cost
    elif cost > 2 * standard:
        expected = cost - standard
    flow = stay(locality=locality, setting=level[0], price=price)
    assert LISTED.decide("items.stay", flow).value == fen(expected)


@settings(deadline=None)
@given(books, flows)
def test_low_expected_and_high_are_in_order_and_only_points_are_provisional(
    name: str, flow: Flow
) -> None:
    book = BOOKS[name]
    low, expected, high = (
        book.decide(f"stay.{end}", flow).value for end in ("low", "expected", "high")
    )
    assert low <= expected <= high
    provisional = book.decide("stay.provisional", flow).value == 1
    if provisional:
        assert flow.locality in POINTS
        assert flow.nights
        notes = book.decide("payer.stay", flow).notes
        assert any("Provisional" in note.en and "暂定" in note.zh for note in notes)
    else:
        final = book.decide("stay.final", flow).value
        assert book.decide("stay.settlement", flow).value == final - expected


def test_a_settled_value_counts_from_the_day_it_is_given_for() -> None:
    book = LISTED.patched(
        {"dip.point_value.settled.guangzhou": {date(2028, 1, 1): Decimal("12.35")}}
    )
    assert book.decide("stay.provisional", stay()).value == 1
    later = stay(service_date=date(2028, 1, 1))
    assert book.decide("stay.provisional", later).value == 0
    assert book.decide("stay.settlement", later).value == Decimal("-1936.50")


_CUTS = {
    "1.00": (0, 0, 0, 0, 0),
    "1.10": (0, 0, 0, 0, 0),
    "1.11": (5, 7, 9, 11, 15),
    "1.40": (5, 7, 9, 11, 15),
    "1.41": (10, 12, 14, 16, 20),
    "1.70": (10, 12, 14, 16, 20),
    "1.71": (15, 17, 19, 21, 25),
    "2.00": (15, 17, 19, 21, 25),
}
"""Cut in percent by ratio, for a yearly spending of the five tiers, as the rules state it."""
_SPENDING = (200, 201, 1001, 2001, 4001)
"""A yearly spending in each tier, in millions of CNY."""


@pytest.mark.parametrize(
    ("ratio", "tier", "percent"),
    [(ratio, tier, cut) for ratio, cuts in _CUTS.items() for tier, cut in enumerate(cuts)],
)
def test_renewal_cuts_are_those_of_the_published_table(ratio: str, tier: int, percent: int) -> None:
    given_ = {
        "nrdl.renewal.given.spent_over_budget.lu_psma": Decimal(ratio),
        "nrdl.renewal.given.yearly_spend.lu_psma": Decimal(_SPENDING[tier]) * 1_000_000,
    }
    book = LISTED.patched(given_)
    assert book.decide("nrdl.renewal_cut", stay()).value == Decimal(percent) / 100
    wider = LISTED.patched(
        {
            "nrdl.renewal.given.growth.lu_psma": Decimal(ratio) - 1,
            "nrdl.renewal.given.yearly_spend.lu_psma": Decimal(_SPENDING[tier]) * 1_000_000,
        }
    )
    assert wider.decide("nrdl.renewal_cut", stay()).value == Decimal(percent) / 100


@given(st.decimals(0, 3, places=2), st.decimals(0, 2, places=2), st.integers(0, 9))
def test_more_volume_never_renews_at_a_smaller_cut(
    ratio: Decimal, more: Decimal, years: int
) -> None:
    cuts = [
        LISTED.patched(
            {
                "nrdl.renewal.given.spent_over_budget.lu_psma": value,
                "nrdl.renewal.given.years.lu_psma": Decimal(years),
            }
        )
        .decide("nrdl.renewal_cut", stay())
        .value
        for value in (ratio, ratio + more)
    ]
    assert 0 <= cuts[0] <= cuts[1] <= 1


@settings(deadline=None, max_examples=60)
@given(books, flows)
def test_every_topic_answers_for_every_dose_in_both_languages(name: str, flow: Flow) -> None:
    book = BOOKS[name]
    for topic in book.blueprint.rules:
        decision = book.decide(topic, flow)
        assert decision.value == decision.value.normalize()
        assert decision.explanation.en
        assert re.search("[\u4e00-\u9fff]", decision.explanation.zh)


def test_four_things_are_answered_apart() -> None:
    topics = ("licence", "legal_basis", "preparation_chargeable", "trial_free", "approved")
    found = {
        name: tuple(int(BOOK.decide(f"standing.{topic}", flow).value) for topic in topics)
        for name, flow in {
            "made while nothing was sold": stay(channel="in_house", service_date=date(2025, 10, 1)),
            "made since": stay(channel="in_house"),
            "made, new": stay(channel="in_house", code="AC-PSMA"),
            "trial": stay(channel="trial", code="AC-PSMA"),
            "bought": stay(),
        }.items()
    }
    assert found == {
        "made while nothing was sold": (1, 1, 1, 0, 0),
        "made since": (1, 0, 0, 0, 1),
        "made, new": (1, 1, 0, 0, 0),
        "trial": (0, 1, 0, 1, 0),
        "bought": (0, 0, 0, 0, 1),
    }


@pytest.mark.parametrize(
    ("field", "wrong", "hint"),
    [
        ("contract", "benefit", "did you mean 'benefits'"),
        ("contract", "asp", "Allowed: benefits, by_item, special_case"),
        ("cover", "city_insurer", "did you mean 'city_insurance'"),
        ("cover", "medigap", "Allowed: city_insurance"),
        ("locality", "guangzou", "did you mean 'guangzhou'"),
        ("discount", True, "knows no such programme"),
    ],
)
def test_a_word_of_another_country_is_refused(field: str, wrong: object, hint: str) -> None:
    with pytest.raises(BadFlowError, match=hint):
        BOOK.pay(stay(**{field: wrong}))


def test_a_stay_without_a_locality_is_refused_when_its_package_is_asked_for() -> None:
    with pytest.raises(BadFlowError, match="Allowed: beijing"):
        BOOK.decide("items.stay", stay(locality=""))
