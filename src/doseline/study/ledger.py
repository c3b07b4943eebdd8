"""The frames of the ledger: counts of the reference replication, intervals over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import polars as pl

from doseline.model.demand import Region
from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, LINKS
from doseline.model.result import Interval
from doseline.model.supply import Product
from doseline.simulate.booking import (
    CLINICAL_EXIT,
    IN_TIME,
    LATE,
    NEVER,
    link_counts,
    share_in_time,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.model.network import Network
    from doseline.simulate.pathway import Floats, Ints, Pathway
    from doseline.study.prepare import Prepared
    from doseline.study.replicate import Replication

CURVE_DAYS = np.arange(28, 181, 4)
SMALLEST_CELL = 11
"""Cells of fewer people are never shown (4-ledger)."""


class Known(Protocol):
    """What tells the cells of an account: a network made ready, for weeks or for years."""

    @property
    def network(self) -> Network:
        """The network."""
        ...

    @property
    def path(self) -> Pathway:
        """Its demand side."""
        ...


def interval(samples: Floats) -> tuple[Floats, Floats]:
    """The 5 % and 95 % points over replications, along the first axis, rounded outwards.

    Each end is what one replication gave, so that few replications make no interval too narrow.
    """
    low: Floats = np.quantile(samples, 0.05, axis=0, method="lower")
    high: Floats = np.quantile(samples, 0.95, axis=0, method="higher")
    return low, high


def patients_frame(replications: Sequence[Replication]) -> pl.DataFrame:
    """class, patients, low, high."""
    counts = np.array(
        [np.bincount(one.account.ending, minlength=len(CLASSES)) for one in replications]
    )
    low, high = interval(counts)
    return pl.DataFrame({"class": CLASSES, "patients": counts[0], "low": low, "high": high})


def headline(replications: Sequence[Replication]) -> Interval:
    """Share of the eligible treated in time: reference replication, 5 % and 95 % points."""
    shares = np.array([one.share for one in replications])
    low, high = interval(shares)
    return Interval(value=float(shares[0]), low=float(low), high=float(high))


def doses_frame(replications: Sequence[Replication]) -> pl.DataFrame:
    """ending, doses, low, high: every order of the horizon by how it ended."""
    counts = np.array([one.endings for one in replications])
    low, high = interval(counts)
    return pl.DataFrame({"ending": DOSE_ENDINGS, "doses": counts[0], "low": low, "high": high})


def losses_frame(replications: Sequence[Replication]) -> pl.DataFrame:
    """link, patients, late, never, clinical_exit, low, high, doses: one row a link, then clinical."""
    tables = np.array([link_counts(one.account) for one in replications])
    lost = tables[:, :, [LATE, NEVER, CLINICAL_EXIT]]
    low, high = interval(lost.sum(axis=2))
    doses = np.append(replications[0].lost_by_link, 0)
    return pl.DataFrame(
        {
            "link": [*LINKS, CLINICAL],
            "patients": lost[0].sum(axis=1),
            "late": lost[0, :, 0],
            "never": lost[0, :, 1],
            "clinical_exit": lost[0, :, 2],
            "low": low,
            "high": high,
            "doses": doses,
        }
    )


def seeds_frame(replications: Sequence[Replication]) -> pl.DataFrame:
    """One row a seed: eligible, each class, contribution, and ``lost_<link>`` of each booking.

    Two runs under the same seeds can be compared seed by seed with it.
    """
    classes = [np.bincount(one.account.ending, minlength=len(CLASSES)) for one in replications]
    lost = [link_counts(one.account)[:, [LATE, NEVER, CLINICAL_EXIT]] for one in replications]
    rows = [
        (
            one.seed,
            int(counts.sum()),
            *counts.tolist(),
            one.contribution,
            *links.sum(axis=1).tolist(),
        )
        for one, counts, links in zip(replications, classes, lost, strict=True)
    ]
    return pl.DataFrame(
        rows,
        schema={
            "seed": pl.Int64,
            **dict.fromkeys(("eligible", *CLASSES), pl.Int64),
            "contribution": pl.Float64,
            **dict.fromkeys((f"lost_{link}" for link in (*LINKS, CLINICAL)), pl.Int64),
        },
        orient="row",
    )


def product_frame(prepared: Known, replications: Sequence[Replication]) -> pl.DataFrame:
    """product, name, name_zh, nuclide, in_time_days, eligible, in_time, share, link.

    Means over replications; small cells are null.
    """
    network = prepared.network
    cells = booked_cells(
        replications, [one.product for one in replications], network.frame("products").height
    )
    names = network.frame("products").select("product", "name", "name_zh", "nuclide")
    limits = pl.Series("in_time_days", prepared.path.in_time_days)
    return guarded(names.with_columns(limits).hstack(cells))


def whole_curve_frame(replications: Sequence[Replication]) -> pl.DataFrame:
    """days, share, low, high: share of all eligible treated within so many days."""
    shares = np.array(
        [
            (one.account.days[:, None] <= CURVE_DAYS).sum(axis=0) / max(len(one.account.days), 1)
            for one in replications
        ]
    )
    low, high = interval(shares)
    return pl.DataFrame({"days": CURVE_DAYS, "share": shares[0], "low": low, "high": high})


def curve_frame(prepared: Known, replications: Sequence[Replication]) -> pl.DataFrame:
    """product, days, share, low, high: share of the eligible treated within so many days."""
    products = prepared.network.frame("products")["product"].to_list()
    shares = np.array(
        [share_in_time(one.account, one.product, len(products), CURVE_DAYS) for one in replications]
    )
    low, high = interval(shares)
    return pl.DataFrame(
        {
            "product": np.repeat(products, len(CURVE_DAYS)),
            "days": np.tile(CURVE_DAYS, len(products)),
            "share": shares[0].ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )


def regions_frame(prepared: Known, replications: Sequence[Replication]) -> pl.DataFrame:
    """Regions with mean eligible and in-time patients of the cohort; small cells are null."""
    network = prepared.network
    cells = region_cells(network, replications)
    base = network.frame("regions").select("region", "name", "part_of", "lat", "lon", "population")
    return guarded(base.hstack(cells))


def areas_frame(prepared: Known, replications: Sequence[Replication]) -> pl.DataFrame:
    """The same by state or province."""
    regions = prepared.network.rows(Region)
    cells = region_cells(prepared.network, replications)
    named = pl.DataFrame(
        {
            "part_of": [region.part_of for region in regions],
            "population": [region.population for region in regions],
        }
    ).hstack(cells.select("eligible", "in_time", *LINKS))
    grouped = named.group_by("part_of", maintain_order=True).agg(pl.all().sum())
    return guarded(grouped.sort("part_of"))


def region_cells(network: Network, replications: Sequence[Replication]) -> pl.DataFrame:
    """eligible, in_time and losses by link of each region, mean over replications; unguarded."""
    places = [one.region for one in replications]
    return booked_cells(replications, places, network.frame("regions").height)


def booked_cells(
    replications: Sequence[Replication], places: Sequence[Ints], count: int
) -> pl.DataFrame:
    """eligible, in_time and losses by link of each cell, mean over replications; unguarded.

    Args:
        replications: What was booked.
        places: For each of them the cell of each episode.
        count: Cells.
    """
    cells = np.zeros((count, len(LINKS) + 2))
    for one, place in zip(replications, places, strict=True):
        column = np.where(one.account.ending == IN_TIME, len(LINKS), one.account.link)
        column = np.where(column < 0, len(LINKS) + 1, column)
        np.add.at(cells, (place, column), 1.0 / len(replications))
    frame = pl.DataFrame(cells[:, : len(LINKS)], schema=list(LINKS), orient="row")
    return frame.with_columns(
        pl.Series("eligible", cells.sum(axis=1)), pl.Series("in_time", cells[:, len(LINKS)])
    )


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Share, worst and next link of each cell; everything null in cells of too few people.

    A cell that loses nobody has no worst link, and one that loses at one link only no next.
    """
    losses = frame.select(LINKS).to_numpy()
    # Upstream first among equals.
    order = np.argsort(-losses, axis=1, kind="stable")
    worst, second = (
        [
            LINKS[at[place]] if row[at[place]] > 0 else None
            for row, at in zip(losses, order, strict=True)
        ]
        for place in (0, 1)
    )
    shown = pl.col("eligible") >= SMALLEST_CELL
    return (
        frame.with_columns(
            pl.Series("link", worst, dtype=pl.String),
            pl.Series("second", second, dtype=pl.String),
            (pl.col("in_time") / pl.col("eligible")).alias("share"),
        )
        .with_columns(
            pl.when(shown).then(pl.col(name)).otherwise(None).alias(name)
            for name in ("eligible", "in_time", "share", "link", "second")
        )
        .drop(LINKS)
    )


