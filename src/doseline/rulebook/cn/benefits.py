"""What a scheme pays by its own benefits: deductible, share by level, yearly ceiling, serious illness.

Without this contract the mean shares of the national bulletin are used, which hold deductibles and
ceilings on average. Yearly amounts are spread over the doses of a year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import (
    NOTHING,
    SCHEME,
    always,
    is_insured,
    key_of,
    percent,
    shown,
    yuan,
)
from doseline.rules import to_cents

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules import Ask, Case, Outcome

_SCHEME = "List of benefits of basic insurance (2021); local deductibles and ceilings"
_SERIOUS = "Serious-illness insurance: line at most half the disposable income, 60 % at least"


def is_by_benefits(case: Case) -> bool:
    """Whether the scheme's own benefits decide, not mean shares."""
    return case.contract == "benefits" and case.payer in SCHEME


def service_of(case: Case) -> str:
    """What is charged beside the drug: the stay, or giving the dose."""
    return "stay" if case.nights else "administration"


def _covered_drug(case: Case, ask: Ask) -> Outcome:
    """Of a listed dose, what is left after the first self-payment."""
    del case
    if not ask.decide("drug.listed"):
        return yuan(NOTHING, "The dose is outside the list.", "该剂药品在目录外。")
    charge, first = ask.decide("drug.separate"), ask.value("nrdl.first_self_pay")
    return yuan(
        charge * (1 - first),
        f"{shown(charge)} CNY less a first self-payment of {percent(first)}.",
        f"{shown(charge)} CNY 扣除先行自付 {percent(first)}。",
    )


def _covered(case: Case, ask: Ask) -> Outcome:
    """All of the case that the scheme's rules cover."""
    drug, service = ask.decide("scheme.covered_drug"), ask.decide(f"items.{service_of(case)}")
    return yuan(
        drug + service,
        f"Covered: {shown(drug)} CNY of the dose, {shown(service)} CNY of services.",
        f"政策范围内费用：药品 {shown(drug)} CNY，服务 {shown(service)} CNY。",
    )


def _basic(case: Case, ask: Ask) -> Outcome:
    """What the pooled fund pays: above the deductible, a share, up to the ceiling of a dose."""
    if not is_insured(case):
        return yuan(NOTHING, "No insurance pays.", "无医疗保险支付。")
    scheme = SCHEME[case.payer]
    covered = ask.decide("scheme.covered")
    deductible = ask.value(f"benefits.{scheme}.deductible.{case.setting}")
    how = f"share.{case.setting}" if case.nights else "outpatient_share"
    share = ask.value(f"benefits.{scheme}.{how}")
    ceiling = _per_dose(f"benefits.{scheme}.ceiling", case, ask)
    paid = min(max(NOTHING, covered - deductible) * share, ceiling)
    return yuan(
        paid,
        f"{percent(share)} of {shown(covered)} CNY above {shown(deductible)} CNY, at most "
        f"{shown(ceiling)} CNY a dose: {shown(paid)} CNY.",
        f"{shown(covered)} CNY 超过起付线 {shown(deductible)} CNY 的部分支付 {percent(share)}，"
        f"每剂最高 {shown(ceiling)} CNY：{shown(paid)} CNY。",
    )


def _serious(case: Case, ask: Ask) -> Outcome:
    """What serious-illness insurance pays of the patient's own covered cost above its line."""
    if not is_insured(case):
        return yuan(NOTHING, "No insurance pays.", "无医疗保险支付。")
    scheme = SCHEME[case.payer]
    own = ask.decide("scheme.covered") - ask.decide("scheme.basic")
    line = _per_dose(f"benefits.{scheme}.serious_line", case, ask)
    share = ask.value(f"benefits.{scheme}.serious_share")
    return yuan(
        max(NOTHING, own - line) * share,
        f"Serious-illness insurance pays {percent(share)} of {shown(own)} CNY above "
        f"{shown(line)} CNY a dose.",
        f"大病保险对个人负担 {shown(own)} CNY 超过每剂 {shown(line)} CNY 的部分支付 {percent(share)}。",
    )


def _per_dose(key: str, case: Case, ask: Ask) -> Decimal:
    """A yearly amount, spread over the doses of a year."""
    return ask.value(key) / ask.value(f"nrdl.doses_per_year.{key_of(case.code)}")


def _paid_drug(case: Case, ask: Ask) -> Outcome:
    """The drug's part of what the scheme pays, in proportion to what is covered."""
    del case
    paid = ask.decide("scheme.basic") + ask.decide("scheme.serious")
    covered, drug = ask.decide("scheme.covered"), ask.decide("scheme.covered_drug")
    part = to_cents(paid * drug / covered) if covered else NOTHING
    return yuan(
        part,
        f"Of {shown(paid)} CNY that the scheme pays, {shown(part)} CNY is for the dose.",
        f"统筹及大病保险支付 {shown(paid)} CNY，其中药品 {shown(part)} CNY。",
    )


def _paid_service(case: Case, ask: Ask) -> Outcome:
    """The rest of what the scheme pays."""
    del case
    paid = ask.decide("scheme.basic") + ask.decide("scheme.serious")
    rest = paid - ask.decide("scheme.paid_drug")
    return yuan(
        rest,
        f"Of {shown(paid)} CNY that the scheme pays, {shown(rest)} CNY is for services.",
        f"统筹及大病保险支付 {shown(paid)} CNY，其中服务 {shown(rest)} CNY。",
    )


RULES = {
    "scheme.covered_drug": always(_covered_drug, _SCHEME),
    "scheme.covered": always(_covered, _SCHEME),
    "scheme.basic": always(_basic, _SCHEME),
    "scheme.serious": always(_serious, _SERIOUS),
    "scheme.paid_drug": always(_paid_drug, _SCHEME),
    "scheme.paid_service": always(_paid_service, _SCHEME),
}
