"""A patient's record, reduced to what can prove or contradict a criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from doseline.authorise.names import Resource, Unclear

Code: TypeAlias = "tuple[str, str]"
"""System and code, as in a FHIR Coding."""
Comparator: TypeAlias = Literal["", "<", "<=", ">=", ">"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """The days on which something may have been: one, unless the record gives a month or a year."""

    last: date
    first: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A measured amount with its unit as the record writes it."""

    amount: Decimal
    unit: str
    """UCUM code; empty if the record names no unit of that system."""
    comparator: Comparator = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One resource of the record."""

    reference: str
    """Type and id, e.g. ``Observation/platelets-1``."""
    kind: Resource
    codes: frozenset[Code]
    when: Span | None
    """Day of the finding, administration or document; for coverage, of its beginning."""
    until: date | None = None
    """Last day of coverage."""
    planned: Span | None = None
    """Day that a request asks for."""
    quantity: Quantity | None = None
    values: frozenset[Code] = frozenset()
    """Coded results, interpretations and conclusions."""
    unclear: Unclear | None = None
    """Why it can prove nothing as it stands; nothing if it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One patient: when born, and everything that speaks for or against a criterion."""

    patient: str
    """Reference of the patient; no name is kept."""
    born: Span | None
    facts: tuple[Fact, ...]
    ignored: int = 0
    """Resources that withdrew themselves, or of kinds that no criterion reads."""

    @property
    def person(self) -> Fact:
        """The patient as a proof, without the day of birth."""
        return Fact(reference=self.patient, kind="Patient", codes=frozenset(), when=None)
