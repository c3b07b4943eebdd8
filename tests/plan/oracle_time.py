"""Orders over time for the brute force: intervals, cut-offs, promises, quotas, later cycles.

Each rule is counted from its words in the tables; zones are those of the small weeks.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from doseline.model.columns import weekday_numbers
from doseline.model.demand import Order, Region
from doseline.model.opening import Booking, Reservation
from doseline.model.ordering import Commitment, OrderingCutoff, Quota
from doseline.model.supply import Product
from doseline.model.treatment import Site, Suite

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.model.network import Network

_SLACK = 1e-9


class Given(NamedTuple):
    """An order, and the day of its infusion at its site, if it has one."""

    order: Order
    day: date | None


def may_be_given(network: Network, order: Order, day: date, *, without: str = "") -> bool:
    """Whether an order may be infused on a day, other orders apart.

    ``without`` lifts one rule: interval, cut_off or promise.
    """
    later = later_days(network, order, day) is not None
    return (
        order.earliest <= day <= order.latest
        and (without == "interval" or (_interval_kept(network, order, day) and later))
        and (without == "cut_off" or _ordered_in_time(network, order, day))
        and (without == "promise" or order.promised in {None, day} or _may_move(network, order))
    )


def _interval_kept(network: Network, order: Order, day: date) -> bool:
    if order.last_infusion is None:
        return True
    product, waited = network.by_key(Product)[order.product], (day - order.last_infusion).days
    least = product.interval_min_days
    most = product.interval_max_days
    return waited >= (product.interval_days if least is None else least) and (
        most is None or waited <= most
    )


def _ordered_in_time(network: Network, order: Order, day: date) -> bool:
    if order.ordered is None:
        return True
    mine = [row for row in network.rows(OrderingCutoff) if row.product == order.product]
    zone = ZoneInfo(network.by_key(Site)[order.site].zone)
    if not mine:
        lead = timedelta(days=network.by_key(Product)[order.product].order_lead_days)
        return order.ordered.astimezone(zone).date() <= day - lead
    cut_offs = [
        datetime.combine(
            day - timedelta(days=row.days_before),
            time.fromisoformat(row.clock),
            tzinfo=ZoneInfo(row.zone),
        )
        for row in mine
        if day.weekday() in weekday_numbers(row.infusion_weekdays)
    ]
    # A weekday without a cut-off is one that cannot be ordered for.
    return any(order.ordered <= cut_off for cut_off in cut_offs)


def _rung(network: Network, order: Order) -> Commitment | None:
    """The rung that holds for a promise: the nearest that is no fewer days ahead than today."""
    if order.promised is None:
        return None
    settings = network.settings
    ahead = (order.promised - (settings.plan_as_of or settings.plan_week)).days
    held = [
        row
        for row in network.rows(Commitment)
        if row.product == order.product and row.days_before >= ahead
    ]
    return min(held, key=lambda row: row.days_before, default=None)


def _may_move(network: Network, order: Order) -> bool:
    rung = _rung(network, order)
    return rung is None or rung.may_move


def fee(network: Network, given: Given) -> float:
    """What it costs not to give a dose on the day that was promised. [currency]"""
    rung = _rung(network, given.order)
    if rung is None or given.order.promised == given.day:
        return 0.0
    price = network.by_key(Product)[given.order.product].price
    return float(price) * rung.fee_percent / 100.0


def quotas_hold(network: Network, given: Iterable[Given]) -> bool:
    """Whether no kind of dose gets more than its published quota, anywhere that one holds."""
    part_of = {row.region: row.part_of for row in network.rows(Region)}
    region = {row.site: row.region for row in network.rows(Site)}
    doses = [one.order for one in given if one.day is not None]
    for quota in network.rows(Quota):
        counted = [
            order
            for order in doses
            if (order.product, order.kind) == (quota.product, quota.kind)
            and quota.site in {None, order.site}
            and (not quota.part_of or part_of.get(region[order.site]) == quota.part_of)
        ]
        if len(counted) > quota.doses_per_week:
            return False
    return True


def held_cycles(network: Network, order: Order) -> list[Reservation]:
    """Later cycles, in sequence, of the course that an order belongs to."""
    mine = [
        row
        for row in network.rows(Reservation)
        if (row.patient, row.product) == (order.patient, order.product)
    ]
    return sorted(mine, key=lambda row: row.cycle)


def later_days(network: Network, order: Order, day: date) -> list[date] | None:
    """Days of the later cycles if a dose is given on a day; none if their interval allows none.

    Each keeps its day if it may; else it comes on the first day on which its suite treats, from
    the label interval on.
    """
    product, suites = network.by_key(Product)[order.product], network.by_key(Suite)
    least, most = product.interval_min_days, product.interval_max_days
    found, before = [], day
    for row in held_cycles(network, order):
        treats = weekday_numbers(suites[row.suite].weekdays)
        next_day, waited = row.day, (row.day - before).days
        if (
            waited < (product.interval_days if least is None else least)
            or (most is not None and waited > most)
            or row.day.weekday() not in treats
        ):
            next_day = before + timedelta(days=product.interval_days)
            while next_day.weekday() not in treats:
                next_day += timedelta(days=1)
        if most is not None and (next_day - before).days > most:
            return None
        found.append(next_day)
        before = next_day
    return found


def later_cycles_fit(network: Network, given: Sequence[Given]) -> bool:
    """Whether the chairs of every later day have the minutes for the cycles that come to lie there.

    Those of an order that is left are held no longer; those of a patient without an order stay.
    """
    rows = network.rows(Reservation)
    if not rows:
        return True
    ordered = {(one.order.patient, one.order.product) for one in given}
    products, suites = network.by_key(Product), network.by_key(Suite)
    asked: dict[tuple[str, date], float] = defaultdict(float)
    touched = set()
    for one in given:
        if one.day is not None:
            days = later_days(network, one.order, one.day) or []
            for row, day in zip(held_cycles(network, one.order), days, strict=False):
                touched.add((row.suite, day))
                asked[row.suite, day] += products[row.product].chair_min
                asked[row.suite, day] += suites[row.suite].turnover_min
    for row in rows:
        if (row.patient, row.product) not in ordered:
            asked[row.suite, row.day] += products[row.product].chair_min
            asked[row.suite, row.day] += suites[row.suite].turnover_min
    return all(
        asked[suite, day] <= _chair_minutes(network, suite, day) * (1 + _SLACK)
        for suite, day in touched
    )


def _chair_minutes(network: Network, name: str, day: date) -> float:
    """Chair minutes of a suite on a day, those booked apart. [min]"""
    suite = network.by_key(Suite)[name]
    opens, closes = (
        datetime.combine(day, time.fromisoformat(clock)) for clock in (suite.open, suite.close)
    )
    booked = sum(
        row.minutes for row in network.rows(Booking) if (row.suite, row.day) == (name, day)
    )
    return max(0.0, suite.chairs * ((closes - opens) / timedelta(minutes=1)) - booked)
