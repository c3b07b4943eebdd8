"""``doseline robust``: what may become of a plan, and what a more robust one costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.errors import UsageError
from doseline.cli.plan import plan_argument
from doseline.cli.progress import progress
from doseline.cli.screen import Words, emit, json_option, quiet_option, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.model.planned import PlannedWeek
    from doseline.model.robust import Measure, Promise, RobustCurve


def _percent(words: Words, name: str, default: float | None, *, least: float = 0.0) -> Any:
    """An option in percent."""
    about = words(f"cli.robust_{name.replace('-', '_')}_help")
    return typer.Option(default, f"--{name}", min=least, max=100.0, metavar="PERCENT", help=about)


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def robust(
        plan: Path = plan_argument(words),
        *,
        failures: int = typer.Option(
            1, "--failures", min=0, metavar="N", help=words("cli.robust_failures_help")
        ),
        failure: float | None = _percent(words, "failure", None),
        never_late: bool = typer.Option(
            False, "--never-late", help=words("cli.robust_never_late_help")
        ),
        at_least: float | None = _percent(words, "at-least", None),
        with_probability: float = _percent(words, "with-probability", 95.0),
        each_at_least: float = _percent(words, "each-at-least", 0.0),
        number: int | None = typer.Option(
            None, "--number", min=0, metavar="N", help=words("cli.robust_number_help")
        ),
        output: Path | None = typer.Option(
            None, "-o", "--output", metavar="FOLDER", help=words("cli.robust_output_help")
        ),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        if output is not None and number is None and at_least is None:
            raise UsageError(words("cli.robust_which"))
        from doseline.cli.robust_screen import show_robust
        from doseline.io.plans import read_plan
        from doseline.plan.robust.curve import Asked
        from doseline.plan.robust.risk import Risk
        from doseline.study.robust import point_to_write, robust_week, write_robust

        planned = read_plan(plan)
        asked = (
            None
            if at_least is None
            else Asked(share=at_least / 100.0, probability=with_probability / 100.0)
        )
        with progress(words, quiet=quiet) as told:
            curve = robust_week(
                planned,
                risk=Risk(
                    failure=None if failure is None else failure / 100.0, late=not never_late
                ),
                failures=failures,
                asked=asked,
                each=each_at_least / 100.0,
                told=told,
            )
        if output is not None:
            point = point_to_write(curve, number)
            if not quiet:
                say(words("cli.writing", folder=output))
            write_robust(planned, curve, point, output, language=words.lang)
        if as_json:
            emit(answer(planned, curve, output))
        else:
            show_robust(planned, curve, plan, output, words)

    return robust


def answer(planned: PlannedWeek, curve: RobustCurve, output: Path | None) -> dict[str, Any]:
    """What ``--json`` prints."""
    frontiers: tuple[Measure, ...] = ("mean", "low", "worst")
    return {
        "week": str(curve.week),
        "currency": planned.network.settings.currency,
        "orders": curve.orders,
        "failures": curve.failures,
        "plans": curve.points.to_dicts(),
        "frontiers": {name: curve.frontier(name)["point"].to_list() for name in frontiers},
        "chances": curve.chances.filter(curve.chances["probability"] > 0.0).to_dicts(),
        "promise": None if curve.promise is None else _promise(curve.promise),
        "folder": None if output is None else str(output),
    }


def _promise(promise: Promise) -> dict[str, Any]:
    names = ("doses", "probability", "point", "reached", "bound")
    return {name: getattr(promise, name) for name in names}
