"""What a simulation of years was worth to its patients: survival gained, and lost by waiting.

The hazard of a trial's control arm runs from the clock start; from the first dose on, the published
hazard ratio applies to it. Times are exponential: the rate of the control arm is ln 2 / median, and
the treated rate is that rate times the hazard ratio, not ln 2 / the treated median, which would
understate what treatment does. Who progressed while waiting gains no progression-free time.

Overall survival is a range, from no effect to the published hazard ratio, because control patients
of most trials crossed over to the product; a ratio adjusted for that is a model's and is not used.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.chance import uniform
from doseline.model.outcomes import TrialOutcome
from doseline.model.supply import Product
from doseline.simulate.engine.outcome import Fate

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.simulate.engine.outcome import Outcome
    from doseline.simulate.engine.world import Arrivals, Bools, Floats, Ints, Keys

DAYS_PER_MONTH = 365.25 / 12.0
WINDOW_MONTHS = 60.0
"""Months from the clock start within which survival is counted (assumption: later, trials say
nothing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazards:
    """Hazards of each product; arrays have shape (product,), NaN where no trial is stated."""

    progression: Floats
    """Progression or death, control arm. [1/month]"""
    death: Floats
    """Control arm. [1/month]"""
    exit: Floats
    """Clinical exit while waiting, as the network states it. [1/month]"""
    progression_ratio: Floats
    death_ratio: Floats
    weights: Floats
    """Quality weights, (product, before progression or after, low or high)."""

    @property
    def progression_told(self) -> Bools:
        """Whether progression-free survival can be told of each product."""
        told: Bools = ~np.isnan(self.progression)
        return told

    @property
    def death_told(self) -> Bools:
        """Whether overall survival can be told of each product."""
        told: Bools = ~np.isnan(self.death)
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Gains:
    """What became of each patient, in the order of the arrivals; shape (n,)."""

    counted: Bools
    """Patients whose first dose fell to the simulation, and who were eligible."""
    treated: Bools
    waited: Floats
    """From the clock start to the first dose, the loss, the exit or the horizon. [month]"""
    died: Bools
    """Died while waiting."""
    progressed: Bools
    """Progressed while waiting, and did not die of it at once."""
    progression_free: Floats
    """Gained against no treatment, if it has no effect on survival. [month]"""
    progression_free_published: Floats
    """The same, by the published hazard ratio of death. [month]"""
    alive: Floats
    """Gained by the published hazard ratio; by no effect it is 0. [month]"""


def hazards_of(network: Network) -> Hazards:
    """The hazards that a network states, by row of its products."""
    products = network.rows(Product)
    at = {row.product: number for number, row in enumerate(products)}
    shape = (2, len(products))
    rate, ratio = np.full(shape, np.nan), np.full(shape, np.nan)
    weights = np.full((len(products), 2, 2), np.nan)
    for row in network.rows(TrialOutcome):
        end = 0 if row.endpoint == "pfs" else 1
        rate[end, at[row.product]] = np.log(2.0) / row.control_median_months
        ratio[end, at[row.product]] = row.hazard_ratio
        if row.weight_low is not None and row.weight_high is not None:
            weights[at[row.product], end] = row.weight_low, row.weight_high
    exits = np.array([row.exit_median_days for row in products]) / DAYS_PER_MONTH
    return Hazards(
        progression=rate[0],
        death=rate[1],
        exit=np.log(2.0) / exits,
        progression_ratio=ratio[0],
        death_ratio=ratio[1],
        weights=weights,
    )


def gains_of(
    hazards: Hazards,
    arrivals: Arrivals,
    outcome: Outcome,
    *,
    horizon: float,
    seed: int,
    months: float = WINDOW_MONTHS,
) -> Gains:
    """Survival gained and lost, patient by patient, from draws that depend on the patient only.

    Args:
        hazards: Of each product.
        arrivals: The patients.
        outcome: What became of them.
        horizon: End of the simulation. [d]
        seed: Seed of the replication.
        months: Months from the clock start within which survival is counted.
    """
    counted: Bools = (arrivals.given == 0) & (outcome.fate != Fate.NOT_ELIGIBLE)
    treated: Bools = counted & (outcome.fate == Fate.TREATED)
    until = np.minimum(outcome.fate_day, horizon)
    waited = np.maximum(until - arrivals.t0, 0.0) / DAYS_PER_MONTH
    died, progressed = _while_waiting(hazards, arrivals, outcome, seed=seed, waited=waited)
    rows = np.flatnonzero(treated)
    left = np.maximum(months - waited[rows], 0.0)
    free, published, alive = _longer(
        hazards, arrivals.product[rows], arrivals.key[rows], left, seed=seed
    )
    # Who progressed while waiting has nothing left of it to gain.
    free[progressed[rows]] = published[progressed[rows]] = 0.0
    told = hazards.progression_told[arrivals.product]
    return Gains(
        counted=counted,
        treated=treated,
        waited=np.where(counted, waited, 0.0),
        died=counted & died,
        progressed=counted & progressed,
        progression_free=_of_treated(rows, free, told),
        progression_free_published=_of_treated(rows, published, told),
        alive=_of_treated(rows, alive, hazards.death_told[arrivals.product]),
    )


def _of_treated(rows: Ints, gained: Floats, told: Bools) -> Floats:
    """A figure of each patient: 0 without treatment, NaN where no trial tells it."""
    whole: Floats = np.where(told, 0.0, np.nan)
    whole[rows] += gained
    return whole


def restricted_mean(rate: Floats | float, months: Floats | float) -> Floats:
    """Mean of an exponential time, cut off after some months: (1 - exp(-rate months)) / rate.

    Args:
        rate: Positive hazard. [1/month]
        months: Where it is cut off. [month]
    """
    mean: Floats = -np.expm1(-np.multiply(rate, months)) / rate
    return mean


def gains_frame(network: Network, gains: Gains, product: Ints, of: Bools) -> pl.DataFrame:
    """One row a product: patients, events while waiting, and gains in all; gaps: not told.

    Args:
        network: Products and their trials.
        gains: Of all patients.
        product: Row of each patient's product.
        of: Patients to count, e.g. those of a cohort.

    Returns:
        product, told, trial, confidence, patients, treated, died_waiting, progressed_waiting
        [patients], waited, progression_free, progression_free_at_once, alive_low, alive_high
        [months over all patients], qaly_low, qaly_high [years over all patients].
    """
    hazards = hazards_of(network)
    trials = {row.product: row for row in reversed(network.rows(TrialOutcome))}
    sure = dict(network.frame("evidence").select("evidence", "confidence").iter_rows())
    rows = []
    for at, name in enumerate(network.frame("products")["product"]):
        mine = of & gains.counted & (product == at)
        trial = trials.get(name)
        rows.append(
            {
                "product": name,
                "told": trial is not None,
                "trial": trial and trial.trial,
                "confidence": trial and sure[trial.evidence],
                "patients": int(mine.sum()),
                "treated": int((mine & gains.treated).sum()),
                "waited": float(gains.waited[mine].sum()),
                **_told_of(hazards, gains, at, mine),
            }
        )
    return pl.DataFrame(rows, schema=GAINS_SCHEMA)


GAINS_SCHEMA: dict[str, type[pl.DataType]] = {
    "product": pl.String,
    "told": pl.Boolean,
    "trial": pl.String,
    "confidence": pl.String,
    "patients": pl.Int64,
    "treated": pl.Int64,
    "waited": pl.Float64,
    "died_waiting": pl.Int64,
    "progressed_waiting": pl.Int64,
    "progression_free": pl.Float64,
    "progression_free_at_once": pl.Float64,
    "alive_low": pl.Float64,
    "alive_high": pl.Float64,
    "qaly_low": pl.Float64,
    "qaly_high": pl.Float64,
}


def _told_of(hazards: Hazards, gains: Gains, at: int, mine: Bools) -> dict[str, float | int | None]:
    """The figures of a product that rest on its trial; None where there is none."""
    told: dict[str, float | int | None] = {}
    if hazards.death_told[at]:
        alive = float(gains.alive[mine].sum())
        told |= {
            "died_waiting": int(gains.died[mine].sum()),
            "alive_low": min(0.0, alive),
            "alive_high": max(0.0, alive),
        }
    if hazards.progression_told[at]:
        told |= {
            "progressed_waiting": int(gains.progressed[mine].sum()),
            "progression_free": float(gains.progression_free[mine].sum()),
            "progression_free_at_once": float(mine.sum()) * _at_once(hazards, at),
        }
    both = hazards.death_told[at] and hazards.progression_told[at]
    if both and not np.isnan(hazards.weights[at]).any():
        told |= _qaly(hazards.weights[at], gains, mine)
    return told


def _at_once(hazards: Hazards, at: int, months: float = WINDOW_MONTHS) -> float:
    """Mean progression-free time that a patient gains if treated at the clock start. [month]"""
    control = hazards.progression[at]
    death = np.nan_to_num(hazards.death[at])
    treated = max(control * hazards.progression_ratio[at], death)
    return float(restricted_mean(treated, months) - restricted_mean(control, months))


def _while_waiting(
    hazards: Hazards,
    arrivals: Arrivals,
    outcome: Outcome,
    *,
    seed: int,
    waited: Floats,
) -> tuple[Bools, Bools]:
    """Who died, and who progressed, while waiting.

    The clinical exit of the simulation is a death as often as the control arm's death is part of
    its hazard. Progression beyond it strikes those who stay, so that both together, and death,
    have the control arm's hazard (the minimum of exponential times has the sum of their rates).
    """
    of = arrivals.product
    death = np.nan_to_num(hazards.death)
    gone: Bools = outcome.fate == Fate.LEFT
    died = gone.copy()
    chance = uniform(seed, "exit by death", arrivals.key[gone])
    died[gone] = chance * hazards.exit[of[gone]] < death[of[gone]]
    either = np.nan_to_num(hazards.progression)
    more = np.maximum(either - np.maximum(hazards.exit, death), 0.0)[of]
    worse: Bools = _unit(seed, "waiting", arrivals.key) < more * waited
    progressed: Bools = hazards.progression_told[of] & ((gone & ~died) | worse)
    return died, progressed


def _longer(
    hazards: Hazards, of: Ints, key: Keys, left: Floats, *, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Months that treatment adds: without progression (twice, as in ``Gains``), and alive."""
    unit = {name: _unit(seed, name, key) for name in ("death", "progression")}
    before, without = _times(hazards, of, unit, left, treated=False, effect=False)
    free, _ = _times(hazards, of, unit, left, treated=True, effect=False)
    published, alive = _times(hazards, of, unit, left, treated=True, effect=True)
    return free - before, published - before, alive - without


def _times(
    hazards: Hazards,
    of: Ints,
    unit: dict[str, Floats],
    left: Floats,
    *,
    treated: bool,
    effect: bool,
) -> tuple[Floats, Floats]:
    """Months without progression, and alive, from the first dose on, within what is left.

    Nobody lives longer without progression than at all: where a hazard of progression would fall
    below that of death, it is that of death.
    """
    death = np.nan_to_num(hazards.death[of])
    either = np.nan_to_num(hazards.progression[of])
    if treated:
        either = either * np.nan_to_num(hazards.progression_ratio[of], nan=1.0)
        death = death * (np.nan_to_num(hazards.death_ratio[of], nan=1.0) if effect else 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        dead = np.where(death > 0, unit["death"] / death, np.inf)
        more = np.maximum(either - death, 0.0)
        worse = np.where(more > 0, unit["progression"] / more, np.inf)
    alive: Floats = np.minimum(dead, left)
    free: Floats = np.minimum(worse, alive)
    return free, alive


def _qaly(weights: Floats, gains: Gains, mine: Bools) -> dict[str, float]:
    """Range of the years gained, weighted by quality, over the corners of the assumptions. [year]

    Corners in which life would be better after progression than before it are left out.
    """
    alive = float(gains.alive[mine].sum())
    free = float(gains.progression_free[mine].sum())
    published = float(gains.progression_free_published[mine].sum())
    corners = [
        (before * without + after * (longer - without)) / 12.0
        for without, longer in ((free, 0.0), (published, alive))
        for before, after in itertools.product(*weights.tolist())
        if after <= before
    ]
    return {"qaly_low": min(corners), "qaly_high": max(corners)} if corners else {}


def _unit(seed: int, what: str, key: Keys) -> Floats:
    """An exponential time of mean 1 for each patient."""
    unit: Floats = -np.log1p(-uniform(seed, f"outcome/{what}", key))
    return unit
