"""What holds of every ceiling, against an enumeration of every cent."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pay.ceilings_book import book, limits, situation

from doseline.pay.ceilings_parties import margin_at, share_at
from doseline.pay.ceilings_solve import CENT

MOST = 15
"""Highest price that is enumerated, in whole units of money. [currency]"""

amounts = st.integers(min_value=0, max_value=12).map(str)
shares = st.sampled_from(["0", "0.05", "0.3", "0.333", "0.9", "1"])
payers = st.sampled_from(["fixed", "cost", "stay", "self", "third", "more"])
values = st.fixed_dictionaries(
    {
        "fixed": amounts,
        "cap": amounts,
        "service": amounts,
        "limit": amounts,
        "stay": amounts,
        "items": amounts,
        "coinsurance": shares,
        "reviewed": shares,
        "third": shares,
        "multiple": st.sampled_from(["1", "1.5", "2"]),
        "more": st.sampled_from(["1", "1.04", "2"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(payer=payers, given_values=values, own=st.integers(0, 5), able=shares)
def test_stretches_are_those_of_every_cent(
    payer: str, given_values: dict[str, str], own: int, able: str
) -> None:
    rules = book(given_values)
    now = situation(payer, 7, own_cost=own, cannot_pay="0.3", able=able)
    found = limits(rules, now)
    for step in range(0, MOST * 100, 13):
        price = step * CENT
        takes_part = margin_at(rules, now, price) >= 0
        inside = any(one.holds(price) for one in found["all_payments"].stretches)
        assert takes_part == inside, price


@settings(max_examples=40, deadline=None)
@given(payer=payers, given_values=values, own=st.integers(0, 5))
def test_at_a_ceiling_the_party_takes_part_and_a_cent_above_it_does_not(
    payer: str, given_values: dict[str, str], own: int
) -> None:
    rules = book(given_values)
    now = situation(payer, 7, own_cost=own, cannot_pay="0.3")
    for limit in limits(rules, now).values():
        assert limit.ceiling is None or limit.ceiling >= 0
    hospital = limits(rules, now)["all_payments"]
    for one in hospital.stretches:
        assert margin_at(rules, now, one.low) >= 0
        assert one.low == 0 or margin_at(rules, now, one.low - CENT) < 0
        if one.high is not None:
            assert margin_at(rules, now, one.high) >= 0
            assert margin_at(rules, now, one.high + CENT) < 0


@settings(max_examples=40, deadline=None)
@given(
    payer=st.sampled_from(["fixed", "cost", "stay"]), given_values=values, more=st.integers(1, 9)
)
def test_a_higher_payment_never_lowers_the_hospitals_ceiling(
    payer: str, given_values: dict[str, str], more: int
) -> None:
    # Without reviews: a higher package may end one, and with it the payment by item.
    plain = {**given_values, "reviewed": "0"}
    key = {"fixed": "fixed", "cost": "service", "stay": "stay"}[payer]
    before = limits(book(plain), situation(payer, 7, own_cost=2))["all_payments"]
    raised = {**plain, key: str(int(plain[key]) + more)}
    after = limits(book(raised), situation(payer, 7, own_cost=2))["all_payments"]
    assert before.ceiling is not None
    assert after.ceiling is not None
    assert after.ceiling >= before.ceiling


@settings(max_examples=40, deadline=None)
@given(payer=payers, given_values=values, cannot=shares, able=shares)
def test_patients_take_part_where_their_share_is_at_most_what_enough_of_them_can_pay(
    payer: str, given_values: dict[str, str], cannot: str, able: str
) -> None:
    rules = book(given_values)
    now = situation(payer, 7, cannot_pay=cannot, able=able)
    limit = limits(rules, now)["can_pay"]
    if limit.ceiling is not None and limit.stretches:
        here = share_at(rules, now, limit.ceiling)
        assert share_at(rules, now, limit.ceiling + CENT) > here
    today = share_at(rules, now, Decimal(7))
    if today > 0 and Decimal(able) + Decimal(cannot) < 1:
        assert any(one.holds(Decimal(7)) for one in limit.stretches)
