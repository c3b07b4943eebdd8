"""The problem of planning a week again: what is left to choose, and what each change counts.

- Batches started by the instant keep what was made: their vials are options of their own
  (:mod:`doseline.plan.replan.vials`), their fixed cost and the isotope drawn for them are spent. Batches
  that should have started, but did not, are gone. All others can be filled again.
- What was infused is fixed. Nothing leaves, starts or is infused before the instant.
- *Price of a move*: an order that was served and now gets another batch, day or suite counts the
  move price, also if it gets a vial that was made for another; with the same batch, day and suite,
  but another way or hour, it counts a quarter. An order that was not served counts nothing, or a
  quarter for a vial of another. So nothing is moved to save less money than that.
- *Price of a loss*: who was served and is left counts a move on top of the penalty; who no event
  hit counts a new start on top, so that nobody loses a dose to somebody of about the same priority.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.flows import FLOW_SCHEMA
from doseline.plan.orders.ladder import fee_frame
from doseline.plan.problem import problem_of
from doseline.plan.replan.before import doses_before, runs_of, with_hits
from doseline.plan.replan.supply import lost_vials, supply_left, vial_limits, with_limits
from doseline.plan.replan.vials import vials_of
from doseline.plan.supply.changeover import Conflicts

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.model.options import Options
    from doseline.physics.nuclides import NuclideTable
    from doseline.plan.orders.fairness import Fairness
    from doseline.plan.problem import Problem
    from doseline.plan.replan.happened import Happened
    from doseline.plan.replan.vials import Vials
    from doseline.plan.supply.batches import Supply

MOVE_SHARE = 0.05
"""Price of a move as a share of the penalty of a new start: one order outweighs twenty moves."""
ADJUST_SHARE = 0.25
"""Price of another way or hour as a share of the price of a move."""
_NO_LONGER = 1
"""Code of a refused option; the reason is told by :mod:`doseline.plan.replan.reasons`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A week to be planned again."""

    problem: Problem
    """Each order is a group of its own, with its name as ``apart``."""
    options: Options
    """The options with what events took away refused."""
    full_supply: Supply
    """The supply before what was drawn is taken off."""
    gone: pl.DataFrame
    """place (row among the draws), pool, drawn (GBq of the full lot): isotope that is used up."""
    orders: pl.DataFrame
    """Orders that want a dose, with the windows that hold now."""
    before: pl.DataFrame
    """Of :func:`doseline.plan.replan.before.with_hits`."""
    runs: pl.DataFrame
    """Of :func:`doseline.plan.replan.before.runs_of`."""
    vials: Vials
    of_option: pl.DataFrame
    """option, vial, vial_of, least_gbq: of the options that are vials."""
    same: pl.Series
    """Which columns leave an order as it was."""
    penalty: dict[str, float]
    """Penalty of leaving each order by the shortage rule alone. [currency]"""
    loss: dict[str, float]
    """What leaving each order that was served counts on top of it. [currency]"""
    move_price: float
    sunk: float
    """Money spent whatever is planned: batches started, their isotope, vials, lanes of what has
    left, and fees of promised doses that were called off. [currency]"""
    lost: float
    """Of it, for vials that are gone: of batches that failed, and those that nobody got before.
    [currency]"""


def replan_problem(
    network: Network,
    options: Options,
    plan: Plan,
    happened: Happened,
    *,
    at_ms: int,
    nuclides: NuclideTable,
    rule: Fairness,
    move_price: float | None,
) -> Asked:
    """What is left to choose.

    Args:
        network: The planned network.
        options: Of its week, not yet reduced by events.
        plan: The plan in hand.
        happened: The events.
        at_ms: Instant up to which all has happened. [ms]
        nuclides: Half-lives.
        rule: How a shortage is shared.
        move_price: What a move counts; None: the published share of a new start's penalty.

    Raises:
        ForeignPlanError: If the plan holds a dose that is not among the options.
    """
    runs = runs_of(network, plan, happened, at_ms)
    before = with_hits(doses_before(network, options, plan), happened, runs, at_ms)
    orders = wanted_orders(happened)
    numbers = _numbers(network, orders)
    vials = vials_of(
        network, options, before=before, runs=runs, orders=numbers, happened=happened, at_ms=at_ms
    )
    left = replace(options, rows=_reduced(options, happened, runs, at_ms))
    problem = problem_of(
        network,
        left,
        orders,
        nuclides=nuclides,
        rule=rule,
        apart=orders["order"],
        own=vials.rows,
    )
    of_option = _of_option(problem, vials)
    price = MOVE_SHARE * problem.penalty if move_price is None else move_price
    known = _known(problem, options, before, of_option, happened)
    columns = _priced(problem, known, runs, price)
    supply, gone, spent = supply_left(problem.supply, plan, runs)
    lost = plan.written_off + lost_vials(network, before, runs)
    loss = _losses(before.join(orders, on="order", how="semi"), price, problem.penalty)
    left_out = replace(
        problem,
        columns=columns.select(problem.columns.columns),
        groups=_with_losses(problem.groups, loss),
        supply=supply,
    )
    return Asked(
        problem=with_limits(left_out, vial_limits(vials, of_option, runs, before)),
        options=left,
        full_supply=problem.supply,
        gone=gone,
        orders=orders,
        before=before,
        runs=runs,
        vials=vials,
        of_option=of_option,
        same=columns["same"],
        penalty=dict(problem.groups.select("apart", "penalty").iter_rows()),
        loss=loss,
        move_price=price,
        sunk=spent + float(vials.vials["sunk"].sum()) + lost + _called_off(network, happened),
        lost=lost,
    )


def wanted_orders(happened: Happened) -> pl.DataFrame:
    """Orders that want a dose: those withdrawn left out, those held with room for the hold."""
    held = {one.order: one.until for one in happened.held.values()}
    until = pl.col("order").replace_strict(held, default=None, return_dtype=pl.Date)
    return happened.orders.filter(~pl.col("order").is_in(list(happened.withdrawn))).with_columns(
        latest=pl.max_horizontal("latest", until)
    )


def _called_off(network: Network, happened: Happened) -> float:
    """Fees of the promised doses of orders that were called off. [currency]"""
    orders = happened.orders.filter(pl.col("order").is_in(list(happened.withdrawn)))
    nothing = pl.DataFrame(schema=FLOW_SCHEMA)
    return float(fee_frame(network, orders, nothing)["amount"].sum())


def _numbers(network: Network, orders: pl.DataFrame) -> pl.DataFrame:
    """order, site, product in row numbers."""
    numbered = orders.select("order", "site", "product")
    for table, column in (("sites", "site"), ("products", "product")):
        names = network.frame(table).select(
            column, pl.int_range(pl.len(), dtype=pl.Int32).alias("number")
        )
        numbered = numbered.join(names, on=column, how="left", maintain_order="left")
        numbered = numbered.drop(column).rename({"number": column})
    return numbered


def _reduced(options: Options, happened: Happened, runs: pl.DataFrame, at_ms: int) -> pl.DataFrame:
    """Option rows of batches yet to be made; what events took away is refused."""
    lost = runs.filter(pl.col("past") | pl.col("failed").is_not_null())
    rows = options.rows.join(
        lost.select("batch", "ready_ms", lost=pl.lit(value=True)),
        on=["batch", "ready_ms"],
        how="left",
        maintain_order="left",
    )
    gone = (
        pl.col("lost").is_not_null()
        | pl.col("itinerary").is_in(happened.cancelled["itinerary"].implode())
        | pl.col("slot").is_in(happened.closed["slot"].implode())
        | (pl.col("infuse_ms") <= at_ms)
    ).fill_null(value=False)
    refused = pl.when((pl.col("refusal") == 0) & gone).then(pl.lit(_NO_LONGER, dtype=pl.UInt8))
    return rows.with_columns(refusal=refused.otherwise("refusal")).drop("lost")


def _of_option(problem: Problem, vials: Vials) -> pl.DataFrame:
    """option, vial, vial_of, least_gbq, cost_left: vials come last among the options."""
    first = problem.usable.height - vials.rows.height
    owners = vials.vials.select("vial", vial_of="order")
    numbered = vials.rows.select("vial", "least_gbq", "cost_left").with_row_index("option", first)
    return numbered.with_columns(pl.col("option").cast(pl.Int64)).join(
        owners, on="vial", how="left", maintain_order="left"
    )


def _known(
    problem: Problem,
    options: Options,
    before: pl.DataFrame,
    of_option: pl.DataFrame,
    happened: Happened,
) -> pl.DataFrame:
    """The columns that an order may still take, beside the dose that it had (``..._before``)."""
    runs = problem.supply.runs.select("batch", "ready_ms", run_before="run")
    had = before.join(runs, on=["batch", "ready_ms"], how="left").select(
        "order",
        "run_before",
        *(pl.col(name).alias(f"{name}_before") for name in ("slot", "itinerary", "day", "suite")),
    )
    until = {one.order: one.until for one in happened.held.values()}
    groups = problem.groups.select("group", order="apart").with_columns(
        until=pl.col("order").replace_strict(until, default=None, return_dtype=pl.Date),
        freed=pl.col("order").is_in(list(happened.freed)),
    )
    joined = (
        problem.columns.join(
            problem.usable.select("option", "itinerary"), on="option", maintain_order="left"
        )
        .join(options.slots.select("slot", "suite"), on="slot", maintain_order="left")
        .join(groups.join(had, on="order", how="left"), on="group", maintain_order="left")
        .join(of_option, on="option", how="left", maintain_order="left")
    )
    kept = (pl.col("run") == pl.col("run_before")) & (pl.col("slot") == pl.col("slot_before"))
    allowed = (pl.col("until").is_null() | (pl.col("day") >= pl.col("until"))) & ~(
        pl.col("freed") & kept.fill_null(value=False)
    )
    return joined.filter(allowed)


def _priced(
    problem: Problem, known: pl.DataFrame, runs: pl.DataFrame, price: float
) -> pl.DataFrame:
    """The columns with what is left to spend and what a move counts, numbered again."""
    served = pl.col("run_before").is_not_null()
    swapped = pl.col("vial_of").is_not_null() & (pl.col("vial_of") != pl.col("order"))
    batch = pl.col("run") == pl.col("run_before")
    exact = (
        batch
        & (pl.col("slot") == pl.col("slot_before"))
        & (pl.col("itinerary") == pl.col("itinerary_before"))
    )
    near = (
        batch
        & (pl.col("day") == pl.col("day_before"))
        & (pl.col("suite") == pl.col("suite_before"))
    )
    adjust = price * ADJUST_SHARE
    extra = (
        pl.when(~served)
        .then(pl.when(swapped).then(adjust).otherwise(0.0))
        .when(swapped)
        .then(price)
        .when(exact)
        .then(0.0)
        .when(near)
        .then(adjust)
        .otherwise(price)
    )
    open_runs = known.filter(~pl.col("run").is_in(shut_runs(problem.supply, runs)))
    return (
        open_runs.with_columns(
            extra=extra,
            same=(served & exact & ~swapped).fill_null(value=False),
            cost=pl.coalesce("cost_left", "cost"),
            activity_gbq=pl.when(pl.col("vial").is_null()).then("activity_gbq").otherwise(0.0),
        )
        .drop("column")
        .with_row_index("column")
        .with_columns(pl.col("column").cast(pl.Int64))
    )


def _losses(before: pl.DataFrame, price: float, penalty: float) -> dict[str, float]:
    """What leaving an order that was served counts on top of its penalty. [currency]"""
    unhit = pl.col("event") == ""
    return dict(before.select("order", pl.when(unhit).then(penalty).otherwise(price)).iter_rows())


def _with_losses(groups: pl.DataFrame, loss: dict[str, float]) -> pl.DataFrame:
    """The groups with the losses in their penalties."""
    more = pl.col("apart").replace_strict(loss, default=0.0, return_dtype=pl.Float64)
    return groups.with_columns(pl.col("penalty") + more)


def shut_runs(supply: Supply, runs: pl.DataFrame) -> list[int]:
    """Runs that a line cannot make because it made another.

    Args:
        supply: With every conflict of the week.
        runs: Of :func:`doseline.plan.replan.before.runs_of`.
    """
    conflicts = Conflicts(supply.conflicts, supply.runs.height)
    made = supply.runs.join(runs.filter("made"), on=["batch", "ready_ms"], how="semi")
    return sorted({int(one) for run in made["run"] for one in conflicts.excluded(run)})
