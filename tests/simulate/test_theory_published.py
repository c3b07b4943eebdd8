"""Published journeys come out of the engine from their stated inputs, within stated tolerances."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from tests.simulate import published

if TYPE_CHECKING:
    from tests.simulate.published import Row

PATIENTS = 20_000


def shown(rows: list[Row]) -> list[str]:
    """The rows that do not hold."""
    return [
        f"{row.name}: {row.found:.3f}, published {row.published} +- {row.tolerance:.3f}"
        for row in rows
        if not row.holds
    ]


@pytest.mark.parametrize(
    "journey",
    [
        published.stage_times,
        published.approval_to_treatment,
        published.order_to_dose,
        published.waiting_costs,
        published.cycle_counts,
    ],
)
def test_a_published_journey_is_reproduced(journey: published.Journey) -> None:
    assert not shown(journey(PATIENTS))


def test_published_throughput_is_reproduced() -> None:
    assert not shown(published.throughput())


def test_the_calendar_of_the_shortage_is_reproduced() -> None:
    assert not shown(published.shortage(40.0, published.LOAD))


def test_progression_alone_does_not_explain_how_few_finish() -> None:
    # With the treated arm's 8.7 months 42 % would stop before the sixth cycle; 81 % do.
    stop = 1.0 - 0.5 ** (5 * 42.0 / published.MONTH / 8.7)
    assert round(stop, 2) == 0.42
    error = math.sqrt(published.BEFORE_SIX * (1.0 - published.BEFORE_SIX) / published.COHORT)
    assert published.BEFORE_SIX - stop > 10.0 * error


def test_a_weekly_rhythm_alone_cannot_give_the_overall_median() -> None:
    # Every order within a week of its class's median: none takes 22 days, whatever the mixture.
    widths = [(median - 3.5, median + 3.5) for median in (published.ACADEMIC, published.COMMUNITY)]
    assert not any(low <= published.OVERALL <= high for low, high in widths)
