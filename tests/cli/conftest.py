"""One run of the tiny example, shared by the tests that read its answer."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest
from tests.cli.shell import TINY, doseline

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.shell import Done


class Ran(NamedTuple):
    """What a command did and where it wrote."""

    done: Done
    out: Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny example that a test may break."""
    copy = tmp_path / "tiny"
    shutil.copytree(TINY, copy)
    return copy


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """``doseline run`` on two processes, with its answer as JSON."""
    out = tmp_path_factory.mktemp("run") / "out"
    return Ran(doseline("run", TINY, "-o", out, "--json", "--workers", "2"), out)
