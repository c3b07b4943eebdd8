"""What vehicles carry: hours of limited fleets, and the packages of one departure."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.plan.check.bounds import ZERO, Bounds, exact
from tests.plan.check.case import broken, in_ms, passes
from tests.plan.oracle_site import INDEX_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tests.plan.check.case import Case, Fault, Row


def transport_faults(case: Case) -> Iterator[Fault]:
    """Vehicles of which a plan asks too much."""
    legs = list(_legs(case))
    yield from _fleets(case, legs)
    yield from _conveyances(case, legs)


Leg = tuple["Row", "Row", datetime, datetime]
"""Dose, lane, departure and arrival."""


def _legs(case: Case) -> Iterator[Leg]:
    """Each leg of each dose."""
    if not case.network.frame("lanes").height:
        return
    ways: dict[tuple[str, int, int], Row] = {
        (row["lanes"], row["depart_ms"], row["arrive_ms"]): row
        for row in case.options.itineraries.iter_rows(named=True)
    }
    lanes = case.table("lanes")
    for flow in case.served:
        way = ways.get((flow["lanes"], in_ms(flow["depart"]), in_ms(flow["arrive"])))
        if way is None:
            continue  # Another check says that this way is no option.
        legs = zip(way["leg_lane"], way["leg_depart_ms"], way["leg_arrive_ms"], strict=False)
        for number, left, came in legs:
            yield flow, lanes[number], _instant(left), _instant(came)


def _instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)


def _fleets(case: Case, legs: list[Leg]) -> Iterator[Fault]:
    """Hours out and back of each limited carrier on each local day of departure."""
    carriers = case.by("carriers")
    out: dict[tuple[str, date], Bounds] = defaultdict(lambda: ZERO)
    for _, lane, left, came in legs:
        carrier = carriers.get(lane["carrier"] or "")
        if carrier and carrier["vehicles"] is not None:
            trip = exact(2.0 * ((came - left) / timedelta(hours=1)))
            share = trip / exact(carrier["packages_per_trip"])
            out[carrier["carrier"], case.local(left, lane["from_place"]).date()] += share
    for (name, day), hours in out.items():
        have = exact(carriers[name]["vehicles"]) * exact(carriers[name]["vehicle_h_per_day"])
        yield from passes(f"{name} drives on {day}, h", hours, have)


def _conveyances(case: Case, legs: list[Leg]) -> Iterator[Fault]:
    """Transport index and packages on one departure of one lane.

    A scheduled departure is one vehicle. What leaves on demand with a carrier that is paid by the
    package has a vehicle of its own.
    """
    scheduled = {row["lane"] for row in case.table("departures")}
    aboard: dict[tuple[str, datetime], list[Row]] = defaultdict(list)
    lanes = case.by("lanes")
    for flow, lane, left, _ in legs:
        if lane["lane"] in scheduled:
            aboard[lane["lane"], left].append(flow)
    for (name, left), flows in aboard.items():
        most = lanes[name]["most_packages"]
        if most is not None and len(flows) > most:
            yield broken(f"{name} carries {len(flows)} packages at {left}")
        index = sum((exact(flow["transport_index"]) for flow in flows), ZERO)
        for limit in (lanes[name]["most_transport_index"], INDEX_LIMITS[lanes[name]["mode"]]):
            if limit is not None:
                yield from passes(f"{name} carries an index at {left}", index, exact(limit))
