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
        from doseline.simulate.engine import closing, kernel, layout, room
        from doseline.simulate.engine.compiled import policy_functions
        from doseline.simulate.engine.tables import LOGGED
    except ModuleNotFoundError as error:
        if error.name != "numba":
            raise
        raise SimulateNotInstalledError from None
    functions = policy_functions(policies)

    def replicate(lines_of_log: int) -> tuple[Outcome, int]:
        """The outcome, with room for so many lines of a log, and how many there are."""
        lines = layout.lines_of(world, policies, arrivals)
        people, account = room.people_of(world, arrivals), room.account_of(world)
        calendar = room.calendar_of(world, arrivals.count)
        told = room.log_of(lines_of_log, wanted=log > 0)
        # Products of keys run over on purpose, where Numba does not compile.
        with np.errstate(over="ignore"):
            kernel.run(
                layout.journeys_of(world, seed),
                lines,
                layout.coming_of(arrivals),
                people,
                calendar,
                told,
                layout.course_of(world, policies),
                layout.supply_of(world),
                room.week_of(world, arrivals.count),
                account,
                *functions,
            )
            closed = closing.outcome_of(world, lines, people, calendar, account, told, log)
        return closed, int(calendar.counts[LOGGED])

    outcome, told = replicate(0)
    # Lines are written as patients go, each far ahead of others: the first are known at the end.
    return replicate(told)[0] if told else outcome
