"""Writing tables and results: as a whole or not at all."""

from __future__ import annotations

import csv
import errno
import io
import json
import math
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doseline.errors import BadInputError, DoselineError
from doseline.model.plain import plain_text

if TYPE_CHECKING:
    from types import TracebackType

    import polars as pl

    from doseline.model.columns import Table

MARKER = ".doseline-result"
"""File by which a folder is known to be a result of ours, which may be replaced."""
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
"""What the system says where a place can be written no further."""
_MARKER_TEXT = "This folder was written by doseline; a later run replaces it as a whole.\n"


class NotOurFolderError(BadInputError):
    """The output folder holds something that is no result of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} exists and is no result of doseline, so it is not replaced. "
            "Choose another output folder, or remove it yourself."
        )


class UnwritableFolderError(BadInputError):
    """The output folder cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} cannot be written: {reason}. Choose another output folder.")


class NotFiniteError(DoselineError):
    """A result holds a number that JSON cannot carry."""

    def __init__(self, key: str, value: float) -> None:
        self.key = key
        super().__init__(f"{key} is {value}, which no JSON file may hold.")


class OutputFolder:
    """A folder that appears complete, or not at all.

    Entering gives the path of an empty folder beside it; leaving without an error puts that folder
    in the place of the older result, leaving with one (Ctrl-C too) removes it.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).resolve()
        self._fresh: Path | None = None

    def __enter__(self) -> Path:
        """The empty folder to write into.

        Raises:
            NotOurFolderError: If something that is no result of ours is in its place.
            UnwritableFolderError: If nothing can be written there.
        """
        if not _is_free(self.path):
            raise NotOurFolderError(self.path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            name = tempfile.mkdtemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise UnwritableFolderError(self.path, reason) from error
        self._fresh = Path(name)
        open_to_others(self._fresh)
        (self._fresh / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
        return self._fresh

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put the folder in its place, or remove it after an error.

        Raises:
            UnwritableFolderError: If there was no room to write it.
        """
        fresh, self._fresh = self._fresh, None
        if fresh is None:
            return
        try:
            if kind is None:
                _put_in_place(fresh, self.path)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise UnwritableFolderError(self.path, os.strerror(error.errno)) from error


def claim_folder(path: Path) -> None:
    """Make a folder one of ours, to be filled bit by bit; an older result of ours stays as it is.

    Raises:
        NotOurFolderError: If something that is no result of ours is in its place.
        UnwritableFolderError: If nothing can be written there.
    """
    if not _is_free(path):
        raise NotOurFolderError(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        (path / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    except OSError as error:
        raise UnwritableFolderError(path, error.strerror or type(error).__name__) from error


def check_writable(path: Path) -> None:
    """Refuse, before long work, an output folder that could not be written after it.

    Raises:
        NotOurFolderError: If something that is no result of ours is in its place.
        UnwritableFolderError: If nothing can be written there.
    """
    shutil.rmtree(OutputFolder(path).__enter__(), ignore_errors=True)


def write_parquet(frames: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Write each frame as ``<name>.parquet`` into a folder, which is made if needed.

    Raises:
        OSError: If the system refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(frames):
        # Polars tells a full disk in words of its own; files of Python as what it is.
        content = io.BytesIO()
        frames[name].write_parquet(content, compression="zstd")
        (folder / f"{name}.parquet").write_bytes(content.getbuffer())


def write_text(content: str, path: Path) -> None:
    """Write a file as a whole or not at all.

    Raises:
        UnwritableFolderError: If it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(content, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError as error:
        raise UnwritableFolderError(path, error.strerror or type(error).__name__) from error
    finally:
        part.unlink(missing_ok=True)


def write_json(content: Any, path: Path) -> None:
    """Write JSON with sorted keys, the same bytes for the same content.

    Raises:
        NotFiniteError: If a number in it is NaN or infinite.
    """
    path.write_text(json_text(content) + "\n", encoding="utf-8", newline="\n")


def json_text(content: Any, *, indent: int | None = 2) -> str:
    """JSON with sorted keys; days and instants in ISO 8601, exact money as text.

    Raises:
        NotFiniteError: If a number in it is NaN or infinite.
    """
    _refuse_not_finite(content, "the result")
    return json.dumps(
        content,
        sort_keys=True,
        allow_nan=False,
        ensure_ascii=False,
        indent=indent,
        default=_plain,
    )


def csv_text(frame: pl.DataFrame, table: Table) -> str:
    """A table as CSV that :func:`doseline.io.folder.read_network` reads back to the same frame."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [column.name for column in table.columns]
    writer.writerow(names)
    for row in frame.select(names).iter_rows():
        writer.writerow([plain_text(value) for value in row])
    return out.getvalue()


def _is_free(path: Path) -> bool:
    """Whether a place is empty or holds an older result of ours."""
    if not path.exists():
        return True
    if not path.is_dir():
        return False
    return (path / MARKER).is_file() or not any(path.iterdir())


def _put_in_place(fresh: Path, path: Path) -> None:
    """Exchange the older result for the new one.

    Raises:
        NotOurFolderError: If meanwhile something else has come to stand there.
    """
    if not _is_free(path):
        raise NotOurFolderError(path)
    exchange(fresh, path)


def exchange(fresh: Path, path: Path) -> None:
    """Put a folder in the place of another, which is there until then and gone after."""
    if not path.exists():
        fresh.rename(path)
        return
    older = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent)) / "older"
    path.rename(older)
    try:
        fresh.rename(path)
    except BaseException:
        older.rename(path)
        raise
    finally:
        shutil.rmtree(older.parent, ignore_errors=True)


def open_to_others(folder: Path) -> None:
    """Make a temporary folder, which lets nobody else in, as open as other folders."""
    folder.chmod(0o777 & ~_umask())


def _umask() -> int:
    """The bits that new files of this process lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refuse_not_finite(content: Any, key: str) -> None:
    """Find a number that JSON cannot carry, and say where it stands."""
    if isinstance(content, float) and not math.isfinite(content):
        raise NotFiniteError(key, content)
    if isinstance(content, Mapping):
        for name, value in content.items():
            _refuse_not_finite(value, f"{key}.{name}")
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for place, value in enumerate(content):
            _refuse_not_finite(value, f"{key}[{place}]")


def _plain(value: Any) -> Any:
    """What JSON has no type for."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")
