"""Whether the result of one fact is the one that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from doseline.authorise.units import converted

if TYPE_CHECKING:
    from fractions import Fraction

    from doseline.authorise.names import Unclear
    from doseline.authorise.policy import Evidence
    from doseline.authorise.record import Fact, Quantity

Answer: TypeAlias = "Literal['true', 'false'] | Unclear"


def judged_value(asked: Evidence, fact: Fact) -> Answer:
    """True, false, or why the result does not decide."""
    if asked.says is not None:
        return _coded(asked, fact)
    if asked.at_least is None and asked.at_most is None:
        return "true"
    if fact.quantity is None:
        return "no_value"
    return _measured(asked, fact.quantity)


def _coded(asked: Evidence, fact: Fact) -> Answer:
    says = asked.says is not None and any(asked.says.holds(code) for code in fact.values)
    denies = asked.denies is not None and any(asked.denies.holds(code) for code in fact.values)
    if says and denies:
        return "conflict"
    if says or denies:
        return "true" if says else "false"
    return "no_value"


def _measured(asked: Evidence, quantity: Quantity) -> Answer:
    """The amount against its limits, both included; ``< 5`` is anything below 5."""
    amount = converted(quantity.amount, quantity.unit, asked.unit)
    if amount is None:
        return "unit"
    low: Fraction | None = amount
    high: Fraction | None = amount
    if quantity.comparator in {"<", "<="}:
        low = None
    elif quantity.comparator in {">", ">="}:
        high = None
    if _outside(asked, low, high, quantity.comparator):
        return "false"
    inside = (asked.at_least is None or (low is not None and low >= asked.at_least)) and (
        asked.at_most is None or (high is not None and high <= asked.at_most)
    )
    return "true" if inside else "close"


def _outside(asked: Evidence, low: Fraction | None, high: Fraction | None, sign: str) -> bool:
    """Whether no amount that the result allows is within the limits."""
    if asked.at_least is not None and high is not None and high <= asked.at_least:
        return high < asked.at_least or sign == "<"
    if asked.at_most is not None and low is not None and low >= asked.at_most:
        return low > asked.at_most or sign == ">"
    return False
