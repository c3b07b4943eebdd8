"""The map: regions, sites, lines, sources, hubs and lanes.

Drawn by our own functions: thousands of marks stay small as shared paths with short numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from doseline.io.report.charts import map_tables, svg
from doseline.io.report.charts.binding import Binding, binding_of, circle, legend, number_of
from doseline.io.report.charts.map_base import (
    Place,
    Spot,
    ground,
    ground_notes,
    pixels,
    places_of,
    projection_of,
    region_rows,
    spots_of,
    way,
)
from doseline.io.report.charts.map_names import placed_names
from doseline.io.report.charts.paint import framed
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Figure, Row, records
from doseline.io.report.words import Word, listed, same, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup

    from doseline.io.report.charts.projection import Projection
    from doseline.io.report.privacy import Privacy
    from doseline.model.result import RunResult

_NUMBERED_PX = 8.0
"""A circle at least so large carries the number of its link. [px]"""
_SMALLEST_PX, _WIDEST_PX = 2.4, 11.4
"""Radius of the smallest circle, and what the most people add to it. [px]"""
_ROOMY = 70
"""With more circles than this, all are smaller, so that they overlap less."""
_LISTED = 12
"""So many far places are named at most."""


def map_figure(result: RunResult, privacy: Privacy) -> Figure | None:
    """The map with its tables, or nothing where no place is known."""
    regions = region_rows(result)
    marked, by_area = marked_regions(result, regions, privacy)
    places = places_of(result.network)
    sites = map_tables.site_rows(result)
    if not (regions or places):
        return None
    projection = projection_of(regions, places)
    spots = spots_of(projection, places)
    binding = binding_of(row["link"] for row in marked)
    title = word("chart.map")
    areas = map_tables.area_names(result.network)
    pieces = [
        *ground(projection, result.network.outlines),
        *_lanes(result, spots),
        svg.dots(_small(projection, regions, () if by_area else marked), kind="region-small"),
        *_region_marks(projection, marked, binding, privacy),
        *_place_marks(places, spots, {row["site"]: row for row in sites}),
        *placed_names(_by_use(result, places), spots),
    ]
    drawn = svg.drawing(pieces, width_px=projection.width_px, height_px=projection.height_px)
    return Figure(
        key="map",
        title=title,
        svg=framed(drawn, key="map", title=title),
        legend=_legend(binding, by_area=by_area),
        tables=map_tables.tables(
            result,
            map_tables.people_table(marked, privacy, areas, by_area=by_area),
            sites,
            privacy,
        ),
        notes=[
            *ground_notes(result.network, projection),
            *_off_notes(places, spots),
            *_hidden_note(regions, marked, privacy, by_area=by_area),
        ],
        define="binding",
    )


def marked_regions(
    result: RunResult, regions: Sequence[Row], privacy: Privacy
) -> tuple[list[Row], bool]:
    """The regions with enough people; where those are few, the states or provinces instead.

    Never both: a state less its shown regions could reveal a small group.
    """
    told = [row for row in regions if map_tables.shown(row, privacy)]
    if 2 * len(told) >= len(regions):
        return told, False
    columns = ("part_of", "population", "eligible", "in_time", "share", "link", "second")
    frame = result.frames.get("areas")
    areas = [] if frame is None else records(frame, columns)
    names = map_tables.area_names(result.network)
    middles = _middles(regions)
    placed = [
        {
            **row,
            "region": row["part_of"],
            "called": names[row["part_of"]],
            **middles[row["part_of"]],
        }
        for row in areas
        if map_tables.shown(row, privacy) and row["part_of"] in middles
    ]
    return (placed, True) if placed else (told, False)


def _middles(regions: Sequence[Row]) -> dict[str, dict[str, float]]:
    """The middle of the people of each state or province. [deg]"""
    sums: dict[str, list[float]] = {}
    for row in regions:
        weight = float(row["population"] or 0) or 1.0
        total = sums.setdefault(row["part_of"], [0.0, 0.0, 0.0])
        for at, value in enumerate((row["lon"] * weight, row["lat"] * weight, weight)):
            total[at] += value
    return {
        name: {"lon": lon / weight, "lat": lat / weight}
        for name, (lon, lat, weight) in sums.items()
    }


def _lanes(result: RunResult, spots: dict[str, Spot]) -> Iterable[str]:
    """Each connection once; those the plan uses stand out."""
    used = map_tables.lanes_used(result)
    drawn: dict[str, dict[tuple[str, str], None]] = {"road": {}, "air": {}, "used": {}}
    names = ("lane", "mode", "from_place", "to_place")
    for row in records(result.network.frame("lanes"), names):
        ends = (row["from_place"], row["to_place"])
        if ends[0] in spots and ends[1] in spots:
            kind = "road" if row["mode"] == "road" else "air"
            drawn["used" if row["lane"] in used else kind][ends] = None
    for kind, pairs in drawn.items():
        yield svg.path(
            (way((spots[a], spots[b]), closed=False) for a, b in pairs), kind=f"lane {kind}"
        )


def _small(projection: Projection, regions: Sequence[Row], marked: Sequence[Row]) -> Iterable[Spot]:
    """Where the regions are that are not marked one by one."""
    told = {row["region"] for row in marked}
    rest = [row for row in regions if row["region"] not in told]
    xs, ys = pixels(projection, rest)
    return [(x, y) for x, y in zip(xs, ys, strict=True) if not np.isnan(x)]


def _region_marks(
    projection: Projection, marked: Sequence[Row], binding: Binding, privacy: Privacy
) -> Iterable[str]:
    """A circle for each, coloured by the link that loses most, sized by population."""
    most = max((float(row["population"] or 0) for row in marked), default=1.0) or 1.0
    widest = _WIDEST_PX * min(1.0, (_ROOMY / max(len(marked), 1)) ** 0.35)
    order = sorted(marked, key=lambda row: -float(row["population"] or 0))
    xs, ys = pixels(projection, order)
    for row, x, y in zip(order, xs, ys, strict=True):
        if np.isnan(x):
            continue
        radius = _SMALLEST_PX + widest * (float(row["population"] or 0) / most) ** 0.5
        number = number_of(row["link"])
        said = _with(row["called"], f"{map_tables.share_text(row, privacy)} %", number or "–")
        yield circle(x, y, radius, binding.role(row["link"]), inside=svg.title(said))
        if radius >= _NUMBERED_PX and number:
            yield svg.text(x, y + 3.6, same(number), anchor="middle", kind="mark-number")


def _with(name: Word, *numbers: str) -> Word:
    """A name and its numbers."""
    return Word(" · ".join((name.en, *numbers)), " · ".join((name.zh, *numbers)))


def _place_marks(
    places: Sequence[Place], spots: dict[str, Spot], sites: dict[str, Row]
) -> Iterable[str]:
    for place in places:
        if place.key not in spots:
            continue
        x, y = spots[place.key]
        if place.kind == "site":
            yield _site_mark(place, x, y, sites.get(place.key, {}))
        else:
            yield _mark(place.kind, x, y, svg.title(place.name))


def _site_mark(place: Place, x: float, y: float, row: Row) -> str:
    half = 1.4 + 0.5 * min(float(row.get("chairs") or 1), 9.0) ** 0.5
    kind = "site" if row.get("offers", True) else "site off"
    said = _with(place.name, plain(row.get("chairs")))
    return svg.rectangle(x - half, y - half, 2 * half, 2 * half, kind=kind, inside=svg.title(said))


def _mark(kind: str, x: float, y: float, inside: str) -> str:
    """A diamond for a line, a triangle for a source, a ring for a hub."""
    if kind == "hub":
        return f'<circle class="hub" cx="{svg.at(x)}" cy="{svg.at(y)}" r="2.6">{inside}</circle>'
    shapes = {
        "line": ((0, -6), (6, 0), (0, 6), (-6, 0)),
        "source": ((0, -7), (6, 4.5), (-6, 4.5)),
    }
    shape = way((x + dx, y + dy) for dx, dy in shapes[kind])
    return f'<path class="{kind}" d="{shape}">{inside}</path>'


def _by_use(result: RunResult, places: Sequence[Place]) -> list[Place]:
    """Lines by the doses that the plan makes there, then sources: who gets a name first."""
    flows = result.plan.flows
    made = flows["line"].drop_nulls().to_list() if "line" in flows.columns else []
    named = [place for place in places if place.kind in {"line", "source"}]
    return sorted(named, key=lambda one: (-made.count(one.key), one.kind, one.key))


def _legend(binding: Binding, *, by_area: bool) -> Markup:
    """What each colour and mark is."""
    size = word("map.area" if by_area else "map.region")
    entries = [
        *binding.entries(),
        ('<circle class="region" cx="8" cy="8" r="6" fill="var(--bindx)"/>', size),
        (svg.dots([(8, 8)], kind="region-small"), word("map.hidden")),
        (svg.rectangle(4, 4, 8, 8, kind="site"), word("map.site")),
        (svg.rectangle(4, 4, 8, 8, kind="site off"), word("map.site_off")),
        *((_mark(kind, 8, 8, ""), word(f"map.{kind}")) for kind in ("line", "source", "hub")),
        *(
            (svg.path(["M0 8L16 8"], kind=f"lane {kind} sample"), word(f"map.{kind}"))
            for kind in ("road", "air", "used")
        ),
    ]
    return legend(entries)


def _off_notes(places: Sequence[Place], spots: dict[str, Spot]) -> list[Word]:
    """What is too far away."""
    off = [place for place in places if place.key not in spots]
    named = [place.name for place in off if place.kind != "site"]
    sites = len(off) - len(named)
    notes = []
    if named:
        few = [*named[:_LISTED], *([same("…")] if len(named) > _LISTED else [])]
        notes.append(word("chart.map_off", places=listed(few)))
    if sites:
        notes.append(word("chart.map_off_sites", count=plain(sites)))
    return notes


def _hidden_note(
    regions: Sequence[Row], marked: Sequence[Row], privacy: Privacy, *, by_area: bool
) -> list[Word]:
    """How many regions are not shown one by one."""
    if by_area:
        return [word("chart.map_areas")]
    hidden = len(regions) - len(marked)
    if not hidden:
        return []
    counts = {"count": plain(hidden), "all": plain(len(regions))}
    return [word("chart.map_hidden", **counts, smallest=privacy.smallest)]
