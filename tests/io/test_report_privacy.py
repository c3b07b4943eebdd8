"""Small groups are never shown, nor what would reveal them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.io.fake_network import SMALL
from tests.io.fake_result import fake_result

from doseline.io.report import render_report
from doseline.io.report.cohort import cohort_of
from doseline.io.report.privacy import Privacy
from doseline.model.ledger import CLASSES

if TYPE_CHECKING:
    from doseline.model.result import RunResult

counts = st.lists(st.integers(0, 60), min_size=1, max_size=20)


@given(counts)
def test_what_is_hidden_cannot_be_found_by_subtraction(people: list[int]) -> None:
    privacy = Privacy(11)
    hide = privacy.hidden(people)
    hidden = [count for count, gone in zip(people, hide, strict=True) if gone]
    shown = [count for count, gone in zip(people, hide, strict=True) if not gone]
    assert not [count for count in shown if 0 < count < 11]
    if hidden and any(shown):
        assert len(hidden) > 1
        assert sum(hidden) >= 11


@given(counts)
def test_large_groups_alone_hide_nothing(people: list[int]) -> None:
    large = [count + 11 for count in people]
    assert not any(Privacy(11).hidden(large))


def with_classes(counts: tuple[int, ...]) -> RunResult:
    result = fake_result(SMALL)
    lost = sum(counts[1:4])
    ledger = pl.DataFrame(
        {
            "link": ["not_referred", "transport"],
            "patients": [lost - 20, 20],
            "low": [0.0, 0.0],
            "high": [0.0, 0.0],
            "doses": [0, 0],
        }
    )
    patients = pl.DataFrame({"class": CLASSES, "patients": counts, "low": counts, "high": counts})
    return replace(result, frames={**result.frames, "patients": patients, "ledger": ledger})


def test_a_small_class_takes_another_with_it() -> None:
    cohort = cohort_of(with_classes((400, 3, 90, 30, 40)), Privacy(11))
    assert {group.key for group in cohort.classes if not group.shown} == {"late", "clinical_exit"}
    assert all(group.shown for group in cohort.links)


def test_a_small_open_class_is_not_found_from_classes_or_links() -> None:
    cohort = cohort_of(with_classes((400, 50, 90, 30, 7)), Privacy(11))
    hidden = {group.key for group in cohort.classes if not group.shown}
    assert "open" in hidden
    assert hidden & {"late", "never", "clinical_exit"}
    assert any(not group.shown for group in cohort.links)


def test_the_page_of_a_tiny_cohort_shows_no_count_of_it() -> None:
    result = with_classes((4, 22, 1, 0, 2))
    text = render_report(result)
    assert "The cohort is too small" in text
    table = re.search(r'id="figure-classes".*?</figure>', text, flags=re.DOTALL)
    assert table is not None
    assert "under 11" in table[0]
    assert 'id="figure-curve"' not in text
    assert not re.search(r">(?:1|2|4)(?: \(|<)", table[0].partition("<details")[2])


def test_a_report_with_small_groups_warns_against_sharing() -> None:
    result = fake_result(SMALL)
    assert "do not share it" in render_report(result, smallest_group=1)
    assert "do not share it" not in render_report(result)
