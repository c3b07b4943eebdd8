"""Infusion records as people keep them: three forms, and what is told of bad ones."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from doseline.io.infusions import read_infusions
from doseline.io.text import LANGUAGES, wording

EXAMPLES = Path(__file__).parents[2] / "examples" / "claims"


def _records() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((EXAMPLES / "clean.json").read_text(encoding="utf-8"))
    return content


def _saved(folder: Path, content: object) -> Path:
    path = folder / "records.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_json_csv_and_workbook_say_the_same(tmp_path: Path) -> None:
    from_json, findings = read_infusions(EXAMPLES / "clean.json")
    assert findings == []
    from_csv, findings = read_infusions(EXAMPLES / "clean.csv")
    assert findings == []
    assert from_json is not None
    assert from_csv is not None
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (EXAMPLES / "clean.csv").read_text(encoding="utf-8").splitlines():
        sheet.append(line.split(","))
    book.save(tmp_path / "records.xlsx")
    from_book, findings = read_infusions(tmp_path / "records.xlsx")
    assert findings == []
    assert from_book is not None
    parts = [
        [(one.infusion, one.lines) for one in read] for read in (from_json, from_csv, from_book)
    ]
    assert parts[0] == parts[1] == parts[2]
    assert [one.row for one in from_json] == [1, 2, 3, 4]
    assert [one.row for one in from_csv] == [2, 4, 7, 9]


def test_a_record_is_typed(tmp_path: Path) -> None:
    content = _records()
    content["infusions"][0]["discount"] = True
    content["infusions"][0]["diagnoses"] = ["C61", "Z19.2"]
    claims, _ = read_infusions(_saved(tmp_path, content))
    assert claims is not None
    one = claims[0].infusion
    assert one.discount is True
    assert one.diagnoses == "C61 Z19.2"
    assert one.birth_date == date(1950, 3, 14)
    assert one.payer_id == "00000"
    assert claims[0].lines[1].charge == Decimal("800.50")
    assert claims[0].lines[1].service_date is None


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("administered", "7.4", "not_an_activity"),
        ("discarded", "much", "not_an_activity"),
        ("birth_date", "14.03.1950", "not_a_date"),
        ("sex", "X", "not_allowed"),
        ("patient_last", "", "missing_value"),
        ("cycle", "first", ""),
        ("weight_kg", "-3", "out_of_range"),
        ("patient_lst", "Invented", "unknown_column"),
    ],
)
def test_a_bad_cell_is_one_finding_in_both_languages(
    tmp_path: Path, name: str, value: str, code: str
) -> None:
    content = _records()
    content["infusions"][1][name] = value
    claims, findings = read_infusions(_saved(tmp_path, content))
    assert claims is None
    assert len(findings) == 1
    assert code in {"", findings[0].code}
    assert findings[0].column == name
    for lang in LANGUAGES:
        assert "records.json" in wording(findings[0], lang)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "bad_json"),
        ("[" * 100_000, "no_text"),
        ("{}", "no_records"),
        ("[]", "no_records"),
        ('[{"claim": "1"}]', "no_records"),
        ('[{"lines": [1]}]', "no_records"),
    ],
)
def test_a_text_that_holds_no_records(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "records.json"
    path.write_text(text, encoding="utf-8")
    claims, findings = read_infusions(path)
    assert claims is None
    assert [one.code for one in findings] == [code]
    assert all(wording(findings[0], lang) for lang in LANGUAGES)


def test_no_file_and_no_columns(tmp_path: Path) -> None:
    for name in ("none.json", "none.csv"):
        assert [one.code for one in read_infusions(tmp_path / name)[1]] == ["no_such_records"]
    assert [one.code for one in read_infusions(tmp_path)[1]] == ["no_such_records"]
    binary = tmp_path / "binary.json"
    binary.write_bytes("假设".encode("gb18030"))
    assert [one.code for one in read_infusions(binary)[1]] == ["no_text"]
    empty = tmp_path / "empty.csv"
    empty.write_text("", encoding="utf-8")
    assert [one.code for one in read_infusions(empty)[1]] == ["empty_records"]


def test_a_list_of_something_else_is_told_by_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "sites.csv"
    path.write_text("claim,name\n1,x\n2,y\n", encoding="utf-8")
    claims, findings = read_infusions(path)
    assert claims is None
    assert {one.code for one in findings} == {"missing_record_column", "unknown_column"}
    assert len({(one.code, one.column) for one in findings}) == len(findings)
    assert "charge" in {one.column for one in findings}


def test_lines_of_a_claim_that_contradict_each_other(tmp_path: Path) -> None:
    rows = (EXAMPLES / "clean.csv").read_text(encoding="utf-8").splitlines()
    place = rows[0].split(",").index("patient_last")
    second = rows[2].split(",")
    second[place] = "Another"
    rows[2] = ",".join(second)
    path = tmp_path / "records.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    claims, findings = read_infusions(path)
    assert claims is None
    assert [(one.code, one.row, one.found) for one in findings] == [("two_values", 3, "Another")]
    assert "EX-0001" in wording(findings[0], "en")


def test_two_records_with_one_number_stay_apart_in_json(tmp_path: Path) -> None:
    content = _records()
    content["infusions"][1]["claim"] = content["infusions"][0]["claim"]
    claims, _ = read_infusions(_saved(tmp_path, content))
    assert claims is not None
    assert len(claims) == 4
