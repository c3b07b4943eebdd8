"""What the tests of the physics share."""

from __future__ import annotations

import csv
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from doseline.physics.nuclides import nuclide_table

if TYPE_CHECKING:
    from doseline.physics.nuclides import NuclideTable


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a reference table of the package."""
    text = (files("doseline") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="session")
def table() -> NuclideTable:
    return nuclide_table(rows("nuclides.csv"), rows("nuclide_sources.csv"))
