"""Sections that are tables only: ledger, plan, findings, assumptions, sources, provenance."""

from __future__ import annotations

import json
from collections import Counter
from itertools import repeat
from typing import TYPE_CHECKING

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
from doseline.io.report.words import Word, either, label, same, word
from doseline.io.text import MissingTextError, wording
from doseline.model.ledger import CLINICAL, LINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.cohort import Cohort, Group
    from doseline.io.report.privacy import Privacy
    from doseline.model.findings import Finding
    from doseline.model.result import RunResult

_EVIDENCE = ("evidence", "kind", "title", "title_zh", "address", "as_of", "confidence")
_SEVERITIES = ("error", "warning", "note")


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
        return [label("link", group.key), people, *repeat(privacy.blank, 4), *value]
    return [
        label("link", group.key),
        people,
        span(group.low, group.high),
        doses,
        same(plain(row["cost"])),
        same(plain(row["payment"])),
        *value,
    ]


def plan_tables(result: RunResult, privacy: Privacy) -> list[Table]:
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
            [label("link", link), label("reason", reason), count]
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
                either(row["title"] or row["evidence"] or NOTHING, row["title_zh"]),
                same(plain(row["effect"], 2)),
                same(hundredth(row["share"])),
                same(hundredth(row["assumed"])),
            ]
            for row in assumption_rows(result)
        ],
    )


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
                same(row["evidence"]),
                label("kind", row["kind"]),
                _linked(either(row["title"], row["title_zh"]), row["address"] or ""),
                same(day(row["as_of"])),
                label("confidence", row["confidence"]),
            ]
            for row in records(result.network.frame("evidence"), _EVIDENCE)
        ],
    )


def _linked(title: Word, address: str) -> Cell:
    if address.startswith(("https://", "http://")):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, title)
    return either(f"{title.en} ({address})", f"{title.zh}（{address}）") if address else title


def provenance_table(result: RunResult) -> Table:
    """What made this result, enough to make it again."""
    return Table(
        caption=word("section.provenance"),
        columns=[text_column("key"), text_column("number")],
        rows=[
            [label("provenance", name), same(_written(name, value))]
            for name, value in result.provenance.items()
        ],
    )


def _written(name: str, value: object) -> str:
    if name.endswith("gap") and isinstance(value, float):
        return percent(value, 3)
    if isinstance(value, str | int | float):
        return str(value)
    return json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)


def glossary(privacy: Privacy, keys: Sequence[str]) -> list[tuple[str, Word, Word]]:
    """Key, term and definition of each definition, and of what each link counts."""
    general = [(key, *_parted(word(f"define.{key}", smallest=privacy.smallest))) for key in keys]
    links = [
        (f"link-{key}", label("link", key), word(f"means.{key}")) for key in (*LINKS, CLINICAL)
    ]
    return general + links


def _parted(definition: Word) -> tuple[Word, Word]:
    """A term, and what follows its colon."""
    term_en, _, rest_en = definition.en.partition(": ")
    term_zh, _, rest_zh = definition.zh.partition("：")
    return Word(term_en, term_zh), Word(rest_en, rest_zh)


def _defined(name: Word, define: str) -> Markup:
    return Markup('<a class="define" href="#def-{}">{}</a>').format(define, name)
