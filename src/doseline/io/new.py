"""A new network to start from: a copy of an example, or an empty one that says what to fill in."""

from __future__ import annotations

import importlib.resources
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doseline.errors import BadInputError
from doseline.io.convert import open_text, write_text
from doseline.io.folder import BadNetworkError
from doseline.io.forms import WORKBOOK, form_of
from doseline.io.networktext import NetworkText, csv_of
from doseline.io.place import folder_at
from doseline.io.rulebooknames import rulebook_names
from doseline.io.rulebooks import load_rulebook
from doseline.io.settings import FILE
from doseline.io.text import text
from doseline.io.toml import toml_value
from doseline.model.catalogue import TABLES
from doseline.model.nearest import nearest
from doseline.model.setting_keys import FORMAT, SETTING_KEYS

if TYPE_CHECKING:
    from datetime import date

    from doseline.model.columns import Table

EMPTY = "empty"
OWN_DATA = "own-data"
"""The evidence that rows of an empty network may cite until they have a better one."""
README = "README.md"
_WEEKS_TO_PLAN = 4


class UnknownTemplateError(BadInputError):
    """There is nothing of that name to start from."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        self.nearest = nearest(name, known)
        hint = f" Did you mean {self.nearest}?" if self.nearest else ""
        super().__init__(
            f"There is nothing called '{name}' to start from. Choose one of: {', '.join(known)}."
            f"{hint}"
        )


def templates() -> tuple[str, ...]:
    """What a new network can start from."""
    return (*sorted(_examples()), EMPTY)


def new_network(path: Path, template: str, *, start: date, lang: str) -> str:
    """Write a new network, where nothing is yet; the name of what it started from.

    Args:
        path: A folder, or a workbook if it ends in ``.xlsx``.
        template: One of :func:`templates`.
        start: Any day; an empty network begins on the Monday after it.
        lang: Language of the explanations in an empty network.

    Raises:
        UnknownTemplateError: If there is no such template.
        PlaceTakenError: If something is there.
    """
    if template not in templates():
        raise UnknownTemplateError(template, templates())
    if template == EMPTY:
        _write_empty(path, empty_network(start, lang), lang)
        return EMPTY
    example = _examples()[template]
    if form_of(path) == WORKBOOK:
        opened, findings = open_text(example)
        if opened is None:
            raise BadNetworkError(example, findings)
        write_text(opened.text, path)
        return example.name
    with folder_at(path, replace=False) as fresh:
        shutil.copytree(example, fresh, dirs_exist_ok=True)
    return example.name


def empty_network(start: date, lang: str) -> NetworkText:
    """Settings with their meaning, and every table that must be there with its header alone."""
    tables: dict[str, dict[str, list[str]]] = {
        table.name: {column.name: [] for column in table.columns}
        for table in TABLES
        if table.required
    }
    own = {
        "evidence": OWN_DATA,
        "kind": "assumption",
        "title": text("new.own_data", "en"),
        "title_zh": text("new.own_data", "zh"),
        "confidence": "low",
    }
    tables["evidence"] = {name: [own.get(name, "")] for name in tables["evidence"]}
    return NetworkText(settings=_settings(start, lang), tables=tables)


def _examples() -> dict[str, Path]:
    """Examples by the first part of their name: installed with the program, or of its checkout."""
    package = Path(str(importlib.resources.files("doseline")))
    for folder in (package / "examples", package.parents[1] / "examples"):
        found = {one.parent.name: one.parent for one in folder.glob(f"*/{FILE}")}
        if found:
            return {name.partition("-")[0]: example for name, example in sorted(found.items())}
    return {}


def _write_empty(path: Path, network: NetworkText, lang: str) -> None:
    if form_of(path) == WORKBOOK:
        write_text(network, path)
        return
    with folder_at(path, replace=False) as fresh:
        (fresh / FILE).write_text(network.settings, encoding="utf-8", newline="\n")
        for name, cells in network.tables.items():
            (fresh / f"{name}.csv").write_text(csv_of(cells), encoding="utf-8", newline="\n")
        (fresh / README).write_text(_readme(lang), encoding="utf-8", newline="\n")


def _settings(start: date, lang: str) -> str:
    """The text of ``network.toml``, each key with its meaning above it."""
    lines = [f"# {text('new.settings', lang)}", f"format = {FORMAT}"]
    section = ""
    given = _values(start)
    for key in sorted((one.column for one in SETTING_KEYS), key=lambda one: "." in one.name):
        head, _, name = key.name.rpartition(".")
        if head != section:
            lines += ["", f"[{head}]"]
            section = head
        doc = key.doc if lang == "en" else key.doc_zh
        unit = f" [{key.unit}]" if key.unit not in {"", "1"} else ""
        value = given.get(key.name, key.default)
        set_to = f"# {name} =" if value is None else f"{name} = {toml_value(value)}"
        lines += [f"# {doc}{unit}", set_to]
    return "\n".join(lines) + "\n"


def _values(start: date) -> dict[str, Any]:
    """Values of the keys that have no default."""
    rulebook = rulebook_names()[-1]
    monday = start + timedelta(days=7 - start.weekday())
    return {
        "name": "New network",
        "currency": load_rulebook(rulebook).blueprint.currency,
        "rulebook": rulebook,
        "cohort.start": monday,
        "plan.week": monday + timedelta(weeks=_WEEKS_TO_PLAN),
    }


def _readme(lang: str) -> str:
    """What to do next, and the tables in the order in which they refer to each other."""
    must = [_line(table, lang) for table in TABLES if table.required]
    may = [_line(table, lang) for table in TABLES if not table.required]
    books = ", ".join(rulebook_names())
    lists = {"must": "\n".join(must), "may": "\n".join(may)}
    return text("new.readme", lang, own=OWN_DATA, books=books, **lists) + "\n"


def _line(table: Table, lang: str) -> str:
    """A table, what it holds, and the columns that must be filled."""
    doc = table.doc if lang == "en" else table.doc_zh
    needed = ", ".join(f"`{column.name}`" for column in table.columns if column.required)
    return f"- `{table.name}.csv`: {doc} ({needed})"
