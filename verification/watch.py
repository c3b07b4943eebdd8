"""Reads what tests compare: how far apart the two sides were, or how many standard errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


class Largest:
    """The largest deviation so far, relative above one and absolute below."""

    def __init__(self) -> None:
        self.value = 0.0

    def see(self, found: object, expected: object) -> None:
        """Note how far apart two numbers or sequences of numbers are."""
        a, b = np.asarray(found, dtype=np.float64), np.asarray(expected, dtype=np.float64)
        if a.shape != b.shape:
            return
        both = np.isfinite(a) & np.isfinite(b)
        apart = np.abs(a[both] - b[both]) / np.maximum(1.0, np.abs(b[both]))
        self.value = max(self.value, float(apart.max(initial=0.0)))

    def approx(self, expected: Any, **tolerance: Any) -> Any:
        """``pytest.approx`` that also notes the deviation."""
        return _Seen(self, expected, tolerance)


class _Seen:
    """Equal to what ``pytest.approx`` is equal to."""

    __array_ufunc__ = None
    __hash__ = None  # type: ignore[assignment]  # what is nearly equal has no hash

    def __init__(self, largest: Largest, expected: Any, tolerance: dict[str, Any]) -> None:
        self._largest, self._expected = largest, expected
        self._within = pytest.approx(expected, **tolerance)

    def __eq__(self, found: object) -> bool:
        self._largest.see(found, self._expected)
        return bool(self._within == found)


@contextmanager
def swapped(module: ModuleType, **names: Any) -> Iterator[None]:
    """A module some of whose names mean something else for a while."""
    before = {name: getattr(module, name) for name in names}
    try:
        for name, value in names.items():
            setattr(module, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(module, name, value)


def inner(test: Any) -> Callable[..., None]:
    """The plain function under a property test."""
    function: Callable[..., None] = test.hypothesis.inner_test
    return function


def cases(test: Any) -> list[dict[str, Any]]:
    """The arguments that a parametrized test is called with."""
    found: list[dict[str, Any]] = [{}]
    for mark in getattr(test, "pytestmark", ()):
        names = [name.strip() for name in mark.args[0].split(",")]
        values = [one if len(names) > 1 else (one,) for one in mark.args[1]]
        found = [{**case, **dict(zip(names, one, strict=True))} for case in found for one in values]
    return found
