"""Colour and number of each link that binds somewhere, the same wherever the page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from doseline.io.report.charts import svg
from doseline.io.report.palette import BINDS
from doseline.io.report.words import Word, label, word
from doseline.model.ledger import LINKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The links that bind in some place, those that bind most often first."""

    links: tuple[str, ...]

    def role(self, link: str | None) -> str:
        """The colour of a link; one for all that are rare, and for none."""
        if link not in self.links:
            return BINDS[-1]
        return BINDS[min(self.links.index(link), len(BINDS) - 1)]

    def name(self, link: str | None) -> Word:
        """The number of a link in the ledger, and its name."""
        if not link:
            return word("text.none_known")
        name = label("link", link)
        number = number_of(link)
        return Word(f"{number} {name.en}", f"{number} {name.zh}") if number else name

    def entries(self) -> list[tuple[str, Word]]:
        """A sample and the name of each link, for a legend."""
        return [
            (
                f'<rect width="16" height="16" rx="3" fill="var(--{self.role(link)})"/>',
                self.name(link),
            )
            for link in self.links
        ]


def binding_of(links: Iterable[str | None]) -> Binding:
    """The links of some places, by how often each binds."""
    found = [link for link in links if link]
    order = {link: k for k, link in enumerate(LINKS)}
    kinds = sorted(set(found), key=lambda one: (-found.count(one), order.get(one, 99)))
    return Binding(links=tuple(kinds))


def number_of(link: str | None) -> str:
    """The number of a link in the ledger, from 1."""
    return str(LINKS.index(link) + 1) if link in LINKS else ""


def legend(entries: Sequence[tuple[str, Word]]) -> Markup:
    """Samples with what they mean."""
    items = "".join(
        f'<li><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{mark}</svg>'
        f"{what.__html__()}</li>"
        for mark, what in entries
    )
    return Markup(f'<ul class="legend">{items}</ul>')  # noqa: S704 - every part is escaped above


def circle(x_px: float, y_px: float, radius_px: float, role: str, *, inside: str = "") -> str:
    """A circle in the colour of a role."""
    place = f'cx="{svg.at(x_px)}" cy="{svg.at(y_px)}" r="{svg.at(radius_px)}"'
    return f'<circle class="region" {place} fill="var(--{role})">{inside}</circle>'
