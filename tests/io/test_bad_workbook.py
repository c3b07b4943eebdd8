"""Workbooks that are broken in the ways that workbooks are: one finding each, with its place."""

from __future__ import annotations

import functools
import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import numbers
from tests.io.broken import TINY, findings
from tests.io.test_workbook import set_in, text_at

from doseline.io.convert import write_text
from doseline.io.networktext import NetworkText
from doseline.io.text import wording
from doseline.io.workbook.write import workbook_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doseline.model.findings import Finding


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.xlsx"
    write_text(text_at(TINY), path)
    return path


def errors(path: Path) -> list[Finding]:
    return [one for one in findings(path) if one.severity == "error"]


def broken(path: Path, change: Callable[[Workbook], object]) -> Finding:
    """The one error of a workbook after a change."""
    book = load_workbook(path)
    change(book)
    book.save(path)
    (found,) = errors(path)
    return found


CASES: dict[str, tuple[Callable[[Workbook], object], tuple[str, int | None, str], str]] = {
    "formula_cell": (
        lambda book: set_in(book, "products", 2, "activity_gbq", "=7+0.4"),
        ("products", 2, "activity_gbq"),
        "",
    ),
    "error_cell": (
        lambda book: set_in(book, "sites", 3, "name", "#N/A"),
        ("sites", 3, "name"),
        "",
    ),
    "not_a_number": (
        lambda book: set_in(book, "sites", 2, "lat", "north"),
        ("sites", 2, "lat"),
        "",
    ),
    "unknown_nuclide": (
        lambda book: set_in(book, "products", 2, "nuclide", "Lu177"),
        ("products", 2, "nuclide"),
        "Lu-177",
    ),
    "missing_value": (
        lambda book: set_in(book, "sites", 3, "name", None),
        ("sites", 3, "name"),
        "",
    ),
    "duplicate_key": (
        lambda book: set_in(book, "sites", 3, "site", "near"),
        ("sites", 3, "site"),
        "",
    ),
    "merged_cells": (
        lambda book: book["sites"].merge_cells("C2:C3"),
        ("sites", 2, ""),
        "",
    ),
    "unknown_table": (lambda book: book.create_sheet("site"), ("site", None, ""), "sites"),
    "missing_table": (lambda book: book.remove(book["tasks"]), ("tasks", None, ""), ""),
    "unknown_column": (
        lambda book: book["tasks"].cell(1, book["tasks"].max_column + 1, "colour"),
        ("tasks", 1, "colour"),
        "",
    ),
    "missing_settings_sheet": (
        lambda book: book.remove(book["network"]),
        ("network", None, ""),
        "",
    ),
    "unit_in_number": (
        lambda book: set_in(book, "products", 2, "activity_gbq", "200 mCi"),
        ("products", 2, "activity_gbq"),
        "7.4",
    ),
    "not_a_date": (
        lambda book: set_in(book, "licences", 2, "valid_until", "4.5.2026"),
        ("licences", 2, "valid_until"),
        "",
    ),
    "unknown_setting": (
        lambda book: book["network"].append(["sed", 2]),
        ("network", 0, "sed"),
        "",
    ),
}


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_bad_workbook_is_one_finding_with_its_place(code: str, mine: Path) -> None:
    change, place, nearest = CASES[code]
    book = load_workbook(mine)
    change(book)
    if code == "unknown_setting":
        place = ("network", book["network"].max_row, "sed")
    book.save(mine)
    found = [one for one in errors(mine) if one.code != "unknown_reference"]
    assert [one.code for one in found] == [code]
    assert (found[0].table, found[0].row, found[0].column) == place
    assert found[0].nearest == nearest
    sheet = f"mine.xlsx, sheet {place[0]}"
    assert wording(found[0], "en").startswith(sheet)
    assert wording(found[0], "zh").startswith(f"mine.xlsx工作表{place[0]}")


def test_a_percentage_by_format_is_told_apart_from_its_number(mine: Path) -> None:
    """In Excel 80 % is the number 0.8 in disguise."""

    def disguise(book: Workbook) -> None:
        set_in(book, "batches", 2, "yield_percent", 0.8)
        names = [cell.value for cell in book["batches"][1]]
        cell = book["batches"].cell(2, names.index("yield_percent") + 1)
        cell.number_format = numbers.FORMAT_PERCENTAGE

    found = broken(mine, disguise)
    assert (found.code, found.found, found.nearest) == ("unit_in_number", "80%", "80")


