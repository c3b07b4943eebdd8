"""Why a network cannot be calibrated."""

from __future__ import annotations

from doseline.errors import BadInputError, DoselineError


class CalibrateNotInstalledError(BadInputError):
    """The library that samples the posterior is missing."""

    def __init__(self) -> None:
        super().__init__(
            "Calibration needs the package emcee, which is not installed. "
            "Install it with: pip install 'doseline[calibrate]'."
        )


class BadTargetsError(BadInputError):
    """A file of targets says something that cannot be used."""

    def __init__(self, file: str, place: str, found: str, allowed: str) -> None:
        self.file, self.place, self.found, self.allowed = file, place, found, allowed
        super().__init__(f"{file}: {place} is {found or 'empty'}; allowed: {allowed}.")


class NotSimulatedError(DoselineError):
    """Too few of the simulations have a value for a target."""

    def __init__(self, target: str, had: int, needed: int) -> None:
        self.target, self.had, self.needed = target, had, needed
        super().__init__(
            f"Target '{target}' has a value in {had} simulations only, and {needed} are needed: "
            "the years hold too few patients for it. Simulate more years, or leave it out."
        )
