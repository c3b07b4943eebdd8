"""What events do to a week: which batches, ways, slots and orders they take away or add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.model.events import (
    BatchFailed,
    DoseFreed,
    Event,
    Faults,
    FlightCancelled,
    OrderAdded,
    PatientHeld,
    PatientWithdrawn,
    SuiteClosed,
    YieldLow,
    instant_text,
)
from doseline.plan.replan.added import added_orders
from doseline.plan.replan.event_errors import (
    AlreadyInfusedError,
    NoDepartureError,
    NoTreatmentDayError,
    NotServedError,
    NotStartedError,
    TwoAnswersError,
    UnknownInEventError,
    WrongDayError,
)
from doseline.routes.clock import local

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options

_MINUTE_MS = 60_000
_RUN = {"batch": pl.String, "ready_ms": pl.Int64, "event": pl.String}
_NEAR = 3
"""Departures that are told where one is not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """The events of a week by what they hit; each row names its event."""

    failed: pl.DataFrame
    """batch, ready_ms, event: runs that give no vials."""
    low: pl.DataFrame
    """batch, ready_ms, event, share: runs that give a share of their planned activity."""
    cancelled: pl.DataFrame
    """itinerary, event: ways of which a leg does not take place."""
    lost_legs: pl.DataFrame
    """lane, depart_ms: the legs themselves."""
    closed: pl.DataFrame
    """slot, event: slots in which nobody is treated."""
    held: dict[str, PatientHeld]
    withdrawn: dict[str, str]
    """Event by order, as in what follows."""
    freed: dict[str, str]
    orders: pl.DataFrame
    """Table ``orders`` with those that were added."""
    added: frozenset[str]


def what_happened(
    network: Network,
    options: Options,
    plan: Plan,
    events: Sequence[Event],
    *,
    at: datetime,
    earlier: Sequence[Event] = (),
) -> Happened:
    """What some events do to a plan.

    Args:
        network: The planned network.
        options: The options of its week.
        plan: The plan.
        events: What is new.
        at: When it is known.
        earlier: Events that the plan already answers: what they took away stays away.

    Raises:
        BadInputError: If an event does not fit the plan, one subclass for each case; of several
            faults, all at once.
    """
    view = _View(network, options, plan, at)
    added = [one for one in events if isinstance(one, OrderAdded)]
    faults = Faults()
    for event in events:
        with faults:
            view.check(event)
    with faults:
        orders = added_orders(network, added)
    faults.refuse()
    view.check_together(events)
    lasting = [*earlier, *events]
    failed = [view.run(one, one.day) for one in lasting if isinstance(one, BatchFailed)]
    low = [view.run(one, one.day) for one in events if isinstance(one, YieldLow)]
    shares = [one.percent / 100.0 for one in events if isinstance(one, YieldLow)]
    held = {one.order: one for one in lasting if isinstance(one, PatientHeld)}
    return Happened(
        failed=_first(pl.DataFrame(failed, schema=_RUN), "batch", "ready_ms"),
        low=_first(
            pl.DataFrame(low, schema=_RUN).with_columns(share=pl.Series(shares, dtype=pl.Float64)),
            "batch",
            "ready_ms",
        ),
        cancelled=_first(view.cancelled(_of(lasting, FlightCancelled)), "itinerary"),
        lost_legs=view.lost_legs(_of(lasting, FlightCancelled)),
        closed=_first(view.closed(_of(lasting, SuiteClosed)), "slot"),
        held=held,
        withdrawn={one.order: str(one) for one in lasting if isinstance(one, PatientWithdrawn)},
        freed={one.order: str(one) for one in events if isinstance(one, DoseFreed)},
        orders=orders,
        added=frozenset(one.order for one in added),
    )


def _first(frame: pl.DataFrame, *key: str) -> pl.DataFrame:
    """One row for each key: of several events that hit the same, the first."""
    return frame.unique(key, keep="first", maintain_order=True)


def _of(events: Sequence[Event], kind: type[Any]) -> list[Any]:
    return [one for one in events if isinstance(one, kind)]


