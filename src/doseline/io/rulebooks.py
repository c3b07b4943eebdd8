"""Finds rulebooks by name and reads their parameter files."""

from __future__ import annotations

import functools
import importlib
import importlib.resources
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from doseline.io.rulebooknames import PACKAGE, rulebook_names
from doseline.rules import Blueprint, RuleBook, Text, parse_flow, parse_parameter, parse_what_if
from doseline.rules.errors import BadEntryError, UnknownRulebookError, WhatIfUnreadableError
from doseline.rules.parse import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from doseline.rules import Change, Flow

_NOT_UTF_8 = Text(en="it is no text in UTF-8", zh="不是 UTF-8 文本")


@functools.cache
def load_rulebook(name: str) -> RuleBook:
    """The rulebook of this name, with every parameter file read and checked.

    A file ``parameters/opps/a9607.yaml`` becomes the parameter ``opps.a9607``.

    Raises:
        UnknownRulebookError: If none of this name is installed.
        RulebookError: If a file of it cannot be used.
    """
    folder = _folder(name)
    blueprint = getattr(importlib.import_module(f"{PACKAGE}.{name}"), "BLUEPRINT", None)
    if not isinstance(blueprint, Blueprint):
        raise BadEntryError(name, "BLUEPRINT", str(blueprint), "a doseline.rules.Blueprint")
    parameters = [
        parse_parameter(file.read_text(encoding="utf-8"), key=key, file=f"{name}/{key}.yaml")
        for key, file in _yaml_files(folder / "parameters")
    ]
    return RuleBook.of(blueprint, parameters)


def worked_flows(name: str) -> tuple[Flow, ...]:
    """The flows of a rulebook's worked cases, each once, in the order of their files.

    Their day of service is that of the first case with these facts.

    Raises:
        UnknownRulebookError: If none of this name is installed.
        RulebookError: If a case cannot be read.
    """
    found: dict[Flow, Flow] = {}
    for key, file in _yaml_files(_folder(name) / "tests"):
        for case in read_yaml(file.read_text(encoding="utf-8"), file=f"{name}/{key}.yaml"):
            flow = parse_flow(case["flow"], file=f"{name}/{key}.yaml")
            found.setdefault(replace(flow, service_date=date.min), flow)
    return tuple(found.values())


def read_what_if(book: RuleBook, file: Path) -> tuple[Change, ...]:
    """The changes that a what-if file asks for, checked against a rulebook.

    Args:
        book: The rulebook.
        file: YAML: parameters by key, each with ``value`` or ``values`` by date, and ``why``.

    Raises:
        WhatIfUnreadableError: If there is no such file.
        RulebookError: If it holds an unknown, doubled or uncited key, or a value out of limits.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise WhatIfUnreadableError(file.name, error.strerror or type(error).__name__) from error
    except UnicodeDecodeError as error:
        raise WhatIfUnreadableError(file.name, _NOT_UTF_8) from error
    return parse_what_if(text, file=file.name, parameters=book.parameters)


def with_what_if(book: RuleBook, file: Path) -> RuleBook:
    """A copy of a rulebook with the values that a what-if file asks for.

    Raises:
        WhatIfUnreadableError: If there is no such file.
        RulebookError: If it holds an unknown, doubled or uncited key, or a value out of limits.
    """
    return book.changed(read_what_if(book, file))


def _folder(name: str) -> Traversable:
    """Where the files of a rulebook are."""
    if name not in rulebook_names():
        raise UnknownRulebookError(name, rulebook_names())
    return importlib.resources.files(f"{PACKAGE}.{name}")


def _yaml_files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    """Keys and files below a folder, in the order of their names."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _yaml_files(entry, f"{prefix}{entry.name}.")
        elif entry.name.endswith(".yaml"):
            yield prefix + entry.name.removesuffix(".yaml"), entry
