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

CONTROL_NUMBERS = 1_000_000_000
"""How many control numbers an envelope can have: ISA13 has nine digits."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Envelope:
    """Who sends what to whom, and when."""

    sender: str
    receiver: str
    created: datetime
    place: int
    """Number of the file among those made together."""
    is_test: bool

    @property
    def control(self) -> int:
        """A number that no other file to a receiver has for three years: second, then place."""
        return (int(self.created.timestamp()) * 10 + self.place % 10) % CONTROL_NUMBERS


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
    found = {}
    for place, ((form, sender, receiver), group) in enumerate(groups.items(), start=1):
        envelope = _Envelope(
            sender=sender, receiver=receiver, created=created, place=place, is_test=is_test
        )
        found[f"{FORMS[form][0]}-{place:02d}-{receiver}.x12"] = Interchange(
            content=_file(group, envelope), claims=tuple(one.infusion.claim for one in group)
        )
    return found


def _file(cases: Sequence[Case], envelope: _Envelope) -> str:
    """One interchange; where it is refused, its claims are tried one by one to name the cause."""
    models = [_model(case, place, envelope) for place, case in enumerate(cases, start=1)]
    whole = _interchange(models, envelope)
    verdict = judged(whole)
    if verdict.is_valid:
        return whole
    for case, model in zip(cases, models, strict=True):
        alone = judged(_interchange([model], envelope))
        if not alone.is_valid:
            raise RefusedClaimError(case.infusion.claim, "; ".join(alone.reasons[:3]))
    together = ", ".join(case.infusion.claim for case in cases)
    raise RefusedClaimError(together, "; ".join(verdict.reasons[:3]))


def _model(case: Case, place: int, envelope: _Envelope) -> Any:
    """The transaction of a claim.

    Raises:
        RefusedClaimError: If x12sdk refuses it.
    """
    from pydantic import ValidationError

    write = FORMS[case.infusion.form][1]
    try:
        return write(case, f"{place:04d}", envelope.created)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RefusedClaimError(case.infusion.claim, f"{where}: {first['msg']}") from error


def _interchange(models: Sequence[Any], envelope: _Envelope) -> str:
    """Transactions in an envelope that names the adopted guide."""
    from x12sdk.io import write_transactions

    written: str = write_transactions(
        models,
        sender_id=envelope.sender,
        receiver_id=envelope.receiver,
        sender_qualifier="30",
        receiver_qualifier="ZZ",
        interchange_control_number=str(envelope.control),
        group_control_number=str(envelope.control),
        created=envelope.created,
        usage_indicator="T" if envelope.is_test else "P",
    )
    for newer, adopted in ADOPTED.items():
        written = written.replace(f"*X*{newer}~", f"*X*{adopted}~", 1)
    return written
