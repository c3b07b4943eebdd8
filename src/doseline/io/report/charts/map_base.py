"""What lies under the marks of a map: the projection, and outlines if the network has some."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from doseline.io.report.charts import svg
from doseline.io.report.charts.projection import HIGHEST_PX, WIDTH_PX, Panel, Projection, fitted
from doseline.io.report.parts import Row, records
from doseline.io.report.words import Word, either, label, same, word
from doseline.io.text import messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.model.network import Network
    from doseline.model.result import RunResult

Spot = tuple[float, float]

_NEAREST_PX = 0.7
"""Points of an outline nearer than this to the one before are left out. [px]"""
_FAR_DEG = 120.0

_REGION = (
    *("region", "name", "name_zh", "part_of", "lat", "lon"),
    *("population", "eligible", "in_time", "share", "link", "second"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the network with what stands beside it."""

    key: str
    name: Word
    kind: str
    lon: float
    lat: float


def region_rows(result: RunResult) -> list[Row]:
    """The regions of the answer that have a place, each with its names."""
    frame = result.frames.get("regions")
    rows = [] if frame is None else records(frame, _REGION)
    named = dict(result.network.frame("regions").select("region", "name_zh").iter_rows())
    return [
        {**row, "called": either(row["name"], named.get(row["region"]))}
        for row in rows
        if row["lat"] is not None and row["lon"] is not None
    ]


def places_of(network: Network) -> list[Place]:
    """Sites, hubs, lines and sources of the network; later ones are drawn on top."""
    tables = (("sites", "site"), ("hubs", "hub"), ("lines", "line"), ("sources", "source"))
    return [
        Place(
            key=row[key],
            name=either(row["name"], row["name_zh"]),
            kind=key,
            lon=row["lon"],
            lat=row["lat"],
        )
        for table, key in tables
        for row in records(network.frame(table), (key, "name", "name_zh", "lat", "lon"))
    ]


def projection_of(
    regions: Sequence[Row],
    places: Sequence[Place],
    *,
    width_px: float = WIDTH_PX,
    highest_px: float = HIGHEST_PX,
) -> Projection:
    """Fitted to regions and sites, or to all places where there are none."""
    own = [(row["lon"], row["lat"]) for row in regions]
    own += [(place.lon, place.lat) for place in places if place.kind == "site"]
    own = own or [(place.lon, place.lat) for place in places]
    lon, lat = np.array(own, dtype=float).T
    return fitted(lon, lat, width_px=width_px, highest_px=highest_px)


def spots_of(projection: Projection, places: Sequence[Place]) -> dict[str, Spot]:
    """Where each place is drawn, by its key; those off the map are left out."""
    rows = [{"lon": place.lon, "lat": place.lat} for place in places]
    xs, ys = pixels(projection, rows)
    return {
        place.key: (x, y) for place, x, y in zip(places, xs, ys, strict=True) if not np.isnan(x)
    }


def pixels(projection: Projection, rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    """Where rows with lon and lat are drawn; NaN off the map. [px]"""
    lon = np.array([row["lon"] for row in rows], dtype=float)
    lat = np.array([row["lat"] for row in rows], dtype=float)
    xs, ys = projection.pixels(lon, lat)
    return xs.tolist(), ys.tolist()


def ground(projection: Projection, outlines: Sequence[Sequence[float]]) -> Iterable[str]:
    """Outlines in each panel, and a frame around each inset."""
    insets = projection.panels[1:]
    for panel in projection.panels:
        others = () if panel.inset else insets
        steps = [
            one
            for ring in outlines
            if not any(_in_view(other, ring) for other in others) and (one := _outline(panel, ring))
        ]
        box = (panel.left_px, panel.top_px, panel.wide_px, panel.high_px)
        if steps:
            left, top, wide, high = (svg.at(one) for one in box)
            yield (
                f'<svg x="{left}" y="{top}" width="{wide}" height="{high}" '
                f'viewBox="{left} {top} {wide} {high}">{svg.path(steps, kind="land")}</svg>'
            )
        if panel.inset:
            yield svg.rectangle(*box, kind="inset")


def _in_view(panel: Panel, ring: Sequence[float]) -> bool:
    """Whether the middle of a line lies in a panel."""
    middle = np.array(ring, dtype=float).reshape(-1, 2).mean(axis=0)
    x, _ = panel.pixels(middle[:1], middle[1:])
    return not bool(np.isnan(x[0]))


def _outline(panel: Panel, ring: Sequence[float]) -> str:
    """A line of the outlines in a panel; nothing where it is outside of it."""
    points = np.array(ring, dtype=float).reshape(-1, 2)
    away = np.abs(np.mod(points[:, 0] - panel.lon0_deg + 180.0, 360.0) - 180.0)
    if float(away.max()) > _FAR_DEG:
        return ""
    xs, ys = panel.everywhere(points[:, 0], points[:, 1])
    right, foot = panel.left_px + panel.wide_px, panel.top_px + panel.high_px
    if xs.max() < panel.left_px or xs.min() > right or ys.max() < panel.top_px or ys.min() > foot:
        return ""
    kept: list[Spot] = []
    for x, y in zip(xs.tolist(), ys.tolist(), strict=True):
        if not kept or max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) >= _NEAREST_PX:
            kept.append((x, y))
    closed = bool((points[0] == points[-1]).all()) or len(points) > 2
    return way(kept, closed=closed) if len(kept) > 2 else ""


def way(points: Iterable[Spot], *, closed: bool = True) -> str:
    """Points joined by straight lines."""
    return "M" + "L".join(f"{svg.at(x)} {svg.at(y)}" for x, y in points) + ("Z" if closed else "")


def ground_notes(network: Network, projection: Projection) -> list[Word]:
    """Whose outlines are drawn, or how an operator can plug some in; and what is an inset."""
    settings = network.settings
    if network.outlines:
        shipped = f"report.outlines.{settings.map_outlines}" in messages()
        named = label("outlines", settings.map_outlines) if shipped else same(settings.map_outlines)
        whose = same(settings.map_attribution) if settings.map_attribution else named
        notes = [word("chart.map_outline", whose=whose)]
    else:
        notes = [word("chart.map_points")]
    if len(projection.panels) > 1:
        notes.append(word("chart.map_insets"))
    return notes
