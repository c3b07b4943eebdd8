"""Cover beside the payer: what it takes over of the patient's share, and what is left to pay."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.us.shares import COST_SHARING, OWED
from doseline.rulebook.us.words import always, dollars, shown
from doseline.rules import to_cents

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome
    from doseline.rules.rule import Verdict

_COVER = "Standard Medigap plans; Social Security Act 1902(n) for Medicaid as second payer"
_OF_GOODS = ("drug", "tracer")


def _supplement(item: str) -> Verdict:
    """The rule on what the supplementary cover pays of an item."""

    def says(case: Case, ask: Ask) -> Outcome:
        if not case.cover:
            return _nothing()
        if case.cover == "medigap":
            return _medigap(ask, item)
        return _second_payer(ask, item)

    return says


def _nothing() -> Outcome:
    return dollars(Decimal(0), "There is no supplementary cover.", "没有补充保障。")


def _medigap(ask: Ask, item: str) -> Outcome:
    owed, share = ask.decide(f"owed.{item}"), ask.value("cover.medigap")
    return dollars(
        owed * share,
        f"The Medigap plan pays {share} of the patient's {shown(owed)} USD.",
        f"Medigap 计划承担患者应付 {shown(owed)} USD 的 {share}。",
    )


def _second_payer(ask: Ask, item: str) -> Outcome:
    """The patient's part, in most states only as far as Medicaid's own rate is not yet reached."""
    owed = ask.decide(f"owed.{item}")
    if not ask.value("cover.medicaid_up_to_own_rate"):
        return dollars(
            owed,
            f"Medicaid pays the patient's {shown(owed)} USD.",
            f"Medicaid 承担患者应付 {shown(owed)} USD。",
        )
    kind = "drug" if item in _OF_GOODS else "services"
    share = ask.value(f"medicaid.{kind}_share_of_medicare")
    own = to_cents(ask.decide(f"medicare.{item}") * share)
    paid = ask.decide(f"allowed.{item}") - owed
    left = min(owed, max(own - paid, Decimal(0)))
    return dollars(
        left,
        f"Medicaid's own rate is {shown(own)} USD, of which the first payer paid {shown(paid)}: "
        f"it adds {shown(left)} of the patient's {shown(owed)} USD.",
        f"Medicaid 自身标准为 {shown(own)} USD，第一支付方已付 {shown(paid)}，"
        f"补付患者应付 {shown(owed)} USD 中的 {shown(left)}。",
    )


def _patient(item: str) -> Verdict:
    """The rule on what the patient pays: what is owed, less what a cover takes over."""

    def says(case: Case, ask: Ask) -> Outcome:
        if not case.cover:
            return OWED[item](case, ask)
        if case.cover == "medicaid":
            return dollars(
                Decimal(0),
                "Nobody may bill a patient who has Medicaid beside Medicare.",
                "同时有 Medicaid 的 Medicare 患者不得被收费。",
            )
        left = ask.decide(f"owed.{item}") - ask.decide(f"supplement.{item}")
        return dollars(
            left,
            f"The Medigap plan leaves the patient {shown(left)} USD.",
            f"Medigap 支付后患者自付 {shown(left)} USD。",
        )

    return says


RULES = {f"supplement.{item}": always(_supplement(item), _COVER) for item in OWED} | {
    f"patient.{item}": always(_patient(item), COST_SHARING) for item in OWED
}