class _View:
    """A plan as events name it."""

    def __init__(self, network: Network, options: Options, plan: Plan, at: datetime) -> None:
        self.network = network
        self.options = options
        self.at = at
        self.flows = {row["order"]: row for row in plan.flows.iter_rows(named=True)}
        zones = dict(network.frame("lines").select("line", "zone").iter_rows())
        self.runs: dict[str, list[dict[str, Any]]] = {}
        for row in plan.batches.iter_rows(named=True):
            day = local(zones[row["line"]], _ms(row["start"])).date()
            self.runs.setdefault(row["batch"], []).append({**row, "day": day})

    def check(self, event: Event) -> None:
        """Refuse an event that does not fit.

        Raises:
            BadInputError: If it does not.
        """
        if isinstance(event, PatientHeld | PatientWithdrawn | DoseFreed):
            self._check_order(event)
        if isinstance(event, BatchFailed):
            self._runs(event, event.day)
        if isinstance(event, YieldLow):
            self._check_made(event)
        if isinstance(event, SuiteClosed):
            self._check_suite(event)
        if isinstance(event, FlightCancelled):
            self._check_departure(event)

    def check_together(self, events: Sequence[Event]) -> None:
        """Refuse two yields of one run, and two holds of one order.

        Raises:
            TwoAnswersError: If there are.
        """
        told: dict[tuple[str, str], Event] = {}
        for event in events:
            if isinstance(event, YieldLow):
                run = self._runs(event, event.day)[0]
                other = told.setdefault((event.batch, str(run["ready"])), event)
                same = isinstance(other, YieldLow) and other.percent == event.percent
            elif isinstance(event, PatientHeld):
                other = told.setdefault((event.order, ""), event)
                same = other == event
            else:
                continue
            if not same:
                raise TwoAnswersError(str(event), str(other))

    def run(self, event: BatchFailed | YieldLow, day: date | None) -> dict[str, Any]:
        """The run that an event means.

        Raises:
            UnknownInEventError: If the plan has no such batch.
            WrongDayError: If the batch starts on other days.
        """
        found = self._runs(event, day)[0]
        return {
            "batch": found["batch"],
            "ready_ms": _ms(found["ready"]),
            "event": str(event),
        }

    def cancelled(self, events: Sequence[FlightCancelled]) -> pl.DataFrame:
        """itinerary, event: of each way with a leg that does not take place."""
        return self._lost(events).select("itinerary", "event")

    def lost_legs(self, events: Sequence[FlightCancelled]) -> pl.DataFrame:
        """lane, depart_ms: of each leg that does not take place."""
        return self._lost(events).select("lane", "depart_ms").unique()

    def closed(self, events: Sequence[SuiteClosed]) -> pl.DataFrame:
        """slot, event: of each slot that falls out."""
        names = self.network.frame("suites")["suite"].to_list()
        parts = [pl.DataFrame(schema={"slot": pl.Int32, "event": pl.String})]
        for one in events:
            mine = self.options.slots.filter(
                (pl.col("suite") == names.index(one.suite))
                & pl.col("day").is_between(one.first, one.last)
            )
            parts.append(mine.select("slot", event=pl.lit(str(one))))
        return pl.concat(parts)

    def _runs(self, event: BatchFailed | YieldLow, day: date | None) -> list[dict[str, Any]]:
        runs = self.runs.get(event.batch)
        if runs is None:
            raise UnknownInEventError(str(event), "batches", event.batch, self.runs)
        meant = [one for one in runs if day is None or one["day"] == day]
        if not meant:
            raise WrongDayError(str(event), event.batch, [str(one["day"]) for one in runs])
        return meant

    def _check_order(self, event: PatientHeld | PatientWithdrawn | DoseFreed) -> None:
        flow = self.flows.get(event.order)
        if flow is None:
            raise UnknownInEventError(str(event), "orders", event.order, self.flows)
        if flow["infuse"] is not None and flow["infuse"] <= self.at:
            raise AlreadyInfusedError(str(event), event.order, instant_text(flow["infuse"]))
        if isinstance(event, DoseFreed) and flow["infuse"] is None:
            raise NotServedError(str(event), event.order)

    def _check_suite(self, event: SuiteClosed) -> None:
        names = self.network.frame("suites")["suite"].to_list()
        if event.suite not in names:
            raise UnknownInEventError(str(event), "suites", event.suite, names)
        days = self.options.slots.filter(suite=names.index(event.suite))["day"].unique().sort()
        if not days.is_between(event.first, event.last).any():
            raise NoTreatmentDayError(str(event), event.suite, [str(day) for day in days])

    def _check_made(self, event: YieldLow) -> None:
        run = self._runs(event, event.day)[0]
        if not run["open"] or run["start"] > self.at:
            raise NotStartedError(str(event), event.batch, instant_text(run["start"]))

    def _check_departure(self, event: FlightCancelled) -> None:
        lanes = self.network.frame("lanes")["lane"].to_list()
        departures = self._legs().filter(lane=event.lane)["minute"].unique()
        if event.lane not in lanes and departures.is_empty():
            raise UnknownInEventError(str(event), "lanes", event.lane, lanes)
        wanted = _minute(_ms(event.depart))
        if wanted not in departures:
            near = sorted(departures, key=lambda one: (abs(one - wanted), one))[:_NEAR]
            told = pl.Series(sorted(near), dtype=pl.Int64).cast(pl.Datetime("ms", "UTC"))
            raise NoDepartureError(str(event), event.lane, [instant_text(one) for one in told])

    def _lost(self, events: Sequence[FlightCancelled]) -> pl.DataFrame:
        """The legs that do not take place, with the event of each."""
        lost = pl.DataFrame(
            [(one.lane, _minute(_ms(one.depart)), str(one)) for one in events],
            schema={"lane": pl.String, "minute": pl.Int64, "event": pl.String},
            orient="row",
        )
        if not events:
            return pl.DataFrame(
                schema={"itinerary": pl.Int32, "depart_ms": pl.Int64, **lost.schema}
            )
        return self._legs().join(lost, on=["lane", "minute"])

    def _legs(self) -> pl.DataFrame:
        """itinerary, lane, depart_ms, minute: of each leg of each way; to the minute. [ms]"""
        return legs_of(self.options).with_columns(
            minute=pl.col("depart_ms") // _MINUTE_MS * _MINUTE_MS
        )


def legs_of(options: Options) -> pl.DataFrame:
    """itinerary, lane, depart_ms: the legs of each way, in travel order."""
    return options.itineraries.select(
        "itinerary", lane=pl.col("lanes").str.split(" > "), depart_ms="leg_depart_ms"
    ).explode("lane", "depart_ms")


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _minute(instant_ms: int) -> int:
    return instant_ms // _MINUTE_MS * _MINUTE_MS
