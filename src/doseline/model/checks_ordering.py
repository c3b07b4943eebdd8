"""Ordering: cut-offs, the commitment ladder, later doses, and listing at hospitals."""

from __future__ import annotations

from collections.abc import Iterator

from doseline.model.checks_base import at, horizon
from doseline.model.columns import WEEKDAY_NAMES, weekday_numbers
from doseline.model.findings import ERROR, NOTE, WARNING, Finding
from doseline.model.network import Network

LISTING_STEPS = ("hospital_listing", "procurement", "service_item", "drug_filing")


def check_cutoffs(network: Network) -> Iterator[Finding]:
    """Days of infusion for which a product has two cut-offs."""
    frame = network.frame("ordering_cutoffs").select("product", "infusion_weekdays")
    taken: dict[tuple[str, int], int] = {}
    for index, (product, weekdays) in enumerate(frame.iter_rows()):
        days = weekday_numbers(weekdays)
        twice = [day for day in days if (product, day) in taken]
        if twice:
            yield at(
                "ordering_cutoffs",
                index,
                "infusion_weekdays",
                code="cutoffs_overlap",
                severity=ERROR,
                found=" ".join(WEEKDAY_NAMES[day] for day in twice),
                product=product,
                line=taken[product, twice[0]] + 2,
            )
        for day in days:
            taken.setdefault((product, day), index)


def check_commitments(network: Network) -> Iterator[Finding]:
    """Rungs at which a fee falls, or moving is allowed again, as the infusion comes near."""
    frame = network.frame("commitments").with_row_index("index")
    before: dict[str, tuple[float, bool]] = {}
    for row in frame.sort("days_before", descending=True).iter_rows(named=True):
        fee, may_move = before.get(row["product"], (0.0, True))
        if row["fee_percent"] < fee:
            yield at(
                "commitments",
                row["index"],
                "fee_percent",
                code="fee_falls",
                severity=WARNING,
                found=f"{row['fee_percent']:g} %",
                allowed=f"≥ {fee:g} %",
                days=row["days_before"],
            )
        if row["may_move"] and not may_move:
            yield at(
                "commitments",
                row["index"],
                "may_move",
                code="move_returns",
                severity=WARNING,
                found=row["days_before"],
            )
        before[row["product"]] = row["fee_percent"], row["may_move"]


def check_continuation(network: Network) -> Iterator[Finding]:
    """Shares that go on after the last dose of a course."""
    products = network.frame("products")
    cycles = dict(zip(products["product"], products["cycles_max"], strict=True))
    frame = network.frame("continuation").select("product", "after_dose")
    for index, (product, after) in enumerate(frame.iter_rows()):
        if after >= cycles[product]:
            yield at(
                "continuation",
                index,
                "after_dose",
                code="continuation_beyond",
                severity=WARNING,
                found=after,
                allowed=f"≤ {cycles[product] - 1}",
                product=product,
            )


def check_listings(network: Network) -> Iterator[Finding]:
    """Steps of listing that are taken only after the period of the network."""
    _, last = horizon(network)
    frame = network.frame("listings").select("site", "product", *LISTING_STEPS)
    for index, (site, product, *days) in enumerate(frame.iter_rows()):
        for step, day in zip(LISTING_STEPS, days, strict=True):
            if day is not None and day > last:
                yield at(
                    "listings",
                    index,
                    step,
                    code="listing_after",
                    severity=NOTE,
                    found=day,
                    allowed=f"≤ {last}",
                    site=site,
                    product=product,
                )
