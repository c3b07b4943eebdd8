"""Small facts and pieces of evidence for tests of the logic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from doseline.authorise.found import Asking
from doseline.authorise.policy import Cited, CodeSet, Evidence
from doseline.authorise.record import Fact, Quantity, Record, Span
from doseline.rules import Source, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.authorise.names import Resource, Unclear
    from doseline.authorise.record import Comparator

TODAY = date(2026, 5, 4)
CITED = Cited(
    kind="assumption",
    confidence="low",
    source=Source(title="A test", address="assumption", as_of=TODAY),
)


def codes(*names: str) -> CodeSet:
    """A set of codes of the system of the tests."""
    return CodeSet(
        name="-".join(names),
        description=Text(en=names[0], zh=names[0]),
        whole=frozenset(("test", name) for name in names),
        beginnings=frozenset(),
        cited=CITED,
    )


def evidence(
    name: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    unit: str = "g/L",
    max_age_d: int | None = None,
    says: str = "",
    denies: str = "",
    since_last_dose: bool = False,
) -> Evidence:
    """What is asked for under one code."""
    return Evidence(
        of=("Observation",),
        codes=codes(name),
        max_age_d=max_age_d,
        at_least=None if at_least is None else Fraction(str(at_least)),
        at_most=None if at_most is None else Fraction(str(at_most)),
        unit=unit if at_least is not None or at_most is not None else "",
        says=codes(says) if says else None,
        denies=codes(denies) if denies else None,
        since_last_dose=since_last_dose,
    )


def fact(
    name: str,
    *,
    day: date | None,
    last: date | None = None,
    code: str = "",
    amount: str | None = None,
    unit: str = "g/L",
    comparator: Comparator = "",
    values: Iterable[str] = (),
    unclear: Unclear | None = None,
    kind: Resource = "Observation",
) -> Fact:
    """A fact under one code."""
    return Fact(
        reference=f"{kind}/{name}",
        kind=kind,
        codes=frozenset({("test", code or name)}),
        when=None if day is None else Span(first=day, last=last or day),
        quantity=None
        if amount is None
        else Quantity(amount=Decimal(amount), unit=unit, comparator=comparator),
        values=frozenset(("test", value) for value in values),
        unclear=unclear,
    )


def asking(
    *facts: Fact,
    day: date = TODAY,
    last_dose: date | None = None,
    born: Span | None = None,
) -> Asking:
    """A question on these facts."""
    record = Record(patient="Patient/p1", born=born, facts=facts)
    return Asking(record=record, day=day, last_dose=last_dose, doses_left=True)
