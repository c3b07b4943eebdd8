"""A planned week on disk: what was written is read back, and nothing else is taken for one."""

from __future__ import annotations

import dataclasses
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from doseline.io.folder import load, load_kept
from doseline.io.plans import MixedPlanError, NoPlanError, read_plan, write_plan
from doseline.io.tables import OutputFolder
from doseline.study.planned import plan_network
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.network import Network
    from doseline.model.planned import PlannedWeek

TINY = Path(__file__).parents[2] / "examples" / "tiny"


@pytest.fixture(scope="module")
def planned() -> PlannedWeek:
    network = load(TINY)
    found = plan_network(network, reference_for(network))
    at = datetime(2026, 5, 5, 6, tzinfo=UTC)
    return dataclasses.replace(found, events=("suite_closed:x:y",), at=at)


@pytest.fixture
def folder(planned: PlannedWeek, tmp_path: Path) -> Path:
    with OutputFolder(tmp_path / "week") as fresh:
        write_plan(planned, fresh)
    return tmp_path / "week"


def test_what_was_written_is_read_back(planned: PlannedWeek, folder: Path) -> None:
    found = read_plan(folder)
    assert (found.events, found.at, found.drawn) == (planned.events, planned.at, False)
    for field in dataclasses.fields(planned.plan):
        before, after = (getattr(one.plan, field.name) for one in (planned, found))
        assert before.equals(after) if isinstance(before, pl.DataFrame) else before == after
    for name, frame in planned.network.frames.items():
        assert frame.equals(found.network.frame(name)), name


def _spoilt(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _other_ends_of_lines(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


CHANGED: list[tuple[str, Callable[[Path], object]]] = [
    ("nothing", lambda _: None),
    ("a typed table is damaged", lambda at: _spoilt(at / "typed" / "sites.parquet")),
    ("a typed table is gone", lambda at: (at / "typed" / "sites.parquet").unlink()),
    ("a file is written otherwise", lambda at: _other_ends_of_lines(at / "network" / "sites.csv")),
    ("made by a version before", lambda at: shutil.rmtree(at / "typed")),
]


@pytest.mark.parametrize(("what", "change"), CHANGED)
def test_a_network_is_the_same_from_typed_tables_and_from_its_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str, change: Callable[[Path], object]
) -> None:
    read: list[Path] = []

    def reader(path: Path, sha256: str) -> Network:
        read.append(path)
        return load_kept(path, sha256)

    monkeypatch.setattr("doseline.io.folder.load_kept", reader)
    change(folder)
    found = read_plan(folder).network
    assert len(read) == (what != "nothing")
    written = load(folder / "network")
    assert (found.settings, found.digest) == (written.settings, written.digest)
    assert list(found.frames) == list(written.frames)
    for name, frame in written.frames.items():
        assert frame.schema == found.frame(name).schema
        assert frame.equals(found.frame(name)), name


def _change(path: Path, **values: object) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, **values}), encoding="utf-8")


def _cut(path: Path) -> None:
    frame = pl.read_parquet(path)
    frame.head(1).write_parquet(path)


BROKEN: list[tuple[Callable[[Path], object], type[Exception]]] = [
    (lambda at: (at / "plan.json").unlink(), NoPlanError),
    (lambda at: (at / ".doseline-result").unlink(), NoPlanError),
    (lambda at: (at / "plan.json").write_text("{", encoding="utf-8"), MixedPlanError),
    (lambda at: _change(at / "plan.json", week="soon"), MixedPlanError),
    (lambda at: _change(at / "plan.json", network_sha256="0"), MixedPlanError),
    (lambda at: (at / "tables" / "lots.parquet").unlink(), MixedPlanError),
    (lambda at: (at / "tables" / "batches.parquet").write_bytes(b"PAR1"), MixedPlanError),
    (lambda at: _cut(at / "tables" / "flows.parquet"), MixedPlanError),
    (lambda at: (at / "network" / "sites.csv").unlink(), MixedPlanError),
]


@pytest.mark.parametrize(
    "file", ["tables/flows.parquet", "tables/lots.parquet", "options/rows.parquet"]
)
def test_a_table_of_another_plan_is_refused_by_name(folder: Path, file: str) -> None:
    # Whole, of the right form, and of the same orders: only what it says is another plan's.
    frame = pl.read_parquet(folder / file)
    frame.with_columns(pl.col("cost") * 2.0).write_parquet(folder / file)
    with pytest.raises(MixedPlanError, match=file):
        read_plan(folder)


def test_a_plan_of_before_tells_no_digests_and_is_read(folder: Path) -> None:
    content = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    del content["files_sha256"], content["written_off"]
    (folder / "plan.json").write_text(json.dumps(content), encoding="utf-8")
    assert read_plan(folder).plan.written_off == 0.0


def test_a_damaged_network_is_named(folder: Path) -> None:
    (folder / "network" / "sites.csv").unlink()
    with pytest.raises(MixedPlanError, match="network does not fit"):
        read_plan(folder)


@pytest.mark.parametrize(("spoil", "error"), BROKEN)
def test_what_is_no_whole_plan_is_refused(
    folder: Path, spoil: Callable[[Path], object], error: type[Exception]
) -> None:
    spoil(folder)
    with pytest.raises(error, match="week"):
        read_plan(folder)


def test_a_folder_that_is_not_there_is_no_plan(tmp_path: Path) -> None:
    with pytest.raises(NoPlanError):
        read_plan(tmp_path / "none")
