"""Services: item prices outside a package, and the payment of a stay by group and city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.rulebook.cn import dip
from doseline.rulebook.cn.words import (
    DIP_CITIES,
    ORDINARY,
    always,
    is_insured_stay,
    percent,
    shown,
    yes_or_no,
    yuan,
)
from doseline.rules import Outcome, Text
from doseline.rules.errors import BadFlowError, nearest

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules import Ask, Case

_ITEMS = "Price list of medical services of the province"
_REVIEW = "Notice on DRG and DIP 2.0 (July 2024); interim measures of 11 August 2025, special cases"
_GROUPER = "CHS-DRG grouping schemes of 2021-2023 (OpenDRG/DRG_Python), computed for this admission"


@dataclass(frozen=True, slots=True)
class Group:
    """A diagnosis related group."""

    code: str
    name: Text


_RADIOTHERAPY = Text(
    "malignancy related to radiotherapy, short stay", "与放射治疗有关的恶性增生性疾患"
)
GROUPS = {
    "national": Group("RV15", _RADIOTHERAPY),
    "beijing": Group("RC26", Text("brachytherapy, 3-6 days", "恶性增生性疾患放射治疗（近距离照射）")),
    "wuhan": Group("RC19", Text("radiotherapy of a malignancy", "恶性增生性疾患放射治疗")),
    "yunnan": Group("RC23", Text("brachytherapy", "恶性增生性疾患放射治疗（近距离照射）")),
    "zhejiang": Group("RU15", Text("systemic therapy of a malignancy", "与化学和／或靶向、生物治疗有关的恶性增生性疾患")),
    "wuxi": Group("0000", Text("ungroupable", "无法分组")),
}  # fmt: skip
"""Group of an admission for isotope therapy (Z51.811 first, procedure 92.2800), by locality."""

_CANCER_FIRST = {
    "LU-DOTATATE": Group("HR15", Text("pancreatic or liver malignancy", "肝胆胰系统恶性肿瘤")),
    "I131-NAI": Group("KR19", Text("endocrine malignancy", "内分泌腺体恶性肿瘤")),
}
_PROSTATE = Group("MR15", Text("malignancy of the male genital system", "男性生殖系统恶性肿瘤"))
"""Group when the cancer is coded first: the same with and without the dose."""

LOCALITIES = (*GROUPS, "cancer_first", *DIP_CITIES)
UNGROUPABLE = "0000"
_OWN_SCAN_PRICE = ("guangzhou", "shanghai")

CODING = Text(
    en="The group depends on the city's scheme and on which diagnosis is coded first; the code is "
    "a matter of the coding rules, not of the payment.",
    zh="病组取决于当地分组方案及主要诊断的选择；编码须遵循编码规则，不得以支付多少为依据。",
)


SPECIAL = Text(
    en="At most 5 % of a hospital's cases may be reviewed in this way.",
    zh="特例单议病例不超过该机构出院病例的5%。",
)


def group_of(case: Case) -> Group:
    """The group that the locality's scheme puts the admission in."""
    if case.locality == "cancer_first":
        return _CANCER_FIRST.get(case.code, _PROSTATE)
    return GROUPS[case.locality]


def _administration(case: Case, ask: Ask) -> Outcome:
    """The item price of giving the dose."""
    item = "i131_administration" if case.code in ORDINARY else "administration"
    price = ask.value(f"items.{item}")
    return yuan(
        price,
        f"Giving the dose is an item of {shown(price)} CNY.",
        f"核素治疗给药项目 {shown(price)} CNY。",
    )


def _ward(case: Case, ask: Ask) -> Outcome:
    """The item price of the shielded bed, for each night."""
    price = ask.value("items.ward_night")
    return yuan(
        case.nights * price,
        f"{case.nights} nights in a shielded room at {shown(price)} CNY.",
        f"核素治疗病房 {case.nights} 晚，每晚 {shown(price)} CNY。",
    )


def _scan(case: Case, ask: Ask) -> Outcome:
    """The price of a PET/CT scan, the city's own where one was read."""
    local = case.locality in _OWN_SCAN_PRICE
    price = ask.value(f"items.local_pet_ct.{case.locality}" if local else "items.pet_ct")
    return yuan(
        price,
        f"A PET/CT scan is priced at {shown(price)} CNY, its tracer included.",
        f"PET/CT 显像 {shown(price)} CNY（含显像剂）。",
    )


def _items(case: Case, ask: Ask) -> Outcome:
    """What the stay would cost by item: services, and the dose if the package includes it."""
    del case
    items = ask.decide("items.administration") + ask.decide("items.ward")
    if ask.decide("drug.in_package"):
        items += ask.decide("drug.charge")
    return yuan(
        items,
        f"By item the stay is {shown(items)} CNY.",
        f"按项目计算住院费用 {shown(items)} CNY。",
    )


