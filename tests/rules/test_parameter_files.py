"""What a parameter file may not say, and what it is read as."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from doseline.rules import Parameter, parse_parameter
from doseline.rules.errors import (
    BadEntryError,
    DuplicateKeyError,
    MissingKeyError,
    NothingInForceError,
    NotYamlError,
    RulebookError,
    UncitedError,
    UnknownKeyError,
)

GOOD = """
description: {en: Threshold, zh: 阈值}
unit: XXX
maximum: 1000
source: {title: Example Health Authority, address: "https://health.example/12", as_of: 2026-01-02}
values:
  2026-01-01: {value: 655.00, kind: official, confidence: high, published_until: 2026-12-31}
  2025-01-01: {value: 630.10, kind: secondary, confidence: medium}
"""


def parse(text: str) -> Parameter:
    return parse_parameter(text, key="threshold", file="xx/threshold.yaml")


def test_numbers_keep_every_digit_as_written() -> None:
    amounts = [str(value.amount) for value in parse(GOOD).values]
    assert amounts == ["630.10", "655.00"]


@pytest.mark.parametrize(
    ("day", "amount", "carried"),
    [
        (date(2025, 12, 31), Decimal("630.10"), False),
        (date(2026, 1, 1), Decimal("655.00"), False),
        (date(2026, 12, 31), Decimal("655.00"), False),
        (date(2027, 1, 1), Decimal("655.00"), True),
    ],
)
def test_a_value_holds_from_its_day_on_and_says_when_it_is_carried_forward(
    day: date,
    amount: Decimal,
    carried: bool,  # noqa: FBT001 - pytest passes it by name
) -> None:
    reading = parse(GOOD).on(day)
    assert (reading.value.amount, reading.carried_forward) == (amount, carried)


def test_nothing_is_known_before_the_first_value() -> None:
    with pytest.raises(NothingInForceError, match="2025-01-01"):
        parse(GOOD).on(date(2024, 12, 31))


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("maximum:", "maximun:", UnknownKeyError, "did you mean 'maximum'"),
        ("kind: official", "knd: official", UnknownKeyError, "did you mean 'kind'"),
        ("unit: XXX", "unit: XXX\nunit: YYY", DuplicateKeyError, "'unit' stands twice"),
        ("2025-01-01:", "2026-01-01:", DuplicateKeyError, "'2026-01-01' stands twice"),
        ("source: {title", "note: {title", UnknownKeyError, "note"),
        ("unit: XXX\n", "", MissingKeyError, "'unit'"),
        ("as_of: 2026-01-02", "as_of: yesterday", BadEntryError, "YYYY-MM-DD"),
        ("2026-12-31", "2026-02-30", BadEntryError, "YYYY-MM-DD"),
        ("2026-12-31", "2025-12-31", BadEntryError, "2026-01-01 or later"),
        ("655.00", "1_000", BadEntryError, "without commas"),
        ("655.00", ".nan", BadEntryError, "without commas"),
        ("655.00", "-1", BadEntryError, "from 0 to 1000"),
        ("655.00", "1000.01", BadEntryError, "from 0 to 1000"),
        ("confidence: high", "confidence: sure", BadEntryError, "low, medium, high"),
        ("zh: 阈值", 'zh: ""', BadEntryError, "some text"),
        ("values:", "values: [", NotYamlError, "YAML"),
    ],
)
def test_a_fault_is_refused_with_the_files_name(
    old: str, new: str, error: type[RulebookError], says: str
) -> None:
    with pytest.raises(error, match=r"xx/threshold\.yaml") as caught:
        parse(GOOD.replace(old, new, 1))
    assert says in str(caught.value)


def test_a_value_without_a_source_is_refused() -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith("source")]
    with pytest.raises(UncitedError, match=r"xx/threshold\.yaml.*2026-01-01"):
        parse("\n".join(lines))


def test_a_file_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(BadEntryError, match=r"xx/threshold\.yaml"):
        parse("- 655")
