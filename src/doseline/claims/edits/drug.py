"""Drug codes, and codes that name no product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.claims.registry import edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import BilledLine, Case
    from doseline.claims.registry import Found

UNITS = ("F2", "GR", "ME", "ML", "UN")
"""Units of a drug quantity: CTP05-1."""
DIGITS = 11
MOST_QUANTITY = 9_999_999


def _drug_lines(case: Case) -> Iterable[BilledLine]:
    return (line for line in case.lines if line.drug is not None)


def plain_drug_code(text: str) -> str:
    """A drug code without its hyphens.

    >>> plain_drug_code("69488-0010-61")
    '69488001061'
    """
    return text.replace("-", "").strip()


@edit("N01")
def missing(case: Case) -> Iterable[Found]:
    """A drug line without drug code where the payer or the code asks for one."""
    asked = case.payer is not None and case.payer.drug_code
    for line in _drug_lines(case):
        if not line.line.ndc and (asked or line.line.code in case.tables.unnamed):
            yield {"line": line.number, "code": line.line.code}


@edit("N02")
def digits(case: Case) -> Iterable[Found]:
    """A drug code has eleven digits, 5-4-2."""
    for line in case.lines:
        code = plain_drug_code(line.line.ndc)
        if code and not (len(code) == DIGITS and code.isascii() and code.isdigit()):
            yield {"line": line.number, "ndc": line.line.ndc}


@edit("N03")
def of_another_product(case: Case) -> Iterable[Found]:
    """The drug code belongs to another product than the code of the line."""
    for line in _drug_lines(case):
        known = line.drug.drug_codes if line.drug else ()
        code = plain_drug_code(line.line.ndc)
        if known and len(code) == DIGITS and not code.startswith(known):
            yield {"line": line.number, "ndc": line.line.ndc, "code": line.line.code}


@edit("N04")
def unit(case: Case) -> Iterable[Found]:
    """A drug code comes with the unit of its quantity."""
    for line in case.lines:
        if line.line.ndc and line.line.ndc_unit not in UNITS:
            yield {"line": line.number, "unit": line.line.ndc_unit or "–"}


@edit("N05")
def quantity(case: Case) -> Iterable[Found]:
    """A drug code comes with a quantity above zero, in thousandths at most."""
    for line in case.lines:
        found = line.line.ndc_quantity or 0
        whole = round(found, 3) == found
        if line.line.ndc and not (whole and 0 < found <= MOST_QUANTITY):
            yield {"line": line.number}


@edit("N06")
def volume(case: Case) -> Iterable[Found]:
    """All millilitres of the dose together against the vials of the label."""
    measured = [line for line in case.doses if line.line.ndc_unit == "ML"]
    together = sum(line.line.ndc_quantity or 0 for line in measured)
    if case.therapy is None or not together:
        return
    low, high = case.therapy.volume_ml
    # Part of a vial may be given, so only more than the vial can be wrong with a discarded line.
    if together > high or (together < low and case.discarded == 0):
        yield {"volume": f"{together:g}", "low": f"{low:g}", "high": f"{high:g}"}


@edit("N07")
def words_of_unnamed(case: Case) -> Iterable[Found]:
    """A code that names no product needs words."""
    for line in case.lines:
        if line.line.code in case.tables.unnamed and not line.line.description:
            yield {"line": line.number, "code": line.line.code}


@edit("N08")
def invoice_of_unnamed(case: Case) -> Iterable[Found]:
    """A code that names no product needs the invoice."""
    for line in case.lines:
        if line.line.code in case.tables.unnamed and line.line.invoice is None:
            yield {"line": line.number, "code": line.line.code}


@edit("N09")
def unnamed_though_named(case: Case) -> Iterable[Found]:
    """A code for unnamed products though the drug code has one of its own on that day."""
    named = (*case.tables.therapies.values(), *case.tables.agents.values())
    for line in case.lines:
        code = plain_drug_code(line.line.ndc)
        if line.line.code not in case.tables.unnamed or not code:
            continue
        if any(
            one.drug_codes
            and code.startswith(one.drug_codes)
            and one.valid_from <= case.infusion.infusion_date
            for one in named
        ):
            yield {"line": line.number, "ndc": line.line.ndc, "code": line.line.code}


@edit("N10")
def units_of_unnamed(case: Case) -> Iterable[Found]:
    """A code that names no product is billed once."""
    for line in case.lines:
        if line.line.code in case.tables.unnamed and line.units != 1:
            yield {"line": line.number, "units": line.units}


@edit("N11")
def unknown_dose(case: Case) -> Iterable[Found]:
    """The code of the dose is in no table, so most checks cannot be made."""
    if case.code is None:
        yield {"code": case.infusion.hcpcs}


@edit("N12")
def two_drug_codes(case: Case) -> Iterable[Found]:
    """Given and discarded parts of one vial have one drug code."""
    codes = {plain_drug_code(line.line.ndc) for line in case.doses if line.line.ndc}
    if len(codes) > 1:
        yield {"codes": ", ".join(sorted(codes))}
