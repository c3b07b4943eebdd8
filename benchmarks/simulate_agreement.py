"""Whether the engine and the model in SimPy tell the same of the small network.

Both start the same patients with the same clinical exits; all other draws differ. Every count and
sum is compared: fates, losses and days of waiting by link, doses by ending and by the link that
lost them, orders and infusions by year and kind, infusions by site and payer, doses and failures
by line, scans, activity and isotope.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from benchmarks.simulate_simpy import SmallNetwork
from benchmarks.simulate_small import PATIENTS_A_WEEK, POLICIES, QUIET_WEEKS, patients, small_world

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.run import simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals

STANDARD_ERRORS = 3.5
_FATES = (Fate.NOT_ELIGIBLE, Fate.LEFT, Fate.TREATED)
_ACTIVITY = ("made", "transit", "waiting", "infused", "residual", "waste")


def agreement(weeks: int, ours: int, theirs: int) -> tuple[int, float]:
    """How many figures were compared, and the largest difference in standard errors.

    Args:
        weeks: Length of the simulations. [week]
        ours: Replications of the engine.
        theirs: Replications of the model in SimPy.

    Raises:
        AssertionError: If a figure differs by more than ``STANDARD_ERRORS``.
    """
    arrivals = patients(int(PATIENTS_A_WEEK * (weeks - QUIET_WEEKS)), weeks)
    world = small_world(weeks)
    here = [
        figures(simulate(world, arrivals, seed=seed, policies=POLICIES), arrivals)
        for seed in range(ours)
    ]
    there = [SmallNetwork(arrivals, weeks, seed).run() for seed in range(theirs)]
    names = sorted(set().union(*here, *there))
    apart = {name: _apart(_of(here, name), _of(there, name)) for name in names}
    worst = max(apart, key=lambda name: apart[name])
    assert apart[worst] <= STANDARD_ERRORS, f"{worst}: {apart[worst]:.1f} standard errors"
    return len(names), apart[worst]


def figures(outcome: Outcome, arrivals: Arrivals) -> dict[str, float]:
    """Counts and sums of an outcome by the names that the model in SimPy gives them."""
    told: dict[str, float] = defaultdict(float)
    lost = outcome.fate == Fate.LOST
    treated = outcome.fate == Fate.TREATED
    for fate in _FATES:
        told[f"fate {fate.name}"] = int((outcome.fate == fate).sum())
    for at, link in enumerate(LINKS):
        told[f"lost {link}"] = int((lost & (outcome.link == at)).sum())
        told[f"wait {link}"] = float(outcome.wait[:, at].sum())
        told[f"dose lost {link}"] = int(outcome.lost_by_link[at])
    for at, ending in enumerate(DOSE_ENDINGS):
        told[f"dose {ending}"] = int(outcome.endings[0, at])
    days = (outcome.first_dose_day - arrivals.t0)[treated].sum()
    told["days to first dose"] = days
    told.update(_of_the_weeks(outcome))
    return {name: figure for name, figure in told.items() if figure}


def _of_the_weeks(outcome: Outcome) -> dict[str, float]:
    told: dict[str, float] = defaultdict(float)
    for week, kind in np.ndindex(outcome.demand.shape[0], 2):
        name = f"{('new', 'later')[kind]} in year {week // 52}"
        told[f"demand {name}"] += int(outcome.demand[week, 0, kind])
        told[f"served {name}"] += int(outcome.served[week, 0, kind])
    for site, payer in np.ndindex(2, 2):
        told[f"infused site {site} payer {payer}"] = int(outcome.infused[site, 0, payer])
    for at, name in enumerate(_ACTIVITY):
        told[f"GBq {name}"] = outcome.activity[0, at]
    for at in range(2):
        told[f"run {at} doses"] = int(outcome.run_doses[:, at].sum())
        told[f"run {at} failed"] = int(outcome.run_failed[:, at].sum())
        told[f"drawn {at}"] = outcome.isotope[at, 1]
        told[f"scans {at}"] = int(outcome.services[:, at].sum())
    return told


def _of(runs: Sequence[dict[str, float]], name: str) -> list[float]:
    return [run.get(name, 0.0) for run in runs]


def _apart(here: Sequence[float], there: Sequence[float]) -> float:
    """Difference of two means, in standard errors of it; 0 where both are the same number."""
    difference = abs(float(np.mean(here) - np.mean(there)))
    error = np.sqrt(np.var(here, ddof=1) / len(here) + np.var(there, ddof=1) / len(there))
    return 0.0 if difference < 1e-6 else difference / max(float(error), 1e-9)
