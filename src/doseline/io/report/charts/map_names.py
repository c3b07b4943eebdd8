"""Names beside places of the map, as many as fit without one over the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.io.report.charts import svg
from doseline.io.report.charts.paint import room_px
from doseline.io.report.words import Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.io.report.charts.map_base import Place, Spot

_MOST = 12
_NAME_LENGTH = 24
_HIGH_PX = 15.0
_AWAY_PX = 9.0
_RIGHT_PX = 950.0

_Box = tuple[float, float, float, float]


def placed_names(places: Sequence[Place], spots: dict[str, Spot]) -> Iterable[str]:
    """The names of the places, the first ones first; right of the mark, or left of it."""
    taken: list[_Box] = []
    for place in places:
        if place.key not in spots or len(taken) >= _MOST:
            continue
        x, y = spots[place.key]
        name = Word(_cut(place.name.en), _cut(place.name.zh))
        wide = room_px([name])
        for side in (1, -1):
            left = x + _AWAY_PX if side > 0 else x - _AWAY_PX - wide
            box = (left, y - _HIGH_PX / 2, left + wide, y + _HIGH_PX / 2)
            if left >= 0 and box[2] <= _RIGHT_PX and not any(_meets(box, other) for other in taken):
                taken.append(box)
                anchor = "start" if side > 0 else "end"
                edge = x + _AWAY_PX * side
                yield svg.text(edge, y + 4, name, anchor=anchor, kind="map-name")
                break


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else f"{name[: _NAME_LENGTH - 1]}…"


def _meets(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
