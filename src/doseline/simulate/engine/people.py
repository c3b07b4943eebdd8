"""What is asked of a patient again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.simulate.engine.compiled import inner

if TYPE_CHECKING:
    from doseline.simulate.engine.tables import People


@inner
def untreated(people: People, person: int) -> bool:
    """Whether a patient never had a dose."""
    return bool(people.persons.given[person] == 0 and np.isinf(people.persons.first_day[person]))


@inner
def dose_kind(people: People, person: int) -> int:
    """0 for the first dose of a course, 1 for a later one."""
    return 0 if people.orders.in_course[person] == 0 else 1
