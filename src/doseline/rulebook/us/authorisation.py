"""Prior authorisation of the dose: how long the payer may take, and how often it says no."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.rulebook.us.words import always
from doseline.rules import Outcome, Text

if TYPE_CHECKING:
    from doseline.rules import Ask, Case

_ASKED_BY = ("medicare_advantage", "commercial", "medicaid")
_REFERENCE = (
    "No authorisation of A9607 or A9513 in fee-for-service Medicare; 42 CFR 422.568 (plans)"
)


def _hours(case: Case, ask: Ask) -> Outcome:
    """Time to a decision; none where no authorisation is asked for."""
    if case.payer not in _ASKED_BY:
        return _none_needed("h")
    hours = ask.value(f"authorisation.{case.payer}_h")
    why = Text(
        en=f"The payer has {hours} h to decide on a standard request.",
        zh=f"支付方须在 {hours} 小时内对标准申请作出决定。",
    )
    return Outcome(value=hours, unit="h", why=why)


def _denied(case: Case, ask: Ask) -> Outcome:
    """Share of requests denied; none where no authorisation is asked for."""
    if case.payer not in _ASKED_BY:
        return _none_needed("fraction")
    share = ask.value(f"authorisation.{case.payer}_denied")
    why = Text(
        en=f"A share of {share} of requests is denied.",
        zh=f"授权申请被拒比例为 {share}。",
    )
    return Outcome(value=share, unit="fraction", why=why)


def _none_needed(unit: str) -> Outcome:
    why = Text(en="No prior authorisation is needed.", zh="无需事先授权。")
    return Outcome(value=Decimal(0), unit=unit, why=why)


RULES = {
    "authorisation.hours": always(_hours, _REFERENCE),
    "authorisation.denied": always(_denied, _REFERENCE),
}
