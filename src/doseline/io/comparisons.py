"""Writing a comparison: one page, and the same for scripts; small groups are in neither."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.errors import BadInputError
from doseline.io.report.cohort import Cohort, cohort_of
from doseline.io.report.compare_page import render_comparison
from doseline.io.report.privacy import Privacy
from doseline.io.tables import OutputFolder, write_text
from doseline.model.ledger import CLASSES, CLINICAL, LINKS

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.io.report.cohort import Group
    from doseline.model.comparison import Comparison, Stored

PAGE = "compare.html"
SUMMARY = "summary.json"
"""File by which the result of a run is known."""


class HoldsResultError(BadInputError):
    """A comparison would replace the result of a run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            f"{folder} holds the result of a run, which a comparison does not replace. "
            "Choose another output folder, or a file that ends in .html."
        )


def write_comparison(comparison: Comparison, output: Path, *, language: str = "en") -> Path:
    """Write the page into a file that ends in ``.html``, or as ``compare.html`` into a folder.

    Returns:
        The page's path.

    Raises:
        HoldsResultError: If the folder holds the result of a run.
        NotOurFolderError: If the folder holds something that is no result of ours.
        UnwritableFolderError: If nothing can be written there.
    """
    page = render_comparison(comparison, language=language)
    if output.suffix.lower() in {".html", ".htm"}:
        write_text(page, output)
        return output
    if (output / SUMMARY).exists():
        raise HoldsResultError(output)
    with OutputFolder(output) as fresh:
        (fresh / PAGE).write_text(page, encoding="utf-8")
    return output / PAGE


def comparison_answer(comparison: Comparison) -> dict[str, Any]:
    """What a comparison says, for scripts; null in place of what may not be shown."""
    privacy = Privacy()
    cohorts = {
        tag: cohort_of(one, privacy)
        for tag, one in zip(comparison.tags, comparison.results, strict=True)
    }
    differs = comparison.frames["differs"]
    return {
        "paired": comparison.paired,
        "results": [
            _result(comparison, tag, one, cohorts[tag], privacy)
            for tag, one in zip(comparison.tags, comparison.results, strict=True)
        ],
        "classes": [_counted(comparison, cohorts, "class", name) for name in CLASSES],
        "ledger": [_counted(comparison, cohorts, "link", name) for name in (*LINKS, CLINICAL)],
        "areas": _areas(comparison, privacy),
        "money": comparison.frames["money"].to_dicts(),
        "differs": [
            {
                "kind": row["kind"],
                "key": row["key"],
                "values": [row[tag] or "" for tag in comparison.tags],
            }
            for row in differs.iter_rows(named=True)
        ],
    }


def _result(
    comparison: Comparison, tag: str, one: Stored, cohort: Cohort, privacy: Privacy
) -> dict[str, Any]:
    row = _row(comparison.frames["headline"], result=tag)
    in_time = cohort.of(CLASSES[0])
    shown = in_time is not None and in_time.shown
    unit = {
        what: _row(comparison.frames["per_patient"], result=tag, what=what)
        for what in ("payment", "cost")
    }
    few = privacy.hides(unit["payment"]["patients"])
    return {
        "result": tag,
        "folder": one.folder,
        "network": one.name,
        "currency": one.currency,
        "eligible": None if privacy.hides(cohort.eligible) else row["eligible"],
        "share_in_time": {name: row[to] for name, to in _SHARE.items()} if shown else None,
        "difference_points": _difference(row) if shown else None,
        "assumption_share": row["assumption_share"],
        **{f"{what}_per_patient": None if few else about["amount"] for what, about in unit.items()},
    }


_SHARE = {"value": "share", "low": "low", "high": "high"}


def _difference(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["difference"] is None:
        return None
    return {"value": row["difference"], "interval": [row["diff_low"], row["diff_high"]]}


def _counted(
    comparison: Comparison, cohorts: dict[str, Cohort], kind: str, key: str
) -> dict[str, Any]:
    """A class or link of all results."""
    frame = comparison.frames["classes" if kind == "class" else "links"]
    shown = {tag: _is_shown(cohort, kind, key) for tag, cohort in cohorts.items()}
    cells = []
    for tag in comparison.tags:
        row = _row(frame, result=tag, **{kind: key})
        told = shown[tag]
        cells.append(
            {
                "result": tag,
                "patients": row["patients"] if told else None,
                "interval": [row["low"], row["high"]] if told else None,
                "of_eligible": row["of_eligible"] if told else None,
                "difference": _difference(row) if all(shown.values()) else None,
            }
        )
    return {kind: key, "results": cells}


def _is_shown(cohort: Cohort, kind: str, key: str) -> bool:
    groups: list[Group] = [*(cohort.classes if kind == "class" else cohort.links)]
    return any(group.key == key and group.shown for group in groups)


def _areas(comparison: Comparison, privacy: Privacy) -> list[dict[str, Any]]:
    """States and provinces with enough people; shares that reveal small groups are left out."""
    rows = []
    for row in comparison.frames["areas"].iter_rows(named=True):
        if row["share"] is None or privacy.hides(row["eligible"]):
            continue
        few = privacy.hides(row["in_time"]) or privacy.hides(row["eligible"] - row["in_time"])
        rows.append(
            {
                "result": row["result"],
                "area": row["area"],
                "eligible": row["eligible"],
                "share": None if few else row["share"],
                "link": row["link"],
            }
        )
    return rows


def _row(frame: pl.DataFrame, **where: str) -> dict[str, Any]:
    """The one row of a frame that has these values."""
    found = frame.filter(*(pl.col(name) == value for name, value in where.items()))
    return found.row(0, named=True)
