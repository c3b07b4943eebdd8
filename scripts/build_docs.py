"""Writes the pages of ``docs/`` that the program itself knows best: network, commands, quantities.

usage: python scripts/build_docs.py [FOLDER]

The pages are not committed (``docs/.gitignore``): they are built before every use, so they cannot
be out of date. Only the program's own definitions are read, no network folder and no clock.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doseline.cli.app import build
from doseline.io.schema import schema_markdown
from doseline.io.text import text
from doseline.model.catalogue import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DOCS = Path(__file__).resolve().parents[1] / "docs"

WORDS = {
    "network": {"en": "Network reference", "zh": "网络文件夹参考"},
    "cli": {"en": "Command reference", "zh": "命令参考"},
    "cli_intro": {
        "en": "Every command takes `--json` (one JSON object on stdout) and `--help`. The language "
        "is that of `--lang en` or `--lang zh`, or of `DOSELINE_LANG`, or the system's.",
        "zh": "每个命令都有 `--json`（标准输出只有一个 JSON 对象）和 `--help`。语言由 "
        "`--lang en` 或 `--lang zh` 指定，或由 `DOSELINE_LANG`、系统语言决定。",
    },
    "top": {"en": "With every command", "zh": "所有命令通用"},
    "option": {"en": "argument or option", "zh": "参数或选项"},
    "default": {"en": "default", "zh": "默认"},
    "meaning": {"en": "meaning", "zh": "含义"},
    "must": {"en": "must be given", "zh": "必填"},
    "quantities": {"en": "Quantities of the network folder", "zh": "网络文件夹中的量"},
    "quantities_intro": {
        "en": "Every column that has a unit, by unit. The suffix of the name says the unit; where "
        "it does not, the unit stands here. `currency` is the currency of `network.toml`.",
        "zh": "所有带单位的列，按单位排列。列名后缀即单位；没有后缀的以此表为准。`currency` 指 "
        "`network.toml` 中的货币。",
    },
    "unit": {"en": "unit", "zh": "单位"},
    "column": {"en": "column", "zh": "列"},
    "tables": {"en": "tables", "zh": "表"},
}
SCREEN_ONLY = ("install_completion", "show_completion")


def pages() -> dict[str, str]:
    """File name and text of every generated page."""
    found = {}
    for lang, ending in (("en", ".md"), ("zh", ".zh.md")):
        network = f"# {WORDS['network'][lang]}\n\n{schema_markdown(lang)}"
        found[f"network{ending}"] = network
        found[f"cli{ending}"] = cli_page(lang)
        found[f"quantities{ending}"] = quantities_page(lang)
    return found


def cli_page(lang: str) -> str:
    """Every command with its arguments, options and examples."""
    group = build(lang)
    parts = [f"# {WORDS['cli'][lang]}", text("cli.help", lang), WORDS["cli_intro"][lang]]
    parts += [f"## {WORDS['top'][lang]}", _options(_shown(group.params), lang)]
    for name, command in group.commands.items():
        parts += [f"## doseline {name}", command.help or "", _usage(name, command.params)]
        parts += [_options(_shown(command.params), lang), _examples(command.epilog or "")]
    return "\n\n".join(parts) + "\n"


def quantities_page(lang: str) -> str:
    """Every column with a unit: where it stands and what it means."""
    where: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for table in TABLES:
        for column in table.columns:
            if column.unit:
                doc = column.doc if lang == "en" else column.doc_zh
                where[column.unit, column.name, doc].append(f"{table.name}.csv")
    rows = [
        (f"`{unit}`", f"`{name}`", ", ".join(tables), doc)
        for (unit, name, doc), tables in sorted(where.items())
    ]
    heads = [WORDS[name][lang] for name in ("unit", "column", "tables", "meaning")]
    intro = WORDS["quantities_intro"][lang]
    return f"# {WORDS['quantities'][lang]}\n\n{intro}\n\n{_table(heads, rows)}\n"


def _shown(params: Iterable[Any]) -> list[Any]:
    return [param for param in params if param.name not in SCREEN_ONLY]


def _usage(name: str, params: Sequence[Any]) -> str:
    """The command with what must be given."""
    must = [
        _value(param) if _is_argument(param) else f"{param.opts[0]} {_value(param)}"
        for param in params
        if param.required
    ]
    return f"```text\n{' '.join(['doseline', name, *must, '...'])}\n```"


def _options(params: Sequence[Any], lang: str) -> str:
    heads = [WORDS[name][lang] for name in ("option", "default", "meaning")]
    return _table(heads, [_option(param, lang) for param in params])


def _option(param: Any, lang: str) -> tuple[str, str, str]:
    """Name with value, default and meaning of one argument or option."""
    names = [_value(param)] if _is_argument(param) else list(param.opts)
    if not _is_argument(param) and not param.is_flag:
        names[-1] = f"{names[-1]} {_value(param)}"
    default = "" if param.default in (None, "", [], False) else str(param.default)
    shown = WORDS["must"][lang] if param.required else default
    return ", ".join(f"`{one}`" for one in names), shown, param.help or ""


def _value(param: Any) -> str:
    return str(param.metavar or param.name.upper())


def _is_argument(param: Any) -> bool:
    return bool(param.param_type_name == "argument")


def _examples(epilog: str) -> str:
    """The examples of a command's help, one a line."""
    return "```bash\n" + "\n".join(examples(epilog)) + "\n```"


def examples(epilog: str) -> list[str]:
    """The commands in a help text's last lines.

    >>> examples("Examples: doseline check a; doseline check b")
    ['doseline check a', 'doseline check b']
    """
    _, _, commands = epilog.replace("：", ":", 1).partition(":")
    return [one.strip() for one in re.split(r"[;\n]", commands) if one.strip()]


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def main(folder: Path = DOCS) -> None:
    """Write every generated page."""
    for name, page in pages().items():
        (folder / name).write_text(page, encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main(*(Path(one) for one in sys.argv[1:]))
