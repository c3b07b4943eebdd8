"""A network as canonical text, the same whatever form it came from or goes to."""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.settings import flat
from doseline.io.texts import canonical
from doseline.io.toml import settings_toml, values_of
from doseline.model.catalogue import TABLES
from doseline.model.plain import plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.io.csvfile import RawTable
    from doseline.io.source import Source
    from doseline.model.columns import Table
    from doseline.model.network import Network

Cells = dict[str, list[str]]
"""Canonical cells of a table by column, in the order of the schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkText:
    """Settings and tables as they are written: what was absent or empty is so here, too."""

    settings: str
    """The text of ``network.toml``."""
    tables: Mapping[str, Cells]

    def heights(self) -> dict[str, int]:
        """Rows of each table."""
        return {name: height(cells) for name, cells in self.tables.items()}


def text_of_source(source: Source) -> NetworkText:
    """The text of a network that was read without error."""
    settings = source.written
    if settings is None:
        settings = settings_toml(flat(tomllib.loads(source.settings or "")))
    tables = {
        table.name: cells_of(source.tables[table.name], table)
        for table in TABLES
        if table.name in source.tables
    }
    return NetworkText(settings=_with_line_ends(settings), tables=tables)


def text_of_network(network: Network) -> NetworkText:
    """The text of a network, defaults written out; empty optional tables are left out."""
    tables = {}
    for table in TABLES:
        frame = network.frames[table.name]
        if table.required or not frame.is_empty():
            tables[table.name] = {
                column.name: [plain_text(value) for value in frame[column.name].to_list()]
                for column in table.columns
            }
    return NetworkText(settings=settings_toml(values_of(network.settings)), tables=tables)


def cells_of(raw: RawTable, table: Table) -> Cells:
    """The cells of a table that was read without error."""
    return {
        column.name: canonical(raw.cells[column.name], column.kind)
        for column in table.columns
        if column.name in raw.cells
    }


def csv_of(cells: Mapping[str, Sequence[str]]) -> str:
    """A table as CSV: UTF-8, commas, a line feed after each row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(cells)
    writer.writerows(zip(*cells.values(), strict=True))
    return out.getvalue()


def height(cells: Mapping[str, Sequence[str]]) -> int:
    """Rows of a table."""
    return len(next(iter(cells.values()), ()))


def _with_line_ends(words: str) -> str:
    """Lines that end in a line feed, the last one, too, and none that is empty at the end."""
    return words.replace("\r\n", "\n").rstrip("\n") + "\n"
