"""What a plan says of promised days and later cycles: fees for promises not kept, cycles that move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from doseline.io.report.numbers import day, plain
from doseline.io.report.parts import Section, Table, number_column, text_column, time_column
from doseline.io.report.words import label, same, word

if TYPE_CHECKING:
    from doseline.model.flows import Plan


def promise_sections(plan: Plan, currency: str) -> list[Section]:
    """A section on promises and later cycles; none if the plan has neither.

    Args:
        plan: The plan.
        currency: ISO 4217 code of the network's money.
    """
    moved = plan.reservations.filter(pl.col("day").ne_missing(pl.col("day_before")))
    tables = [
        table for table in (_fees_table(plan.fees, currency), _moved_table(moved)) if table.rows
    ]
    if not plan.fees.height and not plan.reservations.height:
        return []
    said = word(
        "plan_page.say_promises",
        fees=plain(plan.fees.height),
        amount=f"{plain(float(plan.fees['amount'].sum()), 2)} {currency}",
        held=plain(plan.reservations.height),
        moved=plain(moved.height),
    )
    return [Section(key="plan_promises", say=[said], tables=tables)]


def _fees_table(fees: pl.DataFrame, currency: str) -> Table:
    """Each promise that is not kept at a fee, dearest first."""
    return Table(
        caption=word("plan_page.fees"),
        columns=[
            text_column("plan_order"),
            text_column("product"),
            time_column("plan_promised"),
            time_column("plan_given"),
            number_column("plan_rung"),
            number_column("plan_fee_share"),
            number_column("plan_fee", currency=currency),
        ],
        rows=[
            [
                same(row["order"]),
                same(row["product"]),
                same(day(row["promised"])),
                label("plan_page", row["why"]) if row["day"] is None else same(day(row["day"])),
                same(plain(row["days_before"])),
                same(plain(row["fee_percent"], 1)),
                same(plain(row["amount"], 2)),
            ]
            for row in fees.sort("amount", "order", descending=[True, False]).iter_rows(named=True)
        ],
    )


def _moved_table(moved: pl.DataFrame) -> Table:
    """Each later cycle that does not keep its day, in order of that day."""
    return Table(
        caption=word("plan_page.later_cycles"),
        columns=[
            text_column("plan_patient"),
            text_column("product"),
            number_column("plan_cycle_number"),
            text_column("site"),
            text_column("plan_suite"),
            time_column("plan_held"),
            time_column("plan_held_now"),
        ],
        rows=[
            [
                same(row["patient"]),
                same(row["product"]),
                same(plain(row["cycle"])),
                same(row["site"]),
                same(row["suite"]),
                same(day(row["day_before"])),
                word("plan_page.not_held") if row["day"] is None else same(day(row["day"])),
            ]
            for row in moved.sort("day_before", "patient", "cycle").iter_rows(named=True)
        ],
    )
