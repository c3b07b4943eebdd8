"""Which link binds in each state or province and quarter: a picture, and small maps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from doseline.io.report.charts import svg
from doseline.io.report.charts.binding import Binding, binding_of, legend, number_of
from doseline.io.report.charts.map_base import (
    ground,
    pixels,
    places_of,
    projection_of,
    region_rows,
)
from doseline.io.report.charts.map_tables import (
    area_names,
    share_cell,
    share_level,
    share_text,
)
from doseline.io.report.charts.paint import framed
from doseline.io.report.numbers import plain
from doseline.io.report.palette import SHARES
from doseline.io.report.parts import Figure, Row, Table, number_column, records, text_column
from doseline.io.report.words import Word, label, same, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from doseline.io.report.charts.projection import Projection
    from doseline.io.report.privacy import Privacy
    from doseline.model.result import RunResult

_WIDTH_PX = 960.0
_NAME_PX, _CELL_PX, _ROW_PX, _HEAD_PX, _GAP_PX = 132.0, 88.0, 22.0, 24.0, 16.0
_MAP_HEAD_PX = 22.0
_ONE_MAP_PX = 560.0
_MAP_HIGH = 0.72
"""Height of a small map, at most, as a share of its width. [unitless]"""
_MAPS_A_ROW = 3
_NAME_LENGTH = 19
_SIZES_PX = (1.8, 3.0, 4.6, 7.0)
"""Strokes of dots by population, from the smallest regions to the largest. [px]"""
_MANY = 2500
"""So many regions need the smallest dots."""
_WIDEST = 2.4

_COLUMNS = ("area", "quarter", "eligible", "in_time", "share", "link", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells by area and quarter, with the names of the areas."""

    cells: Mapping[tuple[str, str], Row]
    areas: Sequence[str]
    """Those with a cell that may be shown, the most people first."""
    quarters: Sequence[str]
    names: Mapping[str, Word]
    binding: Binding

    def shown(self, area: str, quarter: str) -> Row | None:
        """The cell, if it may be shown."""
        row = self.cells.get((area, quarter))
        return row if row is not None and row["share"] is not None else None


def quarter_figures(result: RunResult, privacy: Privacy) -> list[Figure]:
    """The picture and the maps; nothing where every group is too small to be shown."""
    grid = grid_of(result, privacy)
    if not grid.areas:
        return []
    maps = _maps(result, grid)
    return [_picture(grid, privacy), *([maps] if maps else [])]


def grid_of(result: RunResult, privacy: Privacy) -> Grid:
    """The cells that may be shown."""
    frame = result.frames.get("quarters")
    rows = [] if frame is None else records(frame, _COLUMNS)
    told = [row for row in rows if row["share"] is not None and not privacy.hides(row["eligible"])]
    people: dict[str, float] = {}
    for row in told:
        people[row["area"]] = people.get(row["area"], 0.0) + row["eligible"]
    return Grid(
        cells={(row["area"], row["quarter"]): row for row in told},
        areas=sorted(people, key=lambda area: (-people[area], area)),
        quarters=sorted({row["quarter"] for row in rows}),
        names=area_names(result.network),
        binding=binding_of(row["link"] for row in told),
    )


def quarter_word(quarter: str) -> Word:
    """A quarter as each language writes it."""
    year, _, number = quarter.partition("-Q")
    return Word(f"Q{number} {year}", f"{year}年{number}季度")


