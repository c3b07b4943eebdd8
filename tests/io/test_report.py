"""The report: complete in itself, in both languages, readable without sight or colour."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest
from tests.io.fake_network import SMALL, US
from tests.io.fake_result import empty_result, fake_result

from doseline.io.report import decay_chain_svg, render_report
from doseline.io.text import UnknownLanguageError
from doseline.model.result import Interval

VOID = {"meta", "input", "br", "hr", "img", "link"}
LOADS = {"script", "link", "img", "iframe", "object", "embed", "audio", "video", "source", "base"}


class Page(HTMLParser):
    """What a page consists of; a tag that is closed out of order is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag and that it is open."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """The tag opened last is closed."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Remember a text and what it is in."""
        self.texts.append((tuple(self.open), data))

    def values(self, attribute: str) -> list[str]:
        """All values of an attribute."""
        return [about[attribute] or "" for _, about in self.tags if attribute in about]


@pytest.fixture(scope="module")
def small() -> str:
    return render_report(fake_result(SMALL))


@pytest.fixture(scope="module")
def large() -> str:
    return render_report(fake_result(US))


def test_every_tag_is_closed_and_every_id_is_unique(small: str, large: str) -> None:
    for text in (small, large):
        page = Page(text)
        assert page.open == []
        assert len(page.values("id")) == len(set(page.values("id")))


def test_nothing_is_loaded_from_anywhere(large: str) -> None:
    page = Page(large)
    assert [tag for tag, _ in page.tags if tag in LOADS] == []
    assert page.values("src") == []
    styles = "".join(data for inside, data in page.texts if "style" in inside)
    assert "url(" not in styles
    assert "@import" not in styles
    policy = next(one for one in page.values("content") if "default-src" in one)
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_links_lead_inside_the_page_or_to_a_source(large: str) -> None:
    page = Page(large)
    ids = set(page.values("id"))
    outside = [about for _, about in page.tags if not (about.get("href") or "#").startswith("#")]
    assert "https://www.census.gov/popest" in {about["href"] for about in outside}
    assert all(re.match(r"https?://", about["href"] or "") for about in outside)
    assert {about["rel"] for about in outside} == {"noreferrer"}
    assert {href[1:] for href in page.values("href") if href.startswith("#")} <= ids
    named = {name for value in page.values("aria-labelledby") for name in value.split()}
    assert named <= ids
    assert set(page.values("for")) <= ids


def test_every_number_leads_to_its_definition(small: str, large: str) -> None:
    """A number is a link, or the head of its column or row is one; each leads into the page."""
    for text in (small, large):
        ids = set(Page(text).values("id"))
        linked = re.findall(r'<a class="number" href="#([^"]+)">', text)
        assert len(linked) >= 3
        assert text.count('<dd class="value">') == len(linked)
        assert set(linked) <= ids
        bare = [
            table for table in re.findall(r"<table>.*?</table>", text, re.DOTALL) if lost(table)
        ]
        assert not bare, bare[0][:600]
        figures = re.findall(r"<figure.*?</figcaption>", text, re.DOTALL)
        assert not [one for one in figures if not re.search(r'href="#def-[a-z_]+"', one)]


def lost(table: str) -> bool:
    """Whether a number of the table leads nowhere."""
    heads = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', table, re.DOTALL)
    for row in table.split("<tr>")[2:]:
        cells = re.findall(r"<(?:td|th)([^>]*)>(.*?)</(?:td|th)>", row, re.DOTALL)
        for head, (kind, cell) in zip(heads, cells, strict=True):
            if 'class="n"' in kind and 'href="#' not in head + cell + cells[0][1]:
                return True
    return False


def test_each_definition_of_a_link_leads_to_the_evidence_of_its_tables(small: str) -> None:
    found = re.search(r'<div id="def-link-transport">.*?</div>', small, re.DOTALL)
    assert found is not None
    assert 'href="#source-lanes-assumed"' in found[0]
    assert 'id="source-lanes-assumed"' in small


def test_an_address_that_would_run_a_script_is_no_link(small: str) -> None:
    assert "javascript:alert(1)" in small
    assert not [href for href in Page(small).values("href") if href.startswith("javascript")]


def test_words_of_the_data_are_escaped(small: str) -> None:
    assert "Invented network &lt;A&amp;B&gt;" in small
    assert "<synthetic>" not in small
    assert "<ORD>" not in small


def test_the_same_result_gives_the_same_bytes_whatever_was_drawn_before(small: str) -> None:
    again = replace(fake_result(SMALL), seconds=99.0, stages={"options": 77.0})
    assert render_report(again) == small


def test_the_us_fits_into_five_megabytes(large: str) -> None:
    assert len(large.encode()) < 5_000_000


