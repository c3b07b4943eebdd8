"""What a comparison says on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doseline.cli.screen import Words, number, show, show_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.model.comparison import Comparison


def show_comparison(comparison: Comparison, answer: Mapping[str, Any], words: Words) -> None:
    """Headline, ledger and money of all results, and what they differ in."""
    show(words("cli.compare_paired" if comparison.paired else "cli.compare_apart"))
    _show_headline(answer, words)
    _show_ledger(answer, words)
    rows = [
        [words(f"report.compare.kind_{one['kind']}"), one["key"], *one["values"]]
        for one in answer["differs"]
    ]
    if rows:
        heads = [words("cli.compare_col_kind"), words("cli.compare_col_key"), *comparison.tags]
        show_table(words("cli.compare_differs"), heads, rows)
    show("")


def _show_headline(answer: Mapping[str, Any], words: Words) -> None:
    names = ("result", "eligible", "share", "difference", "assumed", "payment", "cost")
    show_table(
        words("cli.compare_headline"),
        [words(f"cli.compare_col_{name}") for name in names],
        [_headline_row(one, words) for one in answer["results"]],
    )


def _headline_row(one: Mapping[str, Any], words: Words) -> list[str]:
    share, difference = one["share_in_time"], one["difference_points"]
    hidden = words("cli.compare_hidden")
    shown = (
        f"{number(100 * share['value'])} ({number(100 * share['low'])}–{number(100 * share['high'])})"
        if share
        else hidden
    )
    changed = "–"
    if difference:
        ends = ", ".join(number(end, sign=True) for end in difference["interval"])
        changed = f"{number(difference['value'], sign=True)} [{ends}]"
    assumed = one["assumption_share"]
    return [
        f"{one['result']} {one['folder']}",
        number(one["eligible"], 0) if one["eligible"] is not None else hidden,
        shown,
        changed,
        "–" if assumed is None else number(100 * assumed, 0),
        *(
            hidden if one[name] is None else f"{number(float(one[name]), 0)} {one['currency']}"
            for name in ("payment_per_patient", "cost_per_patient")
        ),
    ]


def _show_ledger(answer: Mapping[str, Any], words: Words) -> None:
    tags = [one["result"] for one in answer["results"]]
    show_table(
        words("cli.compare_ledger"),
        [words("cli.compare_col_link"), *tags],
        [
            [words(f"report.link.{row['link']}"), *(_percent(one, words) for one in row["results"])]
            for row in answer["ledger"]
            if any(one["patients"] != 0 for one in row["results"])
        ],
    )


def _percent(one: Mapping[str, Any], words: Words) -> str:
    share = one["of_eligible"]
    return words("cli.compare_hidden") if share is None else number(100 * share)
