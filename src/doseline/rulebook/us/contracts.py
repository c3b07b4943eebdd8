"""What a payer allows under the form of its contract, where the flow names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us.codes import BILLED_ONCE, BY_INVOICE
from doseline.rulebook.us.known import refuse_unknown
from doseline.rulebook.us.words import dollars, is_office, shown

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome

_BASES = {
    "asp": ("price.asp", "the average sales price", "平均销售价"),
    "awp": ("price.awp", "the average wholesale price", "平均批发价"),
    "invoice": ("price.invoice", "the invoice", "发票金额"),
    "charges": ("price.charge", "the charge", "收费金额"),
}


def form_of(case: Case) -> str:
    """The form of contract that prices the dose; empty for Medicare's amount or a pattern.

    Medicare's own rates for a hospital know no contract. A code of no one product has neither a
    rate nor an average price, so payers go by its invoice.

    Raises:
        BadFlowError: If the payer knows no such form.
    """
    refuse_unknown(case)
    if case.payer == "medicare_ffs" and not is_office(case.setting):
        return ""
    if case.contract == "asp" and case.code in BILLED_ONCE:
        return "invoice"
    by_invoice = case.code in BY_INVOICE and case.payer in {"commercial", "medicaid"}
    return case.contract or ("invoice" if by_invoice else "")


def allowed(case: Case, ask: Ask, form: str) -> Outcome:
    """A multiple of the price that the form speaks of."""
    topic, en, zh = _BASES[form]
    base, multiple = ask.decide(topic), ask.value(_key(case, form))
    return dollars(
        base * multiple,
        f"The contract allows {multiple} times {en} of {shown(base)} USD.",
        f"合同按{zh} {shown(base)} USD 的 {multiple} 倍核定。",
    )


def _key(case: Case, form: str) -> str:
    """The parameter with the multiple; commercial plans pay offices less than hospitals."""
    if case.payer == "commercial" and form == "asp":
        office = is_office(case.setting)
        return "contract.commercial.asp_office" if office else "commercial.drug_share_of_asp"
    return f"contract.{case.payer}.{form}"
