"""Which rulebooks are installed, told without reading any."""

from __future__ import annotations

import importlib
import pkgutil

PACKAGE = "doseline.rulebook"


def rulebook_names() -> tuple[str, ...]:
    """Names of the rulebooks that are installed."""
    package = importlib.import_module(PACKAGE)
    return tuple(sorted(module.name for module in pkgutil.iter_modules(package.__path__)))
