"""The map: regions, sites, lines, sources, hubs and lanes.

Drawn by our own functions: thousands of marks stay small as shared paths with short numbers.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from doseline.io.report.charts import map_tables, svg
from doseline.io.report.charts.paint import framed
from doseline.io.report.charts.projection import (
    CONTIGUOUS,
    Box,
    Projection,
    plain_projection,
    us_projection,
)
from doseline.io.report.numbers import plain
from doseline.io.report.palette import SHARES
from doseline.io.report.parts import Figure, Row, records
from doseline.io.report.words import Word, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.io.report.privacy import Privacy
    from doseline.model.result import RunResult

_OUTLINED_RULEBOOK = "us"
_ZOOM_DEG = 25.0
"""A US network narrower than this is drawn alone, without the rest of the country. [deg]"""

_LABELS_TURN_PX = 640.0
"""Names right of this stand left of their place, so that none leaves the drawing. [px]"""

Spot = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the network with what stands beside it."""

    key: str
    name: str
    kind: str
    lon: float
    lat: float


def map_figure(result: RunResult, privacy: Privacy) -> Figure | None:
    """The map with its tables, or nothing where no place is known."""
    regions = _regions(result)
    marked, by_area = _marked(result, regions, privacy)
    places = _places(result)
    sites = map_tables.site_rows(result)
    if not (regions or places):
        return None
    projection = _projection(result, regions, places)
    spots = _spots(projection, places)
    title = word("chart.map")
    pieces = [
        *_outlines(projection),
        *_lanes(result, spots),
        svg.dots(_small(projection, regions, () if by_area else marked), kind="region-small"),
        *_region_marks(projection, marked),
        *_place_marks(places, spots, {row["site"]: row for row in sites}),
    ]
    drawn = svg.drawing(pieces, width_px=projection.width_px, height_px=projection.height_px)
    return Figure(
        key="map",
        title=title,
        svg=framed(drawn, key="map", title=title),
        legend=_legend(by_area=by_area),
        tables=map_tables.tables(
            result, map_tables.people_table(marked, privacy, by_area=by_area), sites, privacy
        ),
        notes=[
            *_notes(projection, places, spots),
            *_hidden_note(regions, marked, privacy, by_area=by_area),
        ],
    )


def _regions(result: RunResult) -> list[Row]:
    frame = result.frames.get("regions")
    names = (
        *("region", "name", "part_of", "lat", "lon"),
        *("population", "eligible", "in_time", "share", "link"),
    )
    rows = [] if frame is None else records(frame, names)
    return [row for row in rows if row["lat"] is not None and row["lon"] is not None]


def _marked(result: RunResult, regions: Sequence[Row], privacy: Privacy) -> tuple[list[Row], bool]:
    """The regions with enough people; where those are few, the states or provinces instead.

    Never both: a state less its shown regions could reveal a small group.
    """
    told = [row for row in regions if map_tables.shown(row, privacy)]
    if 2 * len(told) >= len(regions):
        return told, False
    names = ("part_of", "population", "eligible", "in_time", "share", "link")
    frame = result.frames.get("areas")
    areas = [] if frame is None else records(frame, names)
    middles = _middles(regions)
    placed = [
        {**row, "region": row["part_of"], "name": row["part_of"], **middles[row["part_of"]]}
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


def _places(result: RunResult) -> list[Place]:
    """Sites, hubs, lines and sources of the network; later ones are drawn on top."""
    tables = (("sites", "site"), ("hubs", "hub"), ("lines", "line"), ("sources", "source"))
    return [
        Place(key=row[key], name=row["name"], kind=key, lon=row["lon"], lat=row["lat"])
        for table, key in tables
        for row in records(result.network.frame(table), (key, "name", "lat", "lon"))
    ]


def _projection(result: RunResult, regions: Sequence[Row], places: Sequence[Place]) -> Projection:
    """The US where the network is there, else the box of regions and sites."""
    own = [(row["lon"], row["lat"]) for row in regions]
    own += [(place.lon, place.lat) for place in places if place.kind == "site"]
    own = own or [(place.lon, place.lat) for place in places]
    lon, lat = np.array(own, dtype=float).T
    box: Box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    if result.network.settings.rulebook != _OUTLINED_RULEBOOK:
        return plain_projection(box)
    inside = _within(box, CONTIGUOUS)
    if inside and box[2] - box[0] < _ZOOM_DEG:
        return plain_projection(box, outlines=True)
    return us_projection()


def _within(box: Box, around: Box) -> bool:
    west, south, east, north = box
    return around[0] <= west and around[1] <= south and east <= around[2] and north <= around[3]


def _spots(projection: Projection, places: Sequence[Place]) -> dict[str, Spot]:
    """Where each place is drawn, by its key; those off the map are left out."""
    lon = np.array([place.lon for place in places], dtype=float)
    lat = np.array([place.lat for place in places], dtype=float)
    xs, ys = projection.pixels(lon, lat)
    return {
        place.key: (float(x), float(y))
        for place, x, y in zip(places, xs, ys, strict=True)
        if not np.isnan(x)
    }


@functools.cache
def _state_rings() -> tuple[tuple[float, ...], ...]:
    """Rings of the state outlines: lon, lat, lon, lat and so on. [deg]"""
    file = importlib.resources.files("doseline") / "data" / "outlines" / "us_states.json"
    states = json.loads(file.read_text(encoding="utf-8"))["states"]
    return tuple(tuple(ring) for state in states for ring in state["rings"])


def _outlines(projection: Projection) -> Iterable[str]:
    if not projection.outlines:
        return
    steps = []
    for ring in _state_rings():
        points = np.array(ring, dtype=float).reshape(-1, 2)
        panel = next(
            (p for p in projection.panels if p.holds(points[:, 0], points[:, 1]).any()), None
        )
        if panel:
            xs, ys = panel.pixels(points[:, 0], points[:, 1])
            steps.append(_closed(zip(xs, ys, strict=True)))
    yield svg.path(steps, kind="land")


def _closed(points: Iterable[Spot]) -> str:
    return "M" + "L".join(f"{svg.at(x)} {svg.at(y)}" for x, y in points) + "Z"


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
            (
                f"M{svg.at(spots[a][0])} {svg.at(spots[a][1])}L{svg.at(spots[b][0])} {svg.at(spots[b][1])}"
                for a, b in pairs
            ),
            kind=f"lane {kind}",
        )


