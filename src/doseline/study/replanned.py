"""A kept plan planned again after events, from the options that are left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.errors import BadInputError
from doseline.model.columns import weekday_numbers
from doseline.model.events import FlightCancelled, instant_text, parse_event
from doseline.model.planned import PlannedWeek
from doseline.plan.replan.week import replan
from doseline.routes.clock import clock_minutes, local
from doseline.study.kept import kept_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from doseline.model.events import Event
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.model.replanned import Replanned
    from doseline.study.reference import Reference

_WAY = ["batch", "site", "lanes", "depart_ms", "arrive_ms"]


class BackInTimeError(BadInputError):
    """A plan is to be planned again from an instant before the last time."""

    def __init__(self, at: datetime, last: datetime) -> None:
        self.at = instant_text(at)
        self.last = instant_text(last)
        super().__init__(
            f"The plan already answers what happened until {self.last}; {self.at} is before that. "
            "Give a later instant as --at, or start from the plan before."
        )


def replan_week(
    planned: PlannedWeek,
    reference: Reference,
    events: Sequence[Event],
    *,
    at: datetime,
    move_price: float | None = None,
    most_moves: int | None = None,
) -> tuple[PlannedWeek, Replanned]:
    """A planned week after events, and what changed.

    Args:
        planned: The week, as it was planned last.
        reference: Nuclides and rules.
        events: What happened since.
        at: What has physically happened by then stays as it is.
        move_price: What moving an order counts; None: the published share. [currency]
        most_moves: Most orders that may be moved or left though no event hit them.

    Raises:
        BackInTimeError: If the week was planned again from a later instant already.
        BadInputError: If an event does not fit the plan, one subclass for each case.
    """
    if planned.at is not None and at < planned.at:
        raise BackInTimeError(at, planned.at)
    earlier = [parse_event(one) for one in planned.events]
    options = kept_options(planned, reference)
    found = replan(
        planned.network,
        options_after(planned.network, options, reference, [*earlier, *events]),
        planned.plan,
        events,
        at=at,
        nuclides=reference.nuclides,
        earlier=earlier,
        move_price=move_price,
        most_moves=most_moves,
        gap=planned.network.settings.plan_gap,
    )
    week = PlannedWeek(
        network=found.network,
        plan=found.plan,
        drawn=planned.drawn,
        events=(*planned.events, *(str(one) for one in found.events)),
        at=at,
        options=options,
    )
    return week, found


def options_after(
    network: Network, options: Options, reference: Reference, events: Iterable[Event]
) -> Options:
    """The options of a week, with the ways that only matter where departures are cancelled.

    Ways that are worse than another are not listed; when that other is cancelled, they are.

    Args:
        network: The planned network.
        options: Its options.
        reference: Nuclides and rules.
        events: What happened.
    """
    flights = [one for one in events if isinstance(one, FlightCancelled)]
    if not flights:
        return options
    # Who replans waits for what loads; this is for cancelled departures alone.
    from doseline.study.planned import options_of

    return with_ways(options, options_of(without_departures(network, flights), reference))


def without_departures(network: Network, flights: Sequence[FlightCancelled]) -> Network:
    """The network without some dated departures: their rows hold before and after that day."""
    zones = _zones(network)
    rows = network.frame("departures").to_dicts()
    for flight in flights:
        if flight.lane not in zones:
            continue
        moment = local(zones[flight.lane], round(flight.depart.timestamp() * 1000))
        minutes = moment.hour * 60 + moment.minute
        rows = [
            part
            for row in rows
            for part in (
                _split(row, moment)
                if row["lane"] == flight.lane and clock_minutes(row["depart"]) == minutes
                else [row]
            )
        ]
    departures = network.frame("departures")
    return network.replace(departures=pl.DataFrame(rows, schema=departures.schema))


def with_ways(options: Options, more: Options) -> Options:
    """Options with the ways of others of the same slots that they lack."""
    new = more.itineraries.join(options.itineraries, on=_WAY, how="anti")
    first = int(options.itineraries["itinerary"].to_numpy().max(initial=-1)) + 1
    numbers = new.select("itinerary").with_columns(
        number=pl.int_range(first, first + pl.len(), dtype=pl.Int32)
    )
    renumbered = [
        frame.join(numbers, on="itinerary", maintain_order="left")
        .with_columns(itinerary="number")
        .select(like.columns)
        for frame, like in ((new, options.itineraries), (more.rows, options.rows))
    ]
    return replace(
        options,
        itineraries=pl.concat([options.itineraries, renumbered[0]]),
        rows=pl.concat([options.rows, renumbered[1]]),
    )


def _split(row: dict[str, Any], moment: datetime) -> list[dict[str, Any]]:
    """A departure's row before and after a day, if it leaves on that weekday."""
    day = moment.date()
    if day.weekday() not in weekday_numbers(row["weekdays"]):
        return [row]
    one = timedelta(days=1)
    until = day - one if row["valid_until"] is None else min(row["valid_until"], day - one)
    since = day + one if row["valid_from"] is None else max(row["valid_from"], day + one)
    return [{**row, "valid_until": until}, {**row, "valid_from": since}]


def _zones(network: Network) -> dict[str, str]:
    """Zone of the place where each lane starts."""
    places = dict(
        pair
        for table, name in (("lines", "line"), ("hubs", "hub"))
        for pair in network.frame(table).select(name, "zone").iter_rows()
    )
    lanes = network.frame("lanes").select("lane", "from_place").iter_rows()
    return {lane: places[start] for lane, start in lanes}
