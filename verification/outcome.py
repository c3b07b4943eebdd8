"""What a proof says when it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A proof that held; one that does not raises."""

    cases: str
    tolerance: str
    largest: str
    """Largest deviation that was seen."""
    source: str
    """What it was compared with."""
