"""Results side by side: two states of one network, or two networks in the same links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

TAGS = "ABCDEFGH"
"""Letters by which the results of a comparison are called, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A result as it was written: summary, provenance and tables."""

    folder: str
    """Name of its folder."""
    summary: Mapping[str, Any]
    provenance: Mapping[str, Any]
    frames: Mapping[str, pl.DataFrame]

    @property
    def name(self) -> str:
        """Name of its network."""
        return str(self.provenance["network"])

    @property
    def name_zh(self) -> str:
        """Name of its network in Chinese."""
        return str(self.settings.get("name_zh") or self.name)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What its network's settings say, by their keys."""
        return dict(self.provenance["settings"])

    @property
    def currency(self) -> str:
        """ISO 4217 code of all its money."""
        return str(self.settings["currency"])

    @property
    def seeds(self) -> tuple[int, ...]:
        """Its seeds, in the order of its replications."""
        return tuple(self.frames["seeds"]["seed"].to_list())

    @property
    def patients(self) -> Mapping[str, int]:
        """Patients by class; ``eligible`` is their sum."""
        return dict(self.summary["patients"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Results and what is told of them together, each row of a frame named by its letter.

    A ``difference`` is against the first result: the mean of the pairs of seeds with its 95 %
    interval; null unless the results are paired. Frames hold every count; what shows them hides
    small groups.

    ``headline``: result, eligible, in_time, share, low, high, difference, diff_low, diff_high,
    assumption_share - differences in percentage points.
    ``classes``: result, class, patients, low, high, of_eligible, difference, diff_low, diff_high.
    ``links``: result, link and the same, one row a link of the ledger and one for ``clinical``.
    ``areas``: result, area, eligible, in_time, share, link.
    ``curve``: result, days, share, low, high.
    ``money``: result, party, received, paid, net, currency.
    ``per_patient``: result, what (payment, cost), amount, patients, currency - of the patients
    infused in the planned week.
    ``differs``: kind, key, and a column of texts a result.
    """

    results: tuple[Stored, ...]
    paired: bool
    """Whether all are of one network under the same seeds and in one currency."""
    frames: Mapping[str, pl.DataFrame]

    @property
    def tags(self) -> tuple[str, ...]:
        """The letter of each result."""
        return tuple(TAGS[: len(self.results)])
