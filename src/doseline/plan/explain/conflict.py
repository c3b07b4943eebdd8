"""The smallest set of facts that together leave an order out.

Two questions, each answered with proof:

- *As things stand*: every other dose stays where it is. Each way to serve the order is blocked by
  some facts; a least number of facts that block all ways is found in whole numbers.
- *Whatever is moved*: every other order may move among its own options. A set of facts conflicts
  if no plan respects them and serves the order as well as all orders served now that the published
  rule puts before it or beside it; orders that the rule puts after it may be left. The facts are
  added as a plan that respects those so far breaks others, until none does, or no plan is left.
  Then each fact is dropped in turn: what can be dropped is dropped, and for each that stays a plan
  without it is in hand. So the set is irreducible, and as everything outside it was left free, it
  holds for the whole week.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.explain.augment import needed_by_moves
from doseline.plan.explain.facts import SLACK, isotope_room
from doseline.plan.explain.possible import Possible, Program, Verdict
from doseline.plan.solver.linear import INFINITY, Highs, Rows
from doseline.plan.supply.isotope import sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from doseline.plan.explain.facts import Facts

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

MOST_ROUNDS = 40
"""Times that facts are added."""
MOST_TRIALS = 80
"""Facts that are tried for dropping one by one."""
_LATER = 1e-3
"""Added to the count of a fact for its place, so that ties are always broken alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Facts that leave an order out together."""

    facts: tuple[int, ...]
    """Numbers of the facts, ascending; none if there is room, or no way at all."""
    infeasible: bool
    """Whether it is proven that no plan respects them all and serves the order."""
    irreducible: bool
    """Whether it is proven that dropping any one of them makes room."""
    doses: Floats | None = None
    """Without a conflict: doses of each column of a plan that serves the order."""


Way = tuple[tuple[int, ...], tuple[int, ...]]
"""Facts that block a column, and deliveries that block it together."""


def standing_conflict(of_column: dict[int, Way]) -> Conflict:
    """The least facts that block every way to serve the order, all others as planned.

    Args:
        of_column: Of :func:`blocked_ways`.
    """
    ways = set(of_column.values())
    if any(not blocked and not pools for blocked, pools in ways):
        return Conflict(facts=(), infeasible=False, irreducible=False)
    facts = _least_cover(sorted(ways)) if ways else ()
    return Conflict(facts=facts, infeasible=True, irreducible=True)


def moving_conflict(facts: Facts, start: Conflict) -> Conflict:
    """Facts that leave the order out wherever orders served now are moved.

    Args:
        facts: The facts, and the plan.
        start: Of :func:`standing_conflict`; if it holds here too, it is the answer.
    """
    possible = Possible(facts, room_of(facts))
    chosen = np.zeros(facts.count, dtype=bool)
    chosen[list(start.facts)] = True
    if possible.program(chosen).verdict().proven:
        return start
    chosen |= _spent(facts)
    for _ in range(MOST_ROUNDS):
        verdict = possible(chosen)
        if verdict.doses is None:
            return _dropped(facts, possible, chosen, verdict)
        broken = facts.broken(verdict.doses)
        if not broken:
            return Conflict(facts=(), infeasible=False, irreducible=False, doses=verdict.doses)
        chosen[broken] = True
    return Conflict(facts=start.facts, infeasible=False, irreducible=False)


def _spent(facts: Facts) -> Bools:
    """Vials and activity of runs of the order's product that have none left: likely to matter."""
    room, runs = room_of(facts), np.unique(facts.run[facts.asked.own])
    same = facts.supply.runs["product"].to_numpy()
    mine = np.isin(same, same[runs])
    least = np.full(mine.size, np.inf)
    np.minimum.at(least, facts.run, facts.gbq)
    spent = np.zeros(facts.count, dtype=bool)
    spent[facts.vials.slice] = mine & (room[facts.vials.slice] < 1.0)
    spent[facts.activity.slice] = mine & (room[facts.activity.slice] < least)
    return spent


def _dropped(facts: Facts, possible: Possible, chosen: Bools, verdict: Verdict) -> Conflict:
    """The facts less those without which there is no plan either."""
    if not verdict.proven:
        numbers = tuple(np.flatnonzero(chosen).tolist())
        return Conflict(facts=numbers, infeasible=False, irreducible=False)
    first = chosen
    chosen = first.copy() if verdict.needed is None else verdict.needed & first
    program = possible.program(chosen)
    needed = needed_by_moves(facts, room_of(facts), chosen, program.column)
    proven = True
    for trial, fact in enumerate(_farthest_first(facts, chosen)):
        if not chosen[fact] or fact in needed:
            continue
        tried = _without(possible, program, chosen, fact) if trial < MOST_TRIALS else None
        if tried is not None and tried.proven:
            chosen[fact] = False
            program.drop(fact)
        else:
            proven = proven and tried is not None and tried.doses is not None
    # From the beginning, and without what was dropped: this is the proof.
    left_out = np.array_equal(chosen, first) or possible.program(chosen).verdict().proven
    return Conflict(
        facts=tuple(np.flatnonzero(chosen).tolist()),
        infeasible=left_out,
        irreducible=proven and left_out,
    )


