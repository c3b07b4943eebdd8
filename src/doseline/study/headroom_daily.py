"""For each day and product: what each resource could take, how many fit, and what stops the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.options import LINK_OF_REFUSAL, REFUSALS
from doseline.model.treatment import ROLES
from doseline.plan.limits.beds import BED
from doseline.plan.limits.conveyances import CONVEYANCE
from doseline.plan.limits.fleet import FLEET
from doseline.plan.limits.rows import CHAIR, POSSESSION
from doseline.plan.limits.staffing import STAFF_HOURS
from doseline.plan.limits.waste import WASTE
from doseline.study.headroom_count import Asked, fills, most
from doseline.study.headroom_names import SITE_RESOURCES, STOPS, UNCOUNTED
from doseline.study.headroom_room import MANY, all_left

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.model.supply import Product
    from doseline.routes.permits import Permits
    from doseline.study.headroom_ordering import Ordering
    from doseline.study.headroom_room import Bools, Floats, Ints, Left, Room

RELEASE = "release"
_STOP_OF_REFUSAL = {
    "training_expired_at_site": "training",
    "product_not_licensed_at_site": "licence",
    "possession_limit_too_small": POSSESSION,
    "no_isolation_bed": BED,
    "no_common_hours": STAFF_HOURS,
}
_STOP_OF_LINK = {"not_offered": "not_offered"}

DAY_SCHEMA: dict[str, Any] = {
    "day": pl.Date,
    "product": pl.String,
    **dict.fromkeys((*SITE_RESOURCES, "supply", "acceptable"), pl.Int64),
    "stops": pl.String,
    "ties": pl.String,
    "detail": pl.String,
    "order_by": pl.Date,
}
"""One row a day and product; capacities in doses, null where nothing of the kind is limited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the counting of days looks at."""

    network: Network
    options: Options
    room: Room
    ordering: Ordering
    permits: Permits
    listed_from: Floats
    """Day, counted from the first, from which the site may use each product. [d]"""
    start: date
    products: tuple[Product, ...]

    def number(self, product: Product) -> int:
        """Row number of a product in its table."""
        return self.products.index(product)

    def real(self, product: Product, day: date) -> Ints:
        """Options by which a dose that is ordered on the first morning can be infused on a day."""
        if not self.is_listed(product, day) or not self.ordering.is_open(product, day):
            return np.zeros(0, dtype=np.int64)
        made = self.made(product, day)
        chosen: Ints = made[self.room.start_ms[made] >= self.ordering.morning_ms]
        return chosen

    def is_listed(self, product: Product, day: date) -> bool:
        """Whether the site may use and charge a product on a day."""
        return (day - self.start).days >= float(self.listed_from[self.number(product)])

    def made(self, product: Product, day: date) -> Ints:
        """The same for doses ordered in time, in batches that may have begun."""
        return self.room.of(self.number(product), day, bare=False)

    def bare(self, product: Product, day: date) -> Ints:
        """Options of a day whatever the supply."""
        return self.room.of(self.number(product), day, bare=True)

    def limits(self, *resources: str) -> Bools:
        """Limits of some resources."""
        found: Bools = np.zeros(self.room.resource.size, dtype=np.bool_)
        for name in resources:
            found |= self.room.resource == name
        return found

    @property
    def every(self) -> Asked:
        """Everything counts."""
        return Asked(limits=np.ones(self.room.resource.size, dtype=np.bool_))


def day_frame(
    desk: Desk, left: Left, *, days: Sequence[date], products: Sequence[Product]
) -> pl.DataFrame:
    """Columns of ``DAY_SCHEMA``: each day as if nothing more were accepted on any other."""
    rows = [day_row(desk, left, day, product) for day in days for product in products]
    return pl.DataFrame(rows, schema=DAY_SCHEMA)


def day_row(desk: Desk, left: Left, day: date, product: Product) -> dict[str, Any]:
    """One row of the days."""
    row: dict[str, Any] = dict.fromkeys(DAY_SCHEMA)
    order_by = desk.ordering.last_day(product, day)
    row |= {"day": day, "product": product.product, "acceptable": 0, "order_by": order_by}
    bare = desk.bare(product, day)
    shut = _shut(desk, product, day, bare)
    row |= _capacities(desk, left, bare)
    real = desk.real(product, day)
    row["supply"] = _supply(desk, left, real)
    if shut:
        stop, detail = shut
        return row | {"stops": stop, "ties": stop, "detail": detail}
    row[POSSESSION] = _possession(desk, left, real)
    row["acceptable"], _ = most(desk.room, left, real, desk.every, at_most=MANY)
    return row | _stops(desk, left, row, product, real)


def _shut(desk: Desk, product: Product, day: date, bare: Ints) -> tuple[str, str] | None:
    """Why nobody can be treated on a day whatever there is, and a detail."""
    number, since = desk.number(product), (day - desk.start).days
    if not bare.size:
        # Ordinal 1 is a Monday.
        weekdays = set(((desk.room.day - 1) % 7).tolist())
        return "closed", "holiday" if day.weekday() in weekdays else ""
    if not desk.permits.licensed[number, 0, since]:
        return "licence", ""
    if not desk.permits.trained[number, 0, since]:
        return "training", ""
    return None if desk.is_listed(product, day) else ("not_offered", "")


def _capacities(desk: Desk, left: Left, bare: Ints) -> dict[str, int | None]:
    """Doses that each resource of the site could take by itself, supply and possession apart."""
    found: dict[str, int | None] = {}
    for resource in (CHAIR, *ROLES, WASTE, RELEASE):
        limits = desk.limits(BED if resource == RELEASE else resource)
        found[resource] = _fills(desk.room, left, bare, limits)
    # Of the beds themselves, empty ones; who may not leave yet counts under release.
    found[BED] = _fills(desk.room, all_left(desk.room), bare, desk.limits(BED))
    return found


def _fills(room: Room, left: Left, bare: Ints, limits: Bools) -> int | None:
    """Doses that a resource can take, None if they need nothing of it."""
    if bare.size and not any(limits[room.uses_of(one)[0]].any() for one in bare.tolist()):
        return None
    return fills(room, left, bare, limits)


def _possession(desk: Desk, left: Left, real: Ints) -> int | None:
    """Doses that may lie there, as they would arrive; None if nothing limits them."""
    limits = desk.limits(POSSESSION)
    if not any(limits[desk.room.uses_of(one)[0]].any() for one in real.tolist()):
        return None
    asked = Asked(limits=limits, batches=False, isotope=False)
    return most(desk.room, left, real, asked, at_most=MANY)[0]


def _supply(desk: Desk, left: Left, real: Ints, *, isotope: bool = True, fleet: bool = True) -> int:
    """Doses that can be made and brought."""
    asked = Asked(limits=desk.limits(*([FLEET] if fleet else [])), isotope=isotope)
    return most(desk.room, left, real, asked, at_most=MANY)[0]


def _stops(
    desk: Desk, left: Left, row: Mapping[str, Any], product: Product, real: Ints
) -> dict[str, str]:
    """What stops the dose after the last that fits: the first of those that tie, and all."""
    fit = row["acceptable"]
    ties = [name for name in SITE_RESOURCES if row[name] is not None and row[name] <= fit]
    if RELEASE in ties and BED in ties:
        ties.remove(RELEASE)
    detail = ""
    if row["supply"] <= fit:
        stop, detail = _supply_stop(desk, left, row, product, real)
        ties = sorted({*ties, stop}, key=STOPS.index)
    if not ties:
        ties = _single(desk, left, real, fit) or ["together"]
    return {"stops": ties[0], "ties": " ".join(ties), "detail": detail}


def _single(desk: Desk, left: Left, real: Ints, fit: int) -> list[str]:
    """Resources without any one of which one more dose would fit."""
    found = []
    for resource in (*SITE_RESOURCES, *UNCOUNTED, FLEET, CONVEYANCE):
        limits = desk.limits(resource)
        if limits.any():
            more, _ = most(desk.room, left, real, Asked(limits=~limits), at_most=fit + 1)
            found += [resource] if more > fit else []
    for name, batches, isotope in (("batch", False, True), ("isotope", True, False)):
        asked = Asked(limits=desk.every.limits, batches=batches, isotope=isotope)
        more, _ = most(desk.room, left, real, asked, at_most=fit + 1)
        found += [name] if more > fit else []
    return found


def _supply_stop(
    desk: Desk, left: Left, row: Mapping[str, Any], product: Product, real: Ints
) -> tuple[str, str]:
    """Why no more can be brought, and a detail."""
    if real.size:
        if _supply(desk, left, real, fleet=False) > row["supply"]:
            return FLEET, ""
        without = _supply(desk, left, real, isotope=False)
        return ("isotope" if without > row["supply"] else "batch"), ""
    if desk.made(product, row["day"]).size:
        return "ordering", ""
    refusal = _furthest_refusal(desk, product, row["day"])
    if not refusal:
        return "delivery", "no_batch"
    stop = _STOP_OF_LINK.get(LINK_OF_REFUSAL[refusal], "delivery")
    return _STOP_OF_REFUSAL.get(refusal, stop), refusal


def _furthest_refusal(desk: Desk, product: Product, day: date) -> str:
    """The reason of the option that came furthest in the order of checks; empty without any."""
    slots = desk.options.slots.filter(day=day).select("slot")
    rows = desk.options.rows.filter(product=desk.number(product)).join(slots, on="slot", how="semi")
    code = rows["refusal"].max()
    return REFUSALS[int(str(code))] if code is not None else ""
