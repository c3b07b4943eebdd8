"""What is easily got wrong about payment in China, each as a test."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from doseline.io.rulebooks import load_rulebook
from doseline.rules import Flow

BOOK = load_rulebook("cn")
LISTED = BOOK.patched({"nrdl.listed.lu_psma": Decimal(1)})


def dose(day: date, *, code: str = "LU-PSMA", locality: str = "zhejiang", nights: int = 1) -> Flow:
    return Flow(
        code=code,
        activity_bq=7.4e9,
        service_date=day,
        payer="employee_nrdl",
        setting="tertiary_a",
        locality=locality,
        nights=nights,
    )


def test_the_yearly_limit_is_a_pattern_with_evidence_below_it_and_says_so() -> None:
    decision = BOOK.decide("nrdl.within_pattern", dose(date(2026, 6, 1)))
    shown = {reading.key: reading.value.amount for reading in decision.readings}
    assert shown["nrdl.highest_seen"] == 297_200
    assert shown["nrdl.highest_seen"] < shown["nrdl.annual_threshold"] == 300_000
    assert any("no published rule" in note.en and "并非" in note.zh for note in decision.notes)


def test_six_doses_within_the_pattern_leave_fifty_thousand_each_and_four_leave_more() -> None:
    day = date(2026, 6, 1)
    assert BOOK.decide("drug.standard", dose(day)).value == 50_000
    assert BOOK.decide("drug.standard", dose(day, code="LU-DOTATATE")).value == 75_000


def test_a_product_approved_in_november_2025_is_on_no_list_in_2026() -> None:
    day = date(2025, 11, 15)
    while day <= date(2026, 12, 31):
        listed = BOOK.decide("drug.listed", dose(day))
        named = BOOK.decide("commercial_list.named", dose(day))
        assert listed.value == named.value == 0
        assert not listed.carried_forward
        day += timedelta(days=30)
    assert BOOK.decide("drug.listed", dose(date(2027, 1, 1))).carried_forward


def test_packages_are_for_stays_only() -> None:
    for locality in ("zhejiang", "guangzhou"):
        outpatient = dose(date(2027, 3, 1), locality=locality, nights=0)
        assert LISTED.decide("drug.in_package", outpatient).value == 0
        assert {line.what for line in LISTED.pay(outpatient)} == {"drug", "administration"}
        assert LISTED.decide("stay.grouped", outpatient).value == 0


def test_no_more_than_five_percent_of_cases_are_reviewed() -> None:
    reading = BOOK.on(date(2027, 3, 1)).parameter("drg.special_case.share")
    assert reading.value.amount == Decimal("0.05")
    stay = dose(date(2027, 3, 1))
    package = Decimal("0.60") * 13_000 * Decimal("1.1")
    items = LISTED.decide("stay.items", stay).value
    mean = LISTED.decide("items.stay", stay).value
    assert mean == package + Decimal("0.05") * (items - package)


def test_the_scope_of_a_licence_may_end_while_the_incentive_stays() -> None:
    before, after = dose(date(2025, 11, 14)), dose(date(2025, 11, 15))
    scope = [LISTED.decide("standing.legal_basis", flow).value for flow in (before, after)]
    assert scope == [1, 0]
    assert LISTED.decide("standing.economic_incentive", after).value > 0
    counsel = LISTED.decide("standing.legal_basis", after).notes
    assert any("counsel" in note.en for note in counsel)


def test_a_page_that_calls_dotatate_approved_is_not_believed() -> None:
    decision = BOOK.decide("standing.approved", dose(date(2026, 11, 22), code="LU-DOTATATE"))
    assert decision.value == 0
    assert decision.rests_on_assumption


def test_no_price_of_the_product_is_known_and_every_payment_by_it_says_so() -> None:
    decision = BOOK.decide("drug.cost", dose(date(2026, 6, 1)))
    assert decision.assumptions == ("price.lu_psma",)
