"""Plans by a row of moves: the order takes a place, who was there takes another, and so on.

If the last place takes only from a fact that is not respected, the row of moves is a plan without
that fact, found without a program. Each is counted before it is believed.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.explain.facts import SLACK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.explain.facts import Facts

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST_BLOCKED = 2
"""Facts without room of a place that is looked at: the one that is left, and the next."""

_Step = tuple[int, int, int]
"""The fact before, the column that is left, the column that is taken; -1 for none."""


def needed_by_moves(facts: Facts, room: Floats, chosen: Bools, columns: Ints) -> set[int]:
    """Of some facts those without which a row of moves serves the order.

    Args:
        facts: The facts, and the plan.
        room: What the plan leaves of each.
        chosen: The facts that are respected; none of isotope or changeover.
        columns: Ways of the orders that may move.
    """
    if chosen[facts.pools.slice].any() or chosen[facts.changeovers.slice].any():
        return set()
    blocked = _blocked(facts, room, chosen, columns)
    ways: dict[int, list[int]] = {}
    for column in columns.tolist():
        if len(blocked.get(column, ())) <= _MOST_BLOCKED:
            ways.setdefault(int(facts.group[column]), []).append(column)
    before = _reached(facts, blocked, ways, _users(facts, chosen))
    return {fact for fact in before if _holds(facts, chosen, fact, before)}


def _reached(
    facts: Facts,
    blocked: dict[int, frozenset[int]],
    ways: dict[int, list[int]],
    users: dict[int, list[int]],
) -> dict[int, _Step]:
    """Facts that alone stand in the way after some moves, each with the last of these."""
    before: dict[int, _Step] = {}
    queue: deque[int] = deque()

    def move(source: int, left: int, group: int) -> None:
        """Take each way of a group that lacks one fact only once another way is left."""
        freed = set(facts.of_column(left)[0].tolist()) if left >= 0 else set()
        for column in ways.get(group, ()):
            lacking = blocked.get(column, frozenset()) - freed
            if len(lacking) == 1 and not lacking <= before.keys():
                (fact,) = lacking
                before[fact] = (source, left, column)
                queue.append(fact)

    move(-1, -1, facts.asked.group)
    while queue:
        fact = queue.popleft()
        for left in users.get(fact, ()):
            move(fact, left, int(facts.group[left]))
    return before


def _blocked(facts: Facts, room: Floats, chosen: Bools, columns: Ints) -> dict[int, frozenset[int]]:
    """Chosen facts without room for one more dose on each column; those with room left out."""
    asked = np.zeros(facts.run.size, dtype=bool)
    asked[columns] = True
    short = chosen[facts.entry_fact] & asked[facts.entry_column]
    short &= room[facts.entry_fact] < facts.entry_use * (1.0 - SLACK)
    found: dict[int, set[int]] = {}
    pairs = zip(facts.entry_column[short].tolist(), facts.entry_fact[short].tolist(), strict=True)
    for column, fact in pairs:
        found.setdefault(column, set()).add(fact)
    return {column: frozenset(lacking) for column, lacking in found.items()}


def _users(facts: Facts, chosen: Bools) -> dict[int, list[int]]:
    """Columns with doses that take from each chosen fact."""
    taken = chosen[facts.entry_fact] & (facts.asked.doses > 0.0)[facts.entry_column]
    found: dict[int, list[int]] = {}
    pairs = zip(facts.entry_column[taken].tolist(), facts.entry_fact[taken].tolist(), strict=True)
    for column, fact in pairs:
        found.setdefault(fact, []).append(column)
    return found


def _holds(facts: Facts, chosen: Bools, last: int, before: dict[int, tuple[int, int, int]]) -> bool:
    """Whether the moves that end at a fact respect all others."""
    doses, fact = facts.asked.doses.copy(), last
    while fact >= 0:
        fact, left, taken = before[fact]
        doses[taken] += 1.0
        if left >= 0:
            doses[left] -= 1.0
    others = chosen.copy()
    others[last] = False
    used = facts.used(doses)
    return bool(np.all(used[others] <= facts.most[others] * (1.0 + SLACK)) and doses.min() >= 0.0)