def test_headings_are_in_order(small: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(small).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_each_english_text_stands_beside_its_chinese_one(small: str) -> None:
    pairs = re.findall(
        r'<(t?span) class="en" lang="en">([^<]*)</\1><\1 class="zh" lang="zh-Hans">([^<]*)</\1>',
        small,
    )
    assert len(pairs) == small.count('class="en"') == small.count('class="zh"')
    assert len(pairs) > 500
    assert all(english and chinese for _, english, chinese in pairs)


def test_charts_carry_both_languages_and_no_fixed_colour(small: str) -> None:
    charts = re.findall(r"<svg.*?</svg>", small, flags=re.DOTALL)
    images = [chart for chart in charts if 'role="img"' in chart]
    assert len(images) >= 11
    texts = [chart for chart in images if "<text" in chart and "map-name" not in chart]
    assert len(texts) >= 10
    assert all('class="zh"' in chart for chart in texts)
    assert not [chart for chart in charts if re.search(r'(?:fill|stroke)="#', chart)]


def test_each_image_has_a_caption_a_title_and_a_table(small: str) -> None:
    figures = re.findall(r"<figure.*?</figure>", small, flags=re.DOTALL)
    assert len(figures) >= 11
    for figure in figures:
        assert "<figcaption" in figure
        assert '<title lang="en">' in figure
        assert "<desc" in figure
        assert "<details" in figure
        assert '<th scope="row">' in figure


@pytest.mark.parametrize("key", ["classes", "waterfall", "values", "doses"])
def test_the_numbers_on_bars_are_those_of_the_table(large: str, key: str) -> None:
    figure = re.search(rf'<figure id="figure-{key}".*?</figure>', large, flags=re.DOTALL)
    assert figure is not None
    drawing, _, table = figure[0].partition("<details")
    drawn = set(re.findall(r"<text[^>]*>([^<]*?)(?: \([^<]*\))?</text>", drawing))
    firsts = [re.search(r'<td class="n">([^<]+)</td>', row) for row in table.split("</tr>")]
    told = [found[1] for found in firsts if found]
    assert told
    assert set(told) <= drawn


def test_no_raw_gaps_of_the_data_are_shown(small: str) -> None:
    told = [data for inside, data in Page(small).texts if "style" not in inside]
    assert not [data for data in told if re.search(r"\b(?:None|nan|null|NaN)\b", data)]


def test_an_empty_result_still_says_what_is_missing() -> None:
    text = render_report(empty_result())
    page = Page(text)
    assert page.open == []
    assert text.count("Nothing to show") >= 8
    assert "The check found nothing." in text


def test_the_interval_stands_beside_the_headline(small: str) -> None:
    assert "38\u00a0%" in small
    assert "interval 36.1\u00a0% to 40.2\u00a0%" in small


def test_the_headline_is_the_share_that_the_run_states() -> None:
    share = Interval(value=0.5, low=0.44, high=0.57)
    text = render_report(replace(fake_result(SMALL), share_in_time=share))
    assert "50\u00a0% (44\u00a0% to 57\u00a0%) receive their first dose in time" in text


def test_the_report_says_which_week_is_exact(small: str) -> None:
    assert "The week of 2026-11-23 is planned exactly" in small
    assert "15 other weeks select" in small


def test_a_part_of_the_week_is_drawn_only_where_that_is_said(small: str, large: str) -> None:
    assert "Every lot, batch, leg and chair is drawn." in small
    assert "Chairs are drawn for the 25 busiest of" in large


def test_the_first_language_can_be_chosen() -> None:
    text = render_report(fake_result(SMALL), language="zh")
    checked = [
        about["id"] for tag, about in Page(text).tags if tag == "input" and "checked" in about
    ]
    assert checked == ["language-zh", "theme-auto"]
    assert '<html lang="zh-Hans">' in text
    with pytest.raises(UnknownLanguageError):
        render_report(fake_result(SMALL), language="fr")


def test_a_network_without_outlines_says_how_to_plug_some_in(small: str) -> None:
    assert "No outlines are drawn" in small
    assert 'class="land"' not in small


def test_outlines_are_drawn_wherever_the_network_has_some() -> None:
    result = fake_result(SMALL)
    ring = (-100.0, 35.0, -90.0, 35.0, -90.0, 45.0, -100.0, 35.0)
    settings = replace(result.network.settings, map_outlines="mine.json", map_attribution="GS 1")
    network = replace(result.network, settings=settings, outlines=(ring,))
    text = render_report(replace(result, network=network))
    assert 'class="land"' in text
    assert "Outlines: GS 1." in text


def test_a_decay_chain_is_a_file_of_its_own_in_one_language() -> None:
    table = pl.DataFrame(
        {
            "hours": [0.0, 10.0, 0.0, 10.0],
            "nuclide": ["Pb-212", "Pb-212", "Bi-212", "Bi-212"],
            "activity_bq": [7.4e9, 3.8e9, 0.0, 4.0e9],
        }
    )
    english, chinese = decay_chain_svg(table), decay_chain_svg(table, language="zh")
    assert "Activity [GBq]" in english
    assert "活度 [GBq]" in chinese
    assert "Time [h]" not in chinese
    assert "var(" not in english
    assert english == decay_chain_svg(table)
