"""Types that several formulas share, and the one rule of what they return."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]
    """An array of numbers."""


def same_kind(values: Floats | float) -> Floats | float:
    """A plain number for numbers, an array for arrays."""
    return float(values) if np.ndim(values) == 0 else np.asarray(values)
