"""An order of a kept plan, explained from the options that the plan was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.errors import BadInputError
from doseline.plan.explain.answer import explain
from doseline.plan.orders.fairness import Fairness
from doseline.study.planned import options_of

if TYPE_CHECKING:
    from doseline.model.planned import PlannedWeek
    from doseline.plan.explain.explanation import Explanation
    from doseline.study.reference import Reference


class NotExplainedAgainError(BadInputError):
    """An order of a week that was planned again is to be explained."""

    def __init__(self) -> None:
        super().__init__(
            "This week was planned again after an event, and what had happened by then is no choice "
            "that could be explained. Its replan.html says what became of each order; explain the "
            "order in the folder of the first plan."
        )


def explain_order(planned: PlannedWeek, order: str, reference: Reference) -> Explanation:
    """Why an order of a planned week gets what it gets, or nothing.

    Args:
        planned: The week.
        order: Name of the order.
        reference: Nuclides and rules.

    Raises:
        NotExplainedAgainError: If the week was planned again after an event.
        UnknownOrderError: If the plan has no such order.
        ForeignPlanError: If the plan holds a dose that its network does not allow.
    """
    if planned.events:
        raise NotExplainedAgainError
    return explain(
        planned.network,
        options_of(planned.network, reference),
        planned.plan,
        order,
        nuclides=reference.nuclides,
        rule=Fairness(),
    )
