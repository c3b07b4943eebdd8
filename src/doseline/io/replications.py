"""Replications on disk: each a file of its own, there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from doseline.errors import BadInputError
from doseline.io.tables import UnwritableFolderError, claim_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FOLDER = "replications"
"""Folder of a result that holds them."""


class FolderInUseError(BadInputError):
    """Another command fills the folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"Another command is writing replications to {path}. Wait until it has ended, or give "
            "another folder with -o."
        )


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
        try:
            self.folder.mkdir(exist_ok=True)
            for left in self.folder.glob(".*"):
                left.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self.folder, error) from error

    @property
    def holds(self) -> bool:
        """Whether any replication is stored."""
        return any(self.folder.glob("*.parquet"))

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


@contextmanager
def only_store(output: Path) -> Iterator[Store]:
    """The replications of a result, for one command at a time.

    The operating system holds the lock and releases it when the process ends, however it ends.

    Raises:
        FolderInUseError: If another command has them.
        NotOurFolderError: If something that is no result of ours is in its place.
        UnwritableFolderError: If nothing can be written there.
    """
    claim_folder(output)
    if sys.platform == "win32":  # has no such locks
        yield Store(output)
        return
    folder = _locked(output)
    try:
        yield Store(output)
    finally:
        os.close(folder)


def _locked(output: Path) -> int:
    """The open folder, locked."""
    import fcntl

    while True:
        claim_folder(output)
        folder = os.open(output, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(folder)
            raise FolderInUseError(output) from None
        except OSError:
            # Some shared disks know no locks.
            return folder
        # The result of a command that has just ended takes the place of the folder it had locked.
        if output.exists() and os.path.samestat(os.fstat(folder), output.stat()):
            return folder
        os.close(folder)


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
        raise _unwritable(path.parent, error) from error


def put_new(content: bytes, folder: Path, ending: str) -> Path:
    """Write a file of a new name that only this user can read.

    Raises:
        UnwritableFolderError: If it cannot be written.
    """
    try:
        number, name = tempfile.mkstemp(prefix=".", suffix=ending, dir=folder)
        with os.fdopen(number, "wb") as file:
            file.write(content)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return Path(name)


def _unwritable(path: Path, error: OSError) -> UnwritableFolderError:
    return UnwritableFolderError(path, error.strerror or type(error).__name__)
