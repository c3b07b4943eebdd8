"""Each kind of bad cell is one clear finding at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.io.broken import codes, findings, only, place, set_cell

from doseline.model.findings import ERROR

if TYPE_CHECKING:
    from pathlib import Path

CELLS = [
    ("products", "activity_gbq", "NaN", "not_finite", ""),
    ("products", "activity_gbq", "-inf", "not_finite", ""),
    ("products", "activity_gbq", "1e999", "not_finite", ""),
    ("products", "activity_gbq", "-7.4", "negative", ""),
    ("products", "activity_gbq", "7.4 GBq", "unit_in_number", "7.4"),
    ("products", "activity_gbq", "200mCi", "unit_in_number", "7.4"),
    ("products", "shelf_life_h", "5 d", "unit_in_number", "120"),
    ("products", "activity_gbq", "7,4", "not_a_number", "7.4"),
    ("products", "activity_gbq", "seven", "not_a_number", ""),
    ("products", "activity_gbq", "７.４", "not_a_number", "7.4"),
    ("products", "activity_gbq", "=7+0.4", "formula_cell", ""),
    ("products", "name", "=HYPERLINK(1)", "formula_cell", ""),
    ("products", "name", "@SUM(A1)", "formula_cell", ""),
    ("products", "name", "+cmd", "formula_cell", ""),
    ("products", "name", "-2+3", "formula_cell", ""),
    ("products", "activity_gbq", "", "missing_value", ""),
    ("products", "interval_days", "42.0", "not_an_integer", "42"),
    ("products", "interval_days", "0", "out_of_range", ""),
    ("products", "tolerance_percent", "51", "out_of_range", ""),
    ("products", "nuclide", "Lu177", "unknown_nuclide", "Lu-177"),
    ("products", "nuclide", "177Lu", "unknown_nuclide", "Lu-177"),
    ("products", "nuclide", "Lu-117", "unknown_nuclide", "Lu-177"),
    ("products", "price", "$48,980", "unit_in_number", "48980"),
    ("products", "price", "48980 EUR", "mixed_currency", ""),
    ("products", "price", "€48980", "mixed_currency", ""),
    ("products", "price", "48,980.00", "not_money", "48980.00"),
    ("products", "price", "0.1234567", "not_money", "0.1234567"),
    ("costs", "amount", "500 CNY", "mixed_currency", ""),
    ("licences", "valid_from", "2025-02-30", "not_a_date", ""),
    ("licences", "valid_from", "2025/1/2", "not_a_date", "2025-01-02"),
    ("licences", "valid_from", "45658", "not_a_date", "2025-01-01"),
    ("stock", "at", "2026-05-04T00:00:00", "naive_instant", "2026-05-04T00:00+00:00"),
    ("stock", "at", "yesterday", "not_an_instant", ""),
    ("batches", "start", "6:00", "not_a_clock", "06:00"),
    ("batches", "start", "2:30 PM", "not_a_clock", "14:30"),
    ("batches", "start", "24:00", "not_a_clock", "23:59"),
    ("batches", "weekday", "Monday", "bad_weekdays", "Mon"),
    ("batches", "weekday", "周一", "bad_weekdays", "Mon"),
    ("suites", "weekdays", "Mon,Wed", "bad_weekdays", "Mon Wed"),
    ("suites", "weekdays", "Mon–Fri", "bad_weekdays", "Mon-Fri"),
    ("sites", "zone", "", "missing_zone", ""),
    ("sites", "zone", "America/Chcago", "unknown_zone", "America/Chicago"),
    ("sites", "zone", "Beijing", "unknown_zone", "Asia/Shanghai"),
    ("sites", "zone", "../etc/passwd", "unknown_zone", ""),
    ("sites", "lat", "91", "out_of_range", ""),
    ("regions", "rural", "maybe", "not_allowed", ""),
    ("sites", "setting", "comunity", "not_allowed", "community"),
    ("sites", "region", "eastt", "unknown_reference", "east"),
    ("pathways", "assumed", "pas_percent", "unknown_assumed", "pass_percent"),
    ("lanes", "to_place", "Near", "unknown_reference", "near"),
]


@pytest.mark.parametrize(("table", "column", "value", "code", "nearest"), CELLS)
def test_a_bad_cell_is_one_error_at_its_place(
    folder: Path, *, table: str, column: str, value: str, code: str, nearest: str
) -> None:
    set_cell(folder, table, 2, column, value)
    finding = only(folder, code)
    assert place(finding) == (table, 2, column)
    assert finding.severity == ERROR
    assert finding.found == value
    assert finding.nearest == nearest


def test_the_allowed_range_names_its_unit(folder: Path) -> None:
    set_cell(folder, "products", 2, "tolerance_percent", "51")
    assert only(folder, "out_of_range").allowed == "0 … 50 %"


def test_spaces_around_a_value_do_not_matter(folder: Path) -> None:
    before = findings(folder)
    set_cell(folder, "products", 2, "activity_gbq", " 7.40 ")
    assert findings(folder) == before


def test_a_lone_hyphen_is_text(folder: Path) -> None:
    set_cell(folder, "lines", 2, "operator", "-")
    assert "formula_cell" not in codes(folder)


def test_all_bad_cells_of_all_tables_are_found_at_once(folder: Path) -> None:
    set_cell(folder, "products", 2, "activity_gbq", "NaN")
    set_cell(folder, "sites", 3, "zone", "")
    set_cell(folder, "regions", 2, "population", "many")
    wanted = {("products", 2), ("sites", 3), ("regions", 2)}
    assert wanted <= {place(finding)[:2] for finding in findings(folder)}


def test_lines_are_counted_as_in_the_file_with_blank_and_long_rows(folder: Path) -> None:
    rows = (folder / "sites.csv").read_text(encoding="utf-8").splitlines()
    rows[1] = rows[1].replace("Site Near", '"Site\nNear"')
    rows.insert(2, "")
    rows[3] = rows[3].replace("America/Denver", "America/Dnver")
    (folder / "sites.csv").write_text("\n".join(rows), encoding="utf-8")
    assert only(folder, "unknown_zone").row == 5


def test_a_key_that_stands_twice_names_the_first_row(folder: Path) -> None:
    set_cell(folder, "batches", 3, "batch", "psma-mon")
    finding = only(folder, "duplicate_key")
    assert place(finding) == ("batches", 3, "batch")
    assert finding.about["first"] == "2"


def test_a_place_of_two_tables_is_ambiguous(folder: Path) -> None:
    set_cell(folder, "hubs", 2, "hub", "near")
    assert place(only(folder, "ambiguous_place")) == ("sites", 2, "site")
