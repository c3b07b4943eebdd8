"""Days from the infusion to the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us.words import always, said

if TYPE_CHECKING:
    from doseline.rules import Ask, Case, Outcome

_CASH = "Medicare Claims Processing Manual, chapter 1, section 80.2; assumptions elsewhere"


def _days(case: Case, ask: Ask) -> Outcome:
    """The hold of the bill and the payer's time, or the patient's where there is no payer."""
    if case.payer == "uninsured":
        return _patient_days(case, ask)
    billing, paying = ask.value("cash.billing_d"), ask.value(f"cash.{case.payer}_d")
    return said(
        billing + paying,
        "d",
        f"The claim leaves after {billing} d and is paid {paying} d later.",
        f"{billing} 天后提交申请，再过 {paying} 天付款。",
    )


def _patient_days(case: Case, ask: Ask) -> Outcome:
    del case
    days = ask.value("cash.patient_d")
    return said(days, "d", f"The patient pays after {days} d.", f"患者在 {days} 天后付款。")


RULES = {
    "cash.days": always(_days, _CASH),
    "cash.patient_days": always(_patient_days, _CASH),
}
