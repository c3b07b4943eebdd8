"""What the numbers of a page rest on: rows of evidence, rules, and values of the rulebook."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl
from markupsafe import Markup

from doseline.io.report.numbers import day, plain
from doseline.io.report.parts import Cell, Row, Table, number_column, text_column
from doseline.io.report.words import Word, either, label, same, word
from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook
from doseline.rules import Change
from doseline.rules.errors import NothingInForceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from doseline.model.network import Network
    from doseline.model.result import RunResult
    from doseline.rules.parameter import Reading

SHOWN = 6
"""So many rows of evidence are named at once."""

TABLES_OF: Mapping[str, tuple[str, ...]] = {
    "link-out_of_reach": ("pathways:reach", "sites", "regions"),
    "link-not_referred": ("pathways:referral",),
    "link-no_scanner": ("pathways:scanner_reach", "scanners", "tracers"),
    "link-pet_slot": ("pathways:imaging", "scanners"),
    "link-tumour_board": ("pathways:board",),
    "link-not_offered": ("products", "costs", "listings"),
    "link-cannot_pay": ("payers", "listings"),
    "link-authorisation_denied": ("payers",),
    "link-authorisation_time": ("payers",),
    "link-ordering_rules": ("products", "ordering", "commitments"),
    "link-no_isotope": ("lots", "sources", "supply_changes"),
    "link-no_batch_capacity": ("batches", "changeovers"),
    "link-batch_failed": ("batches",),
    "link-transport": ("lanes", "departures", "carriers"),
    "link-licence_or_possession": ("licences",),
    "link-no_suite": ("suites", "staff", "tasks"),
    "link-patient_scheduling": ("pathways:scheduling",),
    "link-clinical": ("products",),
    "eligible": ("incidence", "pathways:positive"),
    "cohort": ("incidence", "regions"),
    "w": ("products",),
    "in_time": ("products", "pathways"),
    "clinical_exit": ("products",),
    "dose_account": ("batches", "lanes", "products"),
    "activity_account": ("products", "batches"),
    "money": ("products", "costs", "lots", "batches", "lanes"),
    "link_cost": ("costs", "batches", "lots", "lanes"),
    "link_payment": ("products", "payers"),
    "chair": ("suites", "staff"),
    "lot": ("lots",),
    "batch": ("batches",),
    "leg": ("lanes",),
}
"""Tables, or one gate of a table, whose rows a definition's numbers come from."""

ITEM_TABLES: Mapping[str, tuple[str, ...]] = {
    "batches": ("batches",),
    "vials": ("batches",),
    "isotope": ("lots",),
    "carriage": ("lanes",),
    "making": ("batches", "lots", "lanes"),
    "dose": ("products",),
}
"""Tables that an item of money comes from where no rule decides it."""


def slug(name: str) -> str:
    """A name as part of an id."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")


def rests_on(network: Network, key: str) -> Markup:
    """Links to the evidence of a definition's numbers, the rows that most figures cite first."""
    return evidence_links(network, TABLES_OF.get(key, ()))


def evidence_links(network: Network, tables: Iterable[str]) -> Markup:
    """Links to the rows of evidence that some tables cite."""
    cited: Counter[str] = Counter()
    for one in tables:
        table, _, gate = one.partition(":")
        frame = network.frames.get(table)
        if frame is None or "evidence" not in frame.columns:
            continue
        rows = frame.filter(pl.col("gate") == gate) if gate else frame
        cited.update(rows["evidence"].drop_nulls().to_list())
    return linked(name for name, _ in sorted(cited.items(), key=lambda one: (-one[1], one[0])))


def linked(evidence: Iterable[str]) -> Markup:
    """Links to rows of evidence, few of them."""
    names = list(evidence)
    links = [source_link(name) for name in names[:SHOWN]]
    if len(names) > SHOWN:
        more = word("text.more", count=plain(len(names) - SHOWN))
        links.append(Markup('<a href="#sources">{}</a>').format(more))
    return Markup(", ").join(links)


def source_link(evidence: str) -> Markup:
    """A link to a row of evidence."""
    return Markup('<a href="#source-{}">{}</a>').format(slug(evidence), evidence)


def anchored(prefix: str, name: str, what: Cell) -> Markup:
    """A text to which links lead."""
    return Markup('<span id="{}-{}">{}</span>').format(prefix, slug(name), what)


def item_rests(result: RunResult, item: str) -> Markup:
    """What an item of money rests on: rules, else the rows of evidence that state it."""
    rules = [row["rule"] for row in rule_rows(result) if row["what"] == item]
    costs = result.network.frame("costs")
    stated = costs.filter(pl.col("item") == item)["evidence"].unique().sort().to_list()
    links = [
        Markup('<a href="#rule-{}">{}</a>').format(slug(rule), rule)
        for rule in dict.fromkeys(rules)
        if "/" in rule
    ]
    if stated:
        links.append(linked(stated))
    elif not links and item in ITEM_TABLES:
        links.append(evidence_links(result.network, ITEM_TABLES[item]))
    return Markup(", ").join(links) or Markup("–")


