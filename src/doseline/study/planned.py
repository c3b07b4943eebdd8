"""A network's week, planned exactly: from its listed orders, or from those that its demand brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from doseline.model.planned import PlannedWeek
from doseline.plan.week import plan_week
from doseline.routes.options import build_options
from doseline.simulate.pathway import pathway
from doseline.study.catchments import site_catchment
from doseline.study.dispatch import weekly_dispatch
from doseline.study.exact import WeekNotServedError, order_frame
from doseline.study.prepare import prepare, taking_part
from doseline.study.replicate import replicate
from doseline.study.stays import nights_by_product, use_factors

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.simulate.weeks import Orders, Outcome
    from doseline.study.prepare import Prepared
    from doseline.study.reference import Reference

Told: TypeAlias = "Callable[[str, int, int], None]"

_STEPS = 3


def plan_network(
    network: Network, reference: Reference, *, progress: Told | None = None
) -> PlannedWeek:
    """Plan the week that the network's settings name.

    Args:
        network: A checked network. If it lists orders, these are planned; else the orders that its
            demand brings in that week, with the network's seed.
        reference: Nuclides and rules.
        progress: Told of each step.

    Raises:
        WeekNotServedError: If orders have to be drawn and the week lies outside the horizon.
    """
    told = progress or _silent
    drawn = network.frame("orders").is_empty()
    if drawn:
        network = network.replace(orders=drawn_orders(network, reference))
    told("stage_orders", 1, _STEPS)
    options = options_of(network, reference)
    told("stage_options", 2, _STEPS)
    plan = plan_week(
        network,
        options,
        network.frame("orders"),
        nuclides=reference.nuclides,
        gap=network.settings.plan_gap,
    )
    told("stage_week_planned", _STEPS, _STEPS)
    return PlannedWeek(network=network, plan=plan, drawn=drawn, options=options)


def options_of(network: Network, reference: Reference) -> Options:
    """The delivery options of the planned week, at the sites that take part."""
    path = pathway(network)
    sites = site_catchment(network, float(path.max_km[:, path.gate("reach")].max()))
    terms, participation = taking_part(network, reference, path, sites)
    return build_options(
        network,
        nuclides=reference.nuclides,
        week=network.settings.plan_week,
        offers=participation.offered(network),
        nights=nights_by_product(terms.stays),
        use_factors=use_factors(network, reference),
    )


def drawn_orders(network: Network, reference: Reference) -> pl.DataFrame:
    """Orders of the planned week as the network's demand brings them, columns of table ``orders``.

    Raises:
        WeekNotServedError: If the week lies outside the simulated ones.
    """
    prepared = prepare(network, reference)
    drawn = _Drawn(prepared=prepared)
    replicate(prepared, seed=network.settings.seed, exact=drawn)
    if drawn.orders is None:
        raise WeekNotServedError(network.settings.plan_week)
    return drawn.orders


@dataclass(slots=True, kw_only=True)
class _Drawn:
    """A dispatch that notes the orders of its week and serves them as any other week."""

    prepared: Prepared
    orders: pl.DataFrame | None = None

    def __call__(self, orders: Orders) -> Outcome:
        settings = self.prepared.network.settings
        self.orders = order_frame(self.prepared, orders)
        usual = weekly_dispatch(self.prepared, seed=settings.seed)
        return usual(self.prepared.calendar.week_of(settings.plan_week))(orders)


def _silent(_stage: str, _done: int, _steps: int) -> None:
    """No progress."""
