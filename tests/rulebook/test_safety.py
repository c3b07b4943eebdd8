"""What each rulebook says of release and of waste, and what that means for a patient's stay."""

from __future__ import annotations

from datetime import date

import pytest

from doseline.io.reference import nuclide_table
from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook
from doseline.physics.release import Retention, nights_until_release, release
from doseline.physics.waste import decay_in_storage, storage_h
from doseline.rules.errors import NothingInForceError

DAY = date(2026, 6, 1)
NUCLIDES = nuclide_table()
US, CN = load_rulebook("us"), load_rulebook("cn")

PROSTATE = Retention(biological_half_life_h=60.0, fast_cleared_percent=50.0, fast_half_life_h=3.0)
THYROIDECTOMY = Retention(
    biological_half_life_h=80 * 24.0, fast_cleared_percent=95.0, fast_half_life_h=8.0
)


@pytest.mark.parametrize("book", rulebook_names())
@pytest.mark.parametrize("nuclide", ["Lu-177", "I-131", "Ac-225", "At-211"])
def test_every_criterion_has_a_source_and_the_unit_of_its_measure(book: str, nuclide: str) -> None:
    criteria = load_rulebook(book).release_criteria(nuclide, DAY)
    assert criteria
    for criterion in criteria:
        limit = criterion.readings[0]
        assert limit.unit == criterion.measure.unit
        assert float(limit.value.amount) == criterion.limit
        assert limit.value.source.title


def test_one_rulebook_lets_lu177_go_at_once_and_the_other_within_hours() -> None:
    us, cn = (
        release(NUCLIDES, "Lu-177", 7.4e9, book.release_criteria("Lu-177", DAY), retention=PROSTATE)
        for book in (US, CN)
    )
    assert us.allowed
    assert 0 < cn.wait_h < 8


def test_lu177_that_nothing_excretes_would_stay_two_nights_in_china() -> None:
    criteria = CN.release_criteria("Lu-177", DAY)
    assert nights_until_release(NUCLIDES, "Lu-177", 7.4e9, criteria) == 2


def test_i131_after_thyroidectomy_stays_two_nights_in_china_and_none_in_the_us() -> None:
    nights = [
        nights_until_release(
            NUCLIDES,
            "I-131",
            3.7e9,
            book.release_criteria("I-131", DAY),
            retention=THYROIDECTOMY,
        )
        for book in (US, CN)
    ]
    assert nights == [0, 2]


def test_written_instructions_have_a_limit_of_their_own() -> None:
    (limit,) = US.release_criteria("Lu-177", DAY, purpose="instructions")
    assert limit.limit == 1.0
    assert not release(NUCLIDES, "Lu-177", 7.4e9, [limit]).allowed
    assert CN.release_criteria("Lu-177", DAY, purpose="instructions") == ()


def test_no_criterion_is_known_before_its_first_day() -> None:
    with pytest.raises(NothingInForceError, match="2021-05-01"):
        CN.release_criteria("Lu-177", date(2020, 1, 1))


def test_waste_of_i131_is_kept_180_days_in_china_and_ten_half_lives_by_custom_elsewhere() -> None:
    us, cn = US.storage_rule("I-131", DAY), CN.storage_rule("I-131", DAY)
    assert us is not None
    assert cn is not None
    assert storage_h(NUCLIDES, "I-131", half_lives=cn.half_lives, fixed_h=cn.fixed_h) == 180 * 24
    kept_h = storage_h(NUCLIDES, "I-131", half_lives=us.half_lives, fixed_h=us.fixed_h)
    assert kept_h == pytest.approx(10 * NUCLIDES["I-131"].half_life_h)


def test_lu177m_may_not_decay_in_storage_in_the_us() -> None:
    rule = US.storage_rule("Lu-177", DAY)
    assert rule is not None
    assert rule.longest_half_life_h == 120 * 24
    waste = {"Lu-177": 1e8, "Lu-177m": 1e4}
    assert not decay_in_storage(
        NUCLIDES, waste, longest_half_life_h=rule.longest_half_life_h
    ).allowed


def test_short_lived_waste_is_kept_30_days_in_china() -> None:
    rule = CN.storage_rule("At-211", DAY)
    assert rule is not None
    assert rule.fixed_h == 30 * 24
    assert rule.longest_half_life_h == float("inf")
    assert NUCLIDES["At-211"].half_life_h < 24


@pytest.mark.parametrize(
    ("nuclide", "factor"), [("Ac-225", 10.0), ("At-211", 1.0), ("Lu-177", 0.1), ("F-18", 0.01)]
)
def test_toxicity_weighs_a_days_operating_quantity_in_china(nuclide: str, factor: float) -> None:
    rule = CN.operation_rule(nuclide, DAY)
    assert rule is not None
    assert rule.factor == factor
    assert {one.value.confidence for one in rule.readings} == {"low"}


def test_a_nuclide_or_country_without_such_a_rule_has_no_weight() -> None:
    assert CN.operation_rule("Lu-177m", DAY) is None
    assert US.operation_rule("Lu-177", DAY) is None
