"""The account that the twin keeps of doses, activity and isotope, and its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.outcome import Infusions, Outcome, Waits

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Floats, Ints, World
    from doseline.simulate.twin.state import Patient, State

MADE, IN_TRANSIT, IN_STOCK, INFUSED, RESIDUAL, WASTE = range(6)
"""Columns of the activity's account."""
DELIVERED, DRAWN = range(2)
"""Columns of the isotope's account."""


@dataclass(slots=True)
class Account:
    """Counts and sums as in the outcome."""

    endings: Ints
    lost_by_link: Ints
    demand: Ints
    served: Ints
    infused: Ints
    run_doses: Ints
    run_failed: Ints
    waiting: Ints
    activity: Floats
    isotope: Floats
    services: Ints
    infusions: list[tuple[int, float, float]] = field(default_factory=list)
    """Patient, day and day from which the dose was wanted, in the order of the books."""
    events: int = 0

    @classmethod
    def of(cls, world: World) -> Account:
        """An empty account of a world."""
        weeks, products = world.weeks, world.products
        runs, pools = len(world.supply.run_key), len(world.supply.pool_gbq)
        return cls(
            endings=_zeros(products, len(DOSE_ENDINGS)),
            lost_by_link=_zeros(len(LINKS)),
            demand=_zeros(weeks, products, 2),
            served=_zeros(weeks, products, 2),
            infused=_zeros(*world.sites.offers.shape),
            run_doses=_zeros(weeks, runs),
            run_failed=_zeros(weeks, runs),
            waiting=_zeros(weeks),
            activity=np.zeros((products, 6)),
            isotope=np.zeros((pools, 2)),
            services=_zeros(weeks, len(world.stations.servers)),
        )

    def end_dose(self, product: int, ending: str) -> None:
        """A dose ends."""
        self.endings[product, DOSE_ENDINGS.index(ending)] += 1


def outcome_of(state: State) -> Outcome:
    """The answer, once everything has happened."""
    account, patients = state.account, state.patients

    def whole(name: str) -> Ints:
        return np.array([getattr(patient, name) for patient in patients], dtype=np.int64)

    def days(name: str) -> Floats:
        return np.array([getattr(patient, name) for patient in patients], dtype=np.float64)

    return Outcome(
        fate=whole("fate"),
        link=whole("link"),
        fate_day=days("fate_day"),
        stage=whole("stage"),
        site=whole("site"),
        station=whole("station"),
        first_dose_day=days("first_dose_day"),
        last_dose_day=days("last_dose_day"),
        doses=whole("doses"),
        courses=whole("courses"),
        waits=_waits(patients),
        lost_link=whole("lost_link"),
        lost_day=days("lost_day"),
        endings=account.endings,
        lost_by_link=account.lost_by_link,
        demand=account.demand,
        served=account.served,
        infused=account.infused,
        run_doses=account.run_doses,
        run_failed=account.run_failed,
        waiting=account.waiting,
        activity=account.activity,
        isotope=account.isotope,
        infusions=_infusions(account.infusions),
        services=account.services,
        events=account.events,
        log=tuple(state.log),
    )


def _infusions(rows: list[tuple[int, float, float]]) -> Infusions:
    table = np.array(rows, dtype=np.float64).reshape(len(rows), 3)
    return Infusions(patient=table[:, 0].astype(np.int64), day=table[:, 1], since=table[:, 2])


def _waits(patients: list[Patient]) -> Waits:
    waits = np.array([patient.wait for patient in patients], dtype=np.float64)
    return Waits(days=waits.reshape(len(patients), len(LINKS)), column=np.arange(len(LINKS)))


def _zeros(*shape: int) -> Ints:
    return np.zeros(shape, dtype=np.int64)
