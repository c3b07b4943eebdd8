"""Writes the tables of ``docs/claim.md`` and ``docs/claim.zh.md`` from their definitions.

usage: python scripts/build_claim_page.py

Text around the tables is written by hand; each table stands between two marks of its name.
"""

from __future__ import annotations

from pathlib import Path

from doseline.claims.page import (
    codes_markdown,
    columns_markdown,
    edits_markdown,
    payers_markdown,
)

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = {"en": "claim.md", "zh": "claim.zh.md"}
TABLES = {
    "edits": edits_markdown,
    "columns": columns_markdown,
    "codes": codes_markdown,
    "payers": payers_markdown,
}


def built(page: str, lang: str) -> str:
    """A page with its tables as they are defined now."""
    for name, table in TABLES.items():
        begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n\n{table(lang)}\n\n{end}{rest.partition(end)[2]}"
    return page


def main() -> None:
    """Write both pages."""
    for lang, name in PAGES.items():
        path = DOCS / name
        path.write_text(built(path.read_text(encoding="utf-8"), lang), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
