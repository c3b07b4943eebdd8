"""From any form into any other and back, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.io.broken import TINY, lines, set_cell, write
from tests.io.test_round_trip import frames_of

import doseline as dl
from doseline.io.convert import UnknownFormError, WorkbookNameError, open_text, write_text
from doseline.io.forms import FORMS, open_source
from doseline.io.networktext import NetworkText, cells_of, text_of_network
from doseline.io.place import NoNetworkThereError, PlaceTakenError
from doseline.io.source import free_memory_bytes
from doseline.io.tables import UnwritableFolderError
from doseline.model.catalogue import TABLES
from doseline.model.plain import plain_text

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.columns import Table

EXAMPLES = sorted(path.parent for path in TINY.parent.glob("*/network.toml"))
NAMES = {"csv": "csv", "xlsx": "book.xlsx", "parquet": "parquet"}


def text_at(path: Path) -> NetworkText:
    opened, findings = open_text(path)
    assert opened is not None, findings[:5]
    return opened.text


def through(start: Path, folder: Path, forms: tuple[str, ...]) -> Path:
    """A network taken through forms one after another; where it ends."""
    at = start
    for number, form in enumerate(forms):
        to = folder / f"{number}-{NAMES[form]}"
        write_text(text_at(at), to, form=form)
        at = to
    return at


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_comes_back_equal_to_the_byte(example: Path, tmp_path: Path) -> None:
    back = through(example, tmp_path, ("xlsx", "parquet", "csv"))
    parts = sorted([*example.glob("*.csv"), example / "network.toml"])
    assert [one.name for one in parts] == sorted(one.name for one in back.iterdir())
    for part in parts:
        assert (back / part.name).read_bytes() == part.read_bytes(), part.name


@pytest.mark.parametrize("second", FORMS)
@pytest.mark.parametrize("first", FORMS)
def test_every_form_leads_to_every_other(first: str, second: str, tmp_path: Path) -> None:
    assert text_at(through(TINY, tmp_path, (first, second))) == text_at(TINY)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_the_same_network(form: str, tmp_path: Path) -> None:
    network, again = dl.load(TINY), dl.load(through(TINY, tmp_path, (form,)))
    assert again.digest == network.digest
    assert dl.diff(network, again).is_empty


@pytest.mark.parametrize("form", FORMS)
def test_a_network_in_memory_is_saved_and_loaded_unchanged(form: str, tmp_path: Path) -> None:
    network = dl.load(TINY)
    path = tmp_path / NAMES[form]
    dl.save(network, path, form=form)
    again = dl.load(path)
    assert again.digest == network.digest
    assert again.settings == network.settings
    assert text_at(path) == text_of_network(network)
    for table in TABLES:
        assert_frame_equal(again.frame(table.name), network.frame(table.name))


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_written_as_the_same_bytes_twice(form: str, tmp_path: Path) -> None:
    for number in ("1", "2"):
        write_text(text_at(TINY), tmp_path / number / NAMES[form], form=form)
    first, second = (tmp_path / number / NAMES[form] for number in ("1", "2"))
    files = [first] if first.is_file() else sorted(first.iterdir())
    for file in files:
        other = second if first.is_file() else second / file.name
        assert file.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_any_values_survive_every_form(
    table: Table, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Random decimals, days, instants, codes with zeros, long digits, any letter, empty cells."""
    frame = data.draw(frames_of(table))
    cells = {name: [plain_text(value) for value in frame[name].to_list()] for name in frame.columns}
    text = NetworkText(settings="format = 1\n", tables={table.name: cells})
    folder = tmp_path_factory.mktemp("any")
    for form in FORMS:
        write_text(text, folder / NAMES[form], form=form)
        source, _ = open_source(folder / NAMES[form], free_memory_bytes())
        assert source is not None
        assert cells_of(source.tables[table.name], table) == cells


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "word",
    ["01001", "12345678901234567890", "1E5", "TRUE", "2026-05-04", "3/4", "0.10", "_x0041_",
     "x005F_", "two\nlines", "tab\tin", "\x01 \u200b\ufffe", "😀 臺灣 é", '"quoted", with comma', "''"],
)  # fmt: skip
def test_a_text_that_a_spreadsheet_would_mangle_stays_as_it_is(
    word: str, form: str, folder: Path, tmp_path: Path
) -> None:
    set_cell(folder, "sites", 2, "name", word)
    at = through(folder, tmp_path / "to", (form,))
    assert dl.load(at).frame("sites")["name"][0] == word


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "cell",
    [
        ("products", "price", "123456789012.123456"),
        ("products", "price", "0.000001"),
        ("regions", "population", "9999999999"),
        ("products", "activity_gbq", "0.1234567890123456"),
        ("products", "activity_gbq", "7.400000000000001"),
        ("products", "activity_gbq", "1e-310"),
        ("evidence", "as_of", "1899-12-31"),
        ("evidence", "as_of", "1900-02-28"),
        ("stock", "at", "2026-11-01T01:30:00-06:00"),
        ("stock", "at", "2026-05-04T08:00:00.250000+08:00"),
    ],
)
def test_every_digit_is_kept(
    cell: tuple[str, str, str], form: str, folder: Path, tmp_path: Path
) -> None:
    table, column, value = cell
    set_cell(folder, table, 2, column, value)
    at = through(folder, tmp_path / "to", (form,))
    assert text_at(at).tables[table][column][0] == value


