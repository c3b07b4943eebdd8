"""What a reader needs to judge a simulation and to repeat it, by item of the STRESS-DES guideline.

Monks, Currie, Onggo, Robinson, Kunc and Taylor, Strengthening the reporting of empirical simulation
studies, Journal of Simulation 13 (2019), doi:10.1080/17477778.2018.1442155.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.numbers import day, plain
from doseline.io.report.parts import Table, text_column
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from doseline.io.report.simulate_tables import View

_ITEMS = (
    *("purpose", "outputs", "aims"),
    *("diagram", "logic", "scenario_logic", "algorithms"),
    *("entities", "activities", "resources", "queues", "entry"),
    *("sources", "processing", "parameters", "assumptions"),
    *("initial", "length", "estimation"),
    *("software", "sampling", "execution", "system", "access"),
)
"""In the order of the guideline."""


def stress_table(view: View, version: str) -> Table:
    """All items, with what this run says to them.

    Args:
        view: What is known.
        version: Of the program.
    """
    about = {**_network(view), **_run(view), "version": version}
    return Table(
        caption=word("simulate.stress"),
        columns=[text_column("simulate_item"), text_column("simulate_how")],
        rows=[
            [
                word(f"simulate_stress.{item}"),
                _aims(view) if item == "aims" else word(f"simulate_stress.{item}_text", **about),
            ]
            for item in _ITEMS
        ],
    )


def _aims(view: View) -> Word:
    names = view.found.names
    if len(names) == 1:
        return word("simulate_stress.aims_one")
    return word("simulate_stress.aims_text", scenarios=same(", ".join(names)))


def _network(view: View) -> dict[str, Any]:
    """How much of what the network has."""
    network = view.network
    evidence = network.frame("evidence")
    return {
        **{
            name: plain(network.frame(name).height)
            for name in ("scanners", "sites", "lines", "sources")
        },
        "rows": plain(evidence.height),
        "assumed": plain(evidence.filter(pl.col("kind") == "assumption").height),
    }


def _run(view: View) -> dict[str, Any]:
    """What was asked for and what was made."""
    found = view.found
    return {
        "digest": found.digest[:16],
        "weeks": found.warm_up_weeks,
        "start": day(found.start),
        "end": day(found.cohort_end),
        "horizon": day(found.horizon),
        "replications": found.replications,
        "most": found.most,
        "first": found.seed,
        "last": found.seed + found.replications - 1,
        "engine": word(f"simulate_stress.engine_{found.engine}"),
    }
