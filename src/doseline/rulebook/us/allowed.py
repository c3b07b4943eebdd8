"""What each kind of payer allows for the drug and the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us import contracts
from doseline.rulebook.us.codes import SERVICES
from doseline.rulebook.us.words import always, dollars, shown
from doseline.rules import to_cents

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome
    from doseline.rules.rule import Verdict

_PATTERNS = "Pattern of the payer segment; labelled assumptions over the Medicare rates"

_SHARE_OF_DRUG = {
    "medicare_advantage": "medicare_advantage.share_of_medicare",
    "medicaid": "medicaid.drug_share_of_medicare",
}
_SHARE_OF_TRACER = {
    "medicare_advantage": "medicare_advantage.share_of_medicare",
    "commercial": "commercial.tracer_share_of_medicare",
    "medicaid": "medicaid.drug_share_of_medicare",
}
_SHARE_OF_SERVICES = {
    "medicare_advantage": "medicare_advantage.share_of_medicare",
    "commercial": "commercial.services_share_of_medicare",
    "medicaid": "medicaid.services_share_of_medicare",
}


def _drug(case: Case, ask: Ask) -> Outcome:
    """By contract where one is named; else Medicare's amount, a share or a multiple of it."""
    form = contracts.form_of(case)
    if form:
        return contracts.allowed(case, ask, form)
    if case.payer == "commercial":
        return _multiple_of_asp(ask)
    return _share_of_medicare(ask, "medicare.drug", _SHARE_OF_DRUG.get(case.payer))


def _tracer(case: Case, ask: Ask) -> Outcome:
    """By contract where one is named; else Medicare's amount or a multiple of it."""
    form = contracts.form_of(case)
    if form:
        return contracts.allowed(case, ask, form)
    return _share_of_medicare(ask, "medicare.tracer", _SHARE_OF_TRACER.get(case.payer))


def _multiple_of_asp(ask: Ask) -> Outcome:
    """A multiple of the average sales price, which is the Medicare amount less its add-on."""
    sales_price = to_cents(ask.decide("medicare.drug") / (1 + ask.value("opps.asp_add_on")))
    multiple = ask.value("commercial.drug_share_of_asp")
    return dollars(
        sales_price * multiple,
        f"The plan allows {multiple} times the average sales price of {shown(sales_price)} USD.",
        f"商业保险按平均销售价 {shown(sales_price)} USD 的 {multiple} 倍核定。",
    )


def _service(item: str) -> Verdict:
    """The rule that allows a service: Medicare's amount or a share of it."""

    def says(case: Case, ask: Ask) -> Outcome:
        return _share_of_medicare(ask, f"medicare.{item}", _SHARE_OF_SERVICES.get(case.payer))

    return says


def _share_of_medicare(ask: Ask, topic: str, key: str | None) -> Outcome:
    medicare = ask.decide(topic)
    if key is None:
        return dollars(
            medicare,
            f"The Medicare amount of {shown(medicare)} USD applies.",
            f"适用 Medicare 金额 {shown(medicare)} USD。",
        )
    share = ask.value(key)
    return dollars(
        medicare * share,
        f"The payer allows {share} times the Medicare amount of {shown(medicare)} USD.",
        f"支付方按 Medicare 金额 {shown(medicare)} USD 的 {share} 倍核定。",
    )


RULES = {
    "allowed.drug": always(_drug, _PATTERNS),
    "allowed.tracer": always(_tracer, _PATTERNS),
} | {f"allowed.{item}": always(_service(item), _PATTERNS) for item in ("administration", *SERVICES)}
