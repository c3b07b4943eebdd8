"""What Excel lets a planner enter into a column: drop-downs and ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from doseline.io.networktext import height
from doseline.model.catalogue import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from doseline.model.columns import Column

LONGEST_LIST = 255
"""Letters that the list of a drop-down may have."""
SPARE_ROWS = 1_000
"""Rows below a table that a drop-down offers as soon as they are filled."""


def validation(column: Column, tables: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Any]:
    """The rule of a column as XlsxWriter takes it; empty if anything may be entered."""
    if column.kind == "yes/no":
        return {"validate": "list", "source": ["TRUE", "FALSE"]}
    if column.allowed:
        short = len(",".join(column.allowed)) <= LONGEST_LIST
        return {"validate": "list", "source": list(column.allowed)} if short else {}
    if len(column.refers) == 1 and column.refers[0] in tables:
        source = _keys_of(column.refers[0], tables[column.refers[0]])
        return {"validate": "list", "source": source, "error_type": "warning"}
    return _range(column)


def _keys_of(name: str, cells: Mapping[str, Sequence[str]]) -> str:
    """The cells of the key of a table, as a formula names them."""
    letter = xl_col_to_name(list(cells).index(BY_NAME[name].key[0]), col_abs=True)
    return f"={name}!{letter}$2:{letter}${height(cells) + 1 + SPARE_ROWS}"


def _range(column: Column) -> dict[str, Any]:
    """Numbers between the least and the largest that a column allows."""
    low, high = column.minimum, column.maximum
    if column.kind not in {"integer", "number", "money"} or (low is None and high is None):
        return {}
    about = {"validate": "integer" if column.kind == "integer" else "decimal"}
    if low is not None and high is not None:
        return {**about, "criteria": "between", "minimum": low, "maximum": high}
    if low is not None:
        return {**about, "criteria": ">=", "value": low}
    return {**about, "criteria": "<=", "value": high}
