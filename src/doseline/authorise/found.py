"""What a record says of a criterion, and what the question was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from doseline.authorise.names import Status, Unclear
    from doseline.authorise.policy import Proof
    from doseline.authorise.record import Fact, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a record says of a criterion."""

    status: Status
    proof: tuple[Fact, ...] = ()
    """What proves it; where it is not met, what proves that; where expired, what once did."""
    unclear: tuple[tuple[Fact, Unclear], ...] = ()
    """What might prove it, and why it does not decide."""
    wanted: tuple[Proof, ...] = ()
    """The smallest parts that are open."""
    good_until: date | None = None
    """Last day on which the proof is recent enough; none if it does not age."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """The record, and the days that proofs are measured from."""

    record: Record
    day: date
    last_dose: date | None
    """Day of the last dose given; none before the first."""
    doses_left: bool
    """Whether fewer doses have been given than the course has."""


def proofs(parts: Iterable[Found]) -> tuple[Fact, ...]:
    """The facts of several findings, each once, by reference."""
    by_reference = {fact.reference: fact for part in parts for fact in part.proof}
    return tuple(by_reference[name] for name in sorted(by_reference))
