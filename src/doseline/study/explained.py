"""An order of a kept plan, explained from the options that the plan was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.reference import nuclide_table
from doseline.plan.explain.answer import explain
from doseline.plan.orders.fairness import Fairness

if TYPE_CHECKING:
    from datetime import datetime

    from doseline.model.planned import PlannedWeek
    from doseline.plan.explain.explanation import Explanation


def explain_order(planned: PlannedWeek, order: str) -> Explanation:
    """Why an order of a planned week gets what it gets, or nothing.

    Args:
        planned: The week.
        order: Name of the order.

    Raises:
        UnknownOrderError: If the plan has no such order.
        CalledOffError: If the order was withdrawn.
        ForeignPlanError: If the plan holds a dose that its network does not allow.
    """
    if planned.at is not None:
        return _after(planned, order, planned.at)
    options = planned.options
    if options is None:
        # Who asks about a plan waits for what loads, rules above all; this is seldom needed.
        from doseline.study.planned import options_of
        from doseline.study.reference import reference_for

        options = options_of(planned.network, reference_for(planned.network))
    return explain(
        planned.network,
        options,
        planned.plan,
        order,
        nuclides=nuclide_table(),
        rule=Fairness(),
    )


def _after(planned: PlannedWeek, order: str, at: datetime) -> Explanation:
    """The same of a week that was planned again."""
    from doseline.model.events import parse_event
    from doseline.plan.explain.after import explain_after
    from doseline.study.kept import kept_options
    from doseline.study.reference import reference_for
    from doseline.study.replanned import options_after

    reference = reference_for(planned.network)
    events = [parse_event(one) for one in planned.events]
    options = kept_options(planned, reference)
    return explain_after(
        planned.network,
        options_after(planned.network, options, reference, events),
        planned.plan,
        order,
        events=events,
        at=at,
        nuclides=reference.nuclides,
        rule=Fairness(),
    )
