"""The claim as a whole: number, frequency, lines, charges, other payers."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from doseline.claims.case import same_dose
from doseline.claims.registry import edit
from doseline.claims.units import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import Case
    from doseline.claims.registry import Found

MOST_LINES = 50
"""Lines that a claim holds: LX of 005010X222A1, and what x12sdk writes of 005010X223A2."""
CODE = re.compile(r"[A-Z0-9]{5}")
"""A procedure or drug code: five capitals and digits."""
NUMBER = re.compile(r"[A-Za-z0-9.\-]{1,20}")
"""What all payers return of a claim number: twenty letters, digits, points and hyphens."""
FREQUENCIES = ("1", "7", "8")
MOST_CHARGE = Decimal("99999999.99")
"""Ten digits with cents: what R in CLM02 and SV203 holds on paper and in most systems."""


@edit("C01")
def number(case: Case) -> Iterable[Found]:
    """The number of the claim comes back whole."""
    if not NUMBER.fullmatch(case.infusion.claim):
        yield {"claim": case.infusion.claim}


@edit("C02")
def dose_twice(case: Case) -> Iterable[Found]:
    """The same dose is on another claim of the file."""
    if case.infusion.frequency == "1" and case.together.doses[same_dose(case.infusion)] > 1:
        yield {"day": case.infusion.infusion_date, "code": case.infusion.hcpcs}


@edit("C03")
def frequency(case: Case) -> Iterable[Found]:
    """Frequency codes that an infusion can have."""
    if case.infusion.frequency not in FREQUENCIES:
        yield {"frequency": case.infusion.frequency}


@edit("C04")
def original_missing(case: Case) -> Iterable[Found]:
    """A replacement names what it replaces."""
    if case.infusion.frequency in {"7", "8"} and not 1 <= len(case.infusion.original_claim) <= 50:
        yield {"frequency": case.infusion.frequency}


@edit("C05")
def original_unwanted(case: Case) -> Iterable[Found]:
    """A first claim replaces nothing."""
    if case.infusion.frequency == "1" and case.infusion.original_claim:
        yield {"original": case.infusion.original_claim}


@edit("C06")
def lines_many(case: Case) -> Iterable[Found]:
    """Lines within what the form holds."""
    if not 1 <= len(case.lines) <= MOST_LINES:
        yield {"count": len(case.lines), "most": MOST_LINES}


@edit("C07")
def total(case: Case) -> Iterable[Found]:
    """The total is the sum of the lines."""
    said = case.infusion.total_charge
    if said is not None and said != case.total:
        yield {"total": plain(said), "sum": plain(case.total)}


@edit("C08")
def charge_positive(case: Case) -> Iterable[Found]:
    """Charges are above zero; what was discarded may be charged as nothing."""
    for line in case.lines:
        if line.line.charge < 0 or (line.line.charge == 0 and not line.is_discarded):
            yield {"line": line.number, "charge": plain(line.line.charge)}


@edit("C09")
def charge_per_unit(case: Case) -> Iterable[Found]:
    """One charge per unit of one drug, given or discarded."""
    charges = {
        (line.line.charge / line.units).quantize(Decimal("0.01"))
        for line in case.doses
        if line.units > 0 and line.line.charge > 0
    }
    if len(charges) > 1 and max(charges) - min(charges) > Decimal("0.05"):
        yield {"charges": ", ".join(str(one) for one in sorted(charges))}


@edit("C10")
def charge_form(case: Case) -> Iterable[Found]:
    """Charges in whole cents that the form holds."""
    for line in case.lines:
        charge = line.line.charge
        if charge != charge.quantize(Decimal("0.01")) or charge > MOST_CHARGE:
            yield {"line": line.number, "charge": plain(charge)}


@edit("C11")
def line_twice(case: Case) -> Iterable[Found]:
    """No line twice."""
    counts = Counter(
        (line.line.code, frozenset(line.modifiers), line.line.service_date, line.line.revenue)
        for line in case.lines
    )
    for (code, modifiers, _, _), count in counts.items():
        if count > 1:
            yield {"code": " ".join((code, *sorted(modifiers))), "count": count}


@edit("C12")
def claim_twice(case: Case) -> Iterable[Found]:
    """A claim number stands for one claim."""
    count = case.together.claims[case.infusion.claim]
    if count > 1:
        yield {"claim": case.infusion.claim, "count": count}


@edit("C13")
def other_payer_missing(case: Case) -> Iterable[Found]:
    """A later payer wants to know what the first one paid."""
    one = case.infusion
    numbers = (one.other_payer_id, one.other_subscriber_id)
    whole = one.other_payer_name and one.other_paid is not None
    known = one.other_payer in case.tables.payers and all(2 <= len(one) <= 80 for one in numbers)
    if one.payer_order != "P" and not (whole and known):
        yield {"order": one.payer_order}


@edit("C14")
def other_payer_same(case: Case) -> Iterable[Found]:
    """The other payer is another one."""
    if case.infusion.other_payer_id and case.infusion.other_payer_id == case.infusion.payer_id:
        yield {"payer": case.infusion.payer_id}


@edit("C15")
def other_paid_too_much(case: Case) -> Iterable[Found]:
    """The other payer did not pay more than was charged."""
    paid = case.infusion.other_paid
    if paid is not None and not 0 <= paid <= case.total:
        yield {"paid": plain(paid), "total": plain(case.total)}


@edit("C16")
def giving_missing(case: Case) -> Iterable[Found]:
    """The dose was given by somebody: a line that is no drug goes with it."""
    if all(line.drug is not None for line in case.lines):
        yield {"code": case.infusion.hcpcs}


@edit("C17")
def code_form(case: Case) -> Iterable[Found]:
    """Codes of lines have the form of one."""
    for line in case.lines:
        if not CODE.fullmatch(line.line.code):
            yield {"line": line.number, "code": line.line.code}
