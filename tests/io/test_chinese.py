"""Everything that the Chinese pages show is Chinese, but names, codes and symbols."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import polars as pl
import pytest
from tests.io.fake_network import SMALL, US, Size
from tests.io.fake_result import fake_result

from doseline.io.report import render_brief, render_report
from doseline.model.catalogue import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.result import RunResult

VOID = {"meta", "input", "br", "hr", "img", "link"}
HIDDEN = {"style", "desc", "cite"}
"""What is not shown, and titles of sources, which stay as they were published."""

UNITS = "GBq MBq kBq Bq TBq mL km deg min Sv mSv mCi USD CNY EUR UTC T0 Q1 Q2 Q3 Q4"
NAMES = (
    "SHA PET CT PSMA DOTATATE FDG FES Doseline HiGHS NUBASE NUBASE2020 TOML CSV JSON GeoJSON "
    "TopoJSON WGS ISO RUCC HCPCS ASP CMS Medicare Advantage Medicaid medicaid OPPS sequestration "
    "DRG NRDL IIT CDMO Student Parquet AWP WAC Medigap UCSF UCLA Illuccix Gozellix Locametz "
    "dotatate dotatoc Lu Ga Cu Ra Ci"
)
"""Names that Chinese texts of the field keep."""
SYMBOLS = frozenset(
    [
        *UNITS.split(),
        *NAMES.split(),
        "us",
        "cn",
        "network",
        "toml",
        "csv",
        "map",
        "outlines",
        "states",
    ]
)
"""Words of Latin letters that a Chinese text may hold."""


class Shown(HTMLParser):
    """The texts that a reader of Chinese sees or hears."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag in English hides what is in it."""
        if tag in VOID:
            return
        about = dict(attrs)
        hidden = about.get("lang") == "en" and tag != "html"
        above = bool(self.open) and self.open[-1][1]
        self.open.append((tag, above or hidden or tag in HIDDEN))

    def handle_endtag(self, tag: str) -> None:
        """The tag opened last is closed."""
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Keep a text unless it is hidden."""
        if self.open and not self.open[-1][1] and data.strip():
            self.texts.append(data)


def own_words(result: RunResult) -> set[str]:
    """Words of the network itself: codes, ids, and names that it gives in no other language."""
    words: set[str] = set()
    for table in TABLES:
        frame = result.network.frame(table.name)
        for column in table.columns:
            if frame.schema[column.name] != pl.String:
                continue
            translated = f"{column.name}_zh" in frame.columns
            kept = frame
            if translated:
                # A name may stand in English only where there is no Chinese one.
                kept = frame.filter(pl.col(f"{column.name}_zh").fill_null("") == "")
            words.update(w for text in kept[column.name].drop_nulls() for w in latin(text))
        words.update(latin(table.name))
        words.update(word for column in table.columns for word in latin(column.name))
    words.update(latin(str(dict(result.provenance))))
    return words


def latin(text: str) -> list[str]:
    """Words of two Latin letters or more."""
    return re.findall(r"[A-Za-z][A-Za-z0-9]+", text)


def leftover(page: str, *results: RunResult) -> list[tuple[str, str]]:
    """English words that a reader of Chinese sees, each with its text."""
    # Addresses, codes, the ids of rules and parameters, and words that are cut are no words.
    code = re.compile(
        r"https?://\S+|[A-Za-z]+…|\b[0-9a-f]{8,}\b|\b[\w.-]+[/@][\w./@-]+|\b[a-z0-9_]+(?:\.[a-z0-9_]+)+\b|\b[A-Z]{1,2}\d\w*"
    )
    known = SYMBOLS.union(*(own_words(result) for result in results))
    found = []
    for text in Shown(page).texts:
        plain = code.sub(" ", text)
        found += [(one, text[:120]) for one in latin(plain) if one not in known]
    return found


PAGES: dict[str, Callable[..., str]] = {"report": render_report, "brief": render_brief}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("size", [SMALL, US], ids=["small", "large"])
def test_no_english_is_left_in_the_chinese_pages(page: str, size: Size) -> None:
    # Findings of the fake have codes without words; those of a real network are tried elsewhere.
    result = replace(fake_result(size), findings=())
    assert leftover(PAGES[page](result, language="zh"), result) == []
