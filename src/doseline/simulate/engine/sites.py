"""The choice of a treatment site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.model.ledger import LINKS
from doseline.simulate.engine.chance import draw
from doseline.simulate.engine.compiled import inner
from doseline.simulate.engine.rules import choose
from doseline.simulate.engine.world import PURPOSES

if TYPE_CHECKING:
    import numpy as np

    from doseline.simulate.engine.tables import Journeys, Lines

_NONE = -1
_OUT_OF_REACH = LINKS.index("out_of_reach")
_NOT_OFFERED = LINKS.index("not_offered")
_CANNOT_PAY = LINKS.index("cannot_pay")
_DRAW = PURPOSES.index("site")


@inner
def _look_at_load(lines: Lines, at: int, site: int) -> None:
    if not lines.alone:
        lines.load[at] = 0.0 if site == _NONE else lines.site_load[site]


@inner
def _near_sites(
    journeys: Journeys,
    lines: Lines,
    product: int,
    payer: int,
    region: int,
    max_km: float,
    time: float,
) -> int:
    """Fill the scratch arrays; -1 if any site takes the patient, else the link that stops it."""
    blocked, link = _NONE, _OUT_OF_REACH
    for at in range(journeys.site_place.shape[1]):
        site = journeys.site_place[region, at]
        lines.takes[at] = False
        _look_at_load(lines, at, site)
        if site == _NONE:
            continue
        if journeys.site_km[region, at] > max_km:
            continue
        if journeys.blocked[site, product] != _NONE:
            if blocked == _NONE:
                blocked = journeys.blocked[site, product]
        elif not journeys.offers[site, product, payer]:
            link = _CANNOT_PAY if link == _CANNOT_PAY else _NOT_OFFERED
        elif journeys.listed[site, product] > time:
            link = _CANNOT_PAY
        else:
            lines.takes[at] = True
    for at in range(journeys.site_place.shape[1]):
        if lines.takes[at]:
            return _NONE
    return blocked if link == _OUT_OF_REACH and blocked != _NONE else link


@inner
def choose_site(
    journeys: Journeys,
    lines: Lines,
    site_choice: Any,
    product: int,
    payer: int,
    region: int,
    max_km: float,
    time: float,
    state: np.uint64,
) -> tuple[int, int]:
    """The site that a patient goes to and -1, or -1 and the link that stops the patient."""
    link = _near_sites(journeys, lines, product, payer, region, max_km, time)
    if link != _NONE:
        return _NONE, link
    slots = journeys.site_place.shape[1]
    at = choose(
        lines.site_rule,
        site_choice,
        journeys.site_km[region],
        journeys.site_near_size[region],
        lines.load[:slots],
        lines.takes[:slots],
        draw(journeys.streams[_DRAW], state),
    )
    if at < 0 or at >= slots or not lines.takes[at] or journeys.site_place[region, at] == _NONE:
        return _NONE, _NOT_OFFERED
    return journeys.site_place[region, at], _NONE
