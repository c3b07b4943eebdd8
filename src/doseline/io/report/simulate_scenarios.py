"""How far each scenario is from the base: dots with their intervals, seed by seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.io.report.charts.forest import Dot, Dots, forest
from doseline.io.report.parts import Figure
from doseline.io.report.simulate_tables import differences_table, number, scenarios_table
from doseline.io.report.words import same, word

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
    panels = [panel for one in _MEASURES for panel in _panel(view, one)]
    title = word("simulate.differences")
    return Figure(
        key="simulate-scenarios",
        title=title,
        svg=forest(panels, key="simulate-scenarios", title=title),
        tables=[differences_table(view), scenarios_table(view)],
        notes=[word("simulate.note_differences")],
        define="difference",
    )


def _panel(view: View, what: _Measure) -> list[Dots]:
    found = view.found
    told = [(name, found.difference(name, what.measure, what.of)) for name in found.names[1:]]
    rows = [_dot(name, one, what) for name, one in told if one is not None]
    if not rows:
        return []
    title = word(f"simulate_difference.{what.key}", currency=view.network.settings.currency)
    return [Dots(title=title, rows=rows, against=0.0)]


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
