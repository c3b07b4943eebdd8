"""The engine's draws are those of model.chance, bit for bit, compiled and not."""

from __future__ import annotations

import numpy as np
import pytest
from tests.simulate.uncompiled import uncompiled

from doseline.model.chance import hash64, mixed, normal, uniform
from doseline.simulate.engine import chance
from doseline.simulate.engine.world import Law, streams

SEED = 20261122
KEYS = np.array(
    [0, 1, 2, 2**31, 2**63, 2**64 - 1, *(hash64(str(at)) for at in range(200))], dtype=np.uint64
)
PURPOSES = ("late", "wait/radius", "wait/angle")
STREAMS = streams(PURPOSES, SEED)


def test_compiled_draws_are_those_of_the_model() -> None:
    drawn = [chance.draw(STREAMS[0], np.uint64(chance.splitmix(key))) for key in KEYS]
    assert drawn == uniform(SEED, "late", KEYS).tolist()


def test_compiled_keys_are_those_of_the_model() -> None:
    others = KEYS[::-1].copy()
    pairs = zip(KEYS, others, strict=True)
    made = [chance.mix(np.uint64(chance.splitmix(key)), other) for key, other in pairs]
    assert made == [chance.splitmix(key) for key in mixed(KEYS, others)]


def test_draws_are_the_same_without_a_compiler() -> None:
    with uncompiled("chance") as plain, np.errstate(over="ignore"):
        states = [plain.splitmix(key) for key in KEYS]
        drawn = [plain.draw(STREAMS[0], state) for state in states]
        lengths = [plain.duration(Law.LOGNORMAL, 3.0, 0.4, STREAMS, 1, state) for state in states]
    assert drawn == uniform(SEED, "late", KEYS).tolist()
    assert lengths == pytest.approx(lengths_of(Law.LOGNORMAL, 3.0, 0.4), rel=1e-14)


def test_durations_follow_their_laws() -> None:
    assert lengths_of(Law.FIXED, 3.0, 0.0) == [3.0] * len(KEYS)
    assert lengths_of(Law.EXPONENTIAL, 3.0, 0.0) == pytest.approx(
        (-3.0 * np.log1p(-uniform(SEED, "wait/radius", KEYS))).tolist(), rel=1e-14
    )
    assert lengths_of(Law.LOGNORMAL, 3.0, 0.4) == pytest.approx(
        (3.0 * np.exp(0.4 * normal(SEED, "wait", KEYS))).tolist(), rel=1e-13
    )
    assert lengths_of(Law.LOGNORMAL, 0.0, 0.4) == [0.0] * len(KEYS)


def lengths_of(law: Law, first: float, second: float) -> list[float]:
    return [
        chance.duration(int(law), first, second, STREAMS, 1, np.uint64(chance.splitmix(key)))
        for key in KEYS
    ]
