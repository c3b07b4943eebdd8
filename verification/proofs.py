"""Every proof by its name."""

from __future__ import annotations

import sys
import time
import traceback
from typing import TYPE_CHECKING

from verification import calibrating, countries, decaying, planning, routing, simulating, years
from verification.page import Told

if TYPE_CHECKING:
    from collections.abc import Callable

    from verification.outcome import Outcome

PROOFS: dict[str, Callable[[], Outcome]] = {
    "plans-brute-force": planning.small_weeks,
    "plans-penalty": planning.penalty,
    "plans-limits": planning.limits,
    "plans-again": planning.answers,
    "plans-explained": planning.explanations,
    "options-plain-loop": routing.options,
    "chains-high-precision": decaying.chains,
    "transit-pypsa": routing.transit_loss,
    "simulation-theory": simulating.closed_forms,
    "simulation-twin": simulating.twins,
    "simulation-books": simulating.conservation,
    "years-theory": years.closed_forms,
    "years-twin": years.twins,
    "years-real": years.real,
    "years-books": years.conservation,
    "years-ohsu": years.stage_times,
    "years-flatiron": years.order_to_dose,
    "years-vision": years.waiting_costs,
    "years-cycles": years.cycle_counts,
    "years-ucla": years.throughput,
    "years-shortage": years.shortage,
    "calibration-recovers": calibrating.recovery,
    "weekly-rounding": planning.rounding,
    "us-same-bytes": countries.same_bytes_us,
    "us-population": countries.population_us,
    "cn-same-bytes": countries.same_bytes_cn,
}


def prove(name: str) -> Told:
    """What a proof says, or how it failed."""
    began, outcome, failure = time.perf_counter(), None, ""
    try:
        outcome = PROOFS[name]()
    except Exception:  # noqa: BLE001  # whatever a proof raises is its failure
        failure = traceback.format_exc()
        print(failure, file=sys.stderr)
    lines = failure.strip().splitlines()
    return Told(
        name=name,
        outcome=outcome,
        failure=lines[-1] if lines else "",
        seconds=time.perf_counter() - began,
    )


def claim(name: str) -> str:
    """What a proof claims, in one sentence."""
    return (PROOFS[name].__doc__ or "").splitlines()[0]
