"""What Medicare approves: hospital outpatient rates, and their stand-in for an office."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import BY_INVOICE, ORAL
from doseline.rulebook.us.words import always, dollars, is_office, shown
from doseline.rules import Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome
    from doseline.rules.rule import Verdict

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
DISCOUNT = Text(
    en="Reminder: a dose bought under 340B is paid alike since 2023 and reported with modifier TB.",
    zh="提示：340B 采购的剂量自 2023 年起支付标准相同，须加修饰符 TB 申报。",
)
INVOICE = Text(
    en="Reminder: a code of no one product goes with one unit, the product's name, its 11-digit "
    "NDC and the invoice.",
    zh="提示：非专属编码按 1 单位申报，并附药品名称、11 位 NDC 与发票。",
)


def _drug(case: Case, ask: Ask) -> Outcome:
    """Units times the rate of the quarter; in an office a stated share of it."""
    if case.code in BY_INVOICE:
        return _without_code(case, ask)
    rate = ask.value(f"opps.{case.code.lower()}")
    unit_mbq = ask.value(f"billing_unit.{case.code.lower()}") / 1_000_000
    share, en, zh = _office_share(case, ask, "office.drug_share")
    reported = (DISCOUNT,) if case.discount else ()
    return dollars(
        case.units * rate * share,
        f"{case.units} units of {case.code}, {unit_mbq.normalize():f} MBq each, at {rate} USD{en}.",
        f"{case.code} 共 {case.units} 单位，每单位 {unit_mbq.normalize():f} MBq，单价 {rate} USD{zh}。",
        WASTAGE,
        ROUNDING,
        *reported,
    )


def _without_code(case: Case, ask: Ask) -> Outcome:
    """By invoice in an office; in a hospital the code for new drugs, or else nothing apart."""
    if is_office(case.setting):
        return by_invoice(ask)
    if case.code == "C9399":
        list_price = ask.decide("price.awp")
        share = ask.value("opps.unlisted_drug_share_of_awp")
        return dollars(
            list_price * share,
            f"A new drug without a code is paid {share} of its average wholesale price of "
            f"{shown(list_price)} USD.",
            f"尚无编码的新药按平均批发价 {shown(list_price)} USD 的 {share} 支付。",
            INVOICE,
        )
    return packaged(case.code, INVOICE)


def by_invoice(ask: Ask) -> Outcome:
    """What the contractor pays in an office on the strength of an invoice."""
    invoice = ask.decide("price.invoice")
    share = ask.value("contract.medicare_ffs.invoice")
    return dollars(
        invoice * share,
        f"The contractor pays {share} times the invoice of {shown(invoice)} USD.",
        f"承包商按发票金额 {shown(invoice)} USD 的 {share} 倍支付。",
        INVOICE,
    )


def packaged(code: str, *notes: Text) -> Outcome:
    """Nothing apart: the payment of the service holds it."""
    return dollars(
        Decimal(0),
        f"{code} is packaged: the payment of the service on that day holds it.",
        f"{code} 已打包：包含在当日服务的支付中，不另行支付。",
        *notes,
    )


def _administration(case: Case, ask: Ask) -> Outcome:
    """The rate of the procedure; in an office a stated share of it."""
    oral = case.code in ORAL
    rate = ask.value("opps.oral_administration" if oral else "opps.administration")
    share, en, zh = _office_share(case, ask, "office.services_share")
    return dollars(
        rate * share,
        f"{'Oral' if oral else 'Intravenous'} administration is paid at {shown(rate)} USD{en}.",
        f"{'口服' if oral else '静脉'}给药支付 {shown(rate)} USD{zh}。",
    )


def _service(
    item: str, en_name: str, zh_name: str, en_after: str = "", zh_after: str = ""
) -> Verdict:
    """The rule that pays a service at its rate; in an office a stated share of it."""

    def says(case: Case, ask: Ask) -> Outcome:
        rate = ask.value(f"opps.{item}")
        share, en, zh = _office_share(case, ask, "office.services_share")
        return dollars(
            rate * share,
            f"{en_name} is paid at {shown(rate)} USD{en_after}{en}.",
            f"{zh_name}支付 {shown(rate)} USD{zh_after}{zh}。",
        )

    return says


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
    "medicare.pet_ct": always(
        _service("pet_ct", "A PET/CT scan", "PET/CT 显像", ", without the tracer", "，不含显像剂"),
        _OPPS,
    ),
    "medicare.spect_ct": always(
        _service("spect_ct", "A SPECT/CT scan after therapy", "治疗后 SPECT/CT 显像"), _OPPS
    ),
    "medicare.consult": always(_service("consult", "A clinic visit", "门诊就诊"), _OPPS),
}
