"""From an Altair chart to an SVG that carries both languages and both themes."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import altair as alt
import vl_convert
from markupsafe import Markup, escape

from doseline.io.report.palette import stand_in, with_light_colours, with_variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.io.report.words import Word

WIDTH = 720
"""Width of the plotting area of a chart. [px]"""

_FONT = "Noto Sans, sans-serif"
_VEGALITE = "6.4"
_NOISE = re.compile(
    r' (?:(?:class|role|aria-[a-z]+|pointer-events|font-family|xmlns:xlink|version)="[^"]*"'
    r'|opacity="1")'
)
_EMPTY = re.compile(r'<path[^>]*(?:d=""|d="M0,0h0v0h0Z")[^>]*/>')
_LONG_NUMBER = re.compile(r"\d+\.\d{3,}(?:e-\d+)?")
_TAG = re.compile(r"<[^>]+>")
_TEXT = re.compile(r"(<text[^>]*>)([^<]*)(</text>)")
_ID = re.compile(r'id="([^"]+)"')
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')

_WIDE = 7.6
_FULL = 12.5
"""Room for a narrow and for a Chinese character of 12 px in the widest of usual fonts. [px]"""

AnyChart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.VConcatChart | alt.ConcatChart


def room_px(words: Iterable[Word]) -> float:
    """Room that the longest of some texts takes, in either language and in any usual font. [px]"""
    texts = [text for one in words for text in (one.en, one.zh)]
    return max((sum(_FULL if ord(c) > 0x2E7F else _WIDE for c in one) for one in texts), default=0)


def styled(chart: AnyChart) -> Any:
    """The chart with the report's type, lines and colours, and without a frame."""
    ink, soft, line = stand_in("ink"), stand_in("soft"), stand_in("line")
    return (
        chart.configure(font=_FONT, aria=False, background="transparent", padding=4)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=ink,
            titleColor=soft,
            gridColor=line,
            domainColor=line,
            tickColor=line,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            titlePadding=8,
            labelLimit=0,
            titleLimit=0,
        )
        .configure_text(color=ink, fontSize=12)
        .configure_title(color=ink, fontSize=13, fontWeight="bold", anchor="start")
        .configure_legend(
            labelColor=ink,
            labelFontSize=12,
            labelLimit=0,
            orient="top",
            title=None,
            symbolSize=180,
            columns=1,
        )
    )


def painted(chart: AnyChart, words: Sequence[Word], *, key: str, title: Word) -> Markup:
    """The chart as an SVG for the page: one of both languages, the theme's colours.

    Args:
        chart: Its texts are the English texts of ``words``.
        words: Every text in it that the languages do not share.
        key: Part of the ids in the drawing; unique in the page.
        title: What the drawing shows.
    """
    drawing = _tidy(_rendered(chart), key)
    texts = {one.en: one for one in words if one.en != one.zh}
    drawing = _TEXT.sub(lambda found: _both(found, texts), drawing)
    return framed(with_variables(drawing), key=key, title=title)


def standalone(chart: AnyChart, words: Sequence[Word], *, language: str) -> str:
    """The chart as an SVG file in one language and in light colours."""
    texts = {one.en: one.zh if language == "zh" else one.en for one in words}
    drawing = _TEXT.sub(
        lambda found: (
            found[1]
            + str(escape(texts.get(html.unescape(found[2]), html.unescape(found[2]))))
            + found[3]
        ),
        _rendered(chart),
    )
    return with_light_colours(drawing)


def framed(drawing: str, *, key: str, title: Word, width: float | None = None) -> Markup:
    """The drawing as an image that is named by its caption."""
    size = _SIZE.search(drawing)
    wide = width or (float(size[1]) if size else WIDTH)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="caption-{key}" '
        f'style="max-width:{wide:.0f}px"'
    )
    names = (
        f'<title lang="en">{escape(title.en)}</title>'
        f'<title lang="zh-Hans">{escape(title.zh)}</title>'
        f'<desc lang="en">{escape(title.en)}</desc>'
    )
    start, _, rest = drawing.partition(">")
    box = re.search(r'viewBox="[^"]*"', start)
    return Markup(f"{head} {box[0] if box else ''}>{names}{rest}")  # noqa: S704


def _rendered(chart: AnyChart) -> str:
    return str(vl_convert.vegalite_to_svg(styled(chart).to_dict(), vl_version=_VEGALITE))


def _tidy(svg: str, key: str) -> str:
    """Without what only Vega's own player reads; short numbers; ids that the page knows."""
    drawing = _EMPTY.sub("", svg)
    drawing = _TAG.sub(lambda tag: _LONG_NUMBER.sub(_short, _NOISE.sub("", tag[0])), drawing)
    for number, name in enumerate(dict.fromkeys(_ID.findall(drawing))):
        drawing = re.sub(rf'(id="|#){re.escape(name)}\b', rf"\g<1>{key}-{number}", drawing)
    return drawing


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")


def _both(found: re.Match[str], texts: dict[str, Word]) -> str:
    one = texts.get(html.unescape(found[2]))
    return found[0] if one is None else f"{found[1]}{one.svg()}{found[3]}"
