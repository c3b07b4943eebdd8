"""The logic of criteria against truth tables written by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.authorise.proving import TODAY, asking, evidence, fact

from doseline.authorise.judge import judge
from doseline.authorise.policy import Age, AllOf, AnyOf, Evidence, Unless
from doseline.authorise.record import Span

if TYPE_CHECKING:
    from doseline.authorise.names import Status
    from doseline.authorise.record import Fact

PARTS: dict[Status, Fact | None] = {
    "met": fact("", day=TODAY, amount="5"),
    "not_met": fact("", day=TODAY, amount="1"),
    "expired": fact("", day=date(2026, 1, 1), amount="5"),
    "cannot_tell": fact("", day=TODAY, amount="5", unclear="not_final"),
    "missing": None,
}
"""A fact that gives a part each status: at least 3, at most 30 days old."""

LETTERS: dict[str, Status] = {
    "T": "met", "F": "not_met", "E": "expired", "C": "cannot_tell", "M": "missing"
}  # fmt: skip

ALL = """
  T F E C M
T T F E C M
F F F F F F
E E F E C M
C C F C C M
M M F M M M
"""
"""True only if both are; false if one is; else the reason that takes most to close."""

ANY = """
  T F E C M
T T T T T T
F T F E C M
E T E E E E
C T C E C C
M T M E C M
"""
"""True if one is; false only if both are; else the reason that takes least to close."""


def _table(text: str) -> list[tuple[Status, Status, Status]]:
    rows = [line.split() for line in text.strip("\n").splitlines()]
    heads = rows[0]
    return [
        (LETTERS[row[0]], LETTERS[head], LETTERS[cell])
        for row in rows[1:]
        for head, cell in zip(heads, row[1:], strict=True)
    ]


def _pair(one: Status, other: Status) -> tuple[tuple[Evidence, Evidence], list[Fact]]:
    facts = [
        fact(name, day=TODAY if found.when is None else found.when.first,
             amount=str(found.quantity.amount if found.quantity else 0), unclear=found.unclear)
        for name, found in (("a", PARTS[one]), ("b", PARTS[other]))
        if found is not None
    ]  # fmt: skip
    parts = (
        evidence("a", at_least=3, max_age_d=30),
        evidence("b", at_least=3, max_age_d=30),
    )
    return parts, facts


@pytest.mark.parametrize(("one", "other", "expected"), _table(ALL))
def test_all_of(one: Status, other: Status, expected: Status) -> None:
    parts, facts = _pair(one, other)
    assert judge(AllOf(parts=parts), asking(*facts)).status == expected


@pytest.mark.parametrize(("one", "other", "expected"), _table(ANY))
def test_any_of(one: Status, other: Status, expected: Status) -> None:
    parts, facts = _pair(one, other)
    assert judge(AnyOf(parts=parts), asking(*facts)).status == expected


@pytest.mark.parametrize(
    ("shown", "contrary", "expected"),
    [
        ("met", "missing", "met"),
        ("met", "not_met", "met"),
        ("met", "expired", "met"),
        ("met", "met", "not_met"),
        ("met", "cannot_tell", "cannot_tell"),
        ("missing", "missing", "missing"),
        ("missing", "met", "not_met"),
        ("expired", "cannot_tell", "expired"),
        ("not_met", "missing", "not_met"),
        ("cannot_tell", "missing", "cannot_tell"),
    ],
)
def test_shown_unless_contrary(shown: Status, contrary: Status, expected: Status) -> None:
    (first, second), facts = _pair(shown, contrary)
    assert judge(Unless(shown=first, contrary=second), asking(*facts)).status == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2008, 5, 4), date(2008, 5, 4), "met"),  # eighteen today
        (date(2008, 5, 5), date(2008, 5, 5), "not_met"),  # eighteen tomorrow
        (date(2008, 1, 1), date(2008, 12, 31), "cannot_tell"),  # only the year is known
        (date(2007, 1, 1), date(2007, 12, 31), "met"),
        (date(2009, 1, 1), date(2009, 12, 31), "not_met"),
        (None, None, "missing"),
    ],
)
def test_age(first: date | None, last: date | None, expected: Status) -> None:
    born = Span(first=first, last=last) if first and last else None
    assert judge(Age(years=18), asking(born=born)).status == expected
    if expected == "met":
        proof = judge(Age(years=18), asking(born=born)).proof
        assert [(one.reference, one.when) for one in proof] == [("Patient/p1", None)]


def test_someone_born_on_a_leap_day_is_of_age_on_the_first_of_march() -> None:
    born = Span(first=date(2008, 2, 29), last=date(2008, 2, 29))
    assert judge(Age(years=18), asking(born=born, day=date(2026, 2, 28))).status == "not_met"
    assert judge(Age(years=18), asking(born=born, day=date(2026, 3, 1))).status == "met"


def test_any_keeps_the_proof_that_lasts_longest() -> None:
    facts = [fact("a", day=date(2026, 4, 10)), fact("b", day=date(2026, 4, 20))]
    asked = AnyOf(parts=(evidence("a", max_age_d=30), evidence("b", max_age_d=30)))
    found = judge(asked, asking(*facts))
    assert ([one.reference for one in found.proof], found.good_until) == (
        ["Observation/b"],
        date(2026, 5, 20),
    )


def test_all_lasts_as_long_as_its_shortest_proof() -> None:
    facts = [fact("a", day=date(2026, 4, 10)), fact("b", day=date(2026, 4, 20))]
    asked = AllOf(parts=(evidence("a", max_age_d=30), evidence("b", max_age_d=30)))
    assert judge(asked, asking(*facts)).good_until == date(2026, 5, 10)
