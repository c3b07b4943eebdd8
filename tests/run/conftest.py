"""Results of the tiny example, computed once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from doseline.io.folder import load
from doseline.model.variants import apply_variant
from doseline.study.run import run

if TYPE_CHECKING:
    from doseline.model.result import RunResult

TINY = Path(__file__).parents[2] / "examples" / "tiny"


@pytest.fixture(scope="session")
def result() -> RunResult:
    """The run of the tiny example in this process."""
    return run(load(TINY), workers=1, values=3)


@pytest.fixture(scope="session")
def stressed(tmp_path_factory: pytest.TempPathFactory) -> RunResult:
    """A run with six times the incidence, another seed and fewer replications."""
    folder = tmp_path_factory.mktemp("stressed") / "tiny"
    shutil.copytree(TINY, folder)
    settings = folder / "network.toml"
    told = settings.read_text(encoding="utf-8")
    told = told.replace("seed = 1", "seed = 7").replace("replications = 10", "replications = 2")
    told = told.replace('"incidence.per_year" = 4.0', '"incidence.per_year" = 6.0')
    settings.write_text(told, encoding="utf-8")
    return run(apply_variant(load(folder), "stress"), workers=1, values=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny example that a test may change."""
    copy = tmp_path / "tiny"
    shutil.copytree(TINY, copy)
    return copy
