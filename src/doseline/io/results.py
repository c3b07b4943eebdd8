"""Writing a result: report, tables, summary and provenance, as a whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report import render_brief, render_report
from doseline.io.report.dose_money import money_groups
from doseline.io.report.privacy import Privacy
from doseline.io.tables import OutputFolder, write_json, write_parquet
from doseline.model.ledger import DOSE_ENDINGS, INFUSED

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.result import RunResult

REPORT = "report.html"
BRIEF = "brief.html"


def write_result(result: RunResult, folder: Path, *, language: str = "en") -> Path:
    """Write ``report.html``, ``brief.html``, ``tables/*.parquet``, ``summary.json`` and ``provenance.json``.

    Args:
        result: The answer of a run.
        folder: Where to; an older result there is replaced as a whole.
        language: Language that the report opens in; it holds both.

    Returns:
        The report's path.
    """
    with OutputFolder(folder) as fresh:
        return folder / write_into(result, fresh, language=language)


def write_into(result: RunResult, fresh: Path, *, language: str = "en") -> str:
    """Write the same into an empty folder; the report's name in it."""
    (fresh / REPORT).write_text(render_report(result, language=language), encoding="utf-8")
    (fresh / BRIEF).write_text(render_brief(result, language=language), encoding="utf-8")
    tables = {**result.frames, "plan": result.plan.flows, "plan_batches": result.plan.batches}
    write_parquet({**tables, "plan_lots": result.plan.lots}, fresh / "tables")
    write_json(summary_of(result), fresh / "summary.json")
    write_json(dict(result.provenance), fresh / "provenance.json")
    return REPORT


def summary_of(result: RunResult) -> dict[str, Any]:
    """What a run answers, for scripts; nothing in it depends on the clock."""
    share = result.share_in_time
    flows = result.plan.flows
    delivered = result.frames["flows"]
    infused = delivered.filter(pl.col("ending").is_in(INFUSED))
    return {
        "network": result.network.settings.name,
        "patients": result.patients,
        "share_in_time": {"value": share.value, "low": share.low, "high": share.high},
        "doses": _doses(result),
        "ledger": _ledger(result),
        "plan": {
            "week": str(result.plan.week),
            "objective": result.plan.objective,
            "bound": result.plan.bound,
            "gap": result.plan.gap,
            "cost": result.plan.cost,
            "gap_of_cost": result.plan.gap_of_cost,
            "more_orders": result.plan.more_orders,
            "status": result.plan.status,
            "orders": flows.height,
            "served": flows.filter(pl.col("line").is_not_null()).height,
            "delivered": infused.height,
        },
        "money": result.frames["money"].cast({"amount": pl.String}).to_dicts(),
        "dose_money": money_groups(result.frames["dose_money"], Privacy()),
        "assumption_share": result.assumption_share,
        "participation_rounds": result.rounds,
        "provenance": dict(result.provenance),
    }


def _doses(result: RunResult) -> dict[str, int]:
    """Ordered doses by ending; lost is everything that was neither infused nor returned."""
    counts = dict(result.frames["doses"].select("ending", "doses").iter_rows())
    kept = (*INFUSED, "returned")
    return {
        "ordered": sum(counts.values()),
        **{ending: counts.get(ending, 0) for ending in kept},
        "lost": sum(counts.get(ending, 0) for ending in DOSE_ENDINGS if ending not in kept),
        **{
            f"lost_{ending}": counts.get(ending, 0) for ending in DOSE_ENDINGS if ending not in kept
        },
    }


def _ledger(result: RunResult) -> list[dict[str, Any]]:
    rows = []
    for row in result.ledger.iter_rows(named=True):
        rows.append(
            {
                "link": row["link"],
                "patients": row["patients"],
                "late": row["late"],
                "never": row["never"],
                "clinical_exit": row["clinical_exit"],
                "interval": [row["low"], row["high"]],
                "doses": row["doses"],
                "cost": row["cost"],
                "payment": row["payment"],
                "currency": row["currency"],
                "value": None
                if row["value"] is None
                else {
                    "patients": row["value"],
                    "interval": [row["value_low"], row["value_high"]],
                    "unit": row["unit"],
                },
            }
        )
    return rows
