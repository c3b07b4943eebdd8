"""The prefecture of ``docs/hand-check.md``: a cut of the Chinese example, small enough for a pencil."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from tests.study.networks import rows_of

from doseline.io.folder import load
from doseline.plan.deliver import deliver
from doseline.plan.week import plan_week
from doseline.study.money import money_frame, payment_frame
from doseline.study.prepare import Prepared, prepare
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network

CN = Path(__file__).parents[2] / "examples" / "cn-rlt"
REGION, PRODUCT = "450300", "i131-nai"
SITE, OTHER = "Guangxi-06", "Hunan-05"
SITES = (SITE, OTHER)


@functools.cache
def whole() -> Network:
    """The example as it is."""
    return load(CN)


@functools.cache
def cut() -> Network:
    """One prefecture, the two sites that its patients can reach, and one order."""
    network = whole()
    own = network.frame("lines").filter(pl.col("owner").is_not_null())["line"].to_list()
    kept = {
        "regions": pl.col("region") == REGION,
        "incidence": (pl.col("region") == REGION) & (pl.col("product") == PRODUCT),
        "lines": ~pl.col("line").is_in(own),
        "batches": ~pl.col("line").is_in(own),
        "lots": ~pl.col("line").is_in(own),
        "lanes": ~pl.col("from_place").is_in(own)
        & (pl.col("to_place").is_in(SITES) | ~pl.col("to_place").str.contains("-")),
        **{
            table: pl.col("site").is_in(SITES)
            for table in ("sites", "suites", "staff", "training", "listings", "waste_stores")
        },
        "experience": pl.col("site").is_in(SITES),
        **dict.fromkeys(("courses", "booked", "in_flight", "stock", "waste"), pl.lit(value=False)),
    }
    order = {
        "order": "by-hand",
        "patient": "p",
        "product": PRODUCT,
        "site": SITE,
        "kind": "new",
        "earliest": date(2026, 5, 5),
        "latest": date(2026, 5, 11),
        "payer": "employee_nrdl",
    }
    return network.replace(
        orders=rows_of("orders", order),
        **{name: network.frame(name).filter(keep) for name, keep in kept.items()},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """The order, from its plan to its money."""

    base: Prepared
    plan: Plan
    delivered: pl.DataFrame
    paid: pl.DataFrame
    money: pl.DataFrame


@functools.cache
def followed() -> Followed:
    """The one order planned, delivered and paid."""
    network = cut()
    base = prepare(network, reference_for(network))
    nuclides = base.reference.nuclides
    plan = plan_week(network, base.options, network.frame("orders"), nuclides=nuclides, gap=0.0)
    delivered = deliver(plan, network, base.options, nuclides=nuclides, seed=1)
    paid = payment_frame(network, base.reference, delivered)
    return Followed(
        base=base,
        plan=plan,
        delivered=delivered,
        paid=paid,
        money=money_frame(network, plan, delivered, paid),
    )
