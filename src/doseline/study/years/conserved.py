"""Nothing gets lost in years: patients, doses and activity add up, or the answer is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.errors import DoselineError
from doseline.model.ledger import DOSE_ENDINGS
from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.world import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, World

_INFUSED, _LATE, _RETURNED, _WITHDRAWN = (
    DOSE_ENDINGS.index(name) for name in ("infused", "infused_late", "returned", "withdrawn")
)
_CLOSE = 1e-9
"""Rounding that sums of many doses may have, as a share. [unitless]"""


class NotConservedError(DoselineError):
    """The account of a simulation does not add up."""

    def __init__(self, what: str, one: float, other: float) -> None:
        self.what, self.one, self.other = what, one, other
        super().__init__(
            f"The simulation does not add up: {what} are {one:.10g} by one count and "
            f"{other:.10g} by another. Its result is not shown; please report this network."
        )


def check_conserved(world: World, arrivals: Arrivals, outcome: Outcome) -> None:
    """Refuse an outcome in which patients, doses or activity do not add up.

    Args:
        world: What was simulated.
        arrivals: Its patients.
        outcome: What became of them.

    Raises:
        NotConservedError: If so.
    """
    for what, one, other in (
        *_patients(arrivals, outcome),
        *_doses(outcome),
        *_activity(world, outcome),
    ):
        if abs(one - other) > _CLOSE * max(abs(one), abs(other), 1.0):
            raise NotConservedError(what, one, other)


def _patients(arrivals: Arrivals, outcome: Outcome) -> Iterator[tuple[str, float, float]]:
    """Every patient has one fate, and it agrees with days and links."""
    yield "patients", len(outcome.fate), arrivals.count
    fate = outcome.fate
    new = arrivals.given == 0
    had = np.isfinite(outcome.first_dose_day)
    yield (
        "patients with a first dose",
        int((new & had).sum()),
        int((new & (fate == Fate.TREATED)).sum()),
    )
    lost = outcome.link != NOWHERE
    yield "patients lost at a link", int(lost.sum()), int((fate == Fate.LOST).sum())
    yield (
        "patients lost, left or treated",
        int(np.isfinite(outcome.fate_day[new]).sum()),
        int((new & (fate != Fate.UNDER_WAY)).sum()),
    )


def _doses(outcome: Outcome) -> Iterator[tuple[str, float, float]]:
    """Infusions agree however they are counted, and every lost dose has a link."""
    infused = int(outcome.endings[:, [_INFUSED, _LATE]].sum())
    yield "infusions of products and of sites", infused, int(outcome.infused.sum())
    yield "infusions of products and of weeks", infused, int(outcome.served.sum())
    yield "infusions of products and of patients", infused, int(outcome.doses.sum())
    yield "infusions counted and told one by one", infused, len(outcome.infusions.day)
    kept = int(outcome.endings[:, [_INFUSED, _LATE, _RETURNED, _WITHDRAWN]].sum())
    lost = int(outcome.endings.sum()) - kept
    yield "doses lost", lost, int(outcome.lost_by_link.sum())


def _activity(world: World, outcome: Outcome) -> Iterator[tuple[str, float, float]]:
    """What was made is somewhere, and no more isotope was drawn than delivered. [GBq]"""
    made = float(outcome.activity[:, 0].sum())
    yield "GBq made and accounted for", made, float(outcome.activity[:, 1:].sum())
    over = np.maximum(outcome.isotope[:, 1] - outcome.isotope[:, 0], 0.0).sum()
    delivered = float(outcome.isotope[:, 0].sum())
    yield "GBq delivered, and with what was drawn beyond it,", delivered, delivered + float(over)
    supply = world.supply
    room = supply.run_doses * supply.run_share
    beyond = float(np.maximum(outcome.run_doses - room, 0.0).sum())
    most = float(room.sum())
    yield "doses that batches can make, and with those beyond it,", most, most + beyond