def _package(case: Case, ask: Ask) -> Outcome:
    """Weight times rate times the hospital's level, or points; other rules for what has neither."""
    if case.locality not in LOCALITIES:
        raise BadFlowError("locality", case.locality, nearest(case.locality, LOCALITIES))
    items = ask.decide("stay.items")
    if case.contract == "by_item" or (
        case.contract == "special_case" and ask.decide("stay.special_case")
    ):
        return _by_item(items, case.contract)
    if case.locality in DIP_CITIES:
        return dip.payment(case, ask)
    if group_of(case).code == UNGROUPABLE:
        return _ungroupable(items, ask)
    base, grouped = _base(case, ask)
    reviewed_on_average = case.contract != "special_case"
    if reviewed_on_average and items > ask.value("drg.special_case.multiple") * base:
        return _special_case(base, items, ask, grouped)
    return yuan(base, grouped.en, grouped.zh, grouped, CODING)


def _base(case: Case, ask: Ask) -> tuple[Decimal, Text]:
    """Payment of the group before any review, and how it comes about."""
    group = group_of(case)
    weight = ask.value(f"drg.weight.{case.locality}")
    rate = ask.value(f"drg.rate.{case.locality}")
    level = ask.value(f"drg.level.{case.setting}")
    grouped = Text(
        en=f"{group.code} ({group.name.en}): weight {weight} at {shown(rate)} CNY, level {level}.",
        zh=f"{group.code}（{group.name.zh}）：权重 {weight}，费率 {shown(rate)} CNY，机构系数 {level}。",
    )
    return weight * rate * level, grouped


def _by_item(items: Decimal, contract: str) -> Outcome:
    """The whole of the items: the city pays so, or this case was reviewed."""
    if contract == "by_item":
        en, zh = "The city pays this stay by item", "该统筹地区对本次住院按项目付费"
        return yuan(items, f"{en}: {shown(items)} CNY.", f"{zh}：{shown(items)} CNY。")
    return yuan(
        items,
        f"Reviewed as a special case and paid by item: {shown(items)} CNY.",
        f"经特例单议按项目支付：{shown(items)} CNY。",
        SPECIAL,
    )


def _reviewed(case: Case, ask: Ask) -> Outcome:
    """Whether the case is dear enough to be put up for review."""
    if not is_insured_stay(case) or case.locality not in LOCALITIES:
        return yes_or_no(holds=False, en="No package is paid.", zh="不适用按病组付费。")
    items = ask.decide("stay.items") + ask.decide("stay.self_paid_deducted")
    base = dip.base(case, ask) if case.locality in DIP_CITIES else _base(case, ask)[0]
    multiple = ask.value("drg.special_case.multiple")
    holds = items > multiple * base
    found = yes_or_no(
        holds=holds,
        en=f"Items of {shown(items)} CNY are {'more' if holds else 'no more'} than {multiple} "
        f"times the package of {shown(base)} CNY.",
        zh=f"项目费用 {shown(items)} CNY {'超过' if holds else '未超过'}病组支付标准 "
        f"{shown(base)} CNY 的 {multiple} 倍。",
    )
    return Outcome(value=found.value, unit=found.unit, why=found.why, notes=(SPECIAL,))


def _grouped(case: Case, ask: Ask) -> Outcome:
    """Whether the city's scheme finds a group or packet for the admission."""
    del ask
    if not is_insured_stay(case) or case.locality not in LOCALITIES:
        return yes_or_no(holds=False, en="No package is paid.", zh="不适用按病组付费。")
    if case.locality in DIP_CITIES:
        return yes_or_no(holds=True, en=dip.PACKET.en, zh=dip.PACKET.zh)
    group = group_of(case)
    return yes_or_no(
        holds=group.code != UNGROUPABLE,
        en=f"{group.code}: {group.name.en}.",
        zh=f"{group.code}：{group.name.zh}。",
    )


def _ungroupable(items: Decimal, ask: Ask) -> Outcome:
    """A stated share of the items, nothing at first, until the case is coded again."""
    share = ask.value("drg.ungroupable_item_share")
    return yuan(
        items * share,
        f"The case cannot be grouped: {percent(share)} of its items of {shown(items)} CNY is paid.",
        f"病例无法入组：按项目费用 {shown(items)} CNY 的 {percent(share)} 支付。",
        CODING,
    )


def _special_case(base: Decimal, items: Decimal, ask: Ask, grouped: Text) -> Outcome:
    """The mean over cases, of which a few are paid by item after review."""
    share = ask.value("drg.special_case.share")
    return yuan(
        base + share * (items - base),
        f"A package of {shown(base)} CNY; {percent(share)} of such cases are reviewed and paid "
        f"their items of {shown(items)} CNY, here as a mean.",
        f"病组支付 {shown(base)} CNY；{percent(share)} 的此类病例经特例单议按项目 "
        f"{shown(items)} CNY 支付，此处取平均。",
        grouped,
        CODING,
    )


RULES = {
    "items.administration": always(_administration, _ITEMS),
    "items.ward": always(_ward, _ITEMS),
    "items.pet_ct": always(_scan, _ITEMS),
    "items.stay": always(_package, _GROUPER),
    "stay.items": always(_items, _ITEMS),
    "stay.special_case": always(_reviewed, _REVIEW),
    "stay.grouped": always(_grouped, _GROUPER),
}
