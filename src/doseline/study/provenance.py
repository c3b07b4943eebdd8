"""How a result was made: enough to make it again."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from doseline.model.digest import table_digests
from doseline.model.setting_keys import SETTING_KEYS

if TYPE_CHECKING:
    from doseline.model.flows import Plan
    from doseline.model.network import Network
    from doseline.study.prepare import Prepared


def provenance(prepared: Prepared, plan: Plan) -> dict[str, Any]:
    """Version, network, reference tables, seeds, solver and gap; no clock and no machine."""
    settings, days = prepared.network.settings, prepared.calendar
    book, nuclides = prepared.reference.rulebook, prepared.reference.nuclides
    first, end = days.cohort_days
    changes = [
        {
            "key": one.key,
            "values": {str(day): str(amount) for day, amount in one.values.items()},
            "why": one.why,
            "file": one.file,
        }
        for one in prepared.reference.changes
    ]
    return {
        "doseline": version("doseline"),
        "network": settings.name,
        "network_sha256": prepared.network.digest,
        "nuclides": f"{nuclides.dataset}, table {nuclides.version}",
        "rulebook": book.name,
        "rulebook_patches": list(book.patches),
        **({"rulebook_changes": changes} if changes else {}),
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
        "settings": settings_of(prepared.network),
        "tables": tables_of(prepared.network),
    }


def settings_of(network: Network) -> dict[str, Any]:
    """What ``network.toml`` says, by its keys; variants and keys that are not set are left out."""
    said = ((key.column.name, getattr(network.settings, key.field)) for key in SETTING_KEYS)
    return {
        name: str(value) if isinstance(value, date) else value
        for name, value in said
        if value is not None
    }


def tables_of(network: Network) -> dict[str, dict[str, Any]]:
    """Rows and SHA-256 of each table of a network that has rows."""
    return {
        name: {"rows": network.frame(name).height, "sha256": sha256}
        for name, sha256 in table_digests(network.frames).items()
    }
