"""The dose: whether anyone may be charged for it, how much, and whether the stay includes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import (
    NOTHING,
    ORDINARY,
    always,
    is_insured,
    is_insured_stay,
    is_negotiated,
    is_trial,
    key_of,
    outside_key,
    percent,
    shown,
    yes_or_no,
    yuan,
)
from doseline.rules import Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome

_SCOPE = "State Council regulation of radiopharmaceuticals (2022 text); licence category IV notice"
_NO_MARK_UP = "Public hospitals sell drugs at the price they pay (zero mark-up reform, 2017)"
_PATTERN = "Observed limit of negotiated drugs, about 300,000 CNY a year; no published rule"
_LIST = "National reimbursement drug list of the year"
_PACKAGE = "Local DRG rules; interim measures of 11 August 2025"

TAX = Text(
    en="The price includes value-added tax; a reduced rate may apply to cancer drugs (check).",
    zh="价格含增值税；抗癌药品可能适用较低征收率（请核实）。",
)
LEGAL = Text(
    en="Whether a hospital may go on making a dose that the market supplies is a legal question.",
    zh="市场已有供应时医疗机构能否继续自行配制，属法律问题，请咨询专业人士。",
)


def _chargeable(case: Case, ask: Ask) -> Outcome:
    """Approved, or made by the hospital within the scope of its licence; a trial dose never."""
    if is_trial(case):
        return yes_or_no(
            holds=False, en="A trial dose is free to the patient.", zh="临床研究用药对患者免费。"
        )
    if case.channel == "in_house":
        within = ask.value(f"in_house.in_scope.{key_of(case.code)}")
        return yes_or_no(
            holds=within > 0,
            en=f"The hospital's own {case.code} is {'within' if within else 'outside'} the scope "
            "in which it may be charged.",
            zh=f"医疗机构自制 {case.code} {'属于' if within else '不属于'}可收费范围。",
        )
    approved = ask.value(f"approval.{key_of(case.code)}")
    return yes_or_no(
        holds=approved > 0,
        en=f"{case.code} is {'approved' if approved else 'not approved'} for sale.",
        zh=f"{case.code} {'已' if approved else '未'}获批上市。",
    )


def _cost(case: Case, ask: Ask) -> Outcome:
    """What the dose costs the hospital: the stated price, or a stand-in."""
    if case.channel == "in_house":
        cost = ask.value(f"in_house.cost.{key_of(case.code)}") if case.price is None else case.price
        return yuan(
            cost,
            f"The hospital's own {case.code} costs {shown(cost)} CNY.",
            f"医疗机构自制 {case.code} 成本 {shown(cost)} CNY。",
            LEGAL,
        )
    price = ask.value(f"price.{key_of(case.code)}") if case.price is None else case.price
    return yuan(
        price,
        f"The hospital pays {shown(price)} CNY for {case.code}.",
        f"医院采购 {case.code} 支付 {shown(price)} CNY。",
        TAX,
    )


def _listed(case: Case, ask: Ask) -> Outcome:
    """Whether basic insurance lists the product; a hospital's own dose it does not."""
    if case.channel == "in_house" or not is_insured(case):
        return yes_or_no(
            holds=False, en="Basic insurance does not pay this dose.", zh="基本医保不支付该剂药品。"
        )
    listed = ask.value(f"nrdl.listed.{key_of(case.code)}")
    return yes_or_no(
        holds=listed > 0,
        en=f"{case.code} is {'on' if listed else 'not on'} the national reimbursement drug list.",
        zh=f"{case.code} {'已' if listed else '未'}列入国家医保药品目录。",
    )


def _standard(case: Case, ask: Ask) -> Outcome:
    """The most that the list pattern allows for one dose: the yearly limit over the doses.

    Cuts at renewals lower it; before the first renewal there are none.
    """
    limit = ask.value("nrdl.annual_threshold")
    doses = ask.value(f"nrdl.doses_per_year.{key_of(case.code)}")
    en = f"The list pattern allows {shown(limit)} CNY a year, over {doses} doses."
    zh = f"目录谈判规律：每年 {shown(limit)} CNY，分摊至 {doses} 剂。"
    cut = ask.value(f"nrdl.cuts_so_far.{key_of(case.code)}") if is_negotiated(case) else NOTHING
    if cut:
        en += f" Renewals have cut it by {percent(cut)}."
        zh += f"续约累计降幅 {percent(cut)}。"
    return yuan(limit / doses * (1 - cut), en, zh)


def _charge(case: Case, ask: Ask) -> Outcome:
    """What may be charged: the cost without mark-up; for a listed dose its standard at most."""
    del case
    if not ask.decide("drug.chargeable"):
        return yuan(
            NOTHING,
            "Nobody may be charged for this dose.",
            "该剂药品不得收费。",
        )
    cost, added = ask.decide("drug.cost"), ask.decide("drug.mark_up")
    if ask.decide("drug.listed") and cost + added > ask.decide("drug.standard"):
        standard = ask.decide("drug.standard")
        return yuan(
            standard,
            f"The dose costs {shown(cost)} CNY, but no more than the payment standard of "
            f"{shown(standard)} CNY may be charged.",
            f"该剂成本 {shown(cost)} CNY，但收费不得超过支付标准 {shown(standard)} CNY。",
        )
    if added:
        return yuan(
            cost + added,
            f"The dose is charged at {shown(cost)} CNY and a mark-up of {shown(added)} CNY.",
            f"该剂药品按 {shown(cost)} CNY 加成 {shown(added)} CNY 收费。",
        )
    return yuan(
        cost,
        f"The dose is charged at {shown(cost)} CNY, without mark-up.",
        f"该剂药品零加成收费 {shown(cost)} CNY。",
    )


def _in_package(case: Case, ask: Ask) -> Outcome:
    """Whether the payment of the stay includes the dose."""
    if not is_insured_stay(case) or case.contract == "by_item":
        return yes_or_no(holds=False, en="No package is paid.", zh="不适用按病组付费。")
    if case.channel == "in_house":
        inside = ask.value("in_house.in_package") > 0
    elif not ask.decide("drug.listed"):
        inside = False
    else:
        inside = case.code in ORDINARY or not ask.value(outside_key(case.locality))
    return yes_or_no(
        holds=inside,
        en=f"The dose is paid {'within' if inside else 'outside'} the package of the stay.",
        zh=f"该剂药品{'包含在病组支付标准内' if inside else '在病组支付标准之外支付'}。",
    )


def _separate(case: Case, ask: Ask) -> Outcome:
    """What is charged for the dose beside the stay."""
    del case
    charge = ask.decide("drug.charge")
    if ask.decide("drug.in_package"):
        return yuan(
            NOTHING,
            f"The package of the stay covers the {shown(charge)} CNY of the dose.",
            f"病组支付标准已包含该剂药品的 {shown(charge)} CNY。",
        )
    return yuan(
        charge,
        f"The dose is charged separately at {shown(charge)} CNY.",
        f"该剂药品单独收费 {shown(charge)} CNY。",
    )


RULES = {
    "drug.chargeable": always(_chargeable, _SCOPE),
    "drug.cost": always(_cost, _NO_MARK_UP),
    "drug.listed": always(_listed, _LIST),
    "drug.standard": always(_standard, _PATTERN),
    "drug.charge": always(_charge, _NO_MARK_UP),
    "drug.in_package": always(_in_package, _PACKAGE),
    "drug.separate": always(_separate, _PACKAGE),
}
