"""One claim as the edits see it: record, lines, tables, and what follows from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.claims.units import activity_bq, discarded_units, started_units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.claims.codes import Code, CodeTables, Payer, Therapy
    from doseline.claims.record import Infusion, Line

DISCARDED, NONE_DISCARDED = "JW", "JZ"
SCAN_REVENUE = "0404"
GIVING_REVENUE = ("0342", "0340", "0335", "0333")
"""Nuclear medicine therapy and radiation therapy: lines on which the giving is billed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A record with its lines, as read."""

    infusion: Infusion
    lines: tuple[Line, ...]
    row: int = 1
    """Line of the file on which the claim starts."""


@dataclass(slots=True, kw_only=True)
class Together:
    """What can only be seen over all claims of a file."""

    claims: Counter[str] = field(default_factory=Counter)
    doses: Counter[tuple[object, ...]] = field(default_factory=Counter)

    @classmethod
    def of(cls, claims: Sequence[Claimed]) -> Together:
        """What the claims of a file have in common."""
        found = cls()
        for one in claims:
            found.claims[one.infusion.claim] += 1
            found.doses[same_dose(one.infusion)] += 1
        return found


def same_dose(one: Infusion) -> tuple[object, ...]:
    """What makes two claims the same dose: patient, payer, day, code, form and frequency."""
    return (
        *(one.subscriber_id, one.patient_last, one.patient_first, one.birth_date),
        *(one.payer_id, one.infusion_date, one.hcpcs, one.form, one.frequency),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """A line with its number on the claim and what its texts hold."""

    number: int
    line: Line
    modifiers: tuple[str, ...]
    drug: Code | None
    """The code as one that counts a drug; None for a service."""
    units: Decimal
    """Units as billed; counted from the record where the line leaves them empty."""

    @property
    def is_discarded(self) -> bool:
        """Whether the line bills what was discarded."""
        return DISCARDED in self.modifiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One claim and everything that an edit may look at."""

    infusion: Infusion
    lines: tuple[BilledLine, ...]
    doses: tuple[BilledLine, ...]
    """Lines of the code of the dose."""
    tables: CodeTables
    today: date
    together: Together
    payer: Payer | None
    therapy: Therapy | None
    code: Code | None
    """The code of the dose as one that counts a drug."""
    prescribed: int
    given: int
    discarded: int
    supplied: int | None
    previous: int | None
    before: int | None
    """Activities of the record. [Bq]"""
    diagnoses: tuple[str, ...]
    total: Decimal

    @property
    def is_institutional(self) -> bool:
        """Whether a hospital bills."""
        return self.infusion.form == "institutional"


def case_of(claimed: Claimed, tables: CodeTables, today: date, together: Together) -> Case:
    """The claim with what follows from its record.

    Args:
        claimed: The record and its lines, activities readable.
        tables: Codes and payers.
        today: Day on which the claim is filed.
        together: What the claims of the file have in common.
    """
    one = claimed.infusion
    given, discarded = activity_bq(one.administered), activity_bq(one.discarded)
    lines = tuple(
        _billed(number, line, tables, given=given, discarded=discarded)
        for number, line in enumerate(claimed.lines, start=1)
    )
    return Case(
        infusion=one,
        lines=lines,
        doses=tuple(line for line in lines if line.line.code == one.hcpcs),
        tables=tables,
        today=today,
        together=together,
        payer=tables.payers.get(one.payer),
        therapy=tables.therapies.get(one.hcpcs),
        code=tables.drug(one.hcpcs),
        prescribed=activity_bq(one.prescribed),
        given=given,
        discarded=discarded,
        supplied=_activity(one.supplied),
        previous=_activity(one.previous_given),
        before=_activity(one.given_before),
        diagnoses=tuple(code.replace(".", "").upper() for code in one.diagnoses.split()),
        total=sum((line.line.charge for line in lines), Decimal(0)),
    )


def _activity(text: str) -> int | None:
    return activity_bq(text) if text else None


def _billed(
    number: int, line: Line, tables: CodeTables, *, given: int, discarded: int
) -> BilledLine:
    """A line with the units that the record counts where it says none."""
    modifiers = tuple(line.modifiers.upper().split())
    drug = tables.drug(line.code)
    if line.units is None:
        units = Decimal(_counted(drug, modifiers, given=given, discarded=discarded))
    else:
        units = Decimal(int(line.units) if line.units % 1 == 0 else str(line.units))
    return BilledLine(number=number, line=line, modifiers=modifiers, drug=drug, units=units)


def _counted(drug: Code | None, modifiers: tuple[str, ...], *, given: int, discarded: int) -> int:
    """Units of a line that says none: from the activity, one for what is no drug."""
    if drug is None or drug.unit_bq is None:
        return 1
    if DISCARDED in modifiers:
        return discarded_units(given, discarded, drug.unit_bq)
    return started_units(given, drug.unit_bq)
