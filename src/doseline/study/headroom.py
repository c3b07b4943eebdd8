"""Headroom of a site: how many more doses fit on each of the next days, and what stops the next.

What counts as committed: chair time that is booked, doses on their way with their infusion, the
site's orders on the earliest day that takes each, doses of courses under way on or after their
due day, and all activity that it holds, decayed. Limits and supply are those of the weekly plan;
supply counts as if no other site took any of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

import polars as pl

from doseline.errors import BadInputError
from doseline.model.nearest import nearest
from doseline.model.supply import Product
from doseline.routes.permits import permits
from doseline.study.expected import listed_from
from doseline.study.headroom_daily import Desk, day_frame
from doseline.study.headroom_ordering import ordering_of
from doseline.study.headroom_plan import plan_frame, stop_frame
from doseline.study.headroom_room import all_left, room_of
from doseline.study.headroom_site import mondays, site_network, weeks_of
from doseline.study.headroom_taken import take_promised
from doseline.study.reference import reference_for
from doseline.study.stays import nights_by_product, stays, use_factors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.network import Network
    from doseline.study.headroom_room import Left
    from doseline.study.reference import Reference

DAYS = 28
"""Days that are looked at unless others are asked for. [d]"""
MOST_DAYS = 366
NAMED = 12
"""Names that an error lists at most."""


class UnknownNameError(BadInputError):
    """A site or product is asked for that the network does not have."""

    def __init__(self, table: str, name: str, known: Sequence[str]) -> None:
        self.table, self.name = table, name
        self.known = (*known[:NAMED], "…") if len(known) > NAMED else tuple(known)
        self.nearest = nearest(name, known)
        meant = f" Did you mean {self.nearest}?" if self.nearest else ""
        super().__init__(f"Table {table} has no '{name}'. It has: {', '.join(self.known)}.{meant}")


class WindowError(BadInputError):
    """A window of days that cannot be looked at."""

    def __init__(self, days: int) -> None:
        self.days, self.most = days, MOST_DAYS
        super().__init__(f"{days} days cannot be looked at. Ask for 0 to {MOST_DAYS}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """What one site can take beyond what it has promised.

    ``days``: columns of ``headroom_daily.DAY_SCHEMA``, and committed, reserved - each day as if
    nothing more were accepted on any other.
    ``cumulative``: columns of ``headroom_plan.PLAN_SCHEMA`` - earliest first, all days together.
    ``stops``: columns of ``headroom_plan.STOP_SCHEMA``.
    ``promised``: columns of ``headroom_taken.TAKEN_SCHEMA``.
    """

    site: str
    start: date
    length: int
    """Days that are looked at. [d]"""
    days: pl.DataFrame
    cumulative: pl.DataFrame
    stops: pl.DataFrame
    promised: pl.DataFrame

    @property
    def earliest(self) -> dict[str, date | None]:
        """First day on which one more dose of each product is possible, if any."""
        free = self.days.filter(pl.col("acceptable") > 0)
        first = dict(free.group_by("product").agg(pl.col("day").min()).iter_rows())
        return {name: first.get(name) for name in self.days["product"].unique(maintain_order=True)}

    def _repr_html_(self) -> str:
        """Title and days, for notebooks."""
        title = f"Headroom of {self.site}, {self.length} days from {self.start}"
        shown = self.days.select("day", "product", "acceptable", "stops", "committed", "reserved")
        return f"<h4>{escape(title)}</h4>{shown._repr_html_()}"


def headroom(
    network: Network,
    site: str,
    *,
    product: str | None = None,
    start: date | None = None,
    days: int = DAYS,
    reservations: bool = True,
    reference: Reference | None = None,
) -> Headroom:
    """What a site can take on each of the next days, and what stops the next dose.

    Args:
        network: A checked network.
        site: Short name of the site.
        product: Only this product; None: those that the site may treat with or has promised.
        start: The morning on which it is asked, at the site; None: the planned week's Monday.
        days: Days to look at, the first included.
        reservations: Whether doses of courses under way are kept free.
        reference: Nuclides and rulebook, for who asks about many sites; None: they are read.

    Raises:
        UnknownNameError: If there is no such site or product.
        WindowError: If there are fewer than no days or more than a year of them.
    """
    _known(network, "sites", site)
    if product is not None:
        _known(network, "products", product)
    if not 0 <= days <= MOST_DAYS:
        raise WindowError(days)
    own, start = site_network(network, site), start or network.settings.plan_week
    known = reference or reference_for(network)
    desk = _desk(own, known, start=start, days=days)
    left = all_left(desk.room)
    window = start, start + timedelta(days=days - 1)
    promised = take_promised(own, desk.room, left, window=window, reservations=reservations)
    shown = [one for one in desk.products if _is_shown(desk, one, product, promised)]
    every = [start + timedelta(days=nth) for nth in range(days)]
    return _counted(desk, left, days=every, products=shown or desk.products, promised=promised)


def _counted(
    desk: Desk,
    left: Left,
    *,
    days: Sequence[date],
    products: Sequence[Product],
    promised: pl.DataFrame,
) -> Headroom:
    """All frames of the answer."""
    found = day_frame(desk, left, days=days, products=products)
    plan = plan_frame(desk, left, days=days, products=products)
    return Headroom(
        site=desk.network.frame("sites")["site"][0],
        start=desk.start,
        length=len(days),
        days=_with_promised(found, promised),
        cumulative=plan,
        stops=stop_frame(desk, left, found, plan, days=days, products=products),
        promised=promised,
    )


def _known(network: Network, table: str, name: str) -> None:
    known = network.frame(table)[table.removesuffix("s")].to_list()
    if name not in known:
        raise UnknownNameError(table, name, known)


def _desk(own: Network, reference: Reference, *, start: date, days: int) -> Desk:
    """Options, limits and licences of a site over a window."""
    nights = nights_by_product(stays(own, reference))
    weeks = mondays(own, start=start, days=days)
    window = start, start + timedelta(days=days - 1)
    found = weeks_of(
        own,
        weeks=weeks,
        window=window,
        nuclides=reference.nuclides,
        nights=nights,
        use_factors=use_factors(own, reference),
    )
    zone = own.frame("sites")["zone"][0]
    return Desk(
        network=own,
        options=found.options,
        room=room_of(own, found, mondays=weeks, nuclides=reference.nuclides),
        ordering=ordering_of(own, start=start, zone=zone),
        permits=permits(own, week=start, days=max(days, 1)),
        listed_from=listed_from(own, start)[0],
        start=start,
        products=own.rows(Product),
    )


def _is_shown(desk: Desk, product: Product, asked: str | None, promised: pl.DataFrame) -> bool:
    """Whether a product is asked for, or the site may treat with it or has promised it."""
    if asked is not None:
        return product.product == asked
    licensed = bool(desk.permits.licensed[desk.number(product), 0].any())
    return licensed or product.product in promised["product"].to_list()


def _with_promised(found: pl.DataFrame, promised: pl.DataFrame) -> pl.DataFrame:
    """The days with doses that are promised and kept for courses."""
    is_reserved = pl.col("what") == "reserved"
    counts = (
        promised.drop_nulls("day")
        .group_by("day", "product")
        .agg(committed=(~is_reserved).sum(), reserved=is_reserved.sum())
    )
    joined = found.join(counts, on=["day", "product"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("committed", "reserved").fill_null(0).cast(pl.Int64))
