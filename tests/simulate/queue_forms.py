"""Small networks of stations whose long-run figures theory knows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tests.simulate import queue_theory as theory
from tests.simulate.queues import (
    END,
    Floats,
    Step,
    arrivals_at,
    link_of,
    poisson_times,
    queue_world,
    run,
)

from doseline.simulate.engine.outcome import Fate, Outcome
from doseline.simulate.engine.world import Arrivals, Law, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

EXPONENTIAL, FIXED, LOGNORMAL = Law.EXPONENTIAL, Law.FIXED, Law.LOGNORMAL
Figures = dict[str, tuple[Floats, Floats]]
"""Sum over the patients of each region, and their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure of independent replications, and of theory."""

    found: float
    expected: float
    error: float
    """Standard error of the first."""

    @property
    def deviation(self) -> float:
        """In standard errors."""
        return (self.found - self.expected) / self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A network, and what theory says of it; one unit of time is a day."""

    steps: tuple[Step, ...]
    rate: float
    days: float
    """Some twenty times as long as the network remembers; the last third but one is counted."""
    expected: dict[str, float]
    patience: float = math.inf

    def estimates(self, *, regions: int, seed: int = 1) -> dict[str, Estimate]:
        """What the engine says of each figure, and theory."""
        world = queue_world(self.steps, regions=regions, weeks=math.ceil(self.days / 7.0))
        t0, region = poisson_times(self.rate, world.horizon, regions, seed=seed)
        drawn = np.random.default_rng(seed + 1).standard_exponential(len(t0))
        arrivals = arrivals_at(t0, region)
        if math.isfinite(self.patience):
            arrivals = arrivals_at(
                arrivals.t0, arrivals.region, exit_day=arrivals.t0 + self.patience * drawn
            )
        outcome = run(world, arrivals, seed=seed)
        counted = (arrivals.t0 > 0.4 * world.horizon) & (arrivals.t0 < 0.8 * world.horizon)
        assert not (outcome.fate[counted] == Fate.UNDER_WAY).any()
        found = self._figures(outcome, arrivals, counted)
        return {name: _ratio(*found[name], value) for name, value in self.expected.items()}

    def _figures(self, outcome: Outcome, arrivals: Arrivals, counted: np.ndarray) -> Figures:
        region = arrivals.region
        regions = int(region.max()) + 1

        def mean(value: np.ndarray, among: np.ndarray) -> tuple[Floats, Floats]:
            of = counted & among
            total = np.bincount(region[of], value[of].astype(np.float64), regions)
            number = np.bincount(region[of], minlength=regions)
            return total.astype(np.float64), number.astype(np.float64)

        everybody = np.ones(len(region), np.bool_)
        found = {
            "lost": mean(outcome.fate == Fate.LOST, everybody),
            "gave up": mean(outcome.fate == Fate.LEFT, everybody),
        }
        for stage, step in enumerate(self.steps[:-1]):
            wait = outcome.wait[:, link_of(stage)]
            here = (outcome.stage > stage) | (outcome.fate == Fate.LEFT)
            found[f"wait {stage}"] = mean(wait, here)
            if step.kind == Stage.STATION:
                found[f"waits {stage}"] = mean(wait > 0.0, here)
                if step.servers > self.rate * step.first:
                    usual = 1.0 / (step.servers / step.first - self.rate)
                    found[f"waits long {stage}"] = mean(wait > usual, here)
        return found


def _ratio(total: Floats, number: Floats, expected: float) -> Estimate:
    """Mean over all patients; busy regions have more of them, so no mean of means will do.

    Ratio estimate: Cochran, Sampling Techniques (1977), ISBN 0-471-16240-X, chapter 6.
    """
    found = float(total.sum() / number.sum())
    error = float((total - found * number).std(ddof=1)) / float(number.mean())
    return Estimate(found=found, expected=expected, error=error / math.sqrt(len(total)))


