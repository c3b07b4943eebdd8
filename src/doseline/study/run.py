"""The main job: from a network to the ledger of losses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from doseline.model.result import RunResult
from doseline.study.channels import channels_frame
from doseline.study.decay import activity_frame, decay_frame
from doseline.study.dose_money import dose_money_frame
from doseline.study.effects import assumption_share, inputs_of
from doseline.study.exact import ExactWeek
from doseline.study.ledger import (
    areas_frame,
    curve_frame,
    doses_frame,
    episodes_frame,
    headline,
    ledger_frame,
    losses_frame,
    patients_frame,
    product_frame,
    regions_frame,
    seeds_frame,
    sites_frame,
    weeks_frame,
    whole_curve_frame,
)
from doseline.study.money import money_frame, payment_frame
from doseline.study.prepare import prepare
from doseline.study.provenance import provenance
from doseline.study.quarters import quarters_frame
from doseline.study.reference import reference_for
from doseline.study.replicate import replicate
from doseline.study.scans import scan_money_frame
from doseline.study.scenarios import Scenario, run_all
from doseline.study.stays import stays_frame
from doseline.study.values import most_lost, value_frame, value_scenarios, where_it_binds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.rules import Change
    from doseline.study.prepare import Prepared
    from doseline.study.replicate import Replication

VALUE_PAIRS = 4
"""Seeds over which the value of a link is taken."""


def run(
    network: Network,
    *,
    workers: int = 1,
    values: int = 3,
    changes: tuple[Change, ...] = (),
    progress: Callable[[str, int, int], None] | None = None,
) -> RunResult:
    """Answer for one network: who is treated in time, and where everyone else is lost.

    Args:
        network: A checked network.
        workers: Processes; the result is the same for any number. More than one needs a main
            module that can be imported again, as the command line has.
        values: How many links, of those that lose most, are relaxed by their unit and run again;
            needs two replications or more, for an interval.
        changes: Those of a what-if on the rulebook; none as it stands.
        progress: Told of each step.
    """
    clock = _Clock(progress)
    base = prepare(network, reference_for(network, changes))
    clock.step("stage_prepared")
    exact = ExactWeek(prepared=base, seed=network.settings.seed)
    first = replicate(base, seed=network.settings.seed, exact=exact)
    plan, delivered = exact.result()
    where = where_it_binds(base, first, plan)
    clock.step("stage_planned")

    seeds = tuple(network.settings.seed + step for step in range(network.settings.replications))
    links = most_lost(losses_frame([first]), values) if len(seeds) > 1 else []
    pairs = seeds[:VALUE_PAIRS]
    scenarios = [
        *(Scenario(name="base", seeds=(seed,)) for seed in seeds),
        *value_scenarios(links, pairs, downstream=False),
        *(
            Scenario(name=one.name, seeds=seeds[:1], worsened=one.name)
            for one in inputs_of(network)
        ),
    ]
    clock.expect(sum(len(scenario.seeds) for scenario in scenarios))
    results = []
    for scenario, result in zip(
        scenarios, run_all(base, where, scenarios, workers=workers), strict=True
    ):
        results.append(result)
        stage = "stage_" + ("seeds" if scenario.name == "base" else "scenarios")
        clock.step(stage, len(scenario.seeds))
    bases = [one for (one,) in results[: len(seeds)]]
    valued = value_frame(links, bases, results[len(seeds) : len(seeds) + len(links)], where)
    effects = effects_frame(
        network, bases[0], [one for (one,) in results[len(seeds) + len(links) :]]
    )
    told = [first, *bases[1:]]
    frames = {
        **_account_frames(base, told),
        **_week_frames(base, plan, delivered),
        "scan_money": scan_money_frame(
            network, base.reference.rulebook, told[0].scans, day=base.terms.day
        ),
        "values": valued,
        "assumptions": effects,
    }
    frames["ledger"] = ledger_frame(network, losses_frame(told), valued, frames["money"])
    clock.step("stage_booked")
    return RunResult(
        network=network,
        options=base.options,
        plan=plan,
        share_in_time=headline(told),
        frames=frames,
        findings=network.findings,
        assumption_share=assumption_share(effects),
        rounds=base.participation.rounds,
        provenance=provenance(base, plan),
        seconds=clock.elapsed,
        stages=clock.stages,
    )


def effects_frame(
    network: Network, base: Replication, worsened: Sequence[Replication]
) -> pl.DataFrame:
    """input, effect, assumed, evidence, kind, title, title_zh, share: largest effect first.

    ``effect`` is the change in the share treated in time when the input is worsened by a tenth,
    in percentage points; ``assumed`` is the fraction of the input's rows that are assumptions.
    """
    rows = []
    for one, result in zip(inputs_of(network), worsened, strict=True):
        evidence = one.rows(network)
        assumed = float((evidence["share"] * evidence["assumed"]).sum())
        lead = evidence.row(0, named=True) if evidence.height else {}
        rows.append(
            {
                "input": one.name,
                "effect": 100.0 * (result.share - base.share),
                "assumed": assumed,
                "evidence": lead.get("evidence"),
                "kind": lead.get("kind"),
                "title": lead.get("title"),
                "title_zh": lead.get("title_zh"),
            }
        )
    frame = pl.DataFrame(rows)
    total = float(frame["effect"].abs().sum()) or 1.0
    return frame.with_columns((pl.col("effect").abs() / total).alias("share")).sort(
        pl.col("effect").abs(), "input", descending=[True, False]
    )


def _account_frames(base: Prepared, told: Sequence[Replication]) -> dict[str, pl.DataFrame]:
    """What became of patients and doses of the whole horizon."""
    return {
        "patients": patients_frame(told),
        "doses": doses_frame(told),
        "curve": curve_frame(base, told),
        "whole_curve": whole_curve_frame(told),
        "regions": regions_frame(base, told),
        "areas": areas_frame(base, told),
        "quarters": quarters_frame(base, told),
        "products": product_frame(base, told),
        "channels": channels_frame(base.network, told),
        "seeds": seeds_frame(told),
        "weeks": weeks_frame(base, told[0]),
        "episodes": episodes_frame(base, told[0]),
    }


def _week_frames(base: Prepared, plan: Plan, delivered: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """What the exactly planned week delivered, cost and paid."""
    paid = payment_frame(base.network, base.reference, delivered, fees=plan.fees)
    decay = decay_frame(base, delivered)
    return {
        "stays": stays_frame(base.terms.stays),
        "flows": delivered.drop("withdrawn"),
        "payments": paid,
        "money": money_frame(base.network, plan, delivered, paid),
        "dose_money": dose_money_frame(base.network, plan, delivered, paid),
        "activity": activity_frame(decay),
        "decay": decay,
        "sites": sites_frame(base, delivered),
    }


@dataclass(slots=True)
class _Clock:
    """Elapsed time by stage, and what is told of it."""

    progress: Callable[[str, int, int], None] | None
    done: int = 0
    steps: int = 3
    began: float = field(default_factory=time.perf_counter)
    last: float = field(default_factory=time.perf_counter)
    stages: dict[str, float] = field(default_factory=dict)

    def expect(self, more: int) -> None:
        self.steps += more

    def step(self, stage: str, count: int = 1) -> None:
        now = time.perf_counter()
        self.stages[stage] = self.stages.get(stage, 0.0) + now - self.last
        self.last = now
        self.done += count
        if self.progress is not None:
            self.progress(stage, self.done, self.steps)

    @property
    def elapsed(self) -> float:
        return self.last - self.began
