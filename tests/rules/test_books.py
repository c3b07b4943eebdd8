"""A rulebook of an invented country: periods, what-ifs, and many flows at once."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.io.rulebooks import load_rulebook
from doseline.rules import (
    Ask,
    Blueprint,
    Case,
    Flow,
    Line,
    Outcome,
    Rule,
    RuleBook,
    Text,
    decide_many,
    parse_parameter,
    pay_many,
)
from doseline.rules.errors import (
    BadFlowError,
    DuplicateKeyError,
    NothingInForceError,
    PeriodError,
    UnknownParameterError,
    UnknownTopicError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

US = load_rulebook("us")
FEE = """
description: {en: Fee of one unit, zh: 单位费用}
unit: XXX
source: {title: Example Health Authority, address: "https://health.example", as_of: 2025-01-01}
values:
  2025-01-01: {value: 10, kind: official, confidence: high}
"""


def _flat(case: Case, ask: Ask) -> Outcome:
    del case
    return Outcome(value=ask.value("fee"), unit="XXX", why=Text(en="Flat.", zh="定额。"))


def _by_unit(case: Case, ask: Ask) -> Outcome:
    value = case.units * ask.value("fee")
    return Outcome(value=value, unit="XXX", why=Text(en="By unit.", zh="按单位。"))


CHANGE = date(2026, 7, 1)
FLAT = Rule(says=_flat, reference="law 1", valid_from=date(2025, 1, 1), valid_until=CHANGE)
BY_UNIT = Rule(says=_by_unit, reference="law 2", valid_from=CHANGE)


def book(rules: Sequence[Rule]) -> RuleBook:
    def lines(case: Case) -> tuple[Line, ...]:
        del case
        return (Line(party_from="payer", party_to="hospital", what="dose", topic="fee"),)

    blueprint = Blueprint(
        name="xx",
        currency="XXX",
        rules={"fee": tuple(rules)},
        lines=lines,
        unit_key=lambda code: "fee" if code == "by_fee" else None,
    )
    return RuleBook.of(blueprint, [parse_parameter(FEE, key="fee", file="xx/fee.yaml")])


def flow(day: date) -> Flow:
    # Ten becquerel a unit, because the invented fee of ten doubles as the billing unit.
    return Flow(code="by_fee", activity_bq=25.0, service_date=day, payer="all", setting="any")


def test_a_new_rule_takes_over_on_its_first_day() -> None:
    both = book([FLAT, BY_UNIT])
    before, after = flow(CHANGE - timedelta(days=1)), flow(CHANGE)
    assert both.decide("fee", before).value == 10
    assert both.decide("fee", after).value == 30
    assert both.decide("fee", after).reference == "law 2"


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [FLAT],
        [BY_UNIT, FLAT],
        [FLAT, Rule(says=_flat, reference="r", valid_from=CHANGE + timedelta(days=1))],
        [FLAT, Rule(says=_flat, reference="r", valid_from=CHANGE - timedelta(days=1))],
        [Rule(says=_flat, reference="r", valid_from=CHANGE, valid_until=CHANGE)],
    ],
    ids=["none", "ends", "wrong order", "gap", "overlap", "empty"],
)
def test_periods_that_do_not_meet_are_refused(rules: list[Rule]) -> None:
    with pytest.raises(PeriodError, match="xx/fee"):
        book(rules)


def test_a_rulebook_cannot_be_changed_in_place() -> None:
    one = book([FLAT, BY_UNIT])
    with pytest.raises(FrozenInstanceError):
        one.patches = ("fee",)  # type: ignore[misc]  # the point of the test
    with pytest.raises(TypeError):
        one.parameters["fee"] = one.parameters["fee"]  # type: ignore[index]  # the point


def test_a_dated_patch_leaves_earlier_days_alone() -> None:
    raised = book([FLAT, BY_UNIT]).patched({"fee": {CHANGE: Decimal(5)}})
    assert raised.on(CHANGE - timedelta(days=1)).parameter("fee").value.amount == 10
    assert raised.on(CHANGE).parameter("fee").value.amount == 5


def test_unknown_names_are_refused_with_the_nearest_known_one() -> None:
    one = book([FLAT, BY_UNIT])
    with pytest.raises(UnknownParameterError, match="did you mean 'fee'"):
        one.patched({"fees": Decimal(1)})
    with pytest.raises(UnknownParameterError, match="did you mean 'fee'"):
        one.on(CHANGE).parameter("fes")
    with pytest.raises(UnknownTopicError, match="did you mean 'fee'"):
        one.decide("fe", flow(CHANGE))
    with pytest.raises(NothingInForceError, match="2025-01-01"):
        one.on(date(2024, 1, 1)).rule("fee")


def test_two_parameters_of_one_key_are_refused() -> None:
    fee = parse_parameter(FEE, key="fee", file="xx/fee.yaml")
    with pytest.raises(DuplicateKeyError, match="fee"):
        RuleBook.of(book([FLAT, BY_UNIT]).blueprint, [fee, fee])


@pytest.mark.parametrize("activity_bq", [float("nan"), float("inf"), -1.0])
def test_an_activity_that_is_none_is_refused(activity_bq: float) -> None:
    with pytest.raises(BadFlowError, match="activity_bq"):
        Flow(
            code="A9607",
            activity_bq=activity_bq,
            service_date=CHANGE,
            payer="medicare_ffs",
            setting="community",
        )
    table = _table(1, seed=1).with_columns(activity_bq=pl.lit(activity_bq))
    with pytest.raises(BadFlowError, match="activity_bq"):
        decide_many(US, "payer.drug", table)


def test_a_drug_without_activity_is_refused() -> None:
    table = _table(1, seed=1).with_columns(activity_bq=pl.lit(0.0), code=pl.lit("A9607"))
    with pytest.raises(BadFlowError, match="more than 0 Bq"):
        pay_many(US, table)


def test_a_missing_or_incomplete_column_is_refused() -> None:
    table = _table(3, seed=1)
    with pytest.raises(BadFlowError, match="a column of this name"):
        pay_many(US, table.drop("payer"))
    gap = table.with_columns(payer=pl.lit(None, dtype=pl.String))
    with pytest.raises(BadFlowError, match="without gaps"):
        pay_many(US, gap)


def _table(rows: int, *, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    days = np.datetime64("2025-01-01") + rng.integers(0, 900, rows)
    given_bq = rng.choice([np.nan, 3.7e9, 7.0e9], rows)
    return pl.DataFrame(
        {
            "code": rng.choice(["A9607", "A9513", "pet_ct"], rows),
            "activity_bq": rng.choice([7.4e9, 5.9e9, 5.92e9, 3.7e9], rows),
            "service_date": pl.Series(days).cast(pl.Date),
            "payer": rng.choice(
                ["medicare_ffs", "medicare_advantage", "commercial", "medicaid", "uninsured"], rows
            ),
            "setting": rng.choice(["academic", "community", "office"], rows),
            "administered_bq": pl.Series(given_bq).fill_nan(None),
        }
    )


@settings(deadline=None, max_examples=25)  # a busy machine must not fail it
@given(st.integers(0, 2**32 - 1))
def test_many_at_once_equal_one_by_one(seed: int) -> None:
    table = _table(60, seed=seed)
    decided = decide_many(US, "patient.administration", table.with_columns(code=pl.lit("A9607")))
    paid = pay_many(US, table)
    for row, fields in enumerate(table.iter_rows(named=True)):
        one = Flow(**fields)
        assert paid.of(row) == US.pay(one)
        dose = Flow(**{**fields, "code": "A9607"})
        assert decided.of(row) == US.decide("patient.administration", dose)


def test_the_table_of_payments_adds_up_to_the_cent() -> None:
    table = _table(200, seed=7)
    expected = sum(
        payment.amount
        for fields in table.iter_rows(named=True)
        for payment in US.pay(Flow(**fields))
    )
    payments = pay_many(US, table).table()
    assert payments["amount"].sum() == expected
    assert payments["flow"].unique().sort().to_list() == list(range(200))


def test_values_for_objectives_agree_with_the_exact_ones() -> None:
    table = _table(50, seed=3).with_columns(code=pl.lit("A9513"))
    decided = decide_many(US, "payer.drug", table)
    exact = [float(decided.of(row).value) for row in range(50)]
    assert decided.values().tolist() == exact


def test_the_unit_of_a_code_does_not_depend_on_noise_in_the_last_digit() -> None:
    noisy = Flow(
        code="A9607",
        activity_bq=np.nextafter(7.4e9, 1e10),
        service_date=CHANGE,
        payer="medicare_ffs",
        setting="community",
    )
    assert US.case(noisy).units == 200


CN = load_rulebook("cn")


def _stays(rows: int, *, seed: int) -> pl.DataFrame:
    """Flows with every fact that has a default."""
    rng = np.random.default_rng(seed)
    days = np.datetime64("2025-06-01") + rng.integers(0, 400, rows)
    prices = [Decimal(int(cents)) / 100 for cents in rng.choice([3_000_000, 7_500_050], rows)]
    return pl.DataFrame(
        {
            "code": rng.choice(["LU-PSMA", "I131-NAI", "pet_ct"], rows),
            "activity_bq": 7.4e9,
            "service_date": pl.Series(days).cast(pl.Date),
            "payer": rng.choice(["employee_nrdl", "commercial_list", "iit", "self_pay"], rows),
            "setting": rng.choice(["tertiary_a", "secondary"], rows),
            "locality": rng.choice(["national", "beijing", "wuxi"], rows),
            "channel": rng.choice(["commercial", "in_house", "trial"], rows),
            "nights": rng.integers(0, 4, rows),
            "price": pl.Series(
                [None if rng.random() < 0.3 else price for price in prices],
                dtype=pl.Decimal(38, 2),
            ),
        }
    )


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_stays_at_once_equal_stays_one_by_one(seed: int) -> None:
    table = _stays(60, seed=seed)
    paid = pay_many(CN, table)
    for row, fields in enumerate(table.iter_rows(named=True)):
        assert paid.of(row) == CN.pay(Flow(**fields))


def _contracts(rows: int, *, seed: int) -> pl.DataFrame:
    """Flows with the facts of contracts, covers and programmes."""
    rng = np.random.default_rng(seed)
    table = _table(rows, seed=seed).with_columns(
        contract=pl.Series(rng.choice(["", "asp", "awp", "charges"], rows)),
        cover=pl.Series(rng.choice(["", "medigap"], rows)),
        charge=pl.Series(rng.choice([150_000, 210_000], rows)).cast(pl.Decimal(38, 2)),
        discount=pl.Series(rng.choice([False, True], rows)),
    )
    of_plan, of_public = pl.col("payer") == "commercial", pl.col("payer") == "medicare_ffs"
    return table.filter(pl.col("code") != "pet_ct").with_columns(
        contract=pl.when(of_plan).then("contract").otherwise(pl.lit("")),
        cover=pl.when(of_public).then("cover").otherwise(pl.lit("")),
        charge=pl.when(of_plan & (pl.col("contract") == "charges")).then("charge"),
    )


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_contracts_at_once_equal_contracts_one_by_one(seed: int) -> None:
    table = _contracts(60, seed=seed)
    paid = pay_many(US, table)
    for row, fields in enumerate(table.iter_rows(named=True)):
        assert paid.of(row) == US.pay(Flow(**fields))


def test_a_fact_that_is_not_told_is_its_default() -> None:
    table = _stays(40, seed=5).drop("price", "channel").with_columns(pl.lit(0).alias("nights"))
    paid = pay_many(CN, table.drop("nights"))
    assert [paid.of(row) for row in range(40)] == [pay_many(CN, table).of(row) for row in range(40)]


@pytest.mark.parametrize(
    ("column", "wrong", "says"),
    [
        ("channel", "inhouse", "did you mean 'in_house'"),
        ("nights", -1, "from 0 to 3650"),
        ("nights", 3651, "from 0 to 3650"),
        ("price", Decimal("-0.01"), "0 – 1,000,000,000,000"),
        ("price", Decimal("1000000000000.01"), "0 – 1,000,000,000,000"),
    ],
)
def test_an_impossible_fact_is_refused_alone_and_among_many(
    column: str, wrong: object, says: str
) -> None:
    table = _stays(3, seed=1)
    bad = table.with_columns(pl.lit(wrong).cast(table.schema[column]).alias(column))
    with pytest.raises(BadFlowError, match=says):
        pay_many(CN, bad)
    with pytest.raises(BadFlowError, match=says):
        Flow(**bad.row(0, named=True))


def test_a_gap_in_the_nights_is_refused() -> None:
    gap = _stays(3, seed=1).with_columns(nights=pl.lit(None, dtype=pl.Int64))
    with pytest.raises(BadFlowError, match="without gaps"):
        pay_many(CN, gap)


def test_a_rulebook_that_says_nothing_of_safety_lets_patients_go() -> None:
    one = book([FLAT, BY_UNIT])
    assert one.release_criteria("I-131", CHANGE) == ()
    assert one.storage_rule("I-131", CHANGE) is None
