"""Payment of a stay by points (DIP): the value of a point is known only after the year.

A year's decision says *provisional* and pays the expected value; low and high ones span the range.
Once the city settles the year, its value is a patch or a later value of the same parameter.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import (
    DIP_CITIES,
    NOTHING,
    always,
    is_insured_stay,
    shown,
    yes_or_no,
    yuan,
)
from doseline.rules import Outcome, Text, to_cents

if TYPE_CHECKING:
    from doseline.rules import Ask, Case
    from doseline.rules.rule import Verdict

_DEDUCTION = (
    "Deduction of what patients pay from the DIP standard (Frontiers in Public Health, 2025)"
)
_DIP = "NHSA technical specification of DIP (2020), as a hospital's notes give it"

PROVISIONAL = Text(
    en="Provisional: the value of a point is settled after the year (by 30 June of the next).",
    zh="暂定：分值点值须待年终清算（次年6月30日前）后确定。",
)
SETTLED = Text(en="Settled: the city has stated the year's value.", zh="已清算：采用年度结算点值。")
PACKET = Text(
    en="Packet Z51.8:92.28 (isotope therapy of a tumour).",
    zh="病种 Z51.8:92.28（肿瘤同位素治疗）。",
)


def payment(case: Case, ask: Ask) -> Outcome:
    """Points times the value of a point times the coefficient, mended for cost, less deductions."""
    value = point_value(case, ask)
    points, cost = ask.value(f"dip.points.{case.locality}"), _cost(ask)
    off, paid = ask.decide("stay.self_paid_deducted"), _paid(case, ask, value)
    return yuan(
        paid,
        f"{points} points at {value} CNY, a cost of {shown(cost)} CNY allowed for and "
        f"{shown(off)} CNY taken off: {shown(paid)} CNY.",
        f"{points} 分，每分 {value} CNY，考虑实际费用 {shown(cost)} CNY，扣减 {shown(off)} CNY："
        f"支付 {shown(paid)} CNY。",
        PACKET,
        SETTLED if _is_settled(case, ask) else PROVISIONAL,
    )


def base(case: Case, ask: Ask) -> Decimal:
    """Payment standard of the packet at the expected value of a point. [CNY]"""
    return _standard(case, ask, ask.value(f"dip.point_value.expected.{case.locality}"))


def point_value(case: Case, ask: Ask) -> Decimal:
    """The settled value of a point if the city has stated it, or the expected one. [CNY]"""
    if _is_settled(case, ask):
        return ask.value(f"dip.point_value.settled.{case.locality}")
    return ask.value(f"dip.point_value.expected.{case.locality}")


def _is_settled(case: Case, ask: Ask) -> bool:
    return ask.value(f"dip.point_value.settled.{case.locality}") > 0


def _standard(case: Case, ask: Ask, value: Decimal) -> Decimal:
    """Payment standard of the packet at this hospital for a value of a point."""
    points = ask.value(f"dip.points.{case.locality}")
    return points * value * ask.value(f"drg.level.{case.setting}")


def _paid(case: Case, ask: Ask, value: Decimal) -> Decimal:
    """What is paid for the stay at a value of a point; a drug that is taken off has its own line."""
    paid = _standard(case, ask, value) * _factor(case, ask)
    return max(NOTHING, paid - ask.decide("stay.self_paid_deducted"))


def _cost(ask: Ask) -> Decimal:
    """What the case costs by item, with the drugs that the city counts in it."""
    return ask.decide("stay.items") + ask.decide("stay.self_paid_deducted")


def _factor(case: Case, ask: Ask) -> Decimal:
    """How a cost far from the standard changes the points.

    Below half the standard: cost over standard. Above twice: cost over standard, less one.
    """
    ratio, high = _cost(ask) / base(case, ask), ask.value("dip.high_cost")
    if ratio < ask.value("dip.low_cost"):
        return ratio
    return ratio - (high - 1) if ratio > high else Decimal(1)


def _deducted(case: Case, ask: Ask) -> Outcome:
    """Drug money of the patient that the city counts in the case and takes off its standard.

    A listed dose is not taken off, nor one that the commercial list exempts after review.
    """
    counts = (
        is_insured_stay(case)
        and case.locality in DIP_CITIES
        and ask.value(f"dip.deducts.{case.locality}") > 0
        and not ask.decide("drug.listed")
        and not ask.decide("commercial_list.exempt")
    )
    off = ask.decide("drug.separate") if counts else NOTHING
    return yuan(
        off,
        f"{shown(off)} CNY of drugs outside the list count in the package and are taken off it.",
        f"目录外药品 {shown(off)} CNY 计入病种费用并从支付标准中扣减。",
    )


def _depends(case: Case, ask: Ask) -> bool:
    """Whether the value of a point decides what this stay is paid."""
    if not is_insured_stay(case) or case.locality not in DIP_CITIES or case.contract == "by_item":
        return False
    return case.contract != "special_case" or not ask.decide("stay.special_case")


def _at(name: str, en: str, zh: str) -> Verdict:
    """The rule on what the stay would be paid at another value of a point."""

    def says(case: Case, ask: Ask) -> Outcome:
        if not _depends(case, ask):
            paid = ask.decide("stay.final")
            return yuan(paid, f"In any case: {shown(paid)} CNY.", f"固定为 {shown(paid)} CNY。")
        value = ask.value(f"dip.point_value.{name}.{case.locality}")
        paid = _paid(case, ask, value)
        return yuan(
            paid,
            f"At the {en} value of {value} CNY a point: {shown(paid)} CNY.",
            f"按{zh}点值每分 {value} CNY：{shown(paid)} CNY。",
        )

    return says


def _provisional(case: Case, ask: Ask) -> Outcome:
    """Whether what is paid for the stay now may change when the year is settled."""
    holds = _depends(case, ask) and not _is_settled(case, ask)
    return yes_or_no(
        holds=holds,
        en=f"The payment of the stay is {'provisional' if holds else 'final'}.",
        zh=f"该住院支付为{'暂定' if holds else '最终'}结果。",
    )


def _settlement(case: Case, ask: Ask) -> Outcome:
    """What the settlement of the year adds to, or takes from, what was paid at first."""
    del case
    more = ask.decide("stay.final") - ask.decide("stay.expected")
    return Outcome(
        value=to_cents(more),
        unit="CNY",
        why=Text(
            en=f"The settlement changes the payment by {shown(more)} CNY.",
            zh=f"年终清算使支付变动 {shown(more)} CNY。",
        ),
    )


def _final(case: Case, ask: Ask) -> Outcome:
    """What the stay is paid in the end, as far as it is known."""
    paid = ask.decide("items.stay") if is_insured_stay(case) else NOTHING
    return yuan(paid, f"As known now: {shown(paid)} CNY.", f"按现有信息：{shown(paid)} CNY。")


RULES = {
    "stay.self_paid_deducted": always(_deducted, _DEDUCTION),
    "stay.low": always(_at("low", "low", "低"), _DIP),
    "stay.expected": always(_at("expected", "expected", "预计"), _DIP),
    "stay.high": always(_at("high", "high", "高"), _DIP),
    "stay.final": always(_final, _DIP),
    "stay.provisional": always(_provisional, _DIP),
    "stay.settlement": always(_settlement, _DIP),
}
