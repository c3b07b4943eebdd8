"""An order of a kept plan, explained from the options that the plan was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.model.events import parse_event
from doseline.plan.explain.answer import explain
from doseline.plan.orders.fairness import Fairness
from doseline.study.kept import kept_options

if TYPE_CHECKING:
    from doseline.model.planned import PlannedWeek
    from doseline.plan.explain.explanation import Explanation
    from doseline.study.reference import Reference


def explain_order(planned: PlannedWeek, order: str, reference: Reference) -> Explanation:
    """Why an order of a planned week gets what it gets, or nothing.

    Args:
        planned: The week.
        order: Name of the order.
        reference: Nuclides and rules.

    Raises:
        UnknownOrderError: If the plan has no such order.
        CalledOffError: If the order was withdrawn.
        ForeignPlanError: If the plan holds a dose that its network does not allow.
    """
    options = kept_options(planned, reference)
    if planned.at is not None:
        # Who asks about a plan waits for what loads; this is for weeks planned again alone.
        from doseline.plan.explain.after import explain_after
        from doseline.study.replanned import options_after

        events = [parse_event(one) for one in planned.events]
        return explain_after(
            planned.network,
            options_after(planned.network, options, reference, events),
            planned.plan,
            order,
            events=events,
            at=planned.at,
            nuclides=reference.nuclides,
            rule=Fairness(),
        )
    return explain(
        planned.network,
        options,
        planned.plan,
        order,
        nuclides=reference.nuclides,
        rule=Fairness(),
    )
