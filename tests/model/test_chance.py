"""Chance is uniform, depends on its key only, and has known values."""

from __future__ import annotations

import numpy as np

from doseline.model.chance import _splitmix64, as_keys, hash64, uniform


def test_splitmix64_gives_the_published_sequence() -> None:
    # Reference outputs of splitmix64 from state 1234567 (prng.di.unimi.it/splitmix64.c, as used
    # by Rosetta Code "Pseudo-random numbers/Splitmix64").
    step = 0x9E3779B97F4A7C15
    states = np.array([(1234567 + i * step) % 2**64 for i in range(5)], dtype=np.uint64)
    with np.errstate(over="ignore"):
        found = _splitmix64(states)
    assert found.tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_numbers_are_uniform_by_chi_square() -> None:
    draws = uniform(7, "test", np.arange(100_000, dtype=np.uint64))
    counts = np.histogram(draws, bins=100, range=(0.0, 1.0))[0]
    chi_square = float(((counts - 1000.0) ** 2 / 1000.0).sum())
    # 99 degrees of freedom: the central 99.9 % lies in [57.0, 153.2].
    assert 57.0 < chi_square < 153.2
    assert draws.min() >= 0.0
    assert draws.max() < 1.0


def test_purposes_and_neighbouring_seeds_are_uncorrelated() -> None:
    keys = np.arange(50_000, dtype=np.uint64)
    base = uniform(1, "a", keys)
    for other in (uniform(2, "a", keys), uniform(1, "b", keys), np.roll(base, 1)):
        assert abs(float(np.corrcoef(base, other)[0, 1])) < 4.0 / np.sqrt(keys.size)


def test_a_draw_does_not_depend_on_the_others() -> None:
    names = [f"order-{i}" for i in range(20)]
    whole = uniform(3, "late", names)
    assert uniform(3, "late", names[::-1]).tolist() == whole[::-1].tolist()
    assert uniform(3, "late", names[4:5]).tolist() == whole[4:5].tolist()
    assert uniform(3, "late", as_keys(names)).tolist() == whole.tolist()


def test_names_hash_to_the_same_number_everywhere() -> None:
    assert hash64("") == int.from_bytes(bytes.fromhex("e4a6a0577479b2b4"), "little")
    assert uniform(1, "batch failure", []).size == 0


def test_draws_stay_what_they_were() -> None:
    found = uniform(1, "batch failure", ["B1", "B2"]).tolist()
    assert found == [0.6930332332663519, 0.40607595574381605]
