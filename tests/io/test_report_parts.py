"""The parts of the report: words, colours, projection, week, headline."""

from __future__ import annotations

import importlib.resources
import itertools
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.io.fake_result import fake_result

from doseline.io import report
from doseline.io.outlines import shipped_outlines
from doseline.io.report.charts.projection import albers, fitted, parts_of
from doseline.io.report.charts.week import Span, at_once, packed
from doseline.io.report.headline import find_out
from doseline.io.report.numbers import MINUS, plain
from doseline.io.report.palette import BINDS, PALETTE, SERIES, SHARES
from doseline.io.report.words import label
from doseline.io.text import messages, placeholders
from doseline.model.ledger import CLASSES, CLINICAL, DOSE_ENDINGS, LINKS, PARTIES
from doseline.model.options import REFUSALS
from doseline.model.result import told_apart
from doseline.model.supply import CONFIDENCES, EVIDENCE_KINDS
from doseline.model.treatment import SETTINGS
from doseline.plan.balance import STAGES
from doseline.study.effects import INPUTS
from doseline.study.relax import RELAXATIONS

if TYPE_CHECKING:
    from doseline.io.report.parts import Row

SOURCE = Path(report.__file__).parent
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("group", "keys"),
    [
        ("class", CLASSES),
        ("link", (*LINKS, CLINICAL)),
        ("means", (*LINKS, CLINICAL)),
        ("ending", DOSE_ENDINGS),
        ("party", PARTIES),
        ("reason", REFUSALS[1:]),
        ("kind", EVIDENCE_KINDS),
        ("confidence", CONFIDENCES),
        ("setting", SETTINGS),
        ("severity", ("error", "warning", "note")),
        ("stage", STAGES),
        ("unit", tuple(one.unit for one in RELAXATIONS)),
    ],
)
def test_fixed_words_of_the_model_have_texts(group: str, keys: tuple[str, ...]) -> None:
    assert not [key for key in keys if f"report.{group}.{key}" not in messages()]


def test_every_input_that_a_run_moves_has_a_name() -> None:
    assert not [
        one.name for one in INPUTS if label("input", one.name).zh == label("x", one.name).zh
    ]


def test_both_languages_have_the_same_places_for_values() -> None:
    told = {key: text for key, text in messages().items() if key.startswith("report.")}
    assert len(told) > 300
    uneven = [
        key for key, text in told.items() if placeholders(text["en"]) != placeholders(text["zh"])
    ]
    assert uneven == []


def test_every_word_that_the_code_names_has_a_text() -> None:
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in SOURCE.rglob("*")
        if file.suffix in {".py", ".j2"}
    )
    named = set(re.findall(r'\bword\(\s*["\']([a-z_]+\.[a-z_0-9]+)["\']', code))
    named |= {f"head.{key}" for key in re.findall(r'(?:text|number)_column\("([a-z_]+)"', code)}
    named |= {f"section.{key}" for key in re.findall(r'Section\(\s*key="([a-z_]+)"', code)}
    defined = set(re.findall(r'_column\("[a-z_]+", "([a-z_0-9]+)"', code))
    of_pages = {key.rpartition(".")[2] for key in messages() if ".simulate_define." in key}
    named |= {f"define.{key}" for key in defined - of_pages}
    assert len(named) > 150
    assert sorted(key for key in named if f"report.{key}" not in messages()) == []


def luminance(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio. Source: WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_texts_and_marks_stand_out_from_the_page(theme: int) -> None:
    page, panel = PALETTE["page"][theme], PALETTE["panel"][theme]
    for role in ("ink", "soft", "link"):
        assert contrast(PALETTE[role][theme], page) >= 4.5, role
        assert contrast(PALETTE[role][theme], panel) >= 4.5, role
    for role in ("sum", "good", "loss", "open", *SERIES, *SHARES):
        assert contrast(PALETTE[role][theme], page) >= 3.0, role
    # Numbers stand on these in the colour of the page.
    for role in BINDS:
        assert contrast(PALETTE[role][theme], page) >= 4.5, role


def test_albers_equals_the_worked_example_of_snyder() -> None:
    """Source: Snyder, USGS Professional Paper 1395 (1987), p. 291."""
    x, y = albers(-96.0, 23.0, 29.5, 45.5)(np.array([-75.0]), np.array([35.0]))
    assert x[0] == pytest.approx(0.2952720, abs=1e-7)
    assert -y[0] == pytest.approx(0.2416774, abs=1e-7)


FAR = {"Anchorage": (-149.9, 61.2), "Honolulu": (-157.9, 21.3), "San Juan": (-66.1, 18.4)}


def test_far_groups_are_insets_below_the_main_part() -> None:
    near = [(lon, lat) for lon in range(-120, -75, 5) for lat in range(30, 50, 4)]
    lon, lat = np.array([*near, *FAR.values()], dtype=float).T
    projection = fitted(lon, lat)
    assert len(projection.panels) == 1 + len(FAR)
    x, y = projection.pixels(lon, lat)
    below = y > projection.panels[0].high_px
    assert below.tolist() == [False] * len(near) + [True] * len(FAR)
    assert ((x > 0) & (x < projection.width_px)).all()
    assert (y < projection.height_px).all()
    x, y = projection.pixels(np.array([11.7]), np.array([48.3]))
    assert np.isnan(x[0])


def test_a_network_over_two_continents_is_one_map() -> None:
    lon, lat = np.array([(-74.0, 40.7), (-80.0, 35.0), (13.4, 52.5), (2.3, 48.9)]).T
    assert not parts_of(lon, lat).any()
    assert len(fitted(lon, lat).panels) == 1


def test_a_map_across_the_date_line_is_not_torn() -> None:
    lon, lat = np.array([(178.0, -18.0), (-178.0, -18.2), (177.0, -17.0)]).T
    x, _ = fitted(lon, lat).pixels(lon, lat)
    assert x[2] < x[0] < x[1]


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-60, 70)), min_size=1, max_size=20),
)
def test_every_place_is_drawn_inside_the_map(places: list[tuple[float, float]]) -> None:
    lon, lat = np.array(places).T
    projection = fitted(lon, lat)
    x, y = projection.pixels(lon, lat)
    if np.ptp(lon) < 100:
        assert ((x >= 0) & (x <= projection.width_px)).all()
        assert ((y >= 0) & (y <= projection.height_px)).all()


