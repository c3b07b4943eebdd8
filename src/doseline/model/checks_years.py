"""What bears on years: periods of lines, appeals that cannot be, shares that do not add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.model.checks_base import at
from doseline.model.findings import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from doseline.model.findings import Finding
    from doseline.model.network import Network

_WHOLE_PERCENT = 100.0
_ROUNDED_PERCENT = 0.5
"""How far shares may be from their whole, as they are told rounded. [%]"""


def check_line_changes(network: Network) -> Iterator[Finding]:
    """Periods of a line that are reversed or overlap."""
    frame = network.frame("line_changes").with_row_index("index")
    before: dict[str, tuple[date | None, int]] = {}
    columns = ("index", "line", "valid_from", "valid_until")
    for index, line, start, end in frame.select(columns).sort("valid_from").iter_rows():
        if end is not None and end < start:
            yield at(
                "line_changes",
                index,
                "valid_until",
                code="dates_reversed",
                severity=ERROR,
                found=end,
                allowed=f"≥ {start}",
            )
        until, row = before.get(line, (None, 0))
        if until is not None and until >= start:
            yield at(
                "line_changes",
                index,
                "valid_from",
                code="line_periods_overlap",
                severity=ERROR,
                found=start,
                allowed=f"> {until}",
                place=line,
                line=row + 2,
            )
        before[line] = end, index


def check_appeals(network: Network) -> Iterator[Finding]:
    """Appeals that would have to win more, or less, than all or none of them."""
    final = dict(network.frame("payers").select("payer", "denied_percent").iter_rows())
    columns = ("payer", "first_denied_percent", "appealed_percent")
    for index, row in enumerate(network.frame("appeals").select(columns).iter_rows()):
        payer, first, appealed = row
        least = first * (1.0 - appealed / 100.0)
        if not least - 1e-9 <= final[payer] <= first + 1e-9:
            yield at(
                "appeals",
                index,
                "first_denied_percent",
                code="appeals_cannot_explain",
                severity=ERROR,
                found=f"{first:g} %",
                allowed=f"{least:g} - {first:g} %",
                final=f"{final[payer]:g} %",
            )


def check_patient_mix(network: Network) -> Iterator[Finding]:
    """Shares of a product's patients that do not add up to all of them."""
    frame = network.frame("patient_mix").with_row_index("index")
    whole = frame.group_by("product", maintain_order=True).agg(
        pl.col("index").first(), pl.col("share_percent").sum()
    )
    for product, index, share in whole.iter_rows():
        if abs(share - _WHOLE_PERCENT) > _ROUNDED_PERCENT:
            yield at(
                "patient_mix",
                index,
                "share_percent",
                code="mix_not_whole",
                severity=ERROR,
                found=f"{share:g} %",
                allowed="100 %",
                product=product,
            )
