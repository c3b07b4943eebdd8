"""The three forms of a network: CSV folder, workbook, Parquet folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io import csvfolder, parquetfolder
from doseline.io.csvfolder import read_csv_folder
from doseline.io.parquetfolder import read_parquet_folder
from doseline.io.source import error
from doseline.io.workbook import ENDING as XLSX
from doseline.io.workbook.read import read_workbook
from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.io.source import Source
    from doseline.model.findings import Finding

CSV = "csv"
PARQUET = "parquet"
WORKBOOK = "xlsx"
FORMS = (CSV, WORKBOOK, PARQUET)
OTHER_WORKBOOKS = (".xls", ".xlsm", ".xlsb", ".xltx", ".ods", ".numbers", ".et")


def open_source(path: Path, memory_bytes: int) -> tuple[Source | None, list[Finding]]:
    """The texts of the network at a path, whatever its form; or why there are none."""
    if not path.exists():
        return None, [error(code="no_such_folder", found=str(path))]
    if path.is_dir():
        return _open_folder(path, memory_bytes)
    if path.suffix.lower() == XLSX:
        return read_workbook(path, memory_bytes)
    other = path.suffix.lower() in OTHER_WORKBOOKS
    return None, [error(code="other_workbook" if other else "not_a_folder", found=str(path))]


def form_of(path: Path) -> str:
    """The form of the network at a path, or that its name asks for."""
    if path.suffix.lower() == XLSX:
        return WORKBOOK
    return PARQUET if path.is_dir() and _tables(path, parquetfolder.ENDING) else CSV


def _open_folder(folder: Path, memory_bytes: int) -> tuple[Source | None, list[Finding]]:
    twice = _tables(folder, csvfolder.ENDING) & _tables(folder, parquetfolder.ENDING)
    if twice:
        return None, [
            error(code="mixed_forms", found=folder.name, allowed=", ".join(sorted(twice)))
        ]
    if form_of(folder) == PARQUET:
        return read_parquet_folder(folder, memory_bytes), []
    return read_csv_folder(folder, memory_bytes), []


def _tables(folder: Path, ending: str) -> set[str]:
    """Tables of a folder that have a file of some ending."""
    return {one.name.removesuffix(ending) for one in folder.glob(f"*{ending}")} & set(BY_NAME)
