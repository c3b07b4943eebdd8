"""How robust a planned week is, and what more would cost."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.io.tables import OutputFolder
from doseline.model.flows import Note
from doseline.plan.robust.curve import robust_plans
from doseline.study.papers import write_papers
from doseline.study.planned import options_of
from doseline.study.reference import reference_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from doseline.model.planned import PlannedWeek
    from doseline.model.robust import RobustCurve
    from doseline.plan.robust.curve import Asked
    from doseline.plan.robust.risk import Risk

STAGE = "stage_robust"


class ReplannedError(BadInputError):
    """A week that was planned again is asked for hedged plans."""

    def __init__(self) -> None:
        super().__init__(
            "This week was planned again after an event, and what has happened cannot be hedged. "
            "Give the folder of its first plan."
        )


class NoSuchPlanError(BadInputError):
    """A point of the curve is asked for that is not there."""

    def __init__(self, point: int, most: int) -> None:
        self.point = point
        self.most = most
        super().__init__(f"There is no plan {point} here. Choose one from 0 to {most}.")


class PromiseNotKeptError(BadInputError):
    """The plan that keeps a promise is to be written, and there is none."""

    def __init__(self, share_percent: float) -> None:
        self.reached = f"{share_percent:.1f}"
        super().__init__(
            f"No plan found keeps the promise; the best does with {self.reached} %. "
            "Nothing was written. Ask for fewer doses or a smaller probability."
        )


def robust_week(
    planned: PlannedWeek,
    *,
    risk: Risk,
    failures: int,
    asked: Asked | None = None,
    each: float = 0.0,
    told: Callable[[str, int, int], None] | None = None,
) -> RobustCurve:
    """The price of robustness of a planned week.

    Args:
        planned: The week; its plan is the one without hedge.
        risk: What may go wrong.
        failures: Batches that fail in the worst case.
        asked: A promise to keep at least cost.
        each: Least probability that each order is in time. [unitless]
        told: Told of each plan that is made.

    Raises:
        ReplannedError: If the week was planned again after an event.
    """
    if planned.events:
        raise ReplannedError
    network, reference = planned.network, reference_for(planned.network)
    return robust_plans(
        network,
        options_of(network, reference),
        network.frame("orders"),
        nuclides=reference.nuclides,
        risk=risk,
        failures=failures,
        asked=asked,
        each=each,
        gap=network.settings.plan_gap,
        nominal=planned.plan,
        told=None if told is None else lambda done, plans: told(STAGE, done, plans),
    )


def point_to_write(curve: RobustCurve, point: int | None) -> int:
    """Which plan is meant: that of a point, or the one that keeps the promise.

    Raises:
        NoSuchPlanError: If there is no such point.
        PromiseNotKeptError: If no point is given, and no plan keeps the promise.
    """
    if point is None:
        promise = curve.promise
        if promise is None or promise.point is None:
            raise PromiseNotKeptError(100.0 * (promise.reached if promise else 0.0))
        return promise.point
    if not 0 <= point < len(curve.plans):
        raise NoSuchPlanError(point, len(curve.plans) - 1)
    return point


def write_robust(
    planned: PlannedWeek, curve: RobustCurve, point: int, folder: Path, *, language: str = "en"
) -> None:
    """Write the plan of a point, with its lists; written as a whole or not at all.

    Args:
        planned: The week as it was planned without hedge.
        curve: Its robust plans.
        point: Which of them.
        folder: Where to.
        language: Of the workbook's headings.
    """
    plan = curve.plans[point]
    row = curve.points.row(point, named=True)
    if row["hedge"] != "none":
        note = Note(
            key=f"hedged_{row['hedge']}",
            values={
                "worth": f"{row['worth']:,.0f}",
                "currency": planned.network.settings.currency,
                "failures": f"{curve.failures}",
            },
        )
        plan = dataclasses.replace(plan, notes=(*plan.notes, note))
    kept = dataclasses.replace(planned, plan=plan)
    with OutputFolder(folder) as fresh:
        write_papers(kept, reference_for(planned.network), fresh, language=language, curve=curve)
