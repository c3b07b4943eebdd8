"""Whether an interchange is valid, by pyx12 and its published maps."""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge says of a file."""

    is_valid: bool
    reasons: tuple[str, ...]
    """Errors, each with its line, segment and element; empty when valid."""


class _Kept(logging.Handler):
    """What is logged, kept instead of shown."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())


def judged(interchange: str) -> Verdict:
    """The judgement of an interchange.

    Args:
        interchange: ISA to IEA.
    """
    from pyx12.errors import EngineError
    from pyx12.params import params
    from pyx12.x12n_document import x12n_document

    with _listening() as kept:
        try:
            valid = bool(x12n_document(params(), io.StringIO(interchange), None, None))
        except EngineError as error:
            return Verdict(is_valid=False, reasons=(str(error),))
    return Verdict(is_valid=valid, reasons=() if valid else tuple(kept.told))


@contextmanager
def _listening() -> Iterator[_Kept]:
    """What pyx12 logs meanwhile."""
    logger, kept = logging.getLogger("pyx12"), _Kept()
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(kept)
    try:
        yield kept
    finally:
        logger.removeHandler(kept)
        logger.propagate = propagates
