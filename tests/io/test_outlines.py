"""Outlines under the map: shipped ones by name, or a reviewed file beside the network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from doseline.io.folder import read_network
from doseline.io.outlines import rings_of
from doseline.io.reference import nuclide_table
from doseline.io.report.charts.map_base import ground
from doseline.io.report.charts.projection import fitted

TINY = Path(__file__).parents[2] / "examples" / "tiny"

SQUARE = [[-90.0, 40.0], [-85.0, 40.0], [-85.0, 45.0], [-90.0, 45.0], [-90.0, 40.0]]
FLAT = tuple(value for point in SQUARE for value in point)


def feature(kind: str, coordinates: Any) -> dict[str, Any]:
    """A GeoJSON feature. Source of the shapes: RFC 7946, section 3.1."""
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {}, "geometry": geometry}


@pytest.mark.parametrize(
    "one",
    [
        feature("Polygon", [SQUARE]),
        feature("MultiPolygon", [[SQUARE]]),
        feature("LineString", SQUARE),
        feature("MultiLineString", [SQUARE]),
        feature("Polygon", [SQUARE])["geometry"],
        {"type": "FeatureCollection", "features": [feature("Polygon", [SQUARE])]},
        {
            "type": "GeometryCollection",
            "geometries": [
                feature("Point", [1, 2])["geometry"],
                feature("Polygon", [SQUARE])["geometry"],
            ],
        },
    ],
    ids=lambda one: str(one.get("geometry", one)["type"]),
)
def test_lines_of_geojson_are_read(one: dict[str, Any]) -> None:
    assert rings_of(one) == (FLAT,)


def test_a_topology_is_joined_from_its_arcs() -> None:
    """Two squares that share an arc. Source of the form: the TopoJSON specification, 2.1."""
    topology = {
        "type": "Topology",
        "transform": {"scale": [0.5, 0.5], "translate": [-90.0, 40.0]},
        "arcs": [[[10, 0], [0, 10]], [[10, 10], [-10, 0], [0, -10], [10, 0]]],
        "objects": {
            "all": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]]},
                    {"type": "LineString", "arcs": [-1]},
                ],
            }
        },
    }
    ring, back = rings_of(topology)
    assert list(ring) == [-85, 40, -85, 45, -90, 45, -90, 40, -85, 40]
    assert list(back) == [-85, 45, -85, 40]


def with_outlines(tmp_path: Path, name: str, content: str | None) -> Path:
    """The tiny example with outlines of that name."""
    folder = tmp_path / "tiny"
    shutil.copytree(TINY, folder)
    settings = folder / "network.toml"
    told = settings.read_text(encoding="utf-8")
    added = f'[map]\noutlines = "{name}"\nattribution = "Reviewed 1"\n\n[policy]'
    settings.write_text(told.replace("[policy]", added), encoding="utf-8")
    if content is not None:
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["us_states", "mine.geojson", "mine.JSON"])
def test_a_network_carries_the_outlines_that_it_names(tmp_path: Path, name: str) -> None:
    content = None if name == "us_states" else json.dumps(feature("Polygon", [SQUARE]))
    network, findings = read_network(
        with_outlines(tmp_path, name, content), nuclides=nuclide_table()
    )
    assert network is not None, findings
    assert len(network.outlines) >= 1
    assert network.settings.map_attribution == "Reviewed 1"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("us_state", None, "unknown_outlines"),
        ("absent.json", None, "unknown_outlines"),
        ("../../../etc/passwd", None, "unknown_outlines"),
        ("mine.shp", "", "unknown_outlines"),
        ("mine.json", "{", "bad_outlines"),
        ("mine.json", "[1]", "bad_outlines"),
        ("mine.json", "{}", "bad_outlines"),
        ("mine.json", '{"type": "Polygon", "coordinates": [[["a", 1]]]}', "bad_outlines"),
        ("mine.json", '{"type": "FeatureCollection", "features": []}', "bad_outlines"),
        (
            "mine.json",
            '{"type": "LineString", "coordinates": [[0, 0], [5e5, 4e6]]}',
            "bad_outlines",
        ),
        ("mine.json", '{"type": "LineString", "coordinates": [[NaN, 0], [1, 1]]}', "bad_outlines"),
    ],
)
def test_outlines_that_cannot_be_drawn_are_one_finding(
    tmp_path: Path, name: str, content: str | None, code: str
) -> None:
    folder = with_outlines(tmp_path, name, content)
    network, findings = read_network(folder, nuclides=nuclide_table())
    assert network is None
    errors = [one for one in findings if one.severity == "error"]
    assert [(one.code, one.column) for one in errors] == [(code, "map.outlines")]


def test_a_misspelt_name_is_told_with_the_nearest(tmp_path: Path) -> None:
    _, findings = read_network(with_outlines(tmp_path, "us_state", None), nuclides=nuclide_table())
    assert next(one.nearest for one in findings if one.severity == "error") == "us_states"


def test_points_nearer_than_a_pixel_are_left_out_of_the_drawing() -> None:
    projection = fitted(np.array([-90.0, -80.0]), np.array([40.0, 45.0]))
    fine = [(-90 + k / 10_000, 40 + k / 20_000) for k in range(100_001)]
    drawn = "".join(ground(projection, [tuple(v for point in fine for v in point)]))
    assert 50 < drawn.count("L") < 2_000
