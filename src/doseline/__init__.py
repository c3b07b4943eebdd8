"""Doseline plans, tests and runs radioligand therapy networks.

``import doseline as dl; net = dl.load("examples/tiny"); result = dl.run(net)``
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doseline.errors import DoselineError as DoselineError
    from doseline.io.convert import save as save
    from doseline.io.folder import load as load
    from doseline.io.reference import nuclide_table as nuclide_table
    from doseline.io.report import render_brief as render_brief
    from doseline.io.report import render_comparison as render_comparison
    from doseline.io.report import render_report as render_report
    from doseline.io.results import write_result as write_result
    from doseline.io.stored import read_result as read_result
    from doseline.model.comparison import Comparison as Comparison
    from doseline.model.difference import diff as diff
    from doseline.model.network import Network as Network
    from doseline.model.result import RunResult as RunResult
    from doseline.model.variants import apply_variant as apply_variant
    from doseline.physics.units import Activity as Activity
    from doseline.plan.week import plan_week as plan_week
    from doseline.routes.options import build_options as build_options
    from doseline.study.compare import compare as compare
    from doseline.study.headroom import Headroom as Headroom
    from doseline.study.headroom import headroom as headroom
    from doseline.study.run import run as run
    from doseline.study.value import value_of_links as value_of_links

_HOMES = {
    "Activity": "doseline.physics.units",
    "DoselineError": "doseline.errors",
    "Headroom": "doseline.study.headroom",
    "Network": "doseline.model.network",
    "RunResult": "doseline.model.result",
    "apply_variant": "doseline.model.variants",
    "build_options": "doseline.routes.options",
    "diff": "doseline.model.difference",
    "headroom": "doseline.study.headroom",
    "load": "doseline.io.folder",
    "nuclide_table": "doseline.io.reference",
    "plan_week": "doseline.plan.week",
    "Comparison": "doseline.model.comparison",
    "compare": "doseline.study.compare",
    "read_result": "doseline.io.stored",
    "render_brief": "doseline.io.report",
    "render_comparison": "doseline.io.report",
    "render_report": "doseline.io.report",
    "run": "doseline.study.run",
    "save": "doseline.io.convert",
    "value_of_links": "doseline.study.value",
    "write_result": "doseline.io.results",
}
"""Where each public name lives; it is imported when it is first asked for."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'doseline' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
