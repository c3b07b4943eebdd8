"""What a site has promised already: doses on their way, its orders, and courses under way.

Each is placed on the earliest day on which it fits, in this order. An order that no day of its
window can take stays without a day; it takes nothing from others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from doseline.model.demand import Order
from doseline.model.opening import Course, InFlight
from doseline.model.supply import Product
from doseline.simulate.pathway import continuation
from doseline.study.headroom_count import SLACK, Asked, most

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from doseline.model.network import Network
    from doseline.study.headroom_room import Ints, Left, Room

SAME_DOSE_DAYS = 7
"""A continuing order stands for the reserved dose due nearest to its window, if within this."""

TAKEN_SCHEMA = {
    "what": pl.String,
    "name": pl.String,
    "product": pl.String,
    "earliest": pl.Date,
    "latest": pl.Date,
    "day": pl.Date,
}
"""what: in_flight, order or reserved; day: null where no day of the window can take it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A dose that is promised for some day of a window."""

    what: str
    name: str
    product: str
    earliest: date
    latest: date


def take_promised(
    network: Network, room: Room, left: Left, *, window: tuple[date, date], reservations: bool
) -> pl.DataFrame:
    """Take what is promised from a room; who got which day, columns of ``TAKEN_SCHEMA``.

    Args:
        network: The network of the site.
        room: Its limits and supply.
        left: What is left of them; changed.
        window: First and last day.
        reservations: Whether doses of courses under way are kept free.
    """
    found: list[tuple[str, str, str, date, date, date | None]] = []
    for dose, infused in _in_flight(network, window):
        _take_bare(network, room, left, dose, infused)
        found.append(("in_flight", dose.dose, dose.product, infused, infused, infused))
    orders = list(_orders(network, window))
    wishes: list[Wish] = [*orders]
    if reservations:
        wishes += _without_ordered(due_doses(network, window), network, orders)
    products = network.frame("products")["product"].to_list()
    for wish in wishes:
        day = _placed(room, left, products.index(wish.product), wish, window)
        if day is not None or wish.latest <= window[1]:
            found.append((wish.what, wish.name, wish.product, wish.earliest, wish.latest, day))
    return pl.DataFrame(found, schema=TAKEN_SCHEMA, orient="row")


def _in_flight(network: Network, window: tuple[date, date]) -> Iterator[tuple[InFlight, date]]:
    """Doses on their way, each with the day of its infusion at the site."""
    zone = ZoneInfo(network.frame("sites")["zone"][0])
    for dose in network.rows(InFlight):
        day = dose.infuse.astimezone(zone).date()
        if window[0] <= day <= window[1]:
            yield dose, day


def _take_bare(network: Network, room: Room, left: Left, dose: InFlight, day: date) -> None:
    """Take what an infusion needs of the site; its possession is counted from the start.

    On a day on which no suite treats there is nothing to take.
    """
    products = network.frame("products")["product"].to_list()
    options = room.of(products.index(dose.product), day, bare=True)
    if options.size:
        left.take(room, _slot_at(room, left, options, round(dose.infuse.timestamp() * 1000)))


def _slot_at(room: Room, left: Left, options: Ints, instant_ms: int) -> int:
    """The slot that has begun last at an instant, in a suite with room if there is one."""
    begins = room.infuse_ms[options]
    begun = begins[begins <= instant_ms]
    if not begun.size:
        return int(options[0])
    last = options[begins == begun.max()].tolist()
    free = [one for one in last if _fits(room, left, one)]
    return int((free or last)[0])


def _fits(room: Room, left: Left, option: int) -> bool:
    limit, use = room.uses_of(option)
    return bool(np.all(left.limits[limit] + SLACK >= use))


def _orders(network: Network, window: tuple[date, date]) -> Iterator[Wish]:
    """Orders whose window meets ours, the most pressing first."""
    rows = sorted(network.rows(Order), key=lambda row: (row.latest, row.earliest, row.order))
    for row in rows:
        if row.latest >= window[0] and row.earliest <= window[1]:
            yield Wish(
                what="order",
                name=row.order,
                product=row.product,
                earliest=row.earliest,
                latest=row.latest,
            )


def _placed(
    room: Room, left: Left, product: int, wish: Wish, window: tuple[date, date]
) -> date | None:
    """The earliest day that takes a dose, taken from what is left; None if no day does."""
    asked = Asked(limits=np.ones(room.resource.size, dtype=np.bool_))
    day, last = max(wish.earliest, window[0]), min(wish.latest, window[1])
    while day <= last:
        made = room.of(product, day, bare=False)
        count, taken = most(room, left, made, asked, at_most=1)
        if count:
            left.take(room, int(made[np.flatnonzero(taken)[0]]))
            return day
        day += timedelta(days=1)
    return None


def due_doses(network: Network, window: tuple[date, date]) -> list[Wish]:
    """Doses of courses under way that fall due in a window, in whole patients.

    A course goes on at the label's interval while the shares of continuation last. By product and
    day the expected doses are added up and rounded, so that they sum to what is expected.
    """
    products = network.by_key(Product)
    goes_on = dict(zip(products, continuation(network).tolist(), strict=True))
    expected: dict[tuple[str, date], float] = {}
    for course in network.rows(Course):
        product = products[course.product]
        patients, day = float(course.patients), course.next_due
        for given in range(course.doses_given, product.cycles_max):
            if window[0] <= day <= window[1]:
                key = course.product, day
                expected[key] = expected.get(key, 0.0) + patients
            patients *= goes_on[course.product][given]
            day += timedelta(days=product.interval_days)
    return list(_whole(expected, window))


def _whole(expected: dict[tuple[str, date], float], window: tuple[date, date]) -> Iterator[Wish]:
    """Whole doses whose running sum is that of the expected ones, rounded half up."""
    total: dict[str, float] = {}
    for (product, day), doses in sorted(expected.items(), key=lambda one: (one[0][1], one[0][0])):
        before = total.get(product, 0.0)
        total[product] = before + doses
        for _ in range(_rounded(total[product]) - _rounded(before)):
            yield Wish(what="reserved", name="", product=product, earliest=day, latest=window[1])


def _rounded(doses: float) -> int:
    return int(np.floor(doses + 0.5 + 1e-9))


def _without_ordered(due: Iterable[Wish], network: Network, orders: Iterable[Wish]) -> list[Wish]:
    """Reserved doses less those that a continuing order stands for already."""
    kinds = dict(network.frame("orders").select("order", "kind").iter_rows())
    kept = list(due)
    for order in orders:
        near = [
            one
            for one in kept
            if one.product == order.product and _apart(one, order) <= SAME_DOSE_DAYS
        ]
        if kinds[order.name] == "continuing" and near:
            kept.remove(min(near, key=lambda one: (_apart(one, order), one.earliest)))
    return kept


def _apart(due: Wish, order: Wish) -> int:
    """Days from a due day to an order's window, 0 inside. [d]"""
    early, late = (order.earliest - due.earliest).days, (due.earliest - order.latest).days
    return max(early, late, 0)
