"""Amounts as lines in one price: arithmetic, comparisons, and what cannot be walked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tests.pay.ceilings_book import book, situation

from doseline.pay.ceilings_affine import Line, NotStraightError, Range, line_of
from doseline.pay.ceilings_parties import asking
from doseline.pay.ceilings_pieces import payments_over


def _price(at: str = "10") -> Line:
    return Line.of(Decimal(0), Decimal(1), Range(Decimal(at)))


def test_a_line_computes_as_its_number_does_and_keeps_its_slope() -> None:
    price = _price()
    cases: list[tuple[Any, tuple[object, object]]] = [
        (price + 3, (3, 1)),
        (3 + price, (3, 1)),
        (price - 3, (-3, 1)),
        (3 - price, (3, -1)),
        (-price, (0, -1)),
        (+price, (0, 1)),
        (price * 2, (0, 2)),
        (Decimal("0.5") * price, (0, Decimal("0.5"))),
        (price / 4, (0, Decimal("0.25"))),
        (sum([price, price]), (0, 2)),
        (min(price, Decimal(20)), (0, 1)),
        (price.min(Decimal(20)), (0, 1)),
        (price.max(Decimal(5)), (0, 1)),
        (abs(price - 30), (30, -1)),
        (price.quantize(Decimal("0.01")), (0, 1)),
        ((price - price) * price, (0, 0)),
    ]
    for amount, parts in cases:
        start, slope = line_of(amount)
        assert [start, slope] == list(parts)
        assert Decimal(str(amount)) == start + slope * 10


def test_each_comparison_narrows_the_range_in_which_it_holds() -> None:
    price = _price()
    assert price > 4
    assert price * 2 <= Decimal(30)
    assert not price - 12 >= 0
    assert bool(price)
    assert price != Decimal(7)
    assert [price.seen.low, price.seen.high] == [Decimal(7), Decimal(12)]


@pytest.mark.parametrize(
    "act",
    [
        lambda price: price * price,
        lambda price: 1 / price,
        float,
        int,
        lambda price: price**2,
        lambda price: price % 3,
    ],
)
def test_what_is_no_straight_line_is_refused(act: object) -> None:
    assert callable(act)
    with pytest.raises(NotStraightError):
        act(_price())


def test_rules_that_cannot_be_walked_are_sampled_and_say_so() -> None:
    rules, now = book(), situation("stay")
    ask = asking(rules, now)
    walked = payments_over(ask, most=Decimal(4000))

    def through_floats(price: Decimal) -> object:
        return ask(Decimal(str(float(price))).quantize(Decimal("0.01")))

    sampled = payments_over(through_floats, most=Decimal(4000))  # type: ignore[arg-type]
    assert (walked.walked, sampled.walked) == (True, False)
    for price in range(0, 4000, 37):
        lines = []
        for one in (walked, sampled):
            start, slope = one.at(Decimal(price)).net("hospital")
            lines.append(start + slope * price)
        assert lines[0] == pytest.approx(lines[1], abs=Decimal("0.03"))


def test_the_pieces_of_a_package_meet_where_reviews_begin() -> None:
    # Reviews begin at items > 1600, 100 of which are not the dose: at a price of 1500.
    pieces = payments_over(asking(book(), situation("stay")), most=Decimal(4000)).pieces
    assert [one.high for one in pieces] == [Decimal(1500), Decimal("Infinity")]
    lines = [one.lines["payer", "hospital", "stay"] for one in pieces]
    assert lines == [(Decimal(800), Decimal(0)), (Decimal(765), Decimal("0.05"))]