def test_a_day_that_excel_made_of_a_fraction_is_told(mine: Path) -> None:
    def mangle(book: Workbook) -> None:
        set_in(book, "products", 2, "activity_gbq", 46_085)
        names = [cell.value for cell in book["products"][1]]
        cell = book["products"].cell(2, names.index("activity_gbq") + 1)
        cell.number_format = "d-mmm"

    assert broken(mine, mangle).found == "2026-03-04"


def test_blank_rows_keep_the_numbers_of_those_below(mine: Path) -> None:
    def spread(book: Workbook) -> None:
        book["sites"].insert_rows(3, 2)
        set_in(book, "sites", 5, "lat", "north")

    found = broken(mine, spread)
    assert (found.code, found.row) == ("not_a_number", 5)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.xlsx", None, "no_such_folder"),
        ("text.xlsx", b"site,name\n", "bad_workbook"),
        ("empty.xlsx", b"", "bad_workbook"),
        ("cut.xlsx", b"PK\x03\x04 and no more", "bad_workbook"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "locked_workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "other_workbook"),
        ("macro.xlsm", b"PK", "other_workbook"),
        ("sheet.ods", b"PK", "other_workbook"),
        ("sites.csv", b"site\n", "not_a_folder"),
    ],
)
def test_a_file_that_is_no_workbook_is_told(
    name: str, content: bytes | None, code: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert [one.code for one in findings(path)] == [code]
    for lang in ("en", "zh"):
        assert name in wording(findings(path)[0], lang)


def test_every_cut_of_a_workbook_is_a_finding_and_no_crash(mine: Path, tmp_path: Path) -> None:
    content = mine.read_bytes()
    cut = tmp_path / "cut.xlsx"
    for share in range(1, 40):
        cut.write_bytes(content[: len(content) * share // 40])
        assert [one.code for one in findings(cut)] == ["bad_workbook"]


def test_every_part_that_is_missing_is_a_finding_and_no_crash(mine: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(mine) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for gone in parts:
        path = tmp_path / "part.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                if name != gone:
                    archive.writestr(name, content)
        assert all(one.code for one in findings(path)), gone


def test_every_part_that_is_garbled_is_a_finding_and_no_crash(mine: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(mine) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for bad in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels"):
        path = tmp_path / "part.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, b"<not xml" if name == bad else content)
        assert [one.code for one in findings(path)] == ["bad_workbook"], bad


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_flipped_bytes_are_a_finding_or_harmless(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(_tiny_book())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("flip") / "flip.xlsx"
    path.write_bytes(content)
    assert all(wording(one, "zh") for one in findings(path))


@functools.cache
def _tiny_book() -> bytes:
    """A workbook of three small tables, stored without compression so that cells are hit, too."""
    text = text_at(TINY)
    few = {name: text.tables[name] for name in ("hubs", "sites", "stock")}
    plain = io.BytesIO()
    with (
        zipfile.ZipFile(
            io.BytesIO(workbook_bytes(NetworkText(settings=text.settings, tables=few)))
        ) as archive,
        zipfile.ZipFile(plain, "w") as to,
    ):
        for name in archive.namelist():
            if "drawing" not in name and "comments" not in name:
                to.writestr(name, archive.read(name))
    return plain.getvalue()


def test_a_workbook_that_unpacks_to_more_than_memory_is_refused(mine: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(mine) as archive, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as to:
        for name in archive.namelist():
            to.writestr(name, archive.read(name))
        to.writestr("xl/media/zeros.bin", bytes(100_000_000))
    assert bomb.stat().st_size < 1_000_000
    (found,) = findings(bomb, memory_bytes=100_000_000)
    assert found.code == "file_too_large"


def test_tables_in_two_forms_are_refused(folder: Path) -> None:
    (folder / "sites.parquet").write_bytes(b"PAR1")
    (found,) = findings(folder)
    assert (found.code, found.allowed) == ("mixed_forms", "sites")


def test_a_damaged_parquet_table_is_told(tmp_path: Path) -> None:
    write_text(text_at(TINY), tmp_path / "p", form="parquet")
    (tmp_path / "p" / "sites.parquet").write_bytes(b"PAR1 and no more")
    found = [one for one in errors(tmp_path / "p") if one.code == "bad_parquet"]
    assert [one.table for one in found] == ["sites"]
    assert wording(found[0], "en").startswith("sites.parquet:")
