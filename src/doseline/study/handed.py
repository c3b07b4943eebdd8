"""What worker processes start from, handed over in a file without a name.

A started process reads what it was started with from a pipe. One that is killed before it has read
all of it blocks whoever started it, unless all of it fits into the pipe's buffer: a network does
not, the number of an open file does. A file without a name is gone with the last process that has
it open, however that process ends.
"""

from __future__ import annotations

import mmap
import pickle
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.reduction import DupFd
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Handed(Generic[T]):
    """Something that processes started by this one can take, too large for a pipe."""

    number: int
    """Of the open file, in this process."""

    def content(self) -> T:
        """What was handed over."""
        # Mapped, as all processes that have the file open share one position in it.
        with mmap.mmap(self.number, 0, access=mmap.ACCESS_READ) as pickled:
            content: T = pickle.loads(pickled)  # noqa: S301 - written by this program
        return content

    def __reduce__(self) -> tuple[Callable[[Any], Handed[T]], tuple[Any]]:
        return _arrived, (DupFd(self.number),)


@contextmanager
def handed(content: T) -> Iterator[Handed[T]]:
    """Put something where started processes can take it; only this user can read the file."""
    with tempfile.TemporaryFile() as file:
        pickle.dump(content, file, protocol=pickle.HIGHEST_PROTOCOL)
        file.flush()
        yield Handed(file.fileno())


def _arrived(inherited: Any) -> Handed[Any]:
    """The file in the process that was started, which inherited it."""
    return Handed(inherited.detach())
