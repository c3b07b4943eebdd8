"""A world and its patients, laid out as the kernel's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.lists import WEEKS_AHEAD
from doseline.simulate.engine.memory import rows
from doseline.simulate.engine.policies import at_once
from doseline.simulate.engine.tables import (
    COUNTS,
    INFUSION,
    ORDER,
    PERSON,
    RUN_WEEK,
    Account,
    Calendar,
    Course,
    Journeys,
    Lines,
    Log,
    People,
    Supply,
    Week,
)
from doseline.simulate.engine.world import NOWHERE, streams

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from doseline.simulate.engine.policies import Policies
    from doseline.simulate.engine.world import Arrivals, Places, World


def records(columns: Mapping[str, npt.NDArray[Any]]) -> Any:
    """Columns of one shape as a table of records."""
    kept = {
        name: np.asarray(column, np.float64 if column.dtype.kind == "f" else None)
        for name, column in columns.items()
    }
    first = next(iter(kept.values()))
    dtype = np.dtype([(name, column.dtype) for name, column in kept.items()], align=True)
    table = np.zeros(first.shape, dtype)
    for name, column in kept.items():
        table[name] = column
    return table.view(np.recarray)


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
        horizon=world.horizon,
    )


def lines_of(world: World, policies: Policies) -> Lines:
    """Stations with every server idle and nobody in line."""
    stations = world.stations
    count = len(stations.servers)
    servers = stations.servers.astype(np.int64)
    widest = max(
        [world.sites.places.place.shape[1], *(near.place.shape[1] for near in stations.catchments)]
    )
    nobody = np.full(count, NOWHERE)
    weeks = 0 if policies.ordering is at_once else world.weeks + WEEKS_AHEAD - 1
    return Lines(
        stations=records(
            {
                "law": stations.law,
                "first": stations.first,
                "second": stations.second,
                "slot": stations.slot,
                "most_waiting": stations.most_waiting,
                "first_server": np.cumsum(servers) - servers,
                "idle": servers,
                "head": nobody,
                "tail": nobody,
            }
        ),
        waiting=np.zeros(count),
        busy=np.zeros(servers.sum(), dtype=np.bool_),
        held=np.full(servers.sum(), NOWHERE),
        station_of=np.repeat(np.arange(count), servers),
        services=_none((world.weeks, count)),
        load=np.zeros(widest),
        takes=np.zeros(widest, dtype=np.bool_),
        site_load=np.zeros(len(world.sites.offers)),
        listed=np.zeros((len(world.sites.offers), weeks)),
    )


def people_of(world: World, arrivals: Arrivals) -> People:
    """Room for the patients, to be filled by :func:`doseline.simulate.engine.opening.begin`."""
    count = arrivals.count
    return People(
        persons=rows(count, PERSON),
        orders=rows(count, ORDER),
        wait=np.zeros((count, len(LINKS))),
        infusions=np.empty(_most_infusions(world, arrivals), INFUSION).view(np.recarray),
    )


def _most_infusions(world: World, arrivals: Arrivals) -> int:
    """No fewer infusions than there can be: memory that is not written to costs nothing."""
    courses = 2 * int(np.maximum(world.course.cycles, 1)[arrivals.product].sum())
    runs = np.where(world.supply.run_share > 0.0, world.supply.run_doses, 0.0)
    made = (runs * world.supply.run_share + 1.0).sum()
    return int(min(courses, made))


def calendar_of(world: World, count: int) -> Calendar:
    """A calendar without events."""
    entities = count + int(world.stations.servers.sum())
    return Calendar(
        when=np.zeros(entities),
        following=np.full(entities, NOWHERE, dtype=np.int32),
        day_head=np.full(7 * world.weeks + 1, NOWHERE, dtype=np.int32),
        week_head=np.full(world.weeks, NOWHERE, dtype=np.int32),
        heap_time=np.empty(entities + 1),
        heap_entity=np.empty(entities + 1, dtype=np.int32),
        counts=np.zeros(COUNTS, dtype=np.int64),
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
        reserved=float(policies.reserved_for_new),
        overbook=float(policies.overbook),
        swap=bool(policies.swap),
    )


def supply_of(world: World) -> Supply:
    """Ways, runs, pools and limits of sites."""
    supply = world.supply
    ways = ("run", "day", "on_time", "ready", "arrive", "infuse")
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


def week_of(world: World, count: int) -> Week:
    """Room for a week's orders; its tables are cleared each week."""
    supply = world.supply
    caps, draws = len(supply.cap_most), len(supply.draw_pool)
    pairs = len(world.sites.offers) * world.products
    whole = {name: np.empty(count, dtype=np.int64) for name in _WHOLE}
    return Week(
        key=np.empty(count, dtype=np.uint64),
        score=np.empty(count),
        day=np.empty(count),
        used=np.empty(caps),
        infused=np.empty(caps),
        runs=np.zeros(len(supply.run_key), RUN_WEEK).view(np.recarray),
        drawn=np.empty(len(supply.pool_gbq)),
        drawn_by=np.empty(draws),
        kept=np.empty(2 * draws),
        refused=np.empty((pairs, 2), dtype=np.bool_),
        freed=np.empty(pairs, dtype=np.int64),
        freed_last=np.empty(pairs, dtype=np.int64),
        **whole,
    )


_WHOLE = ("row", "way", "link", "ending", "told", "scratch", "freed_next")


def account_of(world: World) -> Account:
    """An empty account of doses and activity."""
    supply, products = world.supply, world.products
    runs, pools = len(supply.run_key), len(supply.pool_gbq)
    delivered = (supply.pool_gbq * supply.pool_share).sum(axis=0)
    return Account(
        endings=_none((products, len(DOSE_ENDINGS))),
        lost_by_link=_none((len(LINKS),)),
        demand=_none((world.weeks, products, 2)),
        served=_none((world.weeks, products, 2)),
        infused=_none(world.sites.offers.shape),
        run_doses=_none((world.weeks, runs)),
        run_failed=_none((world.weeks, runs)),
        waiting=_none((world.weeks,)),
        activity=np.zeros((products, 6)),
        isotope=np.stack([delivered, np.zeros(pools)], axis=1),
    )


def log_of(lines: int) -> Log:
    """Room for so many lines of a log."""
    whole = [np.empty(lines, dtype=np.int64) for _ in range(3)]
    return Log(time=np.empty(lines), patient=whole[0], event=whole[1], place=whole[2])


def own(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A copy in order of rows: one type for the compiler, whatever the world was made from."""
    kind = {"i": np.int64, "f": np.float64}.get(array.dtype.kind, array.dtype)
    return np.array(array, dtype=kind, order="C")


def lent(array: npt.NDArray[Any], kind: type[Any]) -> npt.NDArray[Any]:
    """The array itself where it is of the compiler's type already, or a copy that is."""
    return np.require(array, kind, ["C", "W"])


def _none(shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    return np.zeros(shape, dtype=np.int64)


def _beside(near: Places, of_places: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A figure of each place where it is near, and 0 where there is none."""
    figures = np.append(of_places, 0.0)
    return figures[np.where(near.place == NOWHERE, len(of_places), near.place)]


def _joined(arrays: list[npt.NDArray[Any]], dtype: type[Any]) -> npt.NDArray[Any]:
    """Tables row by row, one after the other."""
    return np.concatenate([np.zeros(0, dtype), *(array.ravel() for array in arrays)]).astype(dtype)
