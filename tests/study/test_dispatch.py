"""Ordinary weeks: the published order, capacity, and chances as stated, each dose with its own draw."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.study.networks import (
    only_near,
    references,
    sure,
    tiny,
    with_cells,
    without_opening,
)

from doseline.model.chance import as_keys
from doseline.model.ledger import DOSE_ENDINGS, ENDING_OF_LINK, LINKS, unserved_ending
from doseline.simulate.weeks import CONTINUING, INFUSED, NEW, Orders
from doseline.study.dispatch import weekly_dispatch
from doseline.study.prepare import prepare

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.simulate.weeks import Outcome
    from doseline.study.dispatch import WeeklyDispatch

NEAR, MIDDLE, FAR = range(3)
BATCH_FAILED = DOSE_ENDINGS.index("batch_failed")
TRANSPORT = DOSE_ENDINGS.index("transport")


def dispatch(network: Network, seed: int = 1) -> WeeklyDispatch:
    return weekly_dispatch(prepare(network, references()), seed=seed)(3)


def orders(rows: list[tuple[str, int, int]], *, week: int = 3) -> Orders:
    """Orders by name, site and kind, in the order given."""
    count = len(rows)
    keys = as_keys([name for name, _, _ in rows])
    return Orders(
        week=week,
        patient=np.arange(count),
        patient_key=keys,
        key=keys,
        site=np.array([site for _, site, _ in rows], dtype=np.int64),
        product=np.zeros(count, np.int64),
        payer=np.arange(count) % 3,
        kind=np.array([kind for _, _, kind in rows], dtype=np.int64),
        since=np.zeros(count),
        exit_day=np.full(count, np.inf),
    )


def some(rows: list[tuple[int, int]]) -> Orders:
    """Orders by site and kind, continuing first."""
    ordered = sorted(rows, key=lambda row: -row[1])
    return orders([(f"order {nth}", site, kind) for nth, (site, kind) in enumerate(ordered)])


WEEK = dispatch(sure(tiny()))
"""A week in which nothing fails; its answer depends on the orders alone."""


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=30))
def test_continuing_comes_first_then_who_waits_longest(rows: list[tuple[int, int]]) -> None:
    asked = some(rows)
    found = WEEK(asked)
    for site in (NEAR, MIDDLE, FAR):
        served = {
            kind: np.isfinite(found.day[(asked.site == site) & (asked.kind == kind)]).tolist()
            for kind in (NEW, CONTINUING)
        }
        for line in served.values():
            assert line == sorted(line, reverse=True), "served out of turn"
        assert all(served[CONTINUING]) or not any(served[NEW])
        for kind in (NEW, CONTINUING):
            mine = found.day[(asked.site == site) & (asked.kind == kind)]
            days = mine[np.isfinite(mine)].tolist()
            assert days == sorted(days), "an earlier dose for who came later"


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=30))
def test_no_week_gives_more_than_there_is(rows: list[tuple[int, int]]) -> None:
    asked = some(rows)
    found = WEEK(asked)
    given_out = np.isfinite(found.day)
    # Vials of both batches; psma-wed reaches only the site by road (README of the example).
    assert given_out.sum() <= 5 + 3
    assert (given_out & (asked.site != NEAR)).sum() <= 5
    # Two slots a day: Tuesday to Friday, twice Tuesday and Thursday, and Wednesday by licence.
    assert (given_out & (asked.site == NEAR)).sum() <= 8
    assert (given_out & (asked.site == MIDDLE)).sum() <= 4
    assert (given_out & (asked.site == FAR)).sum() <= 2
    left = found.ending[~given_out]
    assert (found.ending[given_out] == INFUSED).all()
    assert (found.link[given_out] == -1).all()
    assert all(link >= 0 for link in found.link[~given_out])
    assert [DOSE_ENDINGS[one] for one in left] == [
        unserved_ending(LINKS[link]) for link in found.link[~given_out]
    ]
    assert ((found.day[given_out] >= 7 * 3) & (found.day[given_out] < 7 * 4 + 1)).all()


def test_all_that_fits_is_served() -> None:
    few = [(NEAR, CONTINUING)] * 3 + [(NEAR, NEW)] * 2 + [(MIDDLE, NEW), (FAR, CONTINUING)]
    assert np.isfinite(WEEK(some(few)).day).all()
    assert len(WEEK(orders([])).day) == 0


def test_of_ten_at_one_site_the_last_two_new_starts_wait() -> None:
    asked = some([(NEAR, CONTINUING)] * 4 + [(NEAR, NEW)] * 6)
    found = WEEK(asked)
    assert np.isfinite(found.day).tolist() == [True] * 8 + [False] * 2
    assert not set(found.ending[-2:]) & {INFUSED, BATCH_FAILED}


def test_who_pays_does_not_matter() -> None:
    asked = some([(NEAR, CONTINUING)] * 4 + [(NEAR, NEW)] * 6 + [(MIDDLE, NEW)] * 4)
    others = dataclasses.replace(asked, payer=np.zeros_like(asked.payer))
    for name in ("ending", "link", "day"):
        assert np.array_equal(getattr(WEEK(asked), name), getattr(WEEK(others), name))


def chancy(**cells: Any) -> Network:
    """The site by road with only the batch of Monday, which fails or is late as stated.

    A delay that is as good as endless makes "late" the stated share: no buffer absorbs it.
    """
    network = without_opening(only_near(tiny()))
    network = network.replace(batches=network.frame("batches").head(1))
    network = with_cells(network, "batches", failure_percent=cells["failure_percent"])
    return with_cells(network, "lanes", on_time_percent=cells["on_time_percent"], late_mean_h=1e12)


def outcomes(network: Network, weeks: int, each: int, seed: int = 1) -> list[Outcome]:
    served = dispatch(network, seed)
    return [
        served(orders([(f"{week}-{nth}", NEAR, nth % 2) for nth in (1, 3, 0, 2)[:each]], week=week))
        for week in range(weeks)
    ]


def within_three_errors(hits: int, of: int, share: float) -> bool:
    return abs(hits / of - share) <= 3.0 * math.sqrt(share * (1.0 - share) / of)


def test_batches_fail_and_doses_are_late_as_often_as_stated() -> None:
    found = outcomes(chancy(failure_percent=30.0, on_time_percent=80.0), 1200, 4)
    failed = [one for one in found if (one.ending == BATCH_FAILED).any()]
    # All four doses of a week come from one batch: they fail together.
    assert all((one.ending == BATCH_FAILED).all() for one in failed)
    assert all((one.link == LINKS.index("batch_failed")).all() for one in failed)
    assert within_three_errors(len(failed), len(found), 0.3)
    made = np.concatenate([one.ending for one in found if (one.ending != BATCH_FAILED).all()])
    assert set(made) == {INFUSED, TRANSPORT}
    assert within_three_errors(int((made == TRANSPORT).sum()), len(made), 0.2)


def test_doses_of_a_week_are_late_each_on_its_own() -> None:
    found = outcomes(chancy(failure_percent=0.0, on_time_percent=50.0), 600, 2)
    both = sum(int((one.ending == TRANSPORT).all()) for one in found)
    assert within_three_errors(both, len(found), 0.25)


@pytest.mark.parametrize(
    ("failure_percent", "on_time_percent", "ending"),
    [(0.0, 100.0, INFUSED), (100.0, 100.0, BATCH_FAILED), (100.0, 0.0, BATCH_FAILED)],
)
def test_certain_things_are_certain(
    failure_percent: float, on_time_percent: float, ending: int
) -> None:
    network = chancy(failure_percent=failure_percent, on_time_percent=on_time_percent)
    for one in outcomes(network, 20, 4):
        assert (one.ending == ending).all()
        assert np.isfinite(one.day).all()


def test_a_draw_belongs_to_its_order_alone() -> None:
    served = dispatch(chancy(failure_percent=0.0, on_time_percent=50.0))
    rows = [(f"order {nth}", NEAR, NEW) for nth in range(5)]
    alone = dict(zip([row[0] for row in rows], served(orders(rows)).ending, strict=True))
    assert set(alone.values()) == {INFUSED, TRANSPORT}
    for turned in (rows[::-1], rows[2:] + rows[:2], rows[:3], rows[4:], [rows[3], rows[0]]):
        found = served(orders(turned))
        assert np.isfinite(found.day).all()
        for (name, _, _), ending in zip(turned, found.ending, strict=True):
            assert ending == alone[name]


def test_a_batch_fails_or_not_whoever_it_is_for() -> None:
    served = dispatch(chancy(failure_percent=50.0, on_time_percent=100.0))
    for week in range(30):
        one = served(orders([("a", NEAR, NEW)], week=week)).ending[0]
        others = served(orders([("b", NEAR, NEW), ("c", NEAR, CONTINUING)], week=week)).ending
        assert (others == one).all()


def test_another_seed_draws_otherwise() -> None:
    network = chancy(failure_percent=30.0, on_time_percent=80.0)
    one, other = (outcomes(network, 50, 4, seed=seed) for seed in (1, 2))
    assert any((a.ending != b.ending).any() for a, b in zip(one, other, strict=True))
    again = outcomes(network, 50, 4, seed=1)
    assert all((a.ending == b.ending).all() for a, b in zip(one, again, strict=True))


def test_every_link_that_leaves_an_order_ends_its_dose() -> None:
    assert set(ENDING_OF_LINK) <= set(LINKS)
    assert set(ENDING_OF_LINK.values()) <= set(DOSE_ENDINGS)
    assert unserved_ending("not_referred") == unserved_ending(None) == "cancelled"
