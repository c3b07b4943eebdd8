"""Where the dose was given, on which form, under which revenue code and status."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doseline.claims.case import SCAN_REVENUE
from doseline.claims.registry import edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import Case
    from doseline.claims.registry import Found

BILL_TYPE = re.compile(r"0?(13|85|14|12)[0-9]")
"""Hospital outpatient, critical access hospital, and what else bills outpatient services."""
HOSPITAL_PLACES = frozenset({"19", "21", "22", "23"})
"""Places of service whose hospital bills the drug."""
PLACES = frozenset({"11", "19", "20", "21", "22", "23", "24", "49", "50", "72"})
REVENUE = re.compile(r"0\d{3}")
DIAGNOSTIC_REVENUE = ("0343", "0636")
MOST_CONDITIONS = 24
STATUS = ("G", "K", "N")
"""Pass-through; paid by itself; packaged."""


@edit("S01")
def revenue_missing(case: Case) -> Iterable[Found]:
    """Hospital lines have a revenue code."""
    for line in case.lines:
        if case.is_institutional and not REVENUE.fullmatch(line.line.revenue):
            yield {"line": line.number, "revenue": line.line.revenue or "–"}


@edit("S02")
def revenue_of_drug(case: Case) -> Iterable[Found]:
    """The revenue code fits the drug."""
    for line in case.lines:
        if not case.is_institutional or not line.line.revenue:
            continue
        therapy = case.tables.therapies.get(line.line.code)
        agent = case.tables.agents.get(line.line.code)
        allowed = therapy.revenue if therapy else DIAGNOSTIC_REVENUE if agent else ()
        if allowed and line.line.revenue not in allowed:
            yield {
                "line": line.number,
                "revenue": line.line.revenue,
                "code": line.line.code,
                "allowed": ", ".join(allowed),
            }


@edit("S03")
def revenue_unwanted(case: Case) -> Iterable[Found]:
    """Office lines have no revenue code."""
    for line in case.lines:
        # 0404 marks a scan for the edits of scan modifiers; it is not written.
        if not case.is_institutional and line.line.revenue not in {"", SCAN_REVENUE}:
            yield {"line": line.number, "revenue": line.line.revenue}


@edit("S04")
def bill_type(case: Case) -> Iterable[Found]:
    """The type of bill is one of a hospital outpatient."""
    if case.is_institutional and not BILL_TYPE.fullmatch(case.infusion.bill_type):
        yield {"bill": case.infusion.bill_type or "–"}


@edit("S05")
def bill_frequency(case: Case) -> Iterable[Found]:
    """The last digit of the type of bill is the frequency."""
    bill = case.infusion.bill_type
    if case.is_institutional and bill and bill[-1] != case.infusion.frequency:
        yield {"bill": bill, "frequency": case.infusion.frequency}


@edit("S06")
def place_missing(case: Case) -> Iterable[Found]:
    """An office claim says the place."""
    if not case.is_institutional and case.infusion.place_of_service not in PLACES:
        yield {"place": case.infusion.place_of_service or "–"}


@edit("S07")
def place_of_hospital(case: Case) -> Iterable[Found]:
    """In a hospital the hospital bills the drug."""
    place = case.infusion.place_of_service
    if not case.is_institutional and place in HOSPITAL_PLACES and case.doses:
        yield {"place": place, "code": case.infusion.hcpcs}


@edit("S08")
def place_against_form(case: Case) -> Iterable[Found]:
    """A hospital claim has a type of bill and no place; an office claim the other way round."""
    one = case.infusion
    if (case.is_institutional and one.place_of_service) or (
        not case.is_institutional and one.bill_type
    ):
        yield {"form": one.form, "found": one.place_of_service or one.bill_type}


@edit("S09")
def code_of_another_form(case: Case) -> Iterable[Found]:
    """Codes of the hospital system only on hospital claims."""
    for line in case.lines:
        if line.drug and case.infusion.form not in line.drug.forms:
            yield {"line": line.number, "code": line.line.code, "form": case.infusion.form}


@edit("S10")
def status(case: Case) -> Iterable[Found]:
    """Pass-through in the charge master against the quarter."""
    for line in case.lines:
        if not line.line.status or line.drug is None:
            continue
        day = line.line.service_date or case.infusion.infusion_date
        period = line.drug.pass_through
        passes = period is not None and period[0] <= day <= period[1]
        if (line.line.status == "G") != passes or line.line.status not in STATUS:
            yield {
                "line": line.number,
                "status": line.line.status,
                "code": line.line.code,
                "last": period[1] if period else "–",
            }


@edit("S11")
def codes_of_stay(case: Case) -> Iterable[Found]:
    """Point of origin and discharge status that an outpatient can have."""
    one = case.infusion
    source = re.fullmatch(r"[1-9A-F]", one.admission_source)
    state = re.fullmatch(r"\d{2}", one.patient_status)
    if case.is_institutional and not (source and state):
        yield {"source": one.admission_source or "–", "status": one.patient_status or "–"}


@edit("S12")
def condition_codes(case: Case) -> Iterable[Found]:
    """Condition codes have two characters, and stand on hospital claims."""
    codes = case.infusion.condition_codes.split()
    wrong = [code for code in codes if not re.fullmatch(r"[0-9A-Z]{2}", code)]
    if wrong or len(codes) > MOST_CONDITIONS or (codes and not case.is_institutional):
        yield {"codes": ", ".join(wrong or codes)}
