"""Outlines under the map: shipped with the program, or an operator's own reviewed file."""

from __future__ import annotations

import functools
import importlib.resources
import json
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from doseline.model.findings import ERROR, NETWORK, Finding
from doseline.model.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from doseline.model.network import Settings

Ring = tuple[float, ...]
"""A line as longitude, latitude, longitude and so on. [deg]"""

ENDINGS = (".json", ".geojson", ".topojson")
LARGEST_BYTES = 30_000_000
"""A base map for a report; larger ones are not simplified enough. [B]"""

_error = functools.partial(Finding, severity=ERROR, table=NETWORK, column="map.outlines")


def shipped_outlines() -> tuple[str, ...]:
    """Names of the outlines that come with the program."""
    names = (file.name for file in _shipped().iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


def read_outlines(folder: Path, settings: Settings) -> tuple[tuple[Ring, ...], list[Finding]]:
    """The lines that a network's setting ``map.outlines`` names; none by default."""
    name = settings.map_outlines
    if not name:
        return (), []
    if name in shipped_outlines():
        return _shipped_rings(name), []
    path = folder / name
    inside = path.resolve().is_relative_to(folder.resolve())
    if not (inside and path.is_file() and name.lower().endswith(ENDINGS)):
        return (), [_unknown(folder, name)]
    rings = _rings_in(path)
    return rings, [] if rings else [_error(code="bad_outlines", found=name)]


def rings_of(content: Mapping[str, Any]) -> tuple[Ring, ...]:
    """All lines of a GeoJSON object or of a TopoJSON topology.

    Raises:
        KeyError: If something is missing in it.
        ValueError: If it is of another kind.
    """
    if content["type"] != "Topology":
        return tuple(_flat(line) for line in _lines(content))
    arcs = _arcs(content)
    geometries = (one for kind in content["objects"].values() for one in _parts(kind))
    return tuple(_flat(line) for one in geometries for line in _joined(one, arcs))


def _rings_in(path: Path) -> tuple[Ring, ...]:
    """The lines of a file; none if it cannot be used."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return ()
        rings = rings_of(json.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return ()
    return rings if _on_earth(rings) else ()


def _shipped() -> Traversable:
    return importlib.resources.files("doseline") / "data" / "outlines"


@functools.cache
def _shipped_rings(name: str) -> tuple[Ring, ...]:
    content = json.loads((_shipped() / f"{name}.json").read_text(encoding="utf-8"))
    return tuple(tuple(ring) for state in content["states"] for ring in state["rings"])


def _unknown(folder: Path, name: str) -> Finding:
    files = (one.name for one in folder.iterdir() if one.name.lower().endswith(ENDINGS))
    known = [*shipped_outlines(), *sorted(files)]
    return _error(
        code="unknown_outlines",
        found=name,
        allowed=", ".join(known),
        nearest=nearest(name, known),
    )


def _lines(content: Mapping[str, Any]) -> Iterator[Sequence[Sequence[float]]]:
    """Lines of a GeoJSON object: rings of polygons, and lines."""
    kind = content["type"]
    if kind == "FeatureCollection":
        for feature in content["features"]:
            yield from _lines(feature)
    elif kind == "Feature":
        yield from _lines(content["geometry"]) if content["geometry"] else ()
    elif kind == "GeometryCollection":
        for one in content["geometries"]:
            yield from _lines(one)
    else:
        yield from _coordinate_lines(kind, content["coordinates"])


def _coordinate_lines(kind: str, coordinates: Any) -> Iterable[Sequence[Any]]:
    if kind == "LineString":
        return [coordinates]
    if kind in {"Polygon", "MultiLineString"}:
        return list(coordinates)
    if kind == "MultiPolygon":
        return [ring for polygon in coordinates for ring in polygon]
    if kind in {"Point", "MultiPoint"}:
        return []
    raise ValueError(kind)


def _parts(geometry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The simple geometries of a topology's object."""
    if geometry["type"] == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _parts(one)
    elif geometry["type"] is not None:
        yield geometry


def _arcs(topology: Mapping[str, Any]) -> list[list[Sequence[float]]]:
    """Arcs of a topology in degrees."""
    transform = topology.get("transform")
    if transform is None:
        return [list(arc) for arc in topology["arcs"]]
    (scale_x, scale_y), (start_x, start_y) = transform["scale"], transform["translate"]
    return [
        [
            (start_x + x * scale_x, start_y + y * scale_y)
            for x, y in accumulate(arc, lambda at, step: [at[0] + step[0], at[1] + step[1]])
        ]
        for arc in topology["arcs"]
    ]


def _joined(
    geometry: Mapping[str, Any], arcs: Sequence[Sequence[Sequence[float]]]
) -> Iterator[list[Sequence[float]]]:
    """Lines of a geometry whose coordinates are numbers of arcs; ~number means backwards."""
    kind, numbers = geometry["type"], geometry.get("arcs")
    if kind in {"Point", "MultiPoint"}:
        return
    for line in _coordinate_lines(kind, numbers):
        points: list[Sequence[float]] = []
        for number in line:
            at = int(number)
            arc = arcs[at] if at >= 0 else arcs[~at][::-1]
            points.extend(arc[1:] if points else arc)
        yield points


def _flat(line: Sequence[Sequence[float]]) -> Ring:
    return tuple(float(value) for point in line for value in point[:2])


def _on_earth(rings: Iterable[Ring]) -> bool:
    """Whether all are degrees, none missing; longitudes may go on beyond 180."""
    return all(
        all(abs(lon) <= 360 for lon in ring[::2]) and all(abs(lat) <= 90 for lat in ring[1::2])
        for ring in rings
    )
