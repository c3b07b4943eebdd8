"""Modifiers: wastage, scans, discount programmes, trials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from doseline.claims.case import DISCARDED, NONE_DISCARDED, SCAN_REVENUE
from doseline.claims.registry import edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import Case
    from doseline.claims.registry import Found

MODIFIER = re.compile(r"[A-Z0-9]{2}")
MOST = 4
SCAN = ("PI", "PS")
DISCOUNT = "TB"
TRIAL_MODIFIERS = ("Q0", "Q1")
TRIAL_DIAGNOSIS = "Z006"
TRIAL_CONDITION = "30"
TRIAL_NUMBER = re.compile(r"NCT\d{8}")
PARTS = ("26", "TC")


@edit("M01")
def form(case: Case) -> Iterable[Found]:
    """At most four modifiers of two characters, none twice."""
    for line in case.lines:
        wrong = [one for one in line.modifiers if not MODIFIER.fullmatch(one)]
        twice = len(set(line.modifiers)) < len(line.modifiers)
        if wrong or twice or len(line.modifiers) > MOST:
            yield {"line": line.number, "modifiers": " ".join(line.modifiers)}


@edit("M02")
def wastage_missing(case: Case) -> Iterable[Found]:
    """A vial for one patient says whether something was discarded."""
    if case.payer is None or not case.payer.wastage or case.therapy is None:
        return
    billed = any(line.is_discarded for line in case.doses)
    for line in case.doses:
        if not line.is_discarded and NONE_DISCARDED not in line.modifiers and not billed:
            yield {"line": line.number, "code": line.line.code}


@edit("M03")
def wastage_both(case: Case) -> Iterable[Found]:
    """Either something was discarded or nothing."""
    used = {one for line in case.doses for one in line.modifiers}
    if {DISCARDED, NONE_DISCARDED} <= used:
        yield {"code": case.infusion.hcpcs}


@edit("M04")
def none_discarded_wrong(case: Case) -> Iterable[Found]:
    """JZ says that nothing was discarded."""
    for line in case.doses:
        if NONE_DISCARDED in line.modifiers and case.discarded > 0:
            yield {"line": line.number, "discarded": case.infusion.discarded}


@edit("M05")
def wastage_on_service(case: Case) -> Iterable[Found]:
    """Only drugs are discarded."""
    for line in case.lines:
        service = line.drug is None and line.line.code != case.infusion.hcpcs
        if service and {DISCARDED, NONE_DISCARDED} & set(line.modifiers):
            yield {"line": line.number, "code": line.line.code}


@edit("M06")
def scan_missing(case: Case) -> Iterable[Found]:
    """A PET says which strategy it serves."""
    if case.payer is None or not case.payer.scan_modifier:
        return
    for line in case.lines:
        scan = line.line.revenue == SCAN_REVENUE and line.drug is None
        if scan and not set(SCAN) & set(line.modifiers):
            yield {"line": line.number, "code": line.line.code}


@edit("M07")
def scan_both(case: Case) -> Iterable[Found]:
    """A PET serves one strategy."""
    for line in case.lines:
        if set(SCAN) <= set(line.modifiers):
            yield {"line": line.number}


@edit("M08")
def discount_missing(case: Case) -> Iterable[Found]:
    """A dose of a discount programme says so where the payer asks."""
    if case.payer is None or not case.payer.discount_modifier or not case.infusion.discount:
        return
    for line in case.doses:
        if DISCOUNT not in line.modifiers:
            yield {"line": line.number}


@edit("M09")
def discount_wrong(case: Case) -> Iterable[Found]:
    """Only a dose of a discount programme says so."""
    for line in case.lines:
        if DISCOUNT in line.modifiers and not case.infusion.discount:
            yield {"line": line.number}


@edit("M10")
def trial_number(case: Case) -> Iterable[Found]:
    """Trial numbers are NCT and eight digits."""
    if case.infusion.trial and not TRIAL_NUMBER.fullmatch(case.infusion.trial):
        yield {"trial": case.infusion.trial}


@edit("M11")
def trial_codes(case: Case) -> Iterable[Found]:
    """A trial shows in diagnosis, modifiers and condition code."""
    if not case.infusion.trial or case.payer is None or not case.payer.trial_codes:
        return
    used = {one for line in case.lines for one in line.modifiers}
    conditions = case.infusion.condition_codes.split()
    whole = (
        TRIAL_DIAGNOSIS in case.diagnoses
        and used & set(TRIAL_MODIFIERS)
        and (TRIAL_CONDITION in conditions or not case.is_institutional)
    )
    if not whole:
        yield {"trial": case.infusion.trial}


@edit("M12")
def trial_missing(case: Case) -> Iterable[Found]:
    """Codes of a trial without its number."""
    used = {one for line in case.lines for one in line.modifiers}
    marked = TRIAL_DIAGNOSIS in case.diagnoses or used & set(TRIAL_MODIFIERS)
    if marked and not case.infusion.trial:
        yield {}


@edit("M13")
def parts_of_drug(case: Case) -> Iterable[Found]:
    """A drug has no professional or technical part."""
    for line in case.lines:
        found = [one for one in PARTS if one in line.modifiers]
        if line.drug is not None and found:
            yield {"line": line.number, "modifier": found[0]}
