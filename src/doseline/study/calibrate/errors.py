"""Why a network cannot be calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.errors import BadInputError, DoselineError

if TYPE_CHECKING:
    from collections.abc import Sequence


class CalibrateNotInstalledError(BadInputError):
    """The library that samples the posterior is missing."""

    def __init__(self) -> None:
        super().__init__(
            "Calibration needs the package emcee, which is not installed. "
            "Install it with: pip install 'doseline[calibrate]'."
        )


@dataclass(frozen=True, slots=True)
class Said:
    """Words in both languages; English where nobody asks."""

    en: str
    zh: str

    def __str__(self) -> str:
        """The English words."""
        return self.en

    def about(self, value: object) -> Said:
        """The words with a value in its place."""
        return Said(self.en.format(value), self.zh.format(value))


class BadTargetError(BadInputError):
    """A value in a file of targets cannot be used."""

    def __init__(self, place: str, found: str | Said, allowed: str | Said) -> None:
        self.place, self.found, self.allowed = place, found, allowed
        super().__init__(f"{place} is {found}; allowed: {allowed}.")


class BadTargetsError(BadInputError):
    """A file of targets says something that cannot be used; all findings at once."""

    def __init__(self, file: str, faults: Sequence[BadTargetError]) -> None:
        self.file, self.faults, self.count = file, tuple(faults), len(faults)
        told = "\n".join(str(one) for one in faults)
        super().__init__(
            f"{file} cannot be used. Correct each value that is named here ({self.count}) and give "
            f"the same command again.\n{told}"
        )


class NotSimulatedError(DoselineError):
    """Too few of the simulations have a value for a target."""

    def __init__(self, target: str, had: int, needed: int) -> None:
        self.target, self.had, self.needed = target, had, needed
        super().__init__(
            f"Target '{target}' has a value in {had} simulations only, and {needed} are needed: "
            "the years hold too few patients for it. Simulate more years, or leave it out."
        )
