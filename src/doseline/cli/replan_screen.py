"""What ``doseline replan`` shows: who changes, to when, what is lost, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.cli.plan_screen import FIRST, proof_words
from doseline.cli.screen import Words, number, show, show_table
from doseline.model.events import YieldLow

if TYPE_CHECKING:
    from pathlib import Path

    from doseline.model.planned import PlannedWeek
    from doseline.model.replanned import Replanned

_WEIGHT = (
    "lost",
    "withdrawn",
    "swapped",
    "moved",
    "added",
    "saved",
    "adjusted",
    "partial_yield",
)
"""What is read first."""
_ROWS = 30
"""Orders that one page shows; the folder has all."""
_NAMES = 5


def show_replan(planned: PlannedWeek, found: Replanned, words: Words) -> None:
    """One page: the sum, each order that changes, partial yields, what was lost, what to do."""
    _show_sum(planned, found, words)
    _show_changes(found, words)
    _show_partial(found, words)
    _show_swapped(found, words)
    _show_lost(planned, found, words)
    show("")
    show(
        words(
            "cli.replan_price",
            amount=number(found.move_price, 0),
            adjusted=number(found.adjust_price, 0),
            currency=planned.network.settings.currency,
        )
    )


def show_folder(found: Replanned, folder: Path, words: Words) -> None:
    """Where the plan and its pages are, and how to ask about who has no dose."""
    show(words("cli.plan_at", folder=folder))
    show(words("cli.replan_page", folder=folder))
    left = found.changes.filter(
        pl.col("infuse").is_null() & pl.col("change").is_in(["lost", "added"])
    )["order"]
    if left.len():
        names = words.listed(left.head(FIRST).to_list())
        show(words("cli.plan_ask", orders=names, folder=folder, order=left[0]))


def _show_sum(planned: PlannedWeek, found: Replanned, words: Words) -> None:
    """How many are served, what it costs, and how good that is."""
    currency = planned.network.settings.currency
    show(
        words(
            "cli.replan_headline",
            week=found.plan.week,
            at=f"{found.at:%Y-%m-%d %H:%M}",
            served=number(found.served_after, 0),
            before=number(found.served_before, 0),
            orders=number(found.changes.height, 0),
        )
    )
    told = [
        words(
            "cli.replan_count",
            what=words(f"report.replan.change.{change}"),
            count=number(count, 0),
        )
        for change, count in found.counts.items()
        if count and change != "waiting"
    ]
    show(words("cli.replan_counts", counts=words.listed(told)))
    show(
        words(
            "cli.replan_others",
            others=number(found.others_moved, 0),
            most=words("cli.replan_no_most")
            if found.most_moves is None
            else number(found.most_moves, 0),
        )
    )
    show(
        words(
            "cli.replan_cost",
            before=number(found.cost_before, 0),
            after=number(found.cost_after, 0),
            change=number(found.cost_after - found.cost_before, 0, sign=True),
            currency=currency,
            proof=proof_words(found.plan, words),
        )
    )
    fees = float(found.changes["fee"].sum())
    if fees:
        show(words("cli.replan_fees", amount=number(fees, 2), currency=currency))


def _show_changes(found: Replanned, words: Words) -> None:
    """Each order to which something happened, those first who lose a dose."""
    rank = {change: place for place, change in enumerate(_WEIGHT)}
    changed = found.changes.filter(pl.col("change").is_in(_WEIGHT)).with_columns(
        rank=pl.col("change").replace_strict(rank, default=0, return_dtype=pl.Int64)
    )
    if changed.is_empty():
        show(words("cli.replan_nothing"))
        return
    changed = changed.sort("rank", "infuse_before", "infuse", "order", nulls_last=True)
    columns = ("order", "site", "what", "before", "now", "batch", "window", "cause")
    show_table(
        words("cli.replan_changes", orders=number(changed.height, 0)),
        [words(f"cli.replan_col_{name}") for name in columns],
        [_row(row, words) for row in changed.head(_ROWS).iter_rows(named=True)],
    )
    if changed.height > _ROWS:
        show(words("cli.replan_more", orders=number(changed.height - _ROWS, 0)))


def _row(row: dict[str, Any], words: Words) -> list[str]:
    """One order of the table."""
    return [
        row["order"],
        row["site"],
        words(f"report.replan.change.{row['change']}"),
        _when(row["infuse_before"]),
        _when(row["infuse"]),
        row["batch"] or "-",
        _window(row, words),
        _because(row, words),
    ]


def _because(row: dict[str, Any], words: Words) -> str:
    """Why it changed; of an added order that gets no dose, what stands in its way."""
    if row["change"] == "added" and row["reason"]:
        return words(f"report.reason.{row['reason']}")
    return words(f"report.replan.cause.{row['cause']}") if row["cause"] else "-"


def _when(instant: Any) -> str:
    return "-" if instant is None else f"{instant:%m-%d %H:%M}"


def _window(row: dict[str, Any], words: Words) -> str:
    if row["inside_window"] is None:
        return "-"
    return words("cli.replan_inside" if row["inside_window"] else "cli.replan_outside")


def _show_partial(found: Replanned, words: Words) -> None:
    """Who gets another activity, and by which rule."""
    partial = found.changes.filter(pl.col("what").str.split(" ").list.contains("activity"))
    if partial.is_empty():
        return
    share = partial["label_percent"].to_numpy()
    low, high = number(float(share.min())), number(float(share.max()))
    key = "cli.replan_one_share" if low == high else "cli.replan_share"
    show("")
    show(
        words(
            "cli.replan_partial",
            orders=_named(partial["order"], words),
            share=words(key, low=low, high=high),
        )
    )
    if any(isinstance(one, YieldLow) for one in found.events):
        show(words("report.replan.partial_rule"))
        rule = next(note for note in found.plan.notes if note.key == "shortage_rule")
        show(words(f"report.note.{rule.key}", **rule.values))


def _show_swapped(found: Replanned, words: Words) -> None:
    """Vials that go to another order than the one that they were made for."""
    swapped = found.changes.filter("new_identity_check")
    for row in swapped.head(_NAMES).iter_rows(named=True):
        show(words("cli.replan_swapped", order=row["order"], vial_of=row["vial_of"]))
    if swapped.height > _NAMES:
        show(words("cli.replan_more", orders=number(swapped.height - _NAMES, 0)))


def _show_lost(planned: PlannedWeek, found: Replanned, words: Words) -> None:
    """What stands in the way of those who lost their dose."""
    lost = found.changes.filter(pl.col("change") == "lost")
    if lost.is_empty():
        return
    continuing = lost.filter(pl.col("kind") == "continuing").height
    counts = lost.group_by("link", "reason").len().sort("len", "reason", descending=[True, False])
    show_table(
        words(
            "cli.replan_lost",
            orders=number(lost.height, 0),
            continuing=number(continuing, 0),
            new=number(lost.height - continuing, 0),
            currency=planned.network.settings.currency,
        ),
        [words("cli.col_link"), words("cli.plan_col_reason"), words("cli.plan_col_orders")],
        [
            [words(f"report.link.{link}"), words(f"report.reason.{reason}"), number(count, 0)]
            for link, reason, count in counts.iter_rows()
        ],
    )


def _named(orders: pl.Series, words: Words) -> str:
    """Some names, and how many more."""
    names = words.listed(orders.head(_NAMES).to_list())
    more = orders.len() - _NAMES
    return words("cli.replan_and_more", names=names, more=number(more, 0)) if more > 0 else names
