"""What Medicare approves: hospital outpatient rates, and their stand-in for an office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us.words import always, dollars, is_office, shown
from doseline.rules import Text

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules import Ask, Case, Outcome

_OPPS = "42 CFR part 419; CMS OPPS Addendum B of the quarter"

WASTAGE = Text(
    en="Reminder: a single-dose vial is billed with JZ if nothing was discarded; a discarded part "
    "goes on its own line with JW.",
    zh="提示：单剂量瓶无丢弃时须加 JZ；丢弃部分须另起一行并加 JW。",
)
ROUNDING = Text(
    en="A started billing unit counts in full (Medicare Claims Processing Manual, chapter 17).",
    zh="不足一个计费单位按一个单位计（Medicare 报销处理手册第17章）。",
)


def _drug(case: Case, ask: Ask) -> Outcome:
    """Units times the rate of the quarter; in an office a stated share of it."""
    rate = ask.value(f"opps.{case.code.lower()}")
    unit_mbq = ask.value(f"billing_unit.{case.code.lower()}") / 1_000_000
    share, en, zh = _office_share(case, ask, "office.drug_share")
    return dollars(
        case.units * rate * share,
        f"{case.units} units of {case.code}, {unit_mbq.normalize():f} MBq each, at {rate} USD{en}.",
        f"{case.code} 共 {case.units} 单位，每单位 {unit_mbq.normalize():f} MBq，单价 {rate} USD{zh}。",
        WASTAGE,
        ROUNDING,
    )


def _administration(case: Case, ask: Ask) -> Outcome:
    """The rate of the procedure; in an office a stated share of it."""
    rate = ask.value("opps.administration")
    share, en, zh = _office_share(case, ask, "office.services_share")
    return dollars(
        rate * share,
        f"Intravenous administration is paid at {shown(rate)} USD{en}.",
        f"静脉给药支付 {shown(rate)} USD{zh}。",
    )


def _scan(case: Case, ask: Ask) -> Outcome:
    """The rate of a PET/CT scan, without its tracer; in an office a stated share of it."""
    rate = ask.value("opps.pet_ct")
    share, en, zh = _office_share(case, ask, "office.services_share")
    return dollars(
        rate * share,
        f"A PET/CT scan is paid at {shown(rate)} USD, without the tracer{en}.",
        f"PET/CT 显像支付 {shown(rate)} USD，不含显像剂{zh}。",
    )


def _office_share(case: Case, ask: Ask, key: str) -> tuple[Decimal | int, str, str]:
    """Share of the hospital rate, and the words for it; 1 and none in a hospital."""
    if not is_office(case.setting):
        return 1, "", ""
    share = ask.value(key)
    return (
        share,
        f", times {share} for an office",
        f"，诊所系数 {share}",
    )


RULES = {
    "medicare.drug": always(_drug, _OPPS),
    "medicare.administration": always(_administration, _OPPS),
    "medicare.pet_ct": always(_scan, _OPPS),
}