@pytest.mark.parametrize("form", FORMS)
def test_what_is_absent_or_empty_comes_back_so(form: str, folder: Path, tmp_path: Path) -> None:
    (folder / "orders.csv").unlink()
    rows = lines(folder, "sites")
    place = rows[0].index("name_zh")
    write(folder, "sites", [row[:place] + row[place + 1 :] for row in rows])
    back = text_at(through(folder, tmp_path / "to", (form,)))
    assert "orders" not in back.tables
    assert "name_zh" not in back.tables["sites"]
    assert back.tables["products"]["in_time_days"] == [""]


@pytest.mark.parametrize("form", FORMS)
def test_a_table_with_its_header_alone_comes_back(form: str, folder: Path, tmp_path: Path) -> None:
    write(folder, "orders", lines(folder, "orders")[:1])
    back = text_at(through(folder, tmp_path / "to", (form,)))
    assert "order" in back.tables["orders"]
    assert not any(back.tables["orders"].values())


@pytest.mark.parametrize("form", FORMS)
def test_comments_of_the_settings_are_kept(form: str, folder: Path, tmp_path: Path) -> None:
    path = folder / "network.toml"
    content = "# ours\n" + path.read_text(encoding="utf-8") + "\n# the end\n"
    path.write_bytes(content.replace("\n", "\r\n").encode())
    back = through(folder, tmp_path / "to", (form, "csv"))
    assert (back / "network.toml").read_text(encoding="utf-8") == content


def test_numbers_are_written_in_one_way(folder: Path) -> None:
    for value in ("7.40", "7.4", "+7.4", "74e-1", " 7.4 "):
        set_cell(folder, "products", 2, "activity_gbq", value)
        assert text_at(folder).tables["products"]["activity_gbq"] == ["7.4"]


def test_a_parquet_table_has_real_types(tmp_path: Path) -> None:
    at = through(TINY, tmp_path, ("parquet",))
    sites = pl.read_parquet(at / "sites.parquet")
    assert sites.schema["lat"] == pl.Float64
    assert sites.schema["site"] == pl.String
    licences = pl.read_parquet(at / "licences.parquet")
    assert licences.schema["valid_until"] == pl.Date
    assert pl.read_parquet(at / "lanes.parquet").schema["cost"] == pl.Decimal(38, 6)


def test_nothing_is_replaced_unasked(tmp_path: Path) -> None:
    text = text_at(TINY)
    write_text(text, tmp_path / "mine")
    write_text(text, tmp_path / "mine.xlsx")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "years.txt").write_text("of work", encoding="utf-8")
    for name in ("mine", "mine.xlsx", "thesis"):
        with pytest.raises(PlaceTakenError, match="is not touched"):
            write_text(text, tmp_path / name)
    with pytest.raises(NoNetworkThereError):
        write_text(text, tmp_path / "thesis", replace=True)
    assert [one.name for one in (tmp_path / "thesis").iterdir()] == ["years.txt"]


def test_replacing_keeps_other_files_and_drops_older_tables(folder: Path) -> None:
    text = text_at(folder)
    (folder / "notes.txt").write_text("keep", encoding="utf-8")
    write_text(text, folder, form="parquet", replace=True)
    names = {one.name for one in folder.iterdir()}
    assert {"notes.txt", "README.md", "network.toml", "sites.parquet"} <= names
    assert not [name for name in names if name.endswith(".csv")]
    assert text_at(folder) == text
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]


def test_a_replaced_network_keeps_its_form(folder: Path) -> None:
    write_text(text_at(folder), folder, form="parquet", replace=True)
    assert write_text(text_at(folder), folder, replace=True) == "parquet"


def test_an_error_half_way_leaves_what_was_there(folder: Path) -> None:
    text = text_at(folder)
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    broken = NetworkText(
        settings=text.settings, tables={**text.tables, "sites": {"lat": ["not a number"]}}
    )
    with pytest.raises(ValueError, match="not a number"):
        write_text(broken, folder, form="parquet", replace=True)
    assert {one.name: one.read_bytes() for one in folder.iterdir()} == before
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    for name in ("mine", "mine.xlsx"):
        with pytest.raises(UnwritableFolderError):
            write_text(text_at(TINY), tmp_path / "file" / name)


def test_form_and_name_must_agree(tmp_path: Path) -> None:
    text = text_at(TINY)
    with pytest.raises(UnknownFormError, match="csv, xlsx, parquet"):
        write_text(text, tmp_path / "x", form="ods")
    with pytest.raises(WorkbookNameError):
        write_text(text, tmp_path / "x", form="xlsx")
    with pytest.raises(WorkbookNameError):
        write_text(text, tmp_path / "x.xlsx", form="csv")


def test_a_cell_that_cannot_be_read_stops_it(folder: Path) -> None:
    set_cell(folder, "sites", 2, "lat", "north")
    opened, findings = open_text(folder)
    assert opened is None
    assert [one.code for one in findings] == ["not_a_number"]


def test_what_makes_no_sense_yet_is_converted_all_the_same(folder: Path, tmp_path: Path) -> None:
    set_cell(folder, "sites", 2, "region", "nowhere")
    assert through(folder, tmp_path / "to", ("xlsx",)).is_file()
