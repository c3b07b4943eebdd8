"""Laws that hold for every contract, cover, tracer and service of the US rulebook."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from doseline.io.rulebooks import load_rulebook
from doseline.rules import Flow, balance, pay_many
from doseline.rules.errors import BadFlowError

BOOK = load_rulebook("us")
CONTRACTS = {
    "medicare_ffs": ["", "asp", "awp", "invoice"],
    "medicare_advantage": ["", "asp", "awp", "invoice"],
    "commercial": ["", "asp", "awp", "charges", "invoice"],
    "medicaid": ["", "asp", "awp", "invoice"],
    "uninsured": [""],
}
COVERS = {"medicare_ffs": ["", "medicaid", "medigap"], "medicare_advantage": ["", "medicaid"]}
THERAPEUTICS = ["A9513", "A9517", "A9530", "A9606", "A9607", "A9699"]
TRACERS = ["A9552", "A9587", "A9592", "A9593", "A9594", "A9595", "A9596", "A9597", "A9608", "A9800"]
HOSPITAL_CODES = ["C9067", "C9399"]
SERVICES = ["consult", "pet_ct", "spect_ct"]
money = st.decimals(0, 200_000, places=2)


@st.composite
def flows(draw: st.DrawFn, payer: str | None = None) -> Flow:
    """A flow that the rulebook can price, with a price throughout."""
    payer = payer or draw(st.sampled_from(sorted(CONTRACTS)))
    setting = draw(st.sampled_from(["academic", "community", "office"]))
    codes = THERAPEUTICS + TRACERS + SERVICES
    return Flow(
        code=draw(st.sampled_from(codes if setting == "office" else codes + HOSPITAL_CODES)),
        activity_bq=draw(st.floats(min_value=3.7e4, max_value=2e10)),
        service_date=draw(st.dates(date(2025, 1, 1), date(2027, 12, 31))),
        payer=payer,
        setting=setting,
        price=draw(money),
        contract=draw(st.sampled_from(CONTRACTS[payer])),
        cover=draw(st.sampled_from(COVERS.get(payer, [""]))),
        charge=draw(st.none() | money),
        discount=draw(st.booleans()),
    )


@settings(deadline=None)
@given(flows())
def test_no_payment_is_negative_and_together_they_are_no_more_than_allowed(flow: Flow) -> None:
    payments = BOOK.pay(flow)
    assert all(payment.amount >= 0 for payment in payments)
    items = {payment.what for payment in payments if "supplement" not in payment.what}
    allowed = sum(BOOK.decide(f"allowed.{item}", flow).value for item in items)
    assert balance(payments)["hospital"] <= allowed
    assert sum(balance(payments).values()) == 0


@settings(deadline=None)
@given(flows("medicare_ffs"))
def test_the_patient_of_a_hospital_owes_no_more_than_the_limit_of_the_day(flow: Flow) -> None:
    assume(flow.setting != "office")
    limit = BOOK.on(flow.service_date).parameter("medicare.inpatient_deductible").value.amount
    owed = {
        payment.what: BOOK.decide(f"owed.{payment.what}", flow).value
        for payment in BOOK.pay(flow)
        if payment.party_from == "patient"
    }
    if "tracer" in owed:
        owed["pet_ct"] = BOOK.decide("owed.pet_ct", flow).value
    assert sum(owed.values()) <= limit


@settings(deadline=None)
@given(st.sampled_from(["medicare_advantage", "commercial"]).flatmap(flows))
def test_the_member_of_a_plan_owes_no_more_than_a_share_of_the_yearly_limit(flow: Flow) -> None:
    day = BOOK.on(flow.service_date)
    yearly = day.parameter(f"{flow.payer}.yearly_limit").value.amount
    doses = day.parameter("course.doses_per_year").value.amount
    assert -balance(BOOK.pay(flow))["patient"] <= (yearly / doses).quantize(Decimal("0.01"))


@settings(deadline=None)
@given(flows("medicare_ffs"))
def test_a_cover_moves_the_patients_share_and_changes_nothing_else(flow: Flow) -> None:
    bare = {(one.party_from, one.what): one.amount for one in BOOK.pay(replace(flow, cover=""))}
    with_cover = {
        (one.party_from, one.what): one.amount for one in BOOK.pay(replace(flow, cover="medigap"))
    }
    for (party, item), amount in bare.items():
        if party == "payer":
            assert with_cover[party, item] == amount
        else:
            moved = with_cover["payer", f"{item}_supplement"]
            assert with_cover[party, item] + moved == amount


@settings(deadline=None, max_examples=40)
@given(flows())
def test_a_discount_changes_no_payment_unless_the_contract_is_by_invoice(flow: Flow) -> None:
    assume(flow.contract != "invoice")
    assume(flow.code not in {"A9552", "A9597", "A9699", "C9399"})
    amounts = [
        [one.amount for one in BOOK.pay(replace(flow, discount=discount, price=None))]
        for discount in (False, True)
    ]
    assert amounts[0] == amounts[1]


@settings(deadline=None, max_examples=30)
@given(flows())
def test_a_patch_that_changes_nothing_changes_no_cent(flow: Flow) -> None:
    same = {
        key: {value.since: value.amount for value in parameter.values}
        for key, parameter in BOOK.parameters.items()
    }
    before = [payment.amount for payment in BOOK.pay(flow)]
    assert [payment.amount for payment in BOOK.patched(same).pay(flow)] == before


@settings(deadline=None, max_examples=30)
@given(st.lists(flows(), min_size=1, max_size=12))
def test_many_flows_at_once_are_paid_as_one_by_one(some: list[Flow]) -> None:
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "price": pl.Decimal(38, 2),
        "charge": pl.Decimal(38, 2),
        "administered_bq": pl.Float64,
    }
    table = pl.DataFrame([asdict(flow) for flow in some], schema_overrides=schema)
    paid = pay_many(BOOK, table)
    for row, flow in enumerate(some):
        assert paid.of(row) == BOOK.pay(flow)


@pytest.mark.parametrize(
    ("payer", "field", "word", "hint"),
    [
        ("commercial", "contract", "chargse", "did you mean 'charges'"),
        ("medicare_advantage", "contract", "charges", "Allowed: asp, awp, invoice"),
        ("uninsured", "contract", "asp", "leave it empty"),
        ("medicare_ffs", "cover", "medigab", "did you mean 'medigap'"),
        ("medicare_advantage", "cover", "medigap", "Allowed: medicaid"),
        ("commercial", "cover", "medigap", "leave it empty"),
    ],
)
def test_words_that_a_payer_does_not_know_are_refused(
    payer: str, field: str, word: str, hint: str
) -> None:
    flow = Flow(
        code="A9607",
        activity_bq=7.4e9,
        service_date=date(2026, 4, 15),
        payer=payer,
        setting="community",
        contract=word if field == "contract" else "",
        cover=word if field == "cover" else "",
    )
    with pytest.raises(BadFlowError, match=hint):
        BOOK.pay(flow)
