"""Repairs: changes with which the order is served, each solved again and counted.

Tried in turn: moves alone; each day next to the window; more of what is short, by just so much as
the order lacks, never of what law, physics or a published rule sets; and sites nearby. Nobody who
is served may be left. A repair is told only if its plan respects every fact of the whole week.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.explain.conflict import room_of, room_of_isotope
from doseline.plan.explain.explanation import Repair, Step
from doseline.plan.explain.moves import solved
from doseline.plan.explain.told import RELAXED, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from numpy.typing import NDArray

    from doseline.plan.explain.conflict import Conflict, Way
    from doseline.plan.explain.facts import Facts
    from doseline.plan.explain.moves import Case

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_CHANGES = 5
"""Ways to have more of something that are tried."""
MOST_DAYS = 2
"""Days beyond the window that are tried."""
_GRAIN = {"min": 5.0, "GBq": 0.1, "h": 0.1, "L": 1.0}
"""What amounts of a unit are rounded up to; others to whole ones."""

Change = tuple[tuple[int, float], ...]
"""Facts, and how much more of each."""


def repairs(case: Case, ways: Mapping[int, Way]) -> list[Repair]:
    """Repairs that hold, in the order in which they are tried.

    Args:
        case: What to solve with.
        ways: What blocks each column of the order, all others as planned.
    """
    facts = case.again.facts
    beyond = facts.asked.beyond
    inside = np.array([one for one in ways if not beyond[one]], dtype=np.int64)
    found: list[Repair] = []
    if inside.size:
        found += tried(case, "swap", inside)
    for day, columns in _days_beyond(facts):
        found += tried(case, "window", columns, day=day)
    told: list[tuple[Step, ...]] = []
    for change in _changes(facts, {one: ways[one] for one in inside.tolist()}):
        if any(_includes(change, steps) for steps in told):
            continue
        for repair in _more(case, inside, change):
            told.append(repair.steps)
            found.append(repair)
    return found


def _includes(change: Change, steps: tuple[Step, ...]) -> bool:
    """Whether a change gives all that some steps give."""
    given = dict(change)
    return all(given.get(step.fact.number, 0.0) >= step.more for step in steps)


def tried(
    case: Case,
    kind: str,
    columns: Ints,
    change: Change = (),
    *,
    day: date | None = None,
) -> Iterator[Repair]:
    """A repair, if it serves the order and holds.

    Args:
        case: What to solve with.
        kind: Its kind.
        columns: Columns on which the order may be served.
        change: What there is more of.
        day: Day of the infusion, where it is beyond the window.
    """
    again = case.again
    most = {fact: float(again.facts.most[fact]) + more for fact, more in change}
    found = again.solve(ways=columns, most=most)
    if found is None or not again.holds(found, most):
        return
    steps = tuple(Step(fact=case.teller.tell(fact), more=more) for fact, more in change)
    bound = case.plan.bound if kind == "swap" else None
    told = solved(case, found, bound=bound)
    yield Repair(kind=kind, solved=told, steps=steps, day=day)


def _more(case: Case, columns: Ints, change: Change) -> list[Repair]:
    """The least part of a change that serves the order."""
    found = list(tried(case, "more", columns, change))
    while found and len(change) > 1:
        fewer = (change[:at] + change[at + 1 :] for at in range(len(change)))
        trials = ((less, list(tried(case, "more", columns, less))) for less in fewer)
        better = next(((less, one) for less, one in trials if one), None)
        if better is None:
            break
        change, found = better
    return found


def _days_beyond(facts: Facts) -> Iterator[tuple[date, Ints]]:
    """Days beyond the window on which the order has ways, the nearest first."""
    asked = facts.asked
    columns = np.flatnonzero(asked.beyond)
    if not columns.size:
        return
    row = asked.problem.groups.row(asked.group, named=True)
    days = asked.problem.columns["day"].gather(columns).to_list()

    def far(day: date) -> tuple[int, date]:
        return max((row["earliest"] - day).days, (day - row["latest"]).days), day

    for day in sorted(set(days), key=far)[:MOST_DAYS]:
        yield day, columns[[one == day for one in days]]


def _changes(facts: Facts, ways: Mapping[int, Way]) -> list[Change]:
    """So much more of so few facts that may be relaxed, each enough for one way."""
    room = room_of(facts)
    short = {int(facts.run[column]) for column, (_, pools) in ways.items() if pools}
    isotope = room_of_isotope(facts, np.array(sorted(short), dtype=np.int64))
    cost = facts.problem.columns["cost"].to_numpy()
    least: dict[tuple[int, ...], tuple[int, float, Change]] = {}
    for column, (blocked, pools) in ways.items():
        if any(facts.kind(fact) not in RELAXED for fact in blocked):
            continue
        taken, use = facts.of_column(column)
        lacking = dict(zip(taken.tolist(), (use - room[taken]).tolist(), strict=True))
        units = {fact: lacking[fact] for fact in blocked}
        for extra in _isotope(facts, column, pools, isotope) or [{}]:
            change = tuple(
                (fact, _rounded(facts, fact, more))
                for fact, more in sorted({**units, **extra}.items())
            )
            key = tuple(fact for fact, _ in change)
            mine = (len(change), float(cost[column]), change)
            if change and (key not in least or mine < least[key]):
                least[key] = mine
    return [change for _, _, change in sorted(least.values())[:MOST_CHANGES]]


def alone(facts: Facts, conflict: Conflict | None) -> list[Change]:
    """More of each fact of a conflict by itself, by so much as the order lacks.

    Args:
        facts: The facts, and the plan.
        conflict: The facts that leave the order out; None: there are none.
    """
    if conflict is None:
        return []
    room, own = room_of(facts), np.isin(facts.entry_column, facts.asked.own)
    found: list[Change] = []
    for fact in conflict.facts:
        uses = facts.entry_use[own & (facts.entry_fact == fact)]
        if facts.kind(fact) in RELAXED and uses.size and uses.min() > room[fact]:
            lacking = float(uses.min() - room[fact])
            found.append(((fact, _rounded(facts, fact, lacking)),))
    return found


def _isotope(
    facts: Facts, column: int, pools: tuple[int, ...], room: Floats
) -> list[dict[int, float]]:
    """More of any one delivery from which the run of a column draws."""
    run = int(facts.run[column])
    lacking = max(0.0, float(facts.gbq[column] - room[run]))
    draws = facts.supply.draws.select("pool", "run", "per_gbq")
    return [
        {facts.pools.start + pool: lacking / per_gbq}
        for pool, of_run, per_gbq in draws.iter_rows()
        if of_run == run and facts.pools.start + pool in pools
    ]


def _rounded(facts: Facts, fact: int, more: float) -> float:
    """An amount rounded up to what people would give."""
    kind = facts.kind(fact)
    grain = _GRAIN.get(UNITS.get(kind, ""), 1.0)
    return round(math.ceil(more / grain - 1e-9) * grain, 6)
