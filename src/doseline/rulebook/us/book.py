"""Puts the US rulebook together: which rules there are and which payments a flow leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us import (
    allowed,
    authorisation,
    cash,
    cover,
    lag,
    medicare,
    prices,
    safety,
    shares,
    tracers,
)
from doseline.rulebook.us.codes import BILLED_ONCE, CODES, SERVICES, TRACERS
from doseline.rulebook.us.known import FLOW_CODES, refuse_unknown
from doseline.rulebook.us.words import CURRENCY
from doseline.rules import Blueprint, Line
from doseline.rules.errors import BadFlowError, nearest

if TYPE_CHECKING:
    from doseline.rules import Case, Party


def lines(case: Case) -> tuple[Line, ...]:
    """Payments for one dose, tracer or service.

    Raises:
        BadFlowError: If a word of the flow is not one of this rulebook.
    """
    refuse_unknown(case)
    items = _items(case.code)
    by_patient = tuple(_to_hospital("patient", item) for item in items)
    if case.payer == "uninsured":
        return by_patient
    by_payer = tuple(_to_hospital("payer", item) for item in items)
    by_cover = tuple(_supplement(item) for item in items) if case.cover else ()
    return by_payer + by_cover + by_patient


def unit_key(code: str) -> str | None:
    """Parameter with the activity of one billing unit; none for what is billed once.

    Raises:
        BadFlowError: If the code is not one of this rulebook.
    """
    if code in BILLED_ONCE:
        return None
    if code not in FLOW_CODES:
        raise BadFlowError("code", code, nearest(code, FLOW_CODES))
    return f"billing_unit.{code.lower()}"


def _items(code: str) -> tuple[str, ...]:
    """What a flow of a code is paid for."""
    if code in SERVICES:
        return (code,)
    return ("tracer",) if code in TRACERS else ("drug", "administration")


def _to_hospital(party: Party, item: str) -> Line:
    return Line(party_from=party, party_to="hospital", what=item, topic=f"{party}.{item}")


def _supplement(item: str) -> Line:
    """What a second payer adds; its own word, so that both payers are told apart."""
    return Line(
        party_from="payer",
        party_to="hospital",
        what=f"{item}_supplement",
        topic=f"supplement.{item}",
    )


BLUEPRINT = Blueprint(
    name="us",
    currency=CURRENCY,
    rules={
        **medicare.RULES,
        **tracers.RULES,
        **prices.RULES,
        **allowed.RULES,
        **shares.RULES,
        **cover.RULES,
        **authorisation.RULES,
        **cash.RULES,
    },
    lines=lines,
    unit_key=unit_key,
    release=safety.release,
    storage=safety.storage,
    codes=CODES,
    following=lag.following,
)
