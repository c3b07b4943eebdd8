"""What a check found: one record a finding, worded later in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ERROR = "error"
WARNING = "warning"
NOTE = "note"

NETWORK = "network"
"""What stands in for a table's name where a finding is about ``network.toml``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong or doubtful: where, what, what is allowed, the nearest valid value."""

    code: str
    """Key of its sentence in the message catalogue, e.g. ``unknown_column``."""
    severity: str
    """error, warning or note."""
    table: str = ""
    row: int | None = None
    """Line of the file, the header is 1."""
    column: str = ""
    found: str = ""
    allowed: str = ""
    nearest: str = ""
    about: Mapping[str, str] = field(default_factory=dict)
    """Further words for the sentence."""
