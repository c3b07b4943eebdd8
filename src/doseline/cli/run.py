"""``doseline run``: the main job, from a network folder to the report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from doseline.cli.networks import finding_rows, network_argument, read
from doseline.cli.screen import Words, emit, json_option, progress, say, show_table

if TYPE_CHECKING:
    from doseline.model.result import RunResult


def add(app: typer.Typer, words: Words) -> None:
    """Add the command."""

    @app.command(help=words("cli.run_help"), epilog=words("cli.run_example"))
    def run(
        network: Path = network_argument(words),
        *,
        output: Path = typer.Option(..., "-o", "--output", help=words("cli.run_output_help")),
        variant: str = typer.Option("", help=words("cli.variant_help")),
        workers: int = typer.Option(2, min=1, help=words("cli.workers_help")),
        values: int = typer.Option(3, min=0, help=words("cli.run_values_help")),
        quiet: bool = typer.Option(False, "--quiet", help=words("cli.quiet_help")),
        as_json: bool = json_option(words),
    ) -> None:
        from doseline.io.results import write_result
        from doseline.study.run import run as run_network

        net, findings = read(network, words, as_json=as_json, variant=variant)
        with progress(words, quiet=quiet) as told:
            result = run_network(
                net, workers=workers, values=values, findings=findings, progress=told
            )
            if not quiet:
                say(words("cli.writing", folder=output))
            report = write_result(result, output)
        if as_json:
            emit(summary(result, report, words))
        else:
            _show(result, words)
            typer.echo(words("cli.report_at", report=report))


def summary(result: RunResult, report: Path, words: Words) -> dict[str, Any]:
    """The contract for scripts."""
    from doseline.io.results import summary_of

    return {
        **summary_of(result),
        "findings": finding_rows(result.findings, words),
        "seconds": round(result.seconds, 3),
        "report": str(report),
    }


def _show(result: RunResult, words: Words) -> None:
    _show_headline(result, words)
    _show_ledger(result, words)
    _show_values(result, words)
    _show_next(result, words)


def _show_headline(result: RunResult, words: Words) -> None:
    from doseline.io.results import summary_of

    told = summary_of(result)
    share = told["share_in_time"]
    typer.echo()
    typer.echo(
        words(
            "cli.run_headline",
            network=_name(result, words),
            eligible=told["patients"]["eligible"],
            share=f"{100 * share['value']:.1f}",
            low=f"{100 * share['low']:.1f}",
            high=f"{100 * share['high']:.1f}",
        )
    )
    classes = result.frames["patients"]
    show_table(
        words("cli.run_classes"),
        [words("cli.col_class"), words("cli.col_patients"), words("cli.col_interval")],
        [
            [
                words(f"report.class.{row['class']}"),
                row["patients"],
                f"{row['low']:.0f}–{row['high']:.0f}",
            ]
            for row in classes.iter_rows(named=True)
        ],
    )
    plan = told["plan"]
    typer.echo(
        words(
            "cli.run_plan",
            week=result.plan.week,
            served=plan["served"],
            orders=plan["orders"],
            gap=f"{100 * plan['gap']:.2f}",
            delivered=plan["delivered"],
        )
    )


def _show_ledger(result: RunResult, words: Words) -> None:
    import polars as pl

    ledger = result.ledger.filter((pl.col("patients") > 0) | (pl.col("doses") > 0))
    show_table(
        words("cli.run_ledger"),
        [
            words("cli.col_link"),
            words("cli.col_patients"),
            words("cli.col_interval"),
            words("cli.col_doses"),
        ],
        [
            [
                words(f"report.link.{row['link']}"),
                row["patients"],
                f"{row['low']:.0f}–{row['high']:.0f}",
                row["doses"],
            ]
            for row in ledger.sort("patients", descending=True).iter_rows(named=True)
        ],
    )


def _show_values(result: RunResult, words: Words) -> None:
    from doseline.io.results import told_apart

    values = result.frames["values"]
    if not values.height:
        return
    show_table(
        words("cli.run_values"),
        [words("cli.col_link"), words("cli.value_col_unit"), words("cli.value_col_patients")],
        [
            [
                words(f"report.link.{row['link']}"),
                words(f"report.unit.{row['unit']}"),
                f"{row['patients']:+.1f} [{row['low']:+.1f}, {row['high']:+.1f}]",
            ]
            for row in values.sort("patients", descending=True).iter_rows(named=True)
        ],
    )
    typer.echo(words("cli.run_apart" if told_apart(values) else "cli.run_not_apart"))


def _show_next(result: RunResult, words: Words) -> None:
    import polars as pl

    typer.echo(words("cli.run_assumptions", share=f"{100 * result.assumption_share:.0f}"))
    first = result.frames["assumptions"].filter(
        (pl.col("assumed") > 0) & (pl.col("effect").abs() > 0)
    )
    names = [words(f"input.{name}") for name in first["input"].head(3)]
    if names:
        typer.echo(words("cli.run_find_out", inputs=words("cli.list_joint").join(names)))


def _name(result: RunResult, words: Words) -> str:
    settings = result.network.settings
    return settings.name_zh if words.lang == "zh" and settings.name_zh else settings.name
