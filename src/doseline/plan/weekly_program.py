"""The linear program of a typical week, solved again and again from its last basis."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.fairness import base_penalty
from doseline.plan.linear import INFINITY, Highs, Rows
from doseline.plan.rounding import Caps, links_of_caps

if TYPE_CHECKING:
    from doseline.plan.linear import Floats, Ints
    from doseline.plan.weekly import Weekly

_ROUNDING = 1e-9


def weekly_penalty(weekly: Weekly) -> float:
    """The penalty of a new start that no saving outweighs, in [currency]."""
    columns, runs = weekly.columns, weekly.supply.runs
    if columns.is_empty():
        return base_penalty(largest_dose=0.0, largest_batch=0.0, orders=0)
    draws = weekly.supply.draws
    price = (draws["price_per_gbq"] / draws["per_gbq"]).to_numpy().max(initial=0.0)
    dose = (columns["typical_cost"] + columns["activity_ready_gbq"] * price).to_numpy().max()
    return base_penalty(
        largest_dose=float(dose),
        largest_batch=float(runs["fixed_cost"].to_numpy().max(initial=0.0)),
        orders=int(runs["max_doses"].sum()),
    )


class WeeklyProgram:
    """Doses x of each column, unserved u by pair and kind, runs y, isotope w; rows as in a plan.

    Rows in order: demand of each pair; vials, activity and isotope of each run; pools; caps.
    """

    def __init__(
        self,
        weekly: Weekly,
        *,
        weights: tuple[float, float],
        shape: tuple[int, int],
        no_option: Ints,
    ) -> None:
        self.caps = _caps(weekly, shape, no_option)
        self._columns, self._pairs = weekly.columns.height, shape[0] * shape[1]
        draws, runs = weekly.supply.draws, weekly.supply.runs
        self._drawn = self._columns + 2 * self._pairs + runs.height
        cost = np.concatenate(
            [
                weekly.columns["cost"].to_numpy(),
                np.tile(weights, self._pairs),
                runs["fixed_cost"].to_numpy(),
                draws["price_per_gbq"].to_numpy(),
            ]
        )
        upper = np.full(cost.size, INFINITY)
        upper[self._drawn - runs.height : self._drawn] = weekly.copies
        rows = self._rows(weekly)
        self._first_cap = rows.count - self.caps.cap_most.size
        self.highs = Highs(cost=cost, lower=np.zeros(cost.size), upper=upper, rows=rows)
        self.highs.option("solver", "simplex")
        self.highs.option("presolve", "off")
        self.highs.option("simplex_strategy", 1)

    def solve(self, demand: Ints) -> tuple[Floats, Floats, float]:
        """Doses of each column, isotope of each draw, and the value of the program.

        Args:
            demand: Orders by site, product and kind.
        """
        wanted = demand.reshape(-1, 2).astype(np.float64)
        total = wanted.sum(axis=1)
        self.highs.bound_rows(np.arange(self._pairs), total, total)
        left = self._columns + np.arange(2 * self._pairs)
        self.highs.bound_columns(left, np.zeros(left.size), wanted.reshape(-1))
        caps = self.caps
        # A cap that holds with every order served cannot bind; without it the simplex is quicker.
        most = (caps.cap_uses * total.reshape(-1, caps.products)[caps.cap_site]).sum(axis=1)
        binding = np.where(most > caps.cap_most + _ROUNDING, caps.cap_most, INFINITY)
        rows = self._first_cap + np.arange(caps.cap_most.size)
        self.highs.bound_rows(rows, np.full(rows.size, -INFINITY), binding)
        answer = self.highs.solve("allocating a week")
        return answer.values[: self._columns], answer.values[self._drawn :], answer.objective

    def _rows(self, weekly: Weekly) -> Rows:
        rows, caps, supply = Rows(), self.caps, weekly.supply
        x, pairs = np.arange(self._columns), np.arange(self._pairs)
        runs, draws = np.arange(supply.runs.height), supply.draws
        rows.add(lower=0.0, upper=0.0, count=pairs.size)
        rows.fill(caps.pair, x, 1.0)
        for kind in (0, 1):
            rows.fill(pairs, self._columns + 2 * pairs + kind, 1.0)
        opened = self._drawn - runs.size + runs
        activity = weekly.columns["activity_gbq"].to_numpy()
        vials = supply.runs["max_doses"].to_numpy().astype(np.float64)
        room = supply.runs["max_activity_gbq"].to_numpy()
        for most, use in ((vials, np.ones(x.size)), (room, activity)):
            first = rows.add(lower=-INFINITY, upper=0.0, count=runs.size)
            rows.fill(first + caps.run, x, use)
            rows.fill(first + runs, opened, -most)
        first = rows.add(lower=-INFINITY, upper=0.0, count=runs.size)
        each_draw = self._drawn + np.arange(draws.height)
        rows.fill(first + caps.run, x, activity)
        rows.fill(first + draws["run"].to_numpy(), each_draw, -draws["per_gbq"].to_numpy())
        capacity = supply.pools["capacity_gbq"].to_numpy()
        first = rows.add(lower=-INFINITY, upper=capacity, count=capacity.size)
        rows.fill(first + draws["pool"].to_numpy(), each_draw, 1.0)
        first = rows.add(lower=-INFINITY, upper=INFINITY, count=caps.cap_most.size)
        site, product = np.divmod(caps.pair, caps.products)
        for cap in range(caps.cap_most.size):
            mine = np.arange(*np.searchsorted(site, [caps.cap_site[cap], caps.cap_site[cap] + 1]))
            rows.fill(np.full(mine.size, first + cap), mine, caps.cap_uses[cap, product[mine]])
        return rows


def _caps(weekly: Weekly, shape: tuple[int, int], no_option: Ints) -> Caps:
    """The tables of a week as arrays."""
    columns, runs, caps = weekly.columns, weekly.supply.runs, weekly.caps
    sites, products = shape
    pair = columns["site"].to_numpy().astype(np.int64) * products + columns["product"].to_numpy()
    cap_site = caps["site"].to_numpy().astype(np.int64)
    return Caps(
        pair=pair,
        run=columns["run"].to_numpy(),
        activity_gbq=columns["activity_ready_gbq"].to_numpy(),
        infuse_ms=columns["infuse_ms"].to_numpy(),
        first=np.searchsorted(pair, np.arange(sites * products + 1)),
        vials=runs["max_doses"].to_numpy() * weekly.copies,
        room_gbq=runs["max_activity_gbq"].to_numpy() * weekly.copies,
        supply=weekly.supply,
        cap_site=cap_site,
        cap_link=links_of_caps(caps["link"].to_list()),
        cap_most=caps["most"].to_numpy(),
        cap_uses=np.array(caps["uses"].to_list(), dtype=np.float64).reshape(-1, products),
        cap_first=np.searchsorted(cap_site, np.arange(sites + 1)),
        no_option=no_option.reshape(-1),
    )
