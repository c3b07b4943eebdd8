"""Files that are no tables of a network."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.io.broken import TINY, codes, findings, lines, only, place, replace, set_cell, write

from doseline.io.folder import BadNetworkError, load, read_network
from doseline.io.reference import nuclide_table
from doseline.io.source import BYTES_PER_BYTE
from doseline.io.text import wording

if TYPE_CHECKING:
    from pathlib import Path


def test_the_example_is_without_error() -> None:
    network, found = read_network(TINY, nuclides=nuclide_table())
    assert network is not None
    assert not [finding for finding in found if finding.severity == "error"]


def test_a_missing_table_is_an_error_and_a_like_file_is_named(folder: Path) -> None:
    (folder / "sites.csv").rename(folder / "Sites.xlsx")
    finding = only(folder, "misnamed_table")
    assert place(finding) == ("sites", None, "")
    assert finding.found == "Sites.xlsx"
    assert "unknown_reference" not in codes(folder)


def test_an_empty_folder_is_one_finding(tmp_path: Path) -> None:
    assert codes(tmp_path) == {"missing_settings"}


def test_a_number_that_only_a_slip_of_the_pen_gives_is_an_error(folder: Path) -> None:
    set_cell(folder, "incidence", 2, "per_year", "1e30")
    finding = only(folder, "out_of_range")
    assert place(finding) == ("incidence", 2, "per_year")
    assert finding.allowed == "0 … 1,000,000 1/year"


def test_an_optional_table_may_be_missing(folder: Path) -> None:
    (folder / "orders.csv").unlink()
    assert load(folder).frame("orders").is_empty()


def test_an_unknown_table_names_the_nearest(folder: Path) -> None:
    (folder / "site.csv").write_text("a,b\n", encoding="utf-8")
    finding = only(folder, "unknown_table")
    assert (finding.found, finding.nearest) == ("site.csv", "sites")


def test_an_unknown_column_names_the_nearest(folder: Path) -> None:
    replace(folder / "lanes.csv", "late_mean_h", "late_mean_hours")
    finding = only(folder, "unknown_column")
    assert place(finding) == ("lanes", 1, "late_mean_hours")
    assert finding.nearest == "late_mean_h"


def test_a_missing_column_is_an_error(folder: Path) -> None:
    rows = lines(folder, "lanes")
    cut = rows[0].index("cost")
    write(folder, "lanes", [row[:cut] + row[cut + 1 :] for row in rows])
    assert place(only(folder, "missing_column")) == ("lanes", 1, "cost")


def test_a_column_that_stands_twice_is_an_error(folder: Path) -> None:
    rows = lines(folder, "hubs")
    write(folder, "hubs", [[*row, row[0]] for row in rows])
    assert place(only(folder, "duplicate_column")) == ("hubs", 1, "hub")


def test_empty_columns_at_the_end_are_left_out(folder: Path) -> None:
    write(folder, "hubs", [[*row, "", ""] for row in lines(folder, "hubs")])
    assert load(folder).digest == load(TINY).digest


@pytest.mark.parametrize(("delimiter", "name"), [(";", ";"), ("\t", "TAB"), ("|", "|")])
def test_a_wrong_delimiter_is_one_finding(folder: Path, delimiter: str, name: str) -> None:
    replace(folder / "sites.csv", ",", delimiter)
    finding = only(folder, "wrong_delimiter")
    assert place(finding) == ("sites", 1, "")
    assert finding.found == name
    assert codes(folder) == {"wrong_delimiter", "licence_expires"}


def test_a_gb18030_file_is_refused_with_the_command_that_converts_it(folder: Path) -> None:
    content = (folder / "sites.csv").read_text(encoding="utf-8")
    (folder / "sites.csv").write_bytes(content.encode("gb18030"))
    finding = only(folder, "not_utf8")
    assert (finding.table, finding.row, finding.found) == ("sites", 2, "GB18030")
    assert "iconv -f GB18030 -t UTF-8 sites.csv > utf8-sites.csv" in wording(finding, "en")
    assert "iconv -f GB18030 -t UTF-8 sites.csv > utf8-sites.csv" in wording(finding, "zh")


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "WINDOWS-1252"), ("utf-16", "UTF-16")])
def test_other_encodings_are_named(folder: Path, encoding: str, name: str) -> None:
    (folder / "hubs.csv").write_bytes("hub,name\nx,São Tomé\n".encode(encoding))
    assert only(folder, "not_utf8").found == name


def test_settings_in_gb18030_are_refused(folder: Path) -> None:
    content = (folder / "network.toml").read_text(encoding="utf-8")
    (folder / "network.toml").write_bytes(content.encode("gb18030"))
    assert only(folder, "not_utf8").table == "network"


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(folder: Path) -> None:
    for name in ("sites.csv", "network.toml"):
        content = (folder / name).read_text(encoding="utf-8").replace("\n", "\r\n")
        (folder / name).write_bytes(content.encode("utf-8-sig"))
    assert load(folder).digest == load(TINY).digest


def test_a_zero_byte_is_an_error(folder: Path) -> None:
    content = (folder / "sites.csv").read_bytes()
    (folder / "sites.csv").write_bytes(content.replace(b"Site Far", b"Site\x00Far"))
    assert place(only(folder, "nul_byte")) == ("sites", 4, "")


def test_an_empty_file_is_an_error(folder: Path) -> None:
    (folder / "sites.csv").write_bytes(b"\n")
    assert place(only(folder, "empty_file")) == ("sites", None, "")


def test_a_row_with_too_few_or_too_many_cells_is_an_error(folder: Path) -> None:
    rows = lines(folder, "sites")
    rows[1] = rows[1][:-1]
    rows[3] = [*rows[3], "more"]
    write(folder, "sites", rows)
    found = [finding for finding in findings(folder) if finding.code == "ragged_row"]
    assert [place(finding) for finding in found] == [("sites", 2, ""), ("sites", 4, "")]
    assert codes(folder) == {"ragged_row", "licence_expires"}


def test_a_quotation_that_never_ends_is_an_error(folder: Path) -> None:
    replace(folder / "sites.csv", "Site Middle", '"Site Middle')
    assert place(only(folder, "bad_quoting")) == ("sites", 3, "")


def test_a_folder_in_place_of_a_table_is_an_error(folder: Path) -> None:
    (folder / "sites.csv").unlink()
    (folder / "sites.csv").mkdir()
    assert place(only(folder, "not_a_file")) == ("sites", None, "")


def test_a_pipe_in_place_of_a_table_does_not_hang(folder: Path) -> None:
    (folder / "sites.csv").unlink()
    os.mkfifo(folder / "sites.csv")
    assert only(folder, "not_a_file").table == "sites"


def test_a_link_to_nowhere_is_an_error(folder: Path) -> None:
    (folder / "sites.csv").unlink()
    (folder / "sites.csv").symlink_to("nowhere.csv")
    assert only(folder, "not_a_file").table == "sites"


def test_a_file_that_fails_to_be_read_says_why(folder: Path) -> None:
    """Linux answers a read of this process's own memory at address 0 with an error."""
    (folder / "sites.csv").unlink()
    (folder / "sites.csv").symlink_to("/proc/self/mem")
    finding = only(folder, "unreadable")
    assert (finding.table, finding.found) == ("sites", "Input/output error")


