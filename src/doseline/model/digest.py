"""The fingerprint of a network's content."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from doseline.model.catalogue import TABLES
from doseline.model.columns import Column, Table
from doseline.model.network import Settings


def digest(settings: Settings, frames: Mapping[str, pl.DataFrame]) -> str:
    """SHA-256 of the content of settings and tables, in hexadecimal.

    It does not depend on line endings, quoting, the order of columns or the spelling of a number
    (``7.4`` or ``7.40``); it does depend on the order of rows, which engines use to break ties.
    """
    hashed = hashlib.sha256()
    content = {
        key: value for key, value in dataclasses.asdict(settings).items() if value is not None
    }
    hashed.update(json.dumps(content, sort_keys=True, default=_iso).encode())
    for table in TABLES:
        _take(hashed, table, frames[table.name])
    return hashed.hexdigest()


def table_digests(frames: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """SHA-256 of the content of each table that has rows, by its name."""
    found = {}
    for table in TABLES:
        if frames[table.name].height:
            hashed = hashlib.sha256()
            _take(hashed, table, frames[table.name])
            found[table.name] = hashed.hexdigest()
    return found


def _take(hashed: hashlib._Hash, table: Table, frame: pl.DataFrame) -> None:
    """Add a table to a fingerprint."""
    hashed.update(f"\n{table.name} {frame.height}\n".encode())
    for column in table.columns:
        hashed.update(f"\n{column.name}\n".encode())
        hashed.update(_content(frame[column.name], column))


def _content(values: pl.Series, column: Column) -> bytes:
    """The values as bytes that are the same on every machine."""
    if column.kind == "number":
        missing = values.is_null().to_numpy().tobytes()
        # Adding zero turns -0.0 into 0.0.
        return missing + (values.fill_null(0.0).to_numpy() + 0.0).astype("<f8").tobytes()
    texts = values.cast(pl.String).fill_null("\x00")
    return "\x1f".join(texts.to_list()).encode()


def _iso(value: Any) -> str:
    """A date as text."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical text")
