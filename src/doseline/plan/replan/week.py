"""A week planned again after something happened: as little changes as a price allows.

The objective is that of the week (:mod:`doseline.plan.week`) plus the price of each move
(:mod:`doseline.plan.replan.problem`). The bound holds for that: no plan that keeps what has
physically happened has a smaller sum of money, penalties and move prices.

*Who gets a partial yield*: all vials of the batch go down together, no further than the product's
tolerance allows at infusion. If that is not enough, the shortage rule decides who keeps a vial
(:mod:`doseline.plan.orders.fairness`): continuing courses before new starts, then who has waited longest.
What is then left is shared so that no vial holds a smaller share of its plan than it must.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.flows import Note
from doseline.model.replanned import Replanned
from doseline.plan.legs import draw_frame
from doseline.plan.named import lot_frame
from doseline.plan.orders.fairness import Fairness
from doseline.plan.replan.changed import change_frame, vial_frame
from doseline.plan.replan.happened import what_happened
from doseline.plan.replan.near_part import Bounds
from doseline.plan.replan.nearby import solve_near
from doseline.plan.replan.partial import with_levels
from doseline.plan.replan.problem import ADJUST_SHARE, replan_problem
from doseline.plan.replan.reasons import with_reasons
from doseline.plan.week import NODE_LIMIT, Log, plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from doseline.model.events import Event
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.replan.happened import Happened
    from doseline.plan.replan.problem import Asked
    from doseline.plan.solver.solve import Solved


_FINE = 1e-4
"""Gap that is always near enough, as a share of the money spent. [unitless]"""


def replan(
    network: Network,
    options: Options,
    plan: Plan,
    events: Sequence[Event],
    *,
    at: datetime,
    nuclides: NuclideTable,
    rule: Fairness | None = None,
    earlier: Sequence[Event] = (),
    move_price: float | None = None,
    most_moves: int | None = None,
    gap: float = 0.005,
    node_limit: int = NODE_LIMIT,
    log: Log | None = None,
) -> Replanned:
    """Plan a week again, changing as little as a price allows.

    Args:
        network: The planned network, with the orders of the plan.
        options: Delivery options of the week; what events take away may still be among them.
        plan: The plan in hand.
        events: What happened; the same told twice counts once.
        at: What has physically happened by then stays as it is.
        nuclides: Half-lives.
        rule: How a shortage is shared.
        earlier: Events that the plan in hand already answers.
        move_price: What moving an order counts; None: a share of the penalty of leaving a new
            start. [currency]
        most_moves: Most orders that may be moved or left though no event hit them.
        gap: Gap at which to stop, as a share of the money spent; in a large week a move is near
            enough. [unitless]
        node_limit: Most nodes of branch and bound.
        log: Called with a line of progress.

    Raises:
        BadInputError: If an event does not fit the plan, one subclass for each case.
        ForeignPlanError: If the plan holds a dose that is not among the options.
    """
    rule, log = rule or Fairness(), log or _silent
    events = tuple(dict.fromkeys(events))
    happened = what_happened(network, options, plan, events, at=at, earlier=earlier)
    network = network.replace(orders=happened.orders)
    asked = replan_problem(
        network,
        options,
        plan,
        happened,
        at_ms=round(at.timestamp() * 1000),
        nuclides=nuclides,
        rule=rule,
        move_price=move_price,
    )
    kept, solved = solve_near(
        asked.problem,
        asked.same.to_numpy(),
        _bounds(asked, most_moves),
        excess=_near_enough(plan, asked.move_price, gap),
        node_limit=node_limit,
        log=log,
    )
    new = _plan(
        network, options, plan, asked, happened, kept=kept, solved=solved, rule=rule, gap=gap
    )
    vial_of = _vial_of(asked, kept, solved)
    changes = change_frame(network, plan, new, asked, happened, vial_of=vial_of, at=at)
    moved = float(asked.problem.columns[kept]["extra"].to_numpy() @ solved.doses)
    return Replanned(
        network=network,
        plan=new,
        changes=changes,
        events=events,
        at=at,
        cost_before=plan.cost,
        cost_after=new.cost,
        penalty_before=_sum(plan.flows, asked.penalty),
        penalty_after=_sum(new.flows, asked.penalty),
        move_price=asked.move_price,
        adjust_price=asked.move_price * ADJUST_SHARE,
        move_total=moved + _sum(new.flows, asked.loss),
        most_moves=most_moves,
        others_moved=_others(asked, kept, solved),
        vials=vial_frame(network, asked, vial_of, new),
    )


def _silent(_: str) -> None:
    """No progress."""


def _near_enough(plan: Plan, move_price: float, gap: float) -> tuple[float, float]:
    """How far above its bound a plan may be, where few ways are left and where many are. [currency]

    The first is the gap, or a move where that is less; the second a move, where that is more.
    """
    money = max(1.0, plan.cost)
    asked = gap * money
    return max(min(gap, _FINE) * money, min(asked, move_price)), max(asked, move_price)


def _bounds(asked: Asked, most: int | None) -> Bounds:
    """What must be kept besides the limits."""
    groups = asked.problem.groups.select("group", order="apart").join(
        asked.before, on="order", how="left", maintain_order="left"
    )
    unhit = groups.filter(pl.col("event") == "")["group"]
    columns = asked.problem.columns
    moving = columns.filter(pl.col("group").is_in(unhit.implode()) & ~asked.same)
    return Bounds(
        hit=groups.filter(pl.col("event").fill_null("") != "")["group"].to_numpy(),
        served=groups.filter("infused")["group"].to_numpy(),
        counted=moving["column"].to_numpy(),
        dropped=unhit.to_numpy(),
        most=most,
    )


def _others(asked: Asked, kept: NDArray[np.int64], solved: Solved) -> int:
    """Orders that no event hit and that are not as they were."""
    same = asked.problem.columns[kept].filter(
        asked.same.gather(kept) & (pl.Series(solved.doses) > 0)
    )
    unhit = asked.before.filter(pl.col("event") == "")["order"]
    groups = asked.problem.groups.filter(pl.col("apart").is_in(unhit.implode()))
    return groups.join(same, on="group", how="anti").height


def _vial_of(asked: Asked, kept: NDArray[np.int64], solved: Solved) -> pl.DataFrame:
    """order, vial, vial_of: of orders that get a vial that exists."""
    placed = asked.problem.columns[kept].filter(pl.Series(solved.doses) > 0)
    return (
        placed.join(asked.of_option, on="option")
        .join(asked.problem.groups.select("group", order="apart"), on="group")
        .select("order", "vial", "vial_of", "least_gbq")
    )


def _sum(flows: pl.DataFrame, of_order: dict[str, float]) -> float:
    """What the orders that a plan does not serve count together. [currency]"""
    left = flows.filter(pl.col("line").is_null())["order"]
    return float(sum(of_order.get(order, 0.0) for order in left))


def _plan(
    network: Network,
    options: Options,
    plan: Plan,
    asked: Asked,
    happened: Happened,
    *,
    kept: NDArray[np.int64],
    solved: Solved,
    rule: Fairness,
    gap: float,
) -> Plan:
    """The new plan: what was planned now beside what was made before."""
    money = replace(
        solved,
        objective=solved.objective + asked.sunk,
        bound=solved.bound + asked.sunk,
        cost=solved.cost + asked.sunk,
    )
    orders = network.frame("orders")
    found = plan_of(
        asked.problem, network, asked.options, orders, kept=kept, solved=money, rule=rule, gap=gap
    )
    flows = with_reasons(found.flows, asked, options, happened)
    vial_of = _vial_of(asked, kept, solved)
    flows = with_levels(flows, asked, vial_of)
    drawn = _all_drawn(asked, solved)
    whole = replace(asked.problem, supply=asked.full_supply)
    return replace(
        found,
        flows=flows,
        batches=_batches(found.batches, plan.batches, asked),
        lots=lot_frame(whole, drawn),
        draws=draw_frame(asked.full_supply, drawn),
        written_off=_written_off(asked, vial_of, flows),
        notes=(*found.notes, _note(network, asked)),
    )


def _written_off(asked: Asked, vial_of: pl.DataFrame, flows: pl.DataFrame) -> float:
    """Money spent on vials, and on lanes, beyond what the doses cost that come of them. [currency]"""
    used = vial_of.join(flows.select("order", "cost"), on="order").select("vial", "cost")
    vials = asked.vials.vials.join(used, on="vial", how="left")
    beyond = vials.select((pl.col("sunk") - pl.col("cost").fill_null(0.0)).clip(0.0))
    return asked.lost + float(beyond.to_series().sum())


def _all_drawn(asked: Asked, solved: Solved) -> NDArray[np.float64]:
    """Isotope of every draw: what is used up, and what is drawn now. [GBq of the full lot]"""
    draws = asked.full_supply.draws.with_row_index("place")
    left = draws.join(asked.problem.supply.draws, on=["run", "pool", "reference_ms"], how="semi")
    drawn = np.zeros(draws.height)
    drawn[left["place"].to_numpy()] = solved.drawn
    drawn[asked.gone["place"].to_numpy()] += asked.gone["drawn"].to_numpy()
    return drawn


def _batches(found: pl.DataFrame, before: pl.DataFrame, asked: Asked) -> pl.DataFrame:
    """Batches: those that were made as they were made, with the yield that is known by now."""
    made = asked.runs.filter("made").select(
        pl.col("ready_ms").cast(pl.Datetime("ms", "UTC")).alias("ready"), "share", batch="name"
    )
    was = before.join(made, on=["batch", "ready"]).with_columns(
        pl.col("activity_gbq") * pl.col("share").fill_null(1.0)
    )
    rest = found.join(made, on=["batch", "ready"], how="anti")
    both = pl.concat([rest, was.select(found.columns)])
    order = found.select("batch", "ready")
    return order.join(both, on=["batch", "ready"], maintain_order="left").select(found.columns)


def _note(network: Network, asked: Asked) -> Note:
    """What a move counted."""
    return Note(
        key="move_price",
        values={
            "amount": f"{asked.move_price:,.0f}",
            "adjusted": f"{asked.move_price * ADJUST_SHARE:,.0f}",
            "currency": network.settings.currency,
        },
    )
