"""The sequence of a week's orders is that of numpy's sorts, whatever the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.simulate.hand_worlds import Step, patients_at, world_of

from doseline.simulate.engine import ranking, room, sorting
from doseline.simulate.engine.world import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from doseline.simulate.engine.compiled import Table
    from doseline.simulate.engine.tables import People, Week

WEEK, PATIENTS = 600, 5_000
SCORES: dict[str, Callable[[np.random.Generator, npt.NDArray[np.float64]], object]] = {
    "continuing first": lambda some, since: -since - 1e7 * some.integers(0, 2, len(since)),
    "longest waiting": lambda _, since: -since,
    "by lot": lambda some, since: some.random(len(since)),
    "all alike": lambda _, since: np.zeros(len(since)),
    "a few numbers": lambda some, since: some.integers(-3, 30, len(since)).astype(float),
    "some must wait": lambda some, since: np.where(some.random(len(since)) < 0.2, np.inf, -since),
    "far apart": lambda some, since: some.choice([-1e300, 1e300, 0.0, 1e-300], len(since)),
    "close together": lambda _, since: -1e12 - 1e-9 * since,
}


def _sort(keys: Table, scratch: Table, size: int) -> bool:
    return sorting.sort(keys, scratch, size)


def _put_in_sequence(people: People, week: Week, size: int) -> bool:
    return ranking.put_in_sequence(people, week, size)


compiled_sort: Any = numba.njit(_sort)
compiled_sequence: Any = numba.njit(_put_in_sequence)


@given(st.lists(st.integers(-(2**63), 2**63 - 2), max_size=300, unique=True))
def test_integers_are_sorted(numbers: list[int]) -> None:
    keys = np.empty(sorting.padded(len(numbers)), dtype=np.int64)
    scratch = np.empty_like(keys)
    keys[: len(numbers)] = numbers
    swapped = compiled_sort(keys, scratch, len(numbers))
    assert (scratch if swapped else keys)[: len(numbers)].tolist() == sorted(numbers)


@pytest.mark.parametrize("size", [0, 1, 2, 8, 9, 63, 64, 65, 599])
@pytest.mark.parametrize("scores", SCORES)
@pytest.mark.parametrize("days", [1, 20, 2**40])
def test_orders_are_in_the_sequence_of_score_day_and_row(size: int, scores: str, days: int) -> None:
    some = np.random.default_rng(size)
    world = world_of((Step(Stage.END),), weeks=2)
    people = room.people_of(world, patients_at(*np.zeros(PATIENTS)))
    week = room.week_of(world, WEEK)
    turns = week.turns[:size]
    turns["person"] = some.permutation(PATIENTS)[:size]
    turns["since"] = some.integers(0, days, size) * (100.0 / days)
    turns["score"] = SCORES[scores](some, turns["since"])
    people.orders["asked"][turns["person"]] = np.arange(size)
    expected = turns["person"][np.lexsort((turns["person"], turns["since"], turns["score"]))]
    again = compiled_sequence(people, week, size)
    told = (week.turns_again if again else week.turns)[:size]
    assert told["person"].tolist() == expected.tolist()
