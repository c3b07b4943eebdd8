"""What making, carrying and giving the doses of a week cost: transfers, and the doses that share each.

A batch's fixed cost is shared by its doses, a lot's by the batches that draw from it as much as
they draw and within a batch by activity at calibration, a site's week by its infused doses. What no
dose shares, such as a batch that was run for nobody, stays with the week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.demand import Cost
from doseline.model.supply import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from doseline.model.flows import Plan
    from doseline.model.network import Network

_INFUSED = ("infused", "infused_late")
_NO_SHARES = {"order": pl.String, "share": pl.Float64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlay:
    """Money that one party spends on one item in the week."""

    party_from: str
    party_to: str
    item: str
    amount: float
    """[currency]"""
    shares: pl.DataFrame
    """order, share: what each dose is the reason for, in proportion."""


def outlays(network: Network, plan: Plan, delivered: pl.DataFrame) -> Iterator[Outlay]:
    """Everything that is spent in the planned week and that no payment states.

    Args:
        network: Batches, owners of lines and costs.
        plan: Batches, lots and flows of the week.
        delivered: Doses of the week and how they ended.
    """
    made = plan.flows.filter(pl.col("line").is_not_null())
    owned = [line.line for line in network.rows(Line) if line.owner is not None]
    own = pl.col("line").is_in(owned)
    yield from _making(network, plan, made, ~own, "maker")
    if owned:
        yield from (one for one in _making(network, plan, made, own, "hospital") if one.amount)
    infused = delivered.filter(pl.col("ending").is_in(_INFUSED))
    yield from (_of_cost(cost, infused, made) for cost in network.rows(Cost))


def _making(
    network: Network, plan: Plan, made: pl.DataFrame, lines: pl.Expr, party: str
) -> Iterator[Outlay]:
    """What making and carrying cost on some lines, borne by who runs them."""
    rates = network.frame("batches").select("batch", "fixed_cost", "dose_cost")
    opened = plan.batches.filter(pl.col("open") & lines).join(rates, on="batch")
    doses = _priced(plan, made.filter(lines), rates)
    runs = _sum(opened["fixed_cost"])
    vials = _sum(opened["dose_cost"].cast(pl.Float64) * opened["doses"])
    isotope = _sum(plan.lots.filter(lines)["cost"])
    carriage = _sum(made.filter(lines)["cost"]) - vials
    spent = {
        "batches": ("outside", runs),
        "vials": ("outside", vials),
        "isotope": ("isotope_supplier", isotope),
        "carriage": ("carrier", carriage),
    }
    for item, (party_to, amount) in spent.items():
        yield Outlay(
            party_from=party,
            party_to=party_to,
            item=item,
            amount=amount,
            shares=doses.select("order", share=item),
        )
    if party == "maker":
        yield Outlay(
            party_from="developer",
            party_to="maker",
            item="making",
            amount=runs + vials + isotope + carriage,
            shares=doses.select("order", share=pl.sum_horizontal(*spent)),
        )


def _priced(plan: Plan, made: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """order, batches, vials, isotope, carriage: what making and carrying each dose cost."""
    activity = pl.col("activity_ready_gbq")
    return (
        made.select("order", "batch", "cost", activity)
        .join(rates, on="batch", how="left")
        .join(_drawn(plan), on="batch", how="left")
        .with_columns(
            pl.col("fixed_cost", "dose_cost").cast(pl.Float64), pl.col("drawn").fill_null(0.0)
        )
        .select(
            "order",
            batches=pl.col("fixed_cost") / pl.len().over("batch"),
            vials="dose_cost",
            isotope=pl.col("drawn") * activity / activity.sum().over("batch"),
            carriage=(pl.col("cost") - pl.col("dose_cost")).clip(0.0),
        )
        .fill_nan(0.0)
    )


def _drawn(plan: Plan) -> pl.DataFrame:
    """batch, drawn: cost of the isotope that each batch draws. [currency]"""
    each = plan.lots.select("lot", rate=pl.col("cost") / pl.col("used_gbq")).fill_nan(0.0)
    drawn = plan.draws.join(each, on="lot", how="inner")
    return drawn.group_by("batch", maintain_order=True).agg(
        drawn=(pl.col("used_gbq") * pl.col("rate")).sum()
    )


def _of_cost(cost: Cost, infused: pl.DataFrame, made: pl.DataFrame) -> Outlay:
    """A row of costs; a hospital spends nothing on a dose that never came."""
    of = made if cost.per == "dose" and cost.party != "hospital" else infused
    if cost.product is not None:
        of = of.filter(pl.col("product") == cost.product)
    if cost.per == "episode":
        of = of.filter(pl.col("kind") == "new")
    weekly = cost.per == "site_week"
    share = 1.0 / pl.len().over("site") if weekly else pl.lit(1.0)
    shares = of.select("order", share=share) if of.height else pl.DataFrame(schema=_NO_SHARES)
    return Outlay(
        party_from=cost.party,
        party_to="outside",
        item=cost.item,
        amount=cost.amount * (of["site"].n_unique() if weekly else of.height),
        shares=shares,
    )


def _sum(values: pl.Series) -> float:
    return float(values.cast(pl.Float64).sum())
