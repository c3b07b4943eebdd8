"""The same network and seed give the same bytes, on any number of processes; another seed does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.shell import TINY, answer, doseline

from doseline.io.results import summary_of, write_result
from doseline.io.tables import MARKER, json_text

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.result import RunResult


def _content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_two_workers_and_the_command_line_write_the_bytes_of_one_process(
    result: RunResult, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    write_result(result, here)
    done = doseline("run", TINY, "-o", there, "--workers", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert _content(here) == _content(there)
    assert {"report.html", "brief.html", "summary.json", "provenance.json", MARKER} <= set(
        _content(here)
    )
    assert sum(name.startswith("tables/") for name in _content(here)) > 10


def test_nothing_that_is_written_knows_the_machine_or_the_clock(
    result: RunResult, tmp_path: Path
) -> None:
    write_result(result, tmp_path / "out")
    for name, content in _content(tmp_path / "out").items():
        assert str(TINY).encode() not in content, name
        assert str(tmp_path).encode() not in content, name
    assert "seconds" not in json_text(summary_of(result))


def test_another_seed_tells_of_other_people(
    result: RunResult, folder: Path, tmp_path: Path
) -> None:
    settings = folder / "network.toml"
    told = settings.read_text(encoding="utf-8")
    told = told.replace("seed = 1", "seed = 2").replace("replications = 10", "replications = 1")
    settings.write_text(told, encoding="utf-8")
    done = doseline(
        "run", folder, "-o", tmp_path / "out", "--values", "0", "--workers", "1", "--json"
    )
    assert done.returncode == 0, done.stderr
    other = answer(done)
    assert other["provenance"]["seed"] == 2
    assert other["patients"] != result.patients