def station(
    servers: int, law: Law, first: float = 1.0, second: float = 0.0, **more: object
) -> Step:
    """A stage with servers."""
    return Step(
        kind=Stage.STATION, servers=servers, law=law, first=first, second=second,
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def markov(rate: float, servers: int, days: float) -> Form:
    """M/M/c with services of a day on average."""
    waits = theory.erlang_c(rate, servers)
    return Form(
        steps=(station(servers, EXPONENTIAL), END),
        rate=rate,
        days=days,
        expected={
            "wait 0": theory.wait_mmc(rate, 1.0, servers),
            "waits 0": waits,
            "waits long 0": waits / math.e,  # the wait of who waits is exponential
        },
    )


def fixed(rate: float, servers: int, days: float) -> Form:
    """M/D/c with services of a day."""
    expected = {"wait 0": theory.wait_mdc(rate, 1.0, servers)}
    return Form(steps=(station(servers, FIXED), END), rate=rate, days=days, expected=expected)


def lognormal(load: float, spread: float, days: float) -> Form:
    """M/G/1 with log-normal services of a day on average."""
    median = math.exp(-(spread**2) / 2.0)
    wait = theory.wait_mg1(load, *theory.moments_lognormal(median, spread))
    return Form(
        steps=(station(1, LOGNORMAL, median, spread), END),
        rate=load,
        days=days,
        expected={"wait 0": wait, "waits 0": load},
    )


def loss(rate: float, servers: int, step: Step, days: float) -> Form:
    """M/G/c/c: who finds every server busy is lost."""
    expected = {"lost": theory.erlang_b(rate, servers)}
    return Form(steps=(step, END), rate=rate, days=days, expected=expected)


def impatient(rate: float, servers: int, patience: float, days: float) -> Form:
    """M/M/c from whose line patients leave after an exponential time."""
    gave_up, wait = theory.erlang_a(rate, 1.0, servers, patience)
    return Form(
        steps=(station(servers, EXPONENTIAL), END),
        rate=rate,
        days=days,
        patience=patience,
        expected={"gave up": gave_up, "wait 0": wait},
    )


def tandem() -> Form:
    """Three stations in a row, with a share that is lost and a random delay between them.

    Jackson 1957, doi:10.1287/opre.5.4.518; Burke 1956, doi:10.1287/opre.4.6.699: each station is an
    M/M/c of its own.
    """
    rate, on = 1.4, 0.8
    row = (station(2, EXPONENTIAL), station(1, EXPONENTIAL, 0.6), station(3, EXPONENTIAL, 2.0))
    first, second, third = (_holding(step) for step in row)
    pause = Step(kind=Stage.DELAY, law=LOGNORMAL, first=3.0, second=0.7)
    return Form(
        steps=(first, _holding(row[1], passes=on), pause, third, END),
        rate=rate,
        days=2000.0,
        expected={
            "lost": 1.0 - on,
            "wait 0": theory.wait_mmc(rate, 1.0, 2),
            "waits 0": theory.erlang_c(rate, 2),
            "wait 1": theory.wait_mmc(rate * on, second.first, 1),
            "waits 1": theory.erlang_c(rate * on * second.first, 1),
            "wait 2": theory.moments_lognormal(3.0, 0.7)[0],
            "wait 3": theory.wait_mmc(rate * on, third.first, 3),
            "waits 3": theory.erlang_c(rate * on * third.first, 3),
        },
    )


def _holding(step: Step, passes: float = 1.0) -> Step:
    """The same station, whose servers keep the patient until the service ends."""
    return station(step.servers, step.law, step.first, slot=False, passes=passes)


_FULL = {"most_waiting": 0}
FORMS: dict[str, Callable[[], Form]] = {
    "M/M/1": lambda: markov(0.8, 1, 2000.0),
    "M/M/2": lambda: markov(1.6, 2, 1000.0),
    "M/M/4": lambda: markov(3.6, 4, 2000.0),
    "M/M/10": lambda: markov(9.0, 10, 800.0),
    "M/D/1": lambda: fixed(0.8, 1, 2000.0),
    "M/D/4": lambda: fixed(3.6, 4, 1500.0),
    "M/D/10": lambda: fixed(9.0, 10, 600.0),
    "M/G/1 log-normal": lambda: lognormal(0.7, 0.8, 2000.0),
    "M/M/50/50": lambda: loss(45.0, 50, station(50, EXPONENTIAL, 1.0, 0.0, **_FULL), 60.0),
    "M/G/5/5 log-normal": lambda: loss(
        4.0, 5, station(5, LOGNORMAL, math.exp(-0.5), 1.0, **_FULL), 400.0
    ),
    "M/D/5/5": lambda: loss(4.0, 5, station(5, FIXED, 1.0, 0.0, slot=False, **_FULL), 400.0),
    "M/M/50 + M": lambda: impatient(48.0, 50, 2.0, 80.0),
    "M/M/10 + M, overloaded": lambda: impatient(12.0, 10, 1.5, 200.0),
    "tandem": tandem,
}
"""Fit for every test run."""
HEAVY: dict[str, Callable[[], Form]] = {
    "M/M/50": lambda: markov(45.0, 50, 500.0),
    "M/M/100": lambda: markov(95.0, 100, 400.0),
    "M/D/50": lambda: fixed(45.0, 50, 400.0),
    "M/D/100": lambda: fixed(95.0, 100, 300.0),
    "M/M/100/100": lambda: loss(95.0, 100, station(100, EXPONENTIAL, 1.0, 0.0, **_FULL), 60.0),
    "M/G/1 log-normal, wide": lambda: lognormal(0.6, 1.2, 4000.0),
}
