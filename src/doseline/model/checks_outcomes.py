"""Outcomes of trials: intervals the right way round, and ends in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.model.checks_base import at
from doseline.model.findings import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.findings import Finding
    from doseline.model.network import Network


def check_outcomes(network: Network) -> Iterator[Finding]:
    """Ranges that do not hold their value, and progression after death."""
    medians: dict[tuple[str, str], float] = {}
    for index, row in enumerate(network.frame("outcomes").iter_rows(named=True)):
        medians[row["product"], row["endpoint"]] = row["control_median_months"]
        yield from _ranges(index, row)
    for index, row in enumerate(network.frame("outcomes").iter_rows(named=True)):
        alive = medians.get((row["product"], "os"))
        if row["endpoint"] == "pfs" and alive is not None and row["control_median_months"] > alive:
            yield at(
                "outcomes",
                index,
                "control_median_months",
                code="progression_after_death",
                severity=ERROR,
                found=f"{row['control_median_months']:g}",
                allowed=f"≤ {alive:g}",
            )


def _ranges(index: int, row: dict[str, Any]) -> Iterator[Finding]:
    """Ends of ranges the wrong way round, or one of two that is missing."""
    if not row["low"] <= row["hazard_ratio"] <= row["high"]:
        yield at(
            "outcomes",
            index,
            "hazard_ratio",
            code="hazard_ratio_outside",
            severity=ERROR,
            found=f"{row['hazard_ratio']:g}",
            allowed=f"{row['low']:g} - {row['high']:g}",
        )
    low, high = row["weight_low"], row["weight_high"]
    if (low is None) != (high is None) or (low is not None and low > high):
        yield at(
            "outcomes",
            index,
            "weight_low",
            code="weights_outside",
            severity=ERROR,
            found="" if low is None else f"{low:g}",
            allowed="" if high is None else f"≤ {high:g}",
        )
