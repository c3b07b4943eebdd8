"""The small network as a model in SimPy: a process a patient, resources, and an event a dose.

Written as a user of SimPy would write it, and for speed where that costs no clarity: a patient who
dies in a line is found out when the turn comes, which is faster than to wait for slot or death; a
week's doses are shared in one step; sums are kept in a plain counter. Draws are its own.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import simpy
from benchmarks.simulate_simpy_week import Patient, Week

from benchmarks import simulate_small as small

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from benchmarks.simulate_small import Way

    from doseline.simulate.engine.world import Arrivals

_UNSERVED = {"no_isotope": "isotope_short", "no_suite": "site"}
"""How an order ends that no week could plan; any other: cancelled."""


class SmallNetwork:
    """The network and its books."""

    def __init__(self, arrivals: Arrivals, weeks: int, seed: int = 1) -> None:
        self.weeks = weeks
        self.horizon = 7.0 * weeks
        self.clock = simpy.Environment()
        self.chance = random.Random(seed)  # noqa: S311 - a simulation's, not a secret
        self.scanners = [simpy.Resource(self.clock, servers) for servers in small.SERVERS]
        self.lists: list[list[Patient]] = [[] for _ in range(weeks)]
        self.told: dict[str, float] = defaultdict(float)
        self.open_orders: set[Patient] = set()
        self.beyond: list[Patient] = []
        """Whose order is for a week after the last."""
        self.clock.process(self.mondays())
        self.clock.process(self.source(arrivals))

    def run(self) -> dict[str, float]:
        """Run to the horizon: every count and sum by its name."""
        self.clock.run(until=self.horizon)
        for patient in self.beyond:
            self.end(patient)
        return self.told

    def end(self, patient: Patient) -> None:
        """What is still open at the horizon."""
        is_gone = not patient.is_treated and patient.exit_day < self.horizon
        self.told["fate LEFT"] += is_gone
        if patient in self.open_orders and is_gone:
            self.told["dose withdrawn"] += 1
        elif patient in self.open_orders:
            self.told[f"dose {_UNSERVED.get(patient.open_link, 'cancelled')}"] += 1
            self.told[f"dose lost {patient.open_link}"] += 1

    # -- patients --------------------------------------------------------------------------------

    def source(self, arrivals: Arrivals) -> Generator[simpy.Event, Any, None]:
        """Patients start one after another."""
        rows = zip(
            arrivals.t0.tolist(),
            arrivals.region.tolist(),
            arrivals.payer.tolist(),
            arrivals.exit_day.tolist(),
            strict=True,
        )
        for row, (start, region, payer, exit_day) in enumerate(rows):
            yield self.clock.timeout(start - self.clock.now)
            self.clock.process(self.journey(Patient(row, start, region, payer, exit_day)))

    def journey(self, patient: Patient) -> Generator[simpy.Event, Any, None]:
        """From referral to the last dose; whoever stops is told by the step that stops."""
        if self.passes("out_of_reach", small.REACHED[patient.region]):
            for step in (self.referral, self.scan, self.board, self.authorisation):
                if not (yield from step(patient)):
                    return
            yield from self.course(patient)

    def referral(self, patient: Patient) -> Generator[simpy.Event, Any, bool]:
        """The referral: whether the patient goes on."""
        spread = math.exp(small.REFERRAL_SPREAD * self.chance.normalvariate())
        yield self.delay(patient, "not_referred", small.REFERRAL_MEDIAN_DAYS * spread)
        return self.is_there(patient) and self.passes(
            "not_referred", small.REFERRED[patient.region]
        )

    def scan(self, patient: Patient) -> Generator[simpy.Event, Any, bool]:
        """The scanner, and what it shows: whether the patient goes on."""
        scanner = self.choice(patient.region, small.SERVERS, (True, True))
        joined = self.clock.now
        with self.scanners[scanner].request() as slot:
            yield slot
            self.told["wait pet_slot"] += min(self.clock.now, patient.exit_day) - joined
            if not self.is_there(patient):
                return False
            self.told[f"scans {scanner}"] += 1
            yield self.clock.timeout(small.SCAN_DAYS)
        if not self.is_there(patient):
            return False
        if self.chance.random() < small.ELIGIBLE:
            return True
        self.told["fate NOT_ELIGIBLE"] += 1
        return False

    def board(self, patient: Patient) -> Generator[simpy.Event, Any, bool]:
        """The tumour board, the choice of a site and what it asks: whether the patient goes on."""
        yield self.delay(patient, "tumour_board", self.exponential(small.BOARD_MEAN_DAYS))
        if not self.is_there(patient) or not self.passes(
            "tumour_board", small.BOARD_AGREES[patient.region]
        ):
            return False
        now = self.clock.now
        opened = (small.OPENS[0] <= now, small.OPENS[1] <= now)
        patient.site = self.choice(patient.region, small.CHAIRS, opened)
        return self.passes("cannot_pay", 1.0 - small.CANNOT_PAY[patient.payer])

    def authorisation(self, patient: Patient) -> Generator[simpy.Event, Any, bool]:
        """The payer's answer, and an appeal: whether the patient goes on."""
        payer = patient.payer
        days = self.exponential(small.AUTHORISATION_DAYS[payer])
        yield self.delay(patient, "authorisation_time", days)
        if not self.is_there(patient):
            return False
        if self.chance.random() >= small.DENIED[payer]:
            return True
        if not self.passes("authorisation_denied", small.APPEALS[payer]):
            return False
        yield self.delay(patient, "authorisation_time", small.APPEAL_DAYS[payer])
        return self.is_there(patient) and self.passes("authorisation_denied", small.WON[payer])

    def course(self, patient: Patient) -> Generator[simpy.Event, Any, None]:
        """Doses of a course, and of another one for some."""
        for course in (1, 2):
            patient.doses, patient.due = 0, self.clock.now
            patient.since = patient.due
            self.enlist(patient, math.ceil((patient.since + small.LEAD_DAYS) / 7.0))
            while True:
                patient.infused = self.clock.event()
                day: float = yield patient.infused
                patient.doses += 1
                if (
                    patient.doses >= small.CYCLES
                    or self.chance.random() >= small.GOES_ON[patient.doses - 1]
                ):
                    break
                patient.since = day + small.INTERVAL_DAYS
                self.enlist(patient, int(patient.since // 7.0))
            if course == 2 or self.chance.random() >= small.AGAIN:
                return
            yield self.clock.timeout(day + small.AGAIN_AFTER_DAYS - self.clock.now)

    def delay(self, patient: Patient, link: str, days: float) -> simpy.Timeout:
        """Time passes at a link."""
        now = self.clock.now
        self.told[f"wait {link}"] += min(now + days, patient.exit_day, self.horizon) - now
        return self.clock.timeout(days)

    def is_there(self, patient: Patient) -> bool:
        """Whether the patient neither died nor progressed so far; told if not."""
        if patient.exit_day > self.clock.now:
            return True
        self.told["fate LEFT"] += 1
        return False

    def passes(self, link: str, share: float) -> bool:
        """Whether a patient passes a gate; told if not."""
        if self.chance.random() < share:
            return True
        self.told[f"lost {link}"] += 1
        return False

    def exponential(self, mean: float) -> float:
        """An exponential time. [d]"""
        return self.chance.expovariate(1.0 / mean)

    def choice(self, region: int, size: tuple[float, ...], opened: tuple[bool, bool]) -> int:
        """A place in proportion to size over distance."""
        pulls = [
            size[place] / (km + small.FREE_KM) if opened[place] else 0.0
            for place, km in zip(small.NEAREST[region], small.KM[region], strict=True)
        ]
        is_near = self.chance.random() * sum(pulls) < pulls[0]
        return small.NEAREST[region][0 if is_near else 1]

    def enlist(self, patient: Patient, week: int) -> None:
        """Order for a week."""
        (self.lists[week] if week < self.weeks else self.beyond).append(patient)

    # -- doses -----------------------------------------------------------------------------------

    def mondays(self) -> Generator[simpy.Event, Any, None]:
        """Each Monday the week's doses are shared."""
        for number in range(self.weeks):
            self.share(number)
            yield self.clock.timeout(7.0)

    def share(self, number: int) -> None:
        """Allot, produce, infuse and swap the doses of a week."""
        told, week = self.told, Week(number)
        asked = list(self.asking(number))
        for patient in asked:
            self.serve(patient, week)
        owed = [patient for patient in asked if not patient.planned]
        for run in (0, 1):
            if 0 < week.doses[run] < small.RUN_LEAST:
                for patient in asked:
                    if patient.way is not None and patient.way.run == run:
                        patient.way, patient.planned = None, False
                        patient.link = "no_batch_capacity"
                week.doses[run], week.drawn[run] = 0, [0.0, 0.0]
        fails = [self.failure(run) for run in (0, 1)]
        for run in (0, 1):
            told[f"run {run} doses"] += week.doses[run]
            told[f"run {run} failed"] += bool(fails[run] and week.doses[run])
            told[f"drawn {run}"] += week.drawn[0][run] + week.drawn[1][run]
        free = self.endings(asked, fails, number)
        for patient in owed:
            self.swap(patient, free[patient.site], number)
        for patient in asked:
            self.close(patient, number)

    def asking(self, number: int) -> Iterator[Patient]:
        """Who is on the list and still there: in a course first, then who waits longest."""
        ranked = sorted(self.lists[number], key=lambda one: (one.doses == 0, one.since, one.row))
        for patient in ranked:
            if not patient.is_treated and patient.exit_day <= 7.0 * number:
                self.told["fate LEFT"] += 1
                if patient.open_link:
                    self.told["dose withdrawn"] += 1
                    self.open_orders.discard(patient)
                continue
            patient.way, patient.planned, patient.ending, patient.link = None, False, "", ""
            self.told[f"demand {year_and_kind(number, patient)}"] += 1
            yield patient

    def serve(self, patient: Patient, week: Week) -> None:
        """Allot a dose by the first way that is open, or say why none is."""
        if not week.has_chair(patient.site):
            patient.link = "no_suite"
            return
        for way in small.WAYS[patient.site]:
            refusal = week.allot(way)
            if not refusal:
                week.chairs[patient.site] -= 1.0
                patient.way, patient.planned = way, True
                return
            patient.link = patient.link or refusal

    def failure(self, run: int) -> str:
        """How a batch fails: in production, at release, or not."""
        if self.chance.random() < small.RUN_FAILURE[run]:
            return "batch_failed"
        if self.chance.random() < small.RUN_RELEASE_FAILURE[run]:
            return "release_failed"
        return ""

    def endings(
        self, asked: list[Patient], fails: list[str], number: int
    ) -> tuple[list[Patient], list[Patient]]:
        """How each allotted dose ends; by site, patients whose doses are free."""
        chance, seats = self.chance.random, list(small.CHAIRS)
        free: tuple[list[Patient], list[Patient]] = ([], [])
        for patient in asked:
            way = patient.way
            if way is None:
                continue
            patient.link = ""
            if fails[way.run]:
                patient.ending, patient.link = fails[way.run], "batch_failed"
            elif chance() >= way.on_time:
                patient.ending = patient.link = "transport"
            elif not patient.is_treated and patient.exit_day < 7.0 * number + way.day:
                patient.ending = "withdrawn"
                self.told["fate LEFT"] += 1
                free[patient.site].append(patient)
            elif chance() < small.HOLD[patient.doses > 0]:
                patient.ending, patient.link = "patient_hold", "patient_scheduling"
                free[patient.site].append(patient)
            elif seats[patient.site] < 1.0:
                patient.ending, patient.link = "site", "no_suite"
            else:
                patient.ending = "infused"
                seats[patient.site] -= 1.0
        self.seats = seats
        return free

    def swap(self, patient: Patient, free: list[Patient], number: int) -> None:
        """Give an owed patient the first free dose of the site."""
        if not free or self.seats[patient.site] < 1.0:
            return
        way = free[0].way
        assert way is not None
        if not patient.is_treated and patient.exit_day < 7.0 * number + way.day:
            return
        self.seats[patient.site] -= 1.0
        free.pop(0).ending = "returned"
        patient.way, patient.ending, patient.link = way, "infused", ""

    def close(self, patient: Patient, number: int) -> None:
        """Book an order; the patient goes on, or asks again."""
        told, way = self.told, patient.way
        if patient.ending:
            told[f"dose {patient.ending}"] += 1
        if way is not None and patient.planned:
            told["GBq made"] += way.ready
            if patient.ending not in ("infused", "returned"):
                told["GBq waste"] += way.ready
        if way is not None and patient.ending == "infused":
            self.infuse(patient, way, number)
            return
        self.open_orders.discard(patient)
        patient.open_link = "" if patient.planned else patient.link
        if patient.planned and not patient.link:
            return  # withdrawn: gone
        weeks = small.HOLD_WEEKS if patient.link == "patient_scheduling" else 1
        day = 7.0 * number + (way.day if way else 0.0)
        if not patient.is_treated and not (patient.planned and patient.exit_day < day):
            told[f"wait {patient.link}"] += 7.0 * weeks
            patient.waited += 7.0 * weeks
        if not patient.planned:
            self.open_orders.add(patient)
        elif patient.ending != "returned":
            told[f"dose lost {patient.link}"] += 1
        self.enlist(patient, number + weeks)

    def infuse(self, patient: Patient, way: Way, number: int) -> None:
        """Book an infusion and let the patient's course go on."""
        told, day = self.told, 7.0 * number + way.day
        told[f"served {year_and_kind(number, patient)}"] += 1
        told[f"infused site {patient.site} payer {patient.payer}"] += 1
        given = way.infuse * (1.0 - small.RESIDUAL)
        if self.chance.random() < small.CUT:
            given *= small.CUT_TO
        told["GBq transit"] += way.ready - way.arrive
        told["GBq waiting"] += way.arrive - way.infuse
        told["GBq infused"] += given
        told["GBq residual"] += way.infuse - given
        if not patient.is_treated:
            patient.is_treated = True
            told["fate TREATED"] += 1
            told["days to first dose"] += day - patient.start
            told["wait ordering_rules"] += day - patient.due - patient.waited
        self.open_orders.discard(patient)
        patient.open_link = ""
        patient.infused.succeed(day)


def year_and_kind(number: int, patient: Patient) -> str:
    """Name of a count by year and kind of dose."""
    return f"{'later' if patient.doses else 'new'} in year {number // 52}"
