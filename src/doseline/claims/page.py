"""The tables of the page on claims: every edit, column, code and payer, from their definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doseline.claims.codes import code_tables
from doseline.claims.record import INFUSIONS, LINES
from doseline.claims.registry import edits
from doseline.physics.units import format_activity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from doseline.model.columns import Table

HEADS = {
    "en": {
        "edits": ("edit", "severity", "what is wrong", "what to do", "source"),
        "columns": ("column", "must", "meaning"),
        "codes": ("code", "unit", "valid from", "pass-through", "facts from (confidence)"),
        "payers": ("payer", "days to file", "authorisation", "JW / JZ", "facts from (confidence)"),
        "yes": "yes",
        "no": "",
        "error": "error",
        "warning": "warning",
    },
    "zh": {
        "edits": ("校验", "级别", "问题", "处理", "来源"),
        "columns": ("列", "必填", "含义"),
        "codes": ("编码", "单位", "有效起始", "过渡性支付", "依据（可信度）"),
        "payers": ("支付方", "申报天数", "预授权", "JW / JZ", "依据（可信度）"),
        "yes": "是",
        "no": "",
        "error": "错误",
        "warning": "警告",
    },
}


def edits_markdown(lang: str) -> str:
    """Every edit with its severity, reason, fix and source."""
    heads = HEADS[lang]
    rows = [
        (
            one.code,
            str(heads[one.severity]),
            one.reason[lang],
            one.fix[lang],
            f"[{one.title}]({one.address})" if one.address.startswith("https") else one.title,
        )
        for one in edits().values()
    ]
    return _table(heads["edits"], rows)


def columns_markdown(lang: str) -> str:
    """Every column of a record: the infusion, then its lines."""
    heads = HEADS[lang]
    return _table(heads["columns"], [*_columns(INFUSIONS, lang), *_columns(LINES, lang)])


def _columns(table: Table, lang: str) -> list[tuple[str, ...]]:
    return [
        (
            f"`{one.name}`",
            str(HEADS[lang]["yes" if one.required else "no"]),
            (one.doc if lang == "en" else one.doc_zh) + (f" [{one.unit}]" if one.unit else ""),
        )
        for one in table.columns
    ]


def codes_markdown(lang: str) -> str:
    """Every drug code that is known."""
    tables = code_tables()
    every = (*tables.therapies.values(), *tables.unnamed.values(), *tables.agents.values())
    rows = [
        (
            one.code,
            format_activity(one.unit_bq) if one.unit_bq else "–",
            str(one.valid_from),
            " … ".join(str(day) for day in one.pass_through) if one.pass_through else "–",
            _sources(one.sources),
        )
        for one in every
    ]
    return _table(HEADS[lang]["codes"], rows)


def payers_markdown(lang: str) -> str:
    """Every kind of payer that is known."""
    heads = HEADS[lang]
    rows = [
        (
            f"`{one.kind}`",
            str(one.filing_days),
            str(heads["yes" if one.authorisation else "no"]),
            str(heads["yes" if one.wastage else "no"]),
            _sources(one.sources),
        )
        for one in code_tables().payers.values()
    ]
    return _table(heads["payers"], rows)


def _sources(names: Sequence[str]) -> str:
    known = code_tables().sources
    return "; ".join(f"{known[name].title} ({known[name].confidence})" for name in names)


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; bars in a cell stay cells."""
    lines = [tuple(heads)]
    lines += [tuple(cell.replace("|", "\\|") for cell in row) for row in rows]
    told = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([told[0], "|" + " --- |" * len(lines[0]), *told[1:]])
