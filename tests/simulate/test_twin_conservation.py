"""The twin keeps every patient, dose, becquerel and day, in random worlds of every feature."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache

import numpy as np
import pytest
from tests.simulate.random_worlds import Case, random_case

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.outcome import Event, Fate, Outcome
from doseline.simulate.engine.world import NOWHERE
from doseline.simulate.twin import simulate

SEEDS = range(16)
LOSSES = (
    "isotope_short",
    "batch_failed",
    "release_failed",
    "transport",
    "expired",
    "site",
    "patient_hold",
    "cancelled",
)
UNPLANNED = ("isotope_short", "cancelled")


@cache
def run(seed: int) -> tuple[Case, Outcome]:
    case = random_case(seed)
    outcome = simulate(
        case.world, case.arrivals, seed=case.seed, policies=case.policies, log=1_000_000
    )
    return case, outcome


def told(outcome: Outcome, event: Event) -> list[tuple[float, int, int, int]]:
    return [line for line in outcome.log if line[2] == event]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_patient_has_one_fate_that_fits_its_days(seed: int) -> None:
    case, outcome = run(seed)
    assert len(outcome.fate) == case.arrivals.count
    treated, left = outcome.fate == Fate.TREATED, outcome.fate == Fate.LEFT
    new = case.arrivals.given == 0
    assert (np.isfinite(outcome.first_dose_day) == treated).all()
    assert (outcome.fate_day[treated] == outcome.first_dose_day[treated]).all()
    assert (outcome.first_dose_day[treated] <= case.arrivals.exit_day[treated]).all()
    assert (outcome.fate_day[left] == case.arrivals.exit_day[left]).all()
    assert ((outcome.link != NOWHERE) == (outcome.fate == Fate.LOST)).all()
    under_way = (outcome.fate == Fate.UNDER_WAY) & new
    began = (case.arrivals.t0 < case.world.horizon) | (case.arrivals.site != NOWHERE)
    assert (case.arrivals.exit_day[under_way & began] >= case.world.horizon).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_dose_ends_once(seed: int) -> None:
    case, outcome = run(seed)
    ends = Counter(DOSE_ENDINGS[line[3]] for line in told(outcome, Event.ENDED))
    total = dict(zip(DOSE_ENDINGS, outcome.endings.sum(axis=0).tolist(), strict=True))
    for ending, count in total.items():
        if ending not in (*UNPLANNED, "withdrawn", "site", "transport"):
            assert ends[ending] == count
        else:
            assert ends[ending] <= count
    infused = total["infused"] + total["infused_late"]
    assert infused == outcome.served.sum() == outcome.infused.sum()
    assert infused == outcome.doses.sum()
    assert outcome.lost_by_link.sum() == sum(total[ending] for ending in LOSSES)
    per_product = np.zeros(case.world.products, dtype=np.int64)
    np.add.at(per_product, case.arrivals.product, outcome.doses)
    assert (outcome.endings[:, :2].sum(axis=1) == per_product).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_order_of_a_week_is_given_or_owed(seed: int) -> None:
    case, outcome = run(seed)
    given = {(line[0], line[1]) for line in told(outcome, Event.GIVEN)}
    owed = {(line[0], line[1]) for line in told(outcome, Event.OWED)}
    swapped = outcome.endings[:, DOSE_ENDINGS.index("returned")].sum()
    assert outcome.demand.sum() == len(given | owed) + swapped
    assert (outcome.demand >= outcome.served).all()
    assert case.policies.swap or swapped == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_every_becquerel_is_somewhere(seed: int) -> None:
    case, outcome = run(seed)
    parts = outcome.activity[:, 1:]
    assert (parts >= -1e-9).all()
    np.testing.assert_allclose(outcome.activity[:, 0], parts.sum(axis=1), atol=1e-9)
    delivered = case.world.supply.pool_gbq * case.world.supply.pool_share.sum(axis=0)
    np.testing.assert_allclose(outcome.isotope[:, 0], delivered)
    assert (outcome.isotope[:, 1] <= outcome.isotope[:, 0] + 1e-9).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_runs_stay_within_their_limits(seed: int) -> None:
    case, outcome = run(seed)
    supply, made = case.world.supply, outcome.run_doses
    assert (made <= supply.run_doses * supply.run_share + 1e-9).all()
    assert ((made == 0) | (made >= supply.run_least)).all()
    assert (outcome.run_failed <= (made > 0)).all()
    for one in range(len(supply.run_key)):
        for at in range(supply.conflict_first[one], supply.conflict_first[one + 1]):
            assert not ((made[:, one] > 0) & (made[:, supply.conflict_run[at]] > 0)).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_waiting_is_never_negative_nor_longer_than_the_journey(seed: int) -> None:
    case, outcome = run(seed)
    assert (outcome.wait >= -1e-9).all()
    treated = outcome.fate == Fate.TREATED
    whole = outcome.first_dose_day - case.arrivals.t0
    assert (outcome.wait.sum(axis=1)[treated] <= whole[treated] + 1e-9).all()
    no_service = treated & (outcome.station == NOWHERE)
    np.testing.assert_allclose(outcome.wait.sum(axis=1)[no_service], whole[no_service])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_log_tells_the_same_as_the_account(seed: int) -> None:
    case, outcome = run(seed)
    last = {line[1]: line for line in outcome.log}
    for row in np.flatnonzero(outcome.fate == Fate.LOST).tolist():
        assert last[row] == (outcome.fate_day[row], row, int(Event.LOST), int(outcome.link[row]))
    given = Counter(line[1] for line in told(outcome, Event.GIVEN))
    infused = Counter(line[1] for line in told(outcome, Event.ENDED) if line[3] in (0, 1))
    assert [infused[row] for row in range(case.arrivals.count)] == outcome.doses.tolist()
    assert sum(given.values()) >= outcome.run_doses.sum()
    first: dict[int, float] = {}
    for day, patient, _, ending in told(outcome, Event.ENDED):
        if ending in (0, 1):
            first.setdefault(patient, day)
    for row in np.flatnonzero(outcome.fate == Fate.TREATED).tolist():
        assert first[row] == outcome.first_dose_day[row]


def test_the_worlds_use_every_feature() -> None:
    events: Counter[int] = Counter()
    fates: Counter[int] = Counter()
    links: Counter[int] = Counter()
    endings = np.zeros(len(DOSE_ENDINGS), dtype=np.int64)
    for seed in SEEDS:
        _, outcome = run(seed)
        events.update(line[2] for line in outcome.log)
        fates.update(outcome.fate.tolist())
        links.update(line[3] for line in told(outcome, Event.OWED))
        endings += outcome.endings.sum(axis=0)
    assert set(events) == set(Event)
    assert set(fates) == set(Fate)
    assert LINKS.index("no_isotope") in links
    unused = {name for name, count in zip(DOSE_ENDINGS, endings, strict=True) if not count}
    assert not unused


def test_policies_and_seeds_matter_and_the_same_seed_gives_the_same() -> None:
    case, outcome = run(3)
    again = simulate(
        case.world, case.arrivals, seed=case.seed, policies=case.policies, log=1_000_000
    )
    other = simulate(case.world, case.arrivals, seed=case.seed + 1, policies=case.policies)
    assert again.log == outcome.log
    assert (other.fate != outcome.fate).any()
    assert math.isfinite(outcome.wait.sum())