@settings(deadline=None)
@given(st.floats(-150, 150), st.floats(20, 60), st.floats(3, 40), st.floats(3, 12))
def test_equal_areas_of_the_earth_are_equal_on_the_map(
    west: float, south: float, wide: float, high: float
) -> None:
    """What a cell covers on the map is proportional to its area on the sphere (Albers)."""
    edges = np.array([(west, south), (west + wide, south + high)])
    panel = fitted(*edges.T).panels[0]
    areas = []
    for lon0, lat0 in ((west, south), (west + wide / 2, south + high / 2)):
        step = 0.05
        lon = np.array([lon0, lon0 + step, lon0])
        lat = np.array([lat0, lat0, lat0 + step])
        x, y = panel.everywhere(lon, lat)
        drawn = abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]))
        areas.append(drawn / np.cos(np.radians(lat0 + step / 2)))
    assert areas[0] == pytest.approx(areas[1], rel=0.01)


def test_state_outlines_hold_their_capitals() -> None:
    assert shipped_outlines() == ("us_states",)
    file = importlib.resources.files("doseline") / "data" / "outlines" / "us_states.json"
    content = file.read_text(encoding="utf-8")
    assert len(content) < 120_000
    states = {state["name"]: state["rings"] for state in json.loads(content)["states"]}
    assert len(states) == 52
    capitals = {
        "Colorado": (-104.98, 39.74),
        "Texas": (-97.74, 30.27),
        "Alaska": (-134.42, 58.30),
        "Puerto Rico": (-66.40, 18.25),
        "Wyoming": (-104.82, 41.14),
        "Georgia": (-84.39, 33.75),
    }
    for name, capital in capitals.items():
        holds = {state for state, rings in states.items() if any(inside(capital, r) for r in rings)}
        assert holds == {name}


def inside(point: tuple[float, float], flat: list[float]) -> bool:
    """Even-odd rule."""
    x, y = point
    ring = list(zip(flat[::2], flat[1::2], strict=True))
    crossings = [
        (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True)
    ]
    return sum(crossings) % 2 == 1


spans = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 40)).map(
        lambda one: Span(
            start=MONDAY + timedelta(hours=one[0]), end=MONDAY + timedelta(hours=one[0] + one[1])
        )
    ),
    max_size=30,
)


@given(spans)
def test_packed_rows_hold_every_span_once_and_never_two_at_once(all_spans: list[Span]) -> None:
    rows = packed(all_spans)
    assert sum(len(row) for row in rows) == len(all_spans)
    for row in rows:
        assert all(a.end <= b.start for a, b in itertools.pairwise(row))
    assert len(rows) == max(at_once(all_spans, MONDAY, 140), default=0)


@given(spans)
def test_counts_by_hour_equal_counting_one_by_one(all_spans: list[Span]) -> None:
    hours = [MONDAY + timedelta(hours=hour) for hour in range(140)]
    naive = [sum(span.start <= hour < span.end for span in all_spans) for hour in hours]
    assert at_once(all_spans, MONDAY, 140) == naive


def valued(*triples: tuple[float, float, float]) -> list[Row]:
    return [{"patients": value, "low": low, "high": high} for value, low, high in triples]


def test_three_changes_are_named_only_if_their_order_survives() -> None:
    apart = valued((40, 38, 42), (30, 28, 32), (20, 18, 22), (5, 1, 9))
    assert told_apart(apart)
    assert told_apart(apart[:3])
    assert not told_apart(apart[:2])
    assert not told_apart(valued((40, 31, 49), (30, 28, 32), (20, 18, 22)))
    assert not told_apart(valued((40, 38, 42), (30, 28, 32), (20, 8, 32), (5, 1, 9)))
    assert not told_apart(valued((40, 38, 42), (30, 28, 32), (20, -1, 22)))
    assert not told_apart(valued((9, 8, 10), (6, 5, 7), (3, 2, 4), (2.9, 0, 8.5)))


def test_what_to_find_out_first_rests_on_assumptions_and_matters_most() -> None:
    told = find_out(fake_result()).en
    assert told.startswith("What to find out first: share referred; ")
    assert "tumour board" not in told


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_numbers_read_back_without_trailing_zeros(value: float, digits: int) -> None:
    told = plain(value, digits)
    back = float(told.replace(",", "").replace(MINUS, "-"))
    assert back == pytest.approx(value, abs=0.5000001 * 10**-digits)
    assert not re.search(r"\.\d*0$", told)
    assert not told.startswith(".")
