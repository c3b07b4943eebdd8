"""The delivery options of a planned week, kept with it or built again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doseline.model.options import Options
    from doseline.model.planned import PlannedWeek
    from doseline.study.reference import Reference


def kept_options(planned: PlannedWeek, reference: Reference) -> Options:
    """The delivery options that a week was planned from, built again where it does not keep them.

    Args:
        planned: The week.
        reference: Nuclides and rules.
    """
    if planned.options is not None:
        return planned.options
    # Who asks about a plan waits for what loads; this is seldom needed.
    from doseline.study.planned import options_of

    return options_of(planned.network, reference)
