"""The value of a link: relax it by its unit, run again under the same seeds, take the difference."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.ledger import LINKS
from doseline.study.relax import BY_LINK, Where
from doseline.study.scenarios import Scenario

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.flows import Plan
    from doseline.study.prepare import Prepared
    from doseline.study.replicate import Replication

VALUE_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "link": pl.String,
    "unit": pl.String,
    "at": pl.String,
    "patients": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "money": pl.Float64,
    "money_low": pl.Float64,
    "money_high": pl.Float64,
    "patients_downstream": pl.Float64,
    "pairs": pl.Int64,
}

_T975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
"""97.5 % points of Student's t with 1, 2, ... 30 degrees of freedom (NIST/SEMATECH e-Handbook of
Statistical Methods, 1.3.6.7.2); beyond, the last is used, which is on the safe side."""


def where_it_binds(prepared: Prepared, reference: Replication, plan: Plan) -> Where:
    """The place of each link at which one more unit is tried: where it is used most."""
    network = prepared.network
    scanners = network.frame("scanners")
    load = reference.pet_requests / np.maximum(scanners["slots_per_week"].to_numpy(), 1e-9)
    served = plan.flows.filter(pl.col("line").is_not_null())
    unserved = plan.flows.filter(pl.col("line").is_null())
    batches = plan.batches.with_columns(full=pl.col("doses") / pl.col("max_doses").clip(1))
    lots = plan.lots.with_columns(full=pl.col("used_gbq") / pl.col("capacity_gbq").clip(1e-9))
    crowded = unserved.filter(pl.col("link") == "no_suite")
    held = unserved.filter(pl.col("link") == "licence_or_possession")
    busiest = scanners.row(int(load.argmax()), named=True) if len(load) else {}
    return Where(
        scanner=busiest.get("scanner"),
        scanner_product=busiest.get("product"),
        suite=_suite(prepared, crowded if crowded.height else served),
        batch=_top(batches, "full", "batch"),
        lot=_top(lots, "full", "lot"),
        lane=_busiest_lane(prepared, served),
        licence=_licence(prepared, held if held.height else served),
        dose_gbq=float(network.frame("products")["activity_gbq"].to_numpy().max(initial=0.0)),
    )


def _top(frame: pl.DataFrame, by: str, name: str) -> str | None:
    ordered = frame.sort(by, name, descending=[True, False])
    return str(ordered[name][0]) if ordered.height else None


def _busiest(frame: pl.DataFrame, name: str) -> str | None:
    return _top(frame.drop_nulls(name).group_by(name).len(), "len", name)


def _suite(prepared: Prepared, flows: pl.DataFrame) -> str | None:
    site = _busiest(flows, "site")
    suites = prepared.network.frame("suites").filter(pl.col("site") == site)
    return str(suites["suite"][0]) if suites.height else None


def _licence(prepared: Prepared, flows: pl.DataFrame) -> str | None:
    limited = prepared.network.frame("licences").filter(pl.col("possession_gbq").is_not_null())
    busy = flows.group_by("site").len()
    most = limited.join(busy, left_on="holder", right_on="site", how="inner")
    return _top(
        most.with_columns(pressure=pl.col("len") / pl.col("possession_gbq")), "pressure", "licence"
    )


def _busiest_lane(prepared: Prepared, served: pl.DataFrame) -> str | None:
    """The scheduled lane that most planned doses travel on."""
    scheduled = prepared.network.frame("departures").select("lane").unique()
    legs = served.select(pl.col("lanes").str.split(" > ").alias("lane")).explode("lane")
    return _busiest(legs.join(scheduled, on="lane"), "lane")


def value_scenarios(
    links: Sequence[str], seeds: Sequence[int], *, downstream: bool
) -> list[Scenario]:
    """Each link alone, and with everything downstream relaxed as well if asked."""
    alone = [Scenario(name=link, seeds=tuple(seeds), links=(link,)) for link in links]
    if not downstream:
        return alone
    together = [
        Scenario(
            name=f"{link} and downstream",
            seeds=tuple(seeds),
            links=tuple(other for other in LINKS[LINKS.index(link) :] if other in BY_LINK),
        )
        for link in links
    ]
    return alone + together


def value_frame(
    links: Sequence[str],
    base: Sequence[Replication],
    results: Sequence[Sequence[Replication]],
    where: Where,
) -> pl.DataFrame:
    """One row a link, columns of ``VALUE_SCHEMA``; intervals are 95 % of the mean of the pairs.

    Args:
        links: The links, in the order of the first results.
        base: Replications of the base under the same seeds.
        results: Replications of each link alone, then, if run, of each with downstream relaxed.
        where: Where each unit was given.
    """
    rows = []
    for at, link in enumerate(links):
        pairs = list(zip(base, results[at], strict=False))
        patients = np.array([new.in_time - old.in_time for old, new in pairs], dtype=np.float64)
        money = np.array([new.contribution - old.contribution for old, new in pairs])
        together = None
        if len(results) > len(links):
            both = zip(base, results[len(links) + at], strict=False)
            together = float(np.mean([new.in_time - old.in_time for old, new in both]))
        rows.append(
            (
                link,
                BY_LINK[link].unit,
                _place(link, where),
                *mean_interval(patients),
                *mean_interval(money),
                together,
                len(pairs),
            )
        )
    return pl.DataFrame(rows, schema=VALUE_SCHEMA, orient="row")


def mean_interval(samples: np.ndarray) -> tuple[float, float, float]:
    """Mean of two or more paired differences with its 95 % interval by Student's t."""
    mean = float(samples.mean())
    spread = float(samples.std(ddof=1))
    half = student_975(len(samples) - 1) * spread / math.sqrt(len(samples))
    return mean, mean - half, mean + half


def student_975(freedom: int) -> float:
    """97.5 % point of Student's t with one or more degrees of freedom, or a little above it."""
    return _T975[min(freedom, len(_T975)) - 1]


def _place(link: str, where: Where) -> str | None:
    """Name of the place that was given the unit, if it is one place."""
    of = {
        "pet_slot": where.scanner,
        "no_isotope": where.lot,
        "no_batch_capacity": where.batch,
        "transport": where.lane,
        "licence_or_possession": where.licence,
        "no_suite": where.suite,
    }
    return of.get(link)


def most_lost(losses: pl.DataFrame, count: int) -> list[str]:
    """The links that lose most patients, upstream first among equals."""
    links = losses.filter(pl.col("link").is_in(list(BY_LINK)) & (pl.col("patients") > 0))
    return (
        links.sort("patients", descending=True, maintain_order=True)["link"].head(count).to_list()
    )
