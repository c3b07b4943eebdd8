"""Value-added tax within the price of a bought dose, and the mark-up that a hospital may not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import NOTHING, SCAN, always, key_of, percent, shown, yuan

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules import Ask, Case, Outcome

_CANCER = "Caishui [2018] No. 47 and the lists of cancer drugs that followed (2018, 2020, 2022)"
_NO_MARK_UP = "Public hospitals sell drugs at the price they pay (zero mark-up reform, 2017)"


def _rate(case: Case, ask: Ask) -> Decimal:
    """Rate of tax on a bought dose; a preparation of the hospital and a trial dose are not sold."""
    if case.channel != "commercial" or case.code == SCAN:
        return NOTHING
    reduced = ask.value(f"tax.cancer_list.{key_of(case.code)}") > 0
    return ask.value("tax.vat_cancer" if reduced else "tax.vat_general")


def _vat(case: Case, ask: Ask) -> Outcome:
    """Tax that the price holds."""
    rate, price = _rate(case, ask), ask.decide("drug.cost")
    return yuan(
        price * rate / (1 + rate),
        f"{shown(price)} CNY holds value-added tax at {percent(rate)}.",
        f"{shown(price)} CNY 含税，税率（征收率）{percent(rate)}。",
    )


def _before(case: Case, ask: Ask) -> Outcome:
    """What the seller keeps before other costs."""
    del case
    price, vat = ask.decide("drug.cost"), ask.decide("drug.vat")
    return yuan(
        price - vat,
        f"{shown(price)} CNY less tax of {shown(vat)} CNY.",
        f"{shown(price)} CNY 扣除增值税 {shown(vat)} CNY。",
    )


def _mark_up(case: Case, ask: Ask) -> Outcome:
    """What a hospital may add to the price of a drug: nothing."""
    del case
    rate, cost = ask.value("hospital.mark_up"), ask.decide("drug.cost")
    return yuan(
        cost * rate,
        f"A hospital may add {percent(rate)} to {shown(cost)} CNY.",
        f"医疗机构对 {shown(cost)} CNY 的加成率为 {percent(rate)}。",
    )


RULES = {
    "drug.vat": always(_vat, _CANCER),
    "drug.before_vat": always(_before, _CANCER),
    "drug.mark_up": always(_mark_up, _NO_MARK_UP),
}
