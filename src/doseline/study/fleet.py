"""Tours of a planned week, improved with its assignment, and kept."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from doseline.io.tables import OutputFolder, write_parquet
from doseline.plan.tours.alternate import Alternated, alternate, total
from doseline.plan.tours.own import tours_of
from doseline.study.papers import write_papers
from doseline.study.planned import options_of
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.planned import PlannedWeek

TOURS = "tours.csv"


def toured_week(planned: PlannedWeek, *, rounds: int) -> Alternated:
    """The tours of a planned week, and the plan that goes with them.

    Args:
        planned: The week. A week that was planned again after an event keeps its plan.
        rounds: Most times that the week is planned again with the tours' costs.

    Raises:
        ToursNotInstalledError: If the library for tours is missing.
    """
    network, plan = planned.network, planned.plan
    if planned.events or not rounds:
        tours = tours_of(network, plan)
        return Alternated(plan=plan, tours=tours, totals=(total(plan, tours),))
    reference = reference_for(network)
    options = options_of(network, reference)
    return alternate(network, options, plan, nuclides=reference.nuclides, rounds=rounds)


def write_toured(
    planned: PlannedWeek, found: Alternated, folder: Path, *, language: str = "en"
) -> None:
    """Write the plan that goes with the tours, its lists, and the tours as ``tours.csv``.

    Args:
        planned: The week as it was.
        found: Its tours.
        folder: Where to; written as a whole or not at all.
        language: Of the workbook's headings.
    """
    kept = dataclasses.replace(planned, plan=found.plan)
    with OutputFolder(folder) as fresh:
        write_papers(kept, reference_for(planned.network), fresh, language=language)
        write_parquet({"tours": found.tours.tours, "ways": found.tours.shares}, fresh / "tables")
        found.tours.tours.write_csv(fresh / TOURS)
