"""The days on which an answer turns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.authorise import records

from doseline.authorise.check import Answer, check
from doseline.authorise.course import course_of
from doseline.authorise.library import shipped
from doseline.authorise.record import Span
from doseline.authorise.steps import judge_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

POLICY = shipped().policy("medicare_advantage/lu_psma")
DOSE = date(2026, 5, 18)


def _answer(*, day: date = records.TODAY, dates: Mapping[str, str] | None = None) -> Answer:
    """The first dose, with other days of some observations."""
    other = dates or {}
    resources = [
        {**one, "effectiveDateTime": other[one["id"]]} if one["id"] in other else one
        for one in records.psma_first()
    ]
    return check(records.record(resources), POLICY, day=day)


def test_coverage_holds_through_its_last_day() -> None:
    on = {
        day: {one.criterion.name: one.found for one in _answer(day=day).checked}["coverage"]
        for day in (date(2026, 12, 31), date(2027, 1, 1))
    }
    assert [found.status for found in on.values()] == ["met", "expired"]
    assert on[date(2026, 12, 31)].good_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ({"start": "2025-01-01", "end": "2025-06-30"}, date(2025, 6, 30)),
        ({"start": "2025-01-01"}, date(2025, 1, 1)),
        ({"end": "2025-06-30"}, date(2025, 6, 30)),
        ({}, None),
    ],
)
def test_a_course_of_treatment_counts_from_its_end(
    period: dict[str, str], day: date | None
) -> None:
    taken = {**records.taken("x", "72962", "2025-01-01"), "effectivePeriod": period}
    (fact,) = records.record([records.patient(), taken]).facts
    assert fact.when == (day and Span(first=day, last=day))


@pytest.mark.parametrize(("lead", "late"), [(10, False), (11, False), (12, True)])
def test_an_owner_is_late_only_beyond_the_last_day(lead: int, late: bool) -> None:  # noqa: FBT001
    criteria = tuple(replace(one, lead_d=lead) for one in POLICY.product.criteria)
    policy = replace(POLICY, product=replace(POLICY.product, criteria=criteria))
    resources = [one for one in records.psma_first() if one["id"] != "psma-pet"]
    answer = check(records.record(resources), policy, day=records.TODAY)
    assert answer.submit_by == DOSE - timedelta(days=3)  # eleven days from the day of the check
    assert [one.late for one in answer.checked if one.found.status != "met"] == [late]


@pytest.mark.parametrize(("age", "ages"), [(16, False), (17, False), (18, True)])
def test_what_ages_before_submission_is_marked(age: int, ages: bool) -> None:  # noqa: FBT001
    """Counts hold 28 days; submission is eleven days from the day of the check."""
    name = f"platelets-{records.ago(6)}"
    answer = _answer(dates={name: records.ago(age)})
    (counts,) = [one for one in answer.checked if one.criterion.name == "blood_counts"]
    assert (counts.found.status, counts.ages_before_dose) == ("met", ages)


def test_the_longest_standard_clock_of_the_dose_sets_the_last_day() -> None:
    drug = next(one for one in POLICY.payer.clocks if one.item == "drug")
    longer = replace(drug, item="filing", hours=None, days=5)
    payer = replace(POLICY.payer, clocks=(*POLICY.payer.clocks, longer))
    record = records.record(records.psma_first())
    answer = check(record, replace(POLICY, payer=payer), day=records.TODAY)
    assert answer.submit_by == DOSE - timedelta(days=5)


def test_a_part_of_a_day_is_a_day_before_the_dose() -> None:
    drug = next(one for one in POLICY.payer.clocks if one.item == "drug")
    payer = replace(POLICY.payer, clocks=(replace(drug, hours=25),))
    record = records.record(records.psma_first())
    answer = check(record, replace(POLICY, payer=payer), day=records.TODAY)
    assert answer.submit_by == DOSE - timedelta(days=2)


def test_a_step_done_today_is_done() -> None:
    steps = shipped().payers["negotiated_drug"].steps
    found = judge_steps(steps, {"procurement": records.TODAY}, records.TODAY)
    assert found[0].state == "done"


def test_an_order_for_today_is_the_next_dose() -> None:
    found = course_of(records.record(records.psma_first()), POLICY.product, DOSE)
    assert (found[0].day, found[0].basis) == (DOSE, "requested")
    later = course_of(
        records.record(records.psma_first()), POLICY.product, DOSE + timedelta(days=1)
    )
    assert later == ()
