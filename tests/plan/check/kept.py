"""What orders were promised: cut-offs, days, fees, quotas and the cycles that come later."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tests.plan.check.case import broken
from tests.plan.oracle_time import (
    Given,
    fee,
    held_cycles,
    later_cycles_fit,
    later_days,
    may_be_given,
    quotas_hold,
)

from doseline.model.demand import Order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plan.check.case import Case, Fault

_RELATIVE = 1e-9


def given_of(case: Case) -> list[Given]:
    """Each order with the day of its infusion, if it has one."""
    days = {flow["order"]: case.day(flow) for flow in case.served}
    known = [name for name in case.orders.columns if name in Order.__slots__]
    orders = [Order(**row) for row in case.orders.select(known).iter_rows(named=True)]
    return [Given(order, days.get(order.order)) for order in orders]


def promise_faults(case: Case) -> Iterator[Fault]:
    """Doses on days that their orders do not allow, quotas passed, fees that are not right."""
    given = given_of(case)
    for one in given:
        if one.day is not None and not may_be_given(case.network, one.order, one.day):
            yield broken(f"{one.order.order} may not be infused on {one.day}")
    if not quotas_hold(case.network, given):
        yield broken("a quota is passed")
    if not later_cycles_fit(case.network, given):
        yield broken("later cycles have no chair")
    yield from _fees(case, given)
    yield from _reservations(case, given)


def _fees(case: Case, given: list[Given]) -> Iterator[Fault]:
    told = dict(case.plan.fees.select("order", "amount").iter_rows())
    for one in given:
        owed = fee(case.network, one)
        if not math.isclose(told.get(one.order.order, 0.0), owed, rel_tol=_RELATIVE):
            yield broken(f"{one.order.order} pays {told.get(one.order.order)}, not {owed}")


def _reservations(case: Case, given: list[Given]) -> Iterator[Fault]:
    """Later cycles stand where the dose of this week puts them; without it their day is open."""
    told = {
        (row["patient"], row["product"], row["cycle"]): (row["day_before"], row["day"])
        for row in case.plan.reservations.iter_rows(named=True)
    }
    for one in given:
        held = held_cycles(case.network, one.order)
        days = later_days(case.network, one.order, one.day) if one.day else [None] * len(held)
        for row, day in zip(held, days or (), strict=True):
            shown = told.get((row.patient, row.product, row.cycle))
            if shown != (row.day, day):
                yield broken(f"cycle {row.cycle} of {row.patient} moves to {shown}, not {day}")
