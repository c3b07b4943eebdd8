"""Bad input through the real command: one clear finding, exit code 2, nothing half-written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.shell import DOSELINE, TINY, answer, doseline, environment
from tests.io.broken import replace, set_cell

Break = Callable[[Path], object]

CASES: dict[str, tuple[Break, tuple[str, int | None, str], str]] = {
    "not_finite": (
        lambda at: set_cell(at, "products", 2, "activity_gbq", "NaN"),
        ("products", 2, "activity_gbq"),
        "",
    ),
    "negative": (
        lambda at: set_cell(at, "products", 2, "activity_gbq", "-7.4"),
        ("products", 2, "activity_gbq"),
        "",
    ),
    "unit_in_number": (
        lambda at: set_cell(at, "products", 2, "activity_gbq", "200 mCi"),
        ("products", 2, "activity_gbq"),
        "7.4",
    ),
    "unknown_nuclide": (
        lambda at: set_cell(at, "products", 2, "nuclide", "Lu177"),
        ("products", 2, "nuclide"),
        "Lu-177",
    ),
    "wrong_delimiter": (
        lambda at: replace(at / "sites.csv", ",", ";"),
        ("sites", 1, ""),
        "",
    ),
    "not_utf8": (
        lambda at: (at / "sites.csv").write_bytes(
            (at / "sites.csv").read_text(encoding="utf-8").encode("gb18030")
        ),
        ("sites", 2, ""),
        "",
    ),
    "formula_cell": (
        lambda at: set_cell(at, "products", 2, "activity_gbq", "=7+0.4"),
        ("products", 2, "activity_gbq"),
        "",
    ),
    "missing_table": (lambda at: (at / "sites.csv").unlink(), ("sites", None, ""), ""),
    "naive_instant": (
        lambda at: set_cell(at, "stock", 2, "at", "2026-05-04T00:00:00"),
        ("stock", 2, "at"),
        "2026-05-04T00:00+00:00",
    ),
    # A table of a terabyte that takes no room on the disk.
    "file_too_large": (
        lambda at: os.truncate(at / "sites.csv", 10**12),
        ("sites", None, ""),
        "",
    ),
    "missing_settings": (lambda at: (at / "network.toml").unlink(), ("network", None, ""), ""),
}


@pytest.mark.parametrize("code", sorted(CASES))
def test_a_bad_network_is_one_error_and_writes_nothing(
    code: str, folder: Path, tmp_path: Path
) -> None:
    break_it, place, nearest = CASES[code]
    break_it(folder)
    done = doseline("run", folder, "-o", tmp_path / "out", "--json")
    found = answer(done)
    errors = [one for one in found["findings"] if one["severity"] == "error"]
    assert [one["code"] for one in errors] == [code]
    assert (errors[0]["table"], errors[0]["row"], errors[0]["column"]) == place
    assert errors[0]["nearest"] == nearest
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["tiny"]


def test_a_finding_says_on_the_screen_what_was_meant(folder: Path) -> None:
    set_cell(folder, "products", 2, "nuclide", "Lu177")
    done = doseline("check", folder)
    assert done.returncode == 2
    assert "products.csv, line 2, nuclide: 'Lu177'" in done.stdout
    assert "Did you mean Lu-177?" in done.stdout


def test_a_gb18030_file_is_told_with_the_command_that_converts_it(folder: Path) -> None:
    CASES["not_utf8"][0](folder)
    assert "iconv -f GB18030 -t UTF-8 sites.csv" in doseline("check", folder).stdout


def test_an_instant_in_the_hour_that_a_clock_skips_is_told(folder: Path) -> None:
    # On 8 March 2026 the clocks of Chicago go from 02:00 to 03:00.
    replace(folder / "network.toml", "start = 2026-04-06", "start = 2026-03-02")
    replace(folder / "network.toml", "week = 2026-05-04", "week = 2026-03-02")
    set_cell(folder, "batches", 2, "weekday", "Sun")
    set_cell(folder, "batches", 2, "start", "02:30")
    checked = doseline("check", folder, "--json")
    assert checked.returncode == 2
    assert "nonexistent_time" in {one["code"] for one in answer(checked)["findings"]}


def test_a_byte_order_mark_is_fine(folder: Path) -> None:
    path = folder / "sites.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert doseline("check", folder).returncode == 0


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    done = doseline("run", tmp_path / "none", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "There is no folder" in done.stdout
    assert not list(tmp_path.iterdir())


def test_an_output_folder_that_is_not_ours_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    done = doseline("run", TINY, "-o", tmp_path)
    assert done.returncode == 2
    assert "is no result of doseline" in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_output_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    done = doseline("run", TINY, "-o", tmp_path / "file" / "out")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Planning" not in done.stderr


def test_a_plot_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = doseline("decay", "1 MBq", "Ac-225", "--plot", tmp_path / "none" / "chain.svg")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_an_older_result_is_replaced_as_a_whole(tmp_path: Path) -> None:
    plot = tmp_path / "chain.svg"
    plot.write_text("old", encoding="utf-8")
    assert doseline("decay", "1 MBq", "Ac-225", "--plot", plot).returncode == 0
    assert plot.read_text(encoding="utf-8").startswith("<svg")
    assert [entry.name for entry in tmp_path.iterdir()] == ["chain.svg"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("decay", "NaN GBq", "Lu-177"), "the number is not finite"),
        (("decay", "-7.4 GBq", "Lu-177"), "negative"),
        (("decay", "7.4", "Lu-177"), "the unit is missing"),
        (("decay", "7.4 GBq", "Lu177x"), "Did you mean Lu-177"),
        (("decay", "7.4 GBq", "Lu-177", "--after", "3"), "the unit is missing"),
        (("decay", "7.4 GBq", "Lu-177", "--after", "1h", "--needed-at", "2h"), "not both"),
        (("decay", "7.4 GBq", "Lu-177", "Y-90"), "more than the command takes: Y-90"),
        (("decay",), "ACTIVITY is missing"),
        (("decay", "7.4 GBq", "Lu-177", "--aftr", "1h"), "Did you mean --after?"),
        (("chek", TINY), "Did you mean check?"),
        (("run", TINY), "--output is missing"),
        (("run", TINY, "-o"), "-o needs a value"),
        (("run", TINY, "-o", "x", "--workers", "many"), "--workers is many. Allowed: 1 or more"),
        (("run", TINY, "-o", "x", "--workers=0"), "--workers is 0. Allowed: 1 or more"),
        (("run", TINY, "--workers", "2", "--workers=0"), "--workers is 0. Allowed: 1 or more"),
        (("run", TINY, "-o", "x", "--variant", "stres"), "Did you mean stress?"),
        (("options", TINY, "--site", "neer"), "Did you mean near?"),
        (("options", TINY, "--product", "gold"), "It has: lu-psma"),
        (("options", TINY, "--week", "2026-05-05"), "is not a Monday"),
        (("options", TINY, "--week", "soon"), "--week YYYY-MM-DD: this value cannot be used"),
        (("value", TINY, "--link", "pet_slto"), "Did you mean pet_slot?"),
        (("schema", "--format", "xml"), "There is no format 'xml'"),
        (("schema", "--answer", "nothing"), "Choose one of: authorise"),
        (("--lang", "fr", "check", TINY), "There is no text in 'fr'"),
    ],
)
def test_a_wrong_call_is_a_sentence_and_exit_code_2(
    arguments: tuple[str | Path, ...], sentence: str
) -> None:
    done = doseline(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not done.stdout
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_early_is_no_error() -> None:
    shell = shutil.which("sh")
    assert shell is not None
    done = subprocess.run(
        [shell, "-c", f"{DOSELINE} schema | head -1"],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    assert done.stdout.startswith("Network folder")
    assert done.stderr == ""
