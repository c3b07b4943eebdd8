"""What can go wrong while planning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.errors import BadInputError, DoselineError
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection


class UnknownInOrdersError(BadInputError):
    """Orders name a site or product that the network does not have."""

    def __init__(self, column: str, names: list[str]) -> None:
        self.column = column
        self.names = names
        shown = ", ".join(f"'{name}'" for name in names[:5])
        super().__init__(
            f"Table orders, column {column}: the network has no {shown}. "
            f"Name a row of table {column}s, or add one."
        )


class DuplicateOrderError(BadInputError):
    """Two orders have the same name."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        shown = ", ".join(f"'{name}'" for name in names[:5])
        super().__init__(
            f"Table orders, column order: {shown} is there more than once. "
            "Give each dose that is wanted a name of its own."
        )


class SolverError(DoselineError):
    """The solver ended in a state that a plan's model cannot have."""

    def __init__(self, status: str, *, stage: str) -> None:
        self.status = status
        self.stage = stage
        super().__init__(
            f"The solver stopped with '{status}' while {stage}; a plan that serves nobody is "
            "always possible, so this is a fault of ours. Please report it with the network."
        )


class UnknownChangeError(BadInputError):
    """A link cannot be relaxed in the weekly model, or not at that place."""

    def __init__(self, link: str, *, at: str) -> None:
        self.link = link
        self.at = at
        super().__init__(
            f"Link '{link}' cannot be relaxed at '{at}'. Allowed: no_suite or "
            "licence_or_possession at a site, no_batch_capacity at a batch slot that the options "
            "use, no_isotope at a source."
        )


class UnknownOrderError(BadInputError):
    """A plan has no order of that name."""

    def __init__(self, order: str, names: Collection[str]) -> None:
        self.order = order
        self.nearest = nearest(order, names)
        meant = f" Did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(
            f"The plan has no order '{order}'. Its orders are in the table orders of its network.{meant}"
        )


class CalledOffError(BadInputError):
    """An order that was withdrawn is to be explained."""

    def __init__(self, order: str, event: str) -> None:
        self.order = order
        self.event = event
        super().__init__(
            f"Order '{order}' was called off by {event}, so there is nothing to explain. "
            "Ask about another order of the plan."
        )


class ForeignPlanError(BadInputError):
    """A plan holds what its own network and options do not allow."""

    def __init__(self, order: str) -> None:
        self.order = order
        super().__init__(
            f"Order '{order}' of the plan does not fit the plan's network: no such dose is "
            "possible there. Plan the network again."
        )
