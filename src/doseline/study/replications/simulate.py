"""Years of a network, replicated: from scenarios to means, intervals and differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.rulebooks import load_rulebook, read_what_if
from doseline.model.simulated import ESTIMATE_SCHEMA, SimulatedYears
from doseline.model.variants import apply_variant
from doseline.simulate.engine.run import simulate as compiled_run
from doseline.simulate.twin.run import simulate as plain_run
from doseline.study.prepare import prepare
from doseline.study.reference import reference_for
from doseline.study.replications.estimates import differences, estimates
from doseline.study.replications.fingerprint import fingerprint, program
from doseline.study.replications.measures import told_of
from doseline.study.replications.policies import compile_all, failures_told
from doseline.study.replications.sweep import sweep
from doseline.study.years.replicate import replicate_years
from doseline.study.years.world import world_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from doseline.io.replications import Store
    from doseline.model.network import Network
    from doseline.rules import Change
    from doseline.study.replications.executors import Executor
    from doseline.study.replications.policies import PolicyNames
    from doseline.study.replications.scenario import YearsScenario
    from doseline.study.replications.sweep import Asked, Swept
    from doseline.study.years.world import Years


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """How long is simulated."""

    years: float
    """From the start of the cohort to the horizon. [year]"""
    warm_up_weeks: int | None = None
    """Before it; None: as the network says. [week]"""


ENGINES = ("compiled", "plain")
"""The engine in machine code, and the same rules in plain Python, to check it and to try policies
that cannot be compiled; far slower."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearsSource:
    """A scenario of years, ready to be replicated."""

    name: str
    years: Years
    policies: PolicyNames
    engine: str
    mark: str

    def told(self, seed: int) -> pl.DataFrame:
        """What one replication tells."""
        compiled = self.engine == "compiled"
        policies = self.policies.policies(compiled=compiled)
        run = compiled_run if compiled else plain_run
        with failures_told(self.policies):
            account = replicate_years(self.years, seed=seed, policies=policies, run=run)
        return told_of(account)


def sources_of(
    network: Network, scenarios: Sequence[YearsScenario], period: Period, *, engine: str
) -> list[YearsSource]:
    """The scenarios of a network; those that differ in policies only share its years.

    Args:
        network: A checked network, without a variant.
        scenarios: The base first.
        period: How long is simulated.
        engine: One of ``ENGINES``.
    """
    years: dict[tuple[str, Path | None], tuple[Years, str]] = {}
    sources = []
    for one in scenarios:
        if engine == "compiled":
            compile_all(one.policies)
        place = one.variant, one.what_if
        if place not in years:
            years[place] = _years(network, one, period)
        world, mark = years[place]
        sources.append(
            YearsSource(
                name=one.name,
                years=world,
                policies=one.policies,
                engine=engine,
                mark=fingerprint(mark, one.policies, engine),
            )
        )
    return sources


def simulate_years(
    network: Network,
    scenarios: Sequence[YearsScenario],
    period: Period,
    asked: Asked,
    *,
    store: Store,
    executor: Executor,
    engine: str = ENGINES[0],
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[SimulatedYears, Swept]:
    """Simulate a network over years, under as many seeds as it takes.

    Args:
        network: A checked network, without a variant.
        scenarios: The base first, then what it is compared with.
        period: How long is simulated.
        asked: Seeds, and when it is enough.
        store: Where finished replications are.
        executor: Who makes them; the result is the same whoever does.
        engine: One of ``ENGINES``; the result is the same with either.
        progress: Told of each step.
    """
    sources = sources_of(network, scenarios, period, engine=engine)
    swept = sweep(sources, asked, store=store, executor=executor, progress=progress)
    base = sources[0].years
    days = base.calendar
    first, end = (days.date_of(day) for day in days.cohort_days)
    found = estimates(swept.told)
    arrived = found.filter(pl.col("measure") == "arrivals", pl.col("scenario") == sources[0].name)
    answer = SimulatedYears(
        scenarios=tuple(_told(one) for one in scenarios),
        years=period.years,
        warm_up_weeks=days.warm_up_weeks,
        start=first,
        cohort_end=end,
        horizon=days.date_of(days.horizon_day),
        seed=asked.seed,
        replications=swept.replications,
        most=asked.replications,
        precision=asked.precision,
        patients=float(arrived["mean"].sum()),
        estimates=found.cast(dict(ESTIMATE_SCHEMA)),  # type: ignore[arg-type]
        differences=differences(swept.told, sources[0].name).cast(dict(ESTIMATE_SCHEMA)),  # type: ignore[arg-type]
        digest=base.network.digest,
        engine=engine,
    )
    return answer, swept


def _years(network: Network, scenario: YearsScenario, period: Period) -> tuple[Years, str]:
    """The years of a scenario, and what they are known by."""
    if scenario.variant:
        network = apply_variant(network, scenario.variant)
    changes: tuple[Change, ...] = ()
    if scenario.what_if is not None:
        changes = read_what_if(load_rulebook(network.settings.rulebook), scenario.what_if)
    prepared = prepare(network, reference_for(network, changes))
    years = world_of(prepared, years=period.years, warm_up_weeks=period.warm_up_weeks)
    mark = fingerprint(program(), network.digest, repr(changes), years.world)
    return years, mark


def _told(scenario: YearsScenario) -> dict[str, str]:
    """A scenario in words that a script can read."""
    names = scenario.policies
    return {
        "scenario": scenario.name,
        "variant": scenario.variant,
        "what_if": "" if scenario.what_if is None else scenario.what_if.name,
        **{kind.replace("-", "_"): str(one) for kind, one in names.chosen.items()},
        "reserved_for_new": f"{names.reserved_for_new:g}",
        "overbook": f"{names.overbook:g}",
        "swap": "yes" if names.swap else "no",
    }