def _picture(grid: Grid, privacy: Privacy) -> Figure:
    """A row an area, a column a quarter; in several blocks side by side where there is room."""
    title = word("chart.quarters")
    block_px = _NAME_PX + _CELL_PX * len(grid.quarters)
    blocks = max(1, int((_WIDTH_PX + _GAP_PX) // (block_px + _GAP_PX)))
    height = -(-len(grid.areas) // blocks)
    pieces: list[str] = []
    for number, area in enumerate(grid.areas):
        left = (number // height) * (block_px + _GAP_PX)
        top = _HEAD_PX + (number % height) * _ROW_PX
        if number % height == 0:
            pieces += _heads(grid, left)
        pieces += _cells(grid, area, left, top, privacy)
    wide = max(_WIDTH_PX, block_px)
    drawn = svg.drawing(pieces, width_px=wide, height_px=_HEAD_PX + height * _ROW_PX + 4)
    return Figure(
        key="quarters",
        title=title,
        svg=framed(drawn, key="quarters", title=title),
        legend=legend(grid.binding.entries()),
        tables=[_table(grid, privacy, title)],
        notes=[word("chart.quarters_desc", smallest=privacy.smallest)],
        define="binding",
    )


def _heads(grid: Grid, left_px: float) -> Iterable[str]:
    for k, quarter in enumerate(grid.quarters):
        middle = left_px + _NAME_PX + _CELL_PX * (k + 0.5)
        yield svg.text(middle, 15, quarter_word(quarter), anchor="middle", kind="gantt-day")


def _cells(grid: Grid, area: str, left_px: float, top_px: float, privacy: Privacy) -> Iterable[str]:
    name = grid.names.get(area, same(area))
    short = Word(_cut(name.en), _cut(name.zh))
    yield svg.text(left_px + _NAME_PX - 8, top_px + 15, short, anchor="end", kind="gantt-name")
    for k, quarter in enumerate(grid.quarters):
        left = left_px + _NAME_PX + _CELL_PX * k
        box = (left + 1, top_px + 1, _CELL_PX - 2, _ROW_PX - 2)
        row = grid.shown(area, quarter)
        if row is None:
            yield svg.rectangle(*box, kind="heat closed")
            continue
        fill = f"var(--{grid.binding.role(row['link'])})"
        yield svg.rectangle(*box, kind="heat", fill=fill)
        number = number_of(row["link"]) or "–"
        text = same(f"{number}  ·  {share_text(row, privacy)} %")
        middle = left + _CELL_PX / 2
        yield svg.text(middle, top_px + 15, text, anchor="middle", kind="mark-number")


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"


def _table(grid: Grid, privacy: Privacy, title: Word) -> Table:
    return Table(
        caption=title,
        columns=[
            text_column("part_of"),
            text_column("quarter", "quarter"),
            number_column("eligible", "eligible"),
            number_column("in_time", "in_time"),
            number_column("share_in_time", "in_time"),
            text_column("main_link", "binding"),
            text_column("second_link", "binding"),
        ],
        rows=[
            [
                grid.names.get(area, same(area)),
                quarter_word(quarter),
                same(plain(row["eligible"])),
                privacy.count(row["in_time"]),
                share_cell(row, privacy),
                label("link", row["link"]),
                label("link", row["second"]),
            ]
            for area in grid.areas
            for quarter in grid.quarters
            if (row := grid.shown(area, quarter)) is not None
        ],
    )


def overview_map(result: RunResult, privacy: Privacy) -> Figure | None:
    """One small map of the whole cohort: what binds."""
    areas = [row for row in _areas(result) if not privacy.hides(row["eligible"])]
    if not areas:
        return None
    binding = binding_of(row["link"] for row in areas)
    roles = {row["part_of"]: binding.role(row["link"]) for row in areas}
    return _map_figure(result, [(word("chart.map_binds"), roles)], binding, word("chart.overview"))


def _maps(result: RunResult, grid: Grid) -> Figure | None:
    """One map of the share in time, then one a quarter of what binds."""
    maps = [(word("chart.map_share"), _share_roles(_areas(result)))]
    for quarter in grid.quarters:
        cells = {area: grid.shown(area, quarter) for area in grid.names}
        roles = {
            area: grid.binding.role(row["link"]) for area, row in cells.items() if row is not None
        }
        maps.append((quarter_word(quarter), roles))
    return _map_figure(result, maps, grid.binding, word("chart.quarter_maps"))


def _map_figure(
    result: RunResult,
    maps: Sequence[tuple[Word, Mapping[str, str]]],
    binding: Binding,
    title: Word,
) -> Figure | None:
    """Small maps side by side, each of its name and the colour of each area."""
    regions = region_rows(result)
    if not regions:
        return None
    sites = [place for place in places_of(result.network) if place.kind == "site"]
    across = min(len(maps), _MAPS_A_ROW)
    wide = _ONE_MAP_PX if across == 1 else (_WIDTH_PX - (across - 1) * _GAP_PX) / across
    base = projection_of(regions, sites, width_px=wide, highest_px=_MAP_HIGH * wide)
    under = "".join(ground(base, result.network.outlines))
    high = base.height_px + _MAP_HEAD_PX
    placed = [
        f'<g transform="translate({svg.at((k % across) * (wide + _GAP_PX))} '
        f'{svg.at((k // across) * high)})">'
        f"{_mini(base, under, name, _dots(base, regions, roles))}</g>"
        for k, (name, roles) in enumerate(maps)
    ]
    all_wide = across * wide + (across - 1) * _GAP_PX
    drawn = svg.drawing(placed, width_px=all_wide, height_px=high * -(-len(maps) // across))
    bands = [
        (f'<rect width="16" height="16" fill="var(--{role})"/>', share_band_word(k))
        for k, role in enumerate(SHARES if across > 1 else ())
    ]
    return Figure(
        key="quarter-maps",
        title=title,
        svg=framed(drawn, key="quarter-maps", title=title),
        legend=legend([*bands, *binding.entries()]),
        tables=[],
        notes=[word("chart.quarter_maps_desc")],
        define="binding",
        told_by="quarters",
    )


def share_band_word(level: int) -> Word:
    """A fifth of the share in time."""
    step = 100 // len(SHARES)
    return word("map.band", low=level * step, high=(level + 1) * step)


def _areas(result: RunResult) -> list[Row]:
    frame = result.frames.get("areas")
    rows = [] if frame is None else records(frame, ("part_of", "eligible", "share", "link"))
    return [row for row in rows if row["share"] is not None]


def _share_roles(areas: Sequence[Row]) -> dict[str, str]:
    return {row["part_of"]: SHARES[share_level(row["share"])] for row in areas}


def _mini(base: Projection, under: str, name: Word, dots: Iterable[str]) -> str:
    """One small map below its name."""
    head = svg.text(base.width_px / 2, 15, name, anchor="middle", kind="gantt-head")
    below = f'<g transform="translate(0 {svg.at(_MAP_HEAD_PX)})">{under}{"".join(dots)}</g>'
    return head + below


def _dots(base: Projection, regions: Sequence[Row], roles: Mapping[str, str]) -> Iterable[str]:
    """Every region as a dot sized by population, in the colour of its state or province."""
    people = np.array([float(row["population"] or 0) for row in regions])
    # Few regions leave room for larger dots.
    wider = min(_WIDEST, max(1.0, (_MANY / max(len(regions), 1)) ** 0.35))
    size = np.searchsorted(np.quantile(people, [0.5, 0.8, 0.95]), people, side="left")
    xs, ys = pixels(base, regions)
    marks = sorted(
        (int(level), roles.get(row["part_of"], "line"), x, y)
        for level, row, x, y in zip(size, regions, xs, ys, strict=True)
        if not np.isnan(x)
    )
    for (level, role), group in groupby(marks, key=lambda one: one[:2]):
        way = "".join(f"M{svg.at(x)} {svg.at(y)}h0" for _, _, x, y in group)
        stroke = f'stroke="var(--{role})" stroke-width="{svg.at(wider * _SIZES_PX[level])}"'
        yield f'<path class="dot" {stroke} d="{way}"/>'
