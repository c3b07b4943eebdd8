"""An order of a kept plan, explained from the options that the plan was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.plan.explain import explain
from doseline.plan.fairness import Fairness
from doseline.study.planned import options_of

if TYPE_CHECKING:
    from doseline.model.planned import PlannedWeek
    from doseline.plan.explanation import Explanation
    from doseline.study.reference import Reference


def explain_order(planned: PlannedWeek, order: str, reference: Reference) -> Explanation:
    """Why an order of a planned week gets what it gets, or nothing.

    Args:
        planned: The week.
        order: Name of the order.
        reference: Nuclides and rules.

    Raises:
        UnknownOrderError: If the plan has no such order.
        ForeignPlanError: If the plan holds a dose that its network does not allow.
    """
    return explain(
        planned.network,
        options_of(planned.network, reference),
        planned.plan,
        order,
        nuclides=reference.nuclides,
        rule=Fairness(),
    )
