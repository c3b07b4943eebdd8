"""The code table of the US rulebook agrees with its parameters and with arithmetic."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.io.rulebooks import load_rulebook
from doseline.rules import Flow
from doseline.rules.errors import BadFlowError, NothingInForceError

BOOK = load_rulebook("us")
CODES = BOOK.blueprint.codes
DAY = date(2026, 4, 15)
MILLICURIE_BQ = 37_000_000
UNIT_BQ = {
    "1 mCi": MILLICURIE_BQ,
    "0.1 mCi": MILLICURIE_BQ // 10,
    "0.01 mCi": MILLICURIE_BQ // 100,
    "1 µCi": MILLICURIE_BQ // 1000,
}
BY_ACTIVITY = sorted(code for code, one in CODES.items() if one.unit_name in UNIT_BQ)


def flow(code: str, activity_bq: float, day: date = DAY, setting: str = "community") -> Flow:
    return Flow(
        code=code, activity_bq=activity_bq, service_date=day, payer="medicare_ffs", setting=setting
    )


@pytest.mark.parametrize("code", BY_ACTIVITY)
def test_the_unit_on_the_claim_is_the_activity_that_is_paid(code: str) -> None:
    assert BOOK.on(DAY).unit_bq(code) == UNIT_BQ[CODES[code].unit_name]


def test_units_that_are_no_millicurie_are_those_of_the_list() -> None:
    other = {
        code: CODES[code].unit_name for code in BY_ACTIVITY if CODES[code].unit_name != "1 mCi"
    }
    assert other == {"A9587": "0.1 mCi", "A9606": "1 µCi", "C9067": "0.01 mCi"}


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(BY_ACTIVITY), st.integers(1, 20_000_000_000))
def test_units_are_whole_and_hold_the_activity(code: str, activity_bq: int) -> None:
    unit = UNIT_BQ[CODES[code].unit_name]
    units = BOOK.case(flow(code, float(activity_bq))).units
    assert ceil(activity_bq / unit - 1e-5) <= units <= ceil(activity_bq / unit)


@pytest.mark.parametrize("code", sorted(set(CODES) - {"A9616"}))
def test_a_code_has_the_status_of_each_quarter_that_its_parameters_say(code: str) -> None:
    key = f"opps.pass_through.{code.lower()}"
    if key not in BOOK.parameters:
        return
    day = date(2025, 1, 1)
    while day <= date(2026, 6, 30):
        passes = BOOK.on(day).parameter(key).value.amount == 1
        assert CODES[code].status_on(day) == ("G" if passes else "K"), (code, day)
        day += timedelta(days=1)


@pytest.mark.parametrize("code", sorted(code for code, one in CODES.items() if one.nuclide))
def test_packages_have_eleven_digits(code: str) -> None:
    assert all(len(one) == 11 and one.isdigit() for one in CODES[code].packages)


def test_a_code_is_unknown_before_its_first_day() -> None:
    assert CODES["A9616"].status_on(date(2025, 9, 30)) == ""
    assert CODES["A9616"].status_on(date(2025, 10, 1)) == "G"
    with pytest.raises(NothingInForceError, match="2025-10-01"):
        BOOK.pay(flow("A9616", 1.85e8, date(2025, 9, 30)))


def test_therapeutics_and_tracers_have_revenue_codes_of_their_own() -> None:
    for one in CODES.values():
        if one.kind != "service":
            assert one.revenue == ("0344" if one.kind == "therapeutic" else "0343")


def test_every_code_is_named_in_both_languages_and_says_where_it_was_read() -> None:
    for one in CODES.values():
        assert one.name.en != one.name.zh
        assert one.source


def test_numbers_of_another_owner_bear_no_text_of_theirs() -> None:
    foreign = [one for one in CODES.values() if one.code.isdigit()]
    assert {one.code for one in foreign} == {"79101", "79005"}
    assert all("number only" in one.name.en for one in foreign)


@pytest.mark.parametrize("code", ["C9067", "C9399"])
def test_an_office_cannot_bill_a_hospital_code(code: str) -> None:
    with pytest.raises(BadFlowError, match="code"):
        BOOK.pay(flow(code, 1.48e8, setting="office"))


def test_a_code_of_no_one_product_asks_for_its_price() -> None:
    with pytest.raises(BadFlowError, match="price"):
        BOOK.pay(flow("A9699", 7.4e9, setting="office"))


def test_the_reminders_of_a_dose_name_modifiers_and_invoice() -> None:
    dose = Flow(
        code="A9607",
        activity_bq=7.4e9,
        service_date=DAY,
        payer="medicare_ffs",
        setting="community",
        discount=True,
    )
    said = " ".join(note.en for note in BOOK.decide("medicare.drug", dose).notes)
    assert "JZ" in said
    assert "JW" in said
    assert "TB" in said
    unlisted = BOOK.decide("medicare.drug", flow("A9699", 7.4e9))
    assert any("NDC" in note.en for note in unlisted.notes)


def test_the_clock_of_a_dose_says_that_the_federal_rule_leaves_drugs_out() -> None:
    dose = Flow(
        code="A9607",
        activity_bq=7.4e9,
        service_date=DAY,
        payer="medicare_advantage",
        setting="community",
    )
    notes = BOOK.decide("authorisation.hours", dose).notes
    assert any("CMS-0057-F has no clock for drugs" in note.en for note in notes)
