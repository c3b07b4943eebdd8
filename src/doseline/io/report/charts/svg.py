"""Pieces of an SVG drawn by ourselves: short numbers, escaped texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from doseline.io.report.words import Word


def at(value: float) -> str:
    """A coordinate to a tenth of a pixel, as short as it can be written."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def text(
    x_px: float, y_px: float, what: Word, *, anchor: str = "start", kind: str = "", extra: str = ""
) -> str:
    """A text in both languages."""
    name = f' class="{kind}"' if kind else ""
    place = f'x="{at(x_px)}" y="{at(y_px)}" text-anchor="{anchor}"'
    return f"<text{name} {place}{extra}>{what.svg()}</text>"


def title(what: Word) -> str:
    """What is shown when a pointer rests on a mark; a browser takes the first of two languages."""
    if what.en == what.zh:
        return f"<title>{escape(what.en)}</title>"
    texts = (("en", what.en), ("zh-Hans", what.zh))
    return "".join(f'<title lang="{lang}">{escape(text)}</title>' for lang, text in texts)


def rectangle(
    x_px: float,
    y_px: float,
    wide_px: float,
    high_px: float,
    *,
    kind: str,
    inside: str = "",
    fill: str = "",
) -> str:
    """A rectangle of a kind that the style sheet colours, or of a colour of its own."""
    size = f'x="{at(x_px)}" y="{at(y_px)}" width="{at(wide_px)}" height="{at(high_px)}"'
    size += f' fill="{fill}"' if fill else ""
    end = f">{inside}</rect>" if inside else "/>"
    return f'<rect class="{kind}" {size}{end}'


def line(x1_px: float, y1_px: float, x2_px: float, y2_px: float, *, kind: str) -> str:
    """A straight line."""
    ends = f'x1="{at(x1_px)}" y1="{at(y1_px)}" x2="{at(x2_px)}" y2="{at(y2_px)}"'
    return f'<line class="{kind}" {ends}/>'


def path(steps: Iterable[str], *, kind: str) -> str:
    """A path; nothing where it has no steps."""
    way = "".join(steps)
    return f'<path class="{kind}" d="{way}"/>' if way else ""


def dots(places: Iterable[tuple[float, float]], *, kind: str) -> str:
    """Many equal dots as one path of strokes without length and with round ends."""
    return path((f"M{at(x)} {at(y)}h0" for x, y in places), kind=kind)


def drawing(pieces: Iterable[str], *, width_px: float, height_px: float) -> str:
    """The pieces in one SVG."""
    box = f'viewBox="0 0 {at(width_px)} {at(height_px)}"'
    size = f'width="{at(width_px)}" height="{at(height_px)}"'
    return f"<svg {size} {box}>{''.join(pieces)}</svg>"
