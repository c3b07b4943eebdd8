"""What a rule decided, and everything one needs to check it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.rules.parameter import CONFIDENCES, Confidence, Source

if TYPE_CHECKING:
    from decimal import Decimal

    from doseline.rules.parameter import Reading, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A value, the rule it comes from and the parameters that were used on the way."""

    rule: str
    """Rulebook, topic and first day of the rule, e.g. ``"us/medicare.drug@2025-01-01"``."""
    reference: str
    value: Decimal
    unit: str
    """Currency, or the unit of a value that is no money."""
    readings: tuple[Reading, ...]
    """All values used on the way, those of the decisions it asked for included."""
    explanation: Text
    asked: tuple[Decision, ...] = ()
    """What other rules said of the same case, in the order in which this one asked."""
    own: tuple[str, ...] = ()
    """Keys of the readings that this rule itself asked for."""
    notes: tuple[Text, ...] = ()

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Keys of the parameters used that are assumptions."""
        return tuple(reading.key for reading in self.readings if reading.is_assumption)

    @property
    def rests_on_assumption(self) -> bool:
        """Whether at least one parameter used is an assumption."""
        return bool(self.assumptions)

    @property
    def carried_forward(self) -> bool:
        """Whether at least one parameter used is older than the day it was asked for."""
        return any(reading.carried_forward for reading in self.readings)

    @property
    def confidence(self) -> Confidence:
        """The weakest confidence of the parameters used; high if there are none."""
        ranks = [CONFIDENCES.index(reading.value.confidence) for reading in self.readings]
        return CONFIDENCES[min(ranks, default=len(CONFIDENCES) - 1)]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source of the parameters used, once each, in the order of use."""
        return tuple(dict.fromkeys(reading.value.source for reading in self.readings))
