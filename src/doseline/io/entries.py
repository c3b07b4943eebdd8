"""Writing routes of entry: one page, or a folder with the page and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.entry_page import render_entry
from doseline.io.report.entry_privacy import told_patients, told_routes
from doseline.io.tables import OutputFolder, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

PAGE = "pathway.html"
_MONEY = {
    "routes": ("rnpv", "error", "low", "high", "spent", "earned", "elsewhere", "round_missed"),
    "money": ("amount",),
    "inputs": ("swing", "information"),
    "effects": ("rnpv_low", "rnpv_high"),
}
"""Columns of each table that are amounts of money."""
_PRICES = ("price", "unit_cost", "listed_price")
"""Columns that are money a dose."""


def write_entry(network: Network, told: EntryTold, output: Path, *, language: str = "en") -> Path:
    """Write the page into a file that ends in ``.html``, or page and tables into a folder.

    Args:
        network: The network, for names and sources.
        told: Its routes, judged.
        output: Where to.
        language: The language that is shown first.

    Returns:
        The page's path.

    Raises:
        NotOurFolderError: If the folder holds something that is no result of ours.
        UnwritableFolderError: If nothing can be written there.
    """
    page = render_entry(network, told, language=language)
    if output.suffix.lower() in {".html", ".htm"}:
        write_text(page, output)
        return output
    with OutputFolder(output) as fresh:
        (fresh / PAGE).write_text(page, encoding="utf-8")
        for name in told.frames:
            _table(told, name).write_csv(fresh / f"pathway_{name}.csv")
    return output / PAGE


def _table(told: EntryTold, name: str) -> pl.DataFrame:
    """A table that stands alone: with its product, units in its heads, and no group too small."""
    kept = {"patients": told_patients, "routes": told_routes}.get(name)
    frame = told.frame(name) if kept is None else kept(told)
    currency = told.currency.lower()
    heads = {one: f"{one}_{currency}" for one in _MONEY.get(name, ())}
    heads |= {one: f"{one}_{currency}_per_dose" for one in _PRICES if one in frame.columns}
    return frame.rename(heads).insert_column(0, pl.lit(told.product).alias("product"))
