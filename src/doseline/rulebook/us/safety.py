"""Release of patients under 10 CFR 35.75 and decay in storage under 10 CFR 35.92."""

from __future__ import annotations

from doseline.rules import Measure, ReleaseTest, StorageTest


def release(nuclide: str) -> tuple[ReleaseTest, ...]:
    """The dose to another person, for every nuclide alike."""
    del nuclide
    return (
        ReleaseTest(
            measure=Measure.DOSE_TO_OTHER,
            limit="release.dose_to_other_msv",
            occupancy="release.occupancy",
        ),
        ReleaseTest(
            measure=Measure.DOSE_TO_OTHER,
            limit="release.instructions_msv",
            occupancy="release.occupancy",
            purpose="instructions",
        ),
    )


def storage(nuclide: str) -> StorageTest:
    """Up to a longest half-life, until a survey finds nothing; ten half-lives by custom."""
    del nuclide
    return StorageTest(
        half_lives="waste.half_lives", longest_half_life_d="waste.longest_half_life_d"
    )
