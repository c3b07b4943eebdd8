"""One replication of years by the compiled engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.errors import SimulateNotInstalledError
from doseline.simulate.engine.policies import Policies

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, World

_AS_USUAL = Policies()


def simulate(
    world: World,
    arrivals: Arrivals,
    *,
    seed: int,
    policies: Policies = _AS_USUAL,
    log: int = 0,
) -> Outcome:
    """Simulate the patients of a world from its first Monday to its horizon.

    Args:
        world: The network as arrays.
        arrivals: Its patients, in order of their clock starts.
        seed: Seed of every draw.
        policies: Who goes where, and who comes first.
        log: Lines of the log that are kept, from the first on.

    Returns:
        What became of patients, doses and activity.

    Raises:
        SimulateNotInstalledError: If the package numba is not installed.
        PolicyNotCompiledError: If a function of the policies cannot be compiled.
    """
    try:
        from doseline.simulate.engine import closing, kernel, layout, opening
        from doseline.simulate.engine.compiled import policy_functions
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise SimulateNotInstalledError from None
    functions = policy_functions(policies)
    journeys, lines = layout.journeys_of(world, seed), layout.lines_of(world, policies)
    people, account = layout.people_of(world, arrivals), layout.account_of(world)
    calendar, lines_of_log = layout.calendar_of(world, arrivals.count), layout.log_of(log)
    # Products of keys run over on purpose, where Numba does not compile.
    with np.errstate(over="ignore"):
        opening.begin(world, arrivals, journeys, lines, people, calendar)
        kernel.run(
            journeys,
            lines,
            people,
            calendar,
            lines_of_log,
            layout.course_of(world, policies),
            layout.supply_of(world),
            layout.week_of(world, arrivals.count),
            account,
            *functions,
        )
    return closing.outcome_of(world, lines, people, calendar, account, lines_of_log)
