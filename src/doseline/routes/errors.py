"""What can be wrong with a request for delivery options, each with its own sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.errors import BadInputError

if TYPE_CHECKING:
    from datetime import date


class NotAMondayError(BadInputError):
    """A week was named by a day that does not start it."""

    def __init__(self, day: date) -> None:
        super().__init__(f"A week starts on Monday, but {day} is a {day:%A}. Name its Monday.")


class BatchDayError(BadInputError):
    """A weekly batch slot names no day or several."""

    def __init__(self, batch: str, weekdays: str) -> None:
        super().__init__(
            f"Table batches, batch '{batch}': weekday is '{weekdays}', but a weekly batch slot "
            "starts on one day. Write one row for each day."
        )


class UnknownPlaceError(BadInputError):
    """A lane starts or ends at a place that the network does not have."""

    def __init__(self, lane: str, column: str, place: str, *, allowed: str) -> None:
        super().__init__(
            f"Table lanes, lane '{lane}': {column} '{place}' is none of the {allowed}. "
            "Correct the name or add the place."
        )
