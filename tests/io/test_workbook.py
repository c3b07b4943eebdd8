"""What a planner meets in a workbook of ours, judged by another program: openpyxl."""

from __future__ import annotations

import csv
from datetime import date, datetime, time
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook
from tests.io.broken import TINY, set_cell

import doseline as dl
from doseline.io.convert import open_text, write_text
from doseline.io.settings import FILE
from doseline.io.workbook.write import LONGEST_CELL, TooLargeForWorkbookError, workbook_bytes
from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.io.networktext import NetworkText


def text_at(path: Path) -> NetworkText:
    opened, findings = open_text(path)
    assert opened is not None, findings[:5]
    return opened.text


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "tiny.xlsx"
    write_text(text_at(TINY), path)
    return load_workbook(path)


@pytest.fixture
def theirs(tmp_path: Path) -> Workbook:
    """The tiny network as a workbook that another program has written."""
    del tmp_path
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "network"
    sheet.append(["key", "value"])
    text = text_at(TINY)
    settings = {
        "format": 1,
        "name": "Tiny",
        "currency": "USD",
        "rulebook": "us",
        "cohort.start": date(2026, 4, 6),
        "cohort.weeks": 4,
        "plan.week": date(2026, 5, 4),
        "variants.stress.incidence.per_year": 4.0,
    }
    for key, value in settings.items():
        sheet.append([key, value])
    for name, cells in text.tables.items():
        table = book.create_sheet(name)
        table.append(list(cells))
        for row in zip(*cells.values(), strict=True):
            table.append([one or None for one in row])
    return book


def set_in(book: Workbook, sheet: str, line: int, column: str, value: object) -> None:
    """Put a value into a cell of a workbook."""
    names = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(line, names.index(column) + 1).value = value  # type: ignore[assignment]


def cell_of(book: Workbook, sheet: str, line: int, column: str) -> object:
    names = [cell.value for cell in book[sheet][1]]
    return book[sheet].cell(line, names.index(column) + 1).value


def test_there_is_a_sheet_for_the_settings_and_one_for_each_table(book: Workbook) -> None:
    tables = sorted(path.stem for path in TINY.glob("*.csv"))
    assert book.sheetnames[0] == "network"
    assert sorted(name for name in book.sheetnames if name in BY_NAME) == tables
    assert book["network.toml"].sheet_state == "hidden"


def test_every_table_says_the_same_as_its_csv_file(book: Workbook) -> None:
    for path in TINY.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        found = [[_plain(cell.value) for cell in row] for row in book[path.stem].iter_rows()]
        assert found == rows, path.name


def test_numbers_days_and_truths_are_typed_and_codes_are_text(book: Workbook) -> None:
    assert cell_of(book, "products", 2, "activity_gbq") == 7.4
    assert cell_of(book, "licences", 2, "valid_until") == datetime(2029, 12, 31)  # noqa: DTZ001 - Excel has no zones
    assert cell_of(book, "regions", 2, "rural") is False
    assert cell_of(book, "suites", 2, "open") == "08:00"
    assert cell_of(book, "stock", 2, "at") == "2026-05-04T00:00:00-05:00"
    assert cell_of(book, "network", 2, "value") == 1


def test_the_header_stays_in_sight_has_a_filter_and_says_what_it_means(book: Workbook) -> None:
    for name in BY_NAME:
        if name not in book.sheetnames:
            continue
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref is not None
        for cell in sheet[1]:
            column = BY_NAME[name].column(str(cell.value))
            assert cell.comment is not None
            assert column.doc in cell.comment.text
            assert column.doc_zh in cell.comment.text
            assert column.unit in cell.comment.text


