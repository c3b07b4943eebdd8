"""Reading results that a run has written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.errors import BadInputError
from doseline.io.tables import MARKER
from doseline.model.comparison import Stored

if TYPE_CHECKING:
    from pathlib import Path

TABLES = (
    *("patients", "ledger", "areas", "quarters", "whole_curve", "money", "payments"),
    *("seeds", "values", "assumptions", "flows", "regions", "products"),
)
"""Tables of a result that are read."""


class NoResultError(BadInputError):
    """A folder holds no result of a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} holds no result of doseline. "
            "Give the folder that 'doseline run NETWORK -o FOLDER' wrote."
        )


class OlderResultError(BadInputError):
    """A result was written by a version that wrote less."""

    def __init__(self, folder: Path, missing: str) -> None:
        self.folder = folder
        self.missing = missing
        super().__init__(
            f"{folder} was written by an older version: it has no {missing}. Run its network again."
        )


class MixedResultError(BadInputError):
    """The files of a folder belong to different runs, or are damaged."""

    def __init__(self, folder: Path, what: str) -> None:
        self.folder = folder
        self.what = what
        super().__init__(
            f"{folder} is no whole result: {what} does not fit the other files. "
            "Run its network again."
        )


def read_result(folder: Path) -> Stored:
    """The result in a folder.

    Raises:
        NoResultError: If there is none.
        OlderResultError: If something is missing in it.
        MixedResultError: If its files do not belong together or cannot be read.
    """
    if not (folder / MARKER).is_file() or not (folder / "summary.json").is_file():
        raise NoResultError(folder)
    summary = _json(folder, "summary.json")
    provenance = _json(folder, "provenance.json")
    if "settings" not in provenance or "tables" not in provenance:
        raise OlderResultError(folder, "settings in provenance.json")
    stored = Stored(
        folder=folder.resolve().name,
        summary=summary,
        provenance=provenance,
        frames={name: _table(folder, name) for name in TABLES},
    )
    _check(stored, folder)
    return stored


def _json(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    if not path.is_file():
        raise OlderResultError(folder, name)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise MixedResultError(folder, name) from error
    if not isinstance(found, dict):
        raise MixedResultError(folder, name)
    return found


def _table(folder: Path, name: str) -> pl.DataFrame:
    path = folder / "tables" / f"{name}.parquet"
    if not path.is_file():
        raise OlderResultError(folder, f"tables/{name}.parquet")
    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise MixedResultError(folder, f"tables/{name}.parquet") from error


def _check(stored: Stored, folder: Path) -> None:
    """Whether summary, provenance and tables tell of one run."""
    if stored.summary.get("provenance") != stored.provenance:
        raise MixedResultError(folder, "provenance.json")
    counted = dict(stored.frames["patients"].select("class", "patients").iter_rows())
    told = {name: count for name, count in stored.patients.items() if name != "eligible"}
    if counted != told:
        raise MixedResultError(folder, "tables/patients.parquet")
    seeds, classes = stored.frames["seeds"], [name for name in told if name in counted]
    first = seeds.select(classes).row(0, named=True) if seeds.height else {}
    if first != told or seeds.height != stored.provenance["replications"]:
        raise MixedResultError(folder, "tables/seeds.parquet")