def _small(projection: Projection, regions: Sequence[Row], marked: Sequence[Row]) -> Iterable[Spot]:
    """Where the regions are that are not marked one by one."""
    told = {row["region"] for row in marked}
    rest = [row for row in regions if row["region"] not in told]
    xs, ys = _pixels(projection, rest)
    return [(x, y) for x, y in zip(xs, ys, strict=True) if not np.isnan(x)]


def _region_marks(projection: Projection, marked: Sequence[Row]) -> Iterable[str]:
    """A circle for each, coloured by share and sized by people."""
    most = max((row["eligible"] for row in marked), default=1)
    order = sorted(marked, key=lambda row: -row["eligible"])
    xs, ys = _pixels(projection, order)
    for row, x, y in zip(order, xs, ys, strict=True):
        if np.isnan(x):
            continue
        radius = 3.0 + 11.0 * (row["eligible"] / most) ** 0.5
        band = map_tables.share_band(row["share"])
        said = f"{row['name']}: {band.en} % / {band.zh} %"
        level = SHARES[map_tables.share_level(row["share"])]
        yield (
            f'<circle class="region" cx="{svg.at(x)}" cy="{svg.at(y)}" r="{svg.at(radius)}" '
            f'fill="var(--{level})">{svg.title(said)}</circle>'
        )


def _pixels(projection: Projection, rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    lon = np.array([row["lon"] for row in rows], dtype=float)
    lat = np.array([row["lat"] for row in rows], dtype=float)
    xs, ys = projection.pixels(lon, lat)
    return xs.tolist(), ys.tolist()


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
    for place in places:
        if place.kind in {"line", "source"} and place.key in spots:
            x, y = spots[place.key]
            side = 1 if place.kind == "line" and x < _LABELS_TURN_PX else -1
            anchor = "start" if side > 0 else "end"
            name = Word(place.name, place.name)
            yield svg.text(x + 9 * side, y + 4, name, anchor=anchor, kind="map-name")


def _site_mark(place: Place, x: float, y: float, row: Row) -> str:
    half = 1.6 + 0.7 * min(float(row.get("chairs") or 1), 8.0) ** 0.5
    kind = "site" if row.get("offers", True) else "site off"
    chairs = word("map.chairs", count=plain(row.get("chairs")))
    said = f"{place.name}: {chairs.en} / {chairs.zh}"
    return svg.rectangle(x - half, y - half, 2 * half, 2 * half, kind=kind, inside=svg.title(said))


def _mark(kind: str, x: float, y: float, inside: str) -> str:
    """A diamond for a line, a triangle for a source, a ring for a hub."""
    if kind == "hub":
        return f'<circle class="hub" cx="{svg.at(x)}" cy="{svg.at(y)}" r="3">{inside}</circle>'
    shapes = {
        "line": ((0, -7), (7, 0), (0, 7), (-7, 0)),
        "source": ((0, -8), (7, 5), (-7, 5)),
    }
    way = _closed((x + dx, y + dy) for dx, dy in shapes[kind])
    return f'<path class="{kind}" d="{way}">{inside}</path>'


def _legend(*, by_area: bool) -> Markup:
    """What each mark is, and what each colour of a region means."""
    entries = [
        (f'<rect width="16" height="16" fill="var(--{role})"/>', _share_band(k))
        for k, role in enumerate(SHARES)
    ]
    entries += [
        (
            '<circle class="region" cx="8" cy="8" r="6"/>',
            word("map.area" if by_area else "map.region"),
        ),
        (svg.dots([(8, 8)], kind="region-small"), word("map.hidden")),
        (svg.rectangle(4, 4, 8, 8, kind="site"), word("map.site")),
        (svg.rectangle(4, 4, 8, 8, kind="site off"), word("map.site_off")),
        *((_mark(kind, 8, 8, ""), word(f"map.{kind}")) for kind in ("line", "source", "hub")),
        *(
            (svg.path(["M0 8L16 8"], kind=f"lane {kind} sample"), word(f"map.{kind}"))
            for kind in ("road", "air", "used")
        ),
    ]
    items = "".join(
        f'<li><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{mark}</svg>'
        f"{what.__html__()}</li>"
        for mark, what in entries
    )
    return Markup(f'<ul class="legend">{items}</ul>')  # noqa: S704 - every part is escaped above


def _share_band(level: int) -> Word:
    step = 100 // len(SHARES)
    return word("map.band", low=level * step, high=(level + 1) * step)


def _notes(projection: Projection, places: Sequence[Place], spots: dict[str, Spot]) -> list[Word]:
    """What is drawn under the marks, and what is too far away."""
    notes = [word("chart.map_outline" if projection.outlines else "chart.map_plain")]
    off = [place for place in places if place.key not in spots]
    named = [place.name for place in off if place.kind != "site"]
    sites = len(off) - len(named)
    if named:
        notes.append(word("chart.map_off", places=", ".join(named)))
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
