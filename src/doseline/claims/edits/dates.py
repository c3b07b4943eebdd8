"""Days in their order, codes by date, and the time to file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.claims.registry import edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import Case
    from doseline.claims.registry import Found

NEAR_DAYS = 14
"""Days before the end of filing at which a claim is urgent. [d] Assumption."""


def _left(case: Case) -> int | None:
    """Days left to file, negative when over. [d]"""
    allowed = case.infusion.filing_days or (case.payer.filing_days if case.payer else None)
    return None if allowed is None else allowed - (case.today - case.infusion.infusion_date).days


@edit("D01")
def future(case: Case) -> Iterable[Found]:
    """The infusion has happened."""
    if case.infusion.infusion_date > case.today:
        yield {"day": case.infusion.infusion_date, "today": case.today}


@edit("D02")
def before_order(case: Case) -> Iterable[Found]:
    """The infusion is not before its order."""
    day = case.infusion.order_date
    if day is not None and case.infusion.infusion_date < day:
        yield {"day": case.infusion.infusion_date, "order": day}


@edit("D03")
def before_directive(case: Case) -> Iterable[Found]:
    """A written directive was there before the infusion."""
    day = case.infusion.directive_date
    if day is None or day > case.infusion.infusion_date:
        yield {"day": case.infusion.infusion_date, "directive": day or "–"}


@edit("D04")
def dose_on_another_day(case: Case) -> Iterable[Found]:
    """Lines of the dose are of the day of the infusion."""
    for line in case.doses:
        day = line.line.service_date
        if day is not None and day != case.infusion.infusion_date:
            yield {"line": line.number, "day": day, "infusion": case.infusion.infusion_date}


@edit("D05")
def before_approval(case: Case) -> Iterable[Found]:
    """The product was approved on that day."""
    if case.therapy and case.infusion.infusion_date < case.therapy.approved:
        yield {"code": case.therapy.code, "approved": case.therapy.approved}


@edit("D06")
def code_not_yet(case: Case) -> Iterable[Found]:
    """Drug codes are valid on the day of their line: not before the first day."""
    for line in case.lines:
        day = line.line.service_date or case.infusion.infusion_date
        if line.drug and day < line.drug.valid_from:
            yield {"line": line.number, "code": line.drug.code, "first": line.drug.valid_from}


@edit("D07")
def modifier_over(case: Case) -> Iterable[Found]:
    """A modifier that ended is not used after its last day."""
    for line in case.lines:
        day = line.line.service_date or case.infusion.infusion_date
        if "JG" in line.modifiers and day.year > 2024:
            yield {"line": line.number, "day": day}


@edit("D08")
def filed_late(case: Case) -> Iterable[Found]:
    """The payer's time to file is not over."""
    left = _left(case)
    if left is not None and left < 0:
        yield {"days": -left}


@edit("D09")
def filed_soon(case: Case) -> Iterable[Found]:
    """The payer's time to file is nearly over."""
    left = _left(case)
    if left is not None and 0 <= left <= NEAR_DAYS:
        yield {"days": left}


@edit("D10")
def line_far_away(case: Case) -> Iterable[Found]:
    """Services of another day belong on another claim of an outpatient."""
    for line in case.lines:
        day = line.line.service_date
        other = line.line.code != case.infusion.hcpcs
        if other and day is not None and day != case.infusion.infusion_date:
            yield {"line": line.number, "day": day, "infusion": case.infusion.infusion_date}


@edit("D11")
def previous_after(case: Case) -> Iterable[Found]:
    """The dose before was before."""
    day = case.infusion.previous_date
    if day is not None and day >= case.infusion.infusion_date:
        yield {"previous": day, "infusion": case.infusion.infusion_date}


@edit("D12")
def born_after(case: Case) -> Iterable[Found]:
    """The patient was born before the infusion, and not too long ago."""
    years = (case.infusion.infusion_date - case.infusion.birth_date).days / 365.25
    if not 0 <= years <= 120:
        yield {"birth": case.infusion.birth_date}
