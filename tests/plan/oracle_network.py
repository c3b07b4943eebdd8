"""Rules of the whole network for the brute force, each counted from its own words in the tables."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from doseline.model.opening import Experience
from doseline.model.supply import Batch, Changeover, Line, Product, SupplyChange
from doseline.model.transport import Carrier, Hub, Lane
from doseline.model.treatment import Learning, Staff, Suite, Trainee, WasteStore, WasteStream

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.plan.oracle import Choice

    from doseline.model.network import Network
    from doseline.model.options import Options

_MS_PER_H = 3_600_000.0
_SLACK = 1e-9


def available(network: Network, source: str, day: date) -> float:
    """Share of its lots that a source delivers with reference on a day. [unitless]"""
    began: dict[date, float] = {}
    for row in network.rows(SupplyChange):
        ended = row.valid_until is not None and row.valid_until < day
        if row.source == source and row.valid_from <= day and not ended:
            began[row.valid_from] = row.available_percent
    return began[max(began)] / 100.0 if began else 1.0


def slower(network: Network, site: str, product: str) -> float:
    """How many times the routine minutes an infusion takes. [unitless]"""
    for given in network.rows(Experience):
        for curve in network.rows(Learning):
            if (given.site, given.product) == (site, product) and curve.product == product:
                excess = curve.first_percent / 100.0 - 1.0
                return float(1.0 + excess * 0.5 ** (given.doses / curve.halving_doses))
    return 1.0


def people(network: Network, staff: Staff, day: date) -> int:
    """Staff of a role on a day, with those who have finished their training."""
    trained = [
        one.count
        for one in network.rows(Trainee)
        if (one.site, one.role) == (staff.site, staff.role) and day >= one.ready
    ]
    return staff.count + sum(trained)


def runs_fit_together(network: Network, runs: Iterable[tuple[int, int]]) -> bool:
    """Whether each line that makes one batch at a time can make these runs in some order."""
    batches, products = network.rows(Batch), network.by_key(Product)
    pauses = {
        (row.line, row.from_class, row.to_class): row.hours for row in network.rows(Changeover)
    }
    for line in {line for line, _, _ in pauses}:
        mine = [(batches[batch], ready) for batch, ready in runs if batches[batch].line == line]

        def follows(first: tuple[Batch, int], then: tuple[Batch, int], line: str = line) -> bool:
            classes = [products[batch.product].segregation for batch, _ in (first, then)]
            pause_h = pauses.get((line, classes[0], classes[1]), 0.0)
            start = then[1] - then[0].synthesis_h * _MS_PER_H
            return bool(first[1] + pause_h * _MS_PER_H <= start)

        # Every one after every other that comes before it in the order.
        if not any(
            all(follows(order[a], order[b]) for b in range(len(order)) for a in range(b))
            for order in permutations(mine)
        ):
            return False
    return True


def beds_suffice(network: Network, options: Options, doses: Sequence[Choice]) -> bool:
    """Whether each patient who stays has a bed every night, this week and in the weeks after."""
    if not options.nights:
        return True
    suites = network.rows(Suite)
    names = [row["product"] for row in network.frame("products").iter_rows(named=True)]
    suite_of = {row["slot"]: row["suite"] for row in options.slots.iter_rows(named=True)}
    in_bed: dict[tuple[int, date], int] = defaultdict(int)
    nights_of_site: dict[str, int] = defaultdict(int)
    for dose in doses:
        nights = options.nights[names.index(dose.product.product)]
        nights_of_site[dose.site.site] += nights
        for night in range(nights):
            in_bed[suite_of[dose.slot], dose.day + timedelta(days=night)] += 1
    if any(count > suites[suite].beds for (suite, _), count in in_bed.items()):
        return False
    beds_of_site: dict[str, int] = defaultdict(int)
    for suite in suites:
        beds_of_site[suite.site] += suite.beds
    return all(nights <= 7 * beds_of_site[site] for site, nights in nights_of_site.items())


def waste_fits(network: Network, options: Options, doses: Sequence[Choice]) -> bool:
    """Whether each store holds what is left at the week's end, and weeks like it for ever."""
    streams = network.rows(WasteStream)
    for store in network.rows(WasteStore):
        longest = max((row.hold_days for row in streams if row.kind == store.kind), default=0.0)
        still = max(0.0, 1.0 - 7.0 / longest) if longest else 0.0
        held, steady = 0.0, 0.0
        for dose in doses:
            for row in streams:
                if (dose.site.site, dose.product.product, store.kind) == (
                    store.site, row.product, row.kind,
                ):  # fmt: skip
                    steady += row.litres * row.hold_days / 7.0
                    day_of_release = (dose.day - options.week).days + row.hold_days
                    held += row.litres if day_of_release > 7.0 else 0.0
        room = max(0.0, store.capacity_l - still * store.held_l)
        if held > room * (1 + _SLACK) + 1e-12 or steady > store.capacity_l * (1 + _SLACK) + 1e-12:
            return False
    return True


def vehicles_suffice(network: Network, options: Options, doses: Sequence[Choice]) -> bool:
    """Whether each limited carrier has the hours for what leaves on each local day."""
    lanes, carriers = network.rows(Lane), network.by_key(Carrier)
    if not carriers:
        return True
    zones = {row.line: row.zone for row in network.rows(Line)}
    zones |= {row.hub: row.zone for row in network.rows(Hub)}
    itinerary_of = options.rows["itinerary"].to_list()
    out_h: dict[tuple[str, date], float] = defaultdict(float)
    for dose in doses:
        way = options.itineraries.row(itinerary_of[dose.row], named=True)
        for number, left, came in zip(
            way["leg_lane"], way["leg_depart_ms"], way["leg_arrive_ms"], strict=True
        ):
            lane = lanes[number]
            carrier = carriers.get(lane.carrier or "")
            if carrier is None or carrier.vehicles is None:
                continue
            local = datetime.fromtimestamp(left / 1000, tz=UTC).astimezone(
                ZoneInfo(zones[lane.from_place])
            )
            hours = 2.0 * (came - left) / _MS_PER_H / carrier.packages_per_trip
            out_h[carrier.carrier, local.date()] += hours
    return all(
        hours <= (carriers[name].vehicles or 0) * carriers[name].vehicle_h_per_day * (1 + _SLACK)
        for (name, _), hours in out_h.items()
    )
