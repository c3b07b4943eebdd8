"""What becomes of late doses: by hand for one leg, and by chance for several."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from doseline.study.years.world import world_of

if TYPE_CHECKING:
    from doseline.simulate.engine.world import Supply
    from doseline.study.prepare import Prepared

T_H = 159.463
"""Half-life of Lu-177. [h]"""
NEAR, MIDDLE = 0, 2
"""Ways of the tiny example to the first site and to the second."""


@pytest.fixture(name="supply")
def _supply(prepared: Prepared) -> Supply:
    return world_of(prepared, years=1.0).world.supply


def test_a_leg_that_forgets_how_long_it_is_late(supply: Supply) -> None:
    """One leg, 4 h late in the mean; its slot is at 8, the suite's last one ends at 12."""
    missed = 1.0 - supply.way_on_time[NEAR]
    usable = (supply.way_usable[NEAR] - supply.way_on_time[NEAR]) / missed
    assert usable == pytest.approx(1.0 - math.exp(-4.0 / 4.0), rel=1e-9)
    # Within 10 % of the label's activity for 24.24 h; its shelf life is longer.
    within_h = T_H * math.log2(1.0 / 0.9)
    unexpired = (supply.way_unexpired[NEAR] - supply.way_on_time[NEAR]) / missed
    assert unexpired == pytest.approx(1.0 - math.exp(-within_h / 4.0), rel=1e-6)


def test_a_late_dose_has_decayed_for_as_long_as_it_is_late_on_average(supply: Supply) -> None:
    decay, late, most_h = math.log(2.0) / T_H, 1.0 / 4.0, 4.0
    left = (
        late / (late + decay) * -math.expm1(-(late + decay) * most_h) / -math.expm1(-late * most_h)
    )
    assert supply.way_late[NEAR] / supply.way_infuse[NEAR] == pytest.approx(left, rel=1e-5)


def test_several_legs_do_no_harm_if_each_is_late_by_less(supply: Supply) -> None:
    """Three legs, there 9 h before the slot at 8; the suite's last one ends at 12."""
    chance = np.random.default_rng(3)
    count = 2_000_000
    late = chance.random((count, 3)) >= np.array([0.99, 0.95, 0.99])
    worst = (late * chance.exponential([2.0, 6.0, 2.0], (count, 3))).max(axis=1)
    missed = worst > 9.0
    within = float((worst[missed] <= 13.0).mean())
    expected = (supply.way_usable[MIDDLE] - supply.way_on_time[MIDDLE]) / (
        1.0 - supply.way_on_time[MIDDLE]
    )
    error = math.sqrt(within * (1.0 - within) / missed.sum())
    assert abs(within - expected) <= 3.0 * error


def test_shares_rise_and_a_late_dose_is_within_tolerance(supply: Supply) -> None:
    assert (supply.way_on_time <= supply.way_usable).all()
    assert (supply.way_usable <= supply.way_unexpired).all()
    assert (supply.way_unexpired <= 1.0).all()
    assert (supply.way_late <= supply.way_infuse).all()
    assert (supply.way_late >= 0.9 * supply.way_infuse).all()
