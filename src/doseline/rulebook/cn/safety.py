"""Release of patients, decay in storage and operating quantities.

Sources: GBZ 120-2020, HJ 1188-2021 and GB 18871-2002.
"""

from __future__ import annotations

from doseline.rules import Measure, OperationTest, ReleaseTest, StorageTest

SHORT_LIVED = ("At-211", "Cu-64", "F-18", "Ga-68", "I-123", "Pb-212", "Tc-99m")
"""Nuclides of a half-life up to 24 h, for which a number of days is stated."""

TOXICITY = {
    "Ac-225": "extreme",
    "Ra-223": "extreme",
    "Th-227": "extreme",
    "At-211": "high",
    "Pb-212": "high",
    "Cu-67": "medium",
    "I-131": "medium",
    "Lu-177": "medium",
    "Sm-153": "medium",
    "Tb-161": "medium",
    "Y-90": "medium",
    "F-18": "low",
    "Ga-68": "low",
    "Tc-99m": "low",
}
"""Toxicity group of nuclides, GB 18871-2002 appendix D, from memory; others are not said."""


def release(nuclide: str) -> tuple[ReleaseTest, ...]:
    """I-131: an activity or a dose rate, whichever is met first; others: the dose rate."""
    if nuclide != "I-131":
        return (ReleaseTest(measure=Measure.DOSE_RATE_1M, limit="release.other_nuclides_usv_h"),)
    return (
        ReleaseTest(measure=Measure.RETAINED_ACTIVITY, limit="release.i_131_mbq"),
        ReleaseTest(measure=Measure.DOSE_RATE_1M, limit="release.dose_rate_1m_usv_h"),
    )


def storage(nuclide: str) -> StorageTest:
    """Ten half-lives; a stated time for I-131 and for short-lived nuclides."""
    fixed = {"I-131": "waste.i_131_d", **dict.fromkeys(SHORT_LIVED, "waste.short_lived_d")}
    return StorageTest(half_lives="waste.half_lives", fixed_d=fixed.get(nuclide))


def operation(nuclide: str) -> OperationTest | None:
    """Weight of toxicity by the divisor of simple operations with a liquid."""
    if nuclide not in TOXICITY:
        return None
    return OperationTest(
        toxicity=f"workplace.toxicity.{TOXICITY[nuclide]}",
        operation="workplace.operation.simple_liquid",
    )
