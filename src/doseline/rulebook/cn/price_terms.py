"""What stands over a price: the list's pattern for negotiated drugs, and packages that remember."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn.words import is_insured, is_insured_stay, is_negotiated
from doseline.rules.price_terms import PriceLimit, PriceTerms

if TYPE_CHECKING:
    from doseline.rules import Case

_PATTERN = PriceLimit(
    party="payer", kind="list_pattern", topic="drug.standard", in_force="drug.listed"
)


def price_terms(case: Case) -> PriceTerms:
    """Basic insurance lists a negotiated drug up to its pattern; a package follows past cost."""
    basic = is_insured(case) and case.payer != "commercial_list" and case.channel == "commercial"
    limits = (_PATTERN,) if basic and is_negotiated(case) else ()
    if not is_insured_stay(case):
        return PriceTerms(limits=limits)
    return PriceTerms(limits=limits, follows=("stay", "stay_supplement"), history="history")
