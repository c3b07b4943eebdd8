"""The engine as plain Python: the same code, which no compiler touched."""

from __future__ import annotations

import importlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from numba import config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PACKAGE = "doseline.simulate.engine"
SHARED = {f"{PACKAGE}.{name}" for name in ("world", "outcome", "policies", "errors")}
"""Vocabulary that is not compiled: the same classes in both."""


@contextmanager
def uncompiled(room: str = "run") -> Iterator[ModuleType]:
    """A room of the engine imported anew with Numba told not to compile."""
    package = importlib.import_module(PACKAGE)
    importlib.import_module(f"{PACKAGE}.kernel")
    rooms = {
        name: module
        for name, module in sys.modules.items()
        if name.startswith(f"{PACKAGE}.") and name not in SHARED
    }
    before = config.DISABLE_JIT  # type: ignore[attr-defined]
    _forget(package)
    config.DISABLE_JIT = True  # type: ignore[attr-defined]
    try:
        yield importlib.import_module(f"{PACKAGE}.{room}")
    finally:
        config.DISABLE_JIT = before  # type: ignore[attr-defined]
        _forget(package)
        for name, module in rooms.items():
            sys.modules[name] = module
            setattr(package, name.rpartition(".")[2], module)


def _forget(package: ModuleType) -> None:
    for name in list(sys.modules):
        if name.startswith(f"{PACKAGE}.") and name not in SHARED:
            del sys.modules[name]
            if hasattr(package, name.rpartition(".")[2]):
                delattr(package, name.rpartition(".")[2])
