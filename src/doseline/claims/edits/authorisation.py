"""The authorisation: there, in its window, for the code and for enough units."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from doseline.claims.registry import edit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import Case
    from doseline.claims.registry import Found

NUMBER = re.compile(r"[A-Za-z0-9\-]{1,50}")


@edit("A01")
def missing(case: Case) -> Iterable[Found]:
    """A number where the payer asks for one."""
    if case.payer and case.payer.authorisation and not case.infusion.authorisation:
        yield {"payer": case.infusion.payer_name}


@edit("A02")
def outside_window(case: Case) -> Iterable[Found]:
    """The infusion lies in the window."""
    one = case.infusion
    day, start, end = one.infusion_date, one.authorisation_start, one.authorisation_end
    if (start is not None and day < start) or (end is not None and day > end):
        yield {"day": day, "start": start or "–", "end": end or "–"}


@edit("A03")
def too_few_units(case: Case) -> Iterable[Found]:
    """Units left cover what is billed, discarded units too."""
    one = case.infusion
    billed = sum(line.units for line in case.doses)
    if one.authorisation_units is None:
        return
    left = one.authorisation_units - one.authorisation_used
    if billed > left:
        yield {"billed": billed, "left": left, "units": one.authorisation_units}


@edit("A04")
def renewal(case: Case) -> Iterable[Found]:
    """The window covers the next dose of the course too."""
    one = case.infusion
    if case.therapy is None or one.authorisation_end is None or one.course_doses is None:
        return
    after = one.infusion_date + timedelta(days=case.therapy.interval_days)
    if one.cycle < one.course_doses and after > one.authorisation_end:
        yield {"next": after, "end": one.authorisation_end, "cycle": one.cycle + 1}


@edit("A05")
def another_code(case: Case) -> Iterable[Found]:
    """The authorised code is the billed one."""
    code = case.infusion.authorisation_code
    if code and code != case.infusion.hcpcs:
        yield {"authorised": code, "code": case.infusion.hcpcs}


@edit("A06")
def window_turned(case: Case) -> Iterable[Found]:
    """The window begins before it ends."""
    one = case.infusion
    start, end = one.authorisation_start, one.authorisation_end
    if start is not None and end is not None and start > end:
        yield {"start": start, "end": end}


@edit("A07")
def number(case: Case) -> Iterable[Found]:
    """The number in plain characters."""
    text = case.infusion.authorisation
    if text and not NUMBER.fullmatch(text):
        yield {"number": text}


@edit("A08")
def window_without_number(case: Case) -> Iterable[Found]:
    """A window or units belong to a number."""
    one = case.infusion
    about = (one.authorisation_start, one.authorisation_end, one.authorisation_units)
    if any(part is not None for part in about) and not one.authorisation:
        yield {}


@edit("A09")
def units_for_renewal(case: Case) -> Iterable[Found]:
    """Units left cover the next dose of the course too."""
    one = case.infusion
    if one.authorisation_units is None or one.course_doses is None:
        return
    billed = sum(line.units for line in case.doses)
    left = one.authorisation_units - one.authorisation_used - billed
    if one.cycle < one.course_doses and 0 <= left < billed:
        yield {"left": left, "cycle": one.cycle + 1}
