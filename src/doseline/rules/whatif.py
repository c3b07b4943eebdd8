"""Text of a what-if file -> changes of parameters; checked as strictly as a parameter file.

A file names parameters of one rulebook, each with its new value, or values by date, and why::

    opps.drug:
      why: Rate proposed for next year
      values:
        2027-01-01: 270
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doseline.rules.errors import BadEntryError, MissingKeyError, UncitedError, UnknownKeyError
from doseline.rules.parse import (
    check_keys,
    check_within,
    line_of,
    mapping_of,
    parse_date,
    parse_number,
    read_yaml,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from doseline.rules.parameter import Parameter
    from doseline.rules.parse import Tree

_FIELDS = ("value", "values", "why")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Other values of one parameter, and why."""

    key: str
    values: Mapping[date, Decimal]
    """By the day from which they hold; one for all days begins with the parameter."""
    why: str
    file: str
    line: int


def parse_what_if(
    text: str, *, file: str, parameters: Mapping[str, Parameter]
) -> tuple[Change, ...]:
    """The changes that a what-if file asks for.

    Args:
        text: What the file holds.
        file: Its name, for messages.
        parameters: Those of the rulebook, by key; their limits hold for new values, too.

    Raises:
        RulebookError: Whatever is wrong, with the file's name and the line.
    """
    tree = mapping_of(read_yaml(text, file=file), "the file", file=file)
    if not tree:
        raise MissingKeyError(file, "a parameter of the rulebook")
    return tuple(_change(tree, key, file=file, parameters=parameters) for key in tree)


def _change(tree: Tree, key: str, *, file: str, parameters: Mapping[str, Parameter]) -> Change:
    line = line_of(tree, key) or 1
    if key not in parameters:
        raise UnknownKeyError(file, key, parameters, line=line)
    fields = mapping_of(tree[key], key, file=file, line=line)
    check_keys(fields, allowed=_FIELDS, file=file)
    why = fields.get("why")
    if not isinstance(why, str) or not why.strip():
        raise UncitedError(file, key, line=line)
    if ("value" in fields) == ("values" in fields):
        raise BadEntryError(
            file, key, ", ".join(fields), "either value, or values by date", line=line
        )
    values = _values(fields, parameters[key], file=file)
    return Change(key=key, values=values, why=why.strip(), file=file, line=line)


def _values(fields: Tree, parameter: Parameter, *, file: str) -> dict[date, Decimal]:
    """New values by the day on which they begin."""
    if "value" in fields:
        return {parameter.values[0].since: _number(fields, "value", parameter, file=file)}
    line = line_of(fields, "values")
    dated = mapping_of(fields["values"], f"{parameter.key}, values", file=file, line=line)
    if not dated:
        raise MissingKeyError(file, "a date under values", line=line)
    return {
        parse_date(
            when, f"{parameter.key}, a date under values", file=file, line=line_of(dated, when)
        ): _number(dated, when, parameter, file=file)
        for when in dated
    }


def _number(fields: Tree, name: str, parameter: Parameter, *, file: str) -> Decimal:
    """A number within the limits of its parameter."""
    where, line = f"{parameter.key}, {name}", line_of(fields, name)
    amount = parse_number(fields[name], where, file=file, line=line)
    check_within(amount, parameter.minimum, parameter.maximum, where, file=file, line=line)
    return amount
