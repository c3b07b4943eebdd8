"""How many more doses fit: exactly, as whole numbers of doses over the options of a day.

One small integer program counts them all: doses within what is left of each limit of the site, of
each run's vials and activity, and of the isotope that the runs draw from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.plan.solver.linear import INFINITY, Highs, Rows

if TYPE_CHECKING:
    from doseline.study.headroom_room import Bools, Floats, Ints, Left, Room

SLACK = 1e-6
"""What rounding may add to a limit. [min, GBq, L, ...]"""
_NOT_WHOLE = 1e-6
_LEAN = 0.5
"""Most that the choice among equal numbers of doses weighs in all, against one dose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which limits count."""

    limits: Bools
    """Limits of the site, by number."""
    batches: bool = True
    """Vials and activity of runs."""
    isotope: bool = True


def most(room: Room, left: Left, options: Ints, asked: Asked, *, at_most: int) -> tuple[int, Ints]:
    """Most doses that fit, and how many of each option.

    Among equal numbers the one that needs the least activity at calibration.

    Args:
        room: The site.
        left: What is left of it.
        options: Numbers of the options that may be used.
        asked: What limits them.
        at_most: Doses at which counting may stop.
    """
    ceiling = np.minimum(_alone(room, left, options, asked), at_most)
    usable = ceiling > 0
    if not usable.any():
        return 0, np.zeros(options.size, dtype=np.int64)
    taken = np.zeros(options.size, dtype=np.int64)
    taken[usable] = _solved(
        room, left, options[usable], ceiling[usable], asked=asked, at_most=at_most
    )
    return int(taken.sum()), taken


def fills(room: Room, left: Left, options: Ints, limits: Bools) -> int:
    """Most doses of a day within some limits of the site, slot after slot.

    That is the most, where every slot's doses use the same of what they share: a chair belongs to
    one slot, and staff, beds and stores are taken alike in all of them.
    """
    remaining = left.limits.copy()
    total = 0
    for option in options.tolist():
        limit, use = room.uses_of(option)
        counts = limits[limit]
        limit, use = limit[counts], use[counts]
        fit = int(np.floor((remaining[limit] + SLACK) / use).min()) if limit.size else 0
        np.subtract.at(remaining, limit, max(fit, 0) * use)
        total += max(fit, 0)
    return total


def _alone(room: Room, left: Left, options: Ints, asked: Asked) -> Floats:
    """Doses that each option could take by itself."""
    found = np.full(options.size, INFINITY)
    for at, option in enumerate(options.tolist()):
        limit, use = room.uses_of(option)
        counts = asked.limits[limit]
        share = (left.limits[limit[counts]] + SLACK) / use[counts]
        found[at] = share.min(initial=INFINITY)
    if asked.batches:
        runs = room.run[options]
        # A bare option has no run, and nothing of one limits it.
        vials = np.minimum(
            left.doses[runs], (left.activity_gbq[runs] + SLACK) / room.activity_gbq[options]
        )
        vials[np.isin(runs, _excluded(room, left))] = 0.0
        found = np.where(runs >= 0, np.minimum(found, vials), found)
    whole: Floats = np.maximum(np.floor(found), 0.0)
    return whole


def _excluded(room: Room, left: Left) -> list[int]:
    """Runs that cannot be made beside one that is."""
    made = set(np.flatnonzero(left.taken_gbq > 0.0).tolist())
    pairs = [*room.conflicts, *((other, run) for run, other in room.conflicts)]
    return sorted({run for run, other in pairs if other in made})


def _solved(
    room: Room, left: Left, options: Ints, ceiling: Floats, *, asked: Asked, at_most: int
) -> Ints:
    """Doses of each option in the best answer."""
    draws = _draws(room, left, options) if asked.isotope else np.zeros(0, dtype=np.int64)
    size, gbq = options.size, room.activity_gbq[options]
    rows, every = Rows(), np.arange(options.size)
    first = rows.add(lower=-INFINITY, upper=at_most, count=1)
    rows.fill(np.full(size, first), every, 1.0)
    _site_rows(rows, room, left, options, asked.limits)
    opened = 0
    if asked.batches:
        _batch_rows(rows, room, left, options)
        opened = _conflict_rows(rows, room, options, ceiling, first=size + draws.size)
    if asked.isotope:
        _isotope_rows(rows, room, left, options, draws)
    lean = _LEAN * gbq / (gbq.max() * max(min(at_most, float(ceiling.sum())), 1.0))
    program = Highs(
        cost=np.concatenate([lean - 1.0, np.zeros(draws.size + opened)]),
        lower=np.zeros(size + draws.size + opened),
        upper=np.concatenate([ceiling, np.full(draws.size, INFINITY), np.ones(opened)]),
        rows=rows,
    )
    whole = np.concatenate([every, size + draws.size + np.arange(opened)])
    return _whole(program, whole)[:size]


def _conflict_rows(rows: Rows, room: Room, options: Ints, ceiling: Floats, *, first: int) -> int:
    """Of two runs that exclude each other one is opened; the number of runs that can be."""
    runs = room.run[options]
    pairs = [pair for pair in sorted(room.conflicts) if np.isin(pair, runs).all()]
    opened = {
        run: first + at for at, run in enumerate(sorted({run for pair in pairs for run in pair}))
    }
    for run, column in opened.items():
        mine = np.flatnonzero(runs == run)
        row = rows.add(lower=-INFINITY, upper=0.0, count=mine.size)
        rows.fill(row + np.arange(mine.size), mine, 1.0)
        rows.fill(row + np.arange(mine.size), np.full(mine.size, column), -ceiling[mine])
    for run, other in pairs:
        row = rows.add(lower=-INFINITY, upper=1.0, count=1)
        rows.fill(np.full(2, row), np.array([opened[run], opened[other]]), 1.0)
    return len(opened)


def _whole(program: Highs, columns: Ints) -> Ints:
    """The best whole numbers: those of the continuous program, where they are whole already."""
    values = program.solve("counting doses that fit").values[columns]
    if np.abs(values - np.rint(values)).max(initial=0.0) > _NOT_WHOLE:
        program.make_integer(columns)
        program.option("mip_rel_gap", 0.0)
        program.option("mip_abs_gap", 0.0)
        values = program.solve("counting whole doses that fit").values[columns]
    counts: Ints = np.rint(values).astype(np.int64)
    return counts


def _site_rows(rows: Rows, room: Room, left: Left, options: Ints, asked: Bools) -> None:
    """Limits of the site that the options use.

    Where all doses use the same of a limit, it is a whole number of doses.
    """
    limits, columns, uses = [], [], []
    for column, option in enumerate(options.tolist()):
        limit, use = room.uses_of(option)
        counts = asked[limit]
        limits.append(limit[counts])
        uses.append(use[counts])
        columns.append(np.full(int(counts.sum()), column))
    used, row = np.unique(np.concatenate(limits), return_inverse=True)
    use, most_left = np.concatenate(uses), left.limits[used].copy()
    least, largest = np.full(used.size, np.inf), np.zeros(used.size)
    np.minimum.at(least, row, use)
    np.maximum.at(largest, row, use)
    alike = least == largest
    most_left[alike] = np.floor((most_left[alike] + SLACK) / largest[alike])
    first = rows.add(lower=-INFINITY, upper=most_left, count=used.size)
    rows.fill(first + row, np.concatenate(columns), np.where(alike[row], 1.0, use))


def _batch_rows(rows: Rows, room: Room, left: Left, options: Ints) -> None:
    """Vials and activity of the runs that the options are made in."""
    run = room.run[options]
    used, row = np.unique(run, return_inverse=True)
    column = np.arange(options.size)
    first = rows.add(lower=-INFINITY, upper=left.doses[used], count=used.size)
    rows.fill(first + row, column, 1.0)
    first = rows.add(lower=-INFINITY, upper=left.activity_gbq[used], count=used.size)
    rows.fill(first + row, column, room.activity_gbq[options])


def _draws(room: Room, left: Left, options: Ints) -> Ints:
    """Draws of every run that makes something, or may make what the options ask for."""
    wanted = left.taken_gbq > 0.0
    wanted[np.unique(room.run[options])] = True
    found: Ints = np.flatnonzero(wanted[room.draws["run"].to_numpy()])
    return found


def _isotope_rows(rows: Rows, room: Room, left: Left, options: Ints, draws: Ints) -> None:
    """Each run's vials hold no more than what it draws yields; pools hold what they hold."""
    size, column = options.size, np.arange(draws.size)
    of_option = room.run[options]
    of_draw = room.draws["run"].to_numpy()[draws]
    made, row = np.unique(np.concatenate([of_option, of_draw]), return_inverse=True)
    first = rows.add(lower=-INFINITY, upper=-left.taken_gbq[made], count=made.size)
    rows.fill(first + row[:size], np.arange(size), room.activity_gbq[options])
    per_gbq = room.draws["per_gbq"].to_numpy()[draws]
    rows.fill(first + row[size:], size + column, -per_gbq)
    pools, row = np.unique(room.draws["pool"].to_numpy()[draws], return_inverse=True)
    capacity = room.pools["capacity_gbq"].to_numpy()[pools] + left.more_gbq
    first = rows.add(lower=-INFINITY, upper=capacity, count=pools.size)
    rows.fill(first + row, size + column, 1.0)
