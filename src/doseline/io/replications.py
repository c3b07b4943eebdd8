"""Replications on disk: each a file of its own, there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.tables import UnwritableFolderError, claim_folder

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

FOLDER = "replications"
"""Folder of a result that holds them."""


class Store:
    """The replications of a result; a run that was killed finds what it had finished.

    Args:
        output: Folder of the result; it may be there from an earlier run.

    Raises:
        NotOurFolderError: If something that is no result of ours is in its place.
        UnwritableFolderError: If nothing can be written there.
    """

    def __init__(self, output: Path) -> None:
        claim_folder(output)
        self.folder = output.resolve() / FOLDER
        self.folder.mkdir(exist_ok=True)
        for left in self.folder.glob(".*"):
            left.unlink(missing_ok=True)

    def path(self, name: str) -> Path:
        """File of a replication."""
        return self.folder / f"{name}.parquet"

    def read(self, name: str) -> pl.DataFrame | None:
        """A replication; None if it is not there or its file is damaged."""
        try:
            return pl.read_parquet(self.path(name))
        except (OSError, pl.exceptions.PolarsError):
            return None

    def copy(self, names: Collection[str], fresh: Path) -> None:
        """Put some replications into a new result; what is left of other runs stays behind."""
        (fresh / FOLDER).mkdir()
        for name in names:
            shutil.copyfile(self.path(name), fresh / FOLDER / f"{name}.parquet")


def put(content: bytes, path: Path) -> None:
    """Write a file that appears as a whole or not at all, whoever is killed meanwhile.

    Raises:
        UnwritableFolderError: If it cannot be written.
    """
    part = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise UnwritableFolderError(path, error.strerror or type(error).__name__) from error
