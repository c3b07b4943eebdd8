"""One of each error of the command around routes of entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.pay.entry_tree import TooManyOutcomesError
from doseline.study.entry import NoRoutesError, NoRoutesOfProductError

if TYPE_CHECKING:
    from doseline.errors import DoselineError

ENTRY_ERRORS: list[DoselineError] = [
    NoRoutesError(),
    NoRoutesOfProductError("lu-psam", ["lu-psma"]),
    TooManyOutcomesError("first"),
]