def test_a_file_larger_than_memory_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "regions.csv").open("r+b") as file:
        file.truncate(1 << 40)  # sparse: takes no room on the disk
    memory_bytes = BYTES_PER_BYTE * 1_000_000
    found = findings(folder, memory_bytes=memory_bytes)
    large = [finding for finding in found if finding.code == "file_too_large"]
    assert [place(finding) for finding in large] == [("regions", None, "")]
    assert large[0].found == "1,099,511.6 MB"


def test_no_folder_and_a_file_are_said_so(folder: Path) -> None:
    assert [one.code for one in findings(folder / "nowhere")] == ["no_such_folder"]
    assert [one.code for one in findings(folder / "network.toml")] == ["not_a_folder"]


def test_load_raises_with_every_finding(folder: Path) -> None:
    (folder / "lines.csv").unlink()
    replace(folder / "sites.csv", "America/Denver", "America/Dnver")
    with pytest.raises(BadNetworkError, match=r"lines\.csv: The table is missing") as caught:
        load(folder)
    assert {"missing_table", "unknown_zone"} <= {one.code for one in caught.value.findings}
    assert caught.value.exit_code == 2


def test_text_that_is_no_toml_names_the_line(folder: Path) -> None:
    replace(folder / "network.toml", "seed = 1", "seed = ")
    assert place(only(folder, "bad_toml")) == ("network", 6, "")


SETTINGS = [
    ("seed = 1", "sede = 1", "unknown_setting", "sede", "seed"),
    ("format = 1", "format = 2", "unknown_format", "format", ""),
    ("format = 1\n", "", "unknown_format", "format", ""),
    ('currency = "USD"\n', "", "missing_setting", "currency", ""),
    ('currency = "USD"', 'currency = "usd"', "unknown_currency", "currency", "USD"),
    ('rulebook = "us"', 'rulebook = "usa"', "unknown_rulebook", "rulebook", "us"),
    ("seed = 1", 'seed = "1"', "wrong_type", "seed", ""),
    ("seed = 1", "seed = true", "wrong_type", "seed", ""),
    ("gap = 0.0", "gap = nan", "out_of_range", "plan.gap", ""),
    ("gap = 0.0", "gap = 2", "out_of_range", "plan.gap", ""),
    ("start = 2026-04-06", 'start = "2026-04-06"', "wrong_type", "cohort.start", ""),
    ("start = 2026-04-06", "start = 2026-04-06T00:00:00", "wrong_type", "cohort.start", ""),
    ("start = 2026-04-06", "start = 2026-04-07", "not_a_monday", "cohort.start", ""),
    ("week = 2026-05-04", "week = 2027-05-03", "plan_week_outside", "plan.week", ""),
    (
        '"incidence.per_year"',
        '"incidence.per_yaer"',
        "unknown_variant_column",
        "variants.stress.incidence.per_yaer",
        "incidence.per_year",
    ),
    ('per_year" = 4.0', 'per_year" = -1', "out_of_range", "variants.stress.incidence.per_year", ""),
]


@pytest.mark.parametrize(("old", "new", "code", "column", "nearest"), SETTINGS)
def test_a_bad_setting_is_one_error_at_its_key(
    folder: Path, *, old: str, new: str, code: str, column: str, nearest: str
) -> None:
    replace(folder / "network.toml", old, new)
    finding = only(folder, code)
    assert (finding.table, finding.column, finding.nearest) == ("network", column, nearest)
    assert finding.severity == "error"


def test_a_setting_names_its_line(folder: Path) -> None:
    replace(folder / "network.toml", "gap = 0.0", "gap = 2")
    assert only(folder, "out_of_range").row == 16


def test_a_folder_without_settings_is_no_network(folder: Path) -> None:
    (folder / "network.toml").unlink()
    assert only(folder, "missing_settings").severity == "error"
