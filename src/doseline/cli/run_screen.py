"""What a run says on the screen: what came out, what binds, what to find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.cli.plan_screen import proof_words
from doseline.cli.screen import Words, number, show, show_table
from doseline.io.results import BRIEF, summary_of
from doseline.model.result import told_apart

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.result import RunResult

FIRST = 3
"""Inputs that are named as those to find out first."""


def show_run(result: RunResult, report: Path, words: Words) -> None:
    """The summary of a run, and where its report is."""
    _show_headline(result, words)
    _show_plan(result, words)
    _show_ledger(result, words)
    _show_values(result, words)
    _show_next(result, words)
    show(words("cli.brief_at", brief=report.with_name(BRIEF)))
    show(words("cli.report_at", report=report))


def interval(low: float, high: float) -> str:
    """Two ends of an interval of counts."""
    return f"{number(low, 0)}–{number(high, 0)}"


def gained(value: float, low: float, high: float, decimals: int = 1) -> str:
    """A difference with its interval."""
    ends = ", ".join(number(one, decimals, sign=True) for one in (low, high))
    return f"{number(value, decimals, sign=True)} [{ends}]"


def _show_headline(result: RunResult, words: Words) -> None:
    told = summary_of(result)
    settings, share = result.network.settings, told["share_in_time"]
    zh = words.lang == "zh" and settings.name_zh
    show(
        words(
            "cli.run_headline",
            network=settings.name_zh if zh else settings.name,
            eligible=number(told["patients"]["eligible"], 0),
            share=number(100 * share["value"]),
            low=number(100 * share["low"]),
            high=number(100 * share["high"]),
        )
    )
    classes = result.frames["patients"]
    show_table(
        words("cli.run_classes"),
        [words("cli.col_class"), words("cli.col_patients"), words("cli.col_interval")],
        [
            [
                words(f"report.class.{row['class']}"),
                number(row["patients"], 0),
                interval(row["low"], row["high"]),
            ]
            for row in classes.iter_rows(named=True)
        ],
    )


def _show_plan(result: RunResult, words: Words) -> None:
    plan = summary_of(result)["plan"]
    show("")
    show(
        words(
            "cli.run_plan",
            week=result.plan.week,
            served=number(plan["served"], 0),
            orders=number(plan["orders"], 0),
            proof=proof_words(result.plan, words),
            delivered=number(plan["delivered"], 0),
        )
    )
    lost = result.plan.flows.filter(pl.col("line").is_null()).group_by("link").len()
    if lost.height:
        links = [
            words("cli.run_lost_by", link=words(f"report.link.{link}"), count=number(count, 0))
            for link, count in lost.sort(["len", "link"], descending=[True, False]).iter_rows()
        ]
        show(words("cli.run_unserved", links=words.listed(links)))


def _show_ledger(result: RunResult, words: Words) -> None:
    ledger = result.ledger.filter((pl.col("patients") > 0) | (pl.col("doses") > 0))
    show_table(
        words("cli.run_ledger"),
        [
            words(f"cli.col_{name}")
            for name in ("link", "patients", "interval", "late", "never", "exit", "doses")
        ],
        [
            [
                words(f"report.link.{row['link']}"),
                number(row["patients"], 0),
                interval(row["low"], row["high"]),
                *(number(row[name], 0) for name in ("late", "never", "clinical_exit", "doses")),
            ]
            for row in ledger.sort("patients", "doses", descending=True).iter_rows(named=True)
        ],
    )


def _show_values(result: RunResult, words: Words) -> None:
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
                gained(row["patients"], row["low"], row["high"]),
            ]
            for row in values.sort("patients", descending=True).iter_rows(named=True)
        ],
    )
    ranked = values.sort("patients", descending=True).to_dicts()
    show(words("cli.run_apart" if told_apart(ranked) else "cli.run_not_apart"))


def _show_next(result: RunResult, words: Words) -> None:
    show("")
    share = result.assumption_share
    if share is None:
        show(words("cli.run_no_effect"))
    else:
        show(words("cli.run_assumptions", share=number(100 * share, 0)))
    first = result.frames["assumptions"].filter(
        (pl.col("assumed") > 0) & (pl.col("effect").abs() > 0)
    )
    names = [words(f"input.{name}") for name in first["input"].head(FIRST)]
    if names:
        show(words("cli.run_find_out", inputs=words.listed(names)))
