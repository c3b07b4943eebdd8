"""Each benchmark still runs at its smallest size; nothing here depends on how fast it is."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from benchmarks.__main__ import NAMES
from benchmarks.results import HEAD, Measured, page, sections, short
from benchmarks.rows import Row

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 22)


@pytest.mark.parametrize("name", NAMES)
def test_the_smallest_size_runs_and_tells_figures(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--json", "--only", name],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["benchmarks"]
    assert told["name"] == name
    assert told["peak_mib"] > 1.0
    assert told["rows"]
    for row in told["rows"]:
        assert math.isfinite(row["figure"]), row
        assert row["ratio"] is None or row["ratio"] > 0.0, row


def test_a_section_is_renewed_and_the_others_stay() -> None:
    first, second, again = (_measured(*told) for told in (("a", 1.0), ("b", 2.0), ("a", 3.0)))
    old = page("", [second, first], ["a", "b"], day=DAY)
    new = page(old, [again], ["a", "b"], day=DAY)
    assert new.startswith(HEAD)
    assert list(sections(new)) == ["a", "b"]
    assert "| thing | 3 s | 1.5 x | peer |" in sections(new)["a"]
    assert sections(new)["b"] == sections(old)["b"]
    assert page(new, [], ["a", "b"], day=DAY) == new


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-4.8e-13, "0"),
        (0.012345, "0.0123"),
        (-1.5, "-1.5"),
        (100.0, "100"),
        (999.9, "1000"),
        (1234567.0, "1,230,000"),
    ],
)
def test_numbers_have_three_digits(number: float, text: str) -> None:
    assert short(number) == text


def _measured(name: str, figure: float) -> Measured:
    row = Row(what="thing", figure=figure, unit="s", ratio=figure / 2, peer="peer")
    return Measured(name=name, command="python", rows=[row], peak_mib=1.0, load=(0.0, 0.0))
