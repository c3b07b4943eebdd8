"""What licences allow a site to hold and to use: possession, daily use, annual use."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from tests.plan.check.bounds import ONE, ZERO, Bounds, exact, percent, total
from tests.plan.check.case import passes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from tests.plan.check.case import Case, Fault, Row


class Part(NamedTuple):
    """One nuclide of a vial: what is given, and what stays afterwards."""

    arrives: datetime
    infused: datetime
    gbq: Bounds
    """At administration."""
    stays: Bounds
    """Share that is not given to the patient. [unitless]"""


def holding_faults(case: Case) -> Iterator[Fault]:
    """Licences of which a plan asks too much."""
    for licence in case.table("licences"):
        if licence["operation"] == "treat":
            yield from _possession(case, licence)
            yield from _use(case, licence)


def _possession(case: Case, licence: Row) -> Iterator[Fault]:
    """At no instant more than the licence allows: stock, waste, vials that wait and are left.

    What is held only falls between arrivals, so that the instants of arrival are enough. What a
    site holds without a dose of this plan is no fault of the plan.
    """
    site, nuclide = licence["holder"], licence["nuclide"]
    mine = list(_planned(case, site, nuclide))
    if licence["possession_gbq"] is None or not mine:
        return
    others = list(_under_way(case, site, nuclide))
    first = min(part.arrives for part in mine)
    for now in sorted({part.arrives for part in (*mine, *others)}):
        if now >= first:
            held = total(_held(case, nuclide, part, now) for part in (*mine, *others))
            held += _opening(case, site, nuclide, now)
            limit = exact(licence["possession_gbq"])
            yield from passes(f"{site} holds {nuclide} at {now}, GBq", held, limit)


def _parts(case: Case, name: str, nuclide: str, gbq: Bounds) -> Iterator[tuple[Bounds, Bounds]]:
    product = case.products[name]
    stays = percent(product["residual_percent"])
    if product["nuclide"] == nuclide:
        yield gbq, stays
    if product["impurity"] == nuclide:
        yield gbq * percent(product["impurity_percent"]), stays


def _planned(case: Case, site: str, nuclide: str) -> Iterator[Part]:
    for flow in case.served:
        if flow["site"] == site:
            for gbq, stays in _parts(case, flow["product"], nuclide, case.given(flow)):
                yield Part(flow["arrive"], flow["infuse"], gbq, stays)


def _under_way(case: Case, site: str, nuclide: str) -> Iterator[Part]:
    for dose in case.table("in_flight"):
        if dose["site"] == site:
            given = exact(dose["activity_gbq"])
            for gbq, stays in _parts(case, dose["product"], nuclide, given):
                yield Part(dose["arrives"], dose["infuse"], gbq, stays)


def _held(case: Case, nuclide: str, part: Part, now: datetime) -> Bounds:
    if now < part.arrives:
        return ZERO
    share = ONE if now <= part.infused else part.stays
    return part.gbq * share * case.left(nuclide, part.infused, now)


def _opening(case: Case, site: str, nuclide: str, now: datetime) -> Bounds:
    rows = [(row["place"], row) for row in case.table("stock")]
    rows += [(row["site"], row) for row in case.table("waste")]
    return total(
        exact(row["activity_gbq"]) * case.left(nuclide, row["at"], now)
        for place, row in rows
        if (place, row["nuclide"]) == (site, nuclide)
    )


def _use(case: Case, licence: Row) -> Iterator[Fault]:
    """Activity at administration: of a day, as the rulebook weights it, and of the year, as it is."""
    site, nuclide = licence["holder"], licence["nuclide"]
    weighted: dict[date, Bounds] = defaultdict(lambda: ZERO)
    by_day: dict[date, Bounds] = defaultdict(lambda: ZERO)
    for flow in case.served:
        held = licence["valid_from"] <= case.day(flow) <= licence["valid_until"]
        if held and (flow["site"], case.nuclide(flow)) == (site, nuclide):
            by_day[case.day(flow)] += case.given(flow)
            weighted[case.day(flow)] += case.given(flow) * case.use_factor(flow)
    daily, annual = licence["daily_gbq"], licence["annual_gbq"]
    if daily is not None:
        for day, used in weighted.items():
            yield from passes(f"{site} uses {nuclide} on {day}, GBq", used, exact(daily))
    if annual is not None and by_day:
        year = total([exact(licence["annual_used_gbq"]), *by_day.values()])
        yield from passes(f"{site} uses {nuclide} in the year, GBq", year, exact(annual))
