"""The best plan of a tiny week by trying everything, from the definitions alone.

Nothing here comes from the planner: penalties are given, choices are read from the
option table, limits from the network's tables, and every combination of choices is tried.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tests.plan.oracle_isotope import MS_PER_H, Pool, Vertices, in_ms, pools_of
from tests.plan.oracle_network import (
    beds_suffice,
    runs_fit_together,
    vehicles_suffice,
    waste_fits,
)
from tests.plan.oracle_site import SiteLimits
from tests.plan.oracle_time import Given, fee, later_cycles_fit, may_be_given, quotas_hold

from doseline.model.opening import InFlight, Stock, Waste
from doseline.model.supply import Batch, Licence, Product
from doseline.model.treatment import Site

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from doseline.model.demand import Order
    from doseline.model.network import Network
    from doseline.model.options import Options

_SLACK = 1e-9
"""Relative tolerance of every limit. [unitless]"""
_BQ_PER_GBQ = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One option row that could serve one order."""

    row: int
    """Row number in ``Options.rows``."""
    run: tuple[int, int]
    """Row of the batch, and the instant of its calibration [ms]."""
    product: Product
    site: Site
    slot: int
    day: date
    arrive_ms: int
    infuse_ms: int
    ready_gbq: float
    infuse_gbq: float
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A plan that keeps all limits."""

    objective: float
    choices: tuple[Choice | None, ...]
    """What each order gets, in the order of the orders."""


@dataclass(frozen=True, kw_only=True)
class TinyWeek:
    """One week small enough to try everything."""

    network: Network
    options: Options
    orders: Sequence[Order]
    penalty: Mapping[str, float]
    """Of leaving each order, by its name. [currency]"""
    half_life_h: Mapping[str, float]
    without: str = ""
    """A limit that is lifted: vials, activity, possession, isotope, changeover, beds, waste, fleet,
    or one of those of :class:`SiteLimits`."""

    @cached_property
    def choices(self) -> tuple[tuple[Choice, ...], ...]:
        """What could serve each order: its product and site, in its window, not refused."""
        return tuple(
            tuple(choice for choice in self.all_choices if self._suits(choice, order))
            for order in self.orders
        )

    def _suits(self, choice: Choice, order: Order) -> bool:
        made_for = (choice.product.product, choice.site.site)
        return made_for == (order.product, order.site) and may_be_given(
            self.network, order, choice.day, without=self.without
        )

    @cached_property
    def all_choices(self) -> tuple[Choice, ...]:
        """Every option that is not refused."""
        products, sites = self.network.rows(Product), self.network.rows(Site)
        day_of = {row["slot"]: row["day"] for row in self.options.slots.iter_rows(named=True)}
        return tuple(
            Choice(
                row=at,
                run=(row["batch"], row["ready_ms"]),
                product=products[row["product"]],
                site=sites[row["site"]],
                slot=row["slot"],
                day=day_of[row["slot"]],
                arrive_ms=row["arrive_ms"],
                infuse_ms=row["infuse_ms"],
                ready_gbq=row["activity_ready_bq"] / _BQ_PER_GBQ,
                infuse_gbq=row["activity_infuse_bq"] / _BQ_PER_GBQ,
                cost=row["cost"],
            )
            for at, row in enumerate(self.options.rows.iter_rows(named=True))
            if row["refusal"] == 0
        )

    @cached_property
    def batches(self) -> tuple[Batch, ...]:
        """Weekly batch slots, in file order."""
        return self.network.rows(Batch)

    @cached_property
    def runs(self) -> tuple[tuple[int, int], ...]:
        """Every run that some option uses."""
        return tuple(sorted({choice.run for choice in self.all_choices}))

    def nuclide_of(self, run: tuple[int, int]) -> str:
        """Nuclide that a run puts into its vials."""
        return self.network.by_key(Product)[self.batches[run[0]].product].nuclide

    def startin_ms(self, run: tuple[int, int]) -> float:
        """Start of synthesis. [ms]"""
        return run[1] - self.batches[run[0]].synthesis_h * MS_PER_H

    def isotope_needed_gbq(self, run: tuple[int, int], calibrated_gbq: float) -> float:
        """Isotope at the start of synthesis for so much activity at calibration. [GBq]"""
        batch = self.batches[run[0]]
        growth = math.exp2(batch.synthesis_h / self.half_life_h[self.nuclide_of(run)])
        return calibrated_gbq * growth / (batch.yield_percent / 100.0)

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """All isotope that a line can draw from."""
        return pools_of(self.network, self.options.week)

    @cached_property
    def draws(self) -> dict[tuple[int, int], float]:
        """Share of a full lot [GBq] per activity at the run's start, by (run, pool) number.

        Of a delivery that brings half of the lot, every GBq takes as much as two.
        """
        found = {}
        for r, run in enumerate(self.runs):
            start, nuclide = self.startin_ms(run), self.nuclide_of(run)
            for p, pool in enumerate(self.pools):
                reference = pool.reference_ms(start)
                fits = (pool.line, pool.nuclide) == (self.batches[run[0]].line, nuclide)
                if fits and reference is not None and pool.share(reference) > 0.0:
                    elapsed_h = (start - reference) / MS_PER_H
                    grown = math.exp2(elapsed_h / self.half_life_h[nuclide])
                    found[r, p] = grown / pool.share(reference)
        return found

    @cached_property
    def _vertices(self) -> Vertices:
        return Vertices(
            runs=tuple(self._fed), pools=len(self.pools), price=self.prices, draws=self.draws
        )

    @cached_property
    def prices(self) -> dict[tuple[int, int], float]:
        """Price of activity at the run's start, by (run, pool) number. [currency/GBq]"""
        return {
            (r, p): self.pools[p].price_per_gbq * growth * self._share(r, p)
            for (r, p), growth in self.draws.items()
        }

    def _share(self, run: int, pool: int) -> float:
        """Share of the full lot in the delivery that a run draws from. [unitless]"""
        reference = self.pools[pool].reference_ms(self.startin_ms(self.runs[run]))
        return self.pools[pool].share(reference or 0.0)

    @cached_property
    def _fed(self) -> list[int]:
        """Numbers of the runs that some pool can reach in time."""
        return sorted({run for run, _ in self.draws})

    def isotope_cost(self, calibrated_gbq: Mapping[tuple[int, int], float]) -> float:
        """Least price of the isotope for so much activity of each run; infinite if too little.

        Args:
            calibrated_gbq: Activity of all vials at calibration, by run. [GBq]
        """
        if any(self.runs.index(run) not in self._fed for run in calibrated_gbq):
            return math.inf
        fed = [self.runs[at] for at in self._fed]
        needs = [self.isotope_needed_gbq(run, calibrated_gbq.get(run, 0.0)) for run in fed]
        endless = 1e4 if self.without == "isotope" else 1.0
        capacity = [endless * pool.capacity_gbq for pool in self.pools]
        return self._vertices.least_cost(needs, capacity)

    def cost(self, taken: Sequence[Choice | None]) -> float:
        """Objective of a plan [currency]; infinite if it breaks a limit."""
        left = sum(
            self.penalty[order.order]
            for order, choice in zip(self.orders, taken, strict=True)
            if choice is None
        )
        if not self._orders_hold(taken):
            return math.inf
        spent = self.cost_of([choice for choice in taken if choice is not None])
        return left + self.fees(taken) + spent

    def _given(self, taken: Sequence[Choice | None]) -> list[Given]:
        pairs = zip(self.orders, taken, strict=True)
        return [Given(order, choice.day if choice else None) for order, choice in pairs]

    def fees(self, taken: Sequence[Choice | None]) -> float:
        """Fees for promises that are not kept. [currency]"""
        return sum(fee(self.network, given) for given in self._given(taken))

    def _orders_hold(self, taken: Sequence[Choice | None]) -> bool:
        given = self._given(taken)
        return (self.without == "quota" or quotas_hold(self.network, given)) and (
            self.without == "reserved" or later_cycles_fit(self.network, given)
        )

    def cost_of(self, doses: Sequence[Choice]) -> float:
        """Vials, lanes, batches and isotope of some doses; infinite if they break a limit."""
        if not self.keeps_limits(doses):
            return math.inf
        fixed = sum(float(self.batches[run[0]].fixed_cost) for run in {one.run for one in doses})
        filled: dict[tuple[int, int], float] = defaultdict(float)
        for choice in doses:
            filled[choice.run] += choice.ready_gbq
        isotope = self.isotope_cost(filled) if filled else 0.0
        return sum(choice.cost for choice in doses) + fixed + isotope

    def keeps_limits(self, doses: Sequence[Choice]) -> bool:
        """Whether batches, chairs, staff and possession allow these doses (isotope apart)."""
        return (
            self._batches_hold(doses)
            and self._sites.hold(doses)
            and self._possession_holds(doses)
            and self._network_holds(doses)
        )

    @cached_property
    def _sites(self) -> SiteLimits:
        return SiteLimits(network=self.network, options=self.options, without=self.without)

    def _network_holds(self, doses: Sequence[Choice]) -> bool:
        net, options = self.network, self.options
        runs = {dose.run for dose in doses}
        return (
            (self.without == "changeover" or runs_fit_together(net, runs))
            and (self.without == "beds" or beds_suffice(net, options, doses))
            and (self.without == "waste" or waste_fits(net, options, doses))
            and (self.without == "fleet" or vehicles_suffice(net, options, doses))
        )

    def _batches_hold(self, doses: Sequence[Choice]) -> bool:
        for run in {dose.run for dose in doses}:
            vials = [dose for dose in doses if dose.run == run]
            batch = self.batches[run[0]]
            if len(vials) > batch.max_doses and self.without != "vials":
                return False
            if self.without != "activity" and _over(
                sum(vial.ready_gbq for vial in vials), batch.max_activity_gbq
            ):
                return False
        return True

    @cached_property
    def _possession(self) -> dict[tuple[str, str], float]:
        return {
            (one.holder, one.nuclide): one.possession_gbq
            for one in self.network.rows(Licence)
            if one.operation == "treat" and one.possession_gbq is not None
            if self.without != "possession"
        }

    def _possession_holds(self, doses: Sequence[Choice]) -> bool:
        for (site, nuclide), limit_gbq in self._possession.items():
            here = [d for d in doses if (d.site.site, d.product.nuclide) == (site, nuclide)]
            if not here:
                continue
            others = self._vials_in_flight(site, nuclide)
            vials = [(d.arrive_ms, d.infuse_ms, d.infuse_gbq, d.product) for d in here]
            first = min(d.arrive_ms for d in here)
            instants = {d.arrive_ms for d in here} | {o[0] for o in others if o[0] >= first}
            for instant in instants:
                held = self._opening_gbq(site, nuclide, instant)
                held += sum(self._held_gbq(vial, instant) for vial in (*vials, *others))
                if _over(held, limit_gbq):
                    return False
        return True

    def _vials_in_flight(self, site: str, nuclide: str) -> list[tuple[int, int, float, Product]]:
        products = self.network.by_key(Product)
        return [
            (in_ms(one.arrives), in_ms(one.infuse), one.activity_gbq, products[one.product])
            for one in self.network.rows(InFlight)
            if one.site == site and products[one.product].nuclide == nuclide
        ]

    def _opening_gbq(self, site: str, nuclide: str, instant_ms: int) -> float:
        """Stock and waste, decayed."""
        opening: list[tuple[str, Stock | Waste]] = [
            (one.place, one) for one in self.network.rows(Stock)
        ]
        opening += [(one.site, one) for one in self.network.rows(Waste)]
        return sum(
            one.activity_gbq * self._left(nuclide, instant_ms - in_ms(one.at))
            for place, one in opening
            if (place, one.nuclide) == (site, nuclide)
        )

    def _held_gbq(self, vial: tuple[int, int, float, Product], instant_ms: int) -> float:
        arrive, infuse, gbq, product = vial
        if instant_ms < arrive:
            return 0.0
        stays = 1.0 if instant_ms <= infuse else product.residual_percent / 100.0
        return stays * gbq * self._left(product.nuclide, instant_ms - infuse)

    def _left(self, nuclide: str, elapsed_ms: float) -> float:
        return math.exp2(-elapsed_ms / MS_PER_H / self.half_life_h[nuclide])


def best_plan(week: TinyWeek) -> Served:
    """The plan of least objective among all combinations of choices."""
    best = Served(objective=math.inf, choices=())

    def extend(taken: tuple[Choice | None, ...], floor: float) -> None:
        nonlocal best
        if floor >= best.objective:
            return
        if len(taken) == len(week.orders):
            cost = week.cost(taken)
            if cost < best.objective:
                best = Served(objective=cost, choices=taken)
            return
        at = len(taken)
        for choice in week.choices[at]:
            grown = (*taken, choice)
            # A dose more never frees a limit, so that a broken one stays broken.
            if week.keeps_limits([one for one in grown if one is not None]):
                extend(grown, floor + choice.cost)
        extend((*taken, None), floor + week.penalty[week.orders[at].order])

    extend((), 0.0)
    return best


def _over(amount: float, limit: float) -> bool:
    return amount > limit * (1.0 + _SLACK) + 1e-12
