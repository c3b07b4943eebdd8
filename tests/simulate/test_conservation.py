"""Nobody and no dose is lost from the account, or counted twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.simulate.test_against_twin import HOW, How, simulate
from tests.simulate.worlds import ENDING, LINK

from doseline.model.ledger import CLASSES, LINKS
from doseline.simulate.booking import link_counts, share_in_time
from doseline.simulate.gates import NO_LINK

RANDOM = settings(derandomize=True, deadline=None, max_examples=80)
WORLDS = {"seed": st.integers(0, 2**31), "how": st.sampled_from(HOW)}


@given(**WORLDS)
@RANDOM
def test_every_eligible_episode_of_the_cohort_is_in_one_class(seed: int, how: How) -> None:
    world = simulate(seed, how)
    first, end = world.calendar.cohort_days
    in_cohort = (world.episodes.t0 >= first) & (world.episodes.t0 < end)
    eligible = np.flatnonzero(in_cohort & ~world.journey.negative)
    assert world.account.episode.tolist() == eligible.tolist()
    assert set(world.account.ending.tolist()) <= set(range(len(CLASSES)))
    assert int(link_counts(world.account).sum()) == len(eligible)


@given(**WORLDS)
@RANDOM
def test_each_loss_has_one_link_and_no_other_episode_has_any(seed: int, how: How) -> None:
    counts = link_counts(simulate(seed, how).account)
    linked = dict(zip(CLASSES, counts[: len(LINKS)].sum(axis=0).tolist(), strict=True))
    unlinked = dict(zip(CLASSES, counts[len(LINKS)].tolist(), strict=True))
    assert linked["in_time"] == linked["open"] == 0
    assert unlinked["late"] == unlinked["never"] == 0


@given(**WORLDS)
@RANDOM
def test_a_clinical_exit_without_a_link_had_no_slow_link_before_it(seed: int, how: How) -> None:
    world = simulate(seed, how)
    account = world.account
    for at in np.flatnonzero(account.ending == CLASSES.index("clinical_exit")):
        row = account.episode[at]
        lived = world.episodes.exit_day[row] - world.episodes.t0[row]
        finished = world.journey.wait[row].sum() <= lived
        slow = world.journey.wait[row] > world.journey.standard[row]
        if finished and slow.any():
            assert account.link[at] != NO_LINK
        if account.link[at] == NO_LINK and finished:
            assert not slow.any()


@given(**WORLDS)
@RANDOM
def test_the_waits_of_whoever_is_treated_add_up_to_their_days(seed: int, how: How) -> None:
    world = simulate(seed, how)
    waited = world.journey.wait[world.rows].sum(axis=1) + world.treatment.wait.sum(axis=1)
    days = world.treatment.first_dose_day - world.episodes.t0[world.rows]
    treated = np.isfinite(days)
    np.testing.assert_allclose(waited[treated], days[treated], atol=1e-6)


@given(**WORLDS)
@RANDOM
def test_every_ordered_dose_ends_once(seed: int, how: How) -> None:
    treated = simulate(seed, how).treatment
    infused = treated.endings[ENDING["infused"]] + treated.endings[ENDING["infused_late"]]
    withdrawn = treated.endings[ENDING["withdrawn"]]
    assert treated.endings.sum() <= treated.demand.sum()
    assert treated.served.sum() == treated.infused.sum() == infused
    assert treated.lost_by_link.sum() == treated.endings.sum() - infused - withdrawn


@given(**WORLDS)
@RANDOM
def test_nobody_is_treated_after_leaving_or_before_being_ready(seed: int, how: How) -> None:
    world = simulate(seed, how)
    first = world.treatment.first_dose_day
    treated = np.isfinite(first)
    assert (first <= world.patients.exit_day)[treated].all()
    assert (first >= world.patients.due_day)[treated].all()
    # This week, or an earlier one that was served in vain, could still be ordered when it was due.
    week = np.floor(first[treated] / 7.0).astype(np.int64)
    closed = np.maximum.accumulate(world.path.order_by, axis=1)
    of = world.patients.product[treated]
    assert (world.patients.due_day[treated] <= closed[of, week]).all()
    assert not (treated & world.treatment.exited).any()


@given(**WORLDS)
@RANDOM
def test_the_share_against_w_meets_the_class_in_time(seed: int, how: How) -> None:
    world = simulate(seed, how)
    product = world.episodes.product[world.account.episode]
    shares = share_in_time(world.account, product, 2, np.array([28, 84, 112, 180]))
    assert (np.diff(shares, axis=1) >= 0).all()
    for row, column in ((0, 1), (1, 2)):  # W of the two products is 84 and 112 days
        of = world.account.ending[product == row]
        in_time = (of == CLASSES.index("in_time")).mean() if len(of) else 0.0
        assert shares[row, column] == in_time


def test_every_link_of_a_gate_can_lose_somebody() -> None:
    lost = set()
    for seed in range(30):
        lost |= set(simulate(seed, {}).account.link.tolist())
    gates = (*LINKS[: LINKS.index("authorisation_denied") + 1], "patient_scheduling")
    assert {LINK[name] for name in gates} <= lost
