"""Decay of a million doses and a thousand evaluations of a chain, against radioactivedecay.

Run as ``python -m benchmarks.physics [--quick]``. Both sides use radioactivedecay's own half-lives
and branches, so that they must agree. Its interface takes one inventory and one time a call; we
call it so, for a part of the doses, and compare the time of one.
"""

from __future__ import annotations

import sys

import numpy as np
import radioactivedecay as rd
from benchmarks.rows import Row, best_of, on_one_core, tell
from tests.physics.test_chains import oracle_chain

from doseline.physics.chains import decay_chain
from doseline.physics.decay import activity_after

PEER = "radioactivedecay, one by one"
PARENT = "Ac-225"
REPEATS = 5
FLOOR = 1e-6
"""Share of the start below which radioactivedecay's doubles are noise. [unitless]"""


def main(*, quick: bool) -> None:
    """Print the rows."""
    on_one_core()
    doses, times, sample = (10_000, 20, 50) if quick else (1_000_000, 1_000, 2_000)
    tell([_doses(doses, sample), *_chains(times)])


def _doses(doses: int, sample: int) -> Row:
    """Activity of many doses, each after its own time."""
    rng = np.random.default_rng(1)
    start_bq, elapsed_h = rng.uniform(1e9, 1e10, doses), rng.uniform(0.0, 240.0, doses)
    half_life_h = float(rd.Nuclide("Lu-177").half_life("h"))
    ours, seconds = best_of(REPEATS, lambda: activity_after(start_bq, elapsed_h, half_life_h))
    first = list(zip(start_bq[:sample].tolist(), elapsed_h[:sample].tolist(), strict=True))
    theirs, their_seconds = best_of(
        1, lambda: [_activity_bq(activity, after_h) for activity, after_h in first]
    )
    assert np.allclose(ours[:sample], theirs, rtol=1e-9)
    return Row(
        what=f"activity of {doses:,} doses",
        figure=doses / seconds,
        unit="doses/s",
        ratio=their_seconds / sample / (seconds / doses),
        peer=PEER,
    )


def _activity_bq(activity_bq: float, elapsed_h: float) -> float:
    left = rd.Inventory({"Lu-177": activity_bq}, "Bq").decay(elapsed_h, "h")
    return float(left.activities("Bq")["Lu-177"])


def _chains(count: int) -> list[Row]:
    """A chain at many times: all at once, and one by one."""
    names, half_lives_h, shares = oracle_chain(PARENT)
    start, times_h = np.eye(len(names))[0], np.linspace(1.0, 2000.0, count)
    ours, at_once = best_of(REPEATS, lambda: decay_chain(half_lives_h, shares, start, times_h))
    _, one_by_one = best_of(
        1,
        lambda: [decay_chain(half_lives_h, shares, start, times_h[[at]]) for at in range(count)],
    )
    inventory = rd.Inventory({PARENT: 1.0}, "Bq")
    theirs, seconds = best_of(
        1, lambda: [inventory.decay(time_h, "h").activities("Bq") for time_h in times_h.tolist()]
    )
    table = np.array([[one[name] for name in names] for one in theirs])
    seen = table > FLOOR
    assert np.allclose(ours[seen], table[seen], rtol=1e-6)
    return [
        Row(
            what=f"chain of {PARENT} at {count:,} times, {how}",
            figure=count / spent,
            unit="evaluations/s",
            ratio=seconds / spent,
            peer=PEER,
        )
        for how, spent in (("in one call", at_once), ("a call each", one_by_one))
    ]


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
