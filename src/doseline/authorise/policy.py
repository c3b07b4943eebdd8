"""What a payer asks for: criteria with their proof, clocks, renewals and steps, each cited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from doseline.authorise.names import Asked, Item, Owner, Request, Resource, Stage, State
    from doseline.authorise.record import Code
    from doseline.rules import Source, Text
    from doseline.rules.parameter import Confidence, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """On what a statement rests."""

    kind: Kind
    confidence: Confidence
    source: Source
    note: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSet:
    """Codes that mean one thing, each of a system, whole or by their beginning."""

    name: str
    description: Text
    whole: frozenset[Code]
    beginnings: frozenset[Code]
    cited: Cited

    def holds(self, code: Code) -> bool:
        """Whether a code is one of these; dots of a classification do not matter."""
        system, text = code
        return code in self.whole or any(
            system == one and text.replace(".", "").startswith(start.replace(".", ""))
            for one, start in self.beginnings
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A resource that must be there, recent enough and with the right result."""

    of: tuple[Resource, ...]
    codes: CodeSet
    max_age_d: int | None = None
    """Age [d] beyond which it has expired."""
    says: CodeSet | None = None
    """Coded results that prove it."""
    denies: CodeSet | None = None
    """Coded results that prove the contrary."""
    at_least: Fraction | None = None
    at_most: Fraction | None = None
    unit: str = ""
    """UCUM unit of the limits."""
    since_last_dose: bool = False
    """Whether it must be later than the last dose given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """The patient is at least so old."""

    years: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Insurance is in force on the day."""

    types: CodeSet | None = None
    """Types of coverage that this payer writes; none if any will do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DosesLeft:
    """Fewer doses have been given than the course has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every part must be proven."""

    parts: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """One part is enough."""

    parts: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unless:
    """Something is shown, and nothing on record says the contrary."""

    shown: Proof
    contrary: Evidence


Proof: TypeAlias = "Evidence | Age | Covered | DosesLeft | AllOf | AnyOf | Unless"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that the payer wants to see."""

    name: str
    what: Text
    stages: tuple[Stage, ...]
    owner: Owner
    lead_d: int
    """Days that its owner typically needs to bring it."""
    proof: Proof
    since: date
    until: date | None
    """First day on which it no longer holds."""
    cited: Cited

    def holds_on(self, day: date) -> bool:
        """Whether it is asked for on a day."""
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The planned doses of a product."""

    cycles: int
    interval_d: int
    cited: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A medicine in one jurisdiction: its course and what its label asks of the patient."""

    name: str
    description: Text
    drug: CodeSet
    course: Course
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How long the payer may take."""

    item: Item
    request: Request
    hours: int | None
    """Hours from receipt; none if the clock counts days of the calendar."""
    days: int | None
    extension_d: int | None
    """Days that the payer may add, in cases that the law names; none if it may not."""
    since: date
    until: date | None
    state: State
    cited: Cited

    def runs_on(self, day: date) -> bool:
        """Whether it is law on a day; what is proposed never is."""
        return (
            self.state == "in_force"
            and self.since <= day
            and (self.until is None or day < self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """When the authorisation ends in mid-course."""

    after_cycles: int
    after_d: int
    cited: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a hospital or supplier must have done before the payer pays for the first patient."""

    name: str
    what: Text
    owner: Owner
    typical_d: int
    after: tuple[str, ...]
    """Steps that must come first."""
    cited: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Since when the payer can pay for a product at all."""

    product: str
    since: date
    cited: Cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """A type of payer: a pattern, never one named company."""

    name: str
    country: str
    description: Text
    asks: Asked
    covers: Mapping[str, Cover]
    criteria: tuple[Criterion, ...]
    clocks: tuple[Clock, ...]
    renewal: Renewal | None
    steps: tuple[Step, ...]
    decides: tuple[Text, ...]
    """What is left to the payer when the file is complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One payer and one product."""

    payer: Payer
    product: Product

    @property
    def name(self) -> str:
        """As the command line calls it."""
        return f"{self.payer.name}/{self.product.name}"

    @property
    def cover(self) -> Cover:
        """Since when this payer can pay for this product."""
        return self.payer.covers[self.product.name]

    def criteria(self, stage: Stage, day: date) -> tuple[Criterion, ...]:
        """What is asked for at a stage on a day: first what the label wants, then the payer."""
        return tuple(
            one
            for one in (*self.product.criteria, *self.payer.criteria)
            if stage in one.stages and one.holds_on(day)
        )
