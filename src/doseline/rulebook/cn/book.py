"""Puts the Chinese rulebook together: which rules there are and which payments a flow leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.rulebook.cn import (
    authorisation,
    benefits,
    commercial,
    cover,
    dip,
    drug,
    negotiation,
    price_terms,
    renewal,
    safety,
    settlement,
    shares,
    standing,
    stay,
    steps,
    tax,
)
from doseline.rulebook.cn.words import (
    CONTRACTS,
    COVERS,
    CURRENCY,
    DRUGS,
    PAYERS,
    SCAN,
    SETTINGS,
    is_insured_stay,
    is_trial,
)
from doseline.rules import Blueprint, Line, Text
from doseline.rules.errors import BadFlowError, nearest

if TYPE_CHECKING:
    from doseline.rules import Case, Party


def lines(case: Case) -> tuple[Line, ...]:
    """Payments for one dose or scan.

    Raises:
        BadFlowError: If a word is not one of this rulebook, or a package lacks its locality.
    """
    for field, found, known in (
        ("code", case.code, (*DRUGS, SCAN)),
        ("payer", case.payer, PAYERS),
        ("setting", case.setting, SETTINGS),
        ("locality", case.locality, _localities(case)),
        ("contract", case.contract, CONTRACTS),
        ("cover", case.cover, COVERS),
    ):
        if found not in known:
            raise BadFlowError(field, found, nearest(found, filter(None, known)))
    if case.discount:
        raise BadFlowError("discount", case.discount, _NO_PROGRAMME)
    parties: tuple[Party, ...] = ("payer", "patient")
    if is_trial(case):
        parties = ("developer",)
    elif case.payer == "self_pay":
        parties = ("patient",)
    paid: list[Line] = []
    for party in parties:
        paid += [
            Line(party_from=party, party_to="hospital", what=item, topic=f"{party}.{item}")
            for item in _items(case)
        ]
        if party == "payer" and cover.is_covered(case):
            paid += map(_supplement, _items(case))
    return tuple(paid)


def unit_key(code: str) -> None:
    """No parameter: a dose is charged as one, whatever its activity.

    Raises:
        BadFlowError: If the code is not one of this rulebook.
    """
    if code not in (*DRUGS, SCAN):
        raise BadFlowError("code", code, nearest(code, (*DRUGS, SCAN)))


def _items(case: Case) -> tuple[str, ...]:
    """What is charged: one scan; a dose with its stay, or with each service."""
    if case.code == SCAN:
        return (SCAN,)
    if is_insured_stay(case):
        return ("drug", "stay")
    return ("drug", "administration", "ward") if case.nights else ("drug", "administration")


def _supplement(item: str) -> Line:
    """What a city's insurance adds; its own word, so that both payers are told apart."""
    return Line(
        party_from="payer",
        party_to="hospital",
        what=f"{item}_supplement",
        topic=f"supplement.{item}",
    )


def _localities(case: Case) -> tuple[str, ...]:
    """Localities that are allowed; none is one too where no package is paid."""
    if case.code != SCAN and is_insured_stay(case):
        return stay.LOCALITIES
    return (*stay.LOCALITIES, "")


_NO_PROGRAMME = Text(
    en="no discount, for this rulebook knows no such programme",
    zh="不打折：本规则手册没有此类计划",
)
_PARTS = (
    drug.RULES,
    stay.RULES,
    dip.RULES,
    shares.RULES,
    benefits.RULES,
    cover.RULES,
    commercial.RULES,
    negotiation.RULES,
    renewal.RULES,
    standing.RULES,
    steps.RULES,
    settlement.RULES,
    tax.RULES,
    authorisation.RULES,
)

BLUEPRINT = Blueprint(
    name="cn",
    currency=CURRENCY,
    rules={topic: rules for part in _PARTS for topic, rules in part.items()},
    lines=lines,
    unit_key=unit_key,
    release=safety.release,
    storage=safety.storage,
    operation=safety.operation,
    price_terms=price_terms.price_terms,
)
