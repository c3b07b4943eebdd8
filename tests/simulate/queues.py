"""Small worlds by hand: patients who pass a row of stages, without sites and doses.

Every region has stations of its own, so that a world of many regions is as many independent
replications of one small network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from doseline.model.ledger import LINKS
from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.run import simulate
from doseline.simulate.engine.world import (
    NOWHERE,
    PURPOSES,
    Arrivals,
    Course,
    Journey,
    Law,
    Payers,
    Places,
    Sites,
    Stage,
    Stations,
    Supply,
    World,
)

if TYPE_CHECKING:
    from doseline.simulate.engine.outcome import Outcome

Floats = npt.NDArray[np.float64]
LOSS, REFUSED = LINKS.index("pet_slot"), LINKS.index("no_scanner")
FIRST_LINK = LINKS.index("pet_slot")
__all__ = ["simulate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage of a journey; with servers it is a station in each region."""

    kind: Stage
    law: Law = Law.FIXED
    first: float = 0.0
    second: float = 0.0
    passes: float = 1.0
    servers: int = 0
    slot: bool = True
    most_waiting: int = -1
    open_from: float = 0.0
    max_km: float = 100.0


END = Step(kind=Stage.END)
ORDER = Step(kind=Stage.ORDER)
SITE = Step(kind=Stage.SITE)


def link_of(stage: int) -> int:
    """The link to which time and losses of a stage are booked."""
    return FIRST_LINK + stage


def queue_world(steps: tuple[Step, ...], *, regions: int, weeks: int) -> World:
    """Patients of one product who pass the same steps in each of several like regions."""
    return World(
        weeks=weeks,
        products=1,
        rural=np.zeros(regions, np.bool_),
        reach=np.ones((1, regions), np.bool_),
        journey=_journey([steps]),
        stations=_stations(steps, regions),
        payers=payers(),
        sites=_no_sites(regions),
        course=course(products=1, weeks=weeks),
        supply=no_supply(weeks, products=1),
        purposes=purposes(1, len(steps)),
    )


def purposes(products: int, stages: int) -> tuple[str, ...]:
    """The streams of a world: three for each stage of each product."""
    own = [
        f"{product}/{stage}/{what}"
        for product in range(products)
        for stage in range(stages)
        for what in ("pass", "radius", "angle")
    ]
    return (*PURPOSES, *own)


def _journey(products: list[tuple[Step, ...]]) -> Journey:
    shape = (len(products), len(products[0]))

    def each(of: str, kind: type = np.float64) -> npt.NDArray[Any]:
        return np.array([[getattr(step, of) for step in steps] for steps in products], kind)

    stage = np.arange(shape[1])
    station = np.cumsum(each("kind") == Stage.STATION, axis=1) - 1
    at_station = each("kind") == Stage.STATION
    first = len(PURPOSES) + 3 * np.arange(shape[0] * shape[1], dtype=np.int64)
    return Journey(
        kind=each("kind", np.int64),
        link=np.broadcast_to(FIRST_LINK + stage, shape).copy(),
        law=each("law", np.int64),
        first=each("first"),
        second=each("second"),
        passes=np.repeat(each("passes")[:, :, np.newaxis], 2, axis=2),
        standard=np.zeros(shape),
        places=np.where(at_station, station, NOWHERE),
        refused=np.where(at_station, REFUSED, NOWHERE),
        max_km=each("max_km"),
        purpose=first.reshape(shape),
    )


def _stations(steps: tuple[Step, ...], regions: int) -> Stations:
    """Station ``row * regions + region`` is that of the row-th step with servers."""
    of = [step for step in steps if step.kind == Stage.STATION]

    def each(name: str, kind: type) -> npt.NDArray[Any]:
        return np.repeat(np.array([getattr(step, name) for step in of], kind), regions)

    return Stations(
        servers=each("servers", np.int64),
        law=each("law", np.int64),
        first=each("first", np.float64),
        second=each("second", np.float64),
        slot=each("slot", np.bool_),
        most_waiting=each("most_waiting", np.int64),
        open_from=each("open_from", np.float64),
        catchments=tuple(
            Places(
                place=(row * regions + np.arange(regions, dtype=np.int64))[:, np.newaxis],
                km=np.full((regions, 1), 10.0),
                size=np.ones(len(of) * regions),
            )
            for row in range(len(of))
        ),
    )


