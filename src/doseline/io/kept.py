"""A network kept with a result: its files, and its tables as they were understood.

Who reads the result again needs no cell of the files, as long as they are the same to the byte.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.settings import read_settings
from doseline.io.tables import write_parquet
from doseline.model.catalogue import TABLES
from doseline.model.network import Network, empty_frame

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NETWORK = "network"
TYPED = "typed"
"""Folder of the tables that have rows, with typed columns."""

_DIGEST, _FILES = "network_sha256", "typed_sha256"


def keep_network(network: Network, fresh: Path) -> dict[str, str]:
    """Write a network without outlines into a folder.

    Args:
        network: The network.
        fresh: Of :class:`doseline.io.tables.OutputFolder`.

    Returns:
        What :func:`read_kept` wants to know of it.
    """
    # Only what writes needs to know how to write workbooks.
    from doseline.io.convert import save
    from doseline.io.folder import load_saved

    save(network, fresh / NETWORK)
    # The tables that whoever reads the files finds.
    saved = load_saved(fresh / NETWORK)
    write_parquet({name: one for name, one in saved.frames.items() if one.height}, fresh / TYPED)
    return {
        _DIGEST: saved.digest,
        _FILES: _fingerprint(fresh, saved.digest, _contents(fresh / TYPED)),
    }


def copy_network(folder: Path, told: Mapping[str, str], fresh: Path) -> dict[str, str]:
    """Write the network of another folder into a folder: its files, as they are.

    Args:
        folder: Where :func:`read_kept` read it.
        told: What :func:`keep_network` told of it.
        fresh: Of :class:`doseline.io.tables.OutputFolder`.

    Returns:
        What :func:`read_kept` wants to know of it.
    """
    for part in (NETWORK, TYPED):
        files = [path for path in sorted((folder / part).glob("*")) if path.is_file()]
        if files:
            (fresh / part).mkdir()
        for path in files:
            (fresh / part / path.name).write_bytes(path.read_bytes())
    return {name: told[name] for name in (_DIGEST, _FILES) if name in told}


def read_kept(folder: Path, told: dict[str, str]) -> Network:
    """The network of a folder: from its typed tables, or its files if any has changed.

    Args:
        folder: The folder.
        told: What :func:`keep_network` told of it.

    Raises:
        BadNetworkError: If its files have changed, and any finding is an error.
        OSError: If a file cannot be read.
    """
    typed = _contents(folder / TYPED)
    if told.get(_FILES) == _fingerprint(folder, told[_DIGEST], typed):
        settings, _, _ = read_settings(folder / NETWORK)
        if settings is not None:
            frames = {
                table.name: pl.read_parquet(io.BytesIO(typed[table.name]))
                if table.name in typed
                else empty_frame(table.name)
                for table in TABLES
            }
            return Network(settings=settings, frames=frames, digest=told[_DIGEST])
    # Reading the cells of files needs much that is loaded for nothing else.
    from doseline.io.folder import load_kept

    return load_kept(folder / NETWORK, told[_DIGEST])


def _contents(folder: Path) -> dict[str, bytes]:
    """The files of the typed tables by name of the table; none in the folders of before."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.parquet"))}


def _fingerprint(folder: Path, digest: str, typed: dict[str, bytes]) -> str:
    """SHA-256 of all files of a kept network, its digest, and how this program understands them."""
    tables = [(table.name, table.columns) for table in TABLES]
    hashed = hashlib.sha256(repr((digest, tables)).encode())
    files = {
        path.name: path.read_bytes()
        for path in sorted((folder / NETWORK).iterdir())
        if path.is_file()
    }
    for name, content in (*files.items(), *typed.items()):
        hashed.update(f"\n{name} {len(content)}\n".encode())
        hashed.update(content)
    return hashed.hexdigest()
