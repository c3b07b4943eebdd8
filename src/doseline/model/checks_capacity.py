"""Trainees, learning, waste and tracers: capacity that comes late, or that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from doseline.model.checks_base import at, horizon, nuclide_of
from doseline.model.checks_transport import great_circle_km
from doseline.model.findings import NOTE, WARNING, Finding
from doseline.model.network import Network


def check_training(network: Network) -> Iterator[Finding]:
    """People who start to work only after the period of the network."""
    _, last = horizon(network)
    for index, ready in enumerate(network.frame("training")["ready"]):
        if ready > last:
            yield at(
                "training",
                index,
                "ready",
                code="trainee_after",
                severity=NOTE,
                found=ready,
                allowed=f"≤ {last}",
            )


def check_experience(network: Network) -> Iterator[Finding]:
    """Experience that has no effect: nobody treats, or the product has no learning."""
    nuclides = nuclide_of(network)
    licences = network.frame("licences").filter(operation="treat").select("holder", "nuclide")
    treats = set(licences.iter_rows())
    learned = set(network.frame("learning")["product"])
    frame = network.frame("experience").select("site", "product")
    for index, (site, product) in enumerate(frame.iter_rows()):
        if (site, nuclides[product]) not in treats:
            yield at(
                "experience",
                index,
                "site",
                code="experience_unlicensed",
                severity=NOTE,
                found=site,
                nuclide=nuclides[product],
            )
        if product not in learned:
            yield at(
                "experience",
                index,
                "product",
                code="experience_without_learning",
                severity=NOTE,
                found=product,
            )


def check_waste(network: Network) -> Iterator[Finding]:
    """Waste that nowhere fills a store, stores that nothing fills, and stores that are overfull."""
    streams, stores = network.frame("waste_streams"), network.frame("waste_stores")
    stored, made = set(stores["kind"]), set(streams["kind"])
    for index, kind in enumerate(streams["kind"]):
        if kind not in stored:
            yield at(
                "waste_streams",
                index,
                "kind",
                code="stream_without_store",
                severity=NOTE,
                found=kind,
            )
    for index, row in enumerate(stores.iter_rows(named=True)):
        if row["kind"] not in made:
            yield at(
                "waste_stores",
                index,
                "kind",
                code="store_without_stream",
                severity=NOTE,
                found=row["kind"],
            )
        if row["held_l"] > row["capacity_l"]:
            yield at(
                "waste_stores",
                index,
                "held_l",
                code="store_overfull",
                severity=WARNING,
                found=f"{row['held_l']:g} L",
                allowed=f"≤ {row['capacity_l']:g} L",
            )


def check_tracers(network: Network) -> Iterator[Finding]:
    """Tracers of scanners that may not be used in the period of the network."""
    _, last = horizon(network)
    used = set(network.frame("scanners")["tracer"])
    for index, row in enumerate(network.frame("tracers").iter_rows(named=True)):
        approved = row["approved_from"] is not None and row["approved_from"] <= last
        if row["tracer"] in used and not approved and not row["in_house"]:
            yield at(
                "tracers",
                index,
                "approved_from",
                code="tracer_unavailable",
                severity=WARNING,
                found=row["approved_from"] or "",
                allowed=f"≤ {last}",
                tracer=row["tracer"],
            )


def check_tracer_supply(network: Network) -> Iterator[Finding]:
    """Places whose tracer reaches no scanner that uses it, not even as the crow flies."""
    supply = network.frame("tracer_supply").with_row_index("index")
    scanners = network.frame("scanners").select("tracer", to_lat="lat", to_lon="lon")
    places = pl.concat(
        network.frame(table).select(place=key, from_lat="lat", from_lon="lon")
        for table, key in (("hubs", "hub"), ("lines", "line"), ("sites", "site"))
    )
    nearest = (
        supply.join(places, on="place")
        .join(scanners, on="tracer")
        .group_by("index", "place", "reach_km")
        .agg(km=great_circle_km().min())
        .sort("index")
    )
    for row in nearest.filter(pl.col("km") > pl.col("reach_km")).iter_rows(named=True):
        yield at(
            "tracer_supply",
            row["index"],
            "reach_km",
            code="tracer_out_of_reach",
            severity=WARNING,
            found=f"{row['reach_km']:g} km",
            allowed=f"≥ {row['km']:.0f} km",
            place=row["place"],
        )
