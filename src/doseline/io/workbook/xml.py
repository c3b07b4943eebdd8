"""The one place where the XML inside a workbook is parsed.

Expat bounds the growth of entities (2.4.1 and later) and loads nothing from outside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

Element = ET.Element
ParseError = ET.ParseError


def elements(file: IO[bytes]) -> Iterator[tuple[str, Element]]:
    """Each element of a part with its name without namespace, once it has ended."""
    for _, element in ET.iterparse(file):  # noqa: S314 - see above
        yield name_of(element), element


def name_of(element: Element) -> str:
    """Name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]
