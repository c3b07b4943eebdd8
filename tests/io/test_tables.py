"""Results appear whole or not at all."""

from __future__ import annotations

import errno
import json
import resource
import stat
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from doseline.io.tables import (
    NotFiniteError,
    NotOurFolderError,
    OutputFolder,
    UnwritableFolderError,
    json_text,
    write_json,
    write_parquet,
)


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


def _write_until(error: type[BaseException], out: Path) -> None:
    """Begin to write a result, and be interrupted."""
    with OutputFolder(out) as fresh:
        (fresh / "new").write_text("2", encoding="utf-8")
        raise error


def _write_while_someone_writes(out: Path) -> None:
    """Write a result to a place that something else takes meanwhile."""
    with OutputFolder(out):
        out.mkdir()
        (out / "mine").write_text("", encoding="utf-8")


def test_a_result_appears_when_it_is_complete(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with OutputFolder(out) as fresh:
        write_json({"b": 1, "a": 2}, fresh / "summary.json")
        assert not out.exists()
    assert (out / "summary.json").read_text(encoding="utf-8") == '{\n  "a": 2,\n  "b": 1\n}\n'
    assert _names(out.parent) == {"out"}
    assert stat.S_IMODE(out.stat().st_mode) & 0o500 == 0o500


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_leaves_nothing_and_keeps_the_older_result(
    tmp_path: Path, error: type[BaseException]
) -> None:
    out = tmp_path / "out"
    with OutputFolder(out) as fresh:
        (fresh / "old").write_text("1", encoding="utf-8")
    with pytest.raises(error):
        _write_until(error, out)
    assert (out / "old").is_file()
    assert not (out / "new").exists()
    assert _names(tmp_path) == {"out"}


def test_an_older_result_is_replaced_as_a_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for name in ("old", "new"):
        with OutputFolder(out) as fresh:
            (fresh / name).write_text(name, encoding="utf-8")
    assert "old" not in _names(out)
    assert "new" in _names(out)
    assert _names(tmp_path) == {"out"}


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with OutputFolder(out) as fresh:
        (fresh / "new").write_text("2", encoding="utf-8")
    assert "new" in _names(out)


def test_a_folder_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work", encoding="utf-8")
    with pytest.raises(NotOurFolderError, match="not replaced"), OutputFolder(tmp_path):
        pass
    assert _names(tmp_path) == {"thesis.doc"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(NotOurFolderError), OutputFolder(tmp_path / "out"):
        pass


def test_a_place_where_nothing_can_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(UnwritableFolderError, match="file"),
        OutputFolder(tmp_path / "file" / "out"),
    ):
        pass


@pytest.mark.parametrize("kind", ["parquet", "text"])
def test_a_disk_without_room_is_said_so_and_the_older_result_stays(
    tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "out"
    with OutputFolder(out) as fresh:
        (fresh / "older").touch()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.raises(UnwritableFolderError, match="out cannot be written: File too large"):
            _write_much(out, kind)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert _names(out) == {"older", ".doseline-result"}
    assert _names(tmp_path) == {"out"}


def _write_much(out: Path, kind: str) -> None:
    frame = pl.DataFrame({"number": [number * 0.7 for number in range(5_000)]})
    with OutputFolder(out) as fresh:
        if kind == "parquet":
            write_parquet({"numbers": frame}, fresh)
        (fresh / "numbers").write_text(str(frame["number"].to_list()), encoding="utf-8")


def test_what_comes_to_stand_there_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(NotOurFolderError):
        _write_while_someone_writes(out)
    assert _names(out) == {"mine"}
    assert _names(tmp_path) == {"out"}


def test_frames_come_back_from_parquet_and_the_bytes_are_the_same(tmp_path: Path) -> None:
    frame = pl.DataFrame({"site": ["a", "b"], "doses": [1, 2], "money": [Decimal("1.5"), None]})
    for name in ("one", "two"):
        write_parquet({"flows": frame}, tmp_path / name)
    assert_frame_equal(pl.read_parquet(tmp_path / "one" / "flows.parquet"), frame)
    one, two = ((tmp_path / name / "flows.parquet").read_bytes() for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_no_nan_enters_a_json_file_and_its_place_is_named(tmp_path: Path, number: float) -> None:
    with pytest.raises(NotFiniteError, match=r"ledger\[1\]\.value"):
        write_json({"ledger": [{"value": 1.0}, {"value": number}]}, tmp_path / "x.json")
    assert not (tmp_path / "x.json").exists()


def test_days_and_money_have_a_plain_form_in_json() -> None:
    content = {"day": date(2026, 5, 4), "money": Decimal("259.596")}
    assert json.loads(json_text(content)) == {"day": "2026-05-04", "money": "259.596"}


def test_a_disk_that_takes_no_more_is_told_of_the_folder(tmp_path: Path) -> None:
    def fill() -> None:
        with OutputFolder(tmp_path / "out"):
            raise OSError(errno.ENOSPC, "No space left on device", "a file being made")

    with pytest.raises(UnwritableFolderError, match="out cannot be written: No space left") as told:
        fill()
    assert told.value.path == tmp_path / "out"
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_what_the_system_says_of_a_table_is_heard(tmp_path: Path) -> None:
    (tmp_path / "sites.parquet").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left") as told:
        write_parquet({"sites": pl.DataFrame({"a": [1]})}, tmp_path)
    assert told.value.errno == errno.ENOSPC
