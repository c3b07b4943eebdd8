"""A world and its patients, laid out as the kernel's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.simulate.engine.lists import WEEKS_AHEAD
from doseline.simulate.engine.memory import none, table
from doseline.simulate.engine.opening import in_order
from doseline.simulate.engine.policies import at_once, gravity, nearest
from doseline.simulate.engine.room import stations_on_the_way
from doseline.simulate.engine.rules import rule_of
from doseline.simulate.engine.tables import (
    IN_LINE_NODE,
    Coming,
    Course,
    Journeys,
    Lines,
    Supply,
)
from doseline.simulate.engine.world import NOWHERE, Stage, streams

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from doseline.simulate.engine.policies import Policies
    from doseline.simulate.engine.world import Arrivals, Places, World

_LOAD_BLIND = (gravity, nearest)
"""Choices among those of :mod:`doseline.simulate.engine.policies` that look at no line."""


def records(columns: Mapping[str, npt.NDArray[Any]]) -> Any:
    """Columns of one shape as a table of records."""
    kept = {
        name: np.asarray(column, np.float64 if column.dtype.kind == "f" else None)
        for name, column in columns.items()
    }
    first = next(iter(kept.values()))
    dtype = np.dtype([(name, column.dtype) for name, column in kept.items()], align=True)
    filled = np.zeros(first.shape, dtype)
    for name, column in kept.items():
        filled[name] = column
    return table(filled)


def journeys_of(world: World, seed: int) -> Journeys:
    """Stages, payers, and what is near."""
    journey, payers, sites = world.journey, world.payers, world.sites
    catchments = world.stations.catchments
    slots = np.array([near.place.shape[1] for near in catchments], dtype=np.int64)
    sizes = [near.place.size for near in catchments]
    opening = world.stations.open_from
    return Journeys(
        stages=records(
            {
                "kind": journey.kind,
                "link": journey.link,
                "law": journey.law,
                "first": journey.first,
                "second": journey.second,
                "urban": journey.passes[..., 0],
                "rural": journey.passes[..., 1],
                "places": journey.places,
                "refused": journey.refused,
                "max_km": journey.max_km,
                "purpose": journey.purpose,
            }
        ),
        payers=records(
            {
                "cannot_pay": payers.cannot_pay,
                "law": payers.law,
                "first": payers.first,
                "second": payers.second,
                "denied": payers.denied,
                "appeals": payers.appeals,
                "won": payers.won,
                "appeal_law": payers.appeal_law,
                "appeal_first": payers.appeal_first,
                "appeal_second": payers.appeal_second,
            }
        ),
        rural=own(world.rural),
        reach=own(world.reach),
        streams=streams(world.purposes, seed),
        station_keys=np.arange(len(opening), dtype=np.uint64),
        catchments=records(
            {"slots": slots, "first": np.cumsum([0, *sizes[:-1]])[: len(sizes)].astype(np.int64)}
        ),
        near_place=_joined([near.place for near in catchments], np.int64),
        near_km=_joined([near.km for near in catchments], np.float64),
        near_size=_joined([_beside(near, near.size) for near in catchments], np.float64),
        near_open=_joined([_beside(near, opening) for near in catchments], np.float64),
        site_place=own(sites.places.place),
        site_km=own(sites.places.km),
        site_near_size=own(_beside(sites.places, sites.places.size)),
        site_size=own(sites.places.size),
        offers=own(sites.offers),
        listed=own(sites.listed_from),
        blocked=own(sites.blocked),
        order_by=own(world.course.order_by),
        ordering=np.argmax(journey.kind == Stage.ORDER, axis=1).astype(np.int64),
        horizon=world.horizon,
    )


def lines_of(world: World, policies: Policies, arrivals: Arrivals) -> Lines:
    """Stations with every server idle and nobody in line."""
    stations = world.stations
    count = len(stations.servers)
    servers = stations.servers.astype(np.int64)
    widest = max(
        [world.sites.places.place.shape[1], *(near.place.shape[1] for near in stations.catchments)]
    )
    nobody = np.full(count, NOWHERE)
    at_first = policies.ordering is at_once
    weeks = 0 if at_first else world.weeks + WEEKS_AHEAD - 1
    counted = policies.station_choice not in _LOAD_BLIND
    lined_up = counted or bool((stations.most_waiting >= 0).any())
    return Lines(
        stations=records(
            {
                "law": stations.law,
                "first": stations.first,
                "second": stations.second,
                "slot": stations.slot,
                "most_waiting": stations.most_waiting,
                "first_server": np.cumsum(servers) - servers,
                "servers": servers,
                "head": nobody,
                "tail": nobody,
                "waiting": np.zeros(count, dtype=np.int64),
            }
        ),
        free=np.full(servers.sum(), -np.inf),
        turn=none((servers.sum(),)),
        nodes=table(
            np.empty(arrivals.count * stations_on_the_way(world) if lined_up else 0, IN_LINE_NODE)
        ),
        spare=np.array([NOWHERE, 0]),
        waited=none((world.weeks + 1,)),
        services=none((world.weeks, count)),
        load=np.zeros(widest),
        takes=np.zeros(widest, dtype=np.bool_),
        site_load=np.zeros(len(world.sites.offers)),
        listed=np.zeros((len(world.sites.offers), weeks)),
        site_rule=rule_of(policies.site_choice),
        station_rule=rule_of(policies.station_choice),
        counted=counted,
        alone=at_first and policies.site_choice in _LOAD_BLIND,
    )


def coming_of(arrivals: Arrivals) -> Coming:
    """The patients as they come."""
    start, site = lent(arrivals.t0, np.float64), lent(arrivals.site, np.int64)
    return Coming(
        key=lent(arrivals.key, np.uint64),
        start=start,
        exit_day=lent(arrivals.exit_day, np.float64),
        product=lent(arrivals.product, np.int64),
        region=lent(arrivals.region, np.int64),
        payer=lent(arrivals.payer, np.int64),
        site=site,
        given=lent(arrivals.given, np.int64),
        in_order=in_order(start, site),
    )


def course_of(world: World, policies: Policies) -> Course:
    """Courses, and the numbers of the policies."""
    course = world.course
    names = (
        "interval",
        "cycles",
        "hold_weeks",
        "cut",
        "cut_to",
        "again",
        "again_after",
        "residual",
    )
    return Course(
        products=records({name: getattr(course, name) for name in names}),
        goes_on=own(course.goes_on),
        hold=own(course.hold),
        priority=rule_of(policies.priority),
        reserved=float(policies.reserved_for_new),
        overbook=float(policies.overbook),
        swap=bool(policies.swap),
    )


def supply_of(world: World) -> Supply:
    """Ways, runs, pools and limits of sites."""
    supply = world.supply
    ways = ("run", "day", "on_time", "usable", "unexpired", "ready", "arrive", "infuse", "late")
    runs = ("key", "doses", "activity", "failure", "release_failure", "least")
    return Supply(
        way_first=own(supply.way_first),
        ways=records({name: getattr(supply, f"way_{name}") for name in ways}),
        runs=records({name: getattr(supply, f"run_{name}") for name in runs}),
        run_share=own(supply.run_share),
        conflict_first=own(supply.conflict_first),
        conflict_run=own(supply.conflict_run),
        draw_first=own(supply.draw_first),
        draws=records({"pool": supply.draw_pool, "per_gbq": supply.draw_per_gbq}),
        pool_gbq=own(supply.pool_gbq),
        pool_share=own(supply.pool_share),
        cap_first=own(supply.cap_first),
        caps=records({"link": supply.cap_link, "most": supply.cap_most}),
        cap_uses=own(supply.cap_uses),
        site_share=own(supply.site_share),
    )


def own(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy in order of rows: one type for the compiler, whatever the world was made from."""
    kind = {"i": np.int64, "f": np.float64}.get(array.dtype.kind, array.dtype)
    return np.array(array, dtype=kind, order="C")


def lent(array: npt.NDArray[Any], kind: type[Any]) -> npt.NDArray[Any]:
    """The array itself where it is of the compiler's type already, or a copy that is."""
    return np.require(array, kind, ["C", "W"])


def _beside(near: Places, of_places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A figure of each place where it is near, and 0 where there is none."""
    figures = np.append(of_places, 0.0)
    return figures[np.where(near.place == NOWHERE, len(of_places), near.place)]


def _joined(arrays: list[npt.NDArray[Any]], dtype: type[Any]) -> npt.NDArray[Any]:
    """Tables row by row, one after the other."""
    return np.concatenate([np.zeros(0, dtype), *(array.ravel() for array in arrays)]).astype(dtype)
