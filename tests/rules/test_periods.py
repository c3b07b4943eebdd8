"""Periods of values and of rules meet: on any day from the first on, exactly one of each holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook
from doseline.rules import parse_parameter, reading_on, rule_on
from doseline.rules.errors import BadEntryError

BOOKS = {name: load_rulebook(name) for name in rulebook_names()}

OVERLAP = """\
description: {en: Threshold, zh: 阈值}
unit: XXX
source: {title: Example Health Authority, address: "https://health.example/12", as_of: 2026-01-02}
values:
  2025-01-01: {value: 630, kind: official, confidence: high, published_until: UNTIL}
  2026-01-01: {value: 655, kind: official, confidence: high}
"""


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(sorted(BOOKS)), st.dates(date(2024, 1, 1), date(2032, 1, 1)))
def test_on_any_day_one_rule_holds_and_the_latest_value(name: str, day: date) -> None:
    book = BOOKS[name]
    for topic, rules in book.blueprint.rules.items():
        holding = [rule for rule in rules if rule.holds_on(day)]
        assert len(holding) == (day >= rules[0].valid_from)
        assert rule_on(book, topic, day) is (holding[0] if holding else None)
    for key, parameter in book.parameters.items():
        begun = [value for value in parameter.values if value.since <= day]
        reading = reading_on(book, key, day)
        assert (reading is None) == (not begun)
        if reading is not None:
            latest = max(begun, key=lambda value: value.since)
            assert reading.value is latest
            until = latest.published_until
            assert reading.carried_forward == (until is not None and until < day)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(sorted(BOOKS)), st.dates(date(2025, 1, 1), date(2029, 1, 1)))
def test_between_two_turns_nothing_changes(name: str, day: date) -> None:
    book = BOOKS[name]
    later = [turn for turn in book.turns() if turn > day]
    last = (min(later) - timedelta(days=1)) if later else day + timedelta(days=3_000)
    for key in book.parameters:
        assert reading_on(book, key, day) == reading_on(book, key, last)
    for topic in book.blueprint.rules:
        assert rule_on(book, topic, day) is rule_on(book, topic, last)


@pytest.mark.parametrize("until", ["2026-01-01", "2026-12-31"])
def test_a_source_may_not_speak_of_days_of_the_next_value(until: str) -> None:
    with pytest.raises(BadEntryError, match=r"xx\.yaml: line 5: .*before 2026-01-01"):
        parse_parameter(OVERLAP.replace("UNTIL", until), key="xx", file="xx.yaml")


@pytest.mark.parametrize("until", ["2025-12-31", "2025-06-30"])
def test_a_gap_is_carried_forward_and_said(until: str) -> None:
    parameter = parse_parameter(OVERLAP.replace("UNTIL", until), key="xx", file="xx.yaml")
    assert parameter.on(date.fromisoformat(until)).carried_forward is False
    assert parameter.on(date(2025, 12, 31)).carried_forward is (until != "2025-12-31")
