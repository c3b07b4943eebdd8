"""Generators: a long-lived parent on a column, from which its daughter is drawn again and again.

Ge-68/Ga-68, Ra-224/Pb-212, Th-229/Ac-225, Mo-99/Tc-99m and whatever else the nuclide table can
chain; what lies between parent and daughter (Ra-225, Rn-220, Po-216) is followed as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.physics.chains import branching, chain_activities, decay_chain
from doseline.physics.errors import OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import Nuclide, NuclideTable

_LONGEST_WAIT_HALF_LIVES = 60
"""Within so many half-lives of the slowest daughter, growth is complete to 1e-18."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elution:
    """One draw from a generator."""

    time_h: float
    """Time since the start [h]."""
    eluted_bq: float
    """Activity of the daughter in the eluate [Bq]."""
    on_column_bq: float
    """Activity of the daughter that was on the column just before [Bq]."""
    parent_bq: float
    """Activity of the parent on the column [Bq]."""


def grown_bq(
    table: NuclideTable, *, parent: str, daughter: str, parent_bq: float, elapsed_h: ArrayLike
) -> Floats:
    """Activity of a daughter that grew in pure parent [Bq].

    Args:
        table: The nuclide table.
        parent: The parent, alone at time zero.
        daughter: A descendant of it.
        parent_bq: Activity of the parent at time zero. [Bq]
        elapsed_h: Times since then, zero or more. [h]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If the daughter does not descend from the parent.
    """
    _members(table, parent, daughter)
    return chain_activities(table, {parent: parent_bq}, elapsed_h).of(table[daughter].name)


def equilibrium_ratio(table: NuclideTable, *, parent: str, daughter: str) -> float:
    """Activity of a daughter per activity of its parent, once it has grown in [unitless].

    Args:
        table: The nuclide table.
        parent: The parent, which must outlive all between.
        daughter: A descendant of it.

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If the daughter does not descend from the parent, or something between
            lives longer than the parent, so that no equilibrium exists.
    """
    members = _members(table, parent, daughter)
    first = members[0]
    shares = branching(members)
    ratio = np.zeros(len(members))
    ratio[0] = 1.0
    for row, nuclide in enumerate(members[1:], start=1):
        fed = float(shares[row] @ ratio)
        if nuclide.half_life_h >= first.half_life_h:
            raise OutOfRangeError(
                f"The half-life of {nuclide.name}",
                f"{nuclide.half_life_h:g} h",
                allowed=f"shorter than that of {first.name} for an equilibrium",
            )
        ratio[row] = fed / (1 - nuclide.half_life_h / first.half_life_h)
    return float(ratio[-1])


def hours_until_grown(table: NuclideTable, *, parent: str, daughter: str, share: float) -> float:
    """Time after separation until a daughter has some share of its equilibrium [h].

    Before that a gamma assay through the daughter reads too little (Ac-225 through Bi-213).

    Args:
        table: The nuclide table.
        parent: The parent, alone at time zero.
        daughter: A descendant of it.
        share: Share of the equilibrium, between 0 and 1. [unitless]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If there is no equilibrium, or the share is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise OutOfRangeError("share", share, allowed="between 0 and 1")
    wanted = share * equilibrium_ratio(table, parent=parent, daughter=daughter)
    names = table[parent].name, table[daughter].name

    def still_growing(elapsed_h: float) -> bool:
        grown = chain_activities(table, {parent: 1.0}, elapsed_h)
        return bool(grown.of(names[1])[0] < wanted * grown.of(names[0])[0])

    return _last(still_growing, _longest_wait_h(_members(table, parent, daughter)))


def hours_until_peak(table: NuclideTable, *, parent: str, daughter: str) -> float:
    """Time after a complete elution at which most of the daughter is on the column [h].

    Args:
        table: The nuclide table.
        parent: The parent.
        daughter: A descendant of it.

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If the daughter does not descend from the parent.
    """
    members = _members(table, parent, daughter)
    half_lives = np.array([nuclide.half_life_h for nuclide in members])
    shares = branching(members)
    start = np.eye(len(members))[0]

    def rising(elapsed_h: float) -> bool:
        activity = decay_chain(half_lives, shares, start, np.array([elapsed_h]))[0]
        return bool(shares[-1] @ activity > activity[-1])

    return _last(rising, _longest_wait_h(members))


def elutions(
    table: NuclideTable,
    *,
    parent: str,
    daughter: str,
    parent_bq: float,
    times_h: Sequence[float],
    elution_yield: float,
    daughter_bq: float = 0.0,
) -> tuple[Elution, ...]:
    """What a generator gives at each of some times, growing back in between.

    Args:
        table: The nuclide table.
        parent: The parent on the column.
        daughter: The daughter that is drawn.
        parent_bq: Activity of the parent at time zero. [Bq]
        times_h: Times of the draws, in order. [h]
        elution_yield: Share of the daughter that leaves the column, from 0 to 1. [unitless]
        daughter_bq: Activity of the daughter on the column at time zero. [Bq]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If the daughter does not descend from the parent, the yield is not a
            share, or the times are not in order from zero on.
    """
    if not 0 <= elution_yield <= 1:
        raise OutOfRangeError("elution_yield", elution_yield, allowed="from 0 to 1")
    members = _members(table, parent, daughter)
    half_lives = np.array([nuclide.half_life_h for nuclide in members])
    shares = branching(members)
    column = np.zeros(len(members))
    column[0], column[-1] = parent_bq, daughter_bq
    drawn: list[Elution] = []
    now_h = 0.0
    for time_h in times_h:
        if not now_h <= time_h < float("inf"):
            raise OutOfRangeError("A time of elution", f"{time_h} h", allowed=f"{now_h} h or later")
        column = decay_chain(half_lives, shares, column, np.array([time_h - now_h]))[0]
        eluted = elution_yield * column[-1]
        drawn.append(
            Elution(
                time_h=time_h,
                eluted_bq=float(eluted),
                on_column_bq=float(column[-1]),
                parent_bq=float(column[0]),
            )
        )
        column[-1] -= eluted
        now_h = time_h
    return tuple(drawn)


def _members(table: NuclideTable, parent: str, daughter: str) -> tuple[Nuclide, ...]:
    """The parent first, the daughter last, and what lies between.

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If the daughter does not descend from the parent.
    """
    chain = table.chain(parent)
    last = table[daughter]
    if last not in chain[1:]:
        raise OutOfRangeError(
            "The daughter", last.name, allowed=f"a descendant of {table[parent].name}"
        )
    between = [n for n in chain if n is not last and last in table.chain(n.name)]
    return (*between, last)


def _longest_wait_h(members: tuple[Nuclide, ...]) -> float:
    """A time by which all growth is over [h]."""
    return _LONGEST_WAIT_HALF_LIVES * max(nuclide.half_life_h for nuclide in members)


def _last(holds: Callable[[float], bool], upper_h: float) -> float:
    """The time at which a statement that holds at first ceases to hold, to 1e-12 [h]."""
    low, high = 0.0, upper_h
    while high - low > 1e-12 * high and (low + high) / 2 not in {low, high}:
        middle = (low + high) / 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return high
