"""A short name for what a replication depends on."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from collections.abc import Mapping
from datetime import date
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import doseline

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHOWS = ("cli/", "io/report/", "examples/")
"""Parts of the program that no replication depends on."""


def fingerprint(*parts: Any) -> str:
    """The same 32 letters for the same numbers, texts, arrays and records; others for others.

    Raises:
        TypeError: If a part is none of these.
    """
    told = hashlib.blake2b(digest_size=16)
    for piece in _pieces(parts):
        told.update(len(piece).to_bytes(8, "little"))
        told.update(piece)
    return told.hexdigest()


@functools.cache
def program() -> str:
    """Fingerprint of the program itself, but for what only shows results."""
    package = Path(doseline.__file__).parent
    files = (path for path in package.rglob("*") if path.suffix in {".py", ".yaml", ".csv"})
    told = {path.relative_to(package).as_posix(): path for path in files}
    return fingerprint(
        {
            name: path.read_text(encoding="utf-8")
            for name, path in told.items()
            if not name.startswith(_SHOWS)
        }
    )


def _pieces(part: Any) -> Iterator[bytes]:
    """A part as bytes that no other part gives."""
    if part is None or isinstance(part, str | bool | int | float | date | Enum):
        yield f"{type(part).__name__}:{part!r}".encode()
    elif isinstance(part, np.ndarray):
        yield f"array:{part.dtype.str}:{part.shape}".encode()
        yield np.ascontiguousarray(part).tobytes()
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        yield f"record:{type(part).__name__}".encode()
        for field in dataclasses.fields(part):
            yield field.name.encode()
            yield from _pieces(getattr(part, field.name))
    elif isinstance(part, Mapping):
        yield f"names:{len(part)}".encode()
        for name in sorted(part):
            yield from _pieces(name)
            yield from _pieces(part[name])
    elif isinstance(part, tuple | list):
        yield f"list:{len(part)}".encode()
        for one in part:
            yield from _pieces(one)
    else:
        raise TypeError(f"{type(part).__name__} has no fingerprint")
