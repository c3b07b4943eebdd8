"""What is to be computed: scenarios, each a source of replications, in one file for all workers."""

from __future__ import annotations

import functools
import hashlib
import io
import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import polars as pl

from doseline.errors import DoselineError
from doseline.io.replications import put_new
from doseline.study.replications.fingerprint import fingerprint, program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TOLD_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "measure": pl.String,  # what is told: "patients", "waiting", ...
    "of": pl.String,  # class, link, kind, place
    "when": pl.Date,  # first day of the year or week; null: the whole time
    "value": pl.Float64,
}
"""What is kept of a replication: few numbers by name, sorted."""


class Source(Protocol):
    """A scenario that can be replicated; it is pickled once, for all workers."""

    @property
    def name(self) -> str:
        """What the scenario is called."""
        ...

    @property
    def mark(self) -> str:
        """Fingerprint of everything but the seed that its numbers depend on."""
        ...

    def told(self, seed: int) -> pl.DataFrame:
        """What one replication tells, by :data:`TOLD_SCHEMA`."""
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """Replications that one worker makes in one go."""

    scenario: int
    """Number of the source in the job."""
    seeds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """The scenarios in a file that every worker reads once."""

    path: Path
    digest: str
    """Of the file."""
    program: str = field(default_factory=program)
    """Fingerprint of the program that wrote it."""


class JobUnreadableError(DoselineError):
    """A worker cannot read what it is to work on."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"A worker cannot read {path}. All workers must see the output folder under the same "
            "path: give -o FOLDER on a disk that they share."
        )

    def __reduce__(self) -> tuple[type[JobUnreadableError], tuple[Path]]:
        """As it is raised, so that it comes back whole from another machine."""
        return type(self), (self.path,)


class OtherProgramError(DoselineError):
    """A worker runs another version of the program."""

    def __init__(self) -> None:
        super().__init__(
            "A worker runs another version of doseline. Install the same one on all machines of "
            "the cluster, and start its workers again."
        )


def write_job(sources: Sequence[Source], folder: Path) -> Job:
    """Put the scenarios into a file of this folder; only this user can read it.

    Raises:
        UnwritableFolderError: If it cannot be written.
    """
    content = pickle.dumps(tuple(sources), protocol=pickle.HIGHEST_PROTOCOL)
    return Job(put_new(content, folder, ".pickle").resolve(), _digest(content))


@functools.lru_cache(maxsize=1)
def read_job(job: Job) -> tuple[Source, ...]:
    """The scenarios; a process reads them once.

    Raises:
        JobUnreadableError: If the file is not there, or is another.
        OtherProgramError: If another version of the program wrote it.
    """
    if job.program != program():
        raise OtherProgramError
    try:
        content = job.path.read_bytes()
    except OSError as error:
        raise JobUnreadableError(job.path) from error
    if _digest(content) != job.digest:
        raise JobUnreadableError(job.path)
    sources: tuple[Source, ...] = pickle.loads(content)  # noqa: S301 - written by this program
    return sources


def replication_name(source: Source, seed: int) -> str:
    """Name of a replication: by world, scenario, seed, and the version that made it."""
    return fingerprint(source.mark, seed)


def replication_bytes(source: Source, seed: int) -> bytes:
    """One replication as a Parquet file: the same bytes wherever it is made."""
    told = source.told(seed).select(pl.col(name).cast(kind) for name, kind in TOLD_SCHEMA.items())
    content = io.BytesIO()
    told.sort("measure", "of", "when").write_parquet(content, compression="zstd")
    return content.getvalue()


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()
