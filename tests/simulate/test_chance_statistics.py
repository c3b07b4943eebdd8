"""Draws behave as independent uniform and normal numbers, whatever their keys."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest

from doseline.model.chance import Keys, mixed, normal, uniform

KEYS = np.arange(100_000, dtype=np.uint64)
KINDS_OF_KEY: dict[str, Keys | list[str]] = {
    "counting": KEYS,
    "strided": KEYS * np.uint64(1 << 32),
    "names": [f"episode-{n}" for n in range(100_000)],
    "mixed": mixed(
        np.arange(400, dtype=np.uint64)[:, None], np.arange(250, dtype=np.uint64)
    ).ravel(),
}


def chi_square_holds(counts: npt.NDArray[np.int64], freedom: int) -> None:
    """Counts are as even as chance makes them: within 3.3 standard deviations of chi-square."""
    expected = counts.sum() / counts.size
    found = float(((counts - expected) ** 2 / expected).sum())
    assert abs(found - freedom) < 3.3 * math.sqrt(2.0 * freedom)


@pytest.mark.parametrize("kind", KINDS_OF_KEY)
@pytest.mark.parametrize("seed", [0, 1, -1, 2**63])
def test_draws_are_even_whatever_the_keys(kind: str, seed: int) -> None:
    draws = uniform(seed, "any", KINDS_OF_KEY[kind])
    chi_square_holds(np.histogram(draws, bins=128, range=(0.0, 1.0))[0], 127)
    low_bits = (draws * 2.0**53).astype(np.uint64) % np.uint64(64)
    chi_square_holds(np.bincount(low_bits.astype(np.int64), minlength=64), 63)


@pytest.mark.parametrize(
    ("seed", "purpose", "shift"),
    [(2, "arrivals", 0), (1, "clock start", 0), (1, "arrivals/", 0), (1, "arrivals", 1)],
)
def test_pairs_of_draws_are_independent(seed: int, purpose: str, shift: int) -> None:
    one = uniform(1, "arrivals", KEYS)
    other = uniform(seed, purpose, KEYS + np.uint64(shift))
    cells = np.histogram2d(one, other, bins=16, range=[[0, 1], [0, 1]])[0]
    chi_square_holds(cells.astype(np.int64).ravel(), 255)


def test_normal_draws_have_the_moments_and_tails_of_the_normal() -> None:
    z = normal(1, "delay", KEYS)
    n = z.size
    assert abs(z.mean()) < 3.0 / math.sqrt(n)
    assert abs(z.var() - 1.0) < 3.0 * math.sqrt(2.0 / n)
    assert abs((z**3).mean()) < 3.0 * math.sqrt(15.0 / n)
    assert abs((z**4).mean() - 3.0) < 3.0 * math.sqrt(96.0 / n)
    for point in (-2.5, -1.0, 0.0, 0.5, 1.2815515655446004, 3.0):
        share = 0.5 * math.erfc(-point / math.sqrt(2.0))
        assert abs((z <= point).mean() - share) < 3.3 * math.sqrt(share * (1 - share) / n)


def test_mixed_keys_meet_no_more_often_than_chance_and_have_a_direction() -> None:
    left, right = KEYS[:1000, None], KEYS[None, :1000]
    pairs = mixed(left, right)
    assert np.unique(pairs).size == pairs.size
    assert (mixed(left, right) != mixed(right, left)).sum() == pairs.size - 1000


def test_draws_are_the_same_in_any_order_and_company() -> None:
    turned = np.random.default_rng(1).permutation(KEYS.size)
    for draw in (uniform, normal):
        assert (draw(5, "late", KEYS[turned]) == draw(5, "late", KEYS)[turned]).all()
        assert (draw(5, "late", KEYS[10:12]) == draw(5, "late", KEYS)[10:12]).all()
