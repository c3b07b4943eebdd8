"""Doses along the course and the renewals between them, counted by hand and by law."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.authorise import records
from tests.authorise.proving import CITED

from doseline.authorise.course import Dose, course_of, renewals
from doseline.authorise.library import shipped
from doseline.authorise.policy import Renewal

PSMA = shipped().products["lu_psma"]


def _doses(*days: date) -> list[Dose]:
    return [Dose(cycle=place + 1, day=day, basis="given") for place, day in enumerate(days)]


def _renewal(cycles: int, days: int) -> Renewal:
    return Renewal(after_cycles=cycles, after_d=days, cited=CITED)


def test_doses_follow_the_orders_then_the_interval() -> None:
    found = course_of(records.record(records.psma_renewal()), PSMA, records.TODAY)
    # Given on 10 January, 21 February, 4 April; ordered for 18 May; then every 42 days.
    assert [(one.cycle, str(one.day), one.basis) for one in found] == [
        (1, "2026-01-10", "given"),
        (2, "2026-02-21", "given"),
        (3, "2026-04-04", "given"),
        (4, "2026-05-18", "requested"),
        (5, "2026-06-29", "interval"),
        (6, "2026-08-10", "interval"),
    ]
    assert found[3].reference == "ServiceRequest/dose-4"


def test_nothing_is_planned_before_the_first_order() -> None:
    only = [one for one in records.psma_first() if one["id"] != "dose-1"]
    assert course_of(records.record(only), PSMA, records.TODAY) == ()


def test_a_day_that_stands_for_none_is_no_plan() -> None:
    """Systems write 9999-12-31 where there is no end."""
    resources = [one for one in records.psma_first() if one["id"] != "dose-1"]
    never = records.planned("dose-1", "A9607", "9999-12-31")
    assert course_of(records.record([*resources, never]), PSMA, records.TODAY) == ()


def test_a_dose_that_is_overdue_is_planned_for_today() -> None:
    late = date(2026, 12, 1)
    found = course_of(records.record(records.psma_renewal()), PSMA, late)
    assert [one.day for one in found if one.basis != "given"] == [
        late,
        late + timedelta(days=42),
        late + timedelta(days=84),
    ]


def test_a_dose_not_given_does_not_count() -> None:
    resources = records.psma_renewal()
    stopped = [{**one, "status": "not-done"} if one["id"] == "dose-2" else one for one in resources]
    found = course_of(records.record(stopped), PSMA, records.TODAY)
    assert [one.basis for one in found[:3]] == ["given", "given", "requested"]


@pytest.mark.parametrize(
    ("cycles", "days", "expected"),
    [
        (3, 180, [(4, "cycles")]),
        (2, 180, [(3, "cycles"), (5, "cycles")]),
        (6, 126, [(4, "days")]),
        (6, 127, [(5, "days")]),  # 3 x 42 = 126 days are still inside
        (6, 400, []),
        (3, 84, [(3, "days"), (5, "days")]),
    ],
)
def test_renewals_by_hand(cycles: int, days: int, expected: list[tuple[int, str]]) -> None:
    start = date(2026, 1, 5)
    doses = _doses(*(start + timedelta(days=42 * place) for place in range(6)))
    found = renewals(doses, _renewal(cycles, days))
    assert [(one.cycle, one.reason) for one in found] == expected


@given(st.lists(st.integers(1, 90), min_size=1, max_size=7), st.integers(1, 6), st.integers(1, 400))
def test_no_authorisation_holds_too_many_doses_or_days(
    gaps: list[int], cycles: int, days: int
) -> None:
    day, all_days = date(2026, 1, 1), []
    for gap in gaps:
        all_days.append(day)
        day += timedelta(days=gap)
    firsts = {1, *(one.cycle for one in renewals(_doses(*all_days), _renewal(cycles, days)))}
    periods: list[list[date]] = []
    for place, on in enumerate(all_days, start=1):
        if place in firsts:
            periods.append([])
        periods[-1].append(on)
    for period in periods:
        assert len(period) <= cycles
        assert (period[-1] - period[0]).days < days
    for before, after in pairwise(periods):
        assert len(before) == cycles or (after[0] - before[0]).days >= days


def test_without_a_rule_there_is_no_renewal() -> None:
    assert renewals(_doses(date(2026, 1, 1)), None) == ()
    assert renewals([], _renewal(3, 180)) == ()
