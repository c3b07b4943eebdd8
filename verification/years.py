"""The engine of years against theory, against its own books, and against published journeys."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from tests.simulate import published, queue_forms
from tests.simulate import test_theory_conservation as books
from tests.simulate.comparison import LOG_LINES, differences, outcomes_of
from tests.simulate.random_worlds import Case, evened, odd_weeks, random_case
from verification.countries import EXAMPLES
from verification.outcome import Outcome
from verification.watch import Largest, inner

from doseline.io.folder import load
from doseline.simulate import twin
from doseline.simulate.engine.policies import (
    Policies,
    fastest,
    half_full,
    lottery,
    nearest,
    shortest_line,
    when_room,
)
from doseline.simulate.engine.run import simulate
from doseline.study.prepare import prepare
from doseline.study.reference import reference_for
from doseline.study.years.arrivals import arrivals_of
from doseline.study.years.world import world_of

if TYPE_CHECKING:
    from tests.simulate.published import Row
    from tests.simulate.queue_forms import Estimate

REGIONS, REPEATS, WORLDS = 80, 4, 1000
STANDARD_ERRORS = 3.5
"""By chance, one of forty figures exceeds it in one of fifty verifications."""
PATIENTS = 100_000
TWINS, LARGE = 1000, 10
REAL_YEARS, REAL_SEED = 0.6, 5
SPREAD = Policies(
    site_choice=fastest,
    ordering=when_room,
    batch=half_full,
    reserved_for_new=0.2,
    overbook=0.3,
    swap=True,
)
OTHER = Policies(
    site_choice=shortest_line,
    station_choice=nearest,
    priority=lottery,
    ordering=evened,
    batch=odd_weeks,
)
REAL = (
    ("us-lu177", 1.0, (Policies(),)),
    ("us-lu177", 0.1, (SPREAD, OTHER)),
    ("cn-rlt", 0.3, (Policies(),)),
    ("cn-rlt", 0.1, (SPREAD, OTHER)),
)
"""Networks, factors of their incidence, and policies; two of the last are not the engine's own."""
CHOICES = ("site_choice", "station_choice", "priority", "ordering", "batch")
FLOATS = ("fate_day", "first_dose_day", "last_dose_day", "wait", "lost_day", "activity", "isotope")


def closed_forms() -> Outcome:
    """Lines of up to 100 servers wait, lose and are left as theory says, and so do rows of them."""
    found: dict[str, list[Estimate]] = defaultdict(list)
    for name, form in {**queue_forms.FORMS, **queue_forms.HEAVY}.items():
        for repeat in range(REPEATS):
            estimates = form().estimates(regions=REGIONS, seed=1000 + 10 * repeat)
            for figure, one in estimates.items():
                found[f"{name}: {figure}"].append(one)
    pooled = {
        figure: sum(one.deviation for one in several) / math.sqrt(REPEATS)
        for figure, several in found.items()
    }
    worst = max(pooled, key=lambda figure: abs(pooled[figure]))
    assert abs(pooled[worst]) <= STANDARD_ERRORS, (worst, pooled[worst])
    errors = [one.error / one.expected for several in found.values() for one in several]
    sure = float(np.median(errors)) / math.sqrt(REPEATS)
    return Outcome(
        cases=f"{len(pooled)} figures, {REPEATS * REGIONS} replications each; "
        f"standard error {100.0 * sure:.1f} % of the figure (median)",
        tolerance=f"{STANDARD_ERRORS} standard errors",
        largest=f"{abs(pooled[worst]):.2f} standard errors ({worst})",
        source="Erlang B, C and A, Crommelin, Pollaczek-Khinchine, Jackson",
    )


def conservation() -> Outcome:
    """Patients, doses, activity and isotope of random worlds of years are all accounted for."""
    claims = [inner(one) for one in vars(books).values() if hasattr(one, "hypothesis")]
    seeds = np.random.default_rng(20261122).integers(20_000, 2**31, WORLDS).tolist()
    for seed in seeds:
        for claim in claims:
            claim(seed=seed)
        books.case.cache_clear()
    return Outcome(
        cases=f"{WORLDS} random worlds of 150 patients, {len(claims)} claims each",
        tolerance="counts exact; activity and days to 1e-6 and better",
        largest="0",
        source="sums that must agree",
    )


