"""The tables of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from doseline.io.report.charts.map_tables import share_text
from doseline.io.report.numbers import NOTHING, hundredth, money, plain
from doseline.io.report.parts import Cell, Row, Table, number_column, span, text_column
from doseline.io.report.words import Word, label, listed, same, word
from doseline.model.ledger import CLASSES, PARTIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from doseline.io.report.cohort import Cohort, Group
    from doseline.io.report.privacy import Privacy
    from doseline.model.comparison import Comparison, Stored

_FIRST = 3
"""Inputs that are named as those to find out first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A comparison with what may be shown of it."""

    comparison: Comparison
    cohorts: Mapping[str, Cohort]
    names: Mapping[str, Word]
    privacy: Privacy

    @property
    def tags(self) -> tuple[str, ...]:
        """The letter of each result."""
        return self.comparison.tags

    @property
    def others(self) -> tuple[str, ...]:
        """Letters of the results that are told as differences against the first."""
        return self.tags[1:] if self.comparison.paired else ()


def ledger_table(view: View) -> Table:
    """Every class and link: patients and share of the eligible of each result, and differences."""
    columns = [text_column("class_or_link", "link")]
    for name in view.names.values():
        columns.append(number_column("patients_of", "link_patients", name=name))
        columns.append(number_column("percent_of", "of_eligible", name=name))
    for tag in view.others:
        columns.append(number_column("difference_of", "difference", name=tag))
        columns.append(number_column("interval", "difference"))
    keys = [("class", key) for key in CLASSES]
    keys += [("link", group.key) for group in view.cohorts[view.tags[0]].links]
    return Table(
        caption=word("compare.ledger"),
        columns=columns,
        rows=[_ledger_row(view, kind, key) for kind, key in keys],
    )


def _ledger_row(view: View, kind: str, key: str) -> list[Cell]:
    groups = {tag: group_of(cohort, kind, key) for tag, cohort in view.cohorts.items()}
    row: list[Cell] = [label(kind, key)]
    for tag, group in groups.items():
        shown = group is not None and group.shown
        row.append(view.privacy.shown(group.people if group else 0, shown=shown))
        share = group.people / max(view.cohorts[tag].eligible, 1) if group and shown else None
        row.append(same(hundredth(share)))
    frame = view.comparison.frames["classes" if kind == "class" else "links"]
    found = {one["result"]: one for one in frame.iter_rows(named=True) if one[kind] == key}
    every = all(group is not None and group.shown for group in groups.values())
    for tag in view.others:
        one = found[tag]
        row.append(same(signed(one["difference"], 1)) if every else view.privacy.blank)
        row.append(span(one["diff_low"], one["diff_high"], 1) if every else same(NOTHING))
    return row


def group_of(cohort: Cohort, kind: str, key: str) -> Group | None:
    """A class or a link of a cohort."""
    groups = cohort.classes if kind == "class" else cohort.links
    return next((group for group in groups if group.key == key), None)


def signed(value: float | None, digits: int) -> str:
    """A difference with its sign.

    >>> signed(1.25, 1), signed(-0.5, 1), signed(0.0, 1)
    ('+1.2', '−0.5', '0')
    """
    text = plain(value, digits)
    return f"+{text}" if value is not None and value > 0 and text != "0" else text


def moved_table(view: View) -> Table:
    """Who gains and who loses: areas shown in the first and the last result, by change."""
    comparison, names, privacy = view.comparison, view.names, view.privacy
    first, last = view.tags[0], view.tags[-1]
    cells: dict[str, dict[str, Row]] = {}
    for row in comparison.frames["areas"].iter_rows(named=True):
        if row["share"] is not None and not privacy.hides(row["eligible"]):
            cells.setdefault(row["area"], {})[row["result"]] = row
    both = {area: cell for area, cell in cells.items() if first in cell and last in cell}
    order = sorted(both, key=lambda area: (-_change(both[area], first, last), area))
    return Table(
        caption=word("compare.moved"),
        columns=[
            text_column("part_of"),
            *(number_column("share_of", "in_time", name=names[tag]) for tag in (first, last)),
            number_column("change_points", "difference"),
            *(text_column("link_of", "binding", name=names[tag]) for tag in (first, last)),
        ],
        rows=[
            [
                same(area or NOTHING),
                *(same(share_text(both[area][tag], privacy)) for tag in (first, last)),
                _points(both[area], first, last, privacy),
                *(label("link", both[area][tag]["link"]) for tag in (first, last)),
            ]
            for area in order
        ],
    )


def _change(cell: Mapping[str, Row], first: str, last: str) -> float:
    return float(cell[last]["share"] - cell[first]["share"])


def _points(cell: Mapping[str, Row], first: str, last: str, privacy: Privacy) -> Word:
    """The change in percentage points, unless a share is only told as a band."""
    for tag in (first, last):
        in_time = cell[tag]["in_time"] or 0
        if privacy.hides(in_time) or privacy.hides(cell[tag]["eligible"] - in_time):
            return privacy.blank
    return same(signed(100 * _change(cell, first, last), 1))


def per_patient_table(view: View) -> Table:
    """Payment and cost of each patient infused in the planned week, each in its own currency."""
    comparison, names, privacy = view.comparison, view.names, view.privacy
    rows = {
        (row["result"], row["what"]): row
        for row in comparison.frames["per_patient"].iter_rows(named=True)
    }
    return Table(
        caption=word("compare.per_patient"),
        columns=[
            text_column("result"),
            number_column("patients", "per_patient"),
            number_column("payment_each", "per_patient"),
            number_column("cost_each", "per_patient"),
        ],
        rows=[
            [
                names[tag],
                privacy.count(rows[tag, "payment"]["patients"]),
                *(
                    privacy.blank
                    if privacy.hides(rows[tag, what]["patients"])
                    else same(_amount(rows[tag, what]))
                    for what in ("payment", "cost")
                ),
            ]
            for tag in comparison.tags
        ],
    )


def _amount(row: Row) -> str:
    return NOTHING if row["amount"] is None else money(row["amount"], row["currency"])


def money_table(view: View) -> Table:
    """What each party receives less what it pays in the planned week, each in its own currency."""
    comparison, names = view.comparison, view.names
    net = {
        (row["result"], row["party"]): row
        for row in comparison.frames["money"].iter_rows(named=True)
    }
    place = {party: k for k, party in enumerate(PARTIES)}
    parties = sorted({party for _, party in net}, key=lambda one: (place.get(one, 99), one))
    columns = [text_column("party", "money")]
    for tag, one in zip(comparison.tags, comparison.results, strict=True):
        columns.append(number_column("net_of", "money", name=names[tag], currency=one.currency))
    if comparison.paired:
        last = comparison.tags[-1]
        currency = comparison.results[0].currency
        columns.append(number_column("net_change", "money", name=last, currency=currency))
    return Table(
        caption=word("compare.money"),
        columns=columns,
        rows=[_money_row(comparison, net, party) for party in parties],
    )


def _money_row(
    comparison: Comparison, net: Mapping[tuple[str, str], Mapping[str, Any]], party: str
) -> list[Cell]:
    amounts = [net.get((tag, party), {}).get("net") for tag in comparison.tags]
    row: list[Cell] = [label("party", party), *(same(plain(one)) for one in amounts)]
    if comparison.paired:
        row.append(same(signed((amounts[-1] or 0.0) - (amounts[0] or 0.0), 0)))
    return row


def assumptions_table(view: View) -> Table:
    """What each result rests on, and what to find out first."""
    return Table(
        caption=word("compare.assumptions"),
        columns=[
            text_column("result"),
            number_column("assumed", "assumed"),
            text_column("find_out", "effect"),
        ],
        rows=[
            [
                view.names[tag],
                same(hundredth(one.summary["assumption_share"], 0)),
                _find_out(one),
            ]
            for tag, one in zip(view.tags, view.comparison.results, strict=True)
        ],
    )


def _find_out(one: Stored) -> Word:
    """Inputs whose assumed part moves the result most."""
    rows = one.frames["assumptions"].iter_rows(named=True)
    doubt = {row["input"]: abs(row["effect"] or 0.0) * (row["assumed"] or 0.0) for row in rows}
    first = sorted((name for name in doubt if doubt[name] > 0), key=lambda name: -doubt[name])
    return listed([label("input", name) for name in first[:_FIRST]]) if first else same(NOTHING)


def differs_table(view: View) -> Table:
    """What the networks and runs differ in."""
    return Table(
        caption=word("section.compare_differs"),
        columns=[
            text_column("kind"),
            text_column("key", "digest"),
            *(text_column("of_result", name=name) for name in view.names.values()),
        ],
        rows=[
            [
                word(f"compare.kind_{row['kind']}"),
                _key(row["kind"], row["key"]),
                *(same(row[tag] or NOTHING) for tag in view.tags),
            ]
            for row in view.comparison.frames["differs"].iter_rows(named=True)
        ],
    )


def _key(kind: str, key: str) -> Word:
    if kind == "run":
        return label("provenance", key)
    return same(f"{key}.csv" if kind == "table" else key)