def _without(possible: Possible, program: Program, chosen: Bools, fact: int) -> Verdict:
    """Whether there is a plan without one of the chosen facts."""
    if not program.drops(fact):
        fewer = chosen.copy()
        fewer[fact] = False
        return possible.program(fewer).verdict()
    program.drop(fact)
    found = program.verdict()
    program.drop(fact, back=True)
    return found


def _farthest_first(facts: Facts, chosen: Bools) -> list[int]:
    """Chosen facts, those last from which the order's own ways take, so that they stay if any can."""
    own = np.zeros(facts.count, dtype=int)
    for column in facts.asked.own:
        own[facts.of_column(int(column))[0]] += 1
        own[facts.pools.start + facts.pools_of[facts.run[column]]] += 1
    own[facts.window] += facts.asked.own.size
    numbers = np.flatnonzero(chosen)
    return [int(fact) for fact in numbers[np.argsort(own[numbers], kind="stable")]]


def room_of(facts: Facts) -> Floats:
    """What the plan leaves of each fact, the asked order's own dose taken back."""
    return facts.most - facts.used(_others(facts))


def room_of_isotope(facts: Facts, runs: Ints) -> Floats:
    """Activity in vials that each of some runs could make beside the others' doses, in [GBq]."""
    need = sums(facts.run, _others(facts) * facts.gbq, facts.unfed.size)
    return isotope_room(facts.supply, need, runs)


def blocked_ways(facts: Facts, columns: Ints) -> dict[int, Way]:
    """Facts without room for one more dose on each column, all others as planned.

    Args:
        facts: The facts, and the plan.
        columns: Columns of the order.

    Returns:
        By column the facts that block it, and the deliveries of isotope that do so together: more
        of any one of those would do.
    """
    doses = _others(facts)
    room = facts.most - facts.used(doses)
    isotope = room_of_isotope(facts, np.unique(facts.run[columns]))
    clashing = _clashing(facts, sums(facts.run, doses, facts.unfed.size) > 0.0)
    found = {}
    for column in columns:
        run = int(facts.run[column])
        taken, use = facts.of_column(int(column))
        blocked = set(taken[room[taken] < use * (1.0 - SLACK)].tolist())
        blocked.update(clashing.get(run, ()))
        pools: tuple[int, ...] = ()
        if facts.unfed[run]:
            blocked.add(facts.no_lot.start + run)
        elif isotope[run] < facts.gbq[column] * (1.0 - SLACK):
            pools = tuple(int(facts.pools.start + pool) for pool in facts.pools_of[run])
        found[int(column)] = (tuple(sorted(blocked)), pools)
    return found


def _clashing(facts: Facts, made: Bools) -> dict[int, list[int]]:
    """Changeovers that keep a run from being made, since another one is."""
    found: dict[int, list[int]] = {}
    for number, clique in enumerate(facts.cliques):
        for run in clique:
            if made[clique[clique != run]].any():
                found.setdefault(int(run), []).append(facts.changeovers.start + number)
    return found


def _others(facts: Facts) -> Floats:
    """Doses of each column but those of the order."""
    doses = facts.asked.doses.copy()
    doses[facts.asked.own] = 0.0
    return doses


def _least_cover(ways: list[Way]) -> tuple[int, ...]:
    """The least number of facts of which every way is blocked by one, or by all its deliveries."""
    numbers = sorted({fact for way in ways for part in way for fact in part})
    place = {fact: at for at, fact in enumerate(numbers)}
    together = sorted({pools for _, pools in ways if pools})
    size = len(numbers) + len(together)
    rows = Rows()
    for blocked, pools in ways:
        row = rows.add(lower=1.0, upper=INFINITY, count=1)
        at = [place[fact] for fact in blocked]
        at += [len(numbers) + together.index(pools)] if pools else []
        rows.fill(np.full(len(at), row), np.array(at), 1.0)
    for number, pools in enumerate(together):
        for pool in pools:
            row = rows.add(lower=0.0, upper=INFINITY, count=1)
            at = [place[pool], len(numbers) + number]
            rows.fill(np.full(2, row), np.array(at), np.array([1.0, -1.0]))
    cost = np.zeros(size)
    cost[: len(numbers)] = 1.0 + _LATER * np.arange(len(numbers)) / len(numbers)
    highs = Highs(
        cost=cost,
        lower=np.zeros(size),
        upper=np.ones(size),
        rows=rows,
        integer=np.ones(size, dtype=bool),
    )
    values = highs.solve("finding the least facts").values
    return tuple(fact for fact in numbers if values[place[fact]] > 0.5)
