"""An order for a dose in a week, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.simulate.engine.world import NOWHERE
from doseline.simulate.twin.draws import mixed

if TYPE_CHECKING:
    from doseline.simulate.twin.state import Patient


@dataclass(slots=True, eq=False)
class Order:
    """A patient's order for the dose of a week."""

    patient: Patient
    key: int
    kind: int
    """0: first dose of a course; 1: a later one."""
    score: float = 0.0
    way: int = NOWHERE
    """How the dose comes; NOWHERE while it is owed."""
    day: float = 0.0
    """Day of the infusion. [d]"""
    link: int = NOWHERE
    """Link that kept it from being served."""
    ending: str = ""
    """How the dose ended; empty while it is owed."""
    held: bool = False
    """Whether the laboratory holds the patient."""
    planned: bool = False
    """Whether its own dose was allotted and made."""
    late: bool = False
    """Whether the dose that it has came late, though not too late."""

    @property
    def product(self) -> int:
        """The patient's product."""
        return self.patient.product

    @property
    def site(self) -> int:
        """The patient's site."""
        return self.patient.site

    @property
    def gone_by(self) -> bool:
        """Whether the patient would leave before the day of the infusion."""
        return self.patient.never_treated and self.patient.exit_day < self.day

    def owe(self, link: int) -> None:
        """No dose for it this week."""
        self.way, self.link, self.ending, self.planned = NOWHERE, int(link), "", False


def order_of(patient: Patient) -> Order:
    """The order of a patient for its next dose."""
    dose = (patient.course - 1) * 1_000_000 + patient.doses_in_course * 1000 + patient.attempts
    kind = 0 if patient.doses_in_course == 0 else 1
    return Order(patient, mixed(patient.key, dose), kind)
