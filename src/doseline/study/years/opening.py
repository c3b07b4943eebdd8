"""The network as it will be, and from which day each part of it is there.

A place whose first licence starts after the first simulated day takes part in the typical week, and
opens on that licence's first day. So do sites that list a product after the end of
``doseline run``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.supply import Product
from doseline.model.treatment import Site
from doseline.routes.options import build_options
from doseline.study.expected import listed_from
from doseline.study.participation import participate
from doseline.study.stays import nights_by_product, use_factors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.pathway import Floats
    from doseline.study.kinds import WeekKind
    from doseline.study.participation import Participation
    from doseline.study.prepare import Prepared

_EARLY = timedelta(weeks=8)
"""How long before the planned and the typical week a place that opens later is taken to be open, so
that every delivery that they may draw from is there (modelling choice)."""

_KEY = ["holder", "operation", "nuclide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typical:
    """What serves a typical week once everything is open."""

    network: Network
    """The network with the places that open, and the trainees who are ready, by the horizon."""
    options: Options
    participation: Participation
    opens: Mapping[tuple[str, str, str], float]
    """First day of holder, operation and nuclide, where it lies after the start. [d]"""


def typical_of(prepared: Prepared, days: Calendar) -> Typical:
    """The typical week of a network over a calendar.

    Args:
        prepared: The network.
        days: Warm-up, cohort and follow-up.
    """
    kind = _usual(prepared)
    network = _licensed(prepared.network, days, kind.options.week)
    late = _lists_later(prepared, days)
    changed = network is not prepared.network
    who = _participation(prepared, network, days) if changed or late else prepared.participation
    options = _options(prepared, network, who, kind) if changed or late else kind.options
    return Typical(
        network=trained(network, options, days.date_of(days.horizon_day)),
        options=options,
        participation=who,
        opens=_opens(prepared.network, days),
    )


def trained(network: Network, options: Options, until: date) -> Network:
    """The network in which those count who are ready by a day, and nobody else.

    Args:
        network: The network.
        options: Options of the week in which they count.
        until: That day.
    """
    ready = network.frame("training").filter(pl.col("ready") <= until)
    early = options.week - timedelta(days=1)
    return network.replace(training=ready.with_columns(ready=pl.lit(early, dtype=pl.Date)))


def site_opens(typical: Typical) -> Floats:
    """First day of each site and product by its licence, shape (site, product). [d]"""
    products = typical.network.rows(Product)
    return np.array(
        [
            [typical.opens.get((site.site, "treat", one.nuclide), -np.inf) for one in products]
            for site in typical.network.rows(Site)
        ]
    )


def _usual(prepared: Prepared) -> WeekKind:
    """The kind of week that the network has most often; the planned week's among equals."""
    most = int(np.bincount(prepared.weeks.kind_of).argmax())
    return prepared.weeks.kinds[most]


def _firsts(network: Network) -> pl.DataFrame:
    """holder, operation, nuclide, first: first day of each permission."""
    licences = network.frame("licences")
    return licences.group_by(_KEY, maintain_order=True).agg(first=pl.col("valid_from").min())


def _opens(network: Network, days: Calendar) -> dict[tuple[str, str, str], float]:
    later = _firsts(network).filter(pl.col("first") > days.origin)
    return {
        (holder, operation, nuclide): float((first - days.origin).days)
        for holder, operation, nuclide, first in later.iter_rows()
    }


def _licensed(network: Network, days: Calendar, week: date) -> Network:
    """The network with licences that start later moved to before the planned and the typical week."""
    horizon = days.date_of(days.horizon_day)
    later = _firsts(network).filter(pl.col("first") > days.origin, pl.col("first") < horizon)
    if later.is_empty():
        return network
    early = min(network.settings.plan_week, week) - _EARLY
    moved = (
        network.frame("licences")
        .join(later, on=_KEY, how="left", maintain_order="left")
        .with_columns(
            valid_from=pl.when(pl.col("valid_from") == pl.col("first"))
            .then(pl.lit(early))
            .otherwise("valid_from")
        )
        .drop("first")
    )
    return network.replace(licences=moved)


def _lists_later(prepared: Prepared, days: Calendar) -> bool:
    """Whether a site lists a product after the horizon of ``doseline run``."""
    listed = listed_from(prepared.network, days.origin)
    known = (prepared.calendar.monday(prepared.calendar.weeks) - days.origin).days
    return bool(((listed >= known) & (listed < days.horizon_day)).any())


def _participation(prepared: Prepared, network: Network, days: Calendar) -> Participation:
    return participate(
        network,
        prepared.reference.rulebook,
        prepared.path,
        prepared.access.sites,
        terms=prepared.terms,
        listed=listed_from(network, days.origin) < days.horizon_day,
    )


def _options(prepared: Prepared, network: Network, who: Participation, kind: WeekKind) -> Options:
    return build_options(
        network,
        nuclides=prepared.reference.nuclides,
        week=kind.options.week,
        offers=who.offered(network),
        nights=nights_by_product(prepared.terms.stays),
        use_factors=use_factors(network, prepared.reference),
    )
