"""``doseline calibrate``: what published figures say of a network's unknown delays and capacities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import network_argument, read
from doseline.cli.progress import progress
from doseline.cli.screen import Words, emit, json_option, quiet_option, variant_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from doseline.study.calibrate.result import Calibrated

YEARS = 3.0
"""Years that are simulated, unless asked otherwise."""
FEWEST_POINTS, MOST_POINTS = 6, 2000
MOST_SEEDS, MOST_SCALE = 100, 1000.0


def make(words: Words) -> Callable[..., None]:
    """The command."""

    def calibrate(
        network: Path = network_argument(words),
        *,
        targets: Path = typer.Option(
            ..., "--targets", metavar="FILE", help=words("cli.calibrate_targets_help")
        ),
        years: float = typer.Option(
            YEARS,
            "--years",
            min=0.1,
            max=50.0,
            metavar="N",
            help=words("cli.calibrate_years_help"),
        ),
        warm_up: int | None = typer.Option(
            None,
            "--warm-up",
            min=0,
            max=1000,
            metavar="WEEKS",
            help=words("cli.calibrate_warm_up_help"),
        ),
        points: int | None = typer.Option(
            None,
            "--points",
            min=FEWEST_POINTS,
            max=MOST_POINTS,
            metavar="N",
            help=words("cli.calibrate_points_help"),
        ),
        seeds: int = typer.Option(
            2,
            "--seeds",
            min=2,
            max=MOST_SEEDS,
            metavar="N",
            help=words("cli.calibrate_seeds_help"),
        ),
        seed: int = typer.Option(
            1, "--seed", min=0, metavar="N", help=words("cli.calibrate_seed_help")
        ),
        scale: float = typer.Option(
            1.0,
            "--scale",
            min=0.001,
            max=MOST_SCALE,
            metavar="X",
            help=words("cli.calibrate_scale_help"),
        ),
        output: Path | None = typer.Option(
            None, "-o", "--output", metavar="FOLDER", help=words("cli.calibrate_output_help")
        ),
        variant: str = variant_option(words),
        quiet: bool = quiet_option(words),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.cli.calibrate_screen import show_calibrated
        from doseline.io.tables import check_writable
        from doseline.study.calibrate.fit import Effort
        from doseline.study.calibrate.read import read_targets
        from doseline.study.calibrate.run import calibrate as calibrated
        from doseline.study.calibrate.simulator import Period

        net = read(network, words, as_json=as_json, quiet=quiet, variant=variant)
        asked = read_targets(targets, net)
        if output is not None:
            check_writable(output)
        with progress(words, quiet=quiet, begins="stage_calibrate") as told:
            found = calibrated(
                net,
                asked,
                Period(years=years, warm_up_weeks=warm_up, scale=scale),
                Effort(seed=seed, points=points, seeds=seeds),
                told=told,
            )
        page = None
        if output is not None:
            from doseline.study.calibrate.store import write_calibration

            page = write_calibration(found, output, language=words.lang)
        if as_json:
            emit(answer(found, page))
        else:
            show_calibrated(found, page, words)

    return calibrate


def answer(found: Calibrated, page: Path | None) -> dict[str, Any]:
    """What ``--json`` prints."""
    from doseline.study.calibrate.store import about

    return {**about(found), "page": None if page is None else str(page)}
