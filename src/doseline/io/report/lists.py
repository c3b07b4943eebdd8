"""Sections that are tables only: ledger, plan, findings, assumptions, sources, provenance."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from itertools import repeat
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from doseline.io.report.headline import assumption_rows, input_name
from doseline.io.report.numbers import NOTHING, day, hundredth, percent, plain
from doseline.io.report.parts import (
    Cell,
    Row,
    Table,
    number_column,
    records,
    span,
    text_column,
)
from doseline.io.report.rests import anchored, slug, titled
from doseline.io.report.words import Word, either, label, same, word
from doseline.io.text import MissingTextError, wording
from doseline.model.setting_keys import SETTING_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.cohort import Cohort, Group
    from doseline.io.report.privacy import Privacy
    from doseline.model.columns import Column as ModelColumn
    from doseline.model.findings import Finding
    from doseline.model.planned import PlannedWeek
    from doseline.model.result import RunResult

_EVIDENCE = ("evidence", "kind", "title", "title_zh", "address", "as_of", "confidence")
_SEVERITIES = ("error", "warning", "note")
_DIGITS = 16
"""So much of a SHA-256 tells two tables apart."""


def ledger_table(cohort: Cohort, privacy: Privacy, currency: str) -> Table:
    """Every link with what it loses, and what relaxing it is worth."""
    doses_lost = privacy.counts([group.row["doses"] for group in cohort.links])
    return Table(
        caption=word("section.ledger"),
        columns=[
            text_column("link", "link"),
            number_column("patients", "link_patients"),
            number_column("interval", "interval"),
            number_column("doses_lost", "link_doses"),
            number_column("cost", "link_cost", currency=currency),
            number_column("payment", "link_payment", currency=currency),
            number_column("value", "value"),
            number_column("value_interval", "interval"),
            text_column("unit", "value"),
        ],
        rows=[
            _ledger_row(group, privacy, doses)
            for group, doses in zip(cohort.links, doses_lost, strict=True)
        ],
    )


def _ledger_row(group: Group, privacy: Privacy, doses: Word) -> list[Cell]:
    row = group.row
    people = privacy.shown(group.people, shown=group.shown)
    worth = row["value"] is not None
    value: list[Cell] = [
        same(plain(row["value"], 2)),
        span(row["value_low"], row["value_high"], 2) if worth else same(NOTHING),
        label("unit", row["unit"]) if worth and row["unit"] else same(NOTHING),
    ]
    if not group.shown:
        return [_link(group.key), people, *repeat(privacy.blank, 4), *value]
    return [
        _link(group.key),
        people,
        span(group.low, group.high),
        doses,
        same(plain(row["cost"])),
        same(plain(row["payment"])),
        *value,
    ]


def _link(key: str) -> Markup:
    """A link of the ledger, leading to what it counts and rests on."""
    return _defined(label("link", key), f"link-{key}")


def plan_tables(result: RunResult | PlannedWeek, privacy: Privacy) -> list[Table]:
    """The proof of the plan, and why orders got nothing."""
    plan, currency = result.plan, result.network.settings.currency
    flows = records(plan.flows, ("order", "line", "link", "reason"))
    lost = [row for row in flows if row["line"] is None]
    planned, _ = privacy.counts([len(flows) - len(lost), len(lost)])
    facts: list[tuple[Word, Cell, str]] = [
        (word("plan.objective", currency=currency), plain(plan.objective), "objective"),
        (word("plan.bound", currency=currency), plain(plan.bound), "bound"),
        (word("plan.gap"), plain(100 * plan.gap, 3), "gap"),
        (word("plan.cost", currency=currency), plain(plan.cost), "gap_of_cost"),
        (word("plan.gap_of_cost"), plain(100 * plan.gap_of_cost, 3), "gap_of_cost"),
        (word("plan.more_orders"), plain(plan.more_orders), "more_orders"),
        (word("plan.ordered"), privacy.count(len(flows)), "dose_account"),
        (word("plan.planned"), planned, "dose_account"),
    ]
    proof = Table(
        caption=word("section.plan"),
        columns=[text_column("quantity"), number_column("number")],
        rows=[[_defined(name, define), value] for name, value, define in facts],
    )
    return [proof, *([_unserved(lost, privacy)] if lost else [])]


def _unserved(lost: Sequence[Row], privacy: Privacy) -> Table:
    counts = Counter((row["link"], row["reason"]) for row in lost)
    order = sorted(counts, key=lambda one: (-counts[one], str(one)))
    told = privacy.counts([counts[one] for one in order])
    return Table(
        caption=word("plan.unserved"),
        columns=[
            text_column("link", "link"),
            text_column("reason"),
            number_column("orders", "dose_account"),
        ],
        rows=[
            [_link(link), label("reason", reason), count]
            for (link, reason), count in zip(order, told, strict=True)
        ],
    )


def findings_table(findings: Sequence[Finding]) -> Table:
    """What the check found, the gravest first."""
    place = {severity: k for k, severity in enumerate(_SEVERITIES)}
    told = sorted(findings, key=lambda one: place.get(one.severity, len(place)))
    return Table(
        caption=word("section.findings"),
        columns=[text_column("severity"), text_column("finding")],
        rows=[[label("severity", one.severity), _finding(one)] for one in told],
    )


def _finding(finding: Finding) -> Word:
    """Its sentence; a finding that has none is told by its parts."""
    try:
        return either(wording(finding, "en"), wording(finding, "zh"))
    except (MissingTextError, KeyError):
        parts = {
            "table": finding.table,
            "row": finding.row,
            "column": finding.column,
            "found": finding.found,
            "allowed": finding.allowed,
            "nearest": finding.nearest,
            **finding.about,
        }
        told = ", ".join(f"{name} {value}" for name, value in parts.items() if value)
        return same(f"{finding.code.replace('_', ' ')}: {told}")


def assumptions_table(result: RunResult) -> Table:
    """Inputs by effect on patients in time."""
    return Table(
        caption=word("section.assumptions"),
        columns=[
            text_column("input", "effect"),
            text_column("kind", "evidence"),
            text_column("evidence", "evidence"),
            number_column("effect", "effect"),
            number_column("share_effect", "effect"),
            number_column("assumed", "assumed"),
        ],
        rows=[
            [
                input_name(row["input"]),
                label("kind", row["kind"]),
                _evidence(row),
                same(plain(row["effect"], 2)),
                same(hundredth(row["share"])),
                same(hundredth(row["assumed"])),
            ]
            for row in assumption_rows(result)
        ],
    )


def _evidence(row: Row) -> Cell:
    """The title of what an input rests on, leading to its row among the sources."""
    if not row["evidence"]:
        return same(NOTHING)
    title = either(row["title"] or row["evidence"], row["title_zh"])
    return Markup('<a href="#source-{}">{}</a>').format(slug(row["evidence"]), title)


def sources_table(result: RunResult) -> Table:
    """The evidence table of the network; an address is a link where it is one of the web."""
    return Table(
        caption=word("section.sources"),
        columns=[
            text_column("evidence", "evidence"),
            text_column("kind", "evidence"),
            text_column("title"),
            text_column("as_of"),
            text_column("confidence"),
        ],
        rows=[
            [
                anchored("source", row["evidence"], same(row["evidence"])),
                label("kind", row["kind"]),
                titled(either(row["title"], row["title_zh"]), row["address"] or ""),
                same(day(row["as_of"])),
                label("confidence", row["confidence"]),
            ]
            for row in records(result.network.frame("evidence"), _EVIDENCE)
        ],
    )


def provenance_table(result: RunResult) -> Table:
    """What made this result, enough to make it again."""
    return Table(
        caption=word("section.provenance"),
        columns=[text_column("key"), text_column("number")],
        rows=[
            [label("provenance", name), _written(name, value)]
            for name, value in result.provenance.items()
            if not isinstance(value, Mapping)
        ],
    )


def settings_tables(result: RunResult) -> list[Table]:
    """What the network's settings say, and the fingerprint of each of its tables."""
    said: Mapping[str, Any] = result.provenance.get("settings", {})
    tables: Mapping[str, Any] = result.provenance.get("tables", {})
    docs = {key.column.name: key.column for key in SETTING_KEYS}
    settings = Table(
        caption=word("table.settings"),
        columns=[text_column("key"), text_column("meaning"), text_column("number")],
        rows=[
            [same(name), _meaning(docs.get(name)), same(value if value != "" else NOTHING)]
            for name, value in said.items()
        ],
    )
    digests = Table(
        caption=word("table.digests"),
        columns=[text_column("key"), number_column("rows", "digest"), text_column("sha256")],
        rows=[
            [same(f"{name}.csv"), same(plain(one["rows"])), same(str(one["sha256"])[:_DIGITS])]
            for name, one in tables.items()
        ],
    )
    return [table for table in (settings, digests) if table.rows]


def _meaning(column: ModelColumn | None) -> Word:
    return either(column.doc, column.doc_zh) if column else same(NOTHING)


def _written(name: str, value: object) -> Word:
    if name.endswith("gap") and isinstance(value, float):
        return same(percent(value, 3))
    if name.endswith("status"):
        return label("status", str(value))
    if isinstance(value, str | int | float):
        return same(value)
    return same(json.dumps(value, sort_keys=True, default=str, ensure_ascii=False))


def _defined(name: Word, define: str) -> Markup:
    return Markup('<a class="define" href="#def-{}">{}</a>').format(define, name)
