"""A network from one form into another, and from memory into any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.io import csvfolder, parquetfolder
from doseline.io.folder import located, understand
from doseline.io.forms import CSV, FORMS, PARQUET, WORKBOOK, form_of, open_source
from doseline.io.networktext import NetworkText, csv_of, text_of_network, text_of_source
from doseline.io.parquetfolder import typed_frame
from doseline.io.place import folder_at, is_part, write_file
from doseline.io.reference import nuclide_table
from doseline.io.settings import FILE
from doseline.io.source import free_memory_bytes
from doseline.io.workbook.write import workbook_bytes
from doseline.model.catalogue import BY_NAME
from doseline.model.findings import ERROR

if TYPE_CHECKING:
    from doseline.io.source import Source
    from doseline.model.findings import Finding
    from doseline.model.network import Network


class UnknownFormError(BadInputError):
    """A network is asked for in a form that there is not."""

    def __init__(self, form: str) -> None:
        self.form = form
        self.known = FORMS
        super().__init__(f"There is no form '{form}'. Choose one of: {', '.join(FORMS)}.")


class WorkbookNameError(BadInputError):
    """The name of a workbook does not say that it is one, or that of a folder that it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"The name of a workbook ends in .xlsx, that of a folder does not: {path}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A network as text, with the files of its folder that do not belong to it."""

    text: NetworkText
    source: Source
    others: tuple[str, ...]


def open_text(path: Path) -> tuple[Opened | None, tuple[Finding, ...]]:
    """The canonical text of a network, or None if a cell of it cannot be read; and all findings.

    What can be read need not make sense yet: :func:`read_network` says whether it does.
    """
    source, findings = open_source(path, free_memory_bytes())
    if source is None:
        return None, tuple(findings)
    reading = understand(source, nuclide_table())
    found = located(reading.findings, source)
    if any(finding.severity == ERROR for finding in found):
        return None, found
    others = [one.name for one in path.iterdir()] if path.is_dir() else []
    left = tuple(sorted(name for name in others if not is_part(name)))
    return Opened(text=text_of_source(source), source=source, others=left), found


def save(network: Network, path: str | Path, *, form: str = "", replace: bool = False) -> None:
    """Write a network: a workbook if the name ends in ``.xlsx``, else a folder.

    Defaults are written out and instants stand in UTC. To change the form of files and nothing
    else, use ``doseline convert``.

    Args:
        network: The network.
        path: Where to; written as a whole or not at all.
        form: csv, xlsx or parquet; by default what the name or the network there says.
        replace: Whether a network that is there may be replaced; other files of its folder stay.

    Raises:
        PlaceTakenError: If something is there and must not be replaced.
        UnknownFormError: If there is no such form.
    """
    write_text(text_of_network(network), Path(path), form=form, replace=replace)


def write_text(text: NetworkText, path: Path, *, form: str = "", replace: bool = False) -> str:
    """Write the text of a network as a whole or not at all; the form it has."""
    chosen = form or form_of(path)
    if chosen not in FORMS:
        raise UnknownFormError(form)
    if (chosen == WORKBOOK) != (form_of(path) == WORKBOOK):
        raise WorkbookNameError(path)
    if chosen == WORKBOOK:
        write_file(workbook_bytes(text), path, replace=replace)
        return chosen
    with folder_at(path, replace=replace) as fresh:
        _write_folder(text, fresh, chosen)
    return chosen


def _write_folder(text: NetworkText, folder: Path, form: str) -> None:
    """Write settings and tables into a folder."""
    (folder / FILE).write_text(text.settings, encoding="utf-8", newline="\n")
    for name, cells in text.tables.items():
        if form == CSV:
            content = csv_of(cells)
            (folder / f"{name}{csvfolder.ENDING}").write_text(content, "utf-8", newline="\n")
        if form == PARQUET:
            frame = typed_frame(cells, BY_NAME[name])
            frame.write_parquet(folder / f"{name}{parquetfolder.ENDING}", compression="zstd")
