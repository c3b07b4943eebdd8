"""What ``doseline plan`` shows: how many are served, which batches run, what stops the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.flows import Plan
    from doseline.model.planned import PlannedWeek

FIRST = 3
"""Orders that are named as those to ask about."""


def show_plan(planned: PlannedWeek, folder: Path, words: Words) -> None:
    """The summary of a plan, and what to do next."""
    plan = planned.plan
    left = plan.flows.filter(pl.col("line").is_null())
    if planned.drawn:
        show(words("cli.plan_drawn"))
    show(
        words(
            "cli.plan_headline",
            week=plan.week,
            served=number(plan.flows.height - left.height, 0),
            orders=number(plan.flows.height, 0),
            cost=number(plan.cost, 0),
            currency=planned.network.settings.currency,
            proof=proof_words(plan, words),
        )
    )
    _show_batches(planned, words)
    _show_left(left, words)
    show("")
    show(words("cli.plan_at", folder=folder))
    show(words("cli.plan_papers", folder=folder))
    if left.height:
        names = words.listed(left["order"].head(FIRST).to_list())
        show(words("cli.plan_ask", orders=names, folder=folder, order=left["order"][0]))


def proof_words(plan: Plan, words: Words) -> str:
    """How good a plan is: in money, or in orders where the gap is worth one or more."""
    if plan.more_orders:
        return words("cli.run_short", orders=number(plan.more_orders, 0))
    if plan.gap_of_cost < 5e-5:
        return words("cli.run_best")
    return words("cli.run_gap", gap=number(100 * plan.gap_of_cost, 2))


def _show_batches(planned: PlannedWeek, words: Words) -> None:
    """The batches that run, each against what it could make."""
    opened = planned.plan.batches.filter(pl.col("open")).sort("start")
    show_table(
        words("cli.plan_batches", opened=opened.height, slots=planned.plan.batches.height),
        [
            words(f"cli.plan_col_{name}")
            for name in ("batch", "product", "start", "release", "doses", "activity")
        ],
        [
            [
                row["batch"],
                row["product"],
                f"{row['start']:%Y-%m-%d %H:%M}",
                f"{row['release']:%Y-%m-%d %H:%M}",
                f"{number(row['doses'], 0)} / {number(row['max_doses'], 0)}",
                f"{activity(row['activity_gbq'])} / {activity(row['max_activity_gbq'])}",
            ]
            for row in opened.iter_rows(named=True)
        ],
    )


def activity(gbq: float) -> str:
    """An activity as a number; vials of some nuclides hold a hundredth of a GBq.

    >>> activity(34.507), activity(0.04221)
    ('34.5', '0.0422')
    """
    return number(gbq, 1 if gbq >= 1.0 else 4)


def _show_left(left: pl.DataFrame, words: Words) -> None:
    """Orders that are not served, by what stands in their way."""
    if left.is_empty():
        return
    counts = left.group_by("link", "reason").len().sort("len", "reason", descending=[True, False])
    show_table(
        words("cli.plan_left", orders=number(left.height, 0)),
        [words("cli.col_link"), words("cli.plan_col_reason"), words("cli.plan_col_orders")],
        [
            [words(f"report.link.{link}"), words(f"report.reason.{reason}"), number(count, 0)]
            for link, reason, count in counts.iter_rows()
        ],
    )
