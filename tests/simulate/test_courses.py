"""Courses of the US example end as the published real-world courses did, dose by dose."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.simulate.worlds import Serve, a_calendar

from doseline.io.folder import load
from doseline.simulate.pathway import continuation, expected_cycles, pathway
from doseline.simulate.weeks import Patients, treat

if TYPE_CHECKING:
    from doseline.simulate.weeks import Orders, Outcome

US = Path(__file__).parents[2] / "examples" / "us-lu177"
STOP_BEFORE_3, STOP_BEFORE_6, MEDIAN = 0.442, 0.812, 3
"""Of 208 patients with Lu-177 PSMA, 2017-24 (evidence ``real-world-cycles``)."""
COUNT = 40_000


class Counting:
    """Serves every order, and counts the doses of each patient."""

    def __init__(self) -> None:
        self.doses = np.zeros(COUNT, np.int64)

    def __call__(self, week: int) -> Counting:
        """Serve a week."""
        self.week = week
        return self

    def served(self, orders: Orders) -> Outcome:
        """Every order of a week, infused."""
        np.add.at(self.doses, orders.patient, 1)
        return Serve(week=self.week)(orders)


def courses() -> np.ndarray:
    """Doses of many new patients of the first product who all get every dose in time."""
    path = pathway(load(US))
    patients = Patients(
        key=np.arange(1, COUNT + 1, dtype=np.uint64),
        product=np.zeros(COUNT, np.int64),
        site=np.zeros(COUNT, np.int64),
        payer=np.zeros(COUNT, np.int64),
        doses_given=np.zeros(COUNT, np.int64),
        due_day=np.zeros(COUNT),
        exit_day=np.full(COUNT, np.inf),
    )
    counted = Counting()
    calendar = a_calendar(in_time_days=400)
    treat(patients, path, calendar, lambda week: counted(week).served, seed=7)
    return counted.doses


def test_real_courses_have_a_median_of_three_and_stop_as_published() -> None:
    doses = courses()
    for fewer, share in ((3, STOP_BEFORE_3), (6, STOP_BEFORE_6)):
        found = float((doses < fewer).mean())
        assert abs(found - share) <= 3.0 * math.sqrt(share * (1.0 - share) / COUNT), (fewer, found)
    assert np.median(doses) == MEDIAN
    assert (doses.min(), doses.max()) == (1, 6)


def test_the_expected_course_is_the_mean_of_the_simulated_ones() -> None:
    network = load(US)
    expected = expected_cycles(continuation(network)[0], 6)
    # 1 + 0.747 + 0.747^2 + 0.747^2 (0.696 + 0.696^2 + 0.696^3)
    by_hand = 1 + 0.747 + 0.747**2 * (1 + 0.696 + 0.696**2 + 0.696**3)
    assert expected == pytest.approx(by_hand)
    doses = courses()
    assert abs(float(doses.mean()) - expected) <= 3.0 * float(doses.std()) / math.sqrt(COUNT)


def test_a_dose_without_a_row_has_the_share_of_its_product() -> None:
    shares = continuation(load(US))
    assert shares.shape == (2, 6)
    assert shares[0].tolist() == pytest.approx([0.747, 0.747, 0.696, 0.696, 0.696, 0.73])
    assert shares[1].tolist() == pytest.approx([0.87] * 6)
