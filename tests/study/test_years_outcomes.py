"""Survival gained and lost in years: against closed forms, and the figures of the fact base."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from tests.study.networks import tiny
from tests.study.years_made import arrivals_made, outcome_made

from doseline.model.checks_outcomes import check_outcomes
from doseline.simulate.engine.outcome import Fate
from doseline.study.years.outcomes import (
    DAYS_PER_MONTH,
    Gains,
    gains_frame,
    gains_of,
    hazards_of,
    restricted_mean,
)

if TYPE_CHECKING:
    from typing import Any

    from doseline.model.network import Network

PATIENTS = 40_000
PROGRESSION, DEATH = np.log(2) / 3.4, np.log(2) / 11.3
"""VISION, control arm. [1/month]"""


def with_trial(**changed: Any) -> Network:
    """The tiny network with VISION's outcomes (NEJM 2021;385:1091)."""
    product = tiny().frame("products")["product"][0]
    evidence = tiny().frame("evidence")["evidence"][0]
    shared = {"product": product, "trial": "VISION", "evidence": evidence}
    rows = [
        {"endpoint": "pfs", "control_median_months": 3.4, "hazard_ratio": 0.40, "low": 0.29}
        | {"high": 0.57, "weight_low": 0.6, "weight_high": 0.8},
        {"endpoint": "os", "control_median_months": 11.3, "hazard_ratio": 0.62, "low": 0.52}
        | {"high": 0.74, "weight_low": 0.4, "weight_high": 0.6},
    ]
    schema = tiny().frame("outcomes").schema
    frame = pl.DataFrame(
        [{"crossover_percent": 0.0, **shared, **row, **changed} for row in rows], schema=schema
    )
    return tiny().replace(outcomes=frame)


def waited(network: Network, days: float, *, fate: Fate = Fate.TREATED) -> Gains:
    """Gains of patients who all waited so many days."""
    arrivals = arrivals_made([0.0] * PATIENTS)
    ends = np.full(PATIENTS, days)
    outcome = outcome_made(PATIENTS, fate=np.full(PATIENTS, fate), fate_day=ends)
    return gains_of(hazards_of(network), arrivals, outcome, horizon=3650.0, seed=3)


def near(found: np.ndarray[Any, Any], expected: float) -> None:
    """The mean is within 3.5 standard errors of what it should be."""
    error = float(found.std()) / np.sqrt(len(found))
    assert abs(float(found.mean()) - expected) < 3.5 * error


def test_gains_at_once_are_the_means_of_cut_off_exponentials() -> None:
    gains = waited(with_trial(), 0.0)
    control = restricted_mean(PROGRESSION, 60.0)
    near(gains.progression_free, float(restricted_mean(0.40 * PROGRESSION, 60.0) - control))
    longer = restricted_mean(0.62 * DEATH, 60.0) - restricted_mean(DEATH, 60.0)
    near(gains.alive, float(longer))
    assert restricted_mean(PROGRESSION, 1e9) == pytest.approx(3.4 / np.log(2))


def test_hazards_run_while_patients_wait() -> None:
    # The fact base (5.3): of those who wait 51 days, 29 % have progressed or died, 10 % died.
    months = 51.0 / DAYS_PER_MONTH
    either, dead = -np.expm1(-PROGRESSION * months), -np.expm1(-DEATH * months)
    assert (round(either, 2), round(dead, 2)) == (0.29, 0.10)
    # Exits of the example are deaths (median 344 days), so those who stay have not died.
    gains = waited(with_trial(), 51.0)
    exit_rate = hazards_of(with_trial()).exit[0]
    near(gains.progressed.astype(float), float(-np.expm1(-(PROGRESSION - exit_rate) * months)))
    assert not gains.died.any()
    longer = restricted_mean(0.40 * PROGRESSION, 60 - months) - restricted_mean(
        PROGRESSION, 60 - months
    )
    stay = float(np.exp(-(PROGRESSION - exit_rate) * months))
    near(gains.progression_free, stay * float(longer))


