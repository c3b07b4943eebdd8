"""Reads the cells of an ``.xlsx`` file: values with the meaning that their format gives them.

Only what a table needs is read; formulas are told, not computed. The format is ECMA-376, part 1,
section 18 (SpreadsheetML), in its transitional and its strict dress.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from doseline.io.workbook.formats import format_kinds
from doseline.io.workbook.xml import elements, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from doseline.io.workbook.xml import Element

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile(r"([A-Z]+)(\d+)")


class Cell(NamedTuple):
    """One cell that is not empty."""

    kind: str
    """text, number, date, time, percent, yes/no, error or formula."""
    value: str
    """As the file has it: a number is its digits, a formula begins with ``=``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet of a workbook."""

    name: str
    rows: list[tuple[int, dict[int, Cell]]]
    """Rows that are not empty: number from 1, and cells by column from 0."""
    merged: tuple[str, ...]
    """Ranges of merged cells, e.g. ``A3:B4``."""
    from_1904: bool
    """Whether dates count from 1904 on, as old Macintosh workbooks have it."""


def unpacked_bytes(path: Path) -> int:
    """Size of what a workbook unpacks to. [B]

    Raises:
        zipfile.BadZipFile: If it is no ZIP archive.
    """
    with zipfile.ZipFile(path) as archive:
        return sum(one.file_size for one in archive.infolist())


def read_sheets(path: Path) -> Iterator[Sheet]:
    """The sheets of a workbook in their order; charts and macros are left out.

    Raises:
        zipfile.BadZipFile: If it is no ZIP archive, or a damaged one.
        ParseError: If a part of it is no XML.
        KeyError: If a part is missing.
        ValueError: If a part says what it cannot.
    """
    with zipfile.ZipFile(path) as archive:
        book = _book_path(archive)
        targets = _targets(archive, book)
        parts = _parts(archive, targets)
        named, from_1904 = _named(archive, book)
        for name, identity in named:
            kind, target = targets[identity]
            if kind != "worksheet":
                continue
            with archive.open(target) as file:
                rows, merged = _rows(file, *parts)
            yield Sheet(name=name, rows=rows, merged=merged, from_1904=from_1904)


def _named(archive: zipfile.ZipFile, book: str) -> tuple[list[tuple[str, str]], bool]:
    """Name and identity of each sheet, and whether dates count from 1904 on."""
    named, from_1904 = [], False
    with archive.open(book) as file:
        for tag, one in elements(file):
            if tag == "workbookPr":
                from_1904 = one.get("date1904") in {"1", "true"}
            elif tag == "sheet":
                identity = next(value for key, value in one.attrib.items() if key.endswith("}id"))
                named.append((one.attrib["name"], identity))
    return named, from_1904


def _book_path(archive: zipfile.ZipFile) -> str:
    """Where the main part of the archive is."""
    with archive.open("_rels/.rels") as file:
        for _, one in elements(file):
            if one.get("Type", "").endswith("/officeDocument"):
                return one.attrib["Target"].lstrip("/")
    raise KeyError("officeDocument")


def _targets(archive: zipfile.ZipFile, book: str) -> dict[str, tuple[str, str]]:
    """Kind and path of every part that the workbook names, by identity."""
    folder, name = posixpath.split(book)
    found = {}
    with archive.open(posixpath.join(folder, "_rels", f"{name}.rels")) as file:
        for tag, one in elements(file):
            if tag != "Relationship":
                continue
            target = one.attrib["Target"]
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = one.attrib["Type"].rsplit("/", 1)[-1]
            found[one.attrib["Id"]] = (kind, posixpath.normpath(path))
    return found


def _parts(
    archive: zipfile.ZipFile, targets: dict[str, tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Shared texts, and what each cell format makes of a number."""
    paths = dict(targets.values())
    known = set(archive.namelist())
    shared, kinds = [], []
    if paths.get("sharedStrings") in known:
        with archive.open(paths["sharedStrings"]) as file:
            shared = _shared_texts(file)
    if paths.get("styles") in known:
        with archive.open(paths["styles"]) as file:
            kinds = format_kinds(file)
    return shared, kinds


def _shared_texts(file: IO[bytes]) -> list[str]:
    found = []
    for tag, element in elements(file):
        if tag == "si":
            found.append(_text_of(element))
            element.clear()
    return found


def _rows(
    file: IO[bytes], shared: list[str], kinds: list[str]
) -> tuple[list[tuple[int, dict[int, Cell]]], tuple[str, ...]]:
    """Rows with cells, and merged ranges."""
    rows: list[tuple[int, dict[int, Cell]]] = []
    merged = []
    number = 0
    for tag, element in elements(file):
        if tag == "row":
            number = int(element.get("r") or number + 1)
            cells = _cells(element, shared, kinds)
            if cells:
                rows.append((number, cells))
            element.clear()
        elif tag == "mergeCell":
            merged.append(element.attrib["ref"])
    return rows, tuple(merged)


def _cells(row: Element, shared: list[str], kinds: list[str]) -> dict[int, Cell]:
    found = {}
    column = -1
    for element in row:
        place = _PLACE.match(element.get("r", ""))
        column = _column_number(place[1]) if place else column + 1
        cell = _cell(element, shared, kinds)
        if cell is not None:
            found[column] = cell
    return found


def _cell(element: Element, shared: list[str], kinds: list[str]) -> Cell | None:
    """What stands in a cell; None if nothing does."""
    parts = {name_of(part): part for part in element}
    if "f" in parts:
        return Cell("formula", f"={parts['f'].text or ''}")
    kind = element.get("t", "n")
    if kind == "inlineStr":
        return Cell("text", _text_of(parts["is"])) if "is" in parts else None
    value = parts["v"].text if "v" in parts else None
    if value is None:
        return None
    if kind == "n":
        style = int(element.get("s", "0"))
        return Cell(kinds[style] if style < len(kinds) else "number", value)
    return _worded(kind, value, shared)


def _worded(kind: str, value: str, shared: list[str]) -> Cell:
    """A cell that is no number."""
    if kind == "s":
        return Cell("text", shared[int(value)])
    if kind == "b":
        return Cell("yes/no", "yes" if value in {"1", "true"} else "no")
    return Cell("error", value) if kind == "e" else Cell("text", _unescaped(value))


def _text_of(element: Element) -> str:
    """The text of a rich text, without the reading aids that East Asian text may carry."""
    texts = []
    for part in element:
        if name_of(part) == "t":
            texts.append(part.text or "")
        elif name_of(part) == "r":
            texts += [one.text or "" for one in part if name_of(one) == "t"]
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    """The text with letters that XML cannot carry, written ``_x000D_``, in their place."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _column_number(letters: str) -> int:
    """Column from 0 on.

    >>> _column_number("A"), _column_number("AA")
    (0, 26)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
