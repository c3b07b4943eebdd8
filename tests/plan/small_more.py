"""Rules that most networks leave out, for random small weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from tests.plan.small_capacity import CAPACITY
from tests.plan.small_promises import PROMISES

if TYPE_CHECKING:
    from tests.plan.small_weeks import Draft

RULES = (*CAPACITY, *PROMISES)
EACH = 2
"""Rules in one week."""


def add_more(draft: Draft, seed: int) -> None:
    """Add a few of the rules to a week that is drawn already, from numbers of their own."""
    draft.rng = np.random.default_rng((seed, 2))
    for at in draft.rng.choice(len(RULES), size=EACH, replace=False).tolist():
        RULES[at](draft)