def test_an_exit_is_a_death_as_often_as_death_is_part_of_its_hazard() -> None:
    hazards = hazards_of(with_trial())
    twice = dataclasses.replace(hazards, exit=2.0 * hazards.death)
    arrivals = arrivals_made([0.0] * PATIENTS)
    outcome = outcome_made(
        PATIENTS, fate=np.full(PATIENTS, Fate.LEFT), fate_day=np.full(PATIENTS, 30.0)
    )
    gains = gains_of(twice, arrivals, outcome, horizon=3650.0, seed=3)
    near(gains.died.astype(float), 0.5)
    assert (gains.died | gains.progressed).all()
    assert not gains.progression_free.any()


def test_the_table_tells_ranges_that_hold_no_effect_and_the_published_one() -> None:
    network = with_trial()
    gains = waited(network, 20.0)
    of = np.arange(PATIENTS) < 1000
    told = gains_frame(network, gains, np.zeros(PATIENTS, np.int64), of).row(0, named=True)
    assert (told["patients"], told["treated"], told["trial"]) == (1000, 1000, "VISION")
    assert told["alive_low"] == 0.0 < told["alive_high"]
    assert told["waited"] == pytest.approx(1000 * 20 / DAYS_PER_MONTH)
    assert told["progression_free"] < told["progression_free_at_once"]
    # Without an effect on death, a month without progression is worth the difference of weights.
    least = (0.6 - 0.6) * told["progression_free"] / 12
    assert told["qaly_low"] == pytest.approx(least, abs=1e-9)
    assert told["qaly_high"] > (0.8 - 0.4) * told["progression_free"] / 12 - 1e-9


def test_life_is_never_worth_more_after_progression_than_before_it() -> None:
    """Both weights from 0.6 to 0.8, by hand: 0.6 before and 0.8 after is nobody's assumption."""
    network = with_trial(weight_low=0.6, weight_high=0.8)
    gains = waited(network, 20.0)
    everyone = np.ones(PATIENTS, np.bool_)
    told = gains_frame(network, gains, np.zeros(PATIENTS, np.int64), everyone).row(0, named=True)
    free, longer = gains.progression_free.sum(), gains.progression_free_published.sum()
    alive = gains.alive.sum()
    assert told["qaly_low"] == pytest.approx(0.0, abs=1e-9)
    corners = [0.2 * free, 0.6 * alive, 0.8 * alive, 0.8 * longer + 0.6 * (alive - longer)]
    assert told["qaly_high"] == pytest.approx(max(corners) / 12.0)
    # Progression or death has the same published ratio, whichever of both it is more often.
    near(gains.progression_free_published - gains.progression_free, 0.0)


def test_a_hazard_ratio_above_one_makes_the_range_reach_below_zero() -> None:
    network = with_trial(hazard_ratio=1.14, high=1.5)
    gains = waited(network, 20.0)
    everyone = np.ones(PATIENTS, np.bool_)
    told = gains_frame(network, gains, np.zeros(PATIENTS, np.int64), everyone).row(0, named=True)
    assert told["alive_low"] < told["alive_high"] == 0.0


def test_a_product_without_a_trial_is_not_told() -> None:
    gains = waited(tiny(), 20.0)
    everyone = np.ones(PATIENTS, np.bool_)
    told = gains_frame(tiny(), gains, np.zeros(PATIENTS, np.int64), everyone).row(0, named=True)
    assert (told["told"], told["treated"]) == (False, PATIENTS)
    assert {told[name] for name in ("trial", "died_waiting", "progression_free", "qaly_low")} == {
        None
    }


def test_draws_belong_to_the_patient_whoever_else_is_there() -> None:
    network = with_trial()
    many, one = waited(network, 20.0), arrivals_made([0.0])
    outcome = outcome_made(1, fate=np.full(1, Fate.TREATED), fate_day=np.full(1, 20.0))
    alone = gains_of(hazards_of(network), one, outcome, horizon=3650.0, seed=3)
    assert alone.progression_free[0] == many.progression_free[0]
    assert alone.alive[0] == many.alive[0]


def test_rows_that_make_no_sense_are_told() -> None:
    codes = {one.code for one in check_outcomes(with_trial(hazard_ratio=2.0, weight_low=None))}
    assert {"hazard_ratio_outside", "weights_outside"} <= codes
    product, swapped = with_trial(), {"pfs": 11.3, "os": 3.4}
    frame = product.frame("outcomes").with_columns(
        control_median_months=pl.col("endpoint").replace_strict(swapped)
    )
    codes = {one.code for one in check_outcomes(product.replace(outcomes=frame))}
    assert "progression_after_death" in codes
