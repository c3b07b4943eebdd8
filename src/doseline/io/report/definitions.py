"""The section to which every number of the page leads: what it means and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from doseline.io.report.parts import Cell, Table, text_column
from doseline.io.report.rests import evidence_links, rests_on, slug
from doseline.io.report.words import Word, either, label, same, word
from doseline.io.text import messages
from doseline.model.catalogue import TABLES
from doseline.model.ledger import CLINICAL, LINKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from doseline.io.report.privacy import Privacy
    from doseline.model.network import Network

_NUMBERS = frozenset({"integer", "number", "money"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A term, what it means, and the evidence that its numbers come from."""

    key: str
    term: Word
    means: Word
    rests: Markup


def definitions(network: Network, privacy: Privacy) -> list[Definition]:
    """Every definition of the report, then what each link counts."""
    general = [(key, *_parted(word(f"define.{key}", smallest=privacy.smallest))) for key in _keys()]
    links = [
        (f"link-{key}", label("link", key), word(f"means.{key}")) for key in (*LINKS, CLINICAL)
    ]
    return [
        Definition(key=key, term=term, means=means, rests=rests_on(network, key))
        for key, term, means in (*general, *links)
    ]


def general_definitions(privacy: Privacy, keys: Sequence[str]) -> list[Definition]:
    """Some definitions, then what each link counts, for a page of several networks."""
    general = [(key, *_parted(word(f"define.{key}", smallest=privacy.smallest))) for key in keys]
    links = [
        (f"link-{key}", label("link", key), word(f"means.{key}")) for key in (*LINKS, CLINICAL)
    ]
    return [
        Definition(key=key, term=term, means=means, rests=Markup())
        for key, term, means in (*general, *links)
    ]


def quantities_table(network: Network) -> Table:
    """Every number that the tables of this network hold: meaning, unit and evidence."""
    rows: list[Sequence[Cell]] = []
    for table in TABLES:
        if not network.frames[table.name].height:
            continue
        rests = evidence_links(network, (table.name,))
        for column in table.columns:
            if column.kind in _NUMBERS:
                name = f"{table.name}.{column.name}"
                rows.append(
                    [
                        Markup('<span id="q-{}">{}</span>').format(slug(name), name),
                        either(column.doc, column.doc_zh),
                        label("quantity_unit", column.unit) if column.unit else same("–"),
                        rests or same("–"),
                    ]
                )
    return Table(
        caption=word("table.quantities"),
        columns=[
            text_column("quantity_name"),
            text_column("meaning"),
            text_column("unit_plain"),
            text_column("rests_on", "evidence"),
        ],
        rows=rows,
    )


def _keys() -> list[str]:
    """Keys of the definitions, in the order of the file."""
    prefix = "report.define."
    return [key.removeprefix(prefix) for key in messages() if key.startswith(prefix)]


def _parted(definition: Word) -> tuple[Word, Word]:
    """A term, and what follows its colon."""
    term_en, _, rest_en = definition.en.partition(": ")
    term_zh, _, rest_zh = definition.zh.partition("：")
    return Word(term_en, term_zh), Word(rest_en, rest_zh)
