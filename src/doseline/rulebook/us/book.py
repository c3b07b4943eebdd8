"""Puts the US rulebook together: which rules there are and which payments a flow leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.us import allowed, authorisation, medicare, safety, shares
from doseline.rulebook.us.words import CURRENCY, DRUGS, PAYERS, SCAN, SETTINGS
from doseline.rules import Blueprint, Line
from doseline.rules.errors import BadFlowError, nearest

if TYPE_CHECKING:
    from doseline.rules import Case, Party


def lines(case: Case) -> tuple[Line, ...]:
    """Payments for one dose or scan.

    Raises:
        BadFlowError: If the code, payer or setting is not one of this rulebook.
    """
    for field, found, known in (
        ("code", case.code, (*DRUGS, SCAN)),
        ("payer", case.payer, PAYERS),
        ("setting", case.setting, SETTINGS),
    ):
        if found not in known:
            raise BadFlowError(field, found, nearest(found, known))
    items = (SCAN,) if case.code == SCAN else ("drug", "administration")
    by_patient = tuple(_to_hospital("patient", item) for item in items)
    if case.payer == "uninsured":
        return by_patient
    return tuple(_to_hospital("payer", item) for item in items) + by_patient


def unit_key(code: str) -> str | None:
    """Parameter with the activity of one billing unit; none for a scan.

    Raises:
        BadFlowError: If the code is not one of this rulebook.
    """
    if code == SCAN:
        return None
    if code not in DRUGS:
        raise BadFlowError("code", code, nearest(code, (*DRUGS, SCAN)))
    return f"billing_unit.{code.lower()}"


def _to_hospital(party: Party, item: str) -> Line:
    return Line(party_from=party, party_to="hospital", what=item, topic=f"{party}.{item}")


BLUEPRINT = Blueprint(
    name="us",
    currency=CURRENCY,
    rules={**medicare.RULES, **allowed.RULES, **shares.RULES, **authorisation.RULES},
    lines=lines,
    unit_key=unit_key,
    release=safety.release,
    storage=safety.storage,
)
