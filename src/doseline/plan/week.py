"""The exact plan of one week: each order gets a batch, an itinerary and a slot, or a reason.

Conventions:

- *Isotope*: a vial's activity at calibration (end of synthesis) is what its option says. The yield
  applies apart from decay: what a run needs at its start is activity at calibration / yield x
  2^(synthesis / half-life), and an isotope lot decays from its reference time on. A run draws only
  from deliveries that arrived by its start.
- *Possession*: see :mod:`doseline.plan.limits.possession`. Limits of a package (transport index, A2) are
  judged option by option, where options are built; sums over a departure by
  :mod:`doseline.plan.limits.conveyances`.
- *Objective*: vials, lanes, fixed cost of batches, isotope drawn and the fees of promises that are
  not kept (:mod:`doseline.plan.orders.ladder`), plus a penalty for each order that is left, by the rule of
  :mod:`doseline.plan.orders.fairness`.
- *Time*: what orders bring with them (:mod:`doseline.plan.orders.terms`): the interval to the dose before
  and later cycles (:mod:`doseline.plan.orders.chains`, :mod:`doseline.plan.limits.reserved`), the cut-off
  (:mod:`doseline.plan.orders.cutoffs`). Quotas: :mod:`doseline.plan.limits.quotas`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from doseline.model.flows import Note, Plan
from doseline.plan.legs import draw_frame, leg_frame
from doseline.plan.limits.quotas import quota_notes
from doseline.plan.named import batch_frame, flow_frame, lot_frame
from doseline.plan.orders.chains import reservation_frame, reservation_notes
from doseline.plan.orders.fairness import Fairness
from doseline.plan.orders.ladder import fee_frame, fee_notes
from doseline.plan.problem import problem_of
from doseline.plan.reasons import reasons_of
from doseline.plan.solver.linear import solver_name
from doseline.plan.solver.program import program_of
from doseline.plan.solver.reduce import kept_columns
from doseline.plan.solver.solve import solve

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.problem import Problem
    from doseline.plan.solver.solve import Solved

Log = Callable[[str], None]
_EXACT = 1e-9
"""A gap below this is rounding. [unitless]"""
NODE_LIMIT = 2_000
"""Nodes of branch and bound after which a plan is reported with the gap it has."""


def plan_week(
    network: Network,
    options: Options,
    orders: pl.DataFrame,
    *,
    nuclides: NuclideTable,
    gap: float = 0.005,
    node_limit: int = NODE_LIMIT,
    rule: Fairness | None = None,
    log: Log | None = None,
) -> Plan:
    """The plan of least cost that serves by priority, within a proven gap.

    Args:
        network: The network; its opening state (stock, bookings, waste, doses in flight) counts.
        options: Delivery options of the week.
        orders: Columns of table ``orders``; instants are chosen in the options' slots whose day
            lies from ``earliest`` to ``latest``.
        nuclides: Half-lives.
        gap: Relative gap at which to stop. [unitless]
        node_limit: Most nodes of branch and bound; a limit on time would not be repeatable.
        rule: How a shortage is shared.
        log: Called with a line of progress.

    Raises:
        UnknownInOrdersError: If an order names a site or product that is not there.
        DuplicateOrderError: If two orders have one name.
    """
    rule = rule or Fairness()
    problem = problem_of(network, options, orders, nuclides=nuclides, rule=rule)
    return plan_problem(
        problem, network, options, orders, gap=gap, node_limit=node_limit, rule=rule, log=log
    )


def plan_problem(
    problem: Problem,
    network: Network,
    options: Options,
    orders: pl.DataFrame,
    *,
    rule: Fairness,
    gap: float = 0.005,
    node_limit: int = NODE_LIMIT,
    quick: bool = False,
    log: Log | None = None,
) -> Plan:
    """The plan of a problem as it stands, with columns taken away or priced as a caller wants.

    Args:
        problem: Whose columns can be chosen; its bound holds for no other.
        network: The network, for names.
        options: Those that the problem was made of.
        orders: Those that the problem was made of.
        rule: How a shortage was shared in the problem's penalties.
        gap: Relative gap at which to stop. [unitless]
        node_limit: Most nodes of branch and bound.
        quick: Whether each step looks no further than the gap asks, as for one of many plans.
        log: Called with a line of progress.
    """
    log = log or _silent
    kept = kept_columns(problem)
    log(f"{problem.groups.height} groups, {kept.size} of {problem.columns.height} columns kept")
    program = program_of(problem, kept)
    solved = solve(program, gap=gap, node_limit=node_limit, log=log, quick=quick)
    return plan_of(problem, network, options, orders, kept=kept, solved=solved, rule=rule, gap=gap)


def plan_of(
    problem: Problem,
    network: Network,
    options: Options,
    orders: pl.DataFrame,
    *,
    kept: NDArray[np.int64],
    solved: Solved,
    rule: Fairness,
    gap: float,
) -> Plan:
    """A solution as a plan.

    Args:
        problem: What was solved.
        network: The network, for names.
        options: Those that the problem was made of.
        orders: Those that the problem was made of; others may be among them, as not served.
        kept: Columns that the solution chose from.
        solved: The solution.
        rule: How a shortage was shared in the problem's penalties.
        gap: Relative gap up to which it counts as optimal. [unitless]
    """
    placed = problem.columns[kept].with_columns(doses=solved.doses)
    reasons = reasons_of(problem, options, placed, solved)
    reached = (solved.objective - solved.bound) / max(1.0, abs(solved.objective))
    flows = flow_frame(network, options, problem, orders, placed=placed, reasons=reasons)
    fees = fee_frame(network, orders, flows)
    reservations = reservation_frame(network, orders, flows)
    return Plan(
        week=options.week,
        flows=flows,
        batches=batch_frame(problem, placed, solved.opened),
        lots=lot_frame(problem, solved.drawn),
        legs=leg_frame(network, options, flows),
        draws=draw_frame(problem.supply, solved.drawn),
        objective=solved.objective,
        cost=solved.cost,
        bound=solved.bound,
        gap=reached,
        status="empty"
        if orders.is_empty()
        else "optimal"
        if reached <= max(gap, _EXACT)
        else "feasible",
        solver=solver_name(),
        notes=(
            rule.describe(),
            Note(
                key="penalty",
                values={
                    "amount": f"{problem.penalty:,.0f}",
                    "currency": network.settings.currency,
                },
            ),
            *quota_notes(network),
            *fee_notes(fees, network.settings.currency),
            *reservation_notes(reservations),
            *solved.notes,
        ),
        fees=fees,
        reservations=reservations,
        penalty=_least(problem.groups["penalty"]),
    )


def _least(penalties: pl.Series) -> float:
    """The least of some penalties; 0 without any. [currency]"""
    return float(penalties.to_numpy().min()) if len(penalties) else 0.0


def _silent(_: str) -> None:
    """No progress."""
