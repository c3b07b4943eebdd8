"""Itineraries by nuclide, since a nuclear pharmacy passes on only what it may distribute."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from doseline.model.options import ITINERARY_SCHEMA
from doseline.routes.doors import PHARMACY
from doseline.routes.graph import lane_graph, licensed_graph
from doseline.routes.handovers import from_handovers
from doseline.routes.itineraries import Itineraries

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.network import Network
    from doseline.routes.runs import Runs
    from doseline.routes.timetable import Bools, Ints


def licensed_itineraries(network: Network, runs: Runs, *, first: date, last: date) -> Itineraries:
    """The itineraries of all batch slots, through pharmacies that are licensed for their nuclide.

    Args:
        network: The network.
        runs: The batch slots.
        first: First date of departure.
        last: Last date of departure, included.
    """
    graph = lane_graph(network, first=first, last=last)
    nuclide = network.frame("products")["nuclide"].gather(runs.product).to_numpy()
    if PHARMACY not in network.frame("hubs")["kind"] or not nuclide.size:
        return from_handovers(graph, runs)
    parts = []
    for name in sorted(set(nuclide)):
        batch = np.flatnonzero(nuclide == name)
        licensed = licensed_graph(graph, network, first=first, last=last, nuclide=name)
        parts.append((batch, from_handovers(licensed, runs.take(batch))))
    ways = _joined(parts)
    without = ~_found(ways) & ways.reached
    if not without.any():
        return ways
    return dataclasses.replace(ways, unlicensed=without & _found(from_handovers(graph, runs, k=1)))


def _found(ways: Itineraries) -> Bools:
    """Whether a batch slot has a way to a site: batch slot x site."""
    found = np.zeros_like(ways.reached)
    found[ways.batch, ways.site] = True
    return found


def _joined(parts: list[tuple[Ints, Itineraries]]) -> Itineraries:
    """Itineraries of some batch slots each, by batch slot and site."""
    batch = np.concatenate([batch[ways.batch] for batch, ways in parts])
    site = np.concatenate([ways.site for _, ways in parts])
    order = np.lexsort((site, batch))
    slot = np.argsort(np.concatenate([batch for batch, _ in parts]))
    each = [ways for _, ways in parts]
    frame = pl.concat(ways.frame for ways in each)[order].with_columns(
        itinerary=pl.int_range(pl.len()).cast(ITINERARY_SCHEMA["itinerary"]),
        batch=pl.Series(batch[order]).cast(ITINERARY_SCHEMA["batch"]),
    )
    return Itineraries(
        batch=batch[order],
        site=site[order],
        depart_ms=np.concatenate([ways.depart_ms for ways in each])[order],
        arrive_ms=np.concatenate([ways.arrive_ms for ways in each])[order],
        cost=np.concatenate([ways.cost for ways in each])[order],
        mode=np.concatenate([ways.mode for ways in each])[order],
        connects=np.concatenate([ways.connects for ways in each])[order],
        late=np.concatenate([ways.late for ways in each], axis=1)[:, order],
        late_mean_h=np.concatenate([ways.late_mean_h for ways in each], axis=1)[:, order],
        reached=np.concatenate([ways.reached for ways in each])[slot],
        unlicensed=np.concatenate([ways.unlicensed for ways in each])[slot],
        frame=frame,
    )