def test_what_may_be_entered_is_offered(book: Workbook) -> None:
    rules = {
        str(rule.sqref).partition("2")[0]: rule
        for rule in book["sites"].data_validations.dataValidation
    }
    names = [cell.value for cell in book["sites"][1]]
    setting = rules["ABCDEFGHIJKLMN"[names.index("setting")]]
    allowed = ",".join(BY_NAME["sites"].column("setting").allowed)
    assert setting.formula1 == f'"{allowed}"'
    region = rules["ABCDEFGHIJKLMN"[names.index("region")]]
    assert str(region.formula1).startswith("regions!$A$2:$A$")
    lat = rules["ABCDEFGHIJKLMN"[names.index("lat")]]
    assert lat.type == "decimal"
    assert (float(lat.formula1), float(lat.formula2)) == (-90, 90)


def test_empty_cells_of_a_code_column_are_text(book: Workbook) -> None:
    letters = "ABCDEFGHIJKLMN"
    names = [cell.value for cell in book["sites"][1]]
    site = letters[names.index("site")]
    assert book["sites"].column_dimensions[site].number_format == "@"


def test_a_workbook_of_another_program_is_the_same_network(
    theirs: Workbook, tmp_path: Path
) -> None:
    theirs.save(tmp_path / "theirs.xlsx")
    again, network = dl.load(tmp_path / "theirs.xlsx"), dl.load(TINY)
    assert {change.name for change in dl.diff(network, again).settings} <= {
        "name", "name_zh", "cohort.warm_up_weeks", "plan.gap", "replications", "map.outlines",
    }  # fmt: skip
    assert not dl.diff(network, again).tables


def test_what_excel_makes_of_typed_cells_is_understood(theirs: Workbook, tmp_path: Path) -> None:
    set_in(theirs, "suites", 2, "open", time(8, 0))
    set_in(theirs, "licences", 2, "valid_until", datetime(2029, 12, 31))  # noqa: DTZ001 - as above
    set_in(theirs, "products", 2, "activity_gbq", 7.4)
    set_in(theirs, "regions", 2, "rural", False)
    set_in(theirs, "products", 2, "cycles_max", 6.0)
    theirs.save(tmp_path / "theirs.xlsx")
    assert not dl.diff(dl.load(TINY), dl.load(tmp_path / "theirs.xlsx")).tables


def test_dates_that_count_from_1904_are_understood(theirs: Workbook, tmp_path: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    theirs.epoch = CALENDAR_MAC_1904
    set_in(theirs, "licences", 2, "valid_until", datetime(2029, 12, 31))  # noqa: DTZ001 - as above
    theirs.save(tmp_path / "theirs.xlsx")
    network = dl.load(tmp_path / "theirs.xlsx")
    assert network.frame("licences")["valid_until"][0] == date(2029, 12, 31)


def test_an_edited_setting_counts_and_its_comments_go(folder: Path, tmp_path: Path) -> None:
    words = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(f"# ours\n{words}", encoding="utf-8")
    write_text(text_at(folder), tmp_path / "mine.xlsx")
    book = load_workbook(tmp_path / "mine.xlsx")
    rows = {row[0].value: row[1] for row in book["network"].iter_rows()}
    rows["seed"].value = 7
    book.save(tmp_path / "mine.xlsx")
    write_text(text_at(tmp_path / "mine.xlsx"), tmp_path / "back")
    network = dl.load(tmp_path / "back")
    assert network.settings.seed == 7
    assert network.settings.variants == dl.load(TINY).settings.variants
    assert "# ours" not in (tmp_path / "back" / FILE).read_text(encoding="utf-8")


def test_more_than_a_cell_holds_is_refused(folder: Path) -> None:
    set_cell(folder, "sites", 2, "name", "x" * LONGEST_CELL)
    assert workbook_bytes(text_at(folder))
    set_cell(folder, "sites", 2, "name", "x" * (LONGEST_CELL + 1))
    with pytest.raises(TooLargeForWorkbookError, match="32768"):
        workbook_bytes(text_at(folder))


def _plain(value: object) -> str:
    """A cell of openpyxl as it stands in CSV."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
