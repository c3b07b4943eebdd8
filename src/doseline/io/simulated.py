"""Writing simulated years: page, tables, summary and the replications, as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.privacy import Privacy
from doseline.io.report.simulate_gains import products_told
from doseline.io.report.simulate_groups import shown_groups
from doseline.io.report.simulate_page import render_simulated
from doseline.io.report.simulate_tables import PEOPLE, TOTALS, View
from doseline.io.tables import OutputFolder, write_json, write_parquet
from doseline.model.ledger import INFUSED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from doseline.io.replications import Store
    from doseline.model.network import Network
    from doseline.model.simulated import Number, SimulatedYears

PAGE = "simulate.html"
GAIN = "gain_"
"""How measures of what patients gained begin."""

_COUNTED = ("patients", "treated", "died_waiting", "progressed_waiting")
_PEOPLE = (*PEOPLE, *(f"{GAIN}{name}" for name in _COUNTED))
"""Measures that count people of groups, or doses of few people: those of years are in no summary."""
_OF_ELIGIBLE = ("share", "curve", "days")
"""Shares and means of those who are eligible."""
_GROUPS = ("group_eligible", "group_share")
_FINE = ("waiting", "served", "quarter", "lost_share", "waiting_month", "treated_month")
"""Measures by week, month or quarter, which are in the tables only."""


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
    estimates = _rows(network, found, found.estimates)
    small = _small(found)
    return {
        "network": network.settings.name,
        "digest": found.digest,
        "years": found.years,
        "warm_up_weeks": found.warm_up_weeks,
        **{name: str(getattr(found, name)) for name in ("start", "cohort_end", "horizon")},
        **{name: getattr(found, name) for name in ("seed", "replications", "most", "precision")},
        "precise": found.precise,
        "engine": found.engine,
        "patients": found.patients,
        "scenarios": [
            {
                **one,
                "share_in_time": None
                if (one["scenario"], None) in small
                else _number(found.number(one["scenario"], "share", "in_time")),
                "difference": None
                if {(found.base, None), (one["scenario"], None)} & small
                else _number(found.difference(one["scenario"], "share", "in_time")),
            }
            for one in found.scenarios
        ],
        "estimates": estimates,
        "differences": _differences(network, found, estimates),
    }


def _number(number: Number | None) -> dict[str, float | None] | None:
    return None if number is None else {"mean": number.mean, "half": number.half}


def _differences(
    network: Network, found: SimulatedYears, estimates: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Differences of what is told; of people, where both of what they are between are."""
    people = pl.col("measure").is_in(_PEOPLE)
    told = {
        (row["scenario"], *_named(row))
        for row in estimates
        if row["mean"] is not None and row["measure"] in _PEOPLE
    }
    between = [
        {**row, "when": None if row["when"] is None else str(row["when"])}
        for row in found.differences.filter(people).to_dicts()
    ]
    return [
        *_rows(network, found, found.differences.filter(~people)),
        *(
            row
            for row in between
            if {(found.base, *_named(row)), (row["scenario"], *_named(row))} <= told
        ),
    ]


def _named(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["measure"], row["of"], row["when"]


def _rows(network: Network, found: SimulatedYears, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of the whole time and of years, without groups that are too small to be told."""
    people, total = pl.col("measure").is_in(_PEOPLE), pl.col("of").is_in(TOTALS)
    dated = pl.col("when").is_not_null()
    kept = frame.filter(_told(network, found), ~(people & dated & ~total))
    parts = people & (dated | ~total)
    told = [*kept.filter(~parts).to_dicts(), *_guarded(kept.filter(parts).to_dicts())]
    small = _small(found)
    for row in told:
        of = {(found.base, row["when"]), (row["scenario"], row["when"])}
        if row["measure"] in _PEOPLE and Privacy().hides(row["mean"]):
            row["mean"] = row["half"] = None
        if row["measure"] in _OF_ELIGIBLE and of & small:
            row["mean"] = row["half"] = None
        row["when"] = None if row["when"] is None else str(row["when"])
    return told


def _small(found: SimulatedYears) -> set[tuple[str, date | None]]:
    """Scenarios and years in which too few are eligible: shares of them would tell of people."""
    eligible = found.estimates.filter(
        pl.col("measure") == "patients", pl.col("of") == "eligible"
    ).select("scenario", "when", "mean")
    return {(name, when) for name, when, mean in eligible.iter_rows() if Privacy().hides(mean)}


def _guarded(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Groups, and years, that add up to a known sum, without what may not be told."""
    by = [
        {**row, "by_year": row["when"] is not None, "infused": row["of"] in INFUSED}
        for row in parts
    ]
    hide = Privacy().parts(by, "mean", over=("scenario", "measure", "by_year", "infused"))
    for row, gone in zip(parts, hide, strict=True):
        if gone:
            row["mean"] = row["half"] = None
    return parts


def _told(network: Network, found: SimulatedYears) -> pl.Expr:
    """Rows that are in a summary: of groups and products, those that may be shown."""
    view = View(network=network, found=found, privacy=Privacy())
    measure, of = pl.col("measure"), pl.col("of")
    groups = pl.any_horizontal(
        (pl.col("scenario") == name) & of.is_in([one.of for one in shown_groups(view, name)])
        for name in found.names
    ) & of.is_in([one.of for one in shown_groups(view)])
    in_all = pl.col("replications") == found.replications
    products = of.is_in(["", *products_told(view)])
    return (
        ~measure.is_in(_FINE)
        & (~measure.is_in(_GROUPS) | (groups & in_all))
        & (~measure.str.starts_with(GAIN) | products)
    )
