"""How far each scenario is from the base: dots with their intervals, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.report.charts.forest import Dot, Dots, forest
from doseline.io.report.parts import Column, Figure, Table, text_column
from doseline.io.report.simulate_tables import difference_told, number, scenarios_table
from doseline.io.report.words import Word, same, word

if TYPE_CHECKING:
    from doseline.io.report.simulate_tables import View
    from doseline.model.simulated import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    """What a panel compares."""

    key: str
    measure: str
    of: str
    times: float = 1.0
    digits: int = 0
    better: bool | None = True
    """Whether more is better; None: neither."""


_MEASURES = (
    _Measure(key="points", measure="share", of="in_time", times=100.0, digits=2),
    _Measure(key="in_time", measure="patients", of="in_time"),
    _Measure(key="exits", measure="patients", of="clinical_exit", better=False),
    _Measure(key="doses", measure="infusions", of=""),
    _Measure(
        key="progression_free",
        measure="gain_progression_free",
        of="",
        times=1.0 / 12.0,
        digits=1,
    ),
    _Measure(key="payer", measure="cost", of="payer", times=1e-6, digits=2, better=None),
)


def scenarios_figure(view: View) -> Figure:
    """A panel a measure, a row a scenario."""
    panels = [_panel(view, one) for one in _told(view)]
    title = word("simulate.differences")
    return Figure(
        key="simulate-scenarios",
        title=title,
        svg=forest(panels, key="simulate-scenarios", title=title),
        tables=[_table(view), scenarios_table(view)],
        notes=[word("simulate.note_differences")],
        define="difference",
    )


def _told(view: View) -> list[_Measure]:
    """The measures of which any scenario tells."""
    return [one for one in _MEASURES if any(_differences(view, one))]


def _differences(view: View, what: _Measure) -> list[Number | None]:
    """Of each scenario after the base."""
    return [difference_told(view, name, what.measure, what.of) for name in view.found.names[1:]]


def _title(view: View, what: _Measure) -> Word:
    return word(f"simulate_difference.{what.key}", currency=view.network.settings.currency)


def _table(view: View) -> Table:
    """The same, a row a scenario."""
    measures = _told(view)
    cells = [
        [
            view.privacy.blank if one is None else number(one, what.times, what.digits)
            for one in _differences(view, what)
        ]
        for what in measures
    ]
    return Table(
        caption=word("simulate.differences"),
        columns=[
            text_column("simulate_scenario"),
            *(Column(head=_title(view, what), define="difference") for what in measures),
        ],
        rows=[
            [same(name), *(column[at] for column in cells)]
            for at, name in enumerate(view.found.names[1:])
        ],
    )


def _panel(view: View, what: _Measure) -> Dots:
    told = zip(view.found.names[1:], _differences(view, what), strict=True)
    rows = [_dot(name, one, what) for name, one in told if one is not None]
    return Dots(title=_title(view, what), rows=rows, against=0.0)


def _dot(name: str, one: Number, what: _Measure) -> Dot:
    low, high = what.times * one.low, what.times * one.high
    role = "sum"
    if what.better is not None and not low <= 0.0 <= high:
        role = "good" if (low > 0.0) == what.better else "loss"
    return Dot(
        label=same(name),
        mean=what.times * one.mean,
        low=low,
        high=high,
        text=number(one, what.times, what.digits),
        role=role,
    )
