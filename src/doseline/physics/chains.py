r"""Decay chains with branches, solved without loss of digits.

The numbers of atoms obey :math:`\dot N = M N` with :math:`M_{ii} = -\lambda_i` and
:math:`M_{ij} = b_{ij} \lambda_j` (j decays to i with branching b). Bateman's closed form (1910)
subtracts nearly equal terms when half-lives are close, and loses all digits when they are not.
Here :math:`e^{Mt}` is built without one subtraction: a short step by uniformisation (every term is
positive), then doubling of the step, with the diagonal set to its exact value
:math:`e^{-\lambda_i t}` at each doubling. Sorted parents first, M is triangular, so each entry
keeps its relative accuracy whatever the half-lives are (from 0.3 µs to 8,000 years in one chain).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.physics.errors import OutOfRangeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from doseline.physics.kinds import Floats
    from doseline.physics.nuclides import Nuclide, NuclideTable

_TERMS = 20
"""Terms of the first step: it is at most half a mean life, and 0.5^20/20! < 1e-24."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainActivities:
    """Activities of a chain over time."""

    nuclides: tuple[str, ...]
    """Names, parents before daughters."""
    times_h: Floats
    """Times since the start. [h]"""
    activity_bq: Floats
    """Activities, one row per time and one column per nuclide. [Bq]"""

    def of(self, name: str) -> Floats:
        """Activity of one nuclide at each time [Bq]."""
        return np.asarray(self.activity_bq[:, self.nuclides.index(name)], dtype=np.float64)


def chain_activities(
    table: NuclideTable, start_bq: Mapping[str, float], times_h: ArrayLike
) -> ChainActivities:
    """Activities of some nuclides and all their descendants, at some times.

    Args:
        table: The nuclide table.
        start_bq: Activity of each nuclide that is there at time zero. [Bq]
        times_h: Times since then, zero or more. [h]

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If a time or an activity is negative or not finite.
    """
    start = _start(table, start_bq)
    members = table.chain(*start)
    times = np.atleast_1d(np.asarray(times_h, dtype=np.float64))
    if not np.all(times >= 0) or not np.all(np.isfinite(times)):
        raise OutOfRangeError("A time", times.min(), allowed="finite and not negative")
    activities = decay_chain(
        np.array([nuclide.half_life_h for nuclide in members]),
        branching(members),
        np.array([start.get(nuclide.name, 0.0) for nuclide in members]),
        times,
    )
    names = tuple(nuclide.name for nuclide in members)
    return ChainActivities(nuclides=names, times_h=times, activity_bq=activities)


def _start(table: NuclideTable, start_bq: Mapping[str, float]) -> dict[str, float]:
    """Activity of each nuclide by its usual name; two spellings of one nuclide add up [Bq].

    Raises:
        UnknownNuclideError: If the table does not hold a nuclide.
        OutOfRangeError: If an activity is negative or not finite.
    """
    start: dict[str, float] = {}
    for name, activity in start_bq.items():
        known = table[name].name
        if not 0 <= activity < float("inf"):
            raise OutOfRangeError(f"The activity of {known}", activity, allowed="0 Bq or more")
        start[known] = start.get(known, 0.0) + activity
    return start


def branching(members: Sequence[Nuclide]) -> Floats:
    """Share of the decays of nuclide j (column) that make nuclide i (row) [unitless]."""
    place = {nuclide.name: row for row, nuclide in enumerate(members)}
    shares = np.zeros((len(members), len(members)))
    for column, nuclide in enumerate(members):
        for mode in nuclide.modes:
            if mode.daughter in place:
                shares[place[mode.daughter], column] += mode.fraction
    return shares


def decay_chain(
    half_lives_h: Floats, branching: Floats, start_bq: Floats, times_h: Floats
) -> Floats:
    """Activities of a chain whose members are sorted parents before daughters [Bq].

    Args:
        half_lives_h: Half-lives, shape (n,). [h]
        branching: Share of the decays of j that make i, strictly lower triangular, shape (n, n).
            [unitless]
        start_bq: Activities at time zero, shape (n,). [Bq]
        times_h: Times, zero or more, shape (t,). [h]

    Returns:
        Activities, shape (t, n).
    """
    if half_lives_h.size == 0:
        return np.zeros((times_h.size, 0))
    rates = np.log(2) / half_lives_h
    left = _propagator(rates, branching, times_h)
    atoms = left @ (start_bq / rates)
    return np.asarray(atoms * rates, dtype=np.float64)


def _propagator(rates: Floats, branching: Floats, times_h: Floats) -> Floats:
    """The matrix exponential of the chain at each time, shape (t, n, n) [unitless]."""
    fastest = float(rates.max())
    longest = float(times_h.max(initial=0.0)) * fastest
    doublings = max(0, int(np.ceil(np.log2(longest))) + 1) if longest > 0 else 0
    step = times_h / 2.0**doublings
    grown = _first_step(rates, branching, step)
    diagonal = np.arange(len(rates))
    for _ in range(doublings):
        step = 2 * step
        grown = grown @ grown
        grown[:, diagonal, diagonal] = np.exp(-rates * step[:, None])
    return grown


def _first_step(rates: Floats, branching: Floats, step_h: Floats) -> Floats:
    """The matrix exponential for short steps, as a sum of positive terms [unitless]."""
    fastest = float(rates.max())
    one = np.eye(len(rates))
    jump = (np.diag(fastest - rates) + branching * rates) / fastest
    mean = (fastest * step_h)[:, None, None]
    term = np.exp(-mean) * one
    total = term.copy()
    for count in range(1, _TERMS):
        term = (term @ jump) * (mean / count)
        total += term
    diagonal = np.arange(len(rates))
    total[:, diagonal, diagonal] = np.exp(-rates * step_h[:, None])
    return np.asarray(total, dtype=np.float64)
