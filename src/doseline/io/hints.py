"""What people write in a cell and may have meant, read from a file of ours."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Signs and names, and what they may stand for; only proposals rest on them."""

    money: Mapping[str, Sequence[str]]
    """Currencies by sign."""
    zones: Mapping[str, str]
    """IANA time zone by a name in small letters."""


@functools.cache
def hints() -> Hints:
    """The hints, read once."""
    file = importlib.resources.files("doseline") / "data" / "hints.toml"
    tree = tomllib.loads(file.read_text(encoding="utf-8"))
    return Hints(money=tree["money"], zones=tree["zones"])
