"""Why tours cannot be planned."""

from __future__ import annotations

from doseline.errors import BadInputError


class ToursNotInstalledError(BadInputError):
    """The library that searches tours is missing."""

    def __init__(self) -> None:
        super().__init__(
            "Tours of own vehicles need the package pyvrp, which is not installed. "
            "Install it with: pip install 'doseline[tours]'."
        )