def weeks_frame(prepared: Prepared, reference: Replication) -> pl.DataFrame:
    """week, product, demand, served, method."""
    days = prepared.calendar
    planned = days.week_of(prepared.network.settings.plan_week)
    products = [row.product for row in prepared.network.rows(Product)]
    rows = [
        (
            days.monday(week),
            product,
            int(reference.demand[week, at]),
            int(reference.served[week, at]),
            "exact" if week == planned else "aggregated",
        )
        for week in range(days.weeks)
        for at, product in enumerate(products)
    ]
    return pl.DataFrame(
        rows, schema=["week", "product", "demand", "served", "method"], orient="row"
    )


def episodes_frame(prepared: Prepared, one: Replication) -> pl.DataFrame:
    """The cohort of a replication, one row an episode: its class, link and days."""
    network, account = prepared.network, one.account
    links = np.array([*LINKS, None], dtype=object)
    days = np.where(np.isfinite(account.days), account.days, np.nan)
    return pl.DataFrame(
        {
            "product": network.frame("products")["product"][one.product],
            "region": network.frame("regions")["region"][one.region],
            "payer": network.frame("payers")["payer"][one.payer],
            "t0_day": one.t0,
            "class": [CLASSES[ending] for ending in account.ending],
            "link": links[account.link].tolist(),
            "days_to_first_dose": pl.Series(days).fill_nan(None),
        },
        schema_overrides={"link": pl.String},
    )


