"""Colours by what they mean, for light and for dark; every drawing names only the meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

PALETTE: dict[str, tuple[str, str]] = {
    "page": ("#ffffff", "#14181d"),
    "panel": ("#f5f7f9", "#1d232a"),
    "ink": ("#17202a", "#e8ecf0"),
    "soft": ("#51606e", "#a8b4c0"),
    "line": ("#d5dce3", "#36414c"),
    "link": ("#0b5cad", "#7cbcff"),
    "sum": ("#51606e", "#a8b4c0"),
    "good": ("#0b6e75", "#4cc3c7"),
    "loss": ("#b5500c", "#f2a25c"),
    "open": ("#6f5aa8", "#b9a6ee"),
    "first": ("#0b5cad", "#6db3f8"),
    "second": ("#b5500c", "#f2a25c"),
    "third": ("#0b7a55", "#58c99c"),
    "fourth": ("#7a4a9e", "#c9a0e8"),
    "land": ("#eef1f4", "#222a32"),
    "border": ("#c3ccd5", "#3d4954"),
    "lane": ("#8795a3", "#5f6c79"),
    "share0": ("#8c3b04", "#ffb77d"),
    "share1": ("#c9772c", "#d9924e"),
    "share2": ("#7d8a94", "#98a5b0"),
    "share3": ("#2f86a6", "#3f9dbd"),
    "share4": ("#06505f", "#8fe3ee"),
    "bind0": ("#0b5cad", "#6db3f8"),
    "bind1": ("#b5500c", "#f2a25c"),
    "bind2": ("#0b7a55", "#58c99c"),
    "bind3": ("#8a3fa8", "#d3a2f0"),
    "bind4": ("#a8324a", "#ff93a5"),
    "bind5": ("#6b5b00", "#d9c64c"),
    "bind6": ("#007a8a", "#62d6e6"),
    "bind7": ("#7d4a36", "#d2a48c"),
    "bindx": ("#6c7884", "#98a5b0"),
}
"""Light and dark value of each role. Text roles have a contrast of at least 4.5, marks of 3."""

SERIES = ("first", "second", "third", "fourth")
BINDS = tuple(f"bind{k}" for k in (*range(8), "x"))
"""Colours of links by how often they bind; the last is for all that are rare."""
SHARES = ("share0", "share1", "share2", "share3", "share4")

_STAND_IN = "#0d0e"


def stand_in(role: str) -> str:
    """A colour that stands for the role until the drawing is done."""
    return f"{_STAND_IN}{list(PALETTE).index(role):02x}"


def with_variables(svg: str) -> str:
    """The drawing with CSS variables in place of stand-ins."""
    return _replaced(svg, (f"var(--{role})" for role in PALETTE))


def with_light_colours(svg: str) -> str:
    """The drawing with fixed colours in place of stand-ins, for a file of its own."""
    return _replaced(svg, (light for light, _ in PALETTE.values()))


def variables(*, dark: bool) -> str:
    """The CSS declarations of one theme."""
    return "".join(f"--{role}:{both[dark]};" for role, both in PALETTE.items())


def _replaced(svg: str, colours: Iterable[str]) -> str:
    for role, colour in zip(PALETTE, colours, strict=True):
        svg = svg.replace(stand_in(role), colour)
    return svg
