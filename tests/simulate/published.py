"""Published journeys of patients, simulated from their stated inputs.

A ``Row`` says whether its figure is an input coming back out of the engine (which proves the
engine, not the world) or follows from other figures than itself (which a model can get wrong).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from tests.simulate.dose_worlds import Week, dose_world
from tests.simulate.queues import (
    END,
    Floats,
    Step,
    arrivals_at,
    link_of,
    poisson_times,
    queue_world,
    run,
    simulate,
)

from doseline.simulate.engine.outcome import Fate
from doseline.simulate.engine.policies import Policies
from doseline.simulate.engine.world import Law, Stage

MONTH = 365.25 / 12.0
OHSU = "OHSU 2023-24, 10 patients each, Endocr Abstr 108 C24"
FLATIRON = "Flatiron, 2,329 orders, ASCO GU 2025"
VISION = "VISION, NEJM 2021;385:1091"
CYCLES = "208 patients 2017-24 (theMednet abstract)"
UCLA = "UCLA theranostics centre, AuntMinnie"
SHORTAGE = "Novartis supply page; SNMMI, March 2023"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A figure of a publication, and what the engine makes of it."""

    name: str
    found: float
    published: float
    tolerance: float
    why: str
    """Where the tolerance comes from."""
    source: str
    predicted: bool
    """Whether it follows from other figures than itself."""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its tolerance."""
        return abs(self.found - self.published) <= self.tolerance


Journey = Callable[[int], list[Row]]
"""Rows from a number of simulated patients."""

STAGES = {"dotatate": (6.0, 11.0, 8.0, 23.0), "inside": (20.0, 7.0, 6.0, 17.0)} | {
    "outside": (25.0, 12.0, 7.0, 20.0)
}
"""Tumour board to referral, to consult, to approval, to treatment. [d]"""
TOTALS = {"dotatate": 44.0, "inside": 51.0, "outside": 63.0}
SPREADS = {"inside": 17.0, "outside": 32.0}
FEW = 10
CHI_SQUARE_9 = (2.700, 19.023)
"""2.5 and 97.5 % points with 9 degrees of freedom (Abramowitz and Stegun, table 26.8)."""


def stage_times(patients: int) -> list[Row]:
    """Stage times, their sum and its spread, with exponential times of the published means."""
    rows = []
    for group, means in STAGES.items():
        steps = tuple(Step(kind=Stage.DELAY, law=Law.EXPONENTIAL, first=mean) for mean in means)
        outcome = run(
            queue_world((*steps, END), regions=1, weeks=200), arrivals_at(np.zeros(patients), 0)
        )
        few = 3.0 / math.sqrt(patients)
        for stage, mean in enumerate(means):
            rows.append(
                Row(
                    name=f"OHSU {group}, stage {stage + 1} [d]",
                    found=float(outcome.wait[:, link_of(stage)].mean()),
                    published=mean,
                    tolerance=mean * few,
                    why="3 standard errors of the simulation",
                    source=OHSU,
                    predicted=False,
                )
            )
        total = outcome.fate_day
        spread = float(total.std(ddof=1))
        rows.append(
            Row(
                name=f"OHSU {group}, all stages [d]",
                found=float(total.mean()),
                published=TOTALS[group],
                tolerance=SPREADS.get(group, spread) / math.sqrt(FEW),
                why="1 standard error of 10 patients",
                source=OHSU,
                predicted=True,
            )
        )
        if group in SPREADS:
            middle = SPREADS[group]
            low, high = (middle * math.sqrt((FEW - 1) / point) for point in CHI_SQUARE_9[::-1])
            rows.append(
                Row(
                    name=f"OHSU {group}, spread of all stages [d]",
                    found=spread,
                    published=middle,
                    tolerance=high - middle if spread > middle else middle - low,
                    why="95 % interval of a spread of 10 patients",
                    source=OHSU,
                    predicted=True,
                )
            )
    return rows


ORDER_LEAD, WAY_DAY = 10.0, 2.0
"""Days of order before the Monday (assumed, as in the US example), and from it to a Wednesday."""


def approval_to_treatment(patients: int) -> list[Row]:
    """Approval to treatment from the weekly rhythm of orders alone, without any published time."""
    weeks = 60
    by = np.maximum(7.0 * np.arange(weeks) - ORDER_LEAD, -1.0)[np.newaxis, :]
    world = dose_world(Week(day=WAY_DAY), weeks=weeks, order_by=by)
    t0 = np.sort(np.random.default_rng(3).uniform(14.0, 300.0, patients))
    outcome = run(world, arrivals_at(t0, 0))
    found = float((outcome.first_dose_day - t0).mean())
    return [
        Row(
            name=f"OHSU {group}, approval to treatment by order rhythm [d]",
            found=found,
            published=means[-1],
            tolerance=means[-1] / math.sqrt(FEW) * 1.96,
            why="95 % of the mean of 10 patients, spread as large as the mean",
            source=f"{OHSU}; order lead {ORDER_LEAD:.0f} d assumed",
            predicted=True,
        )
        for group, means in STAGES.items()
    ]


ACADEMIC, COMMUNITY, OVERALL = 6.0, 31.0, 22.0


def academic_share(spread: float) -> float:
    """Share of academic orders whose mixture with the others has the published median."""

    def below(median: float) -> float:
        return 0.5 * math.erfc(-math.log(OVERALL / median) / spread / math.sqrt(2.0))

    return (0.5 - below(COMMUNITY)) / (below(ACADEMIC) - below(COMMUNITY))


def order_to_dose(patients: int) -> list[Row]:
    """Medians by class of site give the overall median at one share of academic orders."""
    rows = []
    for spread in (0.5, 0.75, 1.0):
        share = academic_share(spread)
        random = np.random.default_rng(4)
        medians = np.where(random.uniform(size=patients) < share, ACADEMIC, COMMUNITY)
        days = np.empty(patients)
        for median in (ACADEMIC, COMMUNITY):
            of = medians == median
            step = Step(kind=Stage.DELAY, law=Law.LOGNORMAL, first=median, second=spread)
            world = queue_world((step, END), regions=1, weeks=400)
            # One seed for each class: the rows of both are numbered from zero.
            outcome = run(world, arrivals_at(np.zeros(int(of.sum())), 0), seed=int(median))
            days[of] = outcome.fate_day
            rows.append(
                Row(
                    name=f"Flatiron, {'academic' if median == ACADEMIC else 'community'}, "
                    f"spread {spread} [d]",
                    found=float(np.median(days[of])),
                    published=median,
                    tolerance=3.0 * 1.2533 * spread * median / math.sqrt(int(of.sum())),
                    why="3 standard errors of a median",
                    source=FLATIRON,
                    predicted=False,
                )
            )
        rows.append(
            Row(
                name=f"Flatiron, all with {100 * share:.0f} % academic, spread {spread} [d]",
                found=float(np.median(days)),
                published=OVERALL,
                tolerance=1.0,
                why="published to the day",
                source=FLATIRON,
                predicted=False,
            )
        )
    return rows


HAZARDS = {"progress": (3.4, 0.40, 8.7), "die": (11.3, 0.62, 15.3)}
"""Control median, hazard ratio and treated median of progression and of death. [month]"""
WAITED = {("progress", 51.0): 0.29, ("die", 51.0): 0.10, ("progress", 22.0): 0.14} | {
    ("die", 22.0): 0.04
}


def _exits(median_days: float, wait: float, patients: int) -> Floats:
    """Days of the clinical exit of who waits, infinite for who waited it out."""
    random = np.random.default_rng(5)
    exit_day = random.exponential(median_days / math.log(2.0), patients)
    world = queue_world(
        (Step(kind=Stage.DELAY, first=wait), END), regions=1, weeks=math.ceil(wait / 7.0) + 1
    )
    outcome = run(world, arrivals_at(np.zeros(patients), 0, exit_day=exit_day))
    return np.where(outcome.fate == Fate.LEFT, outcome.fate_day, np.inf)


def waiting_costs(patients: int) -> list[Row]:
    """Who progresses or dies in a wait, and the treated median that the hazard ratio makes."""
    rows = []
    for (what, wait), share in WAITED.items():
        exits = _exits(HAZARDS[what][0] * MONTH, wait, patients)
        rows.append(
            Row(
                name=f"VISION control, {what} within {wait:.0f} d",
                found=float(np.isfinite(exits).mean()),
                published=share,
                tolerance=0.005 + 3.0 * math.sqrt(share * (1.0 - share) / patients),
                why="rounded to 1 %, and 3 standard errors",
                source=f"{VISION}, exponential",
                predicted=False,
            )
        )
    for what, (control, ratio, treated) in HAZARDS.items():
        for arm, months, published in (
            ("control", control, control),
            ("Lu", control / ratio, treated),
        ):
            exits = _exits(months * MONTH, 40.0 * 365.25, patients)
            rows.append(
                Row(
                    name=f"VISION {arm} arm, median to {what} [month]",
                    found=float(np.median(exits)) / MONTH,
                    published=published,
                    tolerance=(0.05 if arm == "control" else 0.20) * published,
                    why="5 % (simulation)"
                    if arm == "control"
                    else "20 % (hazards not exponential)",
                    source=VISION,
                    predicted=arm == "Lu",
                )
            )
    return rows


BEFORE_SIX, BEFORE_THREE, COHORT = 0.812, 0.442, 208


def _cycles(goes_on: float, patients: int) -> np.ndarray:
    world = dose_world(
        Week(), weeks=60, cycles=6, interval=np.array([42.0]), goes_on=np.full((1, 6), goes_on)
    )
    t0 = np.sort(np.random.default_rng(6).uniform(0.0, 60.0, patients))
    return run(world, arrivals_at(t0, 0)).doses


def cycle_counts(patients: int) -> list[Row]:
    """One share that goes on after each dose, from one published figure, gives the others."""
    doses = _cycles((1.0 - BEFORE_SIX) ** 0.2, patients)
    interval = 5 * 42.0 / MONTH
    trial = _cycles(0.5 ** (42.0 / MONTH / 9.3), patients)

    def error(share: float, count: int) -> float:
        return 1.96 * math.sqrt(share * (1.0 - share) / count)

    return [
        Row(
            name="share that stops before cycle 6",
            found=float((doses < 6).mean()),
            published=BEFORE_SIX,
            tolerance=3.0 * math.sqrt(0.812 * 0.188 / patients),
            why="3 standard errors of the simulation",
            source=CYCLES,
            predicted=False,
        ),
        Row(
            name="share that stops before cycle 3",
            found=float((doses < 3).mean()),
            published=BEFORE_THREE,
            tolerance=error(BEFORE_THREE, COHORT),
            why="95 % of 208 patients",
            source=CYCLES,
            predicted=True,
        ),
        Row(
            name="median cycles",
            found=float(np.median(doses)),
            published=3.0,
            tolerance=0.0,
            why="exact",
            source=f"{CYCLES}; REALITY n=254",
            predicted=True,
        ),
        Row(
            name=f"PSMAfore, all 6 cycles by progression alone over {interval:.1f} months",
            found=float((trial == 6).mean()),
            published=0.63,
            tolerance=error(0.63, 234),
            why="95 % of 234 patients",
            source="PSMAfore label: rPFS 9.3 months, 63 % had all 6",
            predicted=True,
        ),
    ]


CHAIRS, PER_CHAIR, A_WEEK, HOURS = 8, 10, 80.0, 40.0


def _weekly(week: Week) -> float:
    weeks = 50
    t0, region = poisson_times(60.0, 7.0 * weeks, 1, seed=7)
    outcome = run(dose_world(week, weeks=weeks), arrivals_at(t0, region))
    return float(outcome.served.sum(axis=(1, 2))[1:].mean())


def throughput() -> list[Row]:
    """Eight chairs that are never idle, by slots and by hours."""
    slots = _weekly(Week(chairs=float(CHAIRS * PER_CHAIR)))
    dotatate = _weekly(Week(chairs=CHAIRS * HOURS, uses=270.0 / 60.0))
    psma = _weekly(Week(chairs=CHAIRS * HOURS, uses=135.0 / 60.0))
    return [
        Row(
            name="UCLA, a week by chair slots",
            found=slots,
            published=A_WEEK,
            tolerance=0.0,
            why="exact",
            source=UCLA,
            predicted=False,
        ),
        Row(
            name="UCLA, a year of 50 weeks",
            found=50.0 * slots,
            published=4000.0,
            tolerance=0.0,
            why="exact",
            source=UCLA,
            predicted=False,
        ),
        Row(
            name=f"UCLA, a week by chair hours, between {dotatate:.0f} (dotatate only) and "
            f"{psma:.0f} (PSMA only)",
            found=(dotatate + psma) / 2.0,
            published=A_WEEK,
            tolerance=(psma - dotatate) / 2.0,
            why="any mix of the two",
            source=f"{UCLA}; chair 135 and 270 min assumed, as in the US example",
            predicted=True,
        ),
    ]


def _week_of(year: int, month: int, day: int) -> int:
    """Weeks from Monday 4 April 2022, the first after the approval."""
    return (date(year, month, day) - date(2022, 4, 4)).days // 7


STOP, HALT = _week_of(2022, 5, 2), _week_of(2023, 3, 6)
SECOND_LINE, ACCEPTED = _week_of(2023, 4, 24), _week_of(2023, 6, 9)
LOAD = 1.5
"""Demand of early 2023 over the output of one line: the one unknown, fitted to the date on which
the shortage was over."""
MORE = 1.1
"""Output of the second line in the end: "more than twice" the one of May."""
RESOLVED, END_WEEK = _week_of(2023, 10, 27), _week_of(2024, 4, 1)


def no_new_starts(kind: int, waited: float, attempts: int, week: int, draw: float) -> float:  # noqa: ARG001
    """New starts wait from March 2023 until all orders were accepted again."""
    if kind == 0 and HALT <= week < ACCEPTED:
        return math.inf
    return -waited - (1e7 if kind else 0.0)


def shortage(patients_a_week: float, load: float) -> list[Row]:
    """The calendar of 2022-23 with one unknown: demand of early 2023 over the output of one line.

    New starts grow evenly over the first 40 weeks; a course has 3.05 doses on average, as
    :func:`cycle_counts` has it. The second line adds its output evenly from May to October 2023.
    Who waits leaves with the hazard of death of VISION's control arm.
    """
    course = sum(((1.0 - BEFORE_SIX) ** 0.2) ** n for n in range(6))
    weeks = np.arange(END_WEEK)
    share = np.where((weeks >= STOP) & (weeks < STOP + 6), 0.0, 1.0)
    share = share + np.interp(weeks, [SECOND_LINE, RESOLVED], [0.0, MORE])
    capacity = round(patients_a_week * course / load)
    t0, _ = poisson_times(patients_a_week / 7.0, 7.0 * END_WEEK, 1, seed=9)
    t0 = np.sort(t0)
    ramp = np.minimum(1.0, t0 / 280.0)
    t0 = t0[np.random.default_rng(10).uniform(size=len(t0)) < ramp]
    goes_on = np.full((1, 6), (1.0 - BEFORE_SIX) ** 0.2)
    world = dose_world(
        Week(doses=float(capacity), share=share), weeks=END_WEEK, cycles=6, goes_on=goes_on
    )
    exits = np.random.default_rng(12).exponential(11.3 * MONTH / math.log(2.0), len(t0))
    outcome = simulate(
        world,
        arrivals_at(t0, 0, exit_day=t0 + exits),
        seed=11,
        policies=Policies(priority=no_new_starts),
    )
    owed = (outcome.demand - outcome.served).sum(axis=(1, 2))
    ordered = np.ceil(t0 / 7.0)
    wait = outcome.first_dose_day - t0

    def median_wait(first: int, last: int) -> float:
        of = (ordered >= first) & (ordered < last) & np.isfinite(wait)
        return float(np.median(wait[of]))

    source = f"{SHORTAGE}; demand of early 2023 {load} of one line, fitted"
    return [
        Row(
            name="shortage: week in which the list is longest",
            found=float(owed.argmax()),
            published=(HALT + ACCEPTED) / 2.0,
            tolerance=(ACCEPTED - HALT) / 2.0,
            why="between the halt of new starts and all orders accepted, which are inputs",
            source=source,
            predicted=False,
        ),
        Row(
            name="shortage: median wait of who orders in March 2023 [d]",
            found=median_wait(HALT, HALT + 4),
            published=90.0,
            tolerance=30.0,
            why="three months or more, told to the month",
            source=source,
            predicted=True,
        ),
        Row(
            name="shortage: weeks from the second line until nobody waits two weeks",
            found=float(
                next(w for w in range(ACCEPTED, END_WEEK) if median_wait(w, w + 1) <= 14.0)
                - SECOND_LINE
            ),
            published=float(RESOLVED - SECOND_LINE),
            tolerance=8.0,
            why="8 weeks; the one unknown is fitted to it",
            source=source,
            predicted=False,
        ),
    ]
