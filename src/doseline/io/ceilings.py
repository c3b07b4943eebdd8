"""Writing the page of ceilings: one file that is complete in itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.comparisons import SUMMARY, HoldsResultError
from doseline.io.report.ceilings_page import render_ceilings
from doseline.io.tables import OutputFolder, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.network import Network
    from doseline.pay.ceilings import Ceilings

PAGE = "ceilings.html"


def write_ceilings(
    network: Network, found: Ceilings, output: Path, *, language: str = "en"
) -> Path:
    """Write the page into a file that ends in ``.html``, or as ``ceilings.html`` into a folder.

    Returns:
        The page's path.

    Raises:
        HoldsResultError: If the folder holds the result of a run.
        NotOurFolderError: If the folder holds something that is no result of ours.
        UnwritableFolderError: If nothing can be written there.
    """
    page = render_ceilings(network, found, language=language)
    if output.suffix.lower() in {".html", ".htm"}:
        write_text(page, output)
        return output
    if (output / SUMMARY).exists():
        raise HoldsResultError(output)
    with OutputFolder(output) as fresh:
        (fresh / PAGE).write_text(page, encoding="utf-8")
    return output / PAGE
