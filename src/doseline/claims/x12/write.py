"""Clean claims as interchange files, one for each form, sender and receiver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doseline.claims.errors import ClaimsNotInstalledError, RefusedClaimError
from doseline.claims.x12 import institutional, pieces, professional
from doseline.claims.x12.judge import judged

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from doseline.claims.case import Case

FORMS = {
    "institutional": ("837i", institutional.institutional),
    "professional": ("837p", professional.professional),
}

ADOPTED = {"005010X223A3": institutional.VERSION, "005010X222A2": professional.VERSION}
"""Guides that 45 CFR 162.1102(c) adopts; x12sdk names its own, newer ones on the group (GS08)."""


def need_libraries() -> None:
    """Nothing, if claims can be written here.

    Raises:
        ClaimsNotInstalledError: If x12sdk or pyx12 is missing.
    """
    try:
        import pyx12  # noqa: F401
        import x12sdk  # noqa: F401
    except ImportError as error:
        raise ClaimsNotInstalledError from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Interchange:
    """One file that is sent."""

    content: str
    """ISA to IEA."""
    claims: tuple[str, ...]
    """Claims that it holds."""


def interchanges(
    cases: Sequence[Case], created: datetime, *, is_test: bool
) -> dict[str, Interchange]:
    """The files of claims by name, each judged valid.

    Args:
        cases: Claims without errors.
        created: When the files are made.
        is_test: Whether they are marked as a test.

    Raises:
        ClaimsNotInstalledError: If x12sdk or pyx12 is missing.
        RefusedClaimError: If a claim makes no valid transaction.
    """
    need_libraries()
    groups: dict[tuple[str, str, str], list[Case]] = {}
    for case in cases:
        one = case.infusion
        sender = pieces.digits(one.billing_tax_id)
        groups.setdefault((one.form, sender, one.receiver_id or one.payer_id), []).append(case)
    return {
        f"{FORMS[form][0]}-{place:02d}-{receiver}.x12": Interchange(
            content=_file(group, sender, receiver, created, is_test=is_test),
            claims=tuple(case.infusion.claim for case in group),
        )
        for place, ((form, sender, receiver), group) in enumerate(groups.items(), start=1)
    }


def _file(
    cases: Sequence[Case], sender: str, receiver: str, created: datetime, *, is_test: bool
) -> str:
    """One interchange; where it is refused, its claims are tried one by one to name the cause."""
    models = [_model(case, place, created) for place, case in enumerate(cases, start=1)]
    whole = _interchange(models, sender, receiver, created, is_test=is_test)
    verdict = judged(whole)
    if verdict.is_valid:
        return whole
    for case, model in zip(cases, models, strict=True):
        alone = judged(_interchange([model], sender, receiver, created, is_test=is_test))
        if not alone.is_valid:
            raise RefusedClaimError(case.infusion.claim, "; ".join(alone.reasons[:3]))
    together = ", ".join(case.infusion.claim for case in cases)
    raise RefusedClaimError(together, "; ".join(verdict.reasons[:3]))


def _model(case: Case, place: int, created: datetime) -> Any:
    """The transaction of a claim.

    Raises:
        RefusedClaimError: If x12sdk refuses it.
    """
    from pydantic import ValidationError

    write = FORMS[case.infusion.form][1]
    try:
        return write(case, f"{place:04d}", created)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RefusedClaimError(case.infusion.claim, f"{where}: {first['msg']}") from error


def _interchange(
    models: Sequence[Any], sender: str, receiver: str, created: datetime, *, is_test: bool
) -> str:
    from x12sdk.io import write_transactions

    written: str = write_transactions(
        models,
        sender_id=sender,
        receiver_id=receiver,
        sender_qualifier="30",
        receiver_qualifier="ZZ",
        created=created,
        usage_indicator="T" if is_test else "P",
    )
    for newer, adopted in ADOPTED.items():
        written = written.replace(f"*X*{newer}~", f"*X*{adopted}~", 1)
    return written
