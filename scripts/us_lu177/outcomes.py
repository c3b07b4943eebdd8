"""What trials found for the products of the US example."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.us_lu177.tables import Rows

_TRIALS = (
    # product, endpoint, trial, control median months, hazard ratio, low, high, crossover %, evidence
    ("lu-psma", "pfs", "VISION", 3.4, 0.40, 0.29, 0.57, 0, "vision-outcomes"),
    ("lu-psma", "os", "VISION", 11.3, 0.62, 0.52, 0.74, 0, "vision-outcomes"),
    ("lu-dotatate", "pfs", "NETTER-1", 8.5, 0.21, 0.13, 0.33, 36, "netter-outcomes"),
    ("lu-dotatate", "os", "NETTER-1", 36.3, 0.84, 0.60, 1.17, 36, "netter-outcomes"),
)
"""One trial a product: that whose control arm the waiting patients of the example die as."""

_WEIGHTS = {"pfs": (0.6, 0.8), "os": (0.5, 0.7)}
"""Quality weights before and after progression: an assumption, the same for both products."""


def outcome_rows() -> Rows:
    """Survival of each product's control arm, and the hazard ratio of the product against it."""
    names = (
        *("product", "endpoint", "trial", "control_median_months", "hazard_ratio"),
        *("low", "high", "crossover_percent", "evidence"),
    )
    rows = [dict(zip(names, trial, strict=True)) for trial in _TRIALS]
    return [
        {
            **row,
            "weight_low": _WEIGHTS[str(row["endpoint"])][0],
            "weight_high": _WEIGHTS[str(row["endpoint"])][1],
        }
        for row in rows
    ]
