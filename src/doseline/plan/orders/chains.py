"""Courses as chains: the interval to the dose before, and later cycles that are held already.

When an order is infused on a day, the later cycles of its course follow. A cycle keeps the day that
is held for it if its suite treats on it and the interval to the cycle before is one that the
product allows; else it moves to the first day on which its suite treats that is at least the label
interval after the cycle before. If that day lies beyond the longest interval, the order cannot be
infused on its day. The cycles of an order that is left are not held.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.flows import RESERVATION_SCHEMA, Note
from doseline.model.opening import Reservation
from doseline.model.supply import Product
from doseline.model.treatment import Site, Suite
from doseline.plan.orders.ladder import infusion_days
from doseline.routes.workdays import workdays

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from doseline.model.network import Network
    from doseline.routes.workdays import Workdays

INTERVAL_MISSED = "interval_missed"
"""Reason: the interval to the dose before or to later ones is too short or too long."""
_WEEK = 7
_LONGEST_CLOSURE = 366
"""Days looked at for a day on which a suite treats. [d]"""


def keeps_interval(product: Product, before: date, day: date) -> bool:
    """Whether a dose may follow on a day: shortest and longest interval are both kept.

    Args:
        product: With its intervals; no shortest is the label's, no longest is none.
        before: Day of the dose before.
        day: Day of the dose.
    """
    waited, most = (day - before).days, product.interval_max_days
    least = product.interval_min_days or product.interval_days
    return least <= waited and (most is None or waited <= most)


@dataclass(frozen=True, slots=True)
class Held:
    """A later cycle of a course: its suite, and the day that is held for it."""

    suite: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """The later cycles that are held, and the days on which suites treat."""

    held: Mapping[tuple[str, str], tuple[Reservation, ...]]
    """By patient and product, in the order of their cycles."""
    suites: Mapping[str, Suite]
    calendars: Mapping[str, str | None]
    """Calendar of each suite's site."""
    workdays: Workdays

    def of(self, patient: str, product: str) -> tuple[Held, ...]:
        """Later cycles of a course; none without reservations."""
        rows = self.held.get((patient, product), ())
        return tuple(Held(row.suite, row.day) for row in rows)

    def moved(
        self, chain: tuple[Held, ...], product: Product, day: date
    ) -> tuple[Held, ...] | None:
        """The cycles when the order is infused on a day; None if an interval is too long."""
        found: list[Held] = []
        before = day
        for one in chain:
            new = self._next(one, product, before)
            if new is None:
                return None
            found.append(Held(one.suite, new))
            before = new
        return tuple(found)

    def _next(self, one: Held, product: Product, before: date) -> date | None:
        """Day of a cycle by that of the cycle before."""
        if keeps_interval(product, before, one.day) and self._treats(one.suite, one.day, one.day):
            return one.day
        first = before + timedelta(days=product.interval_days)
        most = product.interval_max_days
        reach = _LONGEST_CLOSURE if most is None else most - product.interval_days
        open_days = self._treats(one.suite, first, first + timedelta(days=min(_WEEK, reach)))
        open_days = open_days or self._treats(one.suite, first, first + timedelta(days=reach))
        return open_days[0] if open_days else None

    def _treats(self, suite: str, first: date, last: date) -> tuple[date, ...]:
        """Days of a period on which a suite treats."""
        weekdays = self.suites[suite].weekdays
        return self.workdays.days(self.calendars[suite], weekdays, first, last)


def chains_of(network: Network) -> Chains:
    """The reservations of a network."""
    held: dict[tuple[str, str], list[Reservation]] = {}
    for row in sorted(network.rows(Reservation), key=lambda one: one.cycle):
        held.setdefault((row.patient, row.product), []).append(row)
    suites, sites = network.by_key(Suite), network.by_key(Site)
    return Chains(
        held={key: tuple(rows) for key, rows in held.items()},
        suites=suites,
        calendars={name: sites[suite.site].calendar for name, suite in suites.items()},
        workdays=workdays(network),
    )


def leaders(orders: pl.DataFrame) -> dict[tuple[str, str], str]:
    """The order of each patient and product that the later cycles follow: the first, if several."""
    first = orders.sort("earliest", "order").unique(
        ["patient", "product"], keep="first", maintain_order=True
    )
    rows = first.select("patient", "product", "order").iter_rows()
    return {(patient, product): order for patient, product, order in rows}


def reservation_frame(network: Network, orders: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    """The later cycles of the orders' patients, each with the day held and the day it has now.

    Args:
        network: Reservations, suites, calendars.
        orders: The orders.
        flows: The plan's flows.

    Returns:
        Columns of ``RESERVATION_SCHEMA``; ``day`` is null where the order is left.
    """
    rows = []
    if not network.frame("reservations").is_empty():
        chains, days, products = (
            chains_of(network),
            infusion_days(network, flows),
            network.by_key(Product),
        )
        for (patient, name), order in sorted(leaders(orders).items()):
            held = chains.held.get((patient, name), ())
            day = days.get(order)
            chain = chains.of(patient, name)
            moved = chains.moved(chain, products[name], day) if day is not None else None
            for at, row in enumerate(held):
                now = moved[at].day if moved else None
                rows.append((patient, name, row.cycle, row.site, row.suite, row.day, now))
    return pl.DataFrame(rows, schema=RESERVATION_SCHEMA, orient="row")


def reservation_notes(reservations: pl.DataFrame) -> tuple[Note, ...]:
    """That later cycles may move, for the notes of a plan; nothing without reservations."""
    return () if reservations.is_empty() else (Note(key="reservations"),)
