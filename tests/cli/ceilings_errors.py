"""One of each error of ``doseline ceilings``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.study.ceilings import NothingSoldError, UnsoldProductError

if TYPE_CHECKING:
    from doseline.errors import DoselineError

CEILINGS_ERRORS: list[DoselineError] = [
    UnsoldProductError("lu-psm", ("lu-psma",)),
    NothingSoldError(),
]