_RULE = ("rule", "party_from", "party_to", "what", "amount", "assumption", "confidence")


def rule_rows(result: RunResult) -> list[Row]:
    """Each rule that decided a payment of the week: who pays whom, how often and how much."""
    frame = result.frames.get("payments")
    if frame is None or not set(_RULE) <= set(frame.columns):
        return []
    told = frame.with_columns(pl.col("amount").cast(pl.Float64))
    return list(
        told.group_by("rule", "party_from", "party_to", "what", maintain_order=True)
        .agg(
            pl.len().alias("count"),
            pl.col("amount").sum(),
            pl.col("assumption").any(),
            pl.col("confidence").min(),
            pl.col("explanation").first(),
            pl.col("explanation_zh").first(),
        )
        .sort("rule", "what")
        .iter_rows(named=True)
    )


def rules_tables(result: RunResult) -> list[Table]:
    """The rules that decided payments, and the values of the rulebook with their sources."""
    return [table for table in (_rules(result), _parameters(result)) if table.rows]


def _rules(result: RunResult) -> Table:
    currency = result.network.settings.currency
    seen: set[str] = set()
    rows: list[Sequence[Cell]] = []
    for row in rule_rows(result):
        name: Cell = same(row["rule"])
        if row["rule"] not in seen:
            name = anchored("rule", row["rule"], same(row["rule"]))
            seen.add(row["rule"])
        rows.append(
            [
                name,
                _who(row),
                label("item", row["what"]),
                same(plain(row["count"])),
                same(plain(row["amount"])),
                either(row["explanation"] or "", row["explanation_zh"]),
                word("text.yes" if row["assumption"] else "text.no"),
            ]
        )
    return Table(
        caption=word("table.rules"),
        columns=[
            text_column("rule", "rule"),
            text_column("who"),
            text_column("item"),
            number_column("times", "rule"),
            number_column("amount", "money", currency=currency),
            text_column("for_instance"),
            text_column("assumes", "assumed"),
        ],
        rows=rows,
    )


def _who(row: Row) -> Word:
    ends = (label("party", row["party_from"]), label("party", row["party_to"]))
    return Word(f"{ends[0].en} → {ends[1].en}", f"{ends[0].zh} → {ends[1].zh}")


def _parameters(result: RunResult) -> Table:
    return Table(
        caption=word("table.parameters"),
        columns=[
            text_column("parameter", "rule"),
            text_column("meaning"),
            number_column("value_plain", "rule"),
            text_column("unit_plain"),
            text_column("kind", "evidence"),
            text_column("source_title"),
            text_column("as_of"),
        ],
        rows=[
            [
                anchored("parameter", one.key, same(one.key)),
                Word(one.description.en, one.description.zh),
                same(f"{one.value.amount:f}"),
                label("quantity_unit", one.unit),
                label("kind", one.value.kind),
                _cited(one),
                same(day(one.value.source.as_of)),
            ]
            for one in readings(result)
        ],
    )


def _cited(one: Reading) -> Cell:
    """The source of a value: a title as it was published, or that it is assumed, and why."""
    source, note = one.value.source, one.value.note
    if one.is_assumption:
        assumed = label("kind", "assumption")
        title = Word(source.title, f"{assumed.zh}：{note.zh}" if note else assumed.zh)
        return titled(title, source.address)
    title_html = Markup('<cite lang="{}">{}</cite>').format(_language(source.title), source.title)
    if source.address.startswith(("https://", "http://")):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(source.address, title_html)
    return title_html


def _language(title: str) -> str:
    """The language of a title, as far as its letters say."""
    return "zh-Hans" if any("\u4e00" <= letter <= "\u9fff" for letter in title) else "en"


def readings(result: RunResult) -> list[Reading]:
    """The values of the network's rulebook in force in the planned week."""
    settings = result.network.settings
    if settings.rulebook not in rulebook_names():
        return []
    book = load_rulebook(settings.rulebook).changed(_changes(result))
    today = book.on(settings.plan_week)
    found = []
    for key in sorted(book.parameters):
        try:
            found.append(today.parameter(key))
        except NothingInForceError:
            continue
    return found


def _changes(result: RunResult) -> Iterable[Change]:
    """What a what-if changed in the rulebook of a run."""
    for one in result.provenance.get("rulebook_changes", ()):
        values = {date.fromisoformat(day): Decimal(new) for day, new in one["values"].items()}
        yield Change(key=one["key"], values=values, why=one["why"], file=one["file"], line=1)


def titled(title: Word, address: str) -> Cell:
    """The title of a source, a link where its address is one of the web."""
    if address.startswith(("https://", "http://")):
        return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, title)
    if not address or address == "assumption":
        return title
    return either(f"{title.en} ({address})", f"{title.zh}（{address}）")
