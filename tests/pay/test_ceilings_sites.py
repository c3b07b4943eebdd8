"""Choices of sites by hand: a cycle of two, a volume that makes itself cheap, and turns."""

from __future__ import annotations

import numpy as np
import pytest

from doseline.study.ceilings_flow import Demand
from doseline.study.ceilings_sites import Game, in_turn, together

START = np.zeros((2, 1), dtype=np.int8)


def _demand(patients: float = 1.0, sites: int = 2) -> Demand:
    """Sites that draw alike from one region."""
    return Demand(
        wanted=np.array([[patients]]),
        weight=np.ones((1, sites)),
        places=np.arange(sites)[None, :],
        sites=sites,
        cycles=1.0,
    )


def _game(**changed: object) -> Game:
    known: dict[str, object] = {
        "demand": _demand(),
        "buying": np.full((2, 1), 100.0),
        "received": np.full((2, 1), -np.inf),
        "listed": np.ones(2, dtype=np.bool_),
        "able_buy": np.ones((2, 1)),
        "able_make": np.ones((2, 1)),
        "week_cost": np.full(2, 60.0),
        "least": 0.0,
        **changed,
    }
    return Game(**known)  # type: ignore[arg-type]


def test_two_sites_that_can_only_live_alone_go_round_and_then_take_turns() -> None:
    # One patient a week leaves 100; a week costs 60. Alone a site gains 40, together each gets
    # half a patient and loses 10. Both come, both go, and so on: a cycle of two rounds.
    state, rounds, cycle = together(_game(), START)
    assert (rounds, cycle) == (2, 2)
    # One after another: the first comes, the second would draw half a patient and stays away.
    rested, more, settled = in_turn(_game(), state)
    assert settled
    assert rested.sum() == 1
    assert more == 2


def test_two_sites_that_can_live_together_rest_at_once() -> None:
    # Half a patient each leaves 50, and a week costs 40.
    state, rounds, cycle = together(_game(week_cost=np.full(2, 40.0)), START)
    assert state.tolist() == [[1], [1]]
    assert (rounds, cycle) == (2, 0)


def test_a_site_that_is_not_listed_buys_nothing_but_may_make() -> None:
    game = _game(
        listed=np.array([False, True]),
        week_cost=np.zeros(2),
        received=np.array([[90.0], [-np.inf]]),
        makers=(0,),
        own_cost=lambda _site, _doses: 30.0,
    )
    assert together(game, START)[0].tolist() == [[2], [1]]


@pytest.mark.parametrize(("patients", "expected"), [(1.0, 1), (4.0, 2)])
def test_a_dose_of_its_own_pays_once_there_are_enough_of_them(
    patients: float, expected: int
) -> None:
    # A batch costs 300, shared by the doses of a week: one dose leaves 390 - 300 = 90 < 100 and
    # is bought; four leave 390 - 75 = 315 each and are made.
    game = _game(
        demand=_demand(patients, sites=1),
        buying=np.array([[100.0]]),
        received=np.array([[390.0]]),
        listed=np.array([True]),
        able_buy=np.ones((1, 1)),
        able_make=np.ones((1, 1)),
        week_cost=np.zeros(1),
        makers=(0,),
        own_cost=lambda _site, doses: 300.0 / max(doses, 1.0),
    )
    state, _, cycle = together(game, START[:1])
    assert cycle == 0
    assert state.item() == expected


def test_a_site_makes_only_for_the_payers_that_bear_what_it_then_costs() -> None:
    # Two payers of one patient each bring 200 and 320; a batch costs 360. For both a dose costs
    # 180: 20 < 50, bought instead. For the second alone it costs 360: 320 - 360 < 0. None is made.
    game = _game(
        demand=Demand(
            wanted=np.array([[1.0, 1.0]]),
            weight=np.ones((1, 1)),
            places=np.zeros((1, 1), dtype=np.int64),
            sites=1,
            cycles=1.0,
        ),
        buying=np.array([[50.0, 50.0]]),
        received=np.array([[200.0, 320.0]]),
        listed=np.array([True]),
        able_buy=np.ones((1, 2)),
        able_make=np.ones((1, 2)),
        week_cost=np.zeros(1),
        makers=(0,),
        own_cost=lambda _site, doses: 360.0 / max(doses, 1.0),
    )
    assert together(game, np.zeros((1, 2), dtype=np.int8))[0].tolist() == [[1, 1]]


def test_patients_are_split_by_draw_and_none_is_lost() -> None:
    demand = Demand(
        wanted=np.array([[3.0, 1.0], [2.0, 2.0]]),
        weight=np.array([[1.0, 2.0], [1.0, 0.0]]),
        places=np.array([[0, 1], [1, -1]]),
        sites=3,
        cycles=1.0,
    )
    offers = np.array([[True, True], [True, False], [True, True]])
    # Payer 1: region 1 splits 3 as 1 : 2, region 2 sends 2 to site 2. Payer 2: site 2 is shut.
    assert demand.patients(offers).tolist() == [[1.0, 1.0], [4.0, 0.0], [0.0, 0.0]]
    # If it opened for payer 2: 2 of region 2, and 2/3 of 1 of region 1.
    assert demand.potential(offers)[1].tolist() == pytest.approx([4.0, 2.0 + 2.0 / 3.0])
