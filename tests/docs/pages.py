"""The pages that people read, and what stands in their fences."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fence of a page."""

    page: str
    line: int
    language: str
    text: str
    directly_after: str
    """Language of the fence before it, if nothing stands between them."""

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    """A line for the shell, and the lines of its output that the page shows."""

    place: str
    line: str
    shown: tuple[str, ...]


@cache
def build_docs() -> Any:
    """The script that writes the generated pages, as a module."""
    spec = importlib.util.spec_from_file_location("build_docs", ROOT / "scripts/build_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def generated() -> dict[str, str]:
    """Text of the pages that the program writes, by path from the root."""
    return {f"docs/{name}": text for name, text in build_docs().pages().items()}


@cache
def written() -> dict[str, str]:
    """Text of the pages that people write, in the order in which they are read."""
    first = ["README.md", "README.zh.md", "docs/quickstart.md"]
    found = [path.relative_to(ROOT).as_posix() for path in sorted(DOCS.rglob("*.md"))]
    names = [*first, *(name for name in found if name not in {*first, *generated()})]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


def every_page() -> dict[str, str]:
    """All pages."""
    return {**written(), **generated()}


def blocks(page: str, text: str) -> Iterator[Block]:
    """The fences of a page in their order."""
    before, end = "", 0
    for found in _FENCE.finditer(text):
        joined = before if not text[end : found.start()].strip() else ""
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found[1], found[2], joined)
        before, end = found[1], found.end()


def commands(block: Block) -> Iterator[Command]:
    """The shell lines of a fence: each line of ``bash``, each ``$`` line of ``console``."""
    if block.language == "bash":
        for line in block.text.splitlines():
            yield Command(block.place, line, ())
    if block.language == "console":
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            line, *shown = part.splitlines()
            yield Command(block.place, line, tuple(one for one in shown if one not in {"", "..."}))
