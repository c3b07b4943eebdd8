"""Writing simulated years: page, tables, summary and the replications, as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.privacy import Privacy
from doseline.io.report.simulate_page import render_simulated
from doseline.io.tables import OutputFolder, write_json, write_parquet

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from doseline.io.replications import Store
    from doseline.model.network import Network
    from doseline.model.simulated import Number, SimulatedYears

PAGE = "simulate.html"

_PEOPLE = ("patients", "lost")
"""Measures that count people of groups: by year they are in no summary."""
_FINE = ("waiting", "served", "quarter", "lost_share")
"""Measures by week or quarter, which are in the tables only."""


def write_simulated(
    network: Network,
    found: SimulatedYears,
    output: Path,
    *,
    store: Store,
    names: Collection[str],
    language: str = "en",
) -> Path:
    """Put the result in the place of what was stored while it was made.

    Args:
        network: The network, for names.
        found: What is known of its years.
        output: The folder.
        store: The replications in that folder.
        names: Those that the result is made of.
        language: Language that the page opens in; it holds both.

    Returns:
        The page's path.
    """
    page = render_simulated(network, found, language=language)
    with OutputFolder(output) as fresh:
        (fresh / PAGE).write_text(page, encoding="utf-8")
        tables = {"estimates": found.estimates, "differences": found.differences}
        write_parquet(tables, fresh / "tables")
        write_json(simulated_summary(network, found), fresh / "summary.json")
        store.copy(names, fresh)
    return output / PAGE


def simulated_summary(network: Network, found: SimulatedYears) -> dict[str, Any]:
    """What a simulation answers, for scripts; nothing in it depends on the clock."""
    return {
        "network": network.settings.name,
        "digest": found.digest,
        "years": found.years,
        "warm_up_weeks": found.warm_up_weeks,
        **{name: str(getattr(found, name)) for name in ("start", "cohort_end", "horizon")},
        **{name: getattr(found, name) for name in ("seed", "replications", "most", "precision")},
        "precise": found.precise,
        "patients": found.patients,
        "scenarios": [
            {
                **one,
                "share_in_time": _number(found.number(one["scenario"], "share", "in_time")),
                "difference": _number(found.difference(one["scenario"], "share", "in_time")),
            }
            for one in found.scenarios
        ],
        "estimates": _rows(found.estimates),
        "differences": _rows(found.differences.filter(~pl.col("measure").is_in(_PEOPLE))),
    }


def _number(number: Number | None) -> dict[str, float | None] | None:
    return None if number is None else {"mean": number.mean, "half": number.half}


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of the whole time and of years, without groups that are too small to be told."""
    people, dated = pl.col("measure").is_in(_PEOPLE), pl.col("when").is_not_null()
    kept = frame.filter(~pl.col("measure").is_in(_FINE), ~(people & dated))
    groups = kept.filter(people, pl.col("of") != "eligible").to_dicts()
    hide = Privacy().parts(groups, "mean", over=("scenario", "measure"))
    for row, gone in zip(groups, hide, strict=True):
        if gone:
            row["mean"] = row["half"] = None
    rest = kept.filter(~people | (pl.col("of") == "eligible")).to_dicts()
    return [
        {**row, "when": None if row["when"] is None else str(row["when"])}
        for row in (*rest, *groups)
    ]
