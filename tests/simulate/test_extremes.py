"""At the ends of every scale the answer is known exactly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.simulate.test_against_twin import course_of
from tests.simulate.worlds import (
    ENDING,
    LINK,
    Serve,
    a_calendar,
    a_pathway,
    a_random_access,
    a_random_pathway,
    an_access,
    demand_network,
    episodes_at,
    leads,
    patients_of,
    random_episodes,
    serving,
)

from doseline.model.ledger import CLASSES, LINKS
from doseline.simulate.booking import book
from doseline.simulate.cohort import draw_episodes
from doseline.simulate.gates import NO_LINK, pass_gates
from doseline.simulate.weeks import Outcome, treat

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.simulate.booking import Account
    from doseline.simulate.cohort import Episodes
    from doseline.simulate.gates import Access
    from doseline.simulate.pathway import Pathway
    from doseline.simulate.weeks import Dispatch, Orders, Treatment

CALENDAR = a_calendar(warm_up=1, cohort=2)
FREE = a_pathway()


def follow(
    episodes: Episodes,
    path: Pathway,
    access: Access,
    dispatch: Callable[[int], Dispatch],
    *,
    in_time_days: tuple[int, int] = (84, 112),
) -> tuple[Account, Treatment]:
    """All episodes through everything; the cohort is all of them."""
    journey = pass_gates(episodes, path, access, seed=1)
    patients, rows = patients_of(episodes, journey)
    treatment = treat(patients, path, CALENDAR, dispatch, seed=1)
    account = book(
        episodes,
        journey,
        course_of(treatment, rows, episodes.count),
        in_time_days=np.array(in_time_days),
        cohort_days=(0.0, CALENDAR.cohort_days[1]),
        horizon_day=CALENDAR.horizon_day,
    )
    return account, treatment


def counts(account: Account) -> dict[str, int]:
    """Episodes of each class that has any."""
    numbers = np.bincount(account.ending, minlength=len(CLASSES)).tolist()
    return {name: n for name, n in zip(CLASSES, numbers, strict=True) if n}


def many(seed: int = 3) -> Episodes:
    return random_episodes(np.random.default_rng(seed), 500, CALENDAR.cohort_days[1])


def undying(seed: int = 3) -> Episodes:
    episodes = many(seed)
    return replace(episodes, exit_day=np.full(episodes.count, np.inf))


def test_zero_incidence_leaves_every_account_empty() -> None:
    path = a_pathway(payer_shares=np.array([[0.5, 1.0]]))
    episodes = draw_episodes(demand_network({"a": 0.0, "b": 0.0}), path, CALENDAR, seed=1)
    assert episodes.count == 0
    account, treatment = follow(episodes, FREE, an_access(), serving())
    assert counts(account) == {}
    assert treatment.endings.sum() == treatment.demand.sum() == 0


def test_without_supply_nobody_is_treated() -> None:
    account, treatment = follow(undying(), FREE, an_access(), serving(capacity=0))
    assert counts(account) == {"open": 500}
    assert treatment.endings[ENDING["isotope_short"]] == treatment.endings.sum() == 500
    assert not np.isfinite(treatment.first_dose_day).any()


def test_without_supply_whoever_leaves_after_ordering_leaves_for_want_of_isotope() -> None:
    episodes = episodes_at([3.0] * 4, exit_day=np.array([9.0, 15.0, 30.0, np.inf]))
    account, _ = follow(episodes, FREE, an_access(), serving(capacity=0))
    # T0 + 5 days of lead: the order is for the week of day 14. The first left before it.
    assert [CLASSES[one] for one in account.ending] == ["clinical_exit"] * 3 + ["open"]
    assert account.link.tolist() == [NO_LINK, LINK["no_isotope"], LINK["no_isotope"], NO_LINK]


def test_with_free_gates_and_supply_without_limit_all_are_in_time() -> None:
    account, treatment = follow(undying(), FREE, an_access(), serving())
    assert counts(account) == {"in_time": 500}
    assert treatment.lost_by_link.sum() == 0
    # Lead, up to a week to the next weekly order, up to a week to the slot within it.
    assert account.days.max() <= 7 + 14
    assert account.days.min() >= 5


def test_with_w_of_nothing_all_who_are_treated_are_late() -> None:
    account, _ = follow(undying(), FREE, an_access(), serving(), in_time_days=(0, 0))
    assert counts(account) == {"late": 500}


def test_when_every_request_is_denied_all_are_never_treated_for_that() -> None:
    path = a_pathway(denied=np.ones(2))
    account, treatment = follow(undying(), path, an_access(), serving())
    assert counts(account) == {"never": 500}
    assert set(account.link.tolist()) == {LINK["authorisation_denied"]}
    assert treatment.demand.sum() == 0


def test_when_every_request_is_denied_earlier_gates_still_come_first() -> None:
    rng = np.random.default_rng(5)
    path, access = a_random_pathway(rng), a_random_access(rng)
    denied = replace(path, denied=np.ones(2))
    before = pass_gates(undying(), path, access, seed=1)
    after = pass_gates(undying(), denied, access, seed=1)
    upstream = [LINK[name] for name in LINKS[: LINK["authorisation_denied"]]]
    upstream += [LINK["no_suite"], LINK["licence_or_possession"]]
    earlier = np.isin(before.never, upstream)
    assert earlier.any()
    assert (after.never[earlier] == before.never[earlier]).all()
    assert (after.never[~earlier] == LINK["authorisation_denied"]).all()


@pytest.mark.parametrize(
    ("changes", "link"),
    [
        ({"max_km": np.zeros((2, 7))}, "out_of_reach"),
        ({"cannot_pay": np.ones(2)}, "cannot_pay"),
    ],
)
def test_a_gate_that_nobody_passes_stops_all(changes: dict[str, Any], link: str) -> None:
    account, _ = follow(undying(), a_pathway(**changes), an_access(), serving())
    assert counts(account) == {"never": 500}
    assert set(account.link.tolist()) == {LINK[link]}


@pytest.mark.parametrize(
    ("gate", "link"),
    [
        ("reach", "out_of_reach"),
        ("referral", "not_referred"),
        ("scanner_reach", "no_scanner"),
        ("imaging", "pet_slot"),
        ("board", "tumour_board"),
        ("scheduling", "patient_scheduling"),
    ],
)
def test_a_gate_of_the_pathway_that_nobody_passes_stops_all(gate: str, link: str) -> None:
    passes = np.ones((2, 7, 2))
    passes[:, FREE.gate(gate)] = 0.0
    account, _ = follow(undying(), a_pathway(passes=passes), an_access(), serving())
    assert counts(account) == {"never": 500}
    assert set(account.link.tolist()) == {LINK[link]}


@pytest.mark.parametrize(
    ("changes", "link"),
    [
        ({"offers": np.zeros((2, 2, 2), np.bool_)}, "not_offered"),
        ({"blocked": np.full((1, 2, 2), LINK["no_suite"])}, "no_suite"),
        ({"listed_from": np.full((2, 2), np.inf)}, "cannot_pay"),
        ({"scanner_from": np.full(2, np.inf)}, "no_scanner"),
    ],
)
def test_sites_that_are_shut_or_refuse_stop_all(changes: dict[str, Any], link: str) -> None:
    account, _ = follow(undying(), FREE, an_access(**changes), serving())
    assert counts(account) == {"never": 500}
    assert set(account.link.tolist()) == {LINK[link]}


def test_who_has_left_at_once_is_a_clinical_exit_that_no_link_caused() -> None:
    episodes = many()
    gone = replace(episodes, exit_day=episodes.t0.copy())
    slow = a_pathway(median_days=np.full((2, 7), 1.0))
    account, treatment = follow(gone, slow, an_access(), serving())
    assert counts(account) == {"clinical_exit": 500}
    assert set(account.link.tolist()) == {NO_LINK}
    assert treatment.demand.sum() == 0


def test_a_negative_image_leaves_above_the_line() -> None:
    passes = np.ones((2, 7, 2))
    passes[:, FREE.gate("positive")] = 0.0
    account, _ = follow(undying(), a_pathway(passes=passes), an_access(), serving())
    assert counts(account) == {}


# --- Rule 4: a failed batch loses a dose, and the patient only if the next one misses T0 + W. ------


class FailFirst:
    """Loses the first orders of each patient, on the day they were planned for."""

    def __init__(self, week: int, *, lost_weeks: range, link: str = "batch_failed") -> None:
        self.week, self.lost_weeks, self.link = week, lost_weeks, link

    def __call__(self, orders: Orders) -> Outcome:
        """All orders of a week share its fate."""
        shape = len(orders.patient)
        lost = self.week in self.lost_weeks
        return Outcome(
            ending=np.full(shape, ENDING["batch_failed" if lost else "infused"]),
            link=np.full(shape, LINK[self.link] if lost else NO_LINK),
            day=np.full(shape, 7.0 * self.week + 1.0),
        )


def one_patient(lost_weeks: range, w_days: int, **changes: Any) -> tuple[Account, Treatment]:
    """Clock start on day 2; the order is for week 1, day 8."""
    path = a_pathway(**leads(5, 5), **changes)
    return follow(
        episodes_at([2.0]),
        path,
        an_access(),
        lambda week: FailFirst(week, lost_weeks=lost_weeks),
        in_time_days=(w_days, w_days),
    )


def test_a_failed_batch_loses_the_dose_but_not_the_patient_whose_next_dose_is_in_time() -> None:
    account, treatment = one_patient(range(1, 2), w_days=13)
    assert treatment.endings[ENDING["batch_failed"]] == 1
    assert treatment.lost_by_link[LINK["batch_failed"]] == 1
    assert account.days.tolist() == [13.0]
    assert counts(account) == {"in_time": 1}
    assert account.link.tolist() == [NO_LINK]


def test_a_failed_batch_loses_the_patient_whose_next_dose_is_late() -> None:
    account, _ = one_patient(range(1, 2), w_days=12)
    assert counts(account) == {"late": 1}
    assert account.link.tolist() == [LINK["batch_failed"]]


def test_the_event_that_started_the_chain_is_booked_though_another_link_was_slower() -> None:
    # 20 days at the board against a standard of 2; the first dose was still planned in time.
    slow = np.zeros((2, 7))
    slow[:, FREE.gate("board")] = 20.0
    standard = np.where(slow > 0, 2.0, 0.0)
    account, _ = one_patient(range(4, 5), w_days=30, median_days=slow, standard_days=standard)
    assert account.days.tolist() == [34.0]
    assert counts(account) == {"late": 1}
    assert account.link.tolist() == [LINK["batch_failed"]]


def test_a_dose_that_failed_when_it_was_late_already_started_no_chain() -> None:
    slow = np.zeros((2, 7))
    slow[:, FREE.gate("board")] = 20.0
    standard = np.where(slow > 0, 2.0, 0.0)
    account, _ = one_patient(range(4, 5), w_days=26, median_days=slow, standard_days=standard)
    assert counts(account) == {"late": 1}
    assert account.link.tolist() == [LINK["tumour_board"]]


def test_of_equal_excess_the_link_upstream_is_booked() -> None:
    slow = np.zeros((2, 7))
    slow[:, [FREE.gate("referral"), FREE.gate("board")]] = 30.0
    account, _ = one_patient(range(0), w_days=30, median_days=slow)
    assert account.link.tolist() == [LINK["not_referred"]]


def test_who_leaves_before_the_lost_dose_left_for_clinical_reasons() -> None:
    episodes = episodes_at([2.0, 2.0], exit_day=np.array([7.5, 8.5]))
    path = a_pathway(**leads(5, 5))
    account, treatment = follow(
        episodes, path, an_access(), lambda week: FailFirst(week, lost_weeks=range(1, 2))
    )
    # The dose was planned for day 8: the first had gone, the second waited half a day in vain.
    assert counts(account) == {"clinical_exit": 2}
    assert account.link.tolist() == [NO_LINK, LINK["batch_failed"]]
    assert treatment.endings[ENDING["batch_failed"]] == 2


def test_a_slow_scheduling_that_came_first_outweighs_two_days_without_isotope() -> None:
    slow = np.zeros((2, 7))
    slow[:, FREE.gate("scheduling")] = 20.0
    standard = np.where(slow > 0, 14.0, 0.0)
    path = a_pathway(median_days=slow, standard_days=standard, **leads(0, 0))
    # Ready on day 21, ordered that day, nothing to be had, gone on day 23.
    episodes = episodes_at([1.0], exit_day=np.array([23.0]))
    account, _ = follow(episodes, path, an_access(), serving(capacity=0))
    assert counts(account) == {"clinical_exit": 1}
    assert account.link.tolist() == [LINK["patient_scheduling"]]


# --- Order of service, and the same bytes ----------------------------------------------------------


def test_continuing_courses_come_before_new_starts_and_then_the_longest_waiting() -> None:
    seen: list[Orders] = []

    def watch(week: int) -> Dispatch:
        def serve(orders: Orders) -> Outcome:
            seen.append(orders)
            return Serve(week=week, seed=2, capacity=30)(orders)

        return serve

    follow(undying(), FREE, an_access(), watch)
    mixed_weeks = 0
    for orders in seen:
        rank = list(zip(-orders.kind, orders.since, strict=True))
        assert rank == sorted(rank)
        mixed_weeks += len(set(orders.kind.tolist())) == 2
    assert mixed_weeks > 5


def bytes_of(seed: int) -> bytes:
    path = a_random_pathway(np.random.default_rng(1))
    network = demand_network({"a": 3000.0, "b": 500.0})
    one_product = replace(path, payer_shares=path.payer_shares[:1])
    episodes = draw_episodes(network, one_product, CALENDAR, seed=seed)
    account, treatment = follow(episodes, path, an_access(), serving(capacity=20, failing=0.2))
    arrays = [episodes.key, episodes.t0, episodes.exit_day, account.ending, account.link]
    arrays += [account.days, treatment.wait, treatment.endings, treatment.demand]
    return b"".join(array.tobytes() for array in arrays)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not() -> None:
    assert bytes_of(4) == bytes_of(4)
    assert bytes_of(4) != bytes_of(5)


def test_the_fate_at_the_gates_does_not_depend_on_the_order_of_the_episodes() -> None:
    rng = np.random.default_rng(8)
    path, access = a_random_pathway(rng), a_random_access(rng)
    episodes = many()
    turned = np.random.default_rng(9).permutation(episodes.count)
    shuffled = replace(
        episodes,
        **{
            name: getattr(episodes, name)[turned]
            for name in ("key", "product", "region", "payer", "t0", "exit_day")
        },
    )
    one = pass_gates(episodes, path, access, seed=6)
    other = pass_gates(shuffled, path, access, seed=6)
    assert (other.never == one.never[turned]).all()
    assert (other.site == one.site[turned]).all()
    np.testing.assert_allclose(other.ready_day, one.ready_day[turned], rtol=0, atol=1e-9)
