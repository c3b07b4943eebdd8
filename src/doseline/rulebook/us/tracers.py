"""Tracers: paid separately in pass-through or above the threshold, else packaged with the scan."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import BILLED_ONCE, RATED_TRACERS
from doseline.rulebook.us.medicare import DISCOUNT, ROUNDING, by_invoice, packaged
from doseline.rulebook.us.words import always, dollars, is_office, said, shown

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome

_OPPS = "42 CFR 419.2(b)(15) and 419.64; CMS OPPS final rules for 2025 and 2026"


def _pass_through(case: Case, ask: Ask) -> Outcome:
    """Whether the code has pass-through status in the quarter."""
    if case.code in BILLED_ONCE:
        return said(
            Decimal(0),
            "yes or no",
            "The code has no pass-through status.",
            "该编码无过渡支付状态。",
        )
    flag = ask.value(f"opps.pass_through.{case.code.lower()}")
    return said(
        flag,
        "yes or no",
        f"{case.code} {'has' if flag else 'has no'} pass-through status.",
        f"{case.code} {'处于' if flag else '不处于'}过渡支付状态。",
    )


def _day_cost(case: Case, ask: Ask) -> Outcome:
    """What the usual dose costs at the rate of the quarter, in whole billing units."""
    code = case.code.lower()
    rate = ask.value(f"opps.{code}")
    doses = ask.value(f"usual_activity.{code}") / ask.value(f"billing_unit.{code}")
    units = doses.to_integral_value(rounding=ROUND_CEILING)
    return dollars(
        units * rate,
        f"A usual dose of {case.code} is {units} units at {rate} USD.",
        f"{case.code} 常规剂量为 {units} 单位，单价 {rate} USD。",
    )


def _packaged(case: Case, ask: Ask) -> Outcome:
    """One if the tracer is not paid apart from the scan."""
    if case.code not in RATED_TRACERS:
        return said(
            Decimal(1),
            "yes or no",
            f"{case.code} has no rate of its own (status N).",
            f"{case.code} 无单独支付标准（状态 N）。",
        )
    if ask.decide("opps.pass_through"):
        return said(
            Decimal(0),
            "yes or no",
            "Pass-through status is paid apart, whatever the cost per day.",
            "过渡支付状态单独支付，不论每日成本。",
        )
    cost, threshold = ask.decide("opps.tracer_day_cost"), ask.value("opps.tracer_threshold")
    above = cost > threshold
    return said(
        Decimal(0 if above else 1),
        "yes or no",
        f"The cost per day of {shown(cost)} USD is {'' if above else 'not '}above the threshold "
        f"of {shown(threshold)} USD.",
        f"每日成本 {shown(cost)} USD {'高于' if above else '未高于'}阈值 {shown(threshold)} USD。",
    )


def _tracer(case: Case, ask: Ask) -> Outcome:
    """Units times the rate in a hospital unless packaged; by invoice in an office."""
    if is_office(case.setting):
        return _in_office(case, ask)
    if ask.decide("opps.packaged"):
        return packaged(case.code)
    return _at_rate(case, ask, Decimal(1), "", "")


def _in_office(case: Case, ask: Ask) -> Outcome:
    """By invoice where it is known or there is no rate; else the hospital rate stands in."""
    if case.price is not None or case.code not in RATED_TRACERS:
        return by_invoice(ask)
    share = ask.value("office.drug_share")
    return _at_rate(case, ask, share, f", times {share} for an office", f"，诊所系数 {share}")


def _at_rate(case: Case, ask: Ask, share: Decimal, en: str, zh: str) -> Outcome:
    rate = ask.value(f"opps.{case.code.lower()}")
    reported = (DISCOUNT,) if case.discount else ()
    return dollars(
        case.units * rate * share,
        f"{case.units} units of {case.code} at {rate} USD{en}.",
        f"{case.code} 共 {case.units} 单位，单价 {rate} USD{zh}。",
        ROUNDING,
        *reported,
    )


RULES = {
    "opps.pass_through": always(_pass_through, _OPPS),
    "opps.tracer_day_cost": always(_day_cost, _OPPS),
    "opps.packaged": always(_packaged, _OPPS),
    "medicare.tracer": always(_tracer, _OPPS),
}
