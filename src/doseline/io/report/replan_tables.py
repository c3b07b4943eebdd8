"""The tables of a week planned again: calls to make, orders that change, batches that differ."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.moments import at_place
from doseline.io.report.numbers import NOTHING, day, plain
from doseline.io.report.parts import Table, number_column, text_column, time_column
from doseline.io.report.printed import number as significant
from doseline.io.report.words import Word, either, label, listed, same, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.parts import Cell, Row
    from doseline.model.flows import Plan
    from doseline.model.replanned import Replanned

WEIGHT = ("lost", "withdrawn", "moved", "swapped", "adjusted", "partial_yield", "added", "saved")
"""What a planner reads first."""
_DIGITS = 6
"""Significant digits in which activities differ; less is rounding."""


def calls_table(calls: pl.DataFrame) -> Table:
    """Whom to call, by when, and what to say."""
    return Table(
        caption=word("section.replan_calls"),
        columns=[
            time_column("replan_by"),
            text_column("replan_who"),
            text_column("replan_say"),
        ],
        rows=[
            [same(at_place(row["by"], row["zone"])), _who(row), _what(row)]
            for row in calls.iter_rows(named=True)
        ],
    )


def _who(row: Row) -> Word:
    """The line, the carrier at a place, or the site."""
    if row["kind"] == "carrier":
        mode = label("mode", row["mode"])
        who: Word = same(row["who"]) if row["who"] else mode
        return word("replan.carrier", carrier=who, place=row["place"])
    name = either(row["name"] or row["who"], row["name_zh"])
    return word(f"replan.{row['kind']}", short=row["who"], name=name)


def _what(row: Row) -> Word:
    """What the one who is called must know."""
    if row["kind"] == "site":
        counts: Counter[str] = Counter(row["changes"])
        parts = [
            word(f"replan.tell_{change}", count=plain(counts[change]))
            for change in WEIGHT
            if counts[change]
        ]
        return listed(parts)
    values = {"before": plain(row["before"]), "after": plain(row["after"])}
    if row["kind"] == "line":
        return word("replan.tell_line", batch=row["batch"], **values)
    return word("replan.tell_carrier", departures=plain(row["departures"]), **values)


def changes_table(replanned: Replanned, rows: Sequence[Row], before: Plan) -> Table:
    """Each order to which something happened: before, now, and whether that is in its window."""
    paid = dict(before.fees.select("order", "amount").iter_rows())
    zones = dict(replanned.network.frame("sites").select("site", "zone").iter_rows())
    return Table(
        caption=word("replan.changes"),
        columns=[
            text_column("plan_order"),
            text_column("plan_patient"),
            text_column("site"),
            text_column("plan_cycle"),
            text_column("replan_change"),
            time_column("replan_before"),
            time_column("replan_after"),
            text_column("replan_window"),
            text_column("replan_batch"),
            number_column("replan_label", "dose_account"),
            number_column("replan_cost", "gap_of_cost", currency=_currency(replanned)),
            text_column("replan_note"),
        ],
        rows=[_change(row, zones[row["site"]], paid=paid.get(row["order"], 0.0)) for row in rows],
    )


def _currency(replanned: Replanned) -> str:
    return replanned.network.settings.currency


def _change(row: Row, zone: str, *, paid: float) -> list[Cell]:
    """One order; a fee that was in the plan before is no change."""
    return [
        same(row["order"]),
        same(row["patient"]),
        same(row["site"]),
        label("sheet.kind", row["kind"]),
        label("replan.change", row["change"]),
        same(at_place(row["infuse_before"], zone)),
        same(at_place(row["infuse"], zone)),
        _window(row),
        _batch(row),
        same(plain(row["label_percent"], 1)),
        same(plain((row["cost_change"] or 0.0) + (row["fee"] or 0.0) - paid)),
        _remark(row),
    ]


def _window(row: Row) -> Word:
    """The days that were ordered, and whether the infusion now lies in them."""
    key = {True: "inside", False: "outside", None: "no_dose"}[row["inside_window"]]
    return word(f"replan.{key}", low=day(row["earliest"]), high=day(row["latest"]))


def _batch(row: Row) -> Word:
    """The batch before and now, once where it is the same."""
    before, now = row["batch_before"] or NOTHING, row["batch"] or NOTHING
    return same(now if before == now else f"{before} → {now}")


def _remark(row: Row) -> Word:
    """A new identity check, what stands in the way, or why it changed at all."""
    if row["new_identity_check"]:
        return word("replan.identity", order=row["vial_of"] or NOTHING)
    if row["link"]:
        return listed([label("link", row["link"]), label("reason", row["reason"])])
    return label("replan.cause", row["cause"]) if row["cause"] else same(NOTHING)


def batches_table(before: Plan, now: Plan) -> Table:
    """Batches that fill other vials than before."""
    was, now_filled = (_filling(plan) for plan in (before, now))
    about = pl.concat(
        [plan.batches.select("batch", "line", "product", "ready") for plan in (before, now)]
    )
    differ = (
        about.unique("batch", keep="last")
        .join(was, on="batch", how="left")
        .join(now_filled, on="batch", how="left", suffix="_now")
        .filter(~pl.col("orders").eq_missing(pl.col("orders_now")))
    )
    return Table(
        caption=word("section.replan_batches"),
        columns=[
            text_column("batch", "batch"),
            text_column("line"),
            text_column("product"),
            number_column("replan_vials_before", "dose_account"),
            number_column("replan_vials", "dose_account"),
            number_column("replan_activity_before", "dose_account"),
            number_column("replan_activity", "dose_account"),
        ],
        rows=[
            [
                same(row["batch"]),
                same(row["line"]),
                same(row["product"]),
                same(plain(len(row["orders"] or ()))),
                same(plain(len(row["orders_now"] or ()))),
                same(significant(row["activity_gbq"] or 0.0)),
                same(significant(row["activity_gbq_now"] or 0.0)),
            ]
            for row in differ.sort("ready", "batch").iter_rows(named=True)
        ],
    )


def _filling(plan: Plan) -> pl.DataFrame:
    """batch, orders that get its vials with their activity, and their sum at calibration."""
    vials = plan.flows.drop_nulls("batch").group_by("batch")
    return vials.agg(
        orders=pl.struct("order", pl.col("activity_ready_gbq").round_sig_figs(_DIGITS)).sort(),
        activity_gbq=pl.col("activity_ready_gbq").sum(),
    )
