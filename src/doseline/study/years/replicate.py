"""One replication of years: patients drawn, simulated and booked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.run import simulate
from doseline.study.years.account import account_of
from doseline.study.years.arrivals import arrivals_of

if TYPE_CHECKING:
    from doseline.study.years.account import YearAccount
    from doseline.study.years.world import Years

_AS_USUAL = Policies()


def replicate_years(
    years: Years, *, seed: int, policies: Policies = _AS_USUAL, scale: float = 1.0
) -> YearAccount:
    """Simulate one seed through the years of a network.

    Args:
        years: The network's years.
        seed: Seed of every draw.
        policies: Who goes where, and who comes first.
        scale: Factor of the incidence. [unitless]

    Raises:
        NotConservedError: If a patient, a dose or activity is not accounted for.
    """
    arrivals = arrivals_of(years, seed=seed, scale=scale)
    outcome = simulate(years.world, arrivals, seed=seed, policies=policies)
    return account_of(years, arrivals, outcome, seed=seed)
