"""The page of a week planned again: who moves, who loses a cycle, and whom to call by when.

It is for operations: nothing is hidden, however few people it is of.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.charts.moves import moves_figure
from doseline.io.report.definitions import general_definitions
from doseline.io.report.headline import Tile
from doseline.io.report.numbers import MINUS, day, instant, plain
from doseline.io.report.parts import Section, Table, number_column, text_column
from doseline.io.report.plan_page import EVERYONE, proof
from doseline.io.report.render import render
from doseline.io.report.replan_tables import WEIGHT, batches_table, calls_table, changes_table
from doseline.io.report.words import Word, either, label, same, word
from doseline.model.events import YieldLow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.parts import Row
    from doseline.model.flows import Plan
    from doseline.model.replanned import Replanned

REPLAN = "replan.html"
QUIET = ("unchanged", "waiting")
"""Orders to which nothing happened."""
_DEFINED = ("exact", "dose_account", "batch", "gap_of_cost")


def render_replan(
    replanned: Replanned, before: Plan, calls: pl.DataFrame, *, language: str = "en"
) -> str:
    """The page of a week planned again as one HTML file; the same input, the same bytes.

    Args:
        replanned: The week planned again.
        before: Its plan before.
        calls: Whom to call, columns of :data:`doseline.model.calls.CALL_SCHEMA`.
        language: The language that is shown first; the page holds both.

    Raises:
        UnknownLanguageError: If there is no text in that language.
    """
    settings = replanned.network.settings
    return render(
        "plan",
        language=language,
        title=word("replan.title", network=either(settings.name, settings.name_zh)),
        about=word("replan.about", week=day(replanned.plan.week), at=instant(replanned.at)),
        tiles=_tiles(replanned),
        sentences=_sentences(replanned),
        sections=_sections(replanned, before, calls),
        definitions=general_definitions(EVERYONE, _DEFINED),
        quantities=None,
        version=version("doseline"),
    )


def _sections(replanned: Replanned, before: Plan, calls: pl.DataFrame) -> list[Section]:
    """What a planner sees, then whom to call, then every order."""
    rows = _changed(replanned)
    picture = moves_figure(rows, replanned.at)
    return [
        Section(key="replan_batches", tables=_filled(batches_table(before, replanned.plan))),
        Section(key="replan_picture", figures=() if picture is None else (picture,)),
        Section(
            key="replan_calls",
            say=[word("replan.say_calls" if calls.height else "replan.say_no_calls")],
            tables=_filled(calls_table(calls)),
        ),
        Section(
            key="replan_moves",
            say=[word("replan.say_moves")],
            tables=_filled(changes_table(replanned, rows, before)),
        ),
        _partial(replanned),
        _money(replanned),
    ]


def _filled(table: Table) -> Sequence[Table]:
    return (table,) if table.rows else ()


def _changed(replanned: Replanned) -> list[Row]:
    """Rows to which something happened, those that matter most first."""
    rank = {change: place for place, change in enumerate(WEIGHT)}
    rows = [one for one in replanned.changes.iter_rows(named=True) if one["change"] not in QUIET]
    rows.sort(
        key=lambda row: (
            rank[row["change"]],
            row["inside_window"] is not False,
            -abs(row["days_moved"] or 0),
            row["site"],
            row["order"],
        )
    )
    return rows


def _tiles(replanned: Replanned) -> list[Tile]:
    changes, counts = replanned.changes, replanned.counts
    hit = changes.filter(pl.col("event") != "")
    kept = hit.filter(pl.col("infuse").is_not_null())
    inside = kept.filter(pl.col("inside_window")).height
    lost = changes.filter(pl.col("change") == "lost")
    continuing = lost.filter(pl.col("kind") == "continuing").height
    return [
        Tile(
            name=word("replan.hit"),
            value=same(plain(hit.height)),
            about=word("replan.hit_about", others=plain(replanned.others_moved)),
            define="dose_account",
        ),
        Tile(
            name=word("replan.kept"),
            value=same(plain(kept.height)),
            about=word(
                "replan.kept_about", inside=plain(inside), outside=plain(kept.height - inside)
            ),
            define="dose_account",
        ),
        Tile(
            name=word("replan.lost"),
            value=same(plain(counts["lost"])),
            about=word(
                "replan.lost_about",
                continuing=plain(continuing),
                new=plain(counts["lost"] - continuing),
                saved=plain(counts["saved"]),
            ),
            define="dose_account",
        ),
        Tile(
            name=word("replan.money"),
            value=same(_signed(replanned.cost_after - replanned.cost_before, replanned)),
            about=word("replan.money_about"),
            define="gap_of_cost",
        ),
    ]


def _signed(amount: float, replanned: Replanned) -> str:
    """A difference of money with its sign."""
    sign = "+" if round(amount) > 0 else MINUS if round(amount) < 0 else ""
    return f"{replanned.network.settings.currency}\N{NO-BREAK SPACE}{sign}{plain(abs(amount))}"


def _sentences(replanned: Replanned) -> list[Word]:
    """What happened, and what it means in one breath."""
    told = [_event(str(event)) for event in replanned.events]
    served = word(
        "replan.served",
        before=plain(replanned.served_before),
        after=plain(replanned.served_after),
        orders=plain(replanned.changes.height),
        proof=proof(replanned.plan),
    )
    return [*told, served, word("replan.stands"), word("plan_page.operations")]


def _event(text: str) -> Word:
    """An event in words, and as it was given."""
    kind, _, rest = text.partition(":")
    return word("replan.event", what=label("replan.event_kind", kind), which=rest)


def _partial(replanned: Replanned) -> Section:
    """Who gets less activity than planned, and by which published rule."""
    other = (pl.col("change") == "partial_yield") | pl.col("what").str.contains("activity")
    partial = replanned.changes.filter(other & pl.col("label_percent").is_not_null())
    rule = [word(f"note.{one.key}", **one.values) for one in replanned.plan.notes[:1]]
    if partial.is_empty():
        return Section(key="replan_partial", say=[word("replan.say_no_partial")])
    share = partial["label_percent"].to_numpy()
    low, high = plain(float(share.min()), 1), plain(float(share.max()), 1)
    key = "replan.one_share" if low == high else "replan.share"
    said = word(
        "replan.say_partial", count=plain(partial.height), share=word(key, low=low, high=high)
    )
    low_yield = any(isinstance(one, YieldLow) for one in replanned.events)
    told = [word("replan.partial_rule"), *rule] if low_yield else []
    return Section(key="replan_partial", say=[said, *told])


def _money(replanned: Replanned) -> Section:
    """What the change costs, and what a move counted."""
    fees = float(replanned.changes["fee"].sum() or 0.0)
    facts = [
        ("cost_before", replanned.cost_before),
        ("cost_after", replanned.cost_after),
        ("written_off", replanned.plan.written_off),
        ("fees", fees),
        ("move_price", replanned.move_price),
        ("move_total", replanned.move_total),
    ]
    currency = replanned.network.settings.currency
    table = Table(
        caption=word("section.replan_money"),
        columns=[
            text_column("quantity"),
            number_column("replan_amount", "gap_of_cost", currency=currency),
        ],
        rows=[[word(f"replan.{name}"), same(plain(value))] for name, value in facts],
    )
    return Section(key="replan_money", say=[word("replan.say_money")], tables=[table])
