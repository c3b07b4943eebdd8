"""The latest result decides, if it is recent, certain and comparable."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.authorise.proving import TODAY, asking, evidence, fact

from doseline.authorise.judge import judge

if TYPE_CHECKING:
    from doseline.authorise.names import Status, Unclear
    from doseline.authorise.record import Comparator


@pytest.mark.parametrize(
    ("days", "expected"), [(0, "met"), (30, "met"), (31, "expired"), (3000, "expired")]
)
def test_age_counts_to_its_last_day(days: int, expected: Status) -> None:
    found = judge(evidence("a", max_age_d=30), asking(fact("a", day=TODAY - timedelta(days=days))))
    assert found.status == expected
    if expected == "met":
        assert found.good_until == TODAY + timedelta(days=30 - days)


def test_the_latest_result_decides_for_better_and_worse() -> None:
    old, new = date(2026, 4, 20), date(2026, 4, 30)
    asked = evidence("a", at_least=3, max_age_d=30)
    worse = [fact("1", day=old, code="a", amount="5"), fact("2", day=new, code="a", amount="1")]
    better = [fact("1", day=old, code="a", amount="1"), fact("2", day=new, code="a", amount="5")]
    assert judge(asked, asking(*worse)).status == "not_met"
    assert judge(asked, asking(*better)).status == "met"
    assert [one.reference for one in judge(asked, asking(*worse)).proof] == ["Observation/2"]


def test_two_results_of_one_day_that_differ_decide_nothing() -> None:
    facts = [fact(name, day=TODAY, code="a", amount=name) for name in ("1", "5")]
    found = judge(evidence("a", at_least=3), asking(*facts))
    assert found.status == "cannot_tell"
    assert {why for _, why in found.unclear} == {"conflict"}


def test_an_old_bad_result_is_too_old_to_speak_against() -> None:
    old = fact("a", day=date(2026, 1, 1), amount="1")
    assert judge(evidence("a", at_least=3, max_age_d=30), asking(old)).status == "expired"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 4, 1), date(2026, 4, 30), "cannot_tell"),  # 4 to 33 days
        (date(2026, 5, 1), date(2026, 5, 31), "met"),  # this month, so 3 days at most
        (date(2026, 3, 1), date(2026, 3, 31), "expired"),  # 34 days at least
        (date(2026, 1, 1), date(2026, 12, 31), "cannot_tell"),
    ],
)
def test_a_day_known_by_its_month_only(first: date, last: date, expected: Status) -> None:
    found = judge(evidence("a", max_age_d=30), asking(fact("a", day=first, last=last)))
    assert found.status == expected


def test_a_vague_day_that_may_be_the_latest_has_a_say() -> None:
    sure = fact("sure", day=date(2026, 4, 20), code="a", amount="5")
    vague = fact("vague", day=date(2026, 4, 1), last=date(2026, 4, 30), code="a", amount="1")
    asked = evidence("a", at_least=3)
    assert judge(asked, asking(sure, vague)).status == "cannot_tell"
    earlier = fact("vague", day=date(2026, 3, 1), last=date(2026, 3, 31), code="a", amount="1")
    assert judge(asked, asking(sure, earlier)).status == "met"


@pytest.mark.parametrize(
    ("unclear", "day", "why"),
    [
        ("not_final", TODAY, "not_final"),
        (None, None, "no_date"),
        (None, TODAY + timedelta(days=1), "later"),
        ("whose", TODAY, "whose"),
    ],
)
def test_what_cannot_prove_is_named_with_its_reason(
    unclear: Unclear | None, day: date | None, why: Unclear
) -> None:
    found = judge(evidence("a"), asking(fact("a", day=day, unclear=unclear)))
    assert (found.status, [one for _, one in found.unclear]) == ("cannot_tell", [why])


def test_something_certain_beside_something_unclear_is_enough() -> None:
    facts = [fact("1", day=TODAY, code="a"), fact("2", day=None, code="a")]
    assert judge(evidence("a"), asking(*facts)).status == "met"


@pytest.mark.parametrize(
    ("comparator", "amount", "expected"),
    [
        ("", "3", "met"),
        ("", "2.999", "not_met"),
        ("<", "3", "not_met"),  # below 3 is never 3
        ("<=", "3", "cannot_tell"),  # may be 3
        ("<", "4", "cannot_tell"),
        (">", "3", "met"),
        (">=", "3", "met"),
        (">", "1", "cannot_tell"),
    ],
)
def test_results_below_or_above_a_bound(
    comparator: Comparator, amount: str, expected: Status
) -> None:
    one = fact("a", day=TODAY, amount=amount, comparator=comparator)
    assert judge(evidence("a", at_least=3), asking(one)).status == expected


@pytest.mark.parametrize(
    ("comparator", "amount", "expected"),
    [
        ("", "7.4", "met"),
        ("", "7.41", "not_met"),
        (">", "7.4", "not_met"),
        (">=", "7.4", "cannot_tell"),
        ("<", "7.4", "met"),
    ],
)
def test_an_upper_limit(comparator: Comparator, amount: str, expected: Status) -> None:
    one = fact("a", day=TODAY, amount=amount, unit="GBq", comparator=comparator)
    assert judge(evidence("a", at_most=7.4, unit="GBq"), asking(one)).status == expected


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [("200", "mCi", "met"), ("7400", "MBq", "met"), ("200", "", "cannot_tell"), (None, "", None)],
)
def test_a_dose_in_any_unit_of_activity(
    amount: str | None, unit: str, expected: Status | None
) -> None:
    one = fact("a", day=TODAY, amount=amount, unit=unit)
    found = judge(evidence("a", at_least=5.9, at_most=7.4, unit="GBq"), asking(one))
    assert found.status == (expected or "cannot_tell")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["yes"], "met"),
        (["no"], "not_met"),
        (["yes", "no"], "cannot_tell"),
        (["other"], "cannot_tell"),
        ([], "cannot_tell"),
        (["yes", "other"], "met"),
    ],
)
def test_coded_results(values: list[str], expected: Status) -> None:
    found = judge(
        evidence("a", says="yes", denies="no"), asking(fact("a", day=TODAY, values=values))
    )
    assert found.status == expected


def test_in_a_renewal_only_what_is_later_than_the_last_dose_counts() -> None:
    dose = date(2026, 4, 20)
    asked = evidence("a", since_last_dose=True)
    on_the_day, after = fact("a", day=dose), fact("a", day=dose + timedelta(days=1))
    vague = fact("a", day=date(2026, 4, 1), last=date(2026, 4, 30))
    assert judge(asked, asking(on_the_day, last_dose=dose)).status == "expired"
    assert judge(asked, asking(after, last_dose=dose)).status == "met"
    assert judge(asked, asking(vague, last_dose=dose)).status == "cannot_tell"
    assert judge(asked, asking(on_the_day)).status == "met"


def test_another_kind_of_resource_proves_nothing() -> None:
    one = fact("a", day=TODAY, kind="Procedure")
    assert judge(evidence("a"), asking(one)).status == "missing"
