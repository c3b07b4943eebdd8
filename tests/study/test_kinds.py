"""Weeks that differ have options and limits of their own; weeks that are alike share them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from polars.testing import assert_frame_equal
from tests.study.networks import (
    busy,
    references,
    rows_of,
    stressed,
    sure,
    tiny,
    with_cells,
    without_opening,
)

from doseline.model.ledger import LINKS
from doseline.plan.weekly.aggregate import WeeklyModel
from doseline.routes.options import build_options
from doseline.simulate.gates import NO_LINK
from doseline.study.kinds import PATIENCE_WEEKS, blocked_links, moved, week_key
from doseline.study.prepare import Prepared, prepare
from doseline.study.replicate import replicate

if TYPE_CHECKING:
    from doseline.model.network import Network

PLANNED = date(2026, 5, 4)
CLOSED = date(2026, 5, 18)
"""A Monday two weeks after the planned week."""


def with_holiday(network: Network, *days: date) -> Network:
    """The network whose line is closed on some days."""
    rows = [{"calendar": "maker", "day": day} for day in days]
    return with_cells(network, "lines", calendar="maker").replace(
        calendars=rows_of("calendars", {"calendar": "maker", "name": "Maker"}),
        holidays=rows_of("holidays", *rows),
    )


def with_outage(network: Network, percent: float, first: date, last: date) -> Network:
    row = {
        "source": "reactor",
        "valid_from": first,
        "valid_until": last,
        "available_percent": percent,
        "cause": "outage",
    }
    return network.replace(supply_changes=rows_of("supply_changes", row))


def lasting() -> Network:
    """The example with licences that outlast it, and nothing booked: only calendars differ."""
    return with_cells(without_opening(tiny()), "licences", valid_until=date(2029, 12, 31))


def week_shut() -> Network:
    """That, with its line closed for one whole week."""
    return with_holiday(lasting(), *(CLOSED + timedelta(days=step) for step in range(7)))


@pytest.fixture(scope="module")
def shut() -> Prepared:
    """That, prepared."""
    return prepare(week_shut(), references())


def number(base: Prepared, monday: date) -> int:
    return base.calendar.week_of(monday)


def test_a_network_without_calendars_ramps_or_trainees_has_one_kind_of_week(
    prepared: Prepared,
) -> None:
    assert len(prepared.weeks.kinds) == 1
    assert set(prepared.weeks.kind_of.tolist()) == {0}
    assert prepared.weeks.kinds[0].options is prepared.options
    assert prepared.access.blocked.shape == (1, 3, 1)


def test_a_week_that_is_shut_is_one_of_its_own(shut: Prepared) -> None:
    assert len(shut.weeks.kinds) == 2
    at = number(shut, CLOSED)
    assert np.flatnonzero(shut.weeks.kind_of == 1).tolist() == [at]
    assert shut.weeks.of(at).options.week == CLOSED


def test_nothing_is_made_in_a_week_that_is_shut_and_its_orders_wait(shut: Prepared) -> None:
    base = prepare(sure(busy(week_shut())), references())
    one = replicate(base, seed=2)
    week = number(base, CLOSED)
    assert one.demand[week].sum() > 0
    assert one.served[week].sum() == 0
    assert one.served[week - 1].sum() > 0
    assert one.served[week + 1].sum() > 0
    assert shut.weeks.of(week).options.feasible.is_empty()


def test_a_week_that_is_shut_turns_nobody_away(shut: Prepared) -> None:
    week = number(shut, CLOSED)
    assert (shut.weeks.of(week).blocked != NO_LINK).all()
    assert (shut.access.blocked[week] == NO_LINK).all()
    closed = prepare(
        with_holiday(lasting(), *(CLOSED + timedelta(days=step) for step in range(400))),
        references(),
    )
    blocked = closed.access.blocked
    assert (blocked[week] == LINKS.index("no_batch_capacity")).all()
    assert (blocked[week - 1 - PATIENCE_WEEKS] == NO_LINK).all()


@pytest.mark.parametrize("weeks", [-3, 1, 11])
def test_options_moved_by_whole_weeks_are_those_of_the_other_week(weeks: int) -> None:
    # From March to October the clocks of the example do not change.
    network, nuclides = lasting(), references().nuclides
    week = PLANNED + timedelta(weeks=weeks)
    found = moved(build_options(network, nuclides=nuclides, week=PLANNED), week)
    built = build_options(network, nuclides=nuclides, week=week)
    assert found.week == built.week
    assert_frame_equal(found.rows, built.rows)
    assert_frame_equal(found.itineraries, built.itineraries)
    assert_frame_equal(found.slots, built.slots)


def demand_of(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 6, (*shape, 2))


@pytest.mark.parametrize(
    "changes", [{"percent": 0.0}, {"percent": 30.0}, {"percent": 30.0, "days": 1}]
)
def test_a_week_of_its_own_is_served_as_its_own_model_says(changes: dict[str, Any]) -> None:
    last = CLOSED + timedelta(days=changes.get("days", 6))
    network = with_outage(week_shut(), changes["percent"], PLANNED + timedelta(days=7), last)
    base, rng = prepare(network, references()), np.random.default_rng(1)
    for week in (0, number(base, PLANNED) + 1, number(base, CLOSED), number(base, CLOSED) + 1):
        monday = base.calendar.monday(week)
        options = build_options(
            network,
            nuclides=base.reference.nuclides,
            week=monday,
            offers=base.participation.offered(network),
        )
        own = WeeklyModel(network, options, nuclides=base.reference.nuclides)
        for _ in range(4):
            demand = demand_of((3, 1), rng)
            found, expected = base.weeks.of(week).weekly.allocate(demand), own.allocate(demand)
            assert found.value == pytest.approx(expected.value, rel=1e-6)
            assert found.unserved.sum() == expected.unserved.sum()
        np.testing.assert_array_equal(base.weeks.of(week).blocked, blocked_links(network, options))


def test_isotope_that_is_not_delivered_leaves_its_week_without_doses() -> None:
    network = with_outage(stressed(tiny(), 3.0), 0.0, CLOSED, CLOSED + timedelta(days=6))
    base = prepare(network, references())
    week, planned = number(base, CLOSED), number(base, PLANNED)
    assert week_key(network, CLOSED) != week_key(network, PLANNED)
    one = replicate(base, seed=2)
    assert one.served[week].sum() < one.served[planned].sum()
    assert one.lost_by_link[LINKS.index("no_isotope")] >= 0


def test_trainees_count_from_the_next_step_after_their_first_day() -> None:
    trainee = {"site": "near", "role": "nurse", "ready": date(2026, 6, 2), "count": 1}
    network = tiny().replace(training=rows_of("training", trainee))
    base = prepare(network, references())
    of = base.weeks.kind_of
    steps = [base.calendar.monday(week) for week in range(1, len(of)) if of[week] != of[week - 1]]
    # Steps of eight weeks are counted from the planned week.
    assert steps == [PLANNED + timedelta(weeks=8)]
    assert base.weeks.kinds[0].network.frame("training").is_empty()
    assert base.weeks.kinds[1].network.frame("training").height == 1
