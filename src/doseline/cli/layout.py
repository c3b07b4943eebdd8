"""Text laid out in columns of a terminal: wrapping and tables, with wide characters counted as two."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = 2
"""Spaces between the columns of a table."""
NARROWEST = 6
"""Cells below which a column of a table is not squeezed."""
PIPED_WIDTH = 10_000
"""Cells of a line where stdout is no terminal: each row of a table keeps one line."""

_UNITS = re.compile(r"[\x21-\u2fff]+|[^\x00-\u2fff]|\s+")
"""What stays on one line: a word of a language with spaces, or one wide character."""
_NUMBER = re.compile(r"[-+−–]?\d")
_NEVER_FIRST = set("，。；：？！、）”’》%…")
"""Marks that never begin a line of Chinese."""


def cells(text: str) -> int:
    """Width of a text on a terminal. [cells]

    >>> cells("Lu-177"), cells("核素")
    (6, 4)
    """
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most some cells; only what is longer than a line is cut.

    >>> wrapped("a bc def", 4)
    ['a bc', 'def']
    >>> wrapped("患者，及时", 6)
    ['患者，', '及时']
    """
    lines, line = [], ""
    for unit in _units(text, width):
        if cells((line + unit).rstrip()) > width:
            lines.append(line.rstrip())
            line = unit.lstrip()
        else:
            line += unit
    return [*lines, line.rstrip()]


def padded(text: str, width: int, *, right: bool = False) -> str:
    """The text filled up with spaces."""
    space = " " * max(width - cells(text), 0)
    return space + text if right else text + space


def screen_width() -> int:
    """Cells of a line on this screen, or of one that nobody looks at."""
    if not sys.stdout.isatty():
        return PIPED_WIDTH
    return max(shutil.get_terminal_size().columns, 40)


def table_lines(
    columns: Sequence[str], rows: Sequence[Sequence[str]], *, width: int, bold: bool = False
) -> list[str]:
    """A table: header, rule, rows; numbers to the right, cells wrapped where it is too wide."""
    right = [bool(rows) and all(_is_number(row[at]) for row in rows) for at in range(len(columns))]
    widths = _widths([columns, *rows], width)
    lines = _row_lines(columns, widths, right)
    if bold:
        lines = [f"\x1b[1m{line}\x1b[0m" for line in lines]
    lines.append((" " * GAP).join("─" * one for one in widths))
    for row in rows:
        lines += _row_lines(row, widths, right)
    return lines


def _units(text: str, width: int) -> list[str]:
    """Pieces of a text that stay together, none longer than a line."""
    units: list[str] = []
    for piece in _UNITS.findall(text):
        if units and piece in _NEVER_FIRST and not units[-1].isspace():
            units[-1] += piece
            continue
        longest = max(width, 1)
        units += [piece[at : at + longest] for at in range(0, len(piece), longest)]
    return units


def _is_number(cell: str) -> bool:
    return cell in {"", "–"} or _NUMBER.match(cell) is not None


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Cells of each column: what it needs; the widest is squeezed first, words are cut last."""
    places = range(len(rows[0]))
    widths = [max(cells(row[at]) for row in rows) for at in places]
    whole = [max(_longest_word(row[at]) for row in rows) for at in places]
    for least in (whole, [min(one, NARROWEST) for one in widths]):
        while sum(widths) + GAP * (len(widths) - 1) > width:
            squeezable = [at for at in places if widths[at] > least[at]]
            if not squeezable:
                break
            widths[max(squeezable, key=widths.__getitem__)] -= 1
    return widths


def _longest_word(cell: str) -> int:
    return max((cells(unit) for unit in _units(cell, cells(cell))), default=0)


def _row_lines(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> list[str]:
    parts = [wrapped(cell, width) for cell, width in zip(row, widths, strict=True)]
    height = max(len(part) for part in parts)
    lines = []
    for at in range(height):
        texts = [
            padded(part[at] if at < len(part) else "", width, right=to_right)
            for part, width, to_right in zip(parts, widths, right, strict=True)
        ]
        lines.append((" " * GAP).join(texts).rstrip())
    return lines