def payers(**given: object) -> Payers:
    """One payer who pays at once and denies nothing, but for what is given."""
    zero, fixed = np.zeros(1), np.full(1, Law.FIXED, np.int64)
    arrays: dict[str, object] = {
        **dict.fromkeys(("cannot_pay", "first", "second", "standard"), zero),
        **dict.fromkeys(("denied", "appeals", "won", "appeal_first", "appeal_second"), zero),
        **dict.fromkeys(("law", "appeal_law"), fixed),
    }
    return Payers(**{**arrays, **given})  # type: ignore[arg-type]


def _no_sites(regions: int) -> Sites:
    return Sites(
        places=Places(
            place=np.full((regions, 1), NOWHERE), km=np.zeros((regions, 1)), size=np.zeros(1)
        ),
        offers=np.ones((1, 1, 1), np.bool_),
        listed_from=np.zeros((1, 1)),
        blocked=np.full((1, 1), NOWHERE),
    )


def course(*, products: int, weeks: int, cycles: int = 1, **given: object) -> Course:
    """A course of one dose, ordered up to the Monday, that nothing disturbs, but for what is given."""
    zero = np.zeros(products)
    arrays: dict[str, object] = {
        "interval": np.full(products, 42.0),
        "cycles": np.full(products, cycles),
        "goes_on": np.ones((products, cycles)),
        "order_by": np.tile(7.0 * np.arange(weeks), (products, 1)),
        "hold": np.zeros((products, 2)),
        "hold_weeks": np.ones(products, np.int64),
        **dict.fromkeys(("cut", "cut_to", "again", "again_after", "residual"), zero),
        "in_time_days": np.full(products, 84.0),
    }
    return Course(**{**arrays, **given})  # type: ignore[arg-type]


def no_supply(weeks: int, products: int, sites: int = 1) -> Supply:
    """No way to serve anybody."""
    none, nothing = np.zeros(0), np.zeros(0, np.int64)
    ways = ("day", "on_time", "usable", "unexpired", "ready", "arrive", "infuse", "late", "cost")
    runs = ("doses", "activity", "failure", "release_failure", "least")
    return Supply(
        way_first=np.zeros(sites * products + 1, np.int64),
        way_run=nothing,
        **{f"way_{name}": none for name in ways},
        run_key=np.zeros(0, np.uint64),
        **{f"run_{name}": none for name in runs},
        run_share=np.zeros((weeks, 0)),
        conflict_first=np.zeros(1, np.int64),
        conflict_run=nothing,
        draw_first=np.zeros(1, np.int64),
        draw_pool=nothing,
        draw_per_gbq=none,
        pool_gbq=none,
        pool_share=np.zeros((weeks, 0)),
        cap_first=np.zeros(sites + 1, np.int64),
        cap_link=nothing,
        cap_most=none,
        cap_uses=np.zeros((0, products)),
        site_share=np.ones((weeks, sites)),
    )


def arrivals_at(t0: Floats, region: npt.ArrayLike, **given: npt.ArrayLike) -> Arrivals:
    """Patients of product 0 and payer 0 who never exit and have no site, but for what is given."""
    order = np.argsort(t0, kind="stable")
    count, zero = len(t0), np.zeros(len(t0), np.int64)
    arrays: dict[str, npt.NDArray[Any]] = {
        "key": np.arange(count, dtype=np.uint64),
        "t0": np.asarray(t0, np.float64)[order],
        "region": np.asarray(np.broadcast_to(region, count), np.int64)[order],
        **dict.fromkeys(("product", "payer", "given"), zero),
        "exit_day": np.full(count, np.inf),
        "site": np.full(count, NOWHERE),
    }
    moved = {name: np.asarray(one)[order] for name, one in given.items()}
    return Arrivals(**{**arrays, **moved})


def poisson_times(
    rate: float, until: float, regions: int, *, seed: int
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Days and regions of Poisson arrivals, at a rate in each region until a day."""
    random = np.random.default_rng(seed)
    counts = random.poisson(rate * until, regions)
    return random.uniform(0.0, until, int(counts.sum())), np.repeat(np.arange(regions), counts)


def run(world: World, arrivals: Arrivals, *, seed: int = 1, log: int = 0) -> Outcome:
    """One replication with the built-in policies."""
    return simulate(world, arrivals, seed=seed, policies=Policies(), log=log)
