"""Arrivals and outcomes made by hand, for what reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from doseline.model.chance import as_keys
from doseline.model.ledger import DOSE_ENDINGS, LINKS
from doseline.simulate.engine.outcome import Fate, Infusions, Outcome, Waits
from doseline.simulate.engine.world import NOWHERE, Arrivals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.simulate.engine.world import Floats


def arrivals_made(t0: Sequence[float], **given: Any) -> Arrivals:
    """Patients of product 0, region 0 and payer 0 who never exit, but for what is given."""
    count = len(t0)
    zero = np.zeros(count, dtype=np.int64)
    arrays: dict[str, Any] = {
        "key": as_keys([f"p{at}" for at in range(count)]),
        "t0": np.array(t0, dtype=np.float64),
        **dict.fromkeys(("product", "region", "payer", "given"), zero),
        "exit_day": np.full(count, np.inf),
        "site": np.full(count, NOWHERE),
    }
    return Arrivals(**{**arrays, **{name: np.asarray(one) for name, one in given.items()}})


def outcome_made(count: int, **given: Any) -> Outcome:
    """An outcome in which nothing happened to anybody, but for what is given."""
    never, zero = np.full(count, np.inf), np.zeros(count, dtype=np.int64)
    arrays: dict[str, Any] = {
        "fate": np.full(count, Fate.UNDER_WAY),
        **dict.fromkeys(("link", "site", "station", "lost_link"), zero + NOWHERE),
        **dict.fromkeys(("stage", "doses", "courses"), zero),
        **dict.fromkeys(("fate_day", "first_dose_day", "last_dose_day", "lost_day"), never),
        "waits": waits_made(np.zeros((count, len(LINKS)))),
        "endings": np.zeros((1, len(DOSE_ENDINGS)), np.int64),
        "lost_by_link": np.zeros(len(LINKS), np.int64),
        **dict.fromkeys(("demand", "served"), np.zeros((1, 1, 2), np.int64)),
        "infused": np.zeros((1, 1, 1), np.int64),
        **dict.fromkeys(("run_doses", "run_failed"), np.zeros((1, 0), np.int64)),
        "waiting": np.zeros(1, np.int64),
        "activity": np.zeros((1, 6)),
        "isotope": np.zeros((0, 2)),
        "events": 0,
    }
    return Outcome(**{**arrays, **given})


def waits_made(wait: Floats) -> Waits:
    """Waits with a column for every link; shape (patients, link). [d]"""
    return Waits(days=wait, column=np.arange(len(LINKS)))


def infusions_made(rows: Sequence[tuple[int, float, float]]) -> Infusions:
    """Infusions of a patient, a day, and the day from which the dose was wanted."""
    patient, day, since = zip(*rows, strict=True) if rows else ((), (), ())
    return Infusions(
        patient=np.array(patient, dtype=np.int64),
        day=np.array(day, dtype=np.float64),
        since=np.array(since, dtype=np.float64),
    )