def twins() -> Outcome:
    """Random worlds with every policy run alike, event by event, compiled and in plain Python."""
    largest, events, used = Largest(), 0, set[str]()
    for seed in range(TWINS):
        case = random_case(seed, patients=1500, weeks=60) if seed < LARGE else random_case(seed)
        fast, plain = outcomes_of(case, simulate, twin.simulate)
        wrong = differences(fast, plain)
        assert not wrong, (seed, wrong[:5])
        for name in FLOATS:
            largest.see(getattr(fast, name), getattr(plain, name))
        events += plain.events
        used |= {getattr(case.policies, name).__name__ for name in CHOICES}
    return Outcome(
        cases=f"{TWINS - LARGE} random worlds of 120 patients, {LARGE} of 1,500, {events:,} events, "
        f"{len(used)} policies",
        tolerance="counts and logs exact; days and activity to 1e-9",
        largest=f"{largest.value:.1e}",
        source="plain twin, written from the same text without sight of the other",
    )


def real() -> Outcome:
    """Each country's network runs alike, event by event, compiled and in plain Python."""
    largest, told = Largest(), []
    for name, scale, chosen in REAL:
        network = load(EXAMPLES / name)
        years = world_of(prepare(network, reference_for(network)), years=REAL_YEARS)
        arrivals = arrivals_of(years, seed=REAL_SEED, scale=scale)
        for policies in chosen:
            case = Case(world=years.world, arrivals=arrivals, policies=policies, seed=REAL_SEED)
            fast, plain = outcomes_of(case, simulate, twin.simulate)
            wrong = differences(fast, plain)
            assert not wrong, (name, policies, wrong[:5])
            assert len(plain.log) < LOG_LINES, name
            for figure in FLOATS:
                largest.see(getattr(fast, figure), getattr(plain, figure))
            told.append(
                f"{name} {arrivals.count:,} patients, {plain.events:,} events, "
                f"{int(plain.doses.sum()):,} doses, {len(plain.log):,} lines"
            )
    return Outcome(
        cases=f"{REAL_YEARS} years; " + "; ".join(told),
        tolerance="counts and every line of the log exact; days and activity to 1e-9",
        largest=f"{largest.value:.1e}",
        source="plain twin, written from the same text without sight of the other",
    )


def stage_times() -> Outcome:
    """Stage times of OHSU add up to its totals, and the order rhythm nears the last of them."""
    return _told(published.stage_times(PATIENTS) + published.approval_to_treatment(PATIENTS))


def order_to_dose() -> Outcome:
    """Flatiron's medians by class of site give its overall median with a quarter to a third academic."""
    return _told(published.order_to_dose(PATIENTS))


def waiting_costs() -> Outcome:
    """VISION's control medians give who progresses and dies waiting; its ratios, the treated medians."""
    return _told(published.waiting_costs(PATIENTS))


def cycle_counts() -> Outcome:
    """One figure of how many stop early gives the others, and a trial's progression its completers."""
    return _told(published.cycle_counts(PATIENTS))


def throughput() -> Outcome:
    """UCLA's eight chairs give its treatments a week, by slots and between two products by hours."""
    return _told(published.throughput())


def shortage() -> Outcome:
    """The calendar of 2022-23 gives the time of the longest list, the wait, and when it was over."""
    return _told(published.shortage(40.0, published.LOAD))


def _told(rows: list[Row]) -> Outcome:
    wrong = [row for row in rows if not row.holds]
    assert not wrong, wrong
    predicted = [row for row in rows if row.predicted]
    worst = max(rows, key=_used)
    told = "; ".join(
        f"{row.name} {row.found:.3g} ({row.published:.3g} ± {row.tolerance:.2g}: {row.why})"
        for row in predicted
    )
    return Outcome(
        cases=f"{len(rows) - len(predicted)} inputs that come back; {len(predicted)} predictions"
        + (f": {told}" if told else ""),
        tolerance="stated for each figure (tests/simulate/published.py)",
        largest=f"{100.0 * _used(worst):.0f} % of its tolerance ({worst.name})",
        source="; ".join(dict.fromkeys(row.source for row in rows)),
    )


def _used(row: Row) -> float:
    """Share of the tolerance that is used."""
    return abs(row.found - row.published) / row.tolerance if row.tolerance else 0.0
