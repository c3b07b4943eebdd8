"""Units against activity: the count, its scale, what was discarded, the directive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.claims.registry import edit
from doseline.claims.units import discarded_units, started_units
from doseline.physics.units import format_activity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.claims.case import BilledLine, Case
    from doseline.claims.registry import Found

SCALES = (10, 100, 1000, 27, 37)
"""Factors between units in use: 0.1 and 0.01 mCi, uCi, MBq and GBq to mCi."""
MOST_UNITS = 9_999_999
"""Units that a line holds: seven digits, and three decimals of what is no drug."""
DIRECTIVE_SHARE = 0.20
"""Most that a dosage may differ from the directive: 10 CFR 35.63(d)."""
LABEL_SHARE = 0.10
"""Most that a vial may differ from its dose at administration: PLUVICTO, LUTATHERA section 2."""


def _counted(case: Case) -> Iterable[tuple[BilledLine, int, int]]:
    """Drug lines of the dose, units that the activity makes, and the unit."""
    if case.code is None or case.code.unit_bq is None:
        return
    unit = case.code.unit_bq
    for line in case.doses:
        right = (
            discarded_units(case.given, case.discarded, unit)
            if line.is_discarded
            else started_units(case.given, unit)
        )
        yield line, right, unit


def _share(activity: int, of: int) -> float:
    return abs(activity - of) / of if of else float("inf")


@edit("U01")
def dose_not_billed(case: Case) -> Iterable[Found]:
    """No line bills what was given."""
    if not any(not line.is_discarded for line in case.doses):
        yield {"code": case.infusion.hcpcs}


@edit("U02")
def units_of_given(case: Case) -> Iterable[Found]:
    """Units of the dose against its activity."""
    for line, right, unit in _counted(case):
        if not line.is_discarded and line.units != right:
            yield {
                "line": line.number,
                "units": line.units,
                "right": right,
                "activity": format_activity(case.given),
                "unit": format_activity(unit),
            }


@edit("U03")
def units_whole(case: Case) -> Iterable[Found]:
    """Drug units are whole and above zero."""
    for line in case.lines:
        parts = line.units * 1000 if line.drug is None else line.units
        if not 0 < line.units <= MOST_UNITS or parts != int(parts):
            yield {"line": line.number, "units": line.units}


@edit("U04")
def units_of_another_scale(case: Case) -> Iterable[Found]:
    """The count is right in another unit: the unit trap."""
    for line, right, unit in _counted(case):
        for factor in SCALES:
            near = (right * factor, right / factor)
            wrong = line.units != right and right > 0
            if wrong and any(abs(float(line.units) / one - 1) < 0.02 for one in near):
                yield {
                    "line": line.number,
                    "units": line.units,
                    "factor": factor,
                    "unit": format_activity(unit),
                }
                break


@edit("U05")
def units_of_discarded(case: Case) -> Iterable[Found]:
    """Units of the discarded line against the activity discarded."""
    for line, right, _ in _counted(case):
        if line.is_discarded and right and line.units != right:
            yield {
                "line": line.number,
                "units": line.units,
                "right": right,
                "activity": format_activity(case.discarded),
            }


@edit("U06")
def discarded_not_billed(case: Case) -> Iterable[Found]:
    """Something was discarded that no line bills though the payer wants it on its own line."""
    if case.payer is None or not case.payer.wastage or case.code is None:
        return
    unit = case.code.unit_bq
    if unit and not any(line.is_discarded for line in case.doses):
        units = discarded_units(case.given, case.discarded, unit)
        if units:
            yield {"activity": format_activity(case.discarded), "units": units}


@edit("U07")
def discarded_without_loss(case: Case) -> Iterable[Found]:
    """A discarded line though nothing, or less than a unit, was discarded."""
    for line, right, _ in _counted(case):
        if line.is_discarded and not right:
            yield {"line": line.number, "activity": format_activity(case.discarded)}


@edit("U08")
def more_than_supplied(case: Case) -> Iterable[Found]:
    """Given and discarded together exceed what was in the vial."""
    if case.supplied is not None and case.given + case.discarded > case.supplied:
        yield {
            "together": format_activity(case.given + case.discarded),
            "supplied": format_activity(case.supplied),
        }


@edit("U09")
def decay_is_not_waste(case: Case) -> Iterable[Found]:
    """Less is accounted for than the vial held, by more than its tolerance."""
    if case.supplied is None:
        return
    missing = case.supplied - case.given - case.discarded
    if missing > LABEL_SHARE * case.supplied:
        yield {
            "missing": format_activity(missing),
            "supplied": format_activity(case.supplied),
        }


@edit("U10")
def given_against_directive(case: Case) -> Iterable[Found]:
    """Activity given against the written directive."""
    if _share(case.given, case.prescribed) > DIRECTIVE_SHARE:
        yield {
            "given": format_activity(case.given),
            "prescribed": format_activity(case.prescribed),
        }


@edit("U11")
def dose_step(case: Case) -> Iterable[Found]:
    """The directive against the doses of the label."""
    steps = case.therapy.doses_bq if case.therapy else ()
    if steps and all(_share(case.prescribed, step) > LABEL_SHARE for step in steps):
        yield {
            "prescribed": format_activity(case.prescribed),
            "steps": " / ".join(format_activity(step) for step in steps),
        }


@edit("U12")
def dose_raised_again(case: Case) -> Iterable[Found]:
    """A reduced dose goes back up where the label never lets it."""
    if case.therapy is None or case.therapy.may_rise_again or case.previous is None:
        return
    full, reduced = case.therapy.doses_bq[0], case.therapy.doses_bq[-1]
    was_reduced = _share(case.previous, reduced) < _share(case.previous, full)
    now_full = _share(case.prescribed, full) < _share(case.prescribed, reduced)
    if was_reduced and now_full:
        yield {
            "previous": format_activity(case.previous),
            "prescribed": format_activity(case.prescribed),
        }


@edit("U13")
def dose_by_weight(case: Case) -> Iterable[Found]:
    """The directive against a label that doses by weight."""
    if case.therapy is None or case.therapy.dose_bq_per_kg is None:
        return
    weight = case.infusion.weight_kg
    if weight is None:
        yield {"prescribed": format_activity(case.prescribed), "right": "?", "weight": "?"}
        return
    right = round(weight * case.therapy.dose_bq_per_kg)
    if _share(case.prescribed, right) > DIRECTIVE_SHARE:
        yield {
            "prescribed": format_activity(case.prescribed),
            "right": format_activity(right),
            "weight": f"{weight:g}",
        }


@edit("U14")
def cumulative(case: Case) -> Iterable[Found]:
    """All doses together against the label's course."""
    limit = case.therapy.cumulative_bq if case.therapy else None
    together = (case.before or 0) + case.given
    if limit is not None and together > limit * (1 + LABEL_SHARE):
        yield {"together": format_activity(together), "limit": format_activity(limit)}


@edit("U15")
def before_against_cycle(case: Case) -> Iterable[Found]:
    """Activity before this dose though it is the first, or none though it is not."""
    if case.before is not None and (case.before > 0) != (case.infusion.cycle > 1):
        yield {"cycle": case.infusion.cycle, "before": format_activity(case.before)}
