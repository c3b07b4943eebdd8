"""The commercial list of innovative drugs: what follows for a drug that it names.

The basic fund pays nothing of it. It does not count in the hospital's self-pay ratio, and after
review not against the package of the stay. What a plan pays for it is in ``plan.drug``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import NOTHING, SCAN, always, key_of, shown, yes_or_no, yuan
from doseline.rules import Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome
    from doseline.rules.rule import Verdict

_LIST = "Commercial list of innovative drugs, published 7 December 2025, in force 1 January 2026"

CONFIDENTIAL = Text(
    en="Prices of the commercial list are agreed in confidence; a range was seen, no price.",
    zh="商保创新药目录价格保密；仅见降幅区间，未见具体价格。",
)


def _is_named(case: Case, ask: Ask) -> bool:
    """Whether the list names the drug; it lists what is sold, so nothing of a hospital's own."""
    if case.code == SCAN or case.channel != "commercial":
        return False
    return ask.value(f"commercial_list.listed.{key_of(case.code)}") > 0


def _named(case: Case, ask: Ask) -> Outcome:
    """Whether the list names the drug."""
    named = _is_named(case, ask)
    return yes_or_no(
        holds=named,
        en=f"The commercial list {'names' if named else 'does not name'} {case.code}.",
        zh=f"{case.code} {'已' if named else '未'}列入商保创新药目录。",
    )


def _fund(case: Case, ask: Ask) -> Outcome:
    """What the basic fund pays because of this list: nothing."""
    del case, ask
    return yuan(
        NOTHING,
        "The basic fund pays nothing for a drug of the commercial list.",
        "基本医保基金不支付商保创新药目录药品。",
    )


def _counted(case: Case, ask: Ask) -> Outcome:
    """Whether the dose counts in the ratio of self-paid cost that a hospital is judged by."""
    self_paid = case.code != SCAN and not ask.decide("drug.listed")
    if self_paid and _is_named(case, ask):
        self_paid = ask.value("commercial_list.outside_self_pay_ratio") == 0
    return yes_or_no(
        holds=self_paid,
        en=f"The dose {'counts' if self_paid else 'does not count'} in the self-pay ratio.",
        zh=f"该剂药品{'计入' if self_paid else '不计入'}自费率考核。",
    )


def _exempt(case: Case, ask: Ask) -> Outcome:
    """Whether the dose is left out of the package after review."""
    holds = _is_named(case, ask) and ask.value("commercial_list.package_exempt") > 0
    return yes_or_no(
        holds=holds,
        en=f"The dose is {'exempt from' if holds else 'not exempt from'} the package after review.",
        zh=f"该剂药品经审核后{'可' if holds else '不可'}不纳入按病种付费范围。",
    )


def _price(cut: str, en: str, zh: str) -> Verdict:
    """The rule on the price that the cuts seen would give."""

    def says(case: Case, ask: Ask) -> Outcome:
        del case
        price, share = ask.decide("drug.cost"), ask.value(f"commercial_list.cut.{cut}")
        return yuan(
            price * (1 - share),
            f"After the {en} cut seen ({share}): {shown(price * (1 - share))} CNY.",
            f"按所见{zh}降幅（{share}）：{shown(price * (1 - share))} CNY。",
            CONFIDENTIAL,
        )

    return says


RULES = {
    "commercial_list.named": always(_named, _LIST),
    "commercial_list.fund_pays": always(_fund, _LIST),
    "commercial_list.self_pay_counted": always(_counted, _LIST),
    "commercial_list.exempt": always(_exempt, _LIST),
    "commercial_list.price_high": always(_price("smallest", "smallest", "最小"), _LIST),
    "commercial_list.price_low": always(_price("largest", "largest", "最大"), _LIST),
}
