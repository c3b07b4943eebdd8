"""A city's supplementary insurance (Huimin type): what it adds to basic insurance and the plan.

It pays a share of what is left to the patient above a yearly deductible, one for costs within the
list and one for costs outside it; amounts of a year are spread over the doses of a year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.benefits import service_of
from doseline.rulebook.cn.words import (
    NOTHING,
    SCAN,
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
    from doseline.rules.rule import Verdict

_CITY = "Terms of city supplementary insurance; patterns as labelled assumptions"


def is_covered(case: Case) -> bool:
    """Whether the city's insurance may add something: it asks for basic insurance."""
    return case.cover == "city_insurance" and is_insured(case) and case.code != SCAN


def _share(case: Case, ask: Ask, liability: str) -> Decimal:
    """Share that is paid, lower where the disease was known before the policy year."""
    del case
    known = ask.value("city_insurance.known_before")
    lower = ask.value(f"city_insurance.{liability}.share_known")
    return known * lower + (1 - known) * ask.value(f"city_insurance.{liability}.share")


def _pays(case: Case, ask: Ask, liability: str, left: Decimal, zh: str) -> Outcome:
    """A share of what is left above the deductible, up to the ceiling."""
    doses = ask.value(f"nrdl.doses_per_year.{key_of(case.code)}")
    deductible = ask.value(f"city_insurance.{liability}.deductible") / doses
    ceiling = ask.value(f"city_insurance.{liability}.ceiling") / doses
    share = _share(case, ask, liability)
    paid = min(max(NOTHING, left - deductible) * share, ceiling)
    return yuan(
        paid,
        f"City insurance pays {percent(share)} of {shown(left)} CNY above {shown(deductible)} CNY "
        f"a dose: {shown(paid)} CNY.",
        f"城市定制型商业医疗保险（{zh}）对 {shown(left)} CNY 超过每剂 {shown(deductible)} CNY 的部分"
        f"赔付 {percent(share)}：{shown(paid)} CNY。",
    )


def _left_drug(ask: Ask) -> Decimal:
    return ask.decide("drug.separate") - ask.decide("basic.drug") - ask.decide("plan.drug")


def _left_service(case: Case, ask: Ask) -> Decimal:
    item = service_of(case)
    return ask.decide(f"items.{item}") - ask.decide(f"payer.{item}")


def _in_list(case: Case, ask: Ask) -> Outcome:
    """What it pays of the patient's own part of costs within the list."""
    if not is_covered(case):
        return _nothing()
    left = _left_service(case, ask)
    if ask.decide("drug.listed"):
        left += _left_drug(ask)
    return _pays(case, ask, "in_list", left, "目录内责任")


def _out_of_list(case: Case, ask: Ask) -> Outcome:
    """What it pays for a dose outside the list: of inpatients, or if its own list names the drug."""
    if not is_covered(case) or ask.decide("drug.listed"):
        return _nothing()
    named = ask.value(f"city_insurance.special_drug.{key_of(case.code)}") > 0
    if not named and not (case.nights and case.channel == "commercial"):
        return _nothing()
    return _pays(case, ask, "out_of_list", _left_drug(ask), "目录外责任")


def _drug(case: Case, ask: Ask) -> Outcome:
    """The dose's part of what the city's insurance pays."""
    paid = ask.decide("cover.out_of_list")
    if is_covered(case) and ask.decide("drug.listed"):
        drug = _left_drug(ask)
        left = drug + _left_service(case, ask)
        paid = to_cents(ask.decide("cover.in_list") * drug / left) if left else NOTHING
    return yuan(
        paid,
        f"City insurance pays {shown(paid)} CNY for the dose.",
        f"城市定制型商业医疗保险赔付药品 {shown(paid)} CNY。",
    )


def _service(item: str) -> Verdict:
    """The rule on the rest: what it pays for the stay or for giving the dose."""

    def says(case: Case, ask: Ask) -> Outcome:
        if not is_covered(case) or item != service_of(case):
            return _nothing()
        both = ask.decide("cover.in_list") + ask.decide("cover.out_of_list")
        paid = both - ask.decide("supplement.drug")
        return yuan(
            paid,
            f"City insurance pays {shown(paid)} CNY for services.",
            f"城市定制型商业医疗保险赔付服务 {shown(paid)} CNY。",
        )

    return says


def _nothing() -> Outcome:
    return yuan(NOTHING, "City insurance pays nothing here.", "城市定制型商业医疗保险不予赔付。")


RULES = {
    "cover.in_list": always(_in_list, _CITY),
    "cover.out_of_list": always(_out_of_list, _CITY),
    "supplement.drug": always(_drug, _CITY),
    "supplement.stay": always(_service("stay"), _CITY),
    "supplement.administration": always(_service("administration"), _CITY),
}
