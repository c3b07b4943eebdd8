"""Everything of a network that does not depend on the seed, decided once."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.ledger import LINKS
from doseline.model.options import LINK_OF_REFUSAL, REFUSALS
from doseline.model.supply import Product
from doseline.plan.aggregate import WeeklyModel
from doseline.routes.options import build_options
from doseline.simulate.calendar import calendar
from doseline.simulate.gates import NO_LINK, Access
from doseline.simulate.pathway import in_time_days, pathway
from doseline.study.catchments import scanner_catchment, site_catchment
from doseline.study.participation import expected_doses, participate

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.catchment import Catchment
    from doseline.simulate.pathway import Floats, Ints, Pathway
    from doseline.study.participation import Participation
    from doseline.study.reference import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A network made ready for replications."""

    network: Network
    reference: Reference
    path: Pathway
    calendar: Calendar
    participation: Participation
    options: Options
    access: Access
    weekly: WeeklyModel

    def light(self, network: Network) -> Prepared:
        """The same for a network that differs only in pathways, payers, demand or scanners."""
        path = pathway(network)
        access = dataclasses.replace(
            self.access,
            scanners=_scanners(network, path),
            scanner_rate_per_day=_rates(network),
        )
        return dataclasses.replace(self, network=network, path=path, access=access)


def prepare(network: Network, reference: Reference) -> Prepared:
    """Decide participation, build the options and the weekly model of a network."""
    settings = network.settings
    path = pathway(network)
    days = calendar(
        cohort_start=settings.cohort_start,
        cohort_weeks=settings.cohort_weeks,
        warm_up_weeks=settings.warm_up_weeks,
        in_time_days=max(in_time_days(product) for product in network.rows(Product)),
    )
    sites = site_catchment(network, float(path.max_km[:, path.gate("reach")].max()))
    participation = participate(network, reference.rulebook, path, sites, day=settings.plan_week)
    options = build_options(
        network,
        nuclides=reference.nuclides,
        week=settings.plan_week,
        offers=participation.offered(network),
    )
    return Prepared(
        network=network,
        reference=reference,
        path=path,
        calendar=days,
        participation=participation,
        options=options,
        access=Access(
            sites=sites,
            scanners=_scanners(network, path),
            scanner_rate_per_day=_rates(network),
            offers=participation.offers,
            blocked=blocked_links(network, options),
        ),
        weekly=WeeklyModel(
            network,
            options,
            nuclides=reference.nuclides,
            typical=_typical(expected_doses(network, path, sites, participation.offers)),
        ),
    )


def _typical(doses: Floats) -> Ints:
    """Orders of an expected week by site, product and kind, two continuing ones for each new."""
    orders = np.rint(doses.sum(axis=2)).astype(np.int64)
    new = orders // 3
    return np.stack([new, orders - new], axis=-1)


def _scanners(network: Network, path: Pathway) -> tuple[Catchment, ...]:
    reach = path.max_km[:, path.gate("scanner_reach")]
    return tuple(
        scanner_catchment(network, row.product, float(reach[at]))
        for at, row in enumerate(network.rows(Product))
    )


def _rates(network: Network) -> Floats:
    """Slots a day of each scanner row; a closed one has a rate that nobody lives to see. [1/d]"""
    rates: Floats = np.maximum(network.frame("scanners")["slots_per_week"].to_numpy() / 7.0, 1e-9)
    return rates


def blocked_links(network: Network, options: Options) -> Ints:
    """Link that stops every option of a product at a site, or NO_LINK; shape (site, product).

    A site without any option has no suite that is open in the week.
    """
    shape = network.frame("sites").height, network.frame("products").height
    blocked = np.full(shape, LINKS.index("no_suite"))
    furthest = options.rows.group_by("site", "product").agg(
        pl.col("refusal").min().alias("least"), pl.col("refusal").max().alias("furthest")
    )
    for row in furthest.iter_rows(named=True):
        at = row["site"], row["product"]
        reason = REFUSALS[row["furthest"]]
        blocked[at] = NO_LINK if row["least"] == 0 else LINKS.index(LINK_OF_REFUSAL[reason])
    return blocked
