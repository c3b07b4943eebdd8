"""Random small worlds that use every feature of the engine: the same seed, the same world."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from doseline.model.ledger import LINKS
from doseline.simulate.engine import policies as built_in
from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.world import (
    NOWHERE,
    PURPOSES,
    Arrivals,
    Bools,
    Course,
    Floats,
    Ints,
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

_STAGES = (
    Stage.REACH,
    Stage.DELAY,
    Stage.STATION,
    Stage.POSITIVE,
    Stage.SITE,
    Stage.CANNOT_PAY,
    Stage.AUTHORISE,
    Stage.STATION,
    Stage.DELAY,
    Stage.ORDER,
)
_TIMED = (Stage.DELAY, Stage.STATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A world, its patients, and the policies to run it with."""

    world: World
    arrivals: Arrivals
    policies: Policies
    seed: int


def by_turns(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:
    """A user's own priority: weeks take turns; some orders must wait."""
    if draw > 0.95:
        return math.inf
    return draw - attempts + (kind if week % 2 else -kind) - waited / 100.0


def fussy(km: Floats, size: Floats, load: Floats, takes: Bools, draw: float) -> int:  # noqa: ARG001
    """A user's own choice: the emptiest place, or none at all."""
    if draw > 0.97:
        return -1
    best, least = -1, math.inf
    for at in range(len(km)):
        if takes[at] and load[at] + km[at] / 1000.0 < least:
            best, least = at, load[at] + km[at] / 1000.0
    return best


def in_a_course_first(
    kind: int,
    waited: float,  # noqa: ARG001
    attempts: int,  # noqa: ARG001
    week: int,  # noqa: ARG001
    draw: float,  # noqa: ARG001
) -> float:
    """A user's own priority with many equals."""
    return 1.0 - kind


def evened(kind: int, listed: Floats, size: float) -> int:
    """A user's own ordering: the week with the fewest orders, or one that is out of range."""
    if listed[0] > size + 2.0:
        return 99
    if kind == 1 and listed[1] == 0.0:
        return -3
    return int(np.argmin(listed))


def odd_weeks(orders: int, capacity: float, waited: float, week: int) -> bool:
    """A user's own batches: in odd weeks, or once they are worth while."""
    return week % 2 == 1 or orders > 0.7 * capacity or waited > 30.0


_POLICIES = (
    (built_in.gravity, built_in.gravity, built_in.continuing_first),
    (built_in.nearest, built_in.shortest_line, built_in.longest_waiting),
    (built_in.shortest_line, built_in.nearest, built_in.lottery),
    (fussy, fussy, by_turns),
    (built_in.fastest, fussy, in_a_course_first),
)
"""Choice of site, choice of station and priority: every built-in policy and a user's own."""
_ORDERINGS = (built_in.at_once, built_in.when_room, evened)
_BATCHES = (built_in.every_batch, built_in.half_full, odd_weeks)


def random_case(seed: int, *, patients: int = 120, weeks: int = 14) -> Case:
    """A random case; every feature is drawn on or off by its seed."""
    make = _Maker(np.random.default_rng(seed), weeks)
    world = make.world()
    return Case(
        world=world,
        arrivals=make.arrivals(patients),
        policies=make.policies(seed),
        seed=seed,
    )


class _Maker:
    def __init__(self, chance: np.random.Generator, weeks: int) -> None:
        self.chance = chance
        self.weeks = weeks
        self.products = int(chance.integers(1, 4))
        self.regions = int(chance.integers(1, 5))
        self.payers = int(chance.integers(1, 4))
        self.stations = int(chance.integers(1, 6)) if chance.random() < 0.95 else 0
        self.sites = int(chance.integers(1, 5))
        self.runs = int(chance.integers(1, 6))
        self.pools = int(chance.integers(1, 4))
        self.purposes = list(PURPOSES)
        self.stopped: Bools = np.zeros((self.sites, self.products), dtype=np.bool_)

    # -- drawing -----------------------------------------------------------------------------

    def flip(self, share: float) -> bool:
        return bool(self.chance.random() < share)

    def between(self, low: float, high: float, shape: int | tuple[int, ...]) -> Floats:
        return np.asarray(self.chance.uniform(low, high, shape), dtype=np.float64)

    def link(self) -> int:
        return int(self.chance.integers(len(LINKS)))

    def mostly(self, value: float, low: float, high: float, shape: int | tuple[int, ...]) -> Floats:
        """One value for most, another one between two bounds for the others."""
        usual = self.chance.random(shape) < 0.6
        return np.where(usual, value, self.between(low, high, shape))

    def law(self, days: float, count: int) -> tuple[Ints, Floats, Floats]:
        law = self.chance.integers(0, 3, count)
        first = np.where(self.chance.random(count) < 0.15, 0.0, self.between(0.1, days, count))
        whole = (law == Law.FIXED) & (self.chance.random(count) < 0.5)
        return law, np.where(whole, np.floor(first), first), self.between(0.1, 1.0, count)

    def first_rows(self, rows: int, most: int) -> Ints:
        counts = self.chance.integers(0, most + 1, rows)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    # -- the world ---------------------------------------------------------------------------

    def world(self) -> World:
        stations = self.all_stations()
        return World(
            weeks=self.weeks,
            products=self.products,
            rural=self.chance.random(self.regions) < 0.4,
            reach=self.chance.random((self.products, self.regions)) < 0.95,
            journey=self.journey(len(stations.catchments)),
            stations=stations,
            payers=self.all_payers(),
            sites=self.all_sites(),
            course=self.course(),
            supply=self.supply(),
            purposes=tuple(self.purposes),
        )

    def journey(self, catchments: int) -> Journey:
        rows = [self.stages() for _ in range(self.products)]
        longest = max(map(len, rows))
        shape = (self.products, longest)
        kind = np.array([row + [Stage.END] * (longest - len(row)) for row in rows], dtype=np.int64)
        law, first, second = self.law(9.0, self.products * longest)
        is_station = kind == Stage.STATION
        purpose = np.full(shape, NOWHERE, dtype=np.int64)
        for product, stage in np.ndindex(*shape):
            purpose[product, stage] = len(self.purposes)
            name = f"p{product} s{stage}"
            self.purposes += [name, f"{name} delay/radius", f"{name} delay/angle"]
        return Journey(
            kind=kind,
            link=self.chance.integers(0, len(LINKS), shape),
            law=law.reshape(shape),
            first=first.reshape(shape),
            second=second.reshape(shape),
            passes=self.mostly(1.0, 0.8, 1.0, (*shape, 2)),
            standard=np.ones(shape),
            places=np.where(
                is_station, self.chance.integers(0, max(catchments, 1), shape), NOWHERE
            ),
            refused=np.where(is_station, self.chance.integers(0, len(LINKS), shape), NOWHERE),
            max_km=self.mostly(1000.0, 100.0, 400.0, shape),
            purpose=purpose,
        )

    def stages(self) -> list[int]:
        """A journey with some stages left out; a world without doses ends with END."""
        often = 0.1 if self.flip(0.2) else 0.8
        kept = [stage for stage in _STAGES[:-1] if stage == Stage.SITE or self.flip(often)]
        if not self.stations:
            kept = [stage for stage in kept if stage != Stage.STATION]
        ending = Stage.END if self.flip(0.1) else Stage.ORDER
        return [int(stage) for stage in (*kept, ending)]

    def places(self, count: int) -> Places:
        slots = int(self.chance.integers(max(count - 1, 1), count + 2))
        place = np.full((self.regions, slots), NOWHERE, dtype=np.int64)
        for region in range(self.regions):
            some = int(self.chance.integers(0, slots + 1)) if self.flip(0.3) else slots
            some = min(some, count)
            place[region, :some] = self.chance.permutation(count)[:some]
        return Places(
            place=place,
            km=np.sort(self.between(0.0, 400.0, place.shape), axis=1),
            size=np.where(self.chance.random(count) < 0.1, 0.0, self.between(0.5, 9.0, count)),
        )

    def all_stations(self) -> Stations:
        count = self.stations
        law, first, second = self.law(15.0 if self.flip(0.5) else 1.5, count)
        lists = int(self.chance.integers(1, 4)) if count else 0
        limited = self.chance.random(count) < 0.4
        return Stations(
            servers=self.chance.choice([0, 1, 2, 3], count, p=[0.04, 0.32, 0.32, 0.32]),
            law=law,
            first=first,
            second=second,
            slot=self.chance.random(count) < 0.5,
            most_waiting=np.where(limited, self.chance.integers(0, 6, count), -1),
            open_from=self.mostly(0.0, -5.0, 40.0, count),
            catchments=tuple(self.places(count) for _ in range(lists)),
        )

    def all_payers(self) -> Payers:
        count = self.payers
        law, first, second = self.law(12.0, count)
        appeal_law, appeal_first, appeal_second = self.law(12.0, count)
        return Payers(
            cannot_pay=self.between(0.0, 0.2, count),
            law=law,
            first=first,
            second=second,
            standard=np.ones(count),
            denied=self.between(0.0, 0.5, count),
            appeals=self.between(0.4, 1.0, count),
            won=self.between(0.4, 1.0, count),
            appeal_law=appeal_law,
            appeal_first=appeal_first,
            appeal_second=appeal_second,
        )

    def all_sites(self) -> Sites:
        pairs = (self.sites, self.products)
        listed = self.mostly(-math.inf, 0.0, 50.0, pairs)
        listed[self.chance.random(pairs) < 0.03] = math.inf
        self.stopped = stopped = self.chance.random(pairs) < (0.3 if self.flip(0.3) else 0.03)
        return Sites(
            places=self.places(self.sites),
            offers=self.chance.random((*pairs, self.payers)) < 0.9,
            listed_from=listed,
            blocked=np.where(stopped, self.chance.integers(0, len(LINKS), pairs), NOWHERE),
        )

    def course(self) -> Course:
        products = self.products
        mondays = 7.0 * np.arange(self.weeks)
        lead = self.mostly(4.0, -6.0, 6.0, products)
        order_by = mondays[None, :] - np.round(lead)[:, None]
        return Course(
            interval=self.chance.choice([7.0, 14.0, 21.0, 10.5], products),
            cycles=self.chance.integers(1, 5, products),
            goes_on=self.between(0.4, 1.0, (products, int(self.chance.integers(1, 4)))),
            order_by=order_by,
            hold=self.mostly(0.15, 0.0, 0.6, (products, 2)),
            hold_weeks=self.chance.integers(0, 4, products),
            cut=self.between(0.0, 0.4, products),
            cut_to=self.between(0.5, 0.9, products),
            again=self.mostly(0.0, 0.3, 1.0, products),
            again_after=self.between(0.0, 30.0, products),
            residual=self.between(0.0, 0.05, products),
            in_time_days=np.full(products, 30.0),
        )

    def supply(self) -> Supply:
        pairs = self.sites * self.products
        ways = self.chance.integers(1 if self.flip(0.7) else 0, 4, pairs)
        ways[self.stopped.ravel() & (self.chance.random(pairs) < 0.7)] = 0
        way_first = np.concatenate([[0], np.cumsum(ways)]).astype(np.int64)
        draw_first = self.first_rows(self.runs, 2)
        draw_first += np.arange(self.runs + 1)
        cap_first = self.first_rows(self.sites, 2)
        ready = self.between(6.0, 9.0, way_first[-1])
        arrive = ready * self.between(0.85, 1.0, way_first[-1])
        infuse = arrive * self.between(0.85, 1.0, way_first[-1])
        on_time = self.mostly(1.0, 0.7, 1.0, way_first[-1])
        usable = on_time + (1.0 - on_time) * self.mostly(0.0, 0.0, 1.0, way_first[-1])
        conflict_first, conflict_run = self.conflicts()
        return Supply(
            way_first=way_first,
            way_run=self.chance.integers(0, self.runs, way_first[-1]),
            way_day=self.mostly(2.0, 0.0, 9.0, way_first[-1]),
            way_on_time=on_time,
            way_usable=usable,
            way_unexpired=usable + (1.0 - usable) * self.mostly(1.0, 0.0, 1.0, way_first[-1]),
            way_ready=ready,
            way_arrive=arrive,
            way_infuse=infuse,
            way_late=infuse * self.between(0.9, 1.0, way_first[-1]),
            way_cost=self.between(10.0, 20.0, way_first[-1]),
            run_key=self.chance.integers(0, 2**63, self.runs).astype(np.uint64),
            run_doses=self.run_doses(),
            run_activity=self.mostly(400.0, 10.0, 60.0, self.runs),
            run_failure=self.mostly(0.0, 0.05, 0.3, self.runs),
            run_release_failure=self.mostly(0.0, 0.05, 0.3, self.runs),
            run_least=np.floor(self.mostly(0.0, 1.0, 4.0, self.runs)),
            run_share=self.shares(self.runs),
            conflict_first=conflict_first,
            conflict_run=conflict_run,
            draw_first=draw_first,
            draw_pool=self.chance.integers(0, self.pools, draw_first[-1]),
            draw_per_gbq=self.between(0.5, 0.95, draw_first[-1]),
            pool_gbq=self.mostly(500.0, 5.0, 80.0, self.pools),
            pool_share=self.shares(self.pools),
            cap_first=cap_first,
            cap_link=self.chance.integers(0, len(LINKS), cap_first[-1]),
            cap_most=self.mostly(5.0, 1.0, 4.0, cap_first[-1]),
            cap_uses=np.where(
                self.chance.random((cap_first[-1], self.products)) < 0.2,
                0.0,
                self.between(0.5, 1.5, (cap_first[-1], self.products)),
            ),
            site_share=self.shares(self.sites),
        )

    def run_doses(self) -> Floats:
        """Doses of a run at most; some are limited by their activity only."""
        doses = self.mostly(6.0, 1.0, 20.0, self.runs)
        return np.where(doses > 17.0, math.inf, doses)

    def conflicts(self) -> tuple[Ints, Ints]:
        """Pairs of runs of which not both can open, told by both."""
        against = np.triu(self.chance.random((self.runs, self.runs)) < 0.2, 1)
        both = against | against.T
        first = np.concatenate([[0], np.cumsum(both.sum(axis=1))]).astype(np.int64)
        return first, np.nonzero(both)[1].astype(np.int64)

    def shares(self, count: int) -> Floats:
        """Factors by week: mostly one, some weeks closed or slow."""
        share = self.mostly(1.0, 0.3, 1.5, (self.weeks, count))
        share[self.chance.random(share.shape) < 0.07] = 0.0
        return share

    # -- patients and policies ---------------------------------------------------------------

    def arrivals(self, count: int) -> Arrivals:
        listed = self.chance.random(count) < 0.15
        under_way = self.chance.random(count) < 0.15
        t0 = self.between(-10.0, 7.0 * self.weeks * 1.02, count)
        t0 = np.where(self.chance.random(count) < 0.3, np.floor(t0), t0)
        t0 = np.where(self.chance.random(count) < 0.1, 7.0 * np.floor(t0 / 7.0), t0)
        t0 = np.where(listed | under_way, np.minimum(t0, self.between(-7.0, 20.0, count)), t0)
        order = np.argsort(t0, kind="stable")
        t0, listed, under_way = t0[order], listed[order], under_way[order]
        has_site = listed | under_way
        exits = t0 + self.chance.exponential(25.0 if self.flip(0.5) else 60.0, count)
        exits -= np.where(self.chance.random(count) < 0.05, exits - t0, 0.0)
        exits[(self.chance.random(count) < 0.2) | under_way] = math.inf
        return Arrivals(
            key=self.chance.integers(0, 2**63, count).astype(np.uint64) * np.uint64(2),
            t0=t0,
            product=self.chance.integers(0, self.products, count),
            region=self.chance.integers(0, self.regions, count),
            payer=self.chance.integers(0, self.payers, count),
            exit_day=exits,
            site=np.where(has_site, self.chance.integers(0, self.sites, count), NOWHERE),
            given=np.where(under_way, self.chance.integers(1, 3, count), 0),
        )

    def policies(self, seed: int) -> Policies:
        """One of the sets of policies, by the seed."""
        site_choice, station_choice, priority = _POLICIES[seed % len(_POLICIES)]
        return Policies(
            site_choice=site_choice,
            station_choice=station_choice,
            priority=priority,
            reserved_for_new=float(self.chance.choice([0.0, 0.2, 0.34, 0.5])),
            overbook=float(self.chance.choice([0.0, 0.2, 0.5, 1.0])),
            swap=self.flip(0.7),
            ordering=_ORDERINGS[int(self.chance.integers(3))],
            batch=_BATCHES[int(self.chance.integers(3))],
        )
