"""The best answer to events by trying everything: money, penalties, and a price of each move."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from tests.plan.oracle import Choice, TinyWeek

from doseline.model.events import (
    BatchFailed,
    FlightCancelled,
    PatientHeld,
    PatientWithdrawn,
    SuiteClosed,
)
from doseline.model.transport import Lane
from doseline.model.treatment import Suite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.model.events import Event

ADJUST_SHARE = 0.25
"""Another way or hour on the same day counts so much of a move. [unitless]"""


@dataclass(frozen=True, kw_only=True)
class AgainWeek(TinyWeek):
    """A small week after events, before anything of it has begun."""

    before: Mapping[str, Choice | None] = field(default_factory=dict)
    """What each order got."""
    event: Event
    move_price: float
    new_start: float
    """Penalty of a new start that has not waited. [currency]"""

    @cached_property
    def choices(self) -> tuple[tuple[Choice, ...], ...]:
        """What could serve each order after the event."""
        return tuple(
            tuple(
                one for one in self.all_choices if self._possible(one) and self._suits(one, order)
            )
            for order in self.orders
        )

    def _possible(self, choice: Choice) -> bool:
        event, slot = self.event, self._slot[choice.slot]
        if isinstance(event, BatchFailed):
            return self.batches[choice.run[0]].batch != event.batch
        if isinstance(event, SuiteClosed):
            suite = self.network.rows(Suite)[slot["suite"]].suite
            return suite != event.suite or not event.first <= choice.day <= event.last
        if isinstance(event, FlightCancelled):
            return (event.lane, event.depart) not in self._legs(choice)
        return True

    @cached_property
    def _slot(self) -> Mapping[int, Mapping[str, int]]:
        return {row["slot"]: row for row in self.options.slots.iter_rows(named=True)}

    def _way(self, choice: Choice) -> int:
        return int(self.options.rows["itinerary"][choice.row])

    def _legs(self, choice: Choice) -> list[tuple[str, datetime]]:
        way = self.options.itineraries.row(self._way(choice), named=True)
        lanes = self.network.rows(Lane)
        return [
            (lanes[lane].lane, datetime.fromtimestamp(left / 1000, tz=UTC))
            for lane, left in zip(way["leg_lane"], way["leg_depart_ms"], strict=True)
        ]

    def cost(self, taken: Sequence[Choice | None]) -> float:
        """Money, penalties and the prices of all moves. [currency]"""
        pairs = zip(self.orders, taken, strict=True)
        return super().cost(taken) + sum(self.price(order.order, one) for order, one in pairs)

    def price(self, order: str, after: Choice | None) -> float:
        """What it counts that an order gets something else. [currency]"""
        before = self.before[order]
        if before is None or after == before:
            return 0.0
        if after is None:
            hit = not self._possible(before) or self._named(order)
            return self.move_price if hit else self.new_start
        same = (before.run, before.day, self._slot[before.slot]["suite"]) == (
            after.run, after.day, self._slot[after.slot]["suite"],
        )  # fmt: skip
        return self.move_price * (ADJUST_SHARE if same else 1.0)

    def _named(self, order: str) -> bool:
        return isinstance(self.event, PatientHeld) and self.event.order == order


def after_event(
    week: TinyWeek, before: Mapping[str, Choice | None], event: Event, *, base: float, move: float
) -> AgainWeek:
    """A small week after an event; orders that were withdrawn want nothing more."""
    orders = [
        replace(one, earliest=max(one.earliest, event.until), latest=max(one.latest, event.until))
        if isinstance(event, PatientHeld) and event.order == one.order
        else one
        for one in week.orders
        if not (isinstance(event, PatientWithdrawn) and event.order == one.order)
    ]
    return AgainWeek(
        network=week.network,
        options=week.options,
        orders=orders,
        penalty=week.penalty,
        half_life_h=week.half_life_h,
        before=before,
        event=event,
        move_price=move,
        new_start=base,
    )
