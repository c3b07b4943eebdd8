"""A copy of the tiny example that a test may break."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.io.broken import TINY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "tiny"
    shutil.copytree(TINY, copy)
    return copy
