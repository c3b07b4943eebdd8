"""A planned week as it is kept: its network, its plan, and what has happened to it since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doseline.model.flows import Plan
from doseline.model.network import Network
from doseline.model.options import Options


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWeek:
    """A plan with all that it was made from, so that it can be explained and planned again."""

    network: Network
    """Its table ``orders`` holds the planned orders."""
    plan: Plan
    drawn: bool = False
    """Whether the network listed no orders, so that they were drawn from its demand."""
    events: tuple[str, ...] = ()
    """What has happened since the first plan, oldest first, in the words of ``--event``."""
    at: datetime | None = None
    """The instant from which the week was planned again; None: not since the first plan."""
    options: Options | None = None
    """Delivery options of the week before anything happened to it; None: built again if asked."""
