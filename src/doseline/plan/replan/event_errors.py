"""What can be wrong with an event that can be read: it does not fit the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_SHOWN = 5


class UnknownInEventError(BadInputError):
    """An event names what the plan does not have."""

    def __init__(self, event: str, table: str, name: str, names: Collection[str]) -> None:
        self.event = event
        self.table = table
        self.name = name
        self.nearest = nearest(name, names)
        self.some = sorted(names)[:_SHOWN]
        meant = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(
            f"Event '{event}': the plan has no '{name}' in table {table}. "
            f"It has, for example: {', '.join(self.some)}.{meant}"
        )


class TwoAnswersError(BadInputError):
    """Two events tell different things of one batch or order."""

    def __init__(self, event: str, other: str) -> None:
        self.event = event
        self.other = other
        super().__init__(
            f"Events '{event}' and '{other}' tell different things of the same. Keep one of them."
        )


class WrongDayError(BadInputError):
    """A batch does not start on the day that an event names."""

    def __init__(self, event: str, batch: str, days: Sequence[str]) -> None:
        self.event = event
        self.batch = batch
        self.days = list(days)
        super().__init__(
            f"Event '{event}': batch '{batch}' starts on {', '.join(self.days)} in this plan. "
            "Name that day, or none."
        )


class NoDepartureError(BadInputError):
    """No dose of the week could leave on the departure that an event names."""

    def __init__(self, event: str, lane: str, departures: Sequence[str]) -> None:
        self.event = event
        self.lane = lane
        self.departures = list(departures)[:_SHOWN]
        super().__init__(
            f"Event '{event}': no dose of this week can leave on '{lane}' at that instant. "
            f"Departures near it: {', '.join(self.departures) or '-'}."
        )


class NoTreatmentDayError(BadInputError):
    """A suite treats nobody of the week on the days on which an event closes it."""

    def __init__(self, event: str, suite: str, days: Sequence[str]) -> None:
        self.event = event
        self.suite = suite
        self.days = list(days)
        super().__init__(
            f"Event '{event}': suite '{suite}' treats nobody of this plan on these days. "
            f"Its days: {', '.join(self.days) or '-'}."
        )


class NotStartedError(BadInputError):
    """A yield is told of a batch that was not made by then."""

    def __init__(self, event: str, batch: str, start: str) -> None:
        self.event = event
        self.batch = batch
        self.start = start
        super().__init__(
            f"Event '{event}': batch '{batch}' is not made by the instant given as --at; its "
            f"synthesis starts at {start}, if at all. Its yield is known after that."
        )


class AlreadyInfusedError(BadInputError):
    """An event would change a dose that was infused."""

    def __init__(self, event: str, order: str, infused: str) -> None:
        self.event = event
        self.order = order
        self.infused = infused
        super().__init__(
            f"Event '{event}': order '{order}' was infused at {infused}, before the instant "
            "given as --at. What has happened does not change."
        )


class NotServedError(BadInputError):
    """A dose is freed that does not exist."""

    def __init__(self, event: str, order: str) -> None:
        self.event = event
        self.order = order
        super().__init__(
            f"Event '{event}': the plan has no dose for order '{order}', so none can be freed."
        )


class OrderThereError(BadInputError):
    """An order is added whose name is taken."""

    def __init__(self, event: str, order: str) -> None:
        self.event = event
        self.order = order
        super().__init__(
            f"Event '{event}': the plan already has an order '{order}'. "
            "Give the new one another name."
        )


class NoColumnError(BadInputError):
    """An added order is given a column that the table does not have."""

    def __init__(self, event: str, column: str, columns: Collection[str]) -> None:
        self.event = event
        self.column = column
        self.columns = list(columns)
        self.nearest = nearest(column, columns)
        meant = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(
            f"Event '{event}': table orders has no column '{column}'. "
            f"It has: {', '.join(self.columns)}.{meant}"
        )


class ColumnMissingError(BadInputError):
    """An added order lacks what every order says."""

    def __init__(self, event: str, column: str, allowed: str) -> None:
        self.event = event
        self.column = column
        self.allowed = allowed
        super().__init__(
            f"Event '{event}': column {column} of table orders is missing. "
            f"Add {column}=VALUE; allowed: {allowed}."
        )


class BadOrderError(BadInputError):
    """A value of an added order cannot be used."""

    def __init__(self, event: str, column: str, value: str, allowed: str) -> None:
        self.event = event
        self.column = column
        self.value = value
        self.allowed = allowed
        super().__init__(
            f"Event '{event}': column {column} of table orders cannot be '{value}'. "
            f"Allowed: {allowed}."
        )
