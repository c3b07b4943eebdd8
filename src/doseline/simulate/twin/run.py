"""The twin's calendar: weeks of doses and events of patients and servers, in order."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from doseline.simulate.engine.outcome import Fate, Outcome
from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.world import NOWHERE, Stage
from doseline.simulate.twin.account import Account, outcome_of
from doseline.simulate.twin.closing import close_open_order
from doseline.simulate.twin.draws import Draws
from doseline.simulate.twin.journey import Journeys
from doseline.simulate.twin.state import Patient, State, state_of
from doseline.simulate.twin.week import Week

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Arrivals, World

_BUILT_IN = Policies()


def simulate(
    world: World, arrivals: Arrivals, *, seed: int, policies: Policies = _BUILT_IN, log: int = 0
) -> Outcome:
    """One replication, in plain Python.

    Args:
        world: The network.
        arrivals: The patients.
        seed: Seed of every random number.
        policies: Who goes where and who comes first; the built-in ones if left out.
        log: Lines of the log to keep; the first ones are kept.

    Returns:
        What became of patients, doses and activity.
    """
    state = state_of(
        world,
        arrivals,
        policies=policies,
        draws=Draws(seed),
        account=Account.of(world),
        log_room=log,
    )
    journeys = Journeys(state)
    for patient, start in zip(state.patients, arrivals.t0.tolist(), strict=True):
        _begin(state, patient, start)
    for week in range(world.weeks):
        _events(state, journeys, before=7.0 * week)
        Week(state, week).pass_by()
    _events(state, journeys, before=world.horizon)
    for patient in state.patients:
        journeys.at_horizon(patient)
        _close(state, patient)
    return outcome_of(state)


def _begin(state: State, patient: Patient, start: float) -> None:
    """Patients without a site start the journey; the others are on the list of a week."""
    if patient.site == NOWHERE:
        state.expect_patient(start, patient)
        return
    patient.due = patient.since = start
    patient.stage = int((state.world.journey.kind[patient.product] == Stage.ORDER).argmax())
    if patient.given > 0:
        state.enlist(patient, max(math.floor(start / 7.0), 0))
    else:
        week = state.week_of_order(patient.product, start, by_then=start > 0.0)
        state.enlist(patient, week)


def _events(state: State, journeys: Journeys, *, before: float) -> None:
    """Events of patients and servers before a day."""
    while (event := state.next_event(before)) is not None:
        day, entity = event
        state.account.events += 1
        if entity < len(state.patients):
            journeys.patient_event(state.patients[entity], day)
        else:
            journeys.server_event(state.servers[entity - len(state.patients)], day)


def _close(state: State, patient: Patient) -> None:
    """What became of a patient by the horizon."""
    horizon = state.world.horizon
    if patient.first_dose_day != math.inf and patient.first_dose_day > horizon:
        patient.first_dose_day = math.inf
        patient.fate, patient.fate_day = Fate.UNDER_WAY, math.inf
    if patient.fate == Fate.LEFT and patient.exit_day > horizon:
        patient.fate, patient.fate_day = Fate.UNDER_WAY, math.inf
    if patient.fate == Fate.UNDER_WAY and patient.never_treated and patient.exit_day < horizon:
        patient.fate, patient.fate_day = Fate.LEFT, patient.exit_day
    close_open_order(state, patient)
