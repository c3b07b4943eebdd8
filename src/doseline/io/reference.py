"""Reference tables that ship with the program."""

from __future__ import annotations

import csv
import functools
import importlib.resources

from doseline.physics import nuclides

_DATA = importlib.resources.files("doseline") / "data"


@functools.cache
def nuclide_table() -> nuclides.NuclideTable:
    """The nuclide table, read once."""
    return nuclides.nuclide_table(_rows("nuclides.csv"), _rows("nuclide_sources.csv"))


def _rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of ours as text by column."""
    return list(csv.DictReader((_DATA / name).read_text(encoding="utf-8").splitlines()))
