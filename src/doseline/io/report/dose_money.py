"""What doses of each product, channel and payer leave every party, without groups too small to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from doseline.io.report.headline import frame
from doseline.io.report.numbers import plain
from doseline.io.report.parts import Table, number_column, text_column
from doseline.io.report.words import Word, either, label, word
from doseline.model.ledger import PARTIES

if TYPE_CHECKING:
    from doseline.io.report.parts import Cell, Row
    from doseline.io.report.privacy import Privacy
    from doseline.model.result import RunResult

KEYS = ("product", "channel", "payer")
SIDES = ("revenue", "cost", "margin")
_EVERYONE = (*PARTIES, "outside")


def money_groups(doses: pl.DataFrame, privacy: Privacy) -> list[dict[str, Any]]:
    """Groups of doses by product, channel and payer: their number, and money by party.

    A group of too few people, or one that would reveal it, has neither.

    Args:
        doses: The frame ``dose_money`` of a run.
        privacy: The smallest group that may be shown.
    """
    if "order" not in doses.columns or "party" not in doses.columns:
        return []
    of_doses = doses.filter(pl.col("order").is_not_null())
    groups = of_doses.group_by(KEYS).agg(pl.col("order").n_unique().alias("doses")).sort(KEYS)
    sums = of_doses.group_by(*KEYS, "party").agg(pl.col(SIDES).sum())
    hidden = privacy.hidden(groups["doses"].to_list())
    return [
        {
            **group,
            "doses": None if gone else group["doses"],
            "parties": None if gone else _parties(sums, group),
        }
        for group, gone in zip(groups.iter_rows(named=True), hidden, strict=True)
    ]


def dose_money_table(result: RunResult, privacy: Privacy) -> Table:
    """What the doses of each group leave every party, in all."""
    groups = money_groups(frame(result, "dose_money"), privacy)
    seen = {party for group in groups for party in group["parties"] or ()}
    parties = [party for party in _EVERYONE if party in seen]
    currency = result.network.settings.currency
    names = {table: _names(result, table) for table in ("products", "payers")}
    return Table(
        caption=word("table.dose_money", smallest=privacy.smallest),
        columns=[
            text_column("product"),
            text_column("channel"),
            text_column("payer"),
            number_column("doses"),
            *(
                number_column(
                    "margin_of", "dose_money", party=label("party", party), currency=currency
                )
                for party in parties
            ),
        ],
        rows=[_row(group, parties, names, privacy) for group in groups] if parties else [],
    )


def _row(
    group: Row, parties: list[str], names: dict[str, dict[str, Word]], privacy: Privacy
) -> list[Cell]:
    facts: list[Cell] = [
        names["products"][group["product"]],
        label("channel", group["channel"]),
        names["payers"][group["payer"]],
    ]
    told = group["parties"]
    if told is None:
        return [*facts, *([privacy.blank] * (1 + len(parties)))]
    margins = [float(told[party]["margin"]) if party in told else None for party in parties]
    return [*facts, privacy.count(group["doses"]), *(_plain(one) for one in margins)]


def _plain(amount: float | None) -> Word:
    shown = plain(amount)
    return Word(shown, shown)


def _parties(sums: pl.DataFrame, group: Row) -> dict[str, dict[str, str]]:
    """Revenue, cost and margin of each party in a group, exact, as text."""
    of_group = sums.filter(pl.col(key) == group[key] for key in KEYS)
    found = {row["party"]: row for row in of_group.iter_rows(named=True)}
    return {
        party: {side: str(found[party][side]) for side in SIDES}
        for party in _EVERYONE
        if party in found
    }


def _names(result: RunResult, table: str) -> dict[str, Word]:
    rows = result.network.frame(table).select(table.removesuffix("s"), "name", "name_zh")
    return {key: either(name, name_zh) for key, name, name_zh in rows.iter_rows()}
