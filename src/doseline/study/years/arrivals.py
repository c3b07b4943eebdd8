"""The patients of the simulated years: episodes as they come, courses under way, listed orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from doseline.model.demand import Region
from doseline.model.treatment import Site
from doseline.model.years import Growth
from doseline.simulate.cohort import DAYS_PER_YEAR, draw_episodes
from doseline.simulate.engine.world import NOWHERE, Arrivals
from doseline.study.replicate import courses_under_way, listed_orders

if TYPE_CHECKING:
    import numpy.typing as npt

    from doseline.model.network import Network
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.pathway import Floats, Ints
    from doseline.study.years.world import Years


def arrivals_of(years: Years, *, seed: int, scale: float = 1.0) -> Arrivals:
    """All patients in order of their clock start, drawn as ``doseline run`` draws them.

    A course under way and a listed order start on the day on which their dose is due, in the
    region of their site. An order for a week that is not simulated is left out.

    Args:
        years: The network's years.
        seed: Seed of the replication.
        scale: Factor of the incidence. [unitless]
    """
    network, path, days = years.network, years.path, years.calendar
    others = courses_under_way(network, path, days), listed_orders(network, path, days)
    if scale != 1.0:
        more = network.frame("incidence").with_columns(pl.col("per_year") * scale)
        network = network.replace(incidence=more)
    new = draw_episodes(network, path, days, seed=seed, growth=_growth(network, days))
    t0 = _joined(new.t0, *(one.due_day for one in others))
    order = np.argsort(t0, kind="stable")
    order = order[np.isfinite(t0[order])]
    journeys = np.full(new.count, NOWHERE)
    near = _region_of_site(network)
    return Arrivals(
        key=_joined(new.key, *(one.key for one in others))[order],
        t0=t0[order],
        product=_joined(new.product, *(one.product for one in others))[order],
        region=_joined(new.region, *(near[one.site] for one in others))[order],
        payer=_joined(new.payer, *(one.payer for one in others))[order],
        exit_day=_joined(new.exit_day, *(one.exit_day for one in others))[order],
        site=_joined(journeys, *(one.site for one in others))[order],
        given=_joined(np.zeros_like(journeys), *(one.doses_given for one in others))[order],
    )


def _joined(*parts: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.concatenate(parts)


def _region_of_site(network: Network) -> Ints:
    """Row of the region that each site stands in."""
    region_at = {row.region: at for at, row in enumerate(network.rows(Region))}
    return np.array([region_at[row.region] for row in network.rows(Site)], dtype=np.int64)


def _growth(network: Network, days: Calendar) -> Floats | None:
    """Factor of the incidence of each product in each week, from the start of the cohort on."""
    yearly = {row.product: row.growth_percent / 100.0 for row in network.rows(Growth)}
    if not yearly:
        return None
    products = network.frame("products")["product"]
    each = 1.0 + np.array([yearly.get(product, 0.0) for product in products])
    since = np.maximum(np.arange(days.weeks) - days.warm_up_weeks, 0) * 7.0 / DAYS_PER_YEAR
    factors: Floats = each[:, None] ** since[None, :]
    return factors
