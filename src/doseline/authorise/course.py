"""Doses given and planned, and where along them the authorisation must be renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from doseline.authorise.names import Basis, Reason
    from doseline.authorise.policy import Policy, Product, Renewal
    from doseline.authorise.record import Record


_NEVER = 2200
"""Year from which on a day of a record stands for none, as 9999-12-31 often does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One cycle of the course."""

    cycle: int
    day: date
    basis: Basis
    """Given, asked for by an order, or counted from the one before."""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalDue:
    """The cycle that the authorisation no longer holds."""

    cycle: int
    day: date
    """Day of that cycle."""
    reason: Reason
    """Its number of cycles or its days are used up."""


def course_of(record: Record, product: Product, day: date) -> tuple[Dose, ...]:
    """The doses given up to a day and those planned after it.

    A day that an order names counts; without one, the next dose is one interval after the last.
    Nothing is planned before the first dose unless an order names a day.
    """
    given = sorted(
        (fact.when.first, fact.reference)
        for fact in record.facts
        if fact.kind == "MedicationAdministration"
        and fact.unclear is None
        and fact.when is not None
        and fact.when.first <= day
        and any(product.drug.holds(code) for code in fact.codes)
    )
    doses = [
        Dose(cycle=place + 1, day=on, basis="given", reference=reference)
        for place, (on, reference) in enumerate(given)
    ]
    asked = _requested(record, product, day)
    while len(doses) < product.course.cycles and (doses or asked):
        last = doses[-1].day if doses else None
        asked = [one for one in asked if last is None or one[0] > last]
        if asked:
            on, reference = asked[0]
            doses.append(Dose(cycle=len(doses) + 1, day=on, basis="requested", reference=reference))
        elif last is not None:
            on = max(last + timedelta(days=product.course.interval_d), day)
            doses.append(Dose(cycle=len(doses) + 1, day=on, basis="interval"))
    return tuple(doses)


def renewals(doses: Sequence[Dose], renewal: Renewal | None) -> tuple[RenewalDue, ...]:
    """The cycles before which an authorisation must be renewed, in order.

    Each authorisation holds from the first dose under it, for a number of cycles and of days.
    """
    if renewal is None or not doses:
        return ()
    found: list[RenewalDue] = []
    start, used = doses[0].day, 0
    for dose in doses:
        ended = dose.day >= start + timedelta(days=renewal.after_d)
        if used == renewal.after_cycles or ended:
            reason: Reason = "cycles" if used == renewal.after_cycles else "days"
            found.append(RenewalDue(cycle=dose.cycle, day=dose.day, reason=reason))
            start, used = dose.day, 0
        used += 1
    return tuple(found)


def _requested(record: Record, product: Product, day: date) -> list[tuple[date, str]]:
    return sorted(
        (fact.planned.first, fact.reference)
        for fact in record.facts
        if fact.kind == "ServiceRequest"
        and fact.unclear is None
        and fact.planned is not None
        and fact.planned.first >= day
        and fact.planned.first.year < _NEVER
        and any(product.drug.holds(code) for code in fact.codes)
    )


def next_renewal(policy: Policy, doses: Sequence[Dose]) -> RenewalDue | None:
    """The next cycle that needs a renewed authorisation; none if the course ends before."""
    given = sum(dose.basis == "given" for dose in doses)
    due = renewals(doses, policy.payer.renewal)
    return next((one for one in due if one.cycle > given), None)