def ledger_frame(
    network: Network, losses: pl.DataFrame, valued: pl.DataFrame, money: pl.DataFrame
) -> pl.DataFrame:
    """The losses with what each link cost and was paid in the planned week, and its value.

    Cost and payment are null where the network states none.
    """
    values = valued.select(
        "link",
        "unit",
        "at",
        pl.col("patients").alias("value"),
        pl.col("low").alias("value_low"),
        pl.col("high").alias("value_high"),
    )
    spent = [_spent(money, *_COSTS.get(link, ("", ""))) for link in losses["link"]]
    received = [_received(money, *_PAYMENTS.get(link, ("", ""))) for link in losses["link"]]
    return losses.with_columns(
        pl.Series("cost", spent, dtype=pl.Float64),
        pl.Series("payment", received, dtype=pl.Float64),
        pl.lit(network.settings.currency).alias("currency"),
    ).join(values, on="link", how="left", maintain_order="left")


_COSTS = {
    "cannot_pay": ("patient", ""),
    "no_isotope": ("maker", "isotope"),
    "no_batch_capacity": ("maker", "batches vials"),
    "transport": ("maker", "carriage"),
    "no_suite": ("hospital", ""),
}
"""Whose spending on which items is the cost of a link; no item means all of them."""

_PAYMENTS = {
    "cannot_pay": ("hospital", "drug administration"),
    "no_isotope": ("isotope_supplier", "isotope"),
    "no_batch_capacity": ("maker", "making"),
    "transport": ("carrier", "carriage"),
    "no_suite": ("hospital", "administration"),
}


def _spent(money: pl.DataFrame, party: str, items: str) -> float | None:
    rows = _of(money, party, items).filter(pl.col("amount") < 0)
    return -float(rows["amount"].cast(pl.Float64).sum()) if party else None


def _received(money: pl.DataFrame, party: str, items: str) -> float | None:
    rows = _of(money, party, items).filter(pl.col("amount") > 0)
    return float(rows["amount"].cast(pl.Float64).sum()) if party else None


def _of(money: pl.DataFrame, party: str, items: str) -> pl.DataFrame:
    rows = money.filter(pl.col("party") == party)
    return rows.filter(pl.col("item").is_in(items.split())) if items else rows


def sites_frame(prepared: Prepared, delivered: pl.DataFrame) -> pl.DataFrame:
    """site, name, lat, lon, setting, doses, chairs, offers: the planned week at each site."""
    network = prepared.network
    infused = delivered.filter(pl.col("ending").is_in(["infused", "infused_late"]))
    doses = infused.group_by("site").len("doses")
    chairs = network.frame("suites").group_by("site").agg(pl.col("chairs").sum())
    offers = prepared.participation.offers.any(axis=(1, 2))
    return (
        network.frame("sites")
        .select("site", "name", "name_zh", "lat", "lon", "setting")
        .with_columns(pl.Series("offers", offers))
        .join(doses, on="site", how="left", maintain_order="left")
        .join(chairs, on="site", how="left", maintain_order="left")
        .with_columns(pl.col("doses", "chairs").fill_null(0))
    )
