"""Where a network is written: a place that changes as a whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.io.settings import FILE
from doseline.io.tables import UnwritableFolderError, exchange, open_to_others
from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLE_ENDINGS = (".csv", ".parquet")


class PlaceTakenError(BadInputError):
    """Something is in the place where a network is to be written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} exists, so it is not touched. Choose another name; "
            "only 'doseline convert --replace' replaces a network."
        )


class NoNetworkThereError(BadInputError):
    """What is to be replaced by a network is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} exists and is no network, so it is not replaced. Choose another name."
        )


@contextmanager
def folder_at(path: Path, *, replace: bool) -> Iterator[Path]:
    """An empty folder that stands at the path once all is written into it.

    With ``replace`` a network may be there: other files of its folder stay.

    Raises:
        PlaceTakenError: If something is there and must not be replaced.
        NoNetworkThereError: If it is no network.
        UnwritableFolderError: If nothing can be written there.
    """
    path = path.resolve()
    others = _kept(path, replace=replace)
    fresh = _temporary(path)
    try:
        open_to_others(fresh)
        for other in others:
            copy = shutil.copytree if other.is_dir() else shutil.copy2
            copy(other, fresh / other.name)
        yield fresh
        exchange(fresh, path)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def write_file(content: bytes, path: Path, *, replace: bool) -> None:
    """Write a file as a whole.

    Raises:
        PlaceTakenError: If something is there and must not be replaced.
        UnwritableFolderError: If nothing can be written there.
    """
    path = path.resolve()
    if path.is_dir() or (path.exists() and not replace):
        raise PlaceTakenError(path)
    fresh = _temporary(path)
    try:
        file = fresh / path.name
        file.write_bytes(content)
        file.replace(path)
    except OSError as error:
        raise UnwritableFolderError(path, error.strerror or type(error).__name__) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def is_part(name: str) -> bool:
    """Whether a file of that name belongs to a network: its settings or a table."""
    stem, dot, ending = name.rpartition(".")
    return name == FILE or (stem in BY_NAME and f"{dot}{ending}" in TABLE_ENDINGS)


def _kept(path: Path, *, replace: bool) -> list[Path]:
    """Files beside the network that is replaced; none where nothing is."""
    if not path.exists():
        return []
    inside = sorted(path.iterdir()) if path.is_dir() else []
    if path.is_dir() and not inside:
        return []
    if not replace:
        raise PlaceTakenError(path)
    if not (path / FILE).is_file():
        raise NoNetworkThereError(path)
    return [one for one in inside if not is_part(one.name)]


def _temporary(path: Path) -> Path:
    """An empty folder beside a path."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise UnwritableFolderError(path, error.strerror or type(error).__name__) from error
