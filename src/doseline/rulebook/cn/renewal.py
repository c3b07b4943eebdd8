"""Renewal of a negotiated price every two years: by which route, and how deep the cut.

The published steps of the simple renewal: what the fund spent over what was budgeted gives a cut of
0, 5, 10 or 15 %, more for dear drugs; a wider use gives another by the same steps; both are halved
after four years, and after eight the drug goes to the ordinary list. The volume is a given of the
product (``nrdl.renewal.given.*``): patch it with what a simulation or a plan finds.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import NOTHING, always, is_negotiated, key_of, percent, shown, yuan
from doseline.rules import Outcome, Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case

_RULES = "NHSA rules for renewal of negotiated drugs (2023), in force since"

ROUTES = {
    0: Text("not negotiated", "非谈判药品"),
    1: Text("the ordinary list", "纳入常规目录管理"),
    2: Text("simple renewal", "简易续约"),
    3: Text("a new negotiation", "重新谈判"),
}
"""How a listing goes on; the value of ``nrdl.renewal_route``."""

_STEPS = ("first", "second", "third")
_TIERS = ("one", "two", "three", "four")


def _given(case: Case, ask: Ask, what: str) -> Decimal:
    return ask.value(f"nrdl.renewal.given.{what}.{key_of(case.code)}")


def _route(case: Case, ask: Ask) -> Outcome:
    """Ordinary list after eight years or two unchanged agreements; new talks above the limits."""
    number = _route_of(case, ask)
    name = ROUTES[number]
    return Outcome(
        value=Decimal(number),
        unit="route",
        why=Text(en=f"The listing goes on by {name.en}.", zh=f"续约方式：{name.zh}。"),
    )


def _route_of(case: Case, ask: Ask) -> int:
    if not is_negotiated(case):
        return 0
    long_enough = _given(case, ask, "years") >= ask.value("nrdl.renewal.ordinary_after_years")
    unchanged = _given(case, ask, "unchanged") >= ask.value("nrdl.renewal.ordinary_after_unchanged")
    if long_enough or unchanged:
        return 1
    last = ask.value("nrdl.renewal.bound.last")
    beyond = _given(case, ask, "spent_over_budget") > last or _given(case, ask, "growth") > last - 1
    return 3 if beyond else 2


def _cut(case: Case, ask: Ask) -> Outcome:
    """Cut of the payment standard at the renewal."""
    number = int(ask.decide("nrdl.renewal_route"))
    if number < 2:
        return _share(NOTHING, "No cut.", "支付标准不作下调。")
    if number == 3:
        cut = ask.value("nrdl.renewal.new_talks_cut")
        return _share(
            cut,
            f"New talks; a cut of {percent(cut)} is assumed.",
            f"重新谈判，假设降幅 {percent(cut)}。",
        )
    spent = _step(_given(case, ask, "spent_over_budget"), case, ask)
    wider = _step(1 + _given(case, ask, "growth"), case, ask)
    cut = 1 - (1 - spent) * (1 - wider)
    if _given(case, ask, "years") >= ask.value("nrdl.renewal.half_after_years"):
        cut *= ask.value("nrdl.renewal.half")
    return _share(
        cut,
        f"Spending cuts by {percent(spent)}, wider use by {percent(wider)}: {percent(cut)} in all.",
        f"按基金支出降 {percent(spent)}，按扩大范围降 {percent(wider)}，合计 {percent(cut)}。",
    )


def _step(ratio: Decimal, case: Case, ask: Ask) -> Decimal:
    """Cut for a ratio of spending to budget, the more the dearer the drug is to the fund."""
    if ratio <= ask.value("nrdl.renewal.bound.first"):
        return NOTHING
    bounds = [ask.value(f"nrdl.renewal.bound.{name}") for name in (*_STEPS, "last")]
    step = next(
        name
        for name, (low, high) in zip(_STEPS, pairwise(bounds), strict=True)
        if low < ratio <= high
    )
    return ask.value(f"nrdl.renewal.cut.{step}") + _extra(case, ask)


def _extra(case: Case, ask: Ask) -> Decimal:
    """Percentage points more for a drug on which the fund spends much in a year."""
    spend = _given(case, ask, "yearly_spend")
    extra = NOTHING
    for tier in _TIERS:
        if spend > ask.value(f"nrdl.renewal.tier.{tier}"):
            extra = ask.value(f"nrdl.renewal.extra.{tier}")
    return extra


def _after(case: Case, ask: Ask) -> Outcome:
    """Payment standard of a dose in the next agreement."""
    del case
    standard, cut = ask.decide("drug.standard"), ask.decide("nrdl.renewal_cut")
    return yuan(
        standard * (1 - cut),
        f"{shown(standard)} CNY less {percent(cut)}: {shown(standard * (1 - cut))} CNY.",
        f"{shown(standard)} CNY 下调 {percent(cut)}：{shown(standard * (1 - cut))} CNY。",
    )


def _years(case: Case, ask: Ask) -> Outcome:
    """How long an agreement holds."""
    del case
    years = ask.value("nrdl.agreement_years")
    why = Text(en=f"An agreement holds {years} years.", zh=f"协议有效期 {years} 年。")
    return Outcome(value=years, unit="years", why=why)


def _share(cut: Decimal, en: str, zh: str) -> Outcome:
    return Outcome(value=cut, unit="fraction", why=Text(en=en, zh=zh))


RULES = {
    "nrdl.agreement_years": always(_years, _RULES),
    "nrdl.renewal_route": always(_route, _RULES),
    "nrdl.renewal_cut": always(_cut, _RULES),
    "nrdl.standard_after_renewal": always(_after, _RULES),
}
