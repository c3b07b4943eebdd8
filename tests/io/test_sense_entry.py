"""Tables of entry that are well formed and make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.io.broken import findings, only, place, set_cell
from tests.io.entry_tables import TABLES, add_entry

from doseline.io.text import wording
from doseline.model.findings import ERROR, WARNING

if TYPE_CHECKING:
    from pathlib import Path

CASES = [
    # table, line, column, value -> code, nearest or allowed
    ("entry_terms", 2, "low_discount_percent", "12", "entry_range", "≤ 10"),
    ("entry_steps", 2, "high_days", "100", "entry_range", "≥ 200"),
    ("entry_uses", 2, "low_price", "5", "entry_range_alone", ""),
    ("entry_terms", 2, "product", "lu-psma", "", ""),
    ("entry_terms", 2, "counted_until", "2026-01-01", "entry_ends_early", "> 2026-01-01"),
    ("entry_terms", 2, "counted_until", "9999-12-31", "entry_day", ""),
    ("entry_routes", 2, "starts", "1066-10-14", "entry_day", ""),
    ("entry_steps", 2, "not_before", "2200-01-01", "entry_day", ""),
    ("entry_steps", 4, "windows", "06-31>01-01", "entry_rounds", "MM-DD>MM-DD"),
    ("entry_steps", 4, "windows", "06-30", "entry_rounds", "MM-DD>MM-DD"),
    ("entry_steps", 4, "windows", "02-29>07-01", "entry_rounds", "MM-DD>MM-DD"),
    ("entry_steps", 4, "after", "tril", "entry_unknown", "trial"),
    ("entry_steps", 3, "after", "trial file", "entry_round_trip", ""),
    ("entry_uses", 2, "begins", "flie", "entry_unknown", "file"),
    ("entry_uses", 3, "replaces", "slod", "entry_unknown", "sold"),
    ("entry_uses", 3, "replaces", "listed", "entry_round_trip", ""),
]


def test_the_tables_as_they_are_make_sense(folder: Path) -> None:
    before = {(one.code, one.table) for one in findings(folder)}
    add_entry(folder)
    assert {(one.code, one.table) for one in findings(folder)} == before


@pytest.mark.parametrize(("table", "line", "column", "value", "code", "told"), CASES)
def test_one_senseless_cell_is_found(
    folder: Path, *, table: str, line: int, column: str, value: str, code: str, told: str
) -> None:
    add_entry(folder)
    set_cell(folder, table, line, column, value)
    if not code:
        assert not [one for one in findings(folder) if one.table == table]
        return
    finding = only(folder, code)
    assert place(finding) == (table, line, column)
    assert finding.severity == ERROR
    assert told in {finding.allowed, finding.nearest, ""}
    for language in ("en", "zh"):
        assert "{" not in wording(finding, language)


def test_routes_without_terms_are_found(folder: Path) -> None:
    add_entry(folder)
    (folder / "entry_terms.csv").unlink()
    assert place(only(folder, "entry_without_terms")) == ("entry_routes", 2, "product")


def test_routes_without_steps_are_found(folder: Path) -> None:
    add_entry(folder)
    with (folder / "entry_routes.csv").open("a", encoding="utf-8") as file:
        file.write("second,lu-psma,Other,,2026-01-01,invented\n")
    assert place(only(folder, "entry_no_steps")) == ("entry_routes", 3, "route")


def test_what_is_broken_is_not_judged(folder: Path) -> None:
    add_entry(folder)
    set_cell(folder, "entry_steps", 2, "days", "soon")
    assert {one.code for one in findings(folder) if one.table.startswith("entry")} == {
        "not_a_number"
    }


def test_every_table_of_entry_is_tried() -> None:
    assert {case[0] for case in CASES} == set(TABLES)


def test_data_elsewhere_of_a_step_that_is_no_human_data_are_found(folder: Path) -> None:
    add_entry(folder)
    file = folder / "entry_steps.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    told = [f"{row},{share}" for row, share in zip(rows, (50, 40, 0), strict=True)]
    file.write_text("\n".join([f"{head},elsewhere_percent", *told]), encoding="utf-8")
    finding = only(folder, "entry_no_data")
    assert place(finding) == ("entry_steps", 3, "elsewhere_percent")
    assert (finding.severity, finding.allowed) == (WARNING, "0 / human_data")
    assert "approval" in wording(finding, "zh")
