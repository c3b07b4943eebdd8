"""One replication of years: patients drawn, simulated and booked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.run import simulate
from doseline.study.years.account import account_of
from doseline.study.years.arrivals import arrivals_of

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, World
    from doseline.study.years.account import YearAccount
    from doseline.study.years.world import Years

_AS_USUAL = Policies()


class Run(Protocol):
    """An engine: the compiled one, or the same rules in plain Python."""

    def __call__(
        self, world: World, arrivals: Arrivals, *, seed: int, policies: Policies
    ) -> Outcome:
        """What becomes of patients, doses and activity under one seed."""
        ...


def replicate_years(
    years: Years,
    *,
    seed: int,
    policies: Policies = _AS_USUAL,
    scale: float = 1.0,
    run: Run = simulate,
) -> YearAccount:
    """Simulate one seed through the years of a network.

    Args:
        years: The network's years.
        seed: Seed of every draw.
        policies: Who goes where, and who comes first.
        scale: Factor of the incidence. [unitless]
        run: The engine.

    Raises:
        NotConservedError: If a patient, a dose or activity is not accounted for.
    """
    arrivals = arrivals_of(years, seed=seed, scale=scale)
    outcome = run(years.world, arrivals, seed=seed, policies=policies)
    return account_of(years, arrivals, outcome, seed=seed)
