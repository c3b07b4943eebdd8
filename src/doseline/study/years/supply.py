"""The typical week's doses in the engine's words, and how much of them there is in each week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.chance import as_keys
from doseline.model.ledger import LINKS
from doseline.model.years import ReleaseRisk
from doseline.plan.weekly.tables import weekly_of
from doseline.routes.clock import MS_PER_DAY, utc_ms
from doseline.simulate.engine.world import Supply
from doseline.study.years.lateness import lateness_of
from doseline.study.years.shares import pool_shares, run_shares, site_shares

if TYPE_CHECKING:
    from doseline.model.network import Network
    from doseline.plan.weekly.tables import Weekly
    from doseline.simulate.calendar import Calendar
    from doseline.simulate.pathway import Floats, Ints
    from doseline.study.prepare import Prepared
    from doseline.study.years.opening import Typical


def weekly_tables(prepared: Prepared, typical: Typical) -> Weekly:
    """The tables of the typical week, every source delivering all of its lots.

    Args:
        prepared: Half-lives.
        typical: The typical week.
    """
    network = typical.network
    whole = network.replace(supply_changes=network.frame("supply_changes").clear())
    return weekly_of(whole, typical.options, nuclides=prepared.reference.nuclides)


def supply_of_years(prepared: Prepared, typical: Typical, weekly: Weekly, days: Calendar) -> Supply:
    """The supply of all simulated weeks.

    Ways of a site and product are tried in the order of what a dose costs by them (carriage and
    vial, its share of the batch, the cheapest isotope), then the earliest infusion.

    Args:
        prepared: The network as it is.
        typical: The typical week.
        weekly: Its tables.
        days: The simulated weeks.
    """
    network, supply = typical.network, weekly.supply
    sites, products = network.frame("sites").height, network.frame("products").height
    ways = _ways(weekly, typical)
    pair = ways["site"].cast(pl.Int64).to_numpy() * products + ways["product"].to_numpy()
    runs, pools = supply.runs, supply.pools
    batches = network.frame("batches")[runs["batch"].cast(pl.Int64).to_list()]
    late = lateness_of(network, typical.options, ways, nuclides=prepared.reference.nuclides)
    draws = supply.draws.sort("run", pl.col("price_per_gbq") / pl.col("per_gbq"), "pool")
    conflicts = _both_ways(supply.conflicts)
    caps = weekly.caps.sort("site", maintain_order=True)
    uses = np.array(caps["uses"].to_list(), dtype=np.float64).reshape(caps.height, products)
    return Supply(
        way_first=_firsts(pair, sites * products),
        way_run=ways["run"].cast(pl.Int64).to_numpy(),
        way_day=(ways["infuse_ms"].to_numpy() - utc_ms("UTC", typical.options.week, 0))
        / MS_PER_DAY,
        way_on_time=ways["on_time"].to_numpy(),
        way_usable=late.usable,
        way_unexpired=late.unexpired,
        way_ready=ways["activity_ready_gbq"].to_numpy(),
        way_arrive=ways["activity_arrive_gbq"].to_numpy(),
        way_infuse=ways["activity_infuse_gbq"].to_numpy(),
        way_late=late.activity_gbq,
        way_cost=ways["whole"].to_numpy(),
        run_key=as_keys(runs["name"].to_list()),
        run_doses=runs["max_doses"].cast(pl.Float64).to_numpy(),
        run_activity=runs["max_activity_gbq"].to_numpy(),
        run_failure=batches["failure_percent"].to_numpy() / 100.0,
        run_release_failure=_release_failure(network, runs),
        run_least=np.zeros(runs.height),
        run_share=run_shares(typical, supply, days),
        conflict_first=_firsts(conflicts["run"].to_numpy(), runs.height),
        conflict_run=conflicts["other"].to_numpy(),
        draw_first=_firsts(draws["run"].to_numpy(), runs.height),
        draw_pool=draws["pool"].to_numpy(),
        draw_per_gbq=draws["per_gbq"].to_numpy(),
        pool_gbq=pools["capacity_gbq"].to_numpy(),
        pool_share=pool_shares(typical, supply, days),
        cap_first=_firsts(caps["site"].cast(pl.Int64).to_numpy(), sites),
        cap_link=np.array([LINKS.index(link) for link in caps["link"]], dtype=np.int64),
        cap_most=caps["most"].to_numpy(),
        cap_uses=uses,
        site_share=site_shares(prepared, typical, caps, days),
    )


def _ways(weekly: Weekly, typical: Typical) -> pl.DataFrame:
    """Columns of the typical week with their whole cost and activity on arrival, as tried."""
    runs, draws = weekly.supply.runs, weekly.supply.draws
    isotope = draws.group_by("run").agg(price=(pl.col("price_per_gbq") / pl.col("per_gbq")).min())
    share = pl.col("fixed_cost") / pl.max_horizontal(pl.col("max_doses"), 1)
    priced = runs.select("run", share=share).join(isotope, on="run", how="left")
    arrived = typical.options.rows.select(
        activity_arrive_gbq=pl.col("activity_arrive_bq") / 1e9
    ).with_row_index("option")
    whole = (
        pl.col("typical_cost")
        + pl.col("share")
        + pl.col("price").fill_null(0.0) * pl.col("activity_ready_gbq")
    )
    return (
        weekly.columns.join(priced, on="run", how="left")
        .join(arrived, on="option", how="left")
        .with_columns(whole=whole)
        .sort("site", "product", "whole", "infuse_ms", "run")
    )


def _release_failure(network: Network, runs: pl.DataFrame) -> Floats:
    """Probability that quality control does not release a run."""
    failed = {row.line: row.failed_percent / 100.0 for row in network.rows(ReleaseRisk)}
    return np.array([failed.get(line, 0.0) for line in runs["line"]], dtype=np.float64)


def _both_ways(conflicts: pl.DataFrame) -> pl.DataFrame:
    """run, other: each conflict from both sides, by run."""
    turned = conflicts.select(run="other", other="run")
    return pl.concat([conflicts, turned]).sort("run", "other")


def _firsts(of: Ints, count: int) -> Ints:
    """First entry of each owner and the end of the last, shape (count + 1,); ``of`` is sorted."""
    return np.searchsorted(of, np.arange(count + 1)).astype(np.int64)
