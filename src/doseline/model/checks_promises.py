"""What orders bring with them: intervals, promises, reservations of later cycles, and quotas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from doseline.model.checks_base import at, listed
from doseline.model.columns import WEEKDAY_NAMES, weekday_numbers
from doseline.model.demand import Order
from doseline.model.findings import ERROR, NOTE, WARNING, Finding
from doseline.model.network import Network
from doseline.model.opening import Reservation
from doseline.model.ordering import Quota
from doseline.model.supply import Product
from doseline.model.treatment import Suite

_WARNED = ("reserved_closed", "reserved_too_near")
"""What may be odd about a reservation, and does no harm."""


def check_intervals(network: Network) -> Iterator[Finding]:
    """Products whose label interval lies outside of those that may be planned."""
    for index, product in enumerate(network.rows(Product)):
        low, high = product.interval_min_days, product.interval_max_days
        label = product.interval_days
        if (low or label) > label or (high or label) < label:
            yield at(
                "products",
                index,
                "interval_min_days" if (low or label) > label else "interval_max_days",
                code="interval_outside",
                severity=ERROR,
                found=f"{low or label} … {high or '∞'} d",
                allowed=f"≤ {label} d ≤",
            )


def check_promises(network: Network) -> Iterator[Finding]:
    """Orders that their interval leaves no day, and promises that cannot be kept or cost nothing."""
    products, settings = network.by_key(Product), network.settings
    ladders = set(network.frame("commitments")["product"])
    as_of = settings.plan_as_of or settings.plan_week
    for index, order in enumerate(network.rows(Order)):
        if order.last_infusion is not None:
            yield from _interval(index, order, products[order.product], order.last_infusion)
        if order.promised is not None:
            yield from _promise(index, order, order.promised, as_of, ladders)


def _interval(index: int, order: Order, product: Product, last: date) -> Iterator[Finding]:
    """What the dose before says of an order."""
    least = product.interval_min_days or product.interval_days
    first, until = last + timedelta(days=least), order.latest
    if product.interval_max_days is not None:
        until = min(until, last + timedelta(days=product.interval_max_days))
    if order.kind == "new":
        yield at(
            "orders",
            index,
            "last_infusion",
            code="new_with_dose_before",
            severity=WARNING,
            found=last,
        )
    if max(first, order.earliest) > until:
        yield at(
            "orders",
            index,
            "last_infusion",
            code="interval_leaves_no_day",
            severity=WARNING,
            found=last,
            days=least,
            window=f"{order.earliest} … {order.latest}",
        )


def _promise(
    index: int, order: Order, promised: date, as_of: date, ladders: set[str]
) -> Iterator[Finding]:
    """What is odd about a promise."""
    if not order.earliest <= promised <= order.latest:
        yield at(
            "orders",
            index,
            "promised",
            code="promise_outside_window",
            severity=WARNING,
            found=promised,
            allowed=f"{order.earliest} … {order.latest}",
        )
    if promised < as_of:
        yield at(
            "orders",
            index,
            "promised",
            code="promise_past",
            severity=WARNING,
            found=promised,
            allowed=f"≥ {as_of}",
        )
    if order.product not in ladders:
        yield at(
            "orders",
            index,
            "promised",
            code="promise_without_ladder",
            severity=NOTE,
            found=promised,
            product=order.product,
        )


def check_quotas(network: Network) -> Iterator[Finding]:
    """Quotas that name two kinds of place, or a part of the country that no region is in."""
    parts = network.frame("regions")["part_of"].unique(maintain_order=True).to_list()
    for index, quota in enumerate(network.rows(Quota)):
        if quota.site is not None and quota.part_of:
            yield at(
                "quotas",
                index,
                "part_of",
                code="quota_two_places",
                severity=ERROR,
                found=quota.part_of,
                site=quota.site,
            )
        if quota.part_of and quota.part_of not in parts:
            yield at(
                "quotas",
                index,
                "part_of",
                code="quota_unknown_part",
                severity=ERROR,
                found=quota.part_of,
                allowed=listed(part for part in parts if part),
            )


def check_reservations(network: Network) -> Iterator[Finding]:
    """Reservations of the planned week, of no cycle, elsewhere, on closed days, or too near."""
    products, suites = network.by_key(Product), network.by_key(Suite)
    sunday = network.settings.plan_week + timedelta(days=6)
    calendars = dict(network.frame("sites").select("site", "calendar").iter_rows())
    runs_as = {(row[0], row[1]): row[2] for row in _days_named(network)}
    rows = network.rows(Reservation)
    for index, row in enumerate(rows):
        suite = suites[row.suite]
        if suite.site != row.site:
            yield _odd(index, "suite", row.suite, row.site, code="reserved_elsewhere")
        if row.day <= sunday:
            yield _odd(index, "day", row.day, f"> {sunday}", code="reserved_in_week")
        if row.cycle > products[row.product].cycles_max:
            most = f"≤ {products[row.product].cycles_max}"
            yield _odd(index, "cycle", row.cycle, most, code="reserved_beyond_course")
        named = (calendars[row.site], row.day)
        words = runs_as.get(named, WEEKDAY_NAMES[row.day.weekday()])
        if not words or weekday_numbers(words)[0] not in weekday_numbers(suite.weekdays):
            yield _odd(index, "day", row.day, suite.weekdays, code="reserved_closed")
    yield from _too_near(rows, products)


def _days_named(network: Network) -> Iterator[tuple[str, date, str]]:
    """Calendar, day and weekday that it runs as, empty if closed, of each day that is named."""
    frame = network.frame("holidays").select("calendar", "day", "runs_as")
    for calendar, day, words in frame.iter_rows():
        yield calendar, day, words or ""


def _too_near(rows: tuple[Reservation, ...], products: dict[str, Product]) -> Iterator[Finding]:
    """Reservations that come sooner after the one before than the product allows."""
    places = sorted(
        range(len(rows)), key=lambda at: (rows[at].patient, rows[at].product, rows[at].cycle)
    )
    for one, other in pairwise(places):
        before, after = rows[one], rows[other]
        if (before.patient, before.product) != (after.patient, after.product):
            continue
        product = products[after.product]
        least = (product.interval_min_days or product.interval_days) * (after.cycle - before.cycle)
        if (after.day - before.day).days < least:
            allowed = f"≥ {before.day + timedelta(days=least)}"
            yield _odd(other, "day", after.day, allowed, code="reserved_too_near")


def _odd(index: int, column: str, found: object, allowed: str, *, code: str) -> Finding:
    """A finding on a reservation."""
    severity = WARNING if code in _WARNED else ERROR
    return at(
        "reservations", index, column, code=code, severity=severity, found=found, allowed=allowed
    )
