"""The other weeks: the exact plan's model put together by batch and site, solved many times over.

One linear program is built once for a network; each week only changes bounds, and the simplex
starts from a basis that is nearly right. Doses are then made whole, within all caps. The value that
comes with them is never above the cost of an exact plan of the same orders
(:mod:`doseline.plan.weekly.tables` says why).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.plan.orders.fairness import Fairness
from doseline.plan.reasons import link_without_option
from doseline.plan.weekly.program import WeeklyProgram, weekly_penalty
from doseline.plan.weekly.rounding import whole_doses
from doseline.plan.weekly.tables import Change, weekly_of

if TYPE_CHECKING:
    import polars as pl

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.solver.linear import Ints

KINDS = ("new", "continuing")
"""Order of the last axis of demand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Whole doses of one week.

    Instants in ``WeeklyModel.columns`` are those of the model's own week; another week's lie whole
    weeks later.
    """

    doses: Ints
    """Doses by row of ``WeeklyModel.columns`` and kind, shape (columns, 2)."""
    unserved: Ints
    """Orders left by site, product and kind, shape (sites, products, 2)."""
    link: Ints
    """Link of those left by site and product, index into ``model.ledger.LINKS``; -1: none left."""
    value: float
    """No exact plan of these orders costs less, penalties included. [currency]"""


class WeeklyModel:
    """A network's week as one linear program; the answer depends on the demand alone.

    It selects from the same options as :func:`doseline.plan.week.plan_week`. Runs may open in
    part, and then their fixed cost counts in part.
    """

    def __init__(
        self,
        network: Network,
        options: Options,
        *,
        nuclides: NuclideTable,
        rule: Fairness | None = None,
        penalty: float | None = None,
        typical: Ints | None = None,
        changes: tuple[Change, ...] = (),
    ) -> None:
        """The model of a network's typical week.

        Args:
            network: The network; its opening state is left out.
            options: Delivery options of one week.
            nuclides: Half-lives.
            rule: How a shortage is shared; how long an order waits is not known here.
            penalty: Penalty of leaving a new start; by default from the dearest dose and batch.
                [currency]
            typical: A demand near those to come, as in :meth:`allocate`: every solve starts from
                its answer, so that a good one halves the time. By default half of all vials.
            changes: Links that are relaxed.
        """
        self._network, self._options, self._nuclides = network, options, nuclides
        self._typical = typical
        self._rule, self._changes = rule or Fairness(), changes
        weekly = weekly_of(network, options, nuclides=nuclides, changes=changes)
        self._penalty = weekly_penalty(weekly) if penalty is None else penalty
        shape = (network.frame("sites").height, network.frame("products").height)
        self._program = WeeklyProgram(
            weekly,
            weights=(
                self._penalty * self._rule.new_weight,
                self._penalty * self._rule.continuing_weight,
            ),
            shape=shape,
            no_option=link_without_option(options, shape),
            typical=typical,
        )
        self.columns: pl.DataFrame = weekly.columns
        """Ways to serve, one row a site, product and run; see ``Weekly.columns``."""
        self.runs: pl.DataFrame = weekly.supply.runs
        """Batch runs by ``run``; see ``Supply.runs``."""

    def allocate(self, demand: Ints) -> Allocation:
        """Whole doses for a week's demand.

        Args:
            demand: Orders by site, product and kind (:data:`KINDS`), in the network's row order,
                shape (sites, products, 2).
        """
        fractions, drawn, value = self._program.solve(demand)
        whole = whole_doses(self._program.caps, fractions, drawn, demand)
        return Allocation(doses=whole.doses, unserved=whole.unserved, link=whole.link, value=value)

    def relaxed(self, link: str, *, at: str, units: float = 1.0) -> WeeklyModel:
        """The same model with more of one link, by the units of the ledger's table.

        Args:
            link: ``no_suite`` (one slot a week at a site), ``licence_or_possession`` (one dose
                more at a site), ``no_batch_capacity`` (one more copy of a batch slot) or
                ``no_isotope`` (100 GBq a week at a source).
            at: Name of the site, batch slot or source.
            units: How many units.

        Raises:
            UnknownChangeError: If the link cannot be relaxed here, or the place is not there.
        """
        return WeeklyModel(
            self._network,
            self._options,
            nuclides=self._nuclides,
            rule=self._rule,
            penalty=self._penalty,
            typical=self._typical,
            changes=(*self._changes, Change(link=link, at=at, units=units)),
        )
