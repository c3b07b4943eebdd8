"""Writing routes of entry: one page, or a folder with the page and its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.entry_page import render_entry
from doseline.io.tables import OutputFolder, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network
    from doseline.pay.entry_result import EntryTold

PAGE = "pathway.html"


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
        for name, frame in told.frames.items():
            frame.write_csv(fresh / f"pathway_{name}.csv")
    return output / PAGE
