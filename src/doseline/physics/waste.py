"""Waste that decays in storage: whether it may, and how long it takes.

A rule may allow it up to a longest half-life (10 CFR 35.92: 120 days) until the waste cannot be
told from background, or for a number of half-lives (HJ 1188-2021: ten). Such a rule asks for every
nuclide in the waste: 0.01 % of Lu-177m (160 d) in carrier-added Lu-177 closes the first door,
though Lu-177 itself has decayed after weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.physics.chains import chain_activities
from doseline.physics.errors import OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import NuclideTable

_SOONEST_H, _LATEST_H, _POINTS = 1e-3, 1e8, 500
"""Where the end of a storage is looked for: 4 s to 11,000 years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Whether waste may decay in storage, and what forbids it."""

    allowed: bool
    too_long: tuple[str, ...]
    """Nuclides in the waste that live longer than the rule allows."""
    growing_in: tuple[str, ...]
    """Daughters that live longer; a rule names them not, but a survey will meet them."""


def decay_in_storage(
    table: NuclideTable,
    activity_bq: Mapping[str, float],
    *,
    longest_half_life_h: float = float("inf"),
) -> Storage:
    """Whether waste may decay in storage under a limit of the half-life, impurities included.

    Args:
        table: The nuclide table.
        activity_bq: Activity of each nuclide in the waste, impurities too. [Bq]
        longest_half_life_h: Half-life up to which it may; infinite without such a rule. [h]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
    """
    present = [table[name] for name, activity in activity_bq.items() if activity > 0]
    names = {nuclide.name for nuclide in present}
    daughters = [
        nuclide for nuclide in (table.chain(*names) if names else ()) if nuclide.name not in names
    ]
    too_long, growing_in = (
        tuple(n.name for n in nuclides if n.half_life_h > longest_half_life_h)
        for nuclides in (present, daughters)
    )
    return Storage(allowed=not too_long, too_long=too_long, growing_in=growing_in)


def hours_until_below(
    table: NuclideTable,
    start_bq: Mapping[str, float],
    limit_bq: float | Mapping[str, float],
) -> float:
    """Time after which a mixture, with all that grows in it, stays below a limit [h].

    Args:
        table: The nuclide table.
        start_bq: Activity of each nuclide now. [Bq]
        limit_bq: Limit of the total activity, or of each nuclide (then the sum of the shares may
            not exceed 1; a nuclide without a limit does not count). [Bq]

    Returns:
        0 when it is below already, infinity when it is not below within 11,000 years.

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If a limit is not positive.
    """
    limits = limit_bq if isinstance(limit_bq, float | int) else dict(limit_bq)
    for value in [limits] if isinstance(limits, float | int) else limits.values():
        if not value > 0:
            raise OutOfRangeError("A limit", f"{value} Bq", allowed="more than 0 Bq")
    times = np.concatenate([[0.0], np.geomspace(_SOONEST_H, _LATEST_H, _POINTS)])
    above = np.flatnonzero(_share(table, start_bq, limits, times) > 1)
    if above.size == 0:
        return 0.0
    if above[-1] == times.size - 1:
        return float("inf")
    low, high = times[above[-1]], times[above[-1] + 1]
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        is_above = _share(table, start_bq, limits, np.array([middle]))[0] > 1
        low, high = (middle, high) if is_above else (low, middle)
    return float(high)


def storage_h(
    table: NuclideTable,
    name: str,
    *,
    half_lives: float,
    fixed_h: float | None = None,
) -> float:
    """Time for which waste of a nuclide is kept before it is cleared [h].

    Args:
        table: The nuclide table.
        name: The nuclide.
        half_lives: How many half-lives a rule or custom asks for. [unitless]
        fixed_h: A time that a rule states for this nuclide; it goes before the half-lives. [h]

    Raises:
        UnknownNuclideError: If the table does not hold the nuclide.
    """
    half_life_h = table[name].half_life_h
    return half_lives * half_life_h if fixed_h is None else fixed_h


def _share(
    table: NuclideTable,
    start_bq: Mapping[str, float],
    limits: float | Mapping[str, float],
    times_h: Floats,
) -> Floats:
    """Share of the limit that the mixture holds at each time [unitless]."""
    grown = chain_activities(table, start_bq, times_h)
    if isinstance(limits, float | int):
        return np.asarray(grown.activity_bq.sum(axis=1) / limits)
    named = {table[name].name: value for name, value in limits.items()}
    weights = [1 / named[name] if name in named else 0.0 for name in grown.nuclides]
    return np.asarray(grown.activity_bq @ np.array(weights))
