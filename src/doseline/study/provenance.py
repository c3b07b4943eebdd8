"""How a result was made: enough to make it again."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.study.prepare import Prepared


def provenance(prepared: Prepared, plan: Plan) -> dict[str, Any]:
    """Version, network, reference tables, seeds, solver and gap; no clock and no machine."""
    settings, days = prepared.network.settings, prepared.calendar
    book, nuclides = prepared.reference.rulebook, prepared.reference.nuclides
    first, end = days.cohort_days
    return {
        "doseline": version("doseline"),
        "network": settings.name,
        "network_sha256": prepared.network.digest,
        "nuclides": f"{nuclides.dataset}, table {nuclides.version}",
        "rulebook": book.name,
        "rulebook_patches": list(book.patches),
        "seed": settings.seed,
        "replications": settings.replications,
        "warm_up_from": str(days.origin),
        "cohort_from": str(days.date_of(first)),
        "cohort_until": str(days.date_of(end - 1)),
        "followed_until": str(days.date_of(days.horizon_day - 1)),
        "planned_week": str(settings.plan_week),
        "solver": plan.solver,
        "plan_status": plan.status,
        "plan_gap": plan.gap,
    }
