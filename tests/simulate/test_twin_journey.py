"""The twin's journeys against what a pencil says."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.simulate.hand_worlds import (
    NO_SCANNER,
    NOT_REFERRED,
    PET_SLOT,
    Step,
    patients_at,
    stations_of,
    world_of,
)

from doseline.model.ledger import LINKS
from doseline.simulate.engine.outcome import Event, Fate
from doseline.simulate.engine.world import Law, Stage
from doseline.simulate.twin import simulate

SCAN = (Step(Stage.STATION, PET_SLOT), Step(Stage.END))


def test_delays_add_up_and_are_booked_to_their_links() -> None:
    steps = (Step(Stage.DELAY, NOT_REFERRED, 4.0), Step(Stage.DELAY, PET_SLOT, 2.5))
    outcome = simulate(world_of((*steps, Step(Stage.END))), patients_at(1.0), seed=1)
    assert outcome.fate.tolist() == [Fate.DONE]
    assert outcome.fate_day.tolist() == [7.5]
    assert outcome.wait[0, NOT_REFERRED] == 4.0
    assert outcome.wait[0, PET_SLOT] == 2.5
    assert outcome.wait.sum() == 6.5
    assert outcome.events == 3


def test_a_gate_that_nobody_passes_loses_everybody_after_its_time() -> None:
    world = world_of((Step(Stage.DELAY, NOT_REFERRED, 4.0, passes=0.0), Step(Stage.END)))
    outcome = simulate(world, patients_at(1.0), seed=1, log=9)
    assert outcome.fate.tolist() == [Fate.LOST]
    assert outcome.link.tolist() == [NOT_REFERRED]
    assert outcome.log == ((5.0, 0, Event.LOST, NOT_REFERRED),)


def test_who_dies_in_a_delay_waits_until_then() -> None:
    world = world_of((Step(Stage.DELAY, NOT_REFERRED, 4.0), Step(Stage.END)))
    outcome = simulate(world, patients_at(1.0, exits=[3.0]), seed=1, log=9)
    assert outcome.fate.tolist() == [Fate.LEFT]
    assert outcome.fate_day.tolist() == [3.0]
    assert outcome.wait[0, NOT_REFERRED] == 2.0
    assert outcome.log == ((3.0, 0, Event.LEFT, 0),)


def test_an_appointment_lets_go_at_its_start_and_a_service_at_its_end() -> None:
    arrivals = patients_at(0.0, 1.0, 2.0)
    slots = simulate(world_of(SCAN, stations=stations_of(days=3.0)), arrivals, seed=1)
    held = simulate(world_of(SCAN, stations=stations_of(days=3.0, slot=False)), arrivals, seed=1)
    assert slots.fate_day.tolist() == [0.0, 3.0, 6.0]
    assert held.fate_day.tolist() == [3.0, 6.0, 9.0]
    assert slots.wait[:, PET_SLOT].tolist() == held.wait[:, PET_SLOT].tolist() == [0.0, 2.0, 4.0]


def test_two_servers_serve_two() -> None:
    world = world_of(SCAN, stations=stations_of(servers=2, days=3.0, slot=False))
    outcome = simulate(world, patients_at(0.0, 1.0, 2.0), seed=1)
    assert outcome.fate_day.tolist() == [3.0, 4.0, 6.0]


def test_a_line_that_is_full_loses_the_next() -> None:
    world = world_of(SCAN, stations=stations_of(days=3.0, most_waiting=1))
    outcome = simulate(world, patients_at(0.0, 1.0, 2.0, 2.5), seed=1)
    assert outcome.fate.tolist() == [Fate.DONE, Fate.DONE, Fate.LOST, Fate.LOST]
    assert outcome.link.tolist() == [-1, -1, PET_SLOT, PET_SLOT]


def test_who_dies_in_the_line_is_taken_out_when_the_server_calls() -> None:
    world = world_of(SCAN, stations=stations_of(days=3.0))
    arrivals = patients_at(0.0, 1.0, 2.0, exits=[math.inf, 2.5, math.inf])
    outcome = simulate(world, arrivals, seed=1, log=99)
    assert outcome.fate.tolist() == [Fate.DONE, Fate.LEFT, Fate.DONE]
    assert outcome.fate_day.tolist() == [0.0, 2.5, 3.0]
    assert outcome.wait[:, PET_SLOT].tolist() == [0.0, 1.5, 1.0]
    assert outcome.log[-3:] == (
        (2.5, 1, Event.LEFT, 0),
        (3.0, 2, Event.STARTED, 0),
        (3.0, 2, Event.DONE, -1),
    )


def test_nobody_waits_beyond_the_horizon() -> None:
    world = world_of(SCAN, weeks=1, stations=stations_of(days=30.0))
    arrivals = patients_at(0.0, 1.0, 2.0, 9.0, exits=[math.inf, math.inf, 5.0, 8.0])
    outcome = simulate(world, arrivals, seed=1)
    assert outcome.fate.tolist() == [Fate.DONE, Fate.UNDER_WAY, Fate.LEFT, Fate.UNDER_WAY]
    assert outcome.wait[:, PET_SLOT].tolist() == [0.0, 6.0, 3.0, 0.0]
    assert outcome.waiting.tolist() == [0]


def test_lines_are_counted_on_mondays() -> None:
    world = world_of(SCAN, weeks=3, stations=stations_of(days=30.0))
    outcome = simulate(world, patients_at(0.0, 1.0, 2.0, 7.0, 8.0), seed=1)
    assert outcome.waiting.tolist() == [0, 2, 4]


def test_a_station_out_of_reach_refuses() -> None:
    world = world_of(SCAN)
    far = replace(world, journey=replace(world.journey, max_km=np.full((1, 2), 9.0)))
    shut = replace(world, stations=replace(world.stations, open_from=np.array([2.0])))
    assert simulate(far, patients_at(1.0), seed=1).link.tolist() == [NO_SCANNER]
    assert simulate(shut, patients_at(1.0, 2.0), seed=1).link.tolist() == [NO_SCANNER, -1]


@pytest.mark.parametrize(
    ("change", "link"),
    [
        ({"max_km": 9.0}, "out_of_reach"),
        ({"blocked": LINKS.index("no_isotope")}, "no_isotope"),
        ({"offers": False}, "not_offered"),
        ({"listed_from": 1.5}, "cannot_pay"),
    ],
)
def test_the_first_filter_that_leaves_no_site_names_the_link(
    change: dict[str, float], link: str
) -> None:
    world = world_of((Step(Stage.SITE), Step(Stage.END)))
    sites, journey = world.sites, world.journey
    for name, value in change.items():
        if name == "max_km":
            journey = replace(journey, max_km=np.full((1, 2), value))
        else:
            full = np.full_like(getattr(sites, name), value)
            sites = replace(sites, **{name: full})
    outcome = simulate(replace(world, sites=sites, journey=journey), patients_at(1.0), seed=1)
    assert [LINKS[at] for at in outcome.link] == [link]
    assert outcome.site.tolist() == [-1]


def test_an_appeal_takes_its_time_too() -> None:
    steps = (Step(Stage.AUTHORISE), Step(Stage.END))
    world = world_of(steps)
    one = np.ones(1)
    denied = replace(world.payers, denied=one)
    appealed = replace(denied, appeals=one)
    won = replace(appealed, won=one)
    days = [
        simulate(replace(world, payers=payers), patients_at(1.0), seed=1)
        for payers in (world.payers, denied, appealed, won)
    ]
    assert [outcome.fate_day[0] for outcome in days] == [6.0, 6.0, 10.0, 10.0]
    assert [Fate(outcome.fate[0]) for outcome in days] == [
        Fate.DONE,
        Fate.LOST,
        Fate.LOST,
        Fate.DONE,
    ]
    assert days[1].link[0] == days[2].link[0] == LINKS.index("authorisation_denied")


def test_shares_and_laws_come_true_in_the_long_run() -> None:
    count = 4000
    steps = (Step(Stage.POSITIVE, passes=0.25), Step(Stage.DELAY, days=3.0), Step(Stage.END))
    world = world_of(steps, weeks=40)
    arrivals = patients_at(*np.linspace(0.0, 10.0, count))
    for law, mean in ((Law.EXPONENTIAL, 3.0), (Law.LOGNORMAL, 3.0 * math.exp(0.5 * 0.6**2))):
        drawn = replace(world.journey, law=np.full((1, 3), int(law)), second=np.full((1, 3), 0.6))
        outcome = simulate(replace(world, journey=drawn), arrivals, seed=5)
        done = outcome.fate == Fate.DONE
        share_error = math.sqrt(0.25 * 0.75 / count)
        assert abs(done.mean() - 0.25) < 4.0 * share_error
        waits = outcome.wait[done, NOT_REFERRED]
        assert abs(waits.mean() - mean) < 4.0 * waits.std() / math.sqrt(done.sum())
